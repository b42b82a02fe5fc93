"""Train the ensemble that tells benign from malignant; print figures; write it, its card, its predictions.

    OMP_NUM_THREADS=1 python -m training.medicine.risk    # about two minutes on one core, the same each time

The data are scikit-learn's copy of the Wisconsin diagnostic breast cancer set: 569 fine-needle aspirates.

Nested cross-validation says what the *procedure* is worth: in each of five outer folds, five inner folds of
the other cases choose design and regularisation (by log loss), the temperature, the threshold, how far a case
may be away, and how far the networks must agree; the outer fold is then asked once. The networks that ship
come out of the same procedure on three quarters of the cases; the page shows only cases of the last quarter.
Intervals are bootstrap ones over the cases, 95 %.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from scipy.optimize import minimize_scalar
from sklearn.covariance import LedoitWolf
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from torch.nn.functional import binary_cross_entropy_with_logits

from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.medicine.risk.measures import MEASURES, SEED, Span, cases, spans_of
from dlintro_demos.medicine.risk.network import MODEL, NETWORKS, RiskEnsemble, ask
from dlintro_demos.medicine.risk.scoring import (
    area_under_curve,
    brier,
    calibration_error,
    interval,
    logit,
    rates,
    reliability,
    sensitive_threshold,
    sigmoid,
)
from dlintro_demos.medicine.risk.strangeness import STRANGERS, distances, impossible

FOLDS = 5
STEPS = 300
DESIGNS = tuple((hidden, weight) for hidden in (4, 16) for weight in (0.001, 0.003, 0.01))
STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)  # C of the logistic regression
SENSITIVITY = 0.98  # wanted of the threshold, on the inner folds
KEPT = 0.98  # of the inner folds' cases that are not called strange
RIGHT = 0.99  # wanted of the answers that are given, on the inner folds
FOLDER = REPOSITORY / "models" / MODEL


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """What the procedure gives for some cases; the thresholds were chosen on its inner folds."""

    module: RiskEnsemble
    lie: tuple[Span, ...]
    hidden: int
    weight: float
    strength: float
    malignant: float
    strange: float
    agreement: float


def fit_networks(read: torch.Tensor, malignant: torch.Tensor, module: RiskEnsemble, weight: float) -> None:
    """Train all networks at once, each on a bootstrap sample of its own; `weight` is that of the penalty."""
    chance = torch.Generator().manual_seed(SEED)
    networks, width, hidden = module.first.shape
    with torch.no_grad():
        module.first.normal_(0, width**-0.5, generator=chance)
        module.second.normal_(0, hidden**-0.5, generator=chance)
    drawn = torch.randint(len(read), (networks, len(read)), generator=chance)
    counts = torch.stack([torch.bincount(each, minlength=len(read)) for each in drawn]).float()
    learned = [module.first, module.first_bias, module.second, module.second_bias]
    optimiser = torch.optim.Adam(learned, lr=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.02, total_steps=STEPS)
    truth = malignant.expand(networks, -1)
    for _ in range(STEPS):
        loss = binary_cross_entropy_with_logits(module.raw(read), truth, counts, reduction="sum") / len(read)
        loss = loss + weight * (module.first.square().sum() + module.second.square().sum()) / 2
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()


def reader(values: np.ndarray, hidden: int) -> RiskEnsemble:
    """An ensemble that reads measures as these cases (N, 30) want it, and knows how they lie."""
    module = RiskEnsemble(hidden)
    offset = np.where([measure.may_be_zero for measure in MEASURES], np.median(values, 0) / 4, 0)
    logs = np.log(values + offset)
    module.offset.copy_(torch.from_numpy(offset))
    module.centre.copy_(torch.from_numpy(logs.mean(0)))
    module.scale.copy_(torch.from_numpy(logs.std(0)))
    return module


def fit(
    values: np.ndarray, malignant: np.ndarray, hidden: int, weight: float, strength: float
) -> RiskEnsemble:
    """Networks, logistic regression and covariance of some cases."""
    module = reader(values, hidden)
    read = module.read(torch.from_numpy(values).float())
    fit_networks(read, torch.from_numpy(malignant).float(), module, weight)
    line = LogisticRegression(C=strength, max_iter=2_000).fit(read.numpy(), malignant)
    with torch.no_grad():
        module.logistic.weight.copy_(torch.from_numpy(line.coef_))
        module.logistic.bias.copy_(torch.from_numpy(line.intercept_))
    module.precision.copy_(torch.from_numpy(LedoitWolf().fit(read.double().numpy()).precision_))
    return module.eval().requires_grad_(requires_grad=False)


def log_loss(probabilities: np.ndarray, malignant: np.ndarray) -> float:
    """Mean negative log-likelihood."""
    return float(-np.log(np.clip(np.where(malignant, probabilities, 1 - probabilities), 1e-9, 1)).mean())


def mean_probability(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """The ensemble's probabilities from its networks' log-odds (networks, N)."""
    return sigmoid(logits / temperature).mean(0)


def out_of_fold(
    values: np.ndarray, malignant: np.ndarray, ask_them: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> np.ndarray:
    """Join what `ask_them(learn, asked)` gives for each fold, its last axis the asked cases."""
    joined: np.ndarray | None = None
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for learn, asked in folds.split(values, malignant):
        found = ask_them(learn, asked)
        if joined is None:
            joined = np.zeros((*found.shape[:-1], len(values)))
        joined[..., asked] = found
    assert joined is not None
    return joined


def best_design(values: np.ndarray, malignant: np.ndarray) -> tuple[int, float, np.ndarray]:
    """Hidden units and penalty with the least log loss out of fold, and the networks' log-odds there."""
    found = []
    for hidden, weight in DESIGNS:

        def ask_networks(
            learn: np.ndarray, asked: np.ndarray, hidden: int = hidden, weight: float = weight
        ) -> np.ndarray:
            module = reader(values[learn], hidden)
            read = module.read(torch.from_numpy(values[learn]).float())
            fit_networks(read, torch.from_numpy(malignant[learn]).float(), module, weight)
            return ask(module, values[asked], calibrated=False).networks

        logits = out_of_fold(values, malignant, ask_networks)
        found.append((log_loss(mean_probability(logits), malignant), hidden, weight, logits))
    _, hidden, weight, logits = min(found, key=lambda each: each[0])
    return hidden, weight, logits


