"""What can be done on the page, in its order: each shows its view."""

from __future__ import annotations

from collections.abc import Callable

from dlintro_demos.medicine.ui.nuclei import count_the_cells
from dlintro_demos.medicine.ui.own_model import your_own_model
from dlintro_demos.medicine.ui.risk import weigh_the_risk
from dlintro_demos.medicine.ui.symptoms import say_how_you_feel
from dlintro_demos.medicine.ui.tapping import tap_the_nuclei

MODES: dict[str, Callable[[], None]] = {
    "Count the cells": count_the_cells,
    "Tap the nuclei": tap_the_nuclei,
    "Weigh the risk": weigh_the_risk,
    "Say how you feel": say_how_you_feel,
    "Your own model": your_own_model,
}
