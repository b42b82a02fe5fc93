"""Choosing the thresholds on one part of the pictures, and measuring both ways on another.

Everything is by kind of picture: there are four times as many of fluorescence, and they are easier.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import torch
from torch import nn

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.medicine.nuclei.classical import find_by_threshold
from dlintro_demos.medicine.nuclei.finding import Found, find, resize
from dlintro_demos.medicine.nuclei.kinds import KINDS, Kind
from dlintro_demos.medicine.nuclei.matching import match
from dlintro_demos.medicine.nuclei.network import MULTIPLE
from dlintro_demos.medicine.nuclei.star_convex import Stars, draw_stars, stars_in
from dlintro_demos.medicine.nuclei.stretching import stretch
from training.medicine.nuclei.pictures import Labelled

RESAMPLES = 2000
SURENESS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
OVERLAP = 0.35


@dataclass(frozen=True, kw_only=True)
class Score:
    """One picture: how many nuclei were found, there are, and are the same at an overlap of one half.

    `grey` pictures of tissue have no colours: a threshold finds all that is dark in them.
    """

    kind: Kind
    grey: bool
    found: int
    true: int
    hits: int


def score(labels: np.ndarray, picture: Labelled) -> Score:
    """Labels (h, w) against the truth."""
    paired = match(labels, picture.labels)
    grey = bool((picture.rgb.max(axis=2) == picture.rgb.min(axis=2)).all())
    return Score(kind=picture.kind, grey=grey, found=paired.found, true=paired.true, hits=len(paired.pairs))


def f1(scores: Sequence[Score]) -> float:
    """2 hits / (found + true) of all nuclei of all pictures."""
    together = sum(each.found + each.true for each in scores)
    return 2 * sum(each.hits for each in scores) / together if together else 1.0


def count_error(scores: Sequence[Score]) -> float:
    """Nuclei too many or too few, the mean over the pictures."""
    return float(np.mean([abs(each.found - each.true) for each in scores]))


def interval(scores: Sequence[Score], figure: Callable[[Sequence[Score]], float]) -> tuple[float, float]:
    """95 % of what other pictures would give, by drawing pictures anew."""
    generator = np.random.default_rng(0)
    drawn = [
        figure([scores[at] for at in generator.integers(len(scores), size=len(scores))])
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def choose(network: nn.Module, pictures: Sequence[Labelled], cache: ModelCache) -> dict[str, float]:
    """For each kind the threshold of the best F1, less half of the count's error as a share of the nuclei.

    And of 98 of 100 pictures the median nucleus is at least so sure as `median_sureness`.

    Each picture is looked at in the size that the gallery finds right with the thresholds of `cache`.
    """
    scales = [_scale(picture, cache) for picture in pictures]
    answers = [_answer(network, picture, scale) for picture, scale in zip(pictures, scales, strict=True)]
    best: dict[Kind, tuple[float, float, list[float]]] = {}
    for least in SURENESS:
        stars = [
            _stars(*answer, picture, scale, least, OVERLAP)
            for answer, picture, scale in zip(answers, pictures, scales, strict=True)
        ]
        for kind in KINDS:
            of_kind = [at for at, each in enumerate(pictures) if each.kind == kind]
            scores = [score(stars[at].labels, pictures[at]) for at in of_kind]
            medians = [float(np.median(stars[at].sureness)) for at in of_kind if len(stars[at].sureness)]
            print(
                f"{kind}, sureness {least}: F1 {f1(scores):.3f}, count off {count_error(scores):.1f}",
                flush=True,
            )
            if kind not in best or worth(scores) > best[kind][0]:
                best[kind] = worth(scores), least, medians
    chosen = {f"sureness_{kind}": least for kind, (_, least, _) in best.items()}
    medians = [median for *_, of_kind in best.values() for median in of_kind]
    return chosen | {"overlap": OVERLAP, "median_sureness": float(np.quantile(medians, 0.02))}


def worth(scores: Sequence[Score]) -> float:
    """What a choice is made by: F1, less half of the count's error as a share of the nuclei."""
    return f1(scores) - count_error(scores) / (2 * float(np.mean([each.true for each in scores])))


