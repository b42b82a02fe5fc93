"""`nuclei`: find and count the nuclei in microscope pictures."""

from __future__ import annotations

import argparse

from dlintro_demos.gallery.command_line import Commands, add, fail


def add_to(commands: Commands) -> None:
    """Add `nuclei`."""
    add(commands, "nuclei", nuclei, help="find and count the nuclei in microscope pictures")


def nuclei(options: argparse.Namespace) -> int:  # noqa: ARG001
    """Not there yet."""
    return fail("The network is still learning.")
