"""The classical road: features that people thought of, and support vector machines on top."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import cv2
import numpy as np
from skimage.color import rgb2gray, rgb2hsv
from skimage.feature import canny, hog, local_binary_pattern
from skimage.filters import sobel
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from dlintro_demos.classical_vs_deep import drawn
from dlintro_demos.classical_vs_deep.drawn import Answer, Report, pictures
from dlintro_demos.gallery.runtime.jobs import Progress

CELLS, DIRECTIONS, HUES = 4, 9, 12
C, GAMMA = 3.0, 1.0  # best by cross-validation: python -m training.classical_vs_deep.things_cnn --tune
KEPT = 16  # experts, of 31 choices: some megabytes each
_working = threading.RLock()  # one thread measures, the others then find it done


@dataclass(frozen=True, kw_only=True)
class Group:
    """Features that an expert switches on together. `measure`: (32, 32, 3) uint8 to (D,) float64."""

    key: str
    title: str
    words: str
    measure: Callable[[np.ndarray], np.ndarray]


def cells(values: np.ndarray) -> np.ndarray:
    """Means over a grid of 4 x 4 cells, (16,)."""
    size = drawn.SIDE // CELLS
    means: np.ndarray = values.reshape(CELLS, size, CELLS, size).mean((1, 3)).ravel()
    return means


def hues(rgb: np.ndarray) -> np.ndarray:
    """Share of the picture in each of twelve hues, red the first, weighted by how vivid it is: (12,)."""
    return _hues(rgb2hsv(rgb))


def _hues(hsv: np.ndarray) -> np.ndarray:
    around_red = (hsv[..., 0] + 0.5 / HUES) % 1  # so that red is one hue, not half of the first and the last
    share: np.ndarray = np.histogram(around_red, HUES, (0, 1), weights=hsv[..., 1])[0] / around_red.size
    return share


def _colour(rgb: np.ndarray) -> np.ndarray:
    hsv, flat = rgb2hsv(rgb), rgb.reshape(-1, 3) / 255
    others = [np.histogram(hsv[..., channel], 4, (0, 1))[0] / hsv[..., 0].size for channel in (1, 2)]
    return np.concatenate([flat.mean(0), flat.std(0), _hues(hsv), *others])


def _edges(rgb: np.ndarray) -> np.ndarray:
    grey = rgb2gray(rgb)
    return np.concatenate([cells(sobel(grey)), cells(canny(grey, 1).astype(float))])


def directions(rgb: np.ndarray, block: int = 2) -> np.ndarray:
    """Histograms of oriented gradients (Dalal and Triggs 2005): (rows, columns, block, block, 9)."""
    size = (drawn.SIDE // CELLS,) * 2
    found: np.ndarray = hog(rgb, DIRECTIONS, size, (block, block), feature_vector=False, channel_axis=-1)
    return found


def _directions(rgb: np.ndarray) -> np.ndarray:
    return directions(rgb).ravel()


def patterns(rgb: np.ndarray, radius: int = 1) -> np.ndarray:
    """Local binary patterns (Ojala et al. 2002) of each pixel and its eight neighbours: (32, 32), 0 to 9."""
    grey = np.round(rgb2gray(rgb) * 255).astype(np.uint8)
    found: np.ndarray = local_binary_pattern(grey, 8, radius, "uniform")
    return found


def _texture(rgb: np.ndarray) -> np.ndarray:
    counts = [np.histogram(patterns(rgb, radius), 10, (0, 10))[0] for radius in (1, 2)]
    return np.concatenate(counts) / drawn.SIDE**2


def tiny(rgb: np.ndarray) -> np.ndarray:
    """The picture itself, eight pixels to a side: (8, 8, 3) uint8."""
    return np.ascontiguousarray(cv2.resize(rgb, (8, 8), interpolation=cv2.INTER_AREA))


def _tiny(rgb: np.ndarray) -> np.ndarray:
    return tiny(rgb).ravel() / 255


GROUPS: dict[str, Group] = {
    group.key: group
    for group in (
        Group(
            key="colour",
            title="Colours",
            words="How much of each colour there is, wherever it is.",
            measure=_colour,
        ),
        Group(
            key="edges",
            title="Edges",
            words="How much light changes to dark, in each of 16 fields.",
            measure=_edges,
        ),
        Group(
            key="directions",
            title="Edge directions",
            words="Which way the edges run, in each of 16 fields. Experts call it HOG.",
            measure=_directions,
        ),
        Group(
            key="texture",
            title="Texture",
            words="Smooth, rough or striped: each pixel compared with the eight around it.",
            measure=_texture,
        ),
        Group(
            key="pixels",
            title="Tiny picture",
            words="The picture itself, eight pixels to a side.",
            measure=_tiny,
        ),
    )
}


def measure(rgb: np.ndarray, keys: Sequence[str]) -> np.ndarray:
    """The features of some groups, side by side: (N, 32, 32, 3) uint8 to (N, D) float64."""
    return np.hstack([np.stack([GROUPS[key].measure(one) for one in rgb]) for key in keys])


@cache
def _measured(part: str, key: str) -> np.ndarray:
    """One group of a whole set; the training pictures once more as in a mirror, as the network gets them."""
    rgb = pictures(part).rgb
    if part == "training":
        rgb = np.concatenate([rgb, rgb[:, :, ::-1]])
    return measure(rgb, [key])


def features_of(part: str, keys: Sequence[str]) -> np.ndarray:
    """Of a whole set, (N, D); measured once in a process. Of "training" there are mirrored ones, too."""
    with _working:
        return np.hstack([_measured(part, key) for key in keys])


def truth_of(part: str) -> np.ndarray:
    """The kinds that belong to `features_of`, (N,)."""
    kinds = pictures(part).kinds
    return np.concatenate([kinds, kinds]) if part == "training" else kinds


@dataclass(frozen=True, kw_only=True, eq=False)
class Expert:
    """A choice of groups with its classifier, calibrated on pictures that it did not learn from.

    `machine` has one border for each kind, this one against all others (Cortes and Vapnik 1995), on the
    likenesses (radial basis functions) to `memory`: the (N, D) features that it learned from, scaled.
    """

    keys: tuple[str, ...]
    report: Report
    temperature: float
    limit: float
    scaler: StandardScaler
    memory: np.ndarray
    machine: OneVsRestClassifier

    @property
    def numbers(self) -> int:
        """How many numbers it measures of a picture."""
        return self.memory.shape[1]

    def recognise(self, rgb: np.ndarray) -> Answer:
        """Of a (32, 32, 3) uint8 picture."""
        probabilities, strangeness = self.judge(measure(rgb[None], self.keys))
        return Answer(
            probabilities=probabilities[0],
            strangeness=drawn.strangeness_of(rgb, float(strangeness[0])),
            limit=self.limit,
        )

    def judge(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities (N, 8) and strangeness (N,) of (N, D) features."""
        scaled = self.scaler.transform(features)
        logits = self.machine.decision_function(_likeness(scaled, self.memory))
        return drawn.softmax(logits, self.temperature), drawn.distances(scaled, self.memory)


