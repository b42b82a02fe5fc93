"""Work for the queue's tests: what waits until it is let on, and what is done at once."""

import threading

from dlintro_demos.gallery.runtime.jobs import Progress


class Gate:
    """Work that stops at its first chunk until it is let on; `closed` tells that it was cleaned up."""

    def __init__(self):
        self.entered, self.open, self.closed = threading.Event(), threading.Event(), threading.Event()

    def work(self, result="done", chunks=3):
        try:
            for done in range(chunks):
                self.entered.set()
                assert self.open.wait(10)
                yield Progress(done + 1, chunks, f"chunk {done + 1}")
            yield result
        finally:
            self.closed.set()


def quick(result):
    yield Progress(1, 2)
    yield result


class Clock:
    """Says when it is, in seconds; tests turn it."""

    def __init__(self, now: float = 1_000_000.0):
        self.now = now

    def __call__(self) -> float:
        return self.now