def best_strength(values: np.ndarray, malignant: np.ndarray) -> float:
    """The regularisation of the logistic regression with the least log loss out of fold."""

    def loss(strength: float) -> float:
        def ask_line(learn: np.ndarray, asked: np.ndarray) -> np.ndarray:
            module = reader(values[learn], 1)
            there, here = (module.read(torch.from_numpy(values[part]).float()) for part in (learn, asked))
            line = LogisticRegression(C=strength, max_iter=2_000).fit(there.numpy(), malignant[learn])
            return line.decision_function(here.numpy())

        return log_loss(sigmoid(out_of_fold(values, malignant, ask_line)), malignant)

    return min(STRENGTHS, key=loss)


def away(module: RiskEnsemble, values: np.ndarray) -> np.ndarray:
    """Distances of cases (N, 30) from those that the ensemble learned from."""
    read = module.read(torch.from_numpy(values).float()).double().numpy()
    return distances(read, module.precision.double().numpy())


def agreement_wanted(
    middle: np.ndarray, spread: np.ndarray, malignant: np.ndarray, threshold: float
) -> float:
    """How many spreads the threshold must be away, so that `RIGHT` of the answers given are right."""
    gap = (middle - logit(threshold)) / spread
    right = (gap >= 0) == malignant
    order = np.argsort(-np.abs(gap))
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= RIGHT)
    return float(np.abs(gap[order][enough[-1]])) if len(enough) else float("inf")


def procedure(values: np.ndarray, malignant: np.ndarray) -> Fitted:
    """Choose everything on inner folds of these cases, then learn from all of them."""
    hidden, weight, logits = best_design(values, malignant)
    strength = best_strength(values, malignant)
    warm = minimize_scalar(
        lambda log: log_loss(mean_probability(logits, np.exp(log)), malignant),
        bounds=(-2, 2),
        method="bounded",
    )
    temperature = float(np.exp(warm.x))
    probabilities = mean_probability(logits, temperature)
    threshold = sensitive_threshold(probabilities, malignant, SENSITIVITY)

    def ask_distance(learn: np.ndarray, asked: np.ndarray) -> np.ndarray:
        return away(fit_reader(values[learn]), values[asked])

    far = out_of_fold(values, malignant, ask_distance)
    module = fit(values, malignant, hidden, weight, strength)
    module.temperature.fill_(temperature)
    calm = logits / temperature
    return Fitted(
        module=module,
        lie=spans_of(values, malignant),
        hidden=hidden,
        weight=weight,
        strength=strength,
        malignant=threshold,
        strange=float(np.quantile(far, KEPT)),
        agreement=agreement_wanted(calm.mean(0), calm.std(0, ddof=1), malignant, threshold),
    )


