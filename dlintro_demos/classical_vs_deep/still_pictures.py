"""Pictures that are the same for everybody, so they are drawn once in a process, before anybody asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from dlintro_demos.classical_vs_deep import drawn, feature_pictures
from dlintro_demos.classical_vs_deep.learners import MNIST1D
from dlintro_demos.classical_vs_deep.learning_curves import summarise
from dlintro_demos.classical_vs_deep.plot import SMALL, curve_svg, curves_png
from dlintro_demos.classical_vs_deep.recorded import MNIST_FILE, recorded
from dlintro_demos.classical_vs_deep.thing_samples import LIMITS, SAMPLES
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.shared.mnist1d import CLASSES

MOVED = 8  # a kind of curve, seen twice
SEED = 7


@dataclass(frozen=True, kw_only=True)
class Explained:
    """Edge directions of the first sample and the recorded run on digits (PNG); curves of one kind (SVG)."""

    by_hand: bytes
    curves: bytes
    moved: tuple[str, ...]


@cache
def explained() -> Explained:
    """What “What just happened?” shows; of the digits, for they do not decide the bet on the curves."""
    some = MNIST1D.draw(100, SEED)
    return Explained(
        by_hand=encode_png(feature_pictures.directions(drawn.shrink(SAMPLES[0].load()))),
        curves=curves_png(summarise(recorded(MNIST_FILE)), "MNIST: digits named rightly"),
        moved=tuple(curve_svg(each, width=240, height=90) for each in some.x[some.y == MOVED][:2].tolist()),
    )


@cache
def ten_kinds() -> tuple[str, ...]:
    """Two curves of each kind, one below the other (SVG)."""
    some = MNIST1D.draw(2 * CLASSES, SEED)
    return tuple(curve_svg(*some.x[some.y == kind].tolist(), **SMALL) for kind in range(CLASSES))


def warm_up() -> None:
    """Draw all of it, and the samples: about a second."""
    explained()
    ten_kinds()
    for sample in (*SAMPLES, *LIMITS):
        sample.load()
