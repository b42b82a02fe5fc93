"""A context in which learning takes one core, whatever other visitors' jobs do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


class _OneThread:
    """See `one_thread`. BLAS has one limit for all threads: the first to come sets it, the last lifts it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._blas: threadpool_limits | None = None

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with threadpool_limits(1, user_api="openmp"):  # of this thread alone
            with self._lock:
                self._inside += 1
                if self._inside == 1:
                    self._blas = threadpool_limits(1, user_api="blas")
            try:
                yield
            finally:
                with self._lock:
                    self._inside -= 1
                    if self._inside == 0 and self._blas is not None:
                        self._blas.restore_original_limits()


one_thread = _OneThread()
"""A context in which learning takes one core.

For tables and networks as small as these, two threads wait for each other more than they compute: minutes
instead of seconds when somebody else works too. (`torch.set_num_threads` would reach other visitors' jobs.)
"""
