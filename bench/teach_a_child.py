"""How right a light head is after a few examples, how sure, how fast, and when it says "never seen".

    OMP_NUM_THREADS=1 python -m bench.teach_a_child
    OMP_NUM_THREADS=1 python -m bench.teach_a_child --pictures 30   # of each class: quicker, for a first look

The labelled pictures are those of `bench/few_examples.py`: clothes and digits are photographs and scans; the
things are drawn by this gallery's program; the last set are ten photographs, changed by a program as if a
camera saw them again. The numbers of `heads.py` were chosen on the sets with a star; felt-tip things have the
forms of the drawn ones. Five draws each of the examples and of the classes that are taught: what is printed
are their mean and, after ±, their standard deviation.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from skimage.feature import hog
from sklearn.metrics import roc_auc_score

from bench.few_examples import CLASSES, Pictures, labelled, very_different
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import settings
from dlintro_demos.shared import things
from dlintro_demos.teach_a_child.heads import HEADS, HeadKey, class_means, fit, guesses
from dlintro_demos.teach_a_child.lesson import MOST_CLASSES, Example, Lesson, Seen
from dlintro_demos.teach_a_child.seeing import see

DRAWS = 5
SHOTS = (1, 5, 20)
OPEN_SHOTS = (1, 2, 5, 20)
TAUGHT = 4  # of the classes, where the others are unknown
BINS = 10
CHOSEN_ON = ("Fashion-MNIST", "drawn things")

Rows = np.ndarray  # (classes, pictures of each, features) float32, of length 1


def embeddings(pictures: Pictures, cache: ModelCache) -> np.ndarray:
    """As the demo compares them: (N, 1280)."""
    batches = [pictures[start : start + 8] for start in range(0, len(pictures), 8)]
    return np.stack([seen.embedding for batch in batches for seen in see(batch, [""] * len(batch), cache)])


def pixels(pictures: Pictures) -> np.ndarray:
    """Raw pixels: 28 x 28 in colour, from -1 to 1, scaled to length 1."""
    rows = [cv2.resize(rgb, (28, 28), interpolation=cv2.INTER_AREA).ravel() / 127.5 - 1 for rgb in pictures]
    return _unit(np.array(rows, np.float32))


def gradients(pictures: Pictures) -> np.ndarray:
    """Histograms of oriented gradients (Dalal and Triggs 2005) of 64 x 64 px, scaled to length 1."""
    small = [cv2.resize(rgb, (64, 64), interpolation=cv2.INTER_AREA) for rgb in pictures]
    rows = [hog(rgb, orientations=9, pixels_per_cell=(8, 8), channel_axis=2) for rgb in small]
    return _unit(np.array(rows, np.float32))


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-9))


def lesson_of(rows: Rows) -> Lesson:
    """A lesson of all these examples, called 0, 1, ... by class."""
    named = [(str(label), row) for label, of_class in enumerate(rows) for row in of_class]
    return Lesson(
        examples=tuple(
            Example(seen=Seen(key=str(number), embedding=row), name=name, said=None, right=None)
            for number, (name, row) in enumerate(named)
        )
    )


def draw(rows: Rows, shots: int, seed: int, taught: int = CLASSES) -> tuple[Rows, Rows, Rows]:
    """Examples of so many classes, other pictures of the same, and pictures of the other classes."""
    rng = np.random.default_rng(seed)
    rows = rows[rng.permutation(CLASSES)]
    most = max(SHOTS) if rows.shape[1] > max(SHOTS) else rows.shape[1] // 2
    mixed = np.stack([of_class[rng.permutation(len(of_class))] for of_class in rows])
    return mixed[:taught, : min(shots, most)], mixed[:taught, most:], mixed[taught:, most:]


def chances(rows: Rows, shots: int, seed: int, key: HeadKey) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (N, 10) of the test pictures, and their labels."""
    taught, tested, _ = draw(rows, shots, seed)
    found = fit(lesson_of(taught), key).probabilities(np.concatenate(tested))
    return found, np.repeat(np.arange(CLASSES), tested.shape[1])


