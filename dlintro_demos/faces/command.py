"""`faces`: find the faces of picture files."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dlintro_demos.gallery.command_line import Commands, add, each_picture, engine_of_its_own
from dlintro_demos.gallery.words import counted

if TYPE_CHECKING:
    from dlintro_demos.faces.face import Face
    from dlintro_demos.gallery.intake.images import Picture


def add_to(commands: Commands) -> None:
    """Add `faces`."""
    parser = add(commands, "faces", faces, help="find the faces in pictures, with their embeddings")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parser.add_argument("--high", action="store_true", help="also look for small faces")


def faces(options: argparse.Namespace) -> int:
    """Find the faces of picture files: one line each."""
    from dlintro_demos.faces import warm_up
    from dlintro_demos.faces.analysis import find_faces

    cache = engine_of_its_own().cache

    def find(picture: Picture) -> tuple[dict[str, object], float, str]:
        detail: Literal["normal", "high"] = "high" if options.high else "normal"
        found = find_faces(picture.digest, picture.rgb, cache, detail=detail)
        count = len(found.faces)
        facts: dict[str, object] = {"faces": list(map(_facts, found.faces))}
        return facts, sum(found.seconds.values()), counted(count, "face")

    return each_picture(options, partial(warm_up, cache), find)


def _facts(face: Face) -> dict[str, object]:
    return {
        "box": [round(value, 2) for value in face.box],
        "landmarks": [[round(float(value), 2) for value in point] for point in face.landmarks],
        "probability": round(face.probability, 6),
        "embedding": [round(float(value), 6) for value in face.embedding],
    }
