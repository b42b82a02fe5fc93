"""Teach a machine a word as one teaches a child: show it, let it guess, say what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlintro_demos.runtime.model_cache import ModelCache


def warm_up(cache: ModelCache) -> None:
    """Load the network, and look at all that the first visitor sees. Raises `ModelUnavailable`."""
    from dlintro_demos.imagenet import MODEL
    from dlintro_demos.teach_a_child.seeing import look
    from dlintro_demos.teach_a_child.tray import begin, tray

    cache.warm([MODEL])
    first = tray(1)[0]
    for _ in (*begin(cache), *look(first.load(), first.alt, cache)):
        pass
