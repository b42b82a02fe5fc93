"""Videos taken at a rate of our own, and the older kind of file that a demo may allow."""

from __future__ import annotations

import io
from itertools import pairwise

import av
import numpy as np
import pytest

from dlintro_demos.gallery.intake.images import MediaTooLarge, UnreadableMedia
from dlintro_demos.gallery.intake.video import Clip, VideoLimits, decode_video
from tests.gallery.test_video import FPS, made


def decode(data, **limits):
    *_, clip = decode_video(data, VideoLimits(**limits))
    assert isinstance(clip, Clip)
    return clip


def brightness(clip):
    """Of the left side, which gets brighter by 20 from frame to frame."""
    return [float(frame[10:38, 6:26].mean()) for frame in clip.frames]


def mpeg(frames=6):
    """An MPEG-1 program stream whose left side gets brighter."""
    file = io.BytesIO()
    with av.open(file, "w", format="mpeg") as container:
        stream = container.add_stream("mpeg1video", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            rgb = np.zeros((48, 64, 3), np.uint8)
            rgb[:, :32] = number * 20
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize("kind", ["mp4", "webm"])
@pytest.mark.parametrize("rate", [4.0, 10.0, 25.0])
def test_the_rate_that_is_asked_for_is_given(kind, rate):
    clip = decode(made(kind, frames=10), rate=rate)
    assert clip.times == pytest.approx(np.arange(round(rate * 1.0)) / rate)
    assert len(clip.frames) == len(clip.times)
    assert clip.fps == pytest.approx(FPS, rel=0.02)
    shown = np.minimum(clip.times * FPS, 9) * 20
    assert brightness(clip) == pytest.approx(shown, abs=9)


def test_the_videos_own_rate_leaves_its_frames_as_they_are():
    as_they_are, at_rate = decode(made(frames=10)), decode(made(frames=10), rate=FPS)
    assert all(np.array_equal(a, b) for a, b in zip(as_they_are.frames, at_rate.frames, strict=True))


def test_frames_that_come_unevenly_are_given_evenly():
    clip = decode(made(times=(0, 50, 200, 240, 400, 500)), rate=20.0)
    assert np.diff(clip.times) == pytest.approx(np.full(len(clip.times) - 1, 0.05))
    assert all(after >= before - 3 for before, after in pairwise(brightness(clip)))
    assert brightness(clip)[3] == pytest.approx((20 + 2 * 40) / 3, abs=5)  # 150 ms, from 50 and 200


def test_a_picture_that_stood_still_does_not_turn_slowly_into_the_next():
    clip = decode(made(times=(0, 100, 1100, 1200)), rate=10.0)
    assert brightness(clip)[1:11] == pytest.approx([20] * 10, abs=6)
    assert brightness(clip)[11] == pytest.approx(40, abs=6)


def test_more_frames_than_are_kept_count_for_the_limits():
    with pytest.raises(MediaTooLarge, match="the limit is"):
        decode(made(frames=9), rate=5.0, max_frames=8)
    with pytest.raises(MediaTooLarge, match="the limit is"):
        decode(made(frames=30), rate=5.0, max_seconds=2.0)


def test_an_mpeg_is_read_where_it_is_allowed_and_nowhere_else():
    clip = decode(mpeg(), formats=("MP4", "WebM", "MPEG"))
    assert clip.format == "MPEG"
    assert brightness(clip) == pytest.approx(np.arange(6) * 20, abs=12)
    with pytest.raises(UnreadableMedia, match="not a video the gallery knows"):
        decode(mpeg())


def test_no_changed_byte_of_an_mpeg_gives_anything_but_a_clip_or_a_sentence():
    data, rng, clips = mpeg(2), np.random.default_rng(0), 0
    for place in rng.integers(0, len(data), 200).tolist():
        broken = bytearray(data)
        broken[place] ^= int(rng.integers(1, 256))
        try:
            clip = decode(bytes(broken), formats=("MPEG",), rate=25.0, max_pixels=100_000, max_frames=10)
        except UnreadableMedia as error:
            assert len(str(error)) > 20  # noqa: PT017 - a clip is right, too
        else:
            clips += 1
            assert 1 <= len(clip.frames) <= 300
    assert clips > 0


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
def test_a_truncated_mpeg_gives_what_there_is_or_a_sentence(share):
    data = mpeg()
    try:
        assert len(decode(data[: int(len(data) * share)], formats=("MPEG",)).frames) <= 6
    except UnreadableMedia as error:
        assert len(str(error)) > 20  # noqa: PT017 - a clip is right, too
