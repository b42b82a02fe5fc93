"""What is measured of a reader: on validation clips to choose by, on test clips once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from dlintro_demos.lip_reading.augmentation import Clips, plain
from dlintro_demos.lip_reading.decoder import word_errors
from dlintro_demos.lip_reading.grammar import SLOTS, WORDS, spell
from dlintro_demos.lip_reading.network import Committee, LipReader, Logits
from dlintro_demos.lip_reading.reading import Reading, decode, interpret, mixed, views

RISK = 0.02
"""Share of wrong words that "I don't know" aims at, among those that it lets through."""
REAL = 0.975
"""Share of real sentences that the grammar's threshold lets through."""
RESAMPLES = 10_000
CONFUSED = 30
"""How many pairs of letters are listed."""
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True, eq=False)
class Read:
    """A clip's name, what was said (six numbers of words) and what was read."""

    name: str
    truth: tuple[int, ...]
    reading: Reading

    @property
    def right(self) -> np.ndarray:
        """(6,) bool."""
        words = zip(self.reading.words, WORDS, self.truth, strict=True)
        return np.array([each.word == slot[true] for each, slot, true in words])

    @property
    def greedy_errors(self) -> int:
        """Words to change in what is read without the grammar."""
        return word_errors(self.reading.greedy.split(), spell(self.truth).split())


@torch.inference_mode()
def logits_of(network: LipReader | Committee, clips: Clips) -> Iterator[Logits]:
    """Clip after clip, the views of each."""
    for points, pixels in zip(clips.points.numpy(), clips.pixels.numpy(), strict=True):
        yield network(*views(points, pixels))


def read_all(
    network: LipReader | Committee,
    clips: Clips,
    mix: Mapping[str, float],
    change: Callable[[Clips], Clips] | None = None,
) -> list[Read]:
    """Read clips; `change` them first, so that they are no sentences any more."""
    shown = change(clips) if change else clips
    readings = (interpret(logits, mix) for logits in logits_of(network, shown))
    truths = map(tuple, clips.sentences.tolist())
    return [Read(*each) for each in zip(clips.names, truths, readings, strict=True)]


def backwards(clips: Clips) -> Clips:
    """The clips played backwards."""
    return Clips(clips.names, clips.points.flip(1), clips.pixels.flip(1), clips.sentences)


def still(clips: Clips) -> Clips:
    """A mouth that does not move: the first picture all the time, with a camera's noise."""
    random = torch.Generator().manual_seed(0)
    pixels = clips.pixels[:, :1].expand_as(clips.pixels).float()
    pixels = (pixels + 2 * torch.randn(pixels.shape, generator=random)).clamp(0, 255).to(torch.uint8)
    return Clips(clips.names, torch.randn(clips.points.shape, generator=random), pixels, clips.sentences)


CHANGES: dict[str, Callable[[Clips], Clips]] = {"played backwards": backwards, "still mouths": still}


def choose_mix(network: LipReader | Committee, clips: Clips) -> list[tuple[float, float, dict[str, float]]]:
    """Mean negative log-likelihood a word, share of wrong words, and mix; the least first."""
    ways = [decode(logits).ways for logits in logits_of(network, clips)]
    truths = clips.sentences.numpy()
    found = []
    shares = [(0, 1), (1, 5), (1, 2), (1, 1), (2, 1), (1, 0)]
    for share, power in itertools.product(shares, (0.8, 1.0, 1.25, 1.5, 1.8, 2.2)):
        mix = {way: power * each / sum(share) for way, each in zip(("words", "slots"), share, strict=True)}
        posteriors = [mixed(each, mix) for each in ways]
        right = np.array(
            [
                [p[true] for p, true in zip(clip, truth, strict=True)]
                for clip, truth in zip(posteriors, truths, strict=True)
            ]
        )
        wrong = np.array(
            [
                [p.argmax() != true for p, true in zip(clip, truth, strict=True)]
                for clip, truth in zip(posteriors, truths, strict=True)
            ]
        )
        found.append((float(-np.log(right + 1e-9).mean()), float(wrong.mean()), mix))
    return sorted(found, key=lambda each: each[0])


@torch.inference_mode()
def fit_taught(network: LipReader, clips: Sequence[Clips]) -> None:
    """Measure what the network sees of the clips that it was taught with, for its distance from them."""
    states = [
        network(part.points, part.pixels).states
        for each in clips
        for part in (
            plain(each.of(np.arange(first, min(first + 50, len(each.names)))))
            for first in range(0, len(each.names), 50)
        )
    ]
    network.taught.fit(torch.cat(states), torch.cat([each.sentences for each in clips]))


