"""Train the detector of emergencies: a network on MiniLM's vectors, and weights of words and runs of letters.

The vectors of what it learned from are kept with it. Classes of the network are the kinds of emergencies, the
patterns, what is off topic, and what only sounds like an emergency ([calm] in red_flag_voices.toml and
red_flag_calm.toml, [denied] in red_flag_everyday.toml). Three rounds of tests are learned from, too. Nothing
learns from one in eight of what stands in red_flag_voices.toml and of the patterns' phrasings: on them, on
[calibrate] in the data files, on the rounds of `CHOOSING` and on the paraphrases of the first the thresholds
are chosen. The head for patterns has to be trained before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from safetensors.torch import load_file
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional

from bench.medicine_symptoms import test_phrases
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.medicine.symptoms.detector import grams, scored
from dlintro_demos.medicine.symptoms.head import GRAMS, HIDDEN, MODEL, SymptomHead, fit_of, probabilities
from dlintro_demos.medicine.symptoms.written import emergencies, patterns, read
from dlintro_demos.shared.sentence_embeddings import embed
from training.medicine.symptoms.reading import SEED, VARIANTS, as_read, left_of, plain_parts, varied

KEPT = 8  # one sentence in so many of the new ones is kept for the thresholds
VARIED = 2  # variants of a sentence that are learned from: as it is, and with a typing error
C = 10.0  # inverse strength of the regularisation of the words' weights
EPOCHS, BATCH, RATE, DECAY = 20, 256, 2e-3, 0.02  # of the network
SCALE = 8.0  # of its input, whose length is 1
SMOOTHING, DROPPED, DROPPED_WITHIN = 0.02, 0.1, 0.3
LEARNED, CHOOSING = (9, 10, 11), (12, 13, 14, 15, 16, 17)  # rounds; those before stand in red_flag_more.toml
FALSE_ALARMS = 0.14  # of what only sounds like an emergency, by the detector alone
ASKED = 0.22  # of the same: false alarms, and “could be urgent”


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """What is learned from, with its classes, and what is kept: emergencies and others."""

    learn: list[str]
    classes: np.ndarray
    urgent: list[str]
    calm: list[str]


def sentences(cache: ModelCache) -> Sentences:
    """All that is written, apart."""
    flags, more, voices = read("red_flag_phrases"), read("red_flag_more"), read("red_flag_voices")
    off_topic, besides, last = read("symptom_off_topic"), read("red_flag_everyday"), read("red_flag_calm")
    assert list(flags["learn"]) == list(emergencies()) == list(voices["urgent"]) == list(last["urgent"])
    rounds = [test_phrases(f"red_flags_{number}") for number in LEARNED]
    others = [test_phrases(f"no_alarm_{number}").values() for number in LEARNED]
    old = [
        [
            *lines, *more[kind], *besides["urgent"][kind], *last["urgent"][kind],
            *chain.from_iterable(each.get(kind, ()) for each in rounds),
        ]
        for kind, lines in flags["learn"].items()
    ]  # fmt: skip
    new = [_apart(lines) for lines in voices["urgent"].values()]
    like = [_apart(each.phrasings) for each in patterns()]
    calm = [_apart(lines) for lines in voices["calm"].values()]
    quiet = [*flags["quiet"]["learn"], *more["quiet"]]
    calm_old = chain.from_iterable(chain.from_iterable(others))
    calm_new = [
        *besides["everyday"]["other"],
        *besides["denied"]["all"],
        *chain.from_iterable(last["calm"].values()),
    ]
    groups = [
        *([*before, *learn] for before, (learn, _) in zip(old, new, strict=True)),
        *(
            [*learn, *besides["everyday"][each.key]]
            for each, (learn, _) in zip(patterns(), like, strict=True)
        ),
        [*off_topic["learn"], *left_of(quiet, cache)],
        left_of([*calm_old, *chain.from_iterable(learn for learn, _ in calm), *calm_new], cache),
    ]
    return Sentences(
        learn=list(chain.from_iterable(groups)),
        classes=np.repeat(np.arange(len(groups)), [len(each) for each in groups]),
        urgent=[
            *chain.from_iterable(kept for _, kept in new),
            *flags["calibrate"]["all"],
            *chain.from_iterable(
                chain.from_iterable(test_phrases(f"red_flags_{number}").values()) for number in CHOOSING
            ),
        ],
        calm=[
            *chain.from_iterable(kept for _, kept in (*calm, *like)),
            *flags["quiet"]["calibrate"],
            *chain.from_iterable(
                chain.from_iterable(test_phrases(f"no_alarm_{number}").values()) for number in CHOOSING
            ),
            *chain.from_iterable(test_phrases("paraphrases").values()),
        ],
    )


def _apart(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    return [line for at, line in enumerate(lines) if at % KEPT], list(lines[::KEPT])


def train_detector(cache: ModelCache) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors of the detector, and what is to be said about its thresholds."""
    given = sentences(cache)
    several = [each for at, each in enumerate(varied(given.learn)) if at % VARIANTS < VARIED]
    read_as = [as_read(each, cache) or "-" for each in several]
    vectors, classes = embed(read_as, cache), np.repeat(given.classes, VARIED)
    last = int(classes.max())
    print(f"{len(given.learn)} sentences, {last + 1} classes", flush=True)
    before = load_file(REPOSITORY / "models" / MODEL / "weights.safetensors")
    sizes = len(before["linear.bias"]), len(emergencies()), 1
    head = SymptomHead(*sizes, sorts=last + 1, examples=len(given.learn))
    head.linear.weight.data, head.linear.bias.data = (
        before["linear.weight"].float(),
        before["linear.bias"].float(),
    )
    head.temperature = before["temperature"].float()
    head.alarm.load_state_dict(network(torch.from_numpy(vectors), torch.from_numpy(classes)))
    head.examples = torch.from_numpy(vectors[::VARIED])
    head.urgent = torch.from_numpy(given.classes < head.kinds).float()
    head.grams = torch.from_numpy(weights_of_words(read_as, classes < head.kinds)).float()
    mine = ("alarm", "examples", "urgent", "grams")
    tensors = {name: value for name, value in head.state_dict().items() if name.startswith(mine)}
    return tensors, choose(head, given, cache)


