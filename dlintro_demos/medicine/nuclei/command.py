"""`nuclei`: find and count the nuclei in microscope pictures."""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dlintro_demos.gallery.command_line import Commands, add, each_file, engine_of_its_own, fail, last

if TYPE_CHECKING:
    import numpy as np


def add_to(commands: Commands) -> None:
    """Add `nuclei`."""
    parser = add(commands, "nuclei", nuclei, help="find and count the nuclei in microscope pictures")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="TIFF, PNG or JPEG, 8 or 16 bits")
    parser.add_argument(
        "--labels", type=Path, metavar="OUT.png", help="write a 16-bit picture: each nucleus its number"
    )


def nuclei(options: argparse.Namespace) -> int:
    """Count the nuclei of picture files: one line each."""
    from dlintro_demos.gallery.intake.images import decode_image
    from dlintro_demos.medicine.nuclei.finding import find
    from dlintro_demos.medicine.nuclei.judging import MODELS, judge
    from dlintro_demos.medicine.nuclei.slides import slide_limits

    if options.labels and len(options.paths) > 1:
        return fail("--labels writes one picture: give one PATH.")
    cache = engine_of_its_own().cache
    limits = slide_limits()

    def look(path: Path) -> tuple[dict[str, object], float, str]:
        with path.open("rb") as file:
            rgb = decode_image(file.read(limits.max_bytes + 1), limits).rgb  # one too many is refused
        began = time.perf_counter()
        found = last(find(rgb, cache))
        seconds = time.perf_counter() - began
        judgement = judge(rgb, found, cache)
        if options.labels:
            _write_labels(found.stars.labels, options.labels)
        facts: dict[str, object] = {
            "count": found.count,
            "known": judgement.known,
            "why": judgement.words,
            "outlines": found.stars.outlines.round(1).tolist(),
        }
        said = f"{found.count} nuclei"
        return facts, seconds, said if judgement.known else f"I don't know ({said}). {judgement.words}"

    return each_file(options, partial(cache.warm, MODELS), look, error_lines=True)


def _write_labels(labels: np.ndarray, path: Path) -> None:
    import numpy as np
    from PIL import Image

    if labels.max(initial=0) > np.iinfo(np.uint16).max:
        raise OSError(f"{path}: more than 65,535 nuclei do not fit into 16 bits; cut the picture into parts")
    Image.fromarray(labels.astype(np.uint16)).save(path, "PNG")
