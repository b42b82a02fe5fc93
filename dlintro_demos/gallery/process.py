"""The engine of this process, and what its demos stand on: made once, by the warm-up or the first page."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import threading
from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import SLUGS, package_of
from dlintro_demos.gallery.settings import settings

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.engine import Engine

_lock = threading.RLock()  # one for all: what is imported here must not be imported by two threads at once
_built: list[Engine] = []
_imported = threading.Event()


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


def ready() -> bool:
    """Whether there is an engine already: `engine()` would answer at once."""
    return bool(_built)


def imported() -> bool:
    """Whether `import_demos` has nothing left to do."""
    return _imported.is_set()


def import_demos() -> None:
    """Import the logic of all demos, with all that it stands on, in one thread; the others wait.

    Two threads that import torchvision at once may find it half made: where modules import each other in a
    circle, Python gives a module to whoever asks before it is finished.
    """
    with _lock:
        if _imported.is_set():
            return
        for slug in SLUGS:
            with contextlib.suppress(ImportError):  # what a demo lacks, its page says
                _import_modules(slug)
        _imported.set()


def _import_modules(slug: str) -> None:
    folders = [package_of(slug)]
    while folders:
        package = folders.pop()
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            # Widgets are for the page's script, templates for what visitors take home.
            if found.name.endswith((".ui", "_template")):
                continue
            module = importlib.import_module(found.name)
            if found.ispkg and not getattr(module, "LATER", False):  # what somebody may not have installed
                folders.append(module)
