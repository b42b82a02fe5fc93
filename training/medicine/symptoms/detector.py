"""Train the detector of emergencies: a network on MiniLM's vectors, and weights of words and runs of letters.

The vectors of what it learned from are kept with it. Classes of the network are the kinds of emergencies, the
patterns, what is off topic, and what only sounds like one ([calm] in red_flag_voices.toml, red_flag_calm.toml
and red_flag_denials.toml, [denied] in red_flag_everyday.toml). Nineteen rounds of tests are learned from. The
thresholds are chosen on what nothing learns from: three rounds more, one in eight of what stands in
red_flag_voices.toml and of the patterns' phrasings, [calibrate] in the data files, and the paraphrases of the
first round. The head for patterns and the readers of the whole have to be trained before.
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
from dlintro_demos.medicine.symptoms.alarms import covered_places, find_alarms
from dlintro_demos.medicine.symptoms.detector import grams, odds_by, score_of
from dlintro_demos.medicine.symptoms.head import GRAMS, HIDDEN, MODEL, SymptomHead, fit_of, probabilities
from dlintro_demos.medicine.symptoms.reading import may_be_denied, may_be_doubted, said_plainly
from dlintro_demos.medicine.symptoms.scope import find_cues
from dlintro_demos.medicine.symptoms.spelling import plain_text, words_of
from dlintro_demos.medicine.symptoms.whole import BELOW, odds_of, read_whole, windows
from dlintro_demos.medicine.symptoms.written import emergencies, patterns, read
from dlintro_demos.shared.sentence_embeddings import embed, first_layers, whole_words
from training.medicine.symptoms.reading import SEED, VARIANTS, as_read, plain_parts, varied

FILES = ("weights", "whole")
KEPT = 8  # one sentence in so many of the new ones is kept for the thresholds
VARIED = 2  # variants of a sentence that are learned from: as it is, and with a typing error
C = 10.0  # inverse strength of the regularisation of the words' weights
EPOCHS, BATCH, RATE, DECAY = 20, 256, 2e-3, 0.02  # of the network
SCALE = 8.0  # of its input, whose length is 1
SMOOTHING, DROPPED, DROPPED_WITHIN = 0.02, 0.1, 0.3
ROUNDS = tuple(range(9, 28))  # of tests; those before stand in red_flag_more.toml
APART = (28, 29, 30)  # rounds that thresholds are chosen on; nothing learns from them
MARGIN = 0.05  # log odds that a threshold may be below the emergencies that it is chosen on
UNSURE = 1.0  # and what “could be urgent” may be
LEFT = 1  # emergency, where something may be denied, that may be “could be urgent” alone


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """What is learned from, with its classes, and what thresholds are chosen on.

    `plain` says whose denials are cut out before the detector learns from what is left.
    """

    learn: list[str]
    classes: np.ndarray
    plain: np.ndarray
    urgent: list[str]
    calm: list[str]

    def left(self, cache: ModelCache) -> Sentences:
        """The same as the detector learns from it."""
        parts = [
            plain_parts(line, cache) if plain else [line]
            for line, plain in zip(self.learn, self.plain, strict=True)
        ]
        many = [len(each) for each in parts]
        again = {name: np.repeat(getattr(self, name), many) for name in ("classes", "plain")}
        return replace(self, learn=list(chain.from_iterable(parts)), **again)


def sentences() -> Sentences:
    """All that is written, apart."""
    flags, more, voices = read("red_flag_phrases"), read("red_flag_more"), read("red_flag_voices")
    off_topic, besides, last = read("symptom_off_topic"), read("red_flag_everyday"), read("red_flag_calm")
    denials = read("red_flag_denials")
    assert list(flags["learn"]) == list(emergencies()) == list(voices["urgent"]) == list(last["urgent"])
    new = [_apart(lines) for lines in voices["urgent"].values()]
    like = [_apart(each.phrasings) for each in patterns()]
    calm = [_apart(lines) for lines in voices["calm"].values()]
    sounds = [
        *besides["everyday"]["other"],
        *besides["denied"]["all"],
        *chain.from_iterable((*last["calm"].values(), *denials["calm"].values())),
    ]
    groups = [
        *(
            [
                *lines,
                *more[kind],
                *besides["urgent"][kind],
                *last["urgent"][kind],
                *denials["urgent"][kind],
                *learn,
            ]
            for (kind, lines), (learn, _) in zip(flags["learn"].items(), new, strict=True)
        ),
        *(
            [*learn, *besides["everyday"][each.key], *last["patterns"][each.key]]
            for each, (learn, _) in zip(patterns(), like, strict=True)
        ),
        off_topic["learn"],
    ]
    rows = [(line, number, False) for number, group in enumerate(groups) for line in group]
    none = len(groups)
    rows += [(line, none - 1, True) for line in (*flags["quiet"]["learn"], *more["quiet"])]
    rows += [(line, none, True) for line in (*chain.from_iterable(learn for learn, _ in calm), *sounds)]
    kinds = list(emergencies())
    for tests in ROUNDS:
        for kind, lines in test_phrases(f"red_flags_{tests}").items():
            rows += [(line, kinds.index(kind), False) for line in lines]
        rows += [(line, none, True) for line in round_of("no_alarm", tests)]
    return Sentences(
        learn=[line for line, _, _ in rows],
        classes=np.array([number for _, number, _ in rows]),
        plain=np.array([plain for _, _, plain in rows]),
        urgent=[
            *chain.from_iterable(kept for _, kept in new), *flags["calibrate"]["all"],
            *chain.from_iterable(round_of("red_flags", tests) for tests in APART),
        ],
        calm=[
            *chain.from_iterable(kept for _, kept in (*calm, *like)), *flags["quiet"]["calibrate"],
            *chain.from_iterable(test_phrases("paraphrases").values()),
            *chain.from_iterable(round_of("no_alarm", tests) for tests in APART),
        ],
    )  # fmt: skip


def round_of(name: str, number: int) -> list[str]:
    """The sentences of a round of tests."""
    return [line for lines in test_phrases(f"{name}_{number}").values() for line in lines]


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
    head = learned(given, read_as, vectors)
    mine = ("alarm", "examples", "urgent", "grams")
    tensors = {name: value for name, value in head.state_dict().items() if name.startswith(mine)}
    facts = {"sentences": str(len(given.learn)), "urgent": str(int(head.urgent.sum()))}
    return tensors, facts | choose(head, given, cache)


def learned(given: Sentences, read_as: list[str], vectors: np.ndarray) -> SymptomHead:
    """A detector on the sentences, with `VARIED` texts and vectors for each."""
    classes = np.repeat(given.classes, VARIED)
    before, whole = (load_file(REPOSITORY / "models" / MODEL / f"{name}.safetensors") for name in FILES)
    kinds = len(emergencies())
    head = SymptomHead(
        len(before["linear.bias"]), kinds, 1, sorts=int(given.classes.max()) + 1, examples=len(given.learn)
    )
    head.linear.weight.data = before["linear.weight"].float()
    head.linear.bias.data = before["linear.bias"].float()
    head.temperature = before["temperature"].float()
    head.whole.load_state_dict({name.removeprefix("whole."): each.float() for name, each in whole.items()})
    head.alarm.load_state_dict(network(torch.from_numpy(vectors), torch.from_numpy(classes)))
    head.examples = torch.from_numpy(vectors[::VARIED])
    head.urgent = torch.from_numpy(given.classes < kinds).float()
    head.grams = torch.from_numpy(weights_of_words(read_as, classes < kinds)).float()
    return head.eval()


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


def weighed(head: SymptomHead, line: str, cache: ModelCache) -> tuple[str, float]:
    """Which threshold decides about a line, “” for none, and its score."""
    text = plain_text(line)
    words = words_of(text, whole_words(cache))
    if not words:
        return "", 0.0
    cues = find_cues(words)
    read_as = read_whole(head, *first_layers(windows(text, words), BELOW, cache))
    whole = float(odds_of(read_as).max())
    covered, kinds = covered_places(words, cues), {each.kind for each in find_alarms(words, cues)}
    denied, part = may_be_denied(words, covered), None
    if said := said_plainly(words, covered):
        fit = fit_of(probabilities(head, embed([" ".join(word.text for word in words)], cache)))[0]
        part = float(odds_by(head, embed(said, cache), said, fit).max())
    by_rule = "doubted" if may_be_doubted(kinds, words) else ""
    name = "denied" if denied else by_rule if kinds else "alarm"
    return name, score_of(whole, part, denied=denied, ruled=bool(kinds))


def choose(head: SymptomHead, given: Sentences, cache: ModelCache) -> dict[str, str]:
    """The thresholds, and what they do on the sentences that they are chosen on.

    Where nothing may be denied, no emergency is below that of an alarm, if no rule finds it, nor doubted
    where rules do; elsewhere `LEFT` are “could be urgent”, and none is below that.
    """
    told, others = (
        [(*weighed(head, line, cache), line) for line in lines] for lines in (given.urgent, given.calm)
    )
    found = {"emergencies": str(len(told))}
    for name, left in (("alarm", 0), ("doubted", 0), ("denied", LEFT)):
        mine = sorted((score, line) for by, score, line in told if by == name)
        quiet = np.array([score for by, score, _ in others if by == name])
        print(*(f"{name} {score:.4f} {line}" for score, line in mine[:8]), sep="\n")
        enough = lowered(mine[left][0], MARGIN)
        unsure = lowered(mine[0][0], UNSURE)
        found |= {
            name: f"{enough:.5f}", f"{name}_of": str(len(mine)), f"{name}_others": str(len(quiet)),
            f"{name}_false": str(int(np.sum(quiet >= enough))), f"{name}_unsure": f"{unsure:.5f}",
            f"{name}_maybe": str(int(np.sum((quiet >= unsure) & (quiet < enough)))),
            f"{name}_left": str(left),
        }  # fmt: skip
    print(found)
    return found


def lowered(score: float, by: float) -> float:
    """A score of 0 to 1 with its log odds lowered."""
    return float(1 / (1 + np.exp(by) * (1 - score) / score))
