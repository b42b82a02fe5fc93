"""Live frames: a browser sends one picture, and the next when the answer has come; none is kept."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from dlintro_demos.gallery.intake.contained import decode_image
from dlintro_demos.gallery.intake.images import ImageLimits, MediaTooLarge, UnreadableMedia
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.words import counted

LIVE = "/live"
JPEG = b"\xff\xd8\xff"
LIMITS = ImageLimits(max_bytes=1 << 20, max_pixels=1280 * 1280, max_side=1280, shrink=False)
LEAVES_AFTER = 5.0  # seconds without a frame: the place is free for somebody else
SHARE = 0.04  # seconds that each visitor leaves to every other one
BESIDE_JOBS = 0.25  # seconds between two frames while jobs are under way: these go first
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")

Answer = dict[str, Any]
"""What a page makes of a frame, as JSON: see `components/live_camera`."""
Work = Callable[[np.ndarray, Mapping[str, str]], Answer]
"""From a frame (H, W, 3) uint8 RGB, and what the browser says beside it, to an answer."""


class NoAnswer(RuntimeError):
    """A frame without an answer; `status` is HTTP's, the message is a visitor's."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


class Watcher:
    """One visitor's live camera: what is done with a frame, if a page shows it now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.token = secrets.token_urlsafe(24)
        self.work: Work | None = None
        self.last = -LEAVES_AFTER
        self.in_flight = False
        self.on_stage = False  # answered while heavy demos are paused for everybody else
        self.clock = clock
        _all[self.token] = self

    @property
    def address(self) -> str:
        """Where this visitor's browser sends frames."""
        return f"{LIVE}/{self.token}"

    @property
    def active(self) -> bool:
        """Whether a frame came a moment ago."""
        return self.clock() - self.last < LEAVES_AFTER


_all: weakref.WeakValueDictionary[str, Watcher] = weakref.WeakValueDictionary()
# One: visitors take turns, and a page's own work finds a core. A second thread made each frame slower.
_workers = ThreadPoolExecutor(1, "live", lambda: threadpool_limits(1, user_api="openmp"))


@dataclass(frozen=True, kw_only=True)
class Answered:
    """An answer, and the seconds that the browser waits before its next frame."""

    answer: Answer
    pause: float


def find(token: str) -> Watcher:
    """The watcher of that token. Raises `NoAnswer`."""
    watcher = _all.get(token) if _TOKEN.fullmatch(token) else None
    if watcher is None:
        raise NoAnswer(404, "This visit has ended. Load the page again.")
    return watcher


def watching() -> int:
    """Visitors whose camera is live now."""
    return sum(watcher.active for watcher in list(_all.values()))


async def look(
    watcher: Watcher, data: bytes, said: Mapping[str, str], *, most: int, busy: Callable[[], bool]
) -> Answered:
    """What the page makes of a frame, a JPEG, when its turn has come. To be called in one event loop.

    Args:
        most: visitors who may be live at once.
        busy: whether jobs are under way, which go first.

    Raises `NoAnswer` for what is no frame, comes while another is under way, or finds no place.
    """
    if watcher.in_flight:
        raise NoAnswer(429, "One picture after the other.")
    others = watching() - watcher.active
    if others >= most:
        cameras = counted(most, "camera is", "cameras are")
        raise NoAnswer(503, f"{cameras} live, which is the limit. This one waits for a place.")
    watcher.in_flight, watcher.last = True, watcher.clock()
    try:
        answer = await asyncio.wrap_future(_workers.submit(_answer, watcher, data, said))
    finally:
        watcher.in_flight, watcher.last = False, watcher.clock()
    return Answered(answer=answer, pause=max(others * SHARE, BESIDE_JOBS if busy() else 0.0))


def _answer(watcher: Watcher, data: bytes, said: Mapping[str, str]) -> Answer:
    work = watcher.work
    if work is None:
        raise NoAnswer(409, "The page shows no camera now.")
    try:
        return work(decode(data), said)
    except ModelUnavailable as error:
        raise NoAnswer(503, str(error)) from error


def decode(data: bytes) -> np.ndarray:
    """A frame to (H, W, 3) uint8 RGB, by the door for all pictures. Raises `NoAnswer`."""
    if not data.startswith(JPEG):
        raise NoAnswer(415, "A live picture is a JPEG.")
    try:
        return decode_image(data, LIMITS).rgb
    except UnreadableMedia as error:
        raise NoAnswer(413 if isinstance(error, MediaTooLarge) else 415, str(error)) from error
