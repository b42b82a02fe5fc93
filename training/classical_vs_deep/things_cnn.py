"""Train the small network of “Classical against deep” on drawn things, and measure both roads.

    python -m training.classical_vs_deep.things_cnn --train     # some seconds; writes the weights
    python -m training.classical_vs_deep.things_cnn --evaluate  # the figures on the card
    python -m training.classical_vs_deep.things_cnn --tune      # settings of the hand-made road
    python -m training.classical_vs_deep.things_cnn --seeds 5   # what chance weights change

All pictures are synthetic. Seeds of the training, test and calibration pictures do not overlap.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import time
from collections.abc import Iterator
from functools import partial

import cv2
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from dlintro_demos.classical_vs_deep import drawn, hand_made
from dlintro_demos.classical_vs_deep.learned import (
    MODEL,
    Lesson,
    SmallCNN,
    calibrate,
    examine,
    load_small_cnn,
    logits_of,
    save_small_cnn,
    to_tensor,
    train,
)
from dlintro_demos.gallery.settings import REPOSITORY

WEIGHTS = REPOSITORY / "models" / MODEL / "weights.safetensors"
PHOTOGRAPHS = REPOSITORY / "dlintro_demos" / "feature_layers" / "pictures"
STRANGERS = 40  # pictures of each kind that nobody taught


def trained(seed: int) -> tuple[Lesson, SmallCNN]:
    """Train to the end; prints the time."""
    started = time.perf_counter()
    *_, result = train(seed)
    assert isinstance(result, tuple)
    curve = ", ".join(f"{epoch.report.accuracy:.1%}" for epoch in result[0].epochs[::5])
    print(f"seed {seed}: {time.perf_counter() - started:.1f} s; before, and after every five rounds: {curve}")
    return result


def strangers() -> Iterator[tuple[str, np.ndarray]]:
    """Pictures that are none of the eight, by name: (N, 32, 32, 3) uint8."""
    rng = np.random.default_rng(5)
    shape = (drawn.SIDE, drawn.SIDE, 3)
    yield "noise", rng.integers(0, 256, (STRANGERS, *shape)).astype(np.uint8)
    yield (
        "one colour",
        np.stack([np.full(shape, rng.integers(0, 256, 3), np.uint8) for _ in range(STRANGERS)]),
    )
    yield "text", np.stack([_page(rng) for _ in range(STRANGERS)])
    photographs = []
    for path in sorted(PHOTOGRAPHS.glob("*.webp")):
        with Image.open(path) as file:
            photographs.append(drawn.shrink(np.array(file.convert("RGB"))))
    yield "photographs", np.stack(photographs)
    for key in ("car", "house"):
        yield f"drawn {key}s", np.stack([drawn.picture(key, 60_000 + number) for number in range(STRANGERS)])


def _page(rng: np.random.Generator) -> np.ndarray:
    page = Image.new("RGB", (200, 200), tuple(rng.integers(200, 256, 3).tolist()))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(int(rng.integers(12, 40)))
    for top in range(0, 200, int(rng.integers(16, 44))):
        pen.text((5, top), "".join(rng.choice(list("abcdefghij klmnop"), 30)), fill=(20, 20, 20), font=font)
    return drawn.shrink(np.array(page))


def print_rejections(name: str, strange: object, limit: float) -> None:
    """How many strangers are not named, by kind."""
    shares = {}
    for stranger, rgb in strangers():
        measured = strange(rgb)  # type: ignore[operator]
        found = np.array([drawn.strangeness_of(*pair) for pair in zip(rgb, measured, strict=True)])
        shares[stranger] = f"{int((found > limit).sum())} of {len(found)} {stranger}"
    print(f"{name} says “I don't know” to: {', '.join(shares.values())}")


def evaluate() -> None:
    """Both roads on the same 320 test pictures, and on pictures of other things."""
    network = load_small_cnn([WEIGHTS])
    said = examine(network)
    temperature, limit = calibrate(network)
    print(f"network: {_line(said)}; {sum(p.numel() for p in network.parameters())} parameters")
    print(f"temperature = {temperature:.3f}\nstrangeness = {limit:.3f}")
    refused = int((logits_of(network, "test")[1] > limit).sum())
    print(f"the network says “I don't know” to {refused} of {said.of} test pictures, which it should know")
    print_rejections("the network", partial(_strange, network), limit)
    _clean(network)
    for keys in choices():
        *_, expert = hand_made.train_expert(keys)
        assert isinstance(expert, hand_made.Expert)
        print(f"by hand, {' + '.join(keys)}: {_line(expert.report)}")
        if len(keys) == len(hand_made.GROUPS):
            print_rejections(
                "the hand-made road with all",
                lambda rgb, expert=expert, keys=keys: expert.judge(hand_made.measure(rgb, keys))[1],
                expert.limit,
            )


def _line(report: drawn.Report) -> str:
    low, high = report.interval
    mistakes = ", ".join(f"{one} called {other} {count}" for one, other, count in report.mistakes(3))
    return f"{report.right} of {report.of}, {report.accuracy:.1%} ({low:.1%} to {high:.1%}); {mistakes}"


@torch.inference_mode()
def _strange(network: SmallCNN, rgb: np.ndarray) -> np.ndarray:
    return network.strangeness(network.maps(to_tensor(rgb)))


def _clean(network: SmallCNN) -> None:
    """Large drawings without cover or noise, made small: as the samples are."""
    large = [
        (place, drawn.shrink(drawn.draw(key, 70_000 + number, flat=flat)))
        for place, key in enumerate(drawn.KINDS)
        for number in range(10)
        for flat in (False, True)
    ]
    rgb, truth = np.stack([each for _, each in large]), np.array([place for place, _ in large])
    with torch.inference_mode():
        said = network(to_tensor(rgb)).argmax(1).numpy()
    strange = _strange(network, rgb) > calibrate(network)[1]
    print(
        f"large and clean: {_line(drawn.report(truth, said))}; not known {int(strange.sum())} of {len(rgb)}"
    )


def tune() -> None:
    """Cross-validation on the training pictures alone: one setting for all choices, by their mean."""
    rows = len(drawn.pictures("training").kinds)  # without the mirrored ones, which would be in two folds
    y = hand_made.truth_of("training")[:rows]
    folds = StratifiedKFold(4, shuffle=True, random_state=0)
    for c, gamma in itertools.product((1.0, 3.0, 10.0), (0.3, 1.0, 2.0)):
        right: list[np.ndarray] = []
        for keys in choices():
            x = hand_made.features_of("training", keys)[:rows]
            machine = OneVsRestClassifier(SVC(C=c, gamma=gamma / x.shape[1]))
            right.append(cross_val_score(make_pipeline(StandardScaler(), machine), x, y, cv=folds))
        print(f"{np.mean(right):.2%}  C {c:g}, gamma {gamma:g}", flush=True)


def choices() -> list[tuple[str, ...]]:
    """Every choice of one group or more."""
    counts = range(1, len(hand_made.GROUPS) + 1)
    return [keys for count in counts for keys in itertools.combinations(hand_made.GROUPS, count)]


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--seeds", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if arguments.tune:
        tune()
    if arguments.seeds:
        found = [trained(seed)[0].epochs[-1].report.accuracy for seed in range(arguments.seeds)]
        print(f"{len(found)} seeds: mean {np.mean(found):.1%}, {min(found):.1%} to {max(found):.1%}")
    if arguments.train:
        WEIGHTS.parent.mkdir(parents=True, exist_ok=True)
        save_small_cnn(trained(0)[1], WEIGHTS)
        data = WEIGHTS.read_bytes()
        print(f'sha256 = "{hashlib.sha256(data).hexdigest()}"\nbytes = {len(data)}')
    if arguments.evaluate:
        evaluate()


if __name__ == "__main__":
    main()
