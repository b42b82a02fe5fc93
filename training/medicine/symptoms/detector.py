"""Train the detector of emergencies: a network on MiniLM's vectors, and weights of words and runs of letters.

The vectors of what it learned from are kept with it. Classes of the network are the kinds of emergencies, the
patterns, what is off topic, and what only sounds like an emergency ([calm] in red_flag_voices.toml and
red_flag_calm.toml, [denied] in red_flag_everyday.toml). Thirteen rounds of tests are
learned from, too. The thresholds are chosen on the last ten of them, each told by a detector that learned
from all but that one (and by a reader of the whole that learned from all but three or four), on one in eight
of what stands in red_flag_voices.toml and of the patterns' phrasings, on [calibrate] in the data files and on
the paraphrases of the first round, which nothing learns from. The head for patterns and the reader of the
whole have to be trained before, the latter once more for each of `APART`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from dlintro_demos.medicine.symptoms.alarms import find_alarms
from dlintro_demos.medicine.symptoms.detector import (
    DOUBTED,
    DOUBTED_LEFT,
    grams,
    score_of_whole,
    scored,
)
from dlintro_demos.medicine.symptoms.head import GRAMS, HIDDEN, MODEL, SymptomHead, fit_of, probabilities
from dlintro_demos.medicine.symptoms.reading import NEVER_DOUBTED
from dlintro_demos.medicine.symptoms.spelling import plain_text, words_of
from dlintro_demos.medicine.symptoms.written import emergencies, patterns, read
from dlintro_demos.shared.sentence_embeddings import embed, whole_words
from training.medicine.symptoms.reading import SEED, VARIANTS, as_read, left_of, plain_parts, varied
from training.medicine.symptoms.whole import FOLDS, odds_apart

KEPT = 8  # one sentence in so many of the new ones is kept for the thresholds
VARIED = 2  # variants of a sentence that are learned from: as it is, and with a typing error
C = 10.0  # inverse strength of the regularisation of the words' weights
EPOCHS, BATCH, RATE, DECAY = 20, 256, 2e-3, 0.02  # of the network
SCALE = 8.0  # of its input, whose length is 1
SMOOTHING, DROPPED, DROPPED_WITHIN = 0.02, 0.1, 0.3
ROUNDS = tuple(range(9, 22))  # of tests; those before stand in red_flag_more.toml
APART = ((12, 15, 18, 21), (13, 16, 19), (14, 17, 20))  # rounds that thresholds are chosen on, by folds
MARGIN = 0.05  # log odds that an alarm may be below every emergency that thresholds are chosen on
UNSURE = 0.5  # and what “could be urgent” may be below that


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """What is learned from, with its classes and the round of tests of each, 0 for none; and what is kept.

    `plain` says whose denials are cut out before the detector learns from what is left.
    """

    learn: list[str]
    classes: np.ndarray
    rounds: np.ndarray
    plain: np.ndarray
    urgent: list[str]
    calm: list[str]

    def left(self, cache: ModelCache) -> Sentences:
        """The same as the detector learns from it."""
        parts = [
            left_of([line], cache) if plain else [line]
            for line, plain in zip(self.learn, self.plain, strict=True)
        ]
        many = [len(each) for each in parts]
        again = {name: np.repeat(getattr(self, name), many) for name in ("classes", "rounds", "plain")}
        return replace(self, learn=list(chain.from_iterable(parts)), **again)


def sentences() -> Sentences:
    """All that is written, apart."""
    flags, more, voices = read("red_flag_phrases"), read("red_flag_more"), read("red_flag_voices")
    off_topic, besides, last = read("symptom_off_topic"), read("red_flag_everyday"), read("red_flag_calm")
    assert len(APART) == FOLDS
    assert list(flags["learn"]) == list(emergencies()) == list(voices["urgent"]) == list(last["urgent"])
    new = [_apart(lines) for lines in voices["urgent"].values()]
    like = [_apart(each.phrasings) for each in patterns()]
    calm = [_apart(lines) for lines in voices["calm"].values()]
    sounds = [
        *besides["everyday"]["other"],
        *besides["denied"]["all"],
        *chain.from_iterable(last["calm"].values()),
    ]
    groups = [
        *(
            [*lines, *more[kind], *besides["urgent"][kind], *last["urgent"][kind], *learn]
            for (kind, lines), (learn, _) in zip(flags["learn"].items(), new, strict=True)
        ),
        *(
            [*learn, *besides["everyday"][each.key], *last["patterns"][each.key]]
            for each, (learn, _) in zip(patterns(), like, strict=True)
        ),
        off_topic["learn"],
    ]
    rows = [(line, number, 0, False) for number, group in enumerate(groups) for line in group]
    none = len(groups)
    rows += [(line, none - 1, 0, True) for line in (*flags["quiet"]["learn"], *more["quiet"])]
    rows += [(line, none, 0, True) for line in (*chain.from_iterable(learn for learn, _ in calm), *sounds)]
    kinds = list(emergencies())
    for tests in ROUNDS:
        for kind, lines in test_phrases(f"red_flags_{tests}").items():
            rows += [(line, kinds.index(kind), tests, False) for line in lines]
        others = chain.from_iterable(test_phrases(f"no_alarm_{tests}").values())
        rows += [(line, none, tests, True) for line in others]
    return Sentences(
        learn=[line for line, _, _, _ in rows],
        classes=np.array([number for _, number, _, _ in rows]),
        rounds=np.array([tests for _, _, tests, _ in rows]),
        plain=np.array([plain for _, _, _, plain in rows]),
        urgent=[*chain.from_iterable(kept for _, kept in new), *flags["calibrate"]["all"]],
        calm=[
            *chain.from_iterable(kept for _, kept in (*calm, *like)), *flags["quiet"]["calibrate"],
            *chain.from_iterable(test_phrases("paraphrases").values()),
        ],
    )  # fmt: skip


def _apart(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    return [line for at, line in enumerate(lines) if at % KEPT], list(lines[::KEPT])


def train_detector(cache: ModelCache) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors of the detector, and what is to be said about its thresholds."""
    all_of_it = sentences()
    given = all_of_it.left(cache)
    several = [each for at, each in enumerate(varied(given.learn)) if at % VARIANTS < VARIED]
    read_as = [as_read(each, cache) or "-" for each in several]
    vectors = embed(read_as, cache)
    print(f"{len(given.learn)} sentences, {given.classes.max() + 1} classes", flush=True)
    head = learned(given, read_as, vectors, given.rounds >= 0)
    urgent, calm = [(head, given.urgent)], [(head, given.calm)]
    for tests in chain.from_iterable(APART):
        apart = learned(given, read_as, vectors, given.rounds != tests)
        urgent.append((apart, list(chain.from_iterable(test_phrases(f"red_flags_{tests}").values()))))
        calm.append((apart, list(chain.from_iterable(test_phrases(f"no_alarm_{tests}").values()))))
    mine = ("alarm", "examples", "urgent", "grams")
    tensors = {name: value for name, value in head.state_dict().items() if name.startswith(mine)}
    facts = {"sentences": str(len(given.learn)), "urgent": str(int(head.urgent.sum()))}
    return tensors, facts | choose(urgent, calm, cache)


