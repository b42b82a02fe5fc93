"""What can be done on the page, in its order: each shows its view."""

from __future__ import annotations

from collections.abc import Callable

MODES: dict[str, Callable[[], None]] = {}
