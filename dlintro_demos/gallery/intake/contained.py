"""Visitors' pictures, videos and sounds, decoded in processes of their own: one that crashes ends alone.

The same doors as in `images.py`, `video.py` and `sounds.py`, which do the work, in children that are kept
warm. A child has bounds on memory, CPU time and open files, writes no file, knows none of the gallery's
secrets, and gives back numbers and pixels alone. Nothing it says is unpickled, and its sizes are checked
before memory is made. Where it dies, the answer is `DecoderFailed`; the next file gets another child.

A message on the line between them is a length, JSON, and the bytes that it announces. Pixels go through a
socket: memory that both share cost two to three times as much, for each of its pages is made anew.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
import logging
import math
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dlintro_demos.gallery.intake import images
from dlintro_demos.gallery.intake.images import ImageLimits, Picture, UnreadableMedia
from dlintro_demos.gallery.runtime import memory
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.settings import MB, REPOSITORY, settings

if TYPE_CHECKING:
    from dlintro_demos.gallery.intake.sounds import Sound, SoundLimits
    from dlintro_demos.gallery.intake.video import Clip, VideoLimits

log = logging.getLogger("dlintro")
Head = dict[str, Any]
LENGTH = struct.Struct(">I")
LONGEST_HEAD = 64 << 10  # bytes of JSON
SMALL = 256 << 10  # bytes that go in one piece
ROOM_OF_LINE = 1 << 20  # bytes on their way
SILENCE = 4  # times the CPU time allowed: longer without a word, and it is taken for stuck
OPEN_FILES = 64
NUMBERS = ("uint8", "float32", "float64")
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "OMP_NUM_THREADS")
FAILED = (
    "This file made the decoder fail, and nothing of it was opened. It is damaged in a rare way, or made to "
    "do harm. Save it again in another program, and try that one."
)
TOO_MUCH = (
    "This file takes too long, or too much memory, to open. Save it again in another program, smaller, and "
    "try that one."
)


class DecoderFailed(UnreadableMedia):
    """A file with which the decoder crashed, or went beyond its bounds."""


def decode_image(data: bytes, limits: ImageLimits = images.DEFAULT_LIMITS) -> Picture:
    """As `images.decode_image`; raises `DecoderFailed` besides."""
    *_, picture = _ask("image", data, limits)
    return picture


def orientation_of(data: bytes) -> int:
    """As `images.orientation_of`; 1 where the decoder fails."""
    try:
        *_, found = _ask("orientation", data, images.DEFAULT_LIMITS)
    except DecoderFailed:
        return 1
    return found["value"] if found["value"] in range(1, 9) else 1


def decode_video(data: bytes, limits: VideoLimits) -> Iterator[Progress | Clip]:
    """As `video.decode_video`; raises `DecoderFailed` besides. Closing it ends the child."""
    return _ask("video", data, limits)


def decode_sound(data: bytes, limits: SoundLimits | None = None) -> Sound:
    """As `sounds.decode_sound`; raises `DecoderFailed` besides."""
    from dlintro_demos.gallery.intake.sounds import DEFAULT_LIMITS

    *_, sound = _ask("sound", data, limits or DEFAULT_LIMITS)
    return sound


def warm() -> None:
    """Have a child ready."""
    if not _idle:
        _leave(_Child())


def close() -> None:
    """End the children that wait."""
    with _lock:
        waiting, _idle[:] = list(_idle), []
    for child in waiting:
        child.end()


class _Child:
    """A process that decodes one file after the other; for one thread at a time."""

    def __init__(self) -> None:
        limits = settings()
        self.room = limits.decoder_mb * MB
        self.line, theirs = socket.socketpair()
        with theirs:
            for end in (self.line, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_OF_LINE)
            bounds = (str(theirs.fileno()), str(self.room), str(limits.decoder_seconds))
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dlintro_demos.gallery.intake.contained", *bounds],
                cwd=REPOSITORY,
                env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self.line.settimeout(SILENCE * limits.decoder_seconds)

    def ask(self, door: str, data: bytes, limits: Mapping[str, Any]) -> Iterator[tuple[Head, Head]]:
        """What it answers: heads, and the arrays with each. Raises `OSError` and `ValueError`."""
        _send(self.line, {"door": door, "limits": limits, "size": len(data)}, data)
        while True:
            head = _receive(self.line)
            yield head, {name: self._array(*told) for name, told in head.get("arrays", {}).items()}

    def _array(self, kind: str, shape: list[int], many: bool) -> np.ndarray | list[np.ndarray]:
        known = kind in NUMBERS and all(0 <= side <= self.room for side in shape)
        if not known or math.prod(shape) * np.dtype(kind).itemsize > self.room:
            raise ValueError("no decoder gives that")
        if many:
            return [self._filled(kind, shape[1:]) for _ in range(shape[0])]
        return self._filled(kind, shape)

    def _filled(self, kind: str, shape: list[int]) -> np.ndarray:
        array = np.empty(shape, kind)
        _fill(self.line, array.reshape(-1).view(np.uint8).data)
        return array

    def end(self) -> int:
        """End it, unless it has ended by itself within a second; how it did."""
        self.line.close()
        try:
            return self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


_idle: list[_Child] = []  # as many as ever worked at once: the jobs', and the one of live frames
_lock = threading.Lock()


def _leave(child: _Child) -> None:
    with _lock:
        _idle.append(child)


def _take() -> _Child:
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.process.poll() is None:
                return child
            child.end()
    return _Child()


def _ask(door: str, data: bytes, limits: Any) -> Iterator[Any]:
    """Progress and, last, the result, from a child that waits or a new one."""
    child = _take()
    fit = False  # to be asked again
    try:
        for head, arrays in child.ask(door, data, dataclasses.asdict(limits)):
            if "progress" in head:
                yield Progress(*head["progress"])
                continue
            fit = True
            yield _result(head, arrays)
            return
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, UnreadableMedia):
            raise
        fit = False
        raise _failed(child.end(), isinstance(error, TimeoutError)) from None
    finally:
        if fit:
            _leave(child)
        else:
            child.process.kill()
            child.end()


def _failed(code: int, silent: bool) -> DecoderFailed:
    log.warning("A decoder ended with %s, and a file was refused.", code)
    return DecoderFailed(TOO_MUCH if silent or code == -signal.SIGXCPU else FAILED)


def _result(head: Head, arrays: Head) -> Any:
    """What the child found. Raises what it refused the file with."""
    if "refused" in head:
        raise _refusals().get(head["refused"], DecoderFailed)(str(head["words"]))
    if head["door"] == "orientation":
        return head["fields"]
    return _kinds()[head["door"]](**_with_tuples(head["fields"]), **arrays)


def _with_tuples(fields: Head) -> Head:
    """JSON has lists alone."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def _kinds() -> dict[str, Any]:
    from dlintro_demos.gallery.intake.sounds import Sound
    from dlintro_demos.gallery.intake.video import Clip

    return {"image": Picture, "video": Clip, "sound": Sound}