def fit_reader(values: np.ndarray) -> RiskEnsemble:
    """An ensemble that has learned nothing but how these cases lie."""
    module = reader(values, 1)
    read = module.read(torch.from_numpy(values).float()).double().numpy()
    module.precision.copy_(torch.from_numpy(LedoitWolf().fit(read).precision_))
    return module


def refused(found: Fitted, values: np.ndarray) -> np.ndarray:
    """Which of these cases (N, 30) are called strange."""
    wrong = np.array([impossible(row, found.lie) is not None for row in values])
    far = np.zeros(len(values), bool)
    far[~wrong] = away(found.module, values[~wrong]) > found.strange
    return wrong | far


@dataclass(frozen=True, kw_only=True, eq=False)
class Nested:
    """What the procedure said of every case while it had not seen it; (N,) each, shares in `strangers`."""

    fold: np.ndarray
    network: np.ndarray
    before: np.ndarray
    logistic: np.ndarray
    threshold: np.ndarray
    unsure: np.ndarray
    refused: np.ndarray
    strangers: dict[str, float]


def nested(values: np.ndarray, malignant: np.ndarray) -> Nested:
    """Run the procedure on each outer fold's other cases, and ask it about that fold once."""
    size = len(values)
    columns = {name: np.zeros(size) for name in ("fold", "network", "before", "logistic", "threshold")}
    unsure, away_from_all = np.zeros(size, bool), np.zeros(size, bool)
    caught: dict[str, list[np.ndarray]] = {name: [] for name in STRANGERS}
    chance = np.random.default_rng(SEED)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED + 1)
    for number, (learn, asked) in enumerate(folds.split(values, malignant)):
        found = procedure(values[learn], malignant[learn])
        said = ask(found.module, values[asked])
        columns["fold"][asked] = number
        columns["network"][asked] = said.probabilities
        columns["before"][asked] = mean_probability(
            ask(found.module, values[asked], calibrated=False).networks
        )
        columns["logistic"][asked] = sigmoid(said.logistic)
        columns["threshold"][asked] = found.malignant
        unsure[asked] = np.abs(said.middle - logit(found.malignant)) < found.agreement * said.spread
        away_from_all[asked] = refused(found, values[asked])
        for name, make in STRANGERS.items():
            caught[name].append(refused(found, make(values[asked], chance)))
        print(
            f"fold {number + 1}: {found.hidden} hidden units, penalty {found.weight:g}, "
            f"C {found.strength:g}, temperature {float(found.module.temperature):.2f}, "
            f"threshold {found.malignant:.3f}, distance {found.strange:.2f}, agreement {found.agreement:.2f}",
            flush=True,
        )
    shares = {name: float(np.concatenate(each).mean()) for name, each in caught.items()}
    return Nested(**columns, unsure=unsure, refused=away_from_all, strangers=shares)


Score = Callable[[np.ndarray, np.ndarray], float]
SCORES: dict[str, Score] = {
    "Accuracy": lambda said, sick: float(((said >= 0.5) == sick).mean()),
    "AUC": area_under_curve,
    "Sensitivity": lambda said, sick: rates(said, sick, 0.5).sensitivity,
    "Specificity": lambda said, sick: rates(said, sick, 0.5).specificity,
    "Brier score": brier,
    "ECE, ten bins": calibration_error,
}


def with_interval(score: Score, said: np.ndarray, malignant: np.ndarray) -> str:
    """A figure and its interval as the card has them."""
    low, high = interval(lambda rows: score(said[rows], malignant[rows]), malignant)
    return f"{score(said, malignant):.3f} ({low:.3f} to {high:.3f})"


def difference(score: Score, one: np.ndarray, other: np.ndarray, malignant: np.ndarray) -> str:
    """How much one scores above the other on the same cases, with its interval."""
    low, high = interval(
        lambda rows: score(one[rows], malignant[rows]) - score(other[rows], malignant[rows]), malignant
    )
    found = score(one, malignant) - score(other, malignant)
    tie = "they tie" if low <= 0 <= high else "they differ"
    return f"{found:+.3f} ({low:+.3f} to {high:+.3f}): {tie}"