def print_accuracy(sets: dict[str, Pictures], seen: dict[str, Rows]) -> None:
    """Accuracy against shots, in %, of every head on embeddings, on HOG and on pixels."""
    print(f"| ten classes of | told by | {' | '.join(HEADS)} |\n|{'---|' * (2 + len(HEADS))}")
    for name, pictures in sets.items():
        told = {"embedding": seen[name], "HOG": _rows(gradients(pictures)), "pixels": _rows(pixels(pictures))}
        for how, rows in told.items():
            for shots in SHOTS:
                cells = []
                for key in HEADS:
                    shares = [_right(*chances(rows, shots, seed, key)) for seed in range(DRAWS)]
                    cells.append(f"{np.mean(shares):.1%} ± {np.std(shares) * 100:.1f}")
                print(f"| {starred(name)}, {shots} of each | {how} | {' | '.join(cells)} |")
    print()


def print_calibration(seen: dict[str, Rows]) -> None:
    """Negative log-likelihood (nats) and expected calibration error of the heads on embeddings."""
    print(f"| NLL and ECE | {' | '.join(HEADS)} |\n|{'---|' * (1 + len(HEADS))}")
    for name, rows in seen.items():
        for shots in SHOTS:
            cells = []
            for key in HEADS:
                found = [chances(rows, shots, seed, key) for seed in range(DRAWS)]
                p, y = np.concatenate([p for p, _ in found]), np.concatenate([y for _, y in found])
                loss = -np.log(p[np.arange(len(y)), y].clip(1e-12)).mean()
                cells.append(f"{loss:.2f}, {calibration_error(p, y):.2f}")
            print(f"| {starred(name)}, {shots} of each | {' | '.join(cells)} |")
    print()


def calibration_error(p: np.ndarray, y: np.ndarray) -> float:
    """Guo et al. 2017: how far from how often it is right what it says of how sure it is, in ten bins."""
    sure, right = p.max(1), p.argmax(1) == y
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    parts = [bins == number for number in np.unique(bins)]
    return float(sum(part.mean() * abs(sure[part].mean() - right[part].mean()) for part in parts))


def print_never_seen(seen: dict[str, Rows], different: dict[str, np.ndarray]) -> None:
    """The share called "never seen", of classes that were taught and of what was not, and the limit."""
    print(f"| {TAUGHT} classes of | taught | other classes | {' | '.join(different)} | limit |")
    print("|---" * (4 + len(different)) + "|")
    for name, rows in seen.items():
        for shots in OPEN_SHOTS:
            shares, limits = [], []
            for seed in range(DRAWS):
                taught, known, others = draw(rows, shots, seed, TAUGHT)
                head = fit(lesson_of(taught), "mean")
                groups = [np.concatenate(known), np.concatenate(others), *different.values()]
                shares.append([_refused(group, head.limit, head.embeddings) for group in groups])
                limits.append(head.limit)
            cells = [f"{np.mean(each):.0%}" for each in zip(*shares, strict=True)]
            print(f"| {starred(name)}, {shots} of each | {' | '.join(cells)} | {np.mean(limits):.2f} |")
    print()


def print_scores(seen: dict[str, Rows]) -> None:
    """Area under the curve of taught against other classes, by ways to tell that something is new."""
    print(f"| AUROC | {' | '.join(SCORES)} |\n|{'---|' * (1 + len(SCORES))}")
    for name, rows in seen.items():
        for shots in OPEN_SHOTS:
            areas = []
            for seed in range(DRAWS):
                taught, known, others = draw(rows, shots, seed, TAUGHT)
                both = np.concatenate([*known, *others])
                new = np.arange(len(both)) >= known.shape[0] * known.shape[1]
                areas.append([roc_auc_score(new, score(taught, both)) for score in SCORES.values()])
            cells = [f"{np.mean(each):.3f}" for each in zip(*areas, strict=True)]
            print(f"| {starred(name)}, {shots} of each | {' | '.join(cells)} |")
    print()


