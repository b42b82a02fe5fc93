"""What it costs to decode visitors' files in a process of their own: `python -m bench.decoders`.

Each file is decoded inside and outside in turn, so that a busy machine is as busy for both. Then the two ways
to bring the pixels of a photo from one process to another: through a socket, as it is done, and in memory
that both share. Needs Linux.
"""

from __future__ import annotations

import io
import os
import socket
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from dlintro_demos.gallery.intake import contained, images, sounds, video

PHONE = (4032, 3024)


def main() -> None:
    """Print the table."""
    photo = Image.fromarray(data.astronaut()).resize(PHONE, Image.Resampling.BICUBIC)
    phone, frame = _jpeg(photo), _jpeg(photo.resize((224, 168)))
    *_, clip = video.encode_webm([np.asarray(photo.resize((640, 480)))] * 75, 25)
    wav = sounds.encode_wav(np.sin(np.arange(30 * sounds.RATE) / 9).astype(np.float32))
    limits = video.VideoLimits()
    contained.warm()
    print(f"{'file':24} {'inside, ms':>12} {'outside, ms':>12} {'more':>8}")
    _compare(
        f"photo, 12 MP, {len(phone) / 2**20:.1f} MB", images.decode_image, contained.decode_image, phone, 25
    )
    _compare("live frame, 224 px", images.decode_image, contained.decode_image, frame, 300)
    _compare("WAV, 30 s", sounds.decode_sound, contained.decode_sound, wav, 25)
    _compare(
        "WebM, 3 s of 640 x 480",
        lambda file: list(video.decode_video(file, limits)),
        lambda file: list(contained.decode_video(file, limits)),
        clip,
        15,
    )
    status = Path(f"/proc/{contained._idle[0].process.pid}/status").read_text()
    held = int(status.split("VmRSS:")[1].split()[0]) / 1024
    print(f"a child that waits holds {held:.0f} MB", flush=True)
    socket_ms, shared_ms = _ways(3 * PHONE[0] * PHONE[1])
    print(f"36 MB of pixels: through a socket {socket_ms:.0f} ms, in shared memory {shared_ms:.0f} ms")
    contained.close()


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92)
    return file.getvalue()


def _compare(name: str, inside: Callable, outside: Callable, file: bytes, times: int) -> None:
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for spent, decode in zip(seconds, (inside, outside), strict=True):
            started = time.perf_counter()
            decode(file)
            spent.append(time.perf_counter() - started)
    here, there = (1000 * statistics.median(spent) for spent in seconds)
    print(f"{name:24} {here:12.1f} {there:12.1f} {there - here:+8.1f}", flush=True)


def _ways(size: int) -> tuple[float, float]:
    """Milliseconds through a socket and through a memory file, in turn."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        ours.close()
        pixels = np.ones(size, np.uint8).data
        while asked := theirs.recv(1):
            if asked == b"s":
                theirs.sendall(pixels)
            else:
                file = os.memfd_create("pixels")
                os.pwrite(file, pixels, 0)
                socket.send_fds(theirs, [b"x"], [file])
                os.close(file)
        os._exit(0)
    theirs.close()
    spent: dict[bytes, list[float]] = {b"s": [], b"m": []}
    for way in (b"s", b"m") * 15:
        started = time.perf_counter()
        ours.send(way)
        room = memoryview(np.empty(size, np.uint8))
        if way == b"s":
            contained._fill(ours, room)
        else:
            _, (file,), _, _ = socket.recv_fds(ours, 1, 1)
            os.preadv(file, [room], 0)
            os.close(file)
        spent[way].append(time.perf_counter() - started)
    ours.close()
    os.waitpid(child, 0)
    return 1000 * statistics.median(spent[b"s"]), 1000 * statistics.median(spent[b"m"])


if __name__ == "__main__":
    main()