def _refusals() -> dict[str, type[UnreadableMedia]]:
    from dlintro_demos.gallery.intake import sounds

    of_sounds = (
        sounds.EmptySound,
        sounds.NotASound,
        sounds.NoSoundInside,
        sounds.SoundTooLong,
        sounds.BrokenSound,
    )
    return {kind.__name__: kind for kind in (UnreadableMedia, images.MediaTooLarge, *of_sounds)}


def _send(line: socket.socket, head: Head, *content: bytes | memoryview) -> None:
    words = json.dumps(head).encode()
    start = LENGTH.pack(len(words)) + words
    if sum(map(len, content)) < SMALL:  # who waits wakes once
        line.sendall(b"".join((start, *content)))
        return
    for part in (start, *content):
        line.sendall(part)


def _receive(line: socket.socket) -> Head:
    """A head. Raises `OSError` at the end of the line, `ValueError` for what is none."""
    (length,) = LENGTH.unpack(_fill(line, memoryview(bytearray(LENGTH.size))))
    if length > LONGEST_HEAD:
        raise ValueError("no head is so long")
    head = json.loads(bytes(_fill(line, memoryview(bytearray(length)))))
    if not isinstance(head, dict):
        raise ValueError("that is no head")
    return head


def _fill(line: socket.socket, room: memoryview) -> memoryview:
    done = 0
    while done < len(room):
        count = line.recv_into(room[done:])
        if not count:
            raise OSError("the line has ended")
        done += count
    return room


def _serve(line: socket.socket, room: int, seconds: float) -> None:
    """The child: one file after the other, until the line ends."""
    from dlintro_demos.gallery.intake import sounds, video

    doors: dict[str, tuple[Callable[..., Iterator[Any]], Callable[..., Any]]] = {
        "image": (_once(images.decode_image), ImageLimits),
        "orientation": (_once(_orientation), ImageLimits),
        "video": (video.decode_video, video.VideoLimits),
        "sound": (_once(sounds.decode_sound), sounds.SoundLimits),
    }
    gc.freeze()  # what is loaded stays: `give_back` need not look at it
    _bound(room)
    with contextlib.suppress(OSError):  # the line has ended: nobody asks any more
        while True:
            asked = _receive(line)
            data = bytes(_fill(line, memoryview(bytearray(asked["size"]))))
            decode, kind = doors[asked["door"]]
            _allow(seconds)
            steps = decode(data, kind(**_with_tuples(asked["limits"])))
            sent = _answer(line, asked["door"], steps)
            del data, steps
            if sent > SMALL:
                memory.give_back()


def _once(decode: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    def steps(data: bytes, limits: Any) -> Iterator[Any]:
        yield decode(data, limits)

    return steps


def _orientation(data: bytes, limits: ImageLimits) -> Head:
    return {"value": images.orientation_of(data, limits)}


def _answer(line: socket.socket, door: str, steps: Iterator[Any]) -> int:
    """Send what comes; how many bytes of arrays there were."""
    sent = 0
    try:
        for step in steps:
            if isinstance(step, Progress):
                _send(line, {"progress": [step.done, step.total, step.note]})
            else:
                sent = _send_result(line, door, step)
    except UnreadableMedia as refusal:
        _send(line, {"refused": type(refusal).__name__, "words": str(refusal)})
    return sent


def _send_result(line: socket.socket, door: str, result: Any) -> int:
    """Arrays, and lists of arrays of one shape, as bytes; all else in the head. How many bytes."""
    fields = dict(result if isinstance(result, dict) else vars(result))
    arrays: dict[str, tuple[str, list[int], bool]] = {}
    content: list[memoryview] = []
    for name, value in list(fields.items()):
        many = isinstance(value, list)
        if not many and not isinstance(value, np.ndarray):
            continue
        parts = value if many else [value]
        shape = [len(parts), *parts[0].shape] if many else [*value.shape]
        arrays[name] = (str(parts[0].dtype), shape, many)
        content += [np.ascontiguousarray(part).data.cast("B") for part in parts]
        del fields[name]
    _send(line, {"door": door, "fields": fields, "arrays": arrays}, *content)
    return sum(map(len, content))


def _bound(room: int) -> None:
    """What holds for all files: memory of `room` bytes and no more, no file that is written, no core dump."""
    with contextlib.suppress(OSError):  # no /proc: no bound on memory
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + room
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    for what in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(what, (0, 0))


def _allow(seconds: float) -> None:
    """CPU time for the next file; the kernel ends the process after it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), float(sys.argv[3]))
