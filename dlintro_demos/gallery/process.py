"""The engine of this process, and what its demos stand on: made once, by the warm-up or the first page."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.runtime.importing import LOCK
from dlintro_demos.gallery.settings import settings

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.engine import Engine

PATIENCE = 15.0  # seconds in all that the imports wait for the first visitors' pages
_built: list[Engine] = []
_imported = threading.Event()
_turn = threading.Condition()
_opening: list[str] = []  # the pages that are opened now, before all is imported


def engine() -> Engine:
    """The engine. Raises `ValueError` for a device that is not there, or a card that cannot be read.

    Not in Streamlit's caches: a message from any browser may empty those.
    """
    if not _built:
        with LOCK:
            if not _built:
                from dlintro_demos.gallery.runtime.engine import build_engine  # torch: the wall needs none

                _built.append(build_engine(settings()))
    return _built[0]


def ready() -> bool:
    """Whether there is an engine already: `engine()` would answer at once."""
    return bool(_built)


def imported() -> bool:
    """Whether `import_demos` has nothing left to do."""
    return _imported.is_set()


@contextlib.contextmanager
def opening(slug: str) -> Iterator[None]:
    """While a page runs that somebody opens before all is imported: the imports of others wait for it."""
    with _turn:
        _opening.append(slug)
    try:
        yield
    finally:
        with _turn:
            _opening.remove(slug)
            _turn.notify_all()


def import_page(slug: str) -> None:
    """Import the widgets of a demo and what they stand on, which is what its page needs; from its script."""
    with LOCK:
        for _ in _imports(f"dlintro_demos.{slug}.ui") if slug in SLUGS else ():
            pass


def import_demos() -> None:
    """Import the logic of all demos, with all that it stands on: one module at a time, visitors first."""
    patience = PATIENCE
    for slug in SLUGS:
        for _ in _imports(f"dlintro_demos.{slug}"):
            since = time.monotonic()
            with _turn:
                _turn.wait_for(lambda: not _opening, timeout=max(0.0, patience))
            patience -= time.monotonic() - since
    _imported.set()


def _imports(name: str) -> Iterator[None]:
    """Import a package and what is in it; yields before each module. What one lacks, its page says."""
    names = [name]
    while names:
        name = names.pop()
        yield
        try:
            with LOCK:
                module = importlib.import_module(name)
        except ImportError:
            continue
        if getattr(module, "LATER", False):  # what somebody may not have installed
            continue
        inside = pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}.")
        # Widgets are for the page's script, templates for what visitors take home.
        names += [found.name for found in inside if not found.name.endswith((".ui", "_template"))]
