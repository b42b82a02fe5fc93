"""The engine of this process: built once, by the warm-up or by the first page that needs it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from dlintro_demos.gallery.settings import settings

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.engine import Engine

_lock = threading.Lock()
_built: list[Engine] = []


def engine() -> Engine:
    """The engine. Raises `ValueError` for a device that is not there, or a card that cannot be read.

    Not in Streamlit's caches: a message from any browser may empty those.
    """
    if not _built:
        with _lock:
            if not _built:
                from dlintro_demos.gallery.runtime.engine import build_engine  # torch: the wall needs none

                _built.append(build_engine(settings()))
    return _built[0]
