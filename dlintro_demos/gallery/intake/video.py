"""The only door for visitors' videos: in memory, limits first, frames shrunk while they are decoded.

A format is known by its content. Whatever is wrong, the answer is `UnreadableMedia`, whose text never quotes
the file. Nothing is logged or written to disk.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import cast

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.stream import Disposition

from dlintro_demos.gallery.intake.images import MediaTooLarge, UnreadableMedia
from dlintro_demos.gallery.intake.picture_formats import FORMATS as PICTURES
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.words import counted

av.logging.set_level(None)  # FFmpeg's complaints quote the file

FORMATS = {"MP4": rb".{4}ftyp", "WebM": rb"\x1a\x45\xdf\xa3", "MPEG": rb"\x00\x00\x01\xba"}
DEMUXERS = {"MP4": "mov", "WebM": "matroska", "MPEG": "mpeg"}
# A photo that begins as an MP4 does, and FFmpeg would read it as a video.
PHOTO = b"|".join(PICTURES[kind][1] for kind in ("AVIF", "HEIC"))
CODECS = {"h264", "hevc", "vp8", "vp9", "libvpx-vp9", "av1", "libdav1d", "mpeg4"}
OLD_CODECS = {"mpeg1video", "mpeg2video"}  # of an MPEG alone
SLOWEST, FASTEST = 1.0, 240.0  # frames a second that are believed
NARROWEST, WIDEST = Fraction(1, 8), Fraction(8)  # pixels' width for their height, that is believed
TOLERANCE = 1.05  # a camera asked for ten seconds gives a little more
HIDDEN = 6  # times the frames allowed: packets of a trimmed video, most of which only lead to what is shown
SAME_MOMENT = 0.1  # of the time between two frames
HELD = 4.0  # such times: a picture that stood longer was still, and did not turn slowly into the next
TICK = Fraction(1, 1000)  # seconds; WebM's clock
CHOOSE = "Choose an MP4 or WebM file."
DAMAGED = f"The video is incomplete, damaged, or of a rare kind. Record or save it again. {CHOOSE}"


@dataclass(frozen=True, kw_only=True)
class VideoLimits:
    """What is refused before, or stops, the decoding; frames are shrunk to `side` px on the longer side.

    With a `rate`, frames are given so many times a second, whatever rate the video has, or none: from the two
    around each moment. `max_frames` are the video's own. `formats` are of those in `FORMATS`.
    """

    max_bytes: int = 20 * 2**20
    max_seconds: float = 10.0
    max_frames: int = 300
    max_pixels: int = 4096 * 2304
    side: int = 640
    rate: float | None = None
    formats: tuple[str, ...] = ("MP4", "WebM")


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A decoded video, upright, as a player shows it: trimmed, of its own stream, with square pixels.

    `frames` are (H, W, 3) uint8 RGB of one size, `times` (N,) float64 the seconds since the first at which
    each is shown, never falling, and `seconds` when the last one ends. `fps` is the video's own mean of
    frames a second, which says nothing of a single one. `digest` is the SHA-256 of the file's bytes, in hex.
    """

    frames: Sequence[np.ndarray]
    times: np.ndarray
    seconds: float
    fps: float
    digest: str
    format: str


def decode_video(data: bytes, limits: VideoLimits) -> Iterator[Progress | Clip]:
    """Decode a video. Raises `MediaTooLarge`, or `UnreadableMedia` for all else that is wrong."""
    if not data:
        raise UnreadableMedia(f"The file is empty. {CHOOSE}")
    if len(data) > limits.max_bytes:
        raise MediaTooLarge(
            f"The video has {len(data) / 2**20:.1f} MB; the limit is {limits.max_bytes / 2**20:.4g} MB. "
            "Make it shorter or smaller, and try again."
        )
    kind = next((name for name in limits.formats if re.match(FORMATS[name], data[:16], re.DOTALL)), None)
    if kind is None or re.match(PHOTO, data[:16], re.DOTALL):
        raise UnreadableMedia(f"This is not a video the gallery knows. {CHOOSE}")
    if _is_cut_short(data, kind):
        raise UnreadableMedia(DAMAGED)
    try:
        yield from _decode(data, kind, limits)
    except (UnreadableMedia, GeneratorExit):
        raise
    except Exception:  # noqa: BLE001 - FFmpeg raises many types, and their words quote the file
        raise UnreadableMedia(DAMAGED) from None


