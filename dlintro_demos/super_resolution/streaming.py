"""A PNG written while its picture is still being made, so that the whole of it is never in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import png

from dlintro_demos.gallery.intake.picture_colours import see_through
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.super_resolution.upscale import Strip, Upscaled


def write_png(
    steps: Iterator[Progress | Strip | Upscaled],
    path: Path,
    *,
    size: tuple[int, int],
    alpha: bool,
    show: Callable[[Progress], None],
) -> Upscaled:
    """Write what `upscale_strips` yields; gives its last.

    Args:
        size: width and height of the result, px.
        show: is told every `Progress`.

    The file is whole or not there. It is larger than Pillow's, as rows are not filtered. Raises `OSError`,
    and what the steps raise.
    """
    ended: list[Upscaled] = []

    def rows() -> Iterator[bytes]:
        for step in steps:
            if isinstance(step, Strip):
                pixels = step.rgb if step.alpha is None else see_through(step.rgb, step.alpha)
                yield from (row.tobytes() for row in pixels)
            elif isinstance(step, Upscaled):
                ended.append(step)
            else:
                show(step)

    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            png.Writer(*size, greyscale=False, alpha=alpha).write_packed(file, rows())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return ended[0]
