"""Videos as players show them: at their own times, trimmed, of the right stream, with square pixels."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import av
import numpy as np
import pytest
from av.stream import Disposition

from dlintro_demos.faces.tracking import analyse_video, redraw
from dlintro_demos.gallery.intake.images import MediaTooLarge
from dlintro_demos.gallery.intake.video import VideoLimits, decode_video, encode_webm

pytestmark = pytest.mark.reports
WIDTH, HEIGHT, FPS = 96, 64, 30


def plain(shade, width=WIDTH, height=HEIGHT):
    return np.full((height, width, 3), shade, np.uint8)


def add(container, codec, frames, *, pixels="yuv420p", aspect=None, default=True, rate=FPS):
    """A stream of frames (H, W, 3) at their times, in milliseconds."""
    stream = container.add_stream(codec, rate=rate)
    stream.height, stream.width = frames[0][1].shape[:2]
    stream.pix_fmt = pixels
    stream.codec_context.time_base = Fraction(1, 1000)
    stream.disposition = Disposition.default if default else Disposition(0)
    if aspect:
        stream.codec_context.sample_aspect_ratio = aspect
    if codec == "libx265":
        stream.options = {"x265-params": "log-level=none"}
    return stream, frames


def written(kind, *streams):
    """The file with these streams, each as arguments of `add`."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        added = [add(container, codec, frames, **options) for codec, frames, options in streams]
        for stream, frames in added:
            for time, rgb in frames:
                frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
                frame.pts, frame.time_base = time, Fraction(1, 1000)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return file.getvalue()


def steady(frames, shade=lambda number: 200):
    return [(round(number * 1000 / FPS), plain(shade(number))) for number in range(frames)]


def trimmed(data, start, seconds):
    """The MP4 with an edit list, as a phone's "Trim" writes it, that shows `seconds` from `start` on."""
    file, at = bytearray(data), data.index(b"elst")
    scale = struct.unpack_from(">I", data, data.index(b"mvhd") + 16)[0]
    ticks = struct.unpack_from(">I", data, data.index(b"mdhd") + 16)[0]
    before = struct.unpack_from(">i", data, at + 16)[0]  # what is there makes up for frames out of order
    struct.pack_into(">Ii", file, at + 12, round(seconds * scale), before + round(start * ticks))
    return bytes(file)


def decoded(data, **limits):
    *_, clip = decode_video(data, VideoLimits(**limits))
    return clip


def shades(clip):
    return [float(frame.mean()) for frame in clip.frames]


SLOWER = [
    *((round(number * 1000 / 25), plain(235)) for number in range(75)),  # three seconds, white
    *((3000 + number * 250, plain(20)) for number in range(12)),  # three more, dark, four frames a second
]


@pytest.mark.parametrize(("kind", "codec"), [("mp4", "libx264"), ("webm", "libvpx-vp9")])
def test_a_video_that_slows_down_keeps_its_times_through_finding_and_drawing(kind, codec):
    """Twice as long was white in the new video, and in the timeline."""
    data = written(kind, (codec, SLOWER, {}))
    *_, found = analyse_video(data, VideoLimits(), lambda key, rgb: (), same_below=0.5)
    assert found.times[75] == pytest.approx(3.0, abs=0.05)
    assert found.ends == pytest.approx(6.0, abs=0.3)
    *_, drawn = redraw(found, lambda rgb, boxes: rgb)
    clip = decoded(drawn)
    assert len(clip.frames) == 87
    dark = next(time for time, shade in zip(clip.times, shades(clip), strict=True) if shade < 128)
    assert dark == pytest.approx(3.0, abs=0.05)
    assert clip.times == pytest.approx(found.times, abs=0.002)


def test_a_video_that_slows_down_is_looked_at_evenly_in_time():
    """Eight looks a second where it was fast, and none for seconds where it was slow."""
    looks = []
    data = written("mp4", ("libx264", SLOWER, {}))
    *_, found = analyse_video(
        data, VideoLimits(), lambda key, rgb: looks.append(int(key.split("/")[1])) or (), same_below=0.5
    )
    at = found.times[looks]
    assert np.diff(at).max() <= 0.25 + 0.01
    assert np.diff(at).min() >= 0.1


