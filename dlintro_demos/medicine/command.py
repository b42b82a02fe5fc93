"""The commands of this demo: each part adds its own."""

from __future__ import annotations

from dlintro_demos.gallery.command_line import Commands
from dlintro_demos.medicine.nuclei import command as nuclei
from dlintro_demos.medicine.risk import command as risk
from dlintro_demos.medicine.symptoms import command as symptoms


def add_to(commands: Commands) -> None:
    """Add `nuclei`, `risk` and `symptoms`."""
    nuclei.add_to(commands)
    risk.add_to(commands)
    symptoms.add_to(commands)