def nested_figures(found: Nested, malignant: np.ndarray) -> dict[str, str]:
    """The table of the nested cross-validation."""
    everybody = f"{len(malignant)} cases, nested cross-validation"
    figures = {}
    columns = {
        "networks": found.network,
        "networks before calibration": found.before,
        "logistic regression": found.logistic,
    }
    for who, said in columns.items():
        for name, score in SCORES.items():
            if who != "networks before calibration" or name.startswith(("Brier", "ECE")):
                figures[f"{name}, {who}, {everybody}"] = with_interval(score, said, malignant)
    for name in ("Accuracy", "AUC", "Brier score"):
        figures[f"{name}, networks less logistic regression, {everybody}"] = difference(
            SCORES[name], found.network, found.logistic, malignant
        )
    called = found.network >= found.threshold
    answered = ~found.unsure & ~found.refused
    right = called == malignant
    return figures | {
        f"Sensitivity at the chosen threshold, networks, {everybody}": f"{called[malignant].mean():.3f}",
        f"Specificity at the chosen threshold, networks, {everybody}": f"{(~called)[~malignant].mean():.3f}",
        f"Answered, neither strange nor too close to the threshold, {everybody}": f"{answered.mean():.1%}",
        f"Right of those answered, {everybody}": f"{right[answered].mean():.1%}",
        f"Right of those not answered, {everybody}": f"{right[~answered].mean():.1%}",
        f"Refused as strange, real cases, {everybody}": f"{found.refused.mean():.1%}",
        **{f"Refused as strange, {name}": f"{share:.1%}" for name, share in found.strangers.items()},
    }


def shipped_figures(found: Fitted, values: np.ndarray, malignant: np.ndarray) -> dict[str, str]:
    """What the shipped networks say of the cases that were held out from them."""
    said = ask(found.module, values)
    aside = f"the shipped networks, {len(malignant)} held-out cases"
    figures = {
        f"{name}, {aside}": with_interval(score, said.probabilities, malignant)
        for name, score in SCORES.items()
    }
    chance = np.random.default_rng(SEED)
    figures[f"Refused as strange, {aside}"] = f"{refused(found, values).mean():.1%}"
    for name, make in STRANGERS.items():
        figures[f"Refused as strange, {name}, {aside}"] = f"{refused(found, make(values, chance)).mean():.1%}"
    return figures


def print_reliability(who: str, said: np.ndarray, malignant: np.ndarray) -> None:
    """What was said and what was found, a line a tenth."""
    print(f"Reliability, {who}:")
    for each in reliability(said, malignant):
        print(f"  said {each.said:.3f}, found {each.found:.3f}, {each.count} cases")


def write_card(found: Fitted, figures: dict[str, str], learned: int) -> None:
    """Weights and card."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "weights.safetensors"
    save_file({name: value.contiguous() for name, value in found.module.state_dict().items()}, path)
    path.chmod(0o644)
    template = Path(__file__).with_name("risk_card.txt").read_text(encoding="utf-8")
    card = template.format(
        parameters=sum(value.numel() for value in found.module.parameters()),
        networks=NETWORKS,
        hidden=found.hidden,
        learned=learned,
        malignant=round(found.malignant, 4),
        strange=round(found.strange, 3),
        agreement=round(found.agreement, 3),
        sha=hashlib.sha256(path.read_bytes()).hexdigest(),
        size=path.stat().st_size,
    )
    entries = "".join(
        f'\n[[figures]]\nname = "{name}"\nvalue = "{value}"\nsource = "python -m training.medicine.risk"\n'
        for name, value in figures.items()
    )
    (FOLDER / "card.toml").write_text(card + entries, encoding="utf-8")


def write_predictions(found: Nested, malignant: np.ndarray) -> None:
    """What was said of every case while it was not seen, for the page's curves."""
    rows = zip(found.fold, malignant, found.network, found.before, found.logistic, strict=True)
    lines = [
        f"{number},{fold:.0f},{sick:d},{network:.5f},{before:.5f},{line:.5f}"
        for number, (fold, sick, network, before, line) in enumerate(rows)
    ]
    heading = "case,fold,malignant,network,before_calibration,logistic"
    (FOLDER / "cross_validation.csv").write_text("\n".join([heading, *lines, ""]), encoding="utf-8")


def main() -> None:
    """Measure the procedure, train what ships, write it all."""
    torch.set_num_threads(1)
    everyone = cases()
    values, malignant = everyone.values, everyone.malignant
    found = nested(values, malignant)
    known, aside = everyone.known, np.flatnonzero(everyone.held_out)
    shipped = procedure(values[known], malignant[known])
    figures = nested_figures(found, malignant)
    figures |= shipped_figures(shipped, values[aside], malignant[aside])
    for name, value in figures.items():
        print(f"{name}: {value}")
    print_reliability("before calibration", found.before, malignant)
    print_reliability("after calibration", found.network, malignant)
    print_reliability("logistic regression", found.logistic, malignant)
    write_card(shipped, figures, len(known))
    write_predictions(found, malignant)


if __name__ == "__main__":
    main()