def learned(given: Sentences, read_as: list[str], vectors: np.ndarray, chosen: np.ndarray) -> SymptomHead:
    """A detector on the `chosen` (N,) of the sentences, with `VARIED` texts and vectors for each."""
    several = np.repeat(chosen, VARIED)
    points, classes = vectors[several], np.repeat(given.classes[chosen], VARIED)
    before = load_file(REPOSITORY / "models" / MODEL / "weights.safetensors")
    kinds = len(emergencies())
    head = SymptomHead(
        len(before["linear.bias"]), kinds, 1, sorts=int(given.classes.max()) + 1, examples=int(chosen.sum())
    )
    head.linear.weight.data = before["linear.weight"].float()
    head.linear.bias.data = before["linear.bias"].float()
    head.temperature = before["temperature"].float()
    head.alarm.load_state_dict(network(torch.from_numpy(points), torch.from_numpy(classes)))
    head.examples = torch.from_numpy(points[::VARIED])
    head.urgent = torch.from_numpy(given.classes[chosen] < kinds).float()
    texts = [text for text, there in zip(read_as, several, strict=True) if there]
    head.grams = torch.from_numpy(weights_of_words(texts, classes < kinds)).float()
    return head


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


def scores(head: SymptomHead, lines: list[str], cache: ModelCache) -> tuple[np.ndarray, np.ndarray]:
    """The highest score among the parts of each line, (N,); and whether a rule's finding in it is doubted."""
    parts, denying = zip(*(plain_parts(each, cache) for each in lines), strict=True)
    odds = odds_apart(lines)
    whole = odds * denying
    flat = list(chain.from_iterable(parts))
    read_as = [as_read(each, cache) or "-" for each in lines]
    fits = fit_of(probabilities(head, embed(read_as, cache)))
    owners = np.repeat(np.arange(len(lines)), [len(each) for each in parts])
    vectors = embed(flat, cache)
    best, left = score_of_whole(whole), np.where([not each for each in parts], 1.0, 0.0)
    best[owners] = 0
    for into, beside in ((best, whole), (left, np.zeros(len(lines)))):
        np.maximum.at(into, owners, scored(head, vectors, flat, fits[owners], beside[owners])[0])
    return best, ~np.array(denying) & (odds < DOUBTED) & (left < DOUBTED_LEFT)