def _decode(data: bytes, kind: str, limits: VideoLimits) -> Iterator[Progress | Clip]:
    count, first, shown, last = 0, 0.0, 0.0, 0.0
    sampler = _Sampler(limits.rate)
    allowed = {"max_pixels": str(limits.max_pixels)}  # of the pictures themselves, whatever the header says
    with _open(data, kind, allowed) as container:
        stream = _check(container, limits)
        stream.thread_type = "NONE"
        stream.codec_context.options = allowed
        packets = _packets(container, stream, limits)
        fps, aspect = float(stream.average_rate or 25), _aspect(stream)
        for frame in chain.from_iterable(packet.decode() for packet in packets):
            time = frame.time if frame.time is not None else count / fps
            first = time if not count else first
            if count == limits.max_frames or time - first > limits.max_seconds:
                raise _too_long(limits)
            if frame.width * frame.height > limits.max_pixels:
                raise _too_many_pixels(frame.width, frame.height, limits)
            shown = max(shown, time - first)
            sampler.add(shown, _upright(frame, limits.side, aspect))
            last = float((frame.duration or 0) * (frame.time_base or 0))
            count += 1
            if count % 10 == 0:
                yield Progress(count, min(limits.max_frames, len(packets)), "reading the video")
    if not count:
        raise UnreadableMedia(DAMAGED)
    if shown > 0:  # a browser's recording does not know its rate
        fps = (count - 1) / shown
    fps = min(max(fps, SLOWEST), FASTEST)
    seconds = shown + (last if last > 0 else 1 / fps)
    if seconds > limits.max_seconds * TOLERANCE:
        raise _too_long(limits)
    sampler.end(seconds)
    yield Clip(
        frames=sampler.frames,
        times=np.array(sampler.times),
        seconds=seconds,
        fps=fps,
        digest=hashlib.sha256(data).hexdigest(),
        format=kind,
    )


class _Sampler:
    """Frames and their times as they come, of one size; with a `rate`, so many a second instead."""

    def __init__(self, rate: float | None) -> None:
        self.frames: list[np.ndarray] = []
        self.times: list[float] = []
        self._rate = rate
        self._before: tuple[float, np.ndarray] | None = None

    def add(self, time: float, frame: np.ndarray) -> None:
        """The next frame, shown from `time` on."""
        if self._before and self._before[1].shape != frame.shape:
            frame = cv2.resize(frame, self._before[1].shape[1::-1])
        if not self._rate:
            self._give(time, frame)
        else:
            while (moment := len(self.times) / self._rate) <= time + SAME_MOMENT / self._rate:
                self._give(moment, self._between(moment, time, frame))
        self._before = (time, frame)

    def end(self, seconds: float) -> None:
        """No more come; the last one is shown until `seconds`."""
        if self._rate and self._before:
            while (moment := len(self.times) / self._rate) < seconds - (1 - SAME_MOMENT) / self._rate:
                self._give(moment, self._before[1])

    def _give(self, time: float, frame: np.ndarray) -> None:
        self.times.append(time)
        self.frames.append(frame)

    def _between(self, moment: float, time: float, frame: np.ndarray) -> np.ndarray:
        """The picture at a moment between the last frame and this one."""
        if not self._before or not self._rate:
            return frame
        earlier, before = self._before
        near = SAME_MOMENT / self._rate
        if time - moment <= near:
            return frame
        if moment - earlier <= near or time - earlier > HELD / self._rate:
            return before
        share = (moment - earlier) / (time - earlier)
        return cv2.addWeighted(before, 1 - share, frame, share, 0)


def _open(data: bytes, kind: str, options: dict[str, str]) -> InputContainer:
    # Titles in a strange encoding are nobody's business here, and no reason to refuse.
    container = av.open(io.BytesIO(data), format=DEMUXERS[kind], options=options, metadata_errors="ignore")
    return cast(InputContainer, container)


def _check(container: InputContainer, limits: VideoLimits) -> av.VideoStream:
    """The stream to decode, after all that the header says of it."""
    moving = [each for each in container.streams.video if not each.disposition & Disposition.attached_pic]
    if not moving:
        raise UnreadableMedia(f"There are no moving pictures in this file. {CHOOSE}")
    best = container.streams.best("video")  # the default one, before one that is a still
    stream = best if isinstance(best, av.VideoStream) and best in moving else moving[0]
    if stream.codec_context.name not in (OLD_CODECS if container.format.name == "mpeg" else CODECS):
        raise UnreadableMedia(
            "The pictures in this video are packed in a way the gallery does not read. "
            "Save it as an MP4 with H.264, or as a WebM, and try again."
        )
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > limits.max_pixels:
        raise _too_many_pixels(width, height, limits)
    return stream


def _packets(container: InputContainer, stream: av.VideoStream, limits: VideoLimits) -> list[av.Packet]:
    """Everything to decode, none of it decoded yet, unless what is shown of it would be too long.

    The header is not asked: it also counts what a trimmed video no longer shows, and other streams. Packets
    may show nothing, so the frames themselves are counted later.
    """
    packets: list[av.Packet] = []
    first, last = math.inf, -math.inf
    for packet in container.demux(stream):
        packets.append(packet)
        if packet.pts is not None and packet.time_base and not packet.is_discard:
            time = float(packet.pts * packet.time_base)
            first, last = min(first, time), max(last, time)
        if len(packets) > HIDDEN * limits.max_frames or last - first > limits.max_seconds * TOLERANCE:
            raise _too_long(limits)
    return packets