def test_the_last_frame_of_a_written_video_lasts_as_long_as_it_should():
    """A still of two seconds at the end was gone in a moment."""
    *_, data = encode_webm([plain(200), plain(20)], 10, times=[0.0, 1.0], seconds=3.0)
    with av.open(io.BytesIO(data)) as container:
        assert container.duration / av.time_base == pytest.approx(3.0, abs=0.01)


def test_two_frames_at_one_time_can_be_written():
    """A recording that stuttered could not be saved."""
    *_, data = encode_webm([plain(shade) for shade in (0, 90, 180)], 10, times=[0.0, 0.0, 0.1])
    assert len(decoded(data).frames) == 3


def test_a_long_video_trimmed_on_the_phone_is_as_long_as_what_is_left():
    """60 of 600 frames are shown, and it was "too long"."""
    data = written("mp4", ("libx264", steady(600, lambda number: 30 + number // 3), {}))
    clip = decoded(trimmed(data, 14.0, 2.0))
    assert len(clip.frames) == pytest.approx(60, abs=3)
    assert clip.seconds == pytest.approx(2.0, abs=0.11)
    assert shades(clip)[0] == pytest.approx(30 + 14 * FPS / 3, abs=6)


def test_a_trimmed_video_that_still_is_too_long_is_refused():
    data = written("mp4", ("libx264", steady(600), {}))
    with pytest.raises(MediaTooLarge, match="10 seconds"):
        decoded(trimmed(data, 2.0, 16.0))


@pytest.mark.parametrize(("kind", "codec"), [("mp4", "libx264"), ("webm", "libvpx")])
def test_the_stream_that_players_show_is_taken_wherever_it_stands(kind, codec):
    """A preview that a camera writes first was shown instead of the video."""
    preview = [(time, plain(30, 48, 32)) for time, _ in steady(10)]
    data = written(kind, (codec, preview, {"default": False}), (codec, steady(10), {}))
    assert decoded(data).frames[0].shape == (HEIGHT, WIDTH, 3)


def test_a_still_beside_the_video_does_not_make_it_unreadable():
    """A still of another kind stood before the video, and was "packed in a way the gallery does not read"."""
    still = ("mjpeg", [(0, plain(30))], {"pixels": "yuvj420p", "default": False})
    assert len(decoded(written("mp4", still, ("libx264", steady(10), {}))).frames) == 10


@pytest.mark.parametrize(
    ("aspect", "shape"),
    [(Fraction(4, 3), (64, 128)), (Fraction(1, 2), (128, 96)), (Fraction(2), (64, 192))],
)
def test_pixels_that_are_not_square_are_shown_as_they_are_meant(aspect, shape):
    """Faces from a camcorder were thin."""
    data = written("mp4", ("libx264", steady(3), {"aspect": aspect}))
    assert decoded(data).frames[0].shape[:2] == shape
    assert max(decoded(data, side=60).frames[0].shape[:2]) == 60


def test_a_pixel_a_thousand_times_as_wide_as_high_is_not_believed():
    data = written("mp4", ("libx264", steady(3), {"aspect": Fraction(1000)}))
    assert decoded(data).frames[0].shape[:2] == (HEIGHT, WIDTH)


@pytest.mark.parametrize(
    ("kind", "codec", "pixels"),
    [
        ("mp4", "libx265", "yuv420p10le"),
        ("webm", "libvpx-vp9", "yuva420p"),
        ("mp4", "libx264", "yuv420p10le"),
    ],
    ids=["HEVC, 10 bit", "VP9 with alpha", "H.264, 10 bit"],
)
def test_what_newer_phones_and_screen_recorders_write_is_read(kind, codec, pixels):
    clip = decoded(written(kind, (codec, steady(5), {"pixels": pixels})))
    assert len(clip.frames) == 5
    assert shades(clip)[0] == pytest.approx(200, abs=8)
