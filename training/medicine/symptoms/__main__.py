"""Train the heads for symptom patterns and emergencies; print their figures and write their card.

    OMP_NUM_THREADS=1 python -m training.medicine.symptoms patterns   # half a minute of one core
    python -m training.medicine.symptoms whole                        # twenty minutes of two, see whole.py
    OMP_NUM_THREADS=1 python -m training.medicine.symptoms detector   # two minutes, see detector.py
    OMP_NUM_THREADS=1 python -m training.medicine.symptoms report     # figures and card, on the test files

Patterns: a multinomial logistic regression on MiniLM's embedding of a complaint whose misspelt words were
put right. Its classes are the kinds of emergencies, the patterns, and what is neither. Temperature and
the threshold of “cannot tell” come from the phrasings of five folds, each told by a head that learned
from the other four. The last three rounds of test files in bench/, the thirty-first to thirty-third, are read
by `report` alone; what the others were used for stands in bench/medicine_symptoms.py. But for `whole`, the
same for the same seed, to the last digit of half precision.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from torch import nn

from bench.medicine_symptoms import figures
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import REPOSITORY, settings
from dlintro_demos.medicine.symptoms.head import MODEL, known_score, load_head
from dlintro_demos.medicine.symptoms.reading import problem_of
from dlintro_demos.medicine.symptoms.whole import READERS
from dlintro_demos.medicine.symptoms.written import emergencies, patterns, read
from training.medicine.symptoms.detector import sentences, train_detector
from training.medicine.symptoms.reading import SEED, VARIANTS, for_patterns, varied, vectors_of
from training.medicine.symptoms.whole import train_whole

FOLDS = 5
C = 30.0  # inverse strength of the regularisation
LOST = 0.06  # of the phrasings, told by a head that did not learn from them, that may be “cannot tell”
PARTS = ("linear", "temperature", "phrases", "alarm.", "examples", "urgent", "grams")  # of the weights
FOLDER = REPOSITORY / "models" / MODEL
WEIGHTS, WHOLE = "weights.safetensors", "whole.safetensors"  # the second one seldom changes


def fitted(vectors: np.ndarray, owners: np.ndarray) -> LogisticRegression:
    """A head on all variants of the sentences."""
    head = LogisticRegression(C=C, max_iter=2_000)
    return head.fit(vectors.reshape(-1, vectors.shape[-1]), np.repeat(owners, vectors.shape[1]))


def out_of_fold(vectors: np.ndarray, owners: np.ndarray) -> np.ndarray:
    """The logits of each sentence as it is, by a head that learned from other folds."""
    logits: np.ndarray | None = None
    for learn, tell in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(vectors[:, 0], owners):
        said = fitted(vectors[learn], owners[learn]).decision_function(vectors[tell, 0])
        if logits is None:
            logits = np.zeros((len(owners), *said.shape[1:]))
        logits[tell] = said
    assert logits is not None
    return logits


def softmax(logits: np.ndarray) -> np.ndarray:
    """Logits to probabilities, by row."""
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def train_patterns(cache: ModelCache) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors of the head for patterns, and what is to be said about its threshold."""
    sentences, classes = for_patterns(cache)
    kinds, none = len(emergencies()), classes.max()
    points = vectors_of(varied(sentences), cache).reshape(len(sentences), VARIANTS, -1)
    head, apart = fitted(points, classes), out_of_fold(points, classes)
    mine = (classes >= kinds) & (classes < none)
    told, owners = apart[mine, kinds:], classes[mine] - kinds
    temperature = _temperature(told, owners)
    told = softmax(told / temperature)
    order = np.argsort(-told[:, :-1], 1)
    first, three = order[:, 0] == owners, (order[:, :3] == owners[:, None]).any(1)
    print(f"out of fold: right {first.mean():.1%}, in the first three {three.mean():.1%}")
    print(f"temperature {temperature:.2f}")
    known = float(np.quantile(known_score(told), LOST))
    away = read("symptom_off_topic")["calibrate"]
    said = known_score(softmax(head.decision_function(vectors_of(away, cache))[:, kinds:] / temperature))
    said[[bool(problem_of(each, cache)) for each in away]] = 0
    refused = int((said < known).sum())
    print(f"known from {known:.3f}: refuses {refused} of {len(away)} off-topic, {LOST:.0%} of the phrasings")
    arrays = {
        "linear.weight": head.coef_, "linear.bias": head.intercept_, "temperature": np.array([temperature]),
        "phrases": vectors_of([phrase for each in patterns() for phrase in each.phrasings], cache),
    }  # fmt: skip
    chosen = {
        "known": f"{known:.4f}", "refused": str(refused), "calibrate": str(len(away)), "lost": f"{LOST:.0%}",
    }  # fmt: skip
    return {name: torch.from_numpy(np.ascontiguousarray(each)) for name, each in arrays.items()}, chosen