def _aspect(stream: av.VideoStream) -> Fraction:
    """How much wider than high a pixel is to be shown."""
    aspect = stream.sample_aspect_ratio
    return aspect if aspect and NARROWEST <= aspect <= WIDEST else Fraction(1)


def _is_cut_short(data: bytes, kind: str) -> bool:
    """Whether a part of the file says that it goes on after the file's end.

    FFmpeg would give the first frames of such a file as if they were all. Sources: ISO/IEC 14496-12, 4.2,
    and RFC 8794, 4 to 6. A WebM recorded live does not say its length, so there it cannot be known.
    """
    if kind == "MPEG":  # a row of packs of any length
        return False
    if kind == "WebM":
        segment = _element_end(data, 0)
        return segment is None or (_element_end(data, segment) or 0) > len(data)
    position = 0
    while position + 16 <= len(data):
        size, name = struct.unpack_from(">I4s", data, position)
        if size == 1:
            size = int.from_bytes(data[position + 8 : position + 16])
        if size < 8:  # 0: up to the file's end
            return False
        position += size
        if position > len(data):
            return name in (b"ftyp", b"moov", b"moof", b"mdat")
    return False


def _element_end(data: bytes, position: int) -> int | None:
    """Where the EBML element at `position` ends; None where it does not say, or where there is none."""
    head = data[position : position + 12]
    name = 9 - head[0].bit_length() if head else 9
    length = 9 - head[name].bit_length() if name < len(head) else 9
    if name > 4 or length > 8:
        return None
    unknown = (1 << 7 * length) - 1
    size = int.from_bytes(head[name : name + length]) & unknown
    return None if size == unknown else position + name + length + size


def _too_long(limits: VideoLimits) -> MediaTooLarge:
    return MediaTooLarge(
        f"The video is too long; the limit is {counted(limits.max_seconds, 'second')} and "
        f"{counted(limits.max_frames, 'frame')}. "
        "Cut it shorter, or record it with 30 frames a second or fewer."
    )


def _too_many_pixels(width: int, height: int, limits: VideoLimits) -> MediaTooLarge:
    return MediaTooLarge(
        f"The video has {width} x {height} pixels; the limit is {limits.max_pixels / 1e6:.3g} megapixels. "
        "Record it smaller."
    )


def _upright(frame: av.VideoFrame, side: int, aspect: Fraction) -> np.ndarray:
    """(H, W, 3) uint8 RGB at most `side` px long, turned, of square pixels: the shorter way is stretched."""
    wide, high = float(frame.width), float(frame.height)
    if aspect > 1:
        wide *= float(aspect)
    else:
        high /= float(aspect)
    factor = min(1.0, side / max(wide, high))
    width, height = (max(16, round(length * factor)) for length in (wide, high))
    rgb = frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(rgb, turns))


def encode_webm(
    frames: Iterable[np.ndarray],
    fps: float,
    *,
    times: Sequence[float] | np.ndarray | None = None,
    seconds: float | None = None,
    total: int | None = None,
) -> Iterator[Progress | bytes]:
    """A WebM (VP8) of frames (H, W, 3) uint8 of one size, in memory; an odd side loses a pixel.

    `times` are when each frame is shown, in seconds, as in `Clip`; without them one follows another at `fps`.
    `seconds` is when the last one ends; without it, it lasts as long as one at `fps`. `frames` may be made
    while they are written, so that no second clip fills the memory; then `total` is how many there will be,
    for the progress. No frame, or one below 2 px a side, raises ValueError.
    """
    if total is None:
        total = len(frames) if isinstance(frames, Sequence) else 0
    rest = iter(frames)
    first = next(rest, None)
    if first is None or min(first.shape[:2]) < 2:
        raise ValueError("a video needs a frame of at least 2 x 2 pixels")
    height, width = (side - side % 2 for side in first.shape[:2])
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=Fraction(fps).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = TICK
        stream.bit_rate = 1_500_000
        stream.options = {"deadline": "realtime", "cpu-used": "8"}
        packets: list[av.Packet] = []
        shown = -1
        for number, rgb in enumerate(chain([first], rest)):
            if number % 10 == 0:
                yield Progress(number, total, "writing the video")
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb[:height, :width]), format="rgb24")
            start = number / fps if times is None else float(times[number])
            shown = max(shown + 1, round(start / TICK))  # two at one time would be refused
            picture.pts, picture.time_base = shown, TICK
            container.mux(packets)
            packets = stream.encode(picture)
        packets += stream.encode(None)
        ends = shown * TICK + 1 / fps if seconds is None else seconds
        packets[-1].duration = max(1, round(ends / TICK) - shown)
        container.mux(packets)
    yield file.getvalue()