def network(vectors: torch.Tensor, classes: torch.Tensor) -> dict[str, torch.Tensor]:
    """The weights of a network with one layer between, by AdamW and cross entropy."""
    torch.manual_seed(SEED)
    first, last = nn.Linear(vectors.shape[1], HIDDEN), nn.Linear(HIDDEN, int(classes.max()) + 1)
    model = nn.Sequential(nn.Dropout(DROPPED), first, nn.GELU(), nn.Dropout(DROPPED_WITHIN), last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(classes) // BATCH)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, steps)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(classes)).split(BATCH):
            logits = model(SCALE * vectors[batch])
            loss = functional.cross_entropy(logits, classes[batch], label_smoothing=SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return {
        "0.weight": SCALE * first.weight.detach(), "0.bias": first.bias.detach(),
        "2.weight": last.weight.detach(), "2.bias": last.bias.detach(),
    }  # fmt: skip


def weights_of_words(read_as: list[str], urgent: np.ndarray) -> np.ndarray:
    """A logistic regression on words and runs of letters, (`GRAMS`,)."""
    rows = [grams(each) for each in read_as]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    matrix = csr_matrix(
        (np.concatenate([each for _, each in rows]), np.concatenate([each for each, _ in rows]), ends),
        shape=(len(rows), GRAMS),
    )
    model = LogisticRegression(C=C, max_iter=400, class_weight="balanced", fit_intercept=False)
    return model.fit(matrix, urgent).coef_[0]


def scores(head: SymptomHead, lines: list[str], cache: ModelCache) -> np.ndarray:
    """The highest score among the parts of each line; 0 where nothing is left."""
    parts = [plain_parts(each, cache) for each in lines]
    flat = list(chain.from_iterable(parts))
    read_as = [as_read(each, cache) or "-" for each in lines]
    fits = fit_of(probabilities(head, embed(read_as, cache)))
    each_fits = np.repeat(fits, [len(each) for each in parts], 0)
    found, _ = scored(head, embed(flat, cache), flat, each_fits)
    rates = iter(found)
    return np.array([max((next(rates) for _ in each), default=0.0) for each in parts])


def choose(head: SymptomHead, given: Sentences, cache: ModelCache) -> dict[str, str]:
    """The thresholds, and what they do on the sentences that they are chosen on."""
    urgent, calm = scores(head, given.urgent, cache), scores(head, given.calm, cache)
    for rate in (0.02, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3):
        at = float(np.quantile(calm, 1 - rate))
        missed = int(np.sum(urgent < at))
        print(f"at {at:.3f}: {np.mean(calm >= at):.1%} of others, misses {missed} of {len(urgent)}")
    alarm = float(np.quantile(calm, 1 - FALSE_ALARMS))
    unsure = float(np.quantile(calm, 1 - ASKED))
    return {
        "sentences": str(len(given.learn)), "urgent": str(int(np.sum(given.classes < len(emergencies())))),
        "alarm": f"{alarm:.4f}", "unsure": f"{unsure:.4f}",
        "heard": str(int(np.sum(urgent >= alarm))), "emergencies": str(len(urgent)),
        "false": str(int(np.sum(calm >= alarm))), "quiet": str(len(calm)),
        "asked": str(int(np.sum(urgent >= unsure))), "bothered": str(int(np.sum(calm >= unsure))),
    }  # fmt: skip