def save(tensors: dict[str, torch.Tensor], chosen: dict[str, str]) -> None:
    """Write the weights with these tensors and facts, beside those that the file has of the other part."""
    path = FOLDER / WEIGHTS
    if path.exists():
        with safe_open(path, "pt") as file:
            names = [name for name in file.keys() if name.startswith(PARTS)]  # noqa: SIM118
            tensors = {name: file.get_tensor(name) for name in names} | tensors
            chosen = (file.metadata() or {}) | chosen
    FOLDER.mkdir(exist_ok=True)
    write(path, tensors, chosen)


def write(path: Path, tensors: dict[str, torch.Tensor], chosen: dict[str, str] | None = None) -> None:
    """A file of weights in half precision."""
    save_file({name: each.half().contiguous() for name, each in tensors.items()}, path, metadata=chosen)
    path.chmod(0o644)


def _temperature(logits: np.ndarray, classes: np.ndarray) -> float:
    rows = np.arange(len(classes))
    loss = lambda t: -np.log(softmax(logits / t)[rows, classes]).mean()  # noqa: E731
    return float(minimize_scalar(loss, bounds=(0.1, 3.0), method="bounded").x)


def write_card(entries: str) -> None:
    """Write the card: facts of the weights, thresholds, and the figures as TOML."""
    paths = [FOLDER / WEIGHTS, FOLDER / WHOLE]
    with safe_open(paths[0], "np") as file:
        chosen = file.metadata()
    off_topic = read("symptom_off_topic")
    card = Path(__file__).with_name("card.txt").read_text(encoding="utf-8").format(
        **chosen,
        parameters=sum(value.numel() for value in load_head(paths).state_dict().values()),
        files="\n".join(map(_entry, paths)),
        phrasings=sum(len(each.phrasings) for each in patterns()),
        patterns=len(patterns()),
        learn=len(off_topic["learn"]),
    )  # fmt: skip
    (FOLDER / "card.toml").write_text(card + entries, encoding="utf-8")


def _entry(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f'[[files]]\npath = "{path.name}"\nsha256 = "{digest}"\nbytes = {path.stat().st_size}\n'


def write_whole(cache: ModelCache) -> None:
    """Train the readers of whole complaints and write their weights."""
    given = sentences()
    readers = nn.ModuleList(
        train_whole(given.learn, given.classes, SEED + number, cache) for number in range(READERS)
    )
    write(FOLDER / WHOLE, {f"whole.{name}": value for name, value in readers.state_dict().items()})


def report(cache: ModelCache) -> None:
    """Measure on the test files, print the figures, and write the card with them."""
    write_card("")  # thresholds first: the figures are measured with them
    measured = figures(cache)
    for name, value in measured.items():
        print(f"{name}: {value}")
    write_card(
        "".join(
            f'\n[[figures]]\nname = "{name}"\nvalue = "{value}"\n'
            'source = "python -m training.medicine.symptoms report"\n'
            for name, value in measured.items()
        )
    )


def main() -> None:
    """Do what the command says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=["patterns", "whole", "detector", "report"])
    command = parser.parse_args().command
    cache = build_engine(settings()).cache
    if command == "report":
        report(cache)
    elif command == "whole":
        write_whole(cache)
    else:
        save(*{"patterns": train_patterns, "detector": train_detector}[command](cache))


if __name__ == "__main__":
    main()