def _to_nearest(taught: Rows, rows: np.ndarray) -> np.ndarray:
    return np.asarray((1 - rows @ np.concatenate(taught).T).min(1))


def _to_means(taught: Rows, rows: np.ndarray) -> np.ndarray:
    means = class_means(np.concatenate(taught), np.repeat(np.arange(len(taught)), taught.shape[1]))
    return np.asarray(1 - rows @ means.T)


def _ratio(taught: Rows, rows: np.ndarray) -> np.ndarray:
    first, second = np.sort(_to_means(taught, rows), axis=1)[:, :2].T
    return np.asarray(first / second.clip(1e-9))


SCORES: dict[str, Callable[[Rows, np.ndarray], np.ndarray]] = {
    "nearest example": _to_nearest,
    "nearest class mean": lambda taught, rows: _to_means(taught, rows).min(1),
    "nearest mean over second": _ratio,
}


def print_speed(rows: Rows, cache: ModelCache) -> None:
    """The fastest of several, on the wall and of the processor: a fit, a guess, a picture."""
    print(f"| ms on the wall (of processor) | {' | '.join(HEADS)} |\n|{'---|' * (1 + len(HEADS))}")
    for count in (10, 50, 100, 500):
        each = -(-count // MOST_CLASSES)
        examples = lesson_of(rows[:MOST_CLASSES, :each]).examples
        by_turns = [examples[place] for number in range(each) for place in range(number, len(examples), each)]
        lesson = Lesson(examples=tuple(by_turns[:count]))
        cells = [fastest(partial(fit, lesson, key)) for key in HEADS]
        print(f"| learn {len(lesson.examples)} examples of {len(lesson.names)} | {' | '.join(cells)} |")
    asked = [lesson.examples[0].seen]
    cells = [fastest(partial(guesses, fit(lesson, key), asked)) for key in HEADS]
    print(f"| say what one picture is | {' | '.join(cells)} |")
    cup = [things.draw("cup", 0)]
    print(f"\nOne picture to its embedding: {fastest(partial(see, cup, [''], cache))} ms")


def fastest(run: Callable[[], object], times: int = 10) -> str:
    """Milliseconds."""
    wall, processor = [], []
    for _ in range(times):
        started = time.perf_counter(), time.process_time()
        run()
        wall.append(time.perf_counter() - started[0])
        processor.append(time.process_time() - started[1])
    return f"{min(wall) * 1e3:.1f} ({min(processor) * 1e3:.1f})"


def starred(name: str) -> str:
    """With a star where the numbers of `heads.py` were chosen on it."""
    return f"{name}*" if name in CHOSEN_ON else name


def _rows(flat: np.ndarray) -> Rows:
    return flat.reshape(CLASSES, -1, flat.shape[1])


def _right(p: np.ndarray, y: np.ndarray) -> float:
    return float((p.argmax(1) == y).mean())


def _refused(rows: np.ndarray, limit: float, examples: np.ndarray) -> float:
    return float(((1 - rows @ examples.T).min(1) > limit).mean())


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pictures", type=int, default=80, help="of each class; all but 20 are to test on")
    count = parser.parse_args().pictures
    cache = build_engine(settings()).cache
    sets = labelled(count)
    seen = {name: _rows(embeddings(pictures, cache)) for name, pictures in sets.items()}
    different = {kind: embeddings(pictures, cache) for kind, pictures in very_different().items()}
    print_accuracy(sets, seen)
    print_calibration(seen)
    print_never_seen(seen, different)
    print_scores(seen)
    print_speed(next(iter(seen.values())), cache)


if __name__ == "__main__":
    main()