def common_thresholds(groups: Sequence[Sequence[Read]]) -> dict[str, float]:
    """One set for several groups of clips: of the confidence the strictest, of the others the mildest."""
    each = [choose_thresholds(reads) for reads in groups]
    return {
        "confidence": max(one["confidence"] for one in each),
        "in_grammar": min(one["in_grammar"] for one in each),
        "distance": max(one["distance"] for one in each),
    }


def choose_thresholds(reads: Sequence[Read]) -> dict[str, float]:
    """The least confidence at which at most `RISK` of the words let through are wrong; the grammar's and the
    distance's let `REAL` of the clips through."""
    confidences = np.array([each.reading.confidence for each in reads])
    wrong = np.array([1 - each.right.mean() for each in reads])
    order = np.argsort(-confidences)
    risks = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(risks <= RISK)
    confidence = float(confidences[order][enough[-1]]) if len(enough) else 1.0
    in_grammar = float(np.quantile([each.reading.in_grammar for each in reads], 1 - REAL))
    distance = float(np.quantile([each.reading.distance for each in reads], REAL))
    return {
        "confidence": round(confidence, 4),
        "in_grammar": round(in_grammar, 2),
        "distance": round(distance, 3),
    }


def interval(errors: np.ndarray, words: int) -> tuple[float, float]:
    """95 % of the word error rate, by drawing sentences with replacement; `errors` a sentence."""
    rng = np.random.default_rng(0)
    drawn = rng.choice(errors, (RESAMPLES, len(errors))).mean(axis=1) / words
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def summary(reads: Sequence[Read]) -> dict[str, str]:
    """What the card says, by name."""
    right = np.array([each.right for each in reads])
    greedy = np.array([each.greedy_errors for each in reads])
    letters = [(WORDS[3][each.truth[3]], each.reading.words[3].word) for each in reads if not each.right[3]]
    confused = Counter(letters).most_common(CONFUSED)
    said = np.array([each.truth[3] for each in reads])
    return {
        "WER with the grammar": _rate((~right).sum(axis=1)),
        "WER without the grammar (greedy)": _rate(greedy),
        "Words right by slot": ", ".join(
            f"{slot} {share:.1%}" for slot, share in zip(SLOTS, right.mean(axis=0), strict=True)
        ),
        "Whole sentences right": f"{right.all(axis=1).mean():.1%}",
        "Letters right": ", ".join(
            f"{letter} {right[said == index, 3].mean():.0%}"
            for index, letter in enumerate(WORDS[3])
            if (said == index).any()
        ),
        f"Letters confused most (said > read), of {(~right[:, 3]).sum()} wrong": ", ".join(
            f"{said} > {read}" + (f" x{count}" if count > 1 else "") for (said, read), count in confused
        )
        or "none",
    }


def _rate(errors: np.ndarray) -> str:
    low, high = interval(errors, len(SLOTS))
    return (
        f"{errors.sum() / len(SLOTS) / len(errors):.1%} (95 % interval {low:.1%} to {high:.1%}), "
        f"n = {len(errors)} sentences, {len(SLOTS) * len(errors)} words"
    )


def calibration(reads: Sequence[Read]) -> str:
    """How often words are right, by how sure the reader is of them."""
    sure = np.array([[word.probability for word in each.reading.words] for each in reads]).ravel()
    right = np.array([each.right for each in reads]).ravel()
    lines = []
    for low, high in itertools.pairwise(BINS):
        chosen = (sure > low) & (sure <= high)
        if chosen.any():
            lines.append(
                f"{low:.0%} to {high:.0%}: {right[chosen].mean():.1%} right of {chosen.sum()} "
                f"(said {sure[chosen].mean():.1%})"
            )
    return "; ".join(lines)


def abstention(reads: Sequence[Read], thresholds: Mapping[str, float]) -> str:
    """What "I don't know" does to errors, and how many sentences it costs."""
    known = np.array([each.reading.known(thresholds) for each in reads])
    wrong = np.array([1 - each.right.mean() for each in reads])
    risk = f"{wrong[known].mean():.1%}" if known.any() else "none"
    return f"{known.mean():.1%} of sentences answered, {risk} of their words wrong"


def risk_coverage(reads: Sequence[Read]) -> str:
    """Word error rate among the sentences that the reader is surest of."""
    order = np.argsort([-each.reading.confidence for each in reads])
    wrong = np.array([1 - each.right.mean() for each in reads])[order]
    shares = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    return ", ".join(f"{share:.0%}: {wrong[: round(share * len(wrong))].mean():.1%}" for share in shares)


def distances(reads: Sequence[Read]) -> str:
    """How far clips are from what was taught."""
    found = [each.reading.distance for each in reads]
    low, middle, high = np.quantile(found, (0.05, 0.5, 0.95))
    return f"median {middle:.2f}, 5 % to 95 % {low:.2f} to {high:.2f}"