def _likeness(scaled: np.ndarray, memory: np.ndarray) -> np.ndarray:
    """Of all pairs, (N, M), computed once and not by each kind's machine: a sixth of the time."""
    found: np.ndarray = rbf_kernel(scaled, memory, gamma=GAMMA / memory.shape[1])
    return found


@lru_cache(maxsize=KEPT)
def _expert(keys: tuple[str, ...]) -> Expert:
    scaler = StandardScaler()
    memory = scaler.fit_transform(features_of("training", keys))
    machine = OneVsRestClassifier(SVC(C=C, kernel="precomputed"))
    machine.fit(_likeness(memory, memory), truth_of("training"))
    tested, held_out = (scaler.transform(features_of(part, keys)) for part in ("test", "calibration"))
    logits = machine.decision_function(_likeness(held_out, memory))
    return Expert(
        keys=keys,
        report=drawn.report(truth_of("test"), machine.predict(_likeness(tested, memory))),
        temperature=drawn.fit_temperature(logits, truth_of("calibration")),
        limit=float(np.quantile(drawn.distances(held_out, memory), drawn.STRANGE)),
        scaler=scaler,
        memory=memory,
        machine=machine,
    )


def train_expert(keys: Sequence[str]) -> Iterator[Progress | Expert]:
    """The expert of some groups, in any order; the one that is kept, if there is.

    Raises `ValueError` without a group, `KeyError` for one that is none.
    """
    if not keys:
        raise ValueError("An expert needs at least one group of features.")
    ordered = tuple(sorted({GROUPS[key].key for key in keys}, key=list(GROUPS).index))
    steps = [(part, key) for part in drawn.FIRST_SEEDS for key in ordered]
    for number, (part, key) in enumerate(steps):
        yield Progress(number, len(steps) + 1, f"measuring {GROUPS[key].title.lower()}")
        features_of(part, [key])
    yield Progress(len(steps), len(steps) + 1, "learning")
    with _working:
        expert = _expert(ordered)
    yield expert


@dataclass(frozen=True, kw_only=True, eq=False)
class Examined:
    """How the expert of some groups does, with how many numbers; the expert itself stays here."""

    keys: tuple[str, ...]
    numbers: int
    report: Report


def examine_expert(keys: Sequence[str]) -> Iterator[Progress | Examined]:
    """A job: `train_expert`, for those who only want to know how good it is."""
    for step in train_expert(keys):
        if isinstance(step, Progress):
            yield step
        else:
            yield Examined(keys=step.keys, numbers=step.numbers, report=step.report)


def warm_up() -> None:
    """Draw the sets, measure every group and fit the expert that has all: some seconds, once."""
    for _ in train_expert(list(GROUPS)):
        pass
