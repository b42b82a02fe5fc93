"""What stands under the film, as the component `lip_film` draws it: one lane each, frame below frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlintro_demos.gallery.words import per_cent
from dlintro_demos.lip_reading.clip import RATE
from dlintro_demos.lip_reading.reading import Reading
from dlintro_demos.lip_reading.saliency import SPAN, Saliency

Lane = dict[str, Any]


def mouths_lane() -> Lane:
    """The film's frames in a strip."""
    return {
        "kind": "mouths",
        "title": "The mouth, from first to last frame",
        "alt": "Frames of the film in order",
    }


def words_lane(reading: Reading) -> Lane:
    """Which frames belong to which word, by the sums over all alignments (CTC)."""
    peaks = reading.timeline.argmax(axis=0) / RATE
    said = ", ".join(
        f"“{each.word}” at {peak:.1f} s" for each, peak in zip(reading.words, peaks.tolist(), strict=True)
    )
    return {
        "kind": "words",
        "title": "Which frames spoke for which word: the higher, the surer",
        "alt": f"The words over time, each where it is surest: {said}",
        "words": [each.word for each in reading.words],
        "timeline": np.round(reading.timeline, 2).tolist(),
    }


def curves_lane(opening: np.ndarray, width: np.ndarray) -> Lane:
    """How the lips move, each curve from its least to its most."""
    wide, narrow, most = float(width.max()), float(width.min()), float(opening.max())
    ranges = f"open up to {per_cent(most)}, {per_cent(narrow)} to {per_cent(wide)} wide"
    return {
        "kind": "curves",
        "title": f"Blue: how far the lips are open. Orange, dashed: how wide the mouth is ({ranges} of the "
        "eyes' distance)",
        "alt": f"Two curves over time, opening and width of the lips: {ranges} of the eyes' distance",
        "curves": [_spread(opening), _spread(width)],
    }


def spans_lane(saliency: Saliency, reading: Reading) -> Lane:
    """What each fifth of a second is worth."""
    lost = np.maximum(saliency.lost, 0).sum(axis=1)
    start = int(lost.argmax())
    word = reading.words[int(saliency.lost[start].argmax())].word
    most = f"{start * SPAN / RATE:.1f} to {(start + 1) * SPAN / RATE:.1f} s, for “{word}”"
    return {
        "kind": "spans",
        "title": "What is lost with each fifth of a second hidden, in the words' colours",
        "alt": f"Loss of probability by span that is hidden; most is lost from {most}",
        "span": SPAN,
        "lost": np.round(saliency.lost, 3).tolist(),
    }


def _spread(values: np.ndarray) -> list[float]:
    low, high = float(values.min()), float(values.max())
    return np.round((values - low) / max(high - low, 1e-6), 3).tolist()
