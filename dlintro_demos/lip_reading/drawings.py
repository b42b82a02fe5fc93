"""Pictures of one run for its explanation: points on the lips, what the network sees, what it weighs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlintro_demos.gallery.intake.images import encode_jpeg, encode_png
from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.film import with_lips
from dlintro_demos.lip_reading.mouths import lips_in_crops, look
from dlintro_demos.lip_reading.reading import Reading

ENLARGED = 4
WIDE, HIGH, LANE = 420, 224, 36
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Of the six slots, Okabe and Ito's."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pictures:
    """`points` (JPEG): the mouth, widest open, with its landmarks. `seen` (PNG): it and two frames around it,
    as the network gets them. `votes` (SVG): which frames speak for which word.
    """

    points: bytes
    seen: bytes
    votes: str


def draw_pictures(clip: Clip, opening: np.ndarray, reading: Reading) -> Pictures:
    """Of a clip, how far its lips are open (T,), and what was read in it. Raises `TrackError`."""
    assert clip.track is not None
    widest = int(opening.argmax())
    lips = lips_in_crops(clip.track)[widest]
    return Pictures(
        points=encode_jpeg(with_lips(clip.mouths[widest], lips)),
        seen=_seen(clip.mouths, widest),
        votes=votes(reading),
    )


def _seen(mouths: np.ndarray, widest: int) -> bytes:
    """Three grey pictures of 48 x 24 pixels side by side."""
    last = len(mouths) - 1
    chosen = mouths[[max(0, widest - 4), widest, min(last, widest + 4)]]
    grey = np.pad(look(chosen)[:, 0], ((0, 0), (0, 0), (0, 1)), constant_values=128)
    rgb = np.repeat(np.concatenate(list(grey), axis=1)[..., None], 3, 2)
    return encode_png(rgb.repeat(ENLARGED, 0).repeat(ENLARGED, 1))


def votes(reading: Reading) -> str:
    """A lane for each word, high where a frame belongs to it; SVG, seen on white and on dark."""
    frames = len(reading.timeline)
    x = np.linspace(90, WIDE - 8, frames)
    parts = []
    for slot, (word, colour) in enumerate(zip(reading.words, COLOURS, strict=True)):
        floor = (slot + 1) * LANE
        y = floor - reading.timeline[:, slot] * (LANE - 8)
        line = " ".join(f"{across:.1f},{up:.1f}" for across, up in zip(x.tolist(), y.tolist(), strict=True))
        parts.append(
            f'<text x="4" y="{floor - 6}" font-family="sans-serif" font-size="17" font-weight="600" '
            f'fill="{colour}">{word.word}</text>'
            f'<polygon points="{x[0]:.1f},{floor} {line} {x[-1]:.1f},{floor}" fill="{colour}"/>'
            f'<path d="M90 {floor}H{WIDE - 8}" stroke="#888888" stroke-width="1"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" '
        f'height="{HIGH}">{"".join(parts)}</svg>'
    )
