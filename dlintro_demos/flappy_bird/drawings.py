"""Three drawings of one game for its explanation: what the agent saw, where it looked, what it expected."""

from __future__ import annotations

import numpy as np

from dlintro_demos.gallery.intake.images import encode_png

ENLARGED = 4
HOT = np.array([255.0, 140.0, 0.0])
LAST = 150  # decisions in the curve, ten seconds


def frames_seen(frames: np.ndarray) -> bytes:
    """The pictures (4, 84, 84) uint8 side by side, each with a grey frame; PNG."""
    strip = np.concatenate([np.pad(frame, 2, constant_values=90) for frame in frames], 1)
    return _large(np.repeat(strip[..., None], 3, 2))


def where_it_looked(frame: np.ndarray, slopes: np.ndarray) -> bytes:
    """A picture (84, 84) uint8, orange where a pixel moves the larger value, by `slopes` (84, 84); PNG."""
    heat = slopes / max(float(slopes.max()), 1e-9)
    grey = frame[..., None] * 0.75
    return _large((grey + (HOT - grey) * heat[..., None]).clip(0, 255).astype(np.uint8))


def _large(rgb: np.ndarray) -> bytes:
    return encode_png(rgb.repeat(ENLARGED, 0).repeat(ENLARGED, 1))


def what_it_expected(values: np.ndarray) -> str:
    """The larger Q-value of each of the last decisions, from `values` (decisions, 2), and zero; SVG.

    Without a background: it is seen on white and on dark.
    """
    larger = values.max(1)[-LAST:]
    width, height, margin = 640, 320, 20
    low, high = min(0.0, float(larger.min())), max(1.0, float(larger.max()))
    x = np.linspace(margin, width - margin, len(larger)) if len(larger) > 1 else np.array([width / 2])
    y = height - margin - (np.append(larger, 0.0) - low) / (high - low) * (height - 2 * margin)
    *heights, zero = y.round(1).tolist()
    points = " ".join(f"{across:.1f},{up}" for across, up in zip(x.tolist(), heights, strict=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"><path d="M{margin} {zero}H{width - margin}" stroke="#888888" stroke-width="2"/>'
        f'<polyline points="{points}" fill="none" stroke="#4a7dfc" stroke-width="5" stroke-linejoin="round"/>'
        f'<circle cx="{x[-1]:.1f}" cy="{heights[-1]}" r="8" fill="#e08214"/></svg>'
    )
