"""A board of scores that renews itself: the browser asks for it, and no script runs again."""

from __future__ import annotations

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

_mount = component(__file__)
SECONDS = {True: 2, False: 5}  # between two looks at the board, on a big screen and on others


def show_board(address: str, *, who: str, you: str = "", big: bool = False) -> None:
    """Show the board at `address` (JSON of `scores/route.py`) of `who`, as “the room”; `you` is marked.

    `big` is for a screen that a whole room looks at. Where nobody knows the address any more, since another
    gallery has taken over, the page runs again and gives a new one.
    """
    data = {"address": address, "who": who, "you": you, "big": big, "seconds": SECONDS[big]}
    _mount(key="board", data=data, on_gone_change=wait_for_the_run)
