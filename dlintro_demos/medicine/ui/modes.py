"""What can be done on the page, in its order: each shows its view."""

from __future__ import annotations

from collections.abc import Callable

from dlintro_demos.medicine.ui.nuclei import count_the_cells

MODES: dict[str, Callable[[], None]] = {
    "Count the cells": count_the_cells,
}
