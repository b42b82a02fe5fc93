"""Cases to begin with: held-out ones, and some that must be refused."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from dlintro_demos.medicine.risk.drawing import draw_nuclei
from dlintro_demos.medicine.risk.measures import NAMES, SEED, cases
from dlintro_demos.medicine.risk.strangeness import impossible, noise

TIMES = 10.0  # the mean radius of “Another unit”, as in tenths of the unit


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A case of the strip: the number of a held-out one, and what was done to it, if anything.

    `found` is what the laboratory found, None where it is no real case; `lesson` says what to look for.
    """

    key: str
    title: str
    case: int
    lesson: str
    made: str = ""

    @property
    def found(self) -> str | None:
        """What the laboratory found."""
        if self.made == "noise":
            return None
        return "malignant" if cases().malignant[self.case] else "benign"

    def values(self) -> tuple[float, ...]:
        """Its 30 measures."""
        return _values(self)

    def picture(self) -> str:
        """An SVG for the strip; of a case whose measures no nucleus can have, as it was before."""
        return _picture(self)


@functools.cache
def _values(sample: Sample) -> tuple[float, ...]:
    everyone = cases()
    values = everyone.values[sample.case]
    if sample.made == "noise":
        values = noise(everyone.values[everyone.known], np.random.default_rng(SEED))[0]
    elif sample.made == "unit":
        values = values.copy()
        values[0] *= TIMES
    elif sample.made == "swapped":
        values = values.copy()
        radius, texture = (NAMES.index(f"mean {each}") for each in ("radius", "texture"))
        values[radius], values[texture] = values[texture], values[radius]
    return tuple(map(float, values))


@functools.cache
def _picture(sample: Sample) -> str:
    values = sample.values()
    return draw_nuclei(cases().values[sample.case] if impossible(values) else values, small=True)


SAMPLES: tuple[Sample, ...] = (
    Sample(key="malignant", title="Case A", case=7, lesson="Held out: the networks never saw it."),
    Sample(key="benign", title="Case B", case=79, lesson="Held out: the networks never saw it."),
    Sample(key="close", title="A close call", case=455, lesson="Held out, and too close to call."),
    Sample(key="wrong", title="It fails here", case=73, lesson="Held out, and the networks are wrong."),
    Sample(key="noise", title="Noise", case=79, lesson="No case: thirty numbers by chance.", made="noise"),
    Sample(key="unit", title="Another unit", case=65, lesson="Its mean radius is times ten.", made="unit"),
    Sample(
        key="swapped",
        title="Swapped",
        case=79,
        lesson="Mean radius and mean texture in each other's column.",
        made="swapped",
    ),
)


def warm_up() -> None:
    """Read the data and draw the strip, so that no visitor waits for it."""
    for sample in SAMPLES:
        sample.picture()