def choose_classical(pictures: Sequence[Labelled]) -> None:
    """Print what the classical way's numbers give, and the best by kind; these stand in `classical.py`."""
    best: dict[Kind, tuple[float, str]] = {}
    for blur, apart, smallest in itertools.product((1.0, 2.0), (5, 7, 10), (20, 40)):
        named = f"blur {blur}, apart {apart}, smallest {smallest}"
        scores = [
            score(find_by_threshold(each.rgb, blur=blur, apart=apart, smallest=smallest), each)
            for each in pictures
        ]
        for kind in KINDS:
            of_kind = [each for each in scores if each.kind == kind]
            words = f"F1 {f1(of_kind):.3f}, count off {count_error(of_kind):.1f}"
            print(f"{named}: {kind} {words}", flush=True)
            best[kind] = max(best.get(kind, (-1.0, "")), (worth(of_kind), f"{named}: {words}"))
    for kind, (_, words) in best.items():
        print(f"best, {kind}: {words}")


def _scale(picture: Labelled, cache: ModelCache) -> float:
    *_, found = find(picture.rgb, cache)
    assert isinstance(found, Found)
    return found.scale


def _answer(network: nn.Module, picture: Labelled, scale: float) -> tuple[np.ndarray, np.ndarray]:
    pixels = resize(stretch(picture.rgb), scale)
    height, width = pixels.shape[:2]
    padded = cv2.copyMakeBorder(pixels, 0, -height % MULTIPLE, 0, -width % MULTIPLE, cv2.BORDER_REPLICATE)
    with torch.inference_mode():
        answer = network(torch.from_numpy(padded).permute(2, 0, 1)[None])[0]
    return torch.sigmoid(answer[0]).numpy(), torch.exp(answer[1:]).numpy()


def _stars(
    probability: np.ndarray,
    distances: np.ndarray,
    picture: Labelled,
    scale: float,
    least: float,
    overlap: float,
) -> Stars:
    height, width = picture.labels.shape
    seen = (max(1, round(height * scale)), max(1, round(width * scale)))
    outlines, sureness, middles = stars_in(probability, distances, seen, least=least, overlap=overlap)
    size = (height, width)
    return draw_stars(outlines / scale, middles / scale, sureness, size, overlap=overlap)


def _is_of(kind: Kind, each: Score) -> bool:
    return each.kind == kind


def measure(
    pictures: Sequence[Labelled], cache: ModelCache
) -> Iterator[tuple[Labelled, Score, Score, Found]]:
    """Each picture as the gallery counts it: the network, the classical way, and what the network found."""
    for picture in pictures:
        *_, found = find(picture.rgb, cache)
        assert isinstance(found, Found)
        yield (
            picture,
            score(found.stars.labels, picture),
            score(find_by_threshold(picture.rgb), picture),
            found,
        )


def figures_of(network: Sequence[Score], classical: Sequence[Score]) -> list[tuple[str, str]]:
    """Names and values for the card, by kind, and of stained pictures with and without colours."""
    groups: dict[str, Callable[[Score], bool]] = {
        **{kind.capitalize(): partial(_is_of, kind) for kind in KINDS},
        "Stained, in colour": lambda each: each.kind == "stained" and not each.grey,
        "Stained, grey": lambda each: each.kind == "stained" and each.grey,
    }
    rows = []
    for group, belongs in groups.items():
        ours, theirs = list(filter(belongs, network)), list(filter(belongs, classical))
        if not ours:
            continue
        nuclei = f"n = {len(ours)} pictures, {sum(each.true for each in ours):,} nuclei"
        for name, figure, digits in (
            ("F1 at an overlap of one half", f1, 3),
            ("error of the count", count_error, 1),
        ):
            values = []
            for who, scores in (("the network", ours), ("threshold and watershed", theirs)):
                low, high = interval(scores, figure)
                values.append(
                    f"{who} {figure(scores):.{digits}f} (95 % interval {low:.{digits}f} to {high:.{digits}f})"
                )
            rows.append((f"{group}: {name}", f"{'; '.join(values)}; {nuclei}"))
    return rows
