"""The photographs of the page "Inside the classifier", made small and shipped with their licences.

    python -m training.feature_layers.pictures           # fetch, check the licences, write all files
    python -m training.feature_layers.pictures --accuracy # how often the network finds the `truth`

Their originals are those of `photographs.toml` and `pictures.toml`; another `pictures.toml`, in the folder
that is written, says what is on each and holds the `origin` by which the two are matched.
"""

from __future__ import annotations

import argparse
import re

import cv2
import numpy as np
from PIL import Image

from dlintro_demos.feature_layers.samples import FOLDER, Picture, pictures
from training.photographs import SMALL, Photograph, prepare, read_list

LICENCES = FOLDER.parent / "LICENSES.md"
LONGEST_SIDE = 480  # px
QUALITY = 80  # of WebP, 0 to 100
LONG = 1.5  # a tool of at least this ratio is made square, since the network sees only the middle

_INTRODUCTION = """# The pictures of this package

The photographs in `pictures/` come from packages of Debian and PyPI. They are changed: made smaller, to at
most 480 px, and long tools have more of their plain ground around them. `training/feature_layers/pictures.py`
checks each package's own statement of the licence and writes this list. No author endorses this gallery.
Licences:
[CC BY 2.0](https://creativecommons.org/licenses/by/2.0/),
[CC BY 3.0](https://creativecommons.org/licenses/by/3.0/),
[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/),
[CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/),
[BSD 3-Clause](https://opensource.org/license/bsd-3-clause).

`drawings.py` draws the apple, the purple apple, the traffic light and the page of text: this gallery, CC0;
the page's typeface (Aileron, by Sora Sagano, CC0) comes with Pillow. The samples `astronaut`, `cat` and
`coffee` are read from the installed scikit-image; they are `eileen-collins`, `chelsea-the-cat` and `coffee`
below. Eileen Collins is a real person: the page shows what the network does, and says nothing about her.

| Picture | Author | Licence | Origin |
|---|---|---|---|
"""


def main() -> None:
    """Write the pictures and the list of licences, or print the accuracy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--accuracy", action="store_true", help="measure, write nothing")
    if parser.parse_args().accuracy:
        print_accuracy()
        return
    photographs = {origin(photograph): photograph for photograph in (*read_list(), *read_list(SMALL))}
    for picture in pictures():
        small = original(photographs[picture.origin])
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        small.save(picture.path, quality=QUALITY, method=6)
    rows = (licence_row(picture, photographs[picture.origin]) for picture in pictures())
    LICENCES.write_text(_INTRODUCTION + "".join(rows), encoding="utf-8")
    size = sum(picture.path.stat().st_size for picture in pictures())
    print(f"{len(pictures())} photographs, {size / 1e6:.2f} MB")


def print_accuracy() -> None:
    """Top-1 and top-5 accuracy on the photographs with a `truth`, and the ones that are missed."""
    from dlintro_demos.feature_layers.classifier import classify
    from dlintro_demos.gallery.runtime.engine import build_engine
    from dlintro_demos.gallery.settings import settings
    from dlintro_demos.shared.imagenet import labels

    cache = build_engine(settings()).cache
    ranks = []
    for picture in pictures():
        if picture.truth is None:
            continue
        found = [guess.index for guess in classify(picture.load(), cache).top]
        ranks.append(found.index(picture.truth) if picture.truth in found else None)
        if ranks[-1] != 0:
            print(f"{picture.key}: {labels()[picture.truth]}; it says {labels()[found[0]]}")
    first, five = ranks.count(0), len(ranks) - ranks.count(None)
    print(f"{len(ranks)} photographs: top-1 {first / len(ranks):.0%}, top-5 {five / len(ranks):.0%}")


def origin(photograph: Photograph) -> str:
    """Package, version and path, as in `pictures.toml`."""
    parts = (f"{photograph.package.name} {photograph.package.version}", photograph.path, photograph.inside)
    return ", ".join(part for part in parts if part)


def original(photograph: Photograph) -> Image.Image:
    """The photograph, RGB; a long tool is made square. Raises `LicenceNotProven`."""
    prepare(photograph)
    with Image.open(photograph.prepared) as file:
        image = file.convert("RGB")
    long = max(image.size) >= LONG * min(image.size)
    return square(image) if long and "/tools/" in photograph.inside else image


def square(image: Image.Image) -> Image.Image:
    """The picture with the colours of its edges continued on both sides until it is square."""
    width, height = image.size
    side = max(width, height)
    left, top = (side - width) // 2, (side - height) // 2
    borders = (top, side - height - top, left, side - width - left)
    return Image.fromarray(cv2.copyMakeBorder(np.asarray(image), *borders, cv2.BORDER_REPLICATE))


def licence_row(picture: Picture, photograph: Photograph) -> str:
    """A line of the table."""
    author = re.sub(r"\s+", " ", photograph.author)
    return f"| `{picture.key}` | {author} | {picture.licence} | {picture.origin} |\n"


if __name__ == "__main__":
    main()
