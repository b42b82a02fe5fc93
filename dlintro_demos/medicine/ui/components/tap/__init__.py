"""The counting game: a picture, thirty seconds, and a mark for every tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run
from dlintro_demos.gallery.ui.show import address

MOST = 400
"""Taps that the browser tells; nobody taps faster."""

_mount = component(__file__)


@dataclass(frozen=True, kw_only=True)
class TapResult:
    """What is shown afterwards: the visitor's `taps` with whether each was `right`, and what they `missed`.

    Places are x and y as shares of the width and the height.
    """

    taps: Sequence[tuple[float, float]]
    right: Sequence[bool]
    missed: Sequence[tuple[float, float]]


def tap(
    picture: bytes,
    *,
    alt: str,
    size: tuple[int, int],
    round_number: int,
    seconds: int,
    result: TapResult | None,
    key: str,
) -> list[tuple[float, float]] | None:
    """Play one round: a Start button, then taps on `picture` until the time is over or the visitor is done.

    `size` is the picture's width and height. Gives the places of this round, x and y as shares, once, in the
    run that they caused. The page then gives `result`, which is drawn over the picture; another
    `round_number` begins anew.
    """
    sent = _mount(
        key=key,
        data={
            "picture": address(picture),
            "alt": alt,
            "width": size[0],
            "height": size[1],
            "round": round_number,
            "seconds": seconds,
            "result": None
            if result is None
            else {"taps": list(result.taps), "right": list(result.right), "missed": list(result.missed)},
        },
        on_tapped_change=wait_for_the_run,
    )
    return read_taps(sent.tapped, round_number) if result is None else None


def read_taps(value: object, round_number: int) -> list[tuple[float, float]] | None:
    """Believe only what the browser could have sent: `{"round": this one, "taps": [[x, y], ...]}`, 0 to 1."""
    if not isinstance(value, dict) or value.keys() != {"round", "taps"} or value["round"] != round_number:
        return None
    taps = value["taps"]
    if not isinstance(taps, list) or len(taps) > MOST or isinstance(value["round"], bool):
        return None
    if not all(isinstance(each, list) and len(each) == 2 and all(map(_is_share, each)) for each in taps):
        return None
    return [(float(x), float(y)) for x, y in taps]


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
