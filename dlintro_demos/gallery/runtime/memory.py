"""The process' memory: kept at hand while it is busy, and given back when something large has gone."""

from __future__ import annotations

import ctypes
import ctypes.util
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of glibc's mallopt


def keep_pages() -> None:
    """Keep freed memory for the next call: else an inference asks the system for thousands of pages anew."""
    if _libc is not None:
        _libc.mallopt(_MMAP_THRESHOLD, 1 << 28)
        _libc.mallopt(_TRIM_THRESHOLD, 1 << 30)


def give_back(device: torch.device | None = None) -> None:
    """Collect, then hand freed memory back: a GPU's cached blocks, and on glibc the heap's free pages."""
    gc.collect()
    if device is not None and device.type in {"cuda", "mps"}:
        import torch

        (torch.cuda if device.type == "cuda" else torch.mps).empty_cache()
    if _libc is not None:
        _libc.malloc_trim(0)


def _find_glibc() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(ctypes.util.find_library("c"))
        return library if hasattr(library, "malloc_trim") else None
    except (OSError, TypeError):
        return None


_libc = _find_glibc()