def choose(
    urgent: list[tuple[SymptomHead, list[str]]], calm: list[tuple[SymptomHead, list[str]]], cache: ModelCache
) -> dict[str, str]:
    """The thresholds, and what they do on the sentences that they are chosen on.

    The lowest score of an emergency that no rule finds, less `MARGIN`; all are told by a detector that did
    not learn from them.
    """
    said = [line for _, lines in urgent for line in lines]
    kinds, quiet_kinds = (
        [ruled(line, cache) for _, lines in each for line in lines] for each in (urgent, calm)
    )
    by_rule, ruled_quiet = (np.array([bool(found) for found in each]) for each in (kinds, quiet_kinds))
    (alarming, wrongly), (others, rightly) = (
        map(np.concatenate, zip(*(scores(head, lines, cache) for head, lines in each), strict=True))
        for each in (urgent, calm)
    )
    alone = alarming[~by_rule]
    for at in np.argsort(alone)[:6]:
        print(f"{alone[at]:.3f} {np.array(said)[~by_rule][at]}")
    alarm, unsure = (lowered(float(alone.min()), by) for by in (MARGIN, MARGIN + UNSURE))
    for at in (unsure, alarm, *np.sort(alone)[:6]):
        print(
            f"at {at:.3f}: {np.mean(others >= at):.1%} of others, misses {np.sum(alone < at)} of {len(alone)}"
        )
    return {
        "alarm": f"{alarm:.4f}", "unsure": f"{unsure:.4f}",
        "heard": str(int(np.sum(alarming >= alarm))), "emergencies": str(len(alarming)),
        "ruled": str(int(by_rule.sum())), "alone": str(len(alone)),
        "false": str(int(np.sum(others >= alarm))), "quiet": str(len(others)),
        "doubted_urgent": str(_doubted(kinds, wrongly)), "doubted": str(_doubted(quiet_kinds, rightly)),
        "ruled_quiet": str(int(ruled_quiet.sum())),
        "asked": str(int(np.sum(alarming >= unsure))), "bothered": str(int(np.sum(others >= unsure))),
    }  # fmt: skip


def _doubted(kinds: list[frozenset[str]], readers_doubt: np.ndarray) -> int:
    return sum(
        bool(found) and not found & NEVER_DOUBTED and bool(doubt)
        for found, doubt in zip(kinds, readers_doubt, strict=True)
    )


def lowered(score: float, by: float) -> float:
    """A score of 0 to 1 with its log odds lowered."""
    return float(1 / (1 + np.exp(by) * (1 - score) / score))


def ruled(line: str, cache: ModelCache) -> frozenset[str]:
    """The kinds of emergencies that rules find."""
    return frozenset(each.kind for each in find_alarms(words_of(plain_text(line), whole_words(cache))))
