"""The pipeline of one turn: a card for each stage, with what went in, what came out, how sure, how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from dlintro_demos.gallery.ui.components.component import component

_mount = component(__file__)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a card: `text`, or `words` with their probabilities; `code` where it is a statement."""

    label: str
    text: str = ""
    words: tuple[tuple[str, float], ...] = ()
    code: bool = False


@dataclass(frozen=True, kw_only=True)
class Card:
    """One stage. `by` says what does it; `sure` is from 0 to 1, None where it has no doubt to tell.

    `needed` is the probability below which it would not go on; `milliseconds` None where it did not run.
    """

    name: str
    by: str
    lines: tuple[Line, ...]
    milliseconds: float | None
    sure: float | None = None
    needed: float | None = None


def stages(cards: Sequence[Card], *, title: str, key: str) -> None:
    """Show the cards, in their order."""
    _mount(key=key, data={"title": title, "cards": [asdict(card) for card in cards]})
