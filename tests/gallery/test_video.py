"""What comes in through the door for videos, and what stays out."""

from __future__ import annotations

import hashlib
import io
import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from dlintro_demos.gallery.intake.images import MediaTooLarge, UnreadableMedia
from dlintro_demos.gallery.intake.video import FASTEST, SLOWEST, Clip, VideoLimits, decode_video, encode_webm
from dlintro_demos.gallery.runtime.jobs import Progress

WIDTH, HEIGHT, FPS = 64, 48, 10
SIGNS = {"webm": "libvpx", "mp4": "mpeg4"}
every_kind = pytest.mark.parametrize("kind", SIGNS)


def picture(shade):
    """Left `shade`, right black."""
    rgb = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    rgb[:, : WIDTH // 2] = shade
    return rgb


def made(
    kind="webm", *, frames=6, width=WIDTH, height=HEIGHT, first=0, live=False, codec="", pixels="yuv420p",
    times=(), title="", options=None,
):  # fmt: skip
    """A video whose left side gets brighter, one frame after another or at `times` in milliseconds.

    `live` is as a browser records it, which cannot write a length.
    """
    file = io.BytesIO()
    options = {"live": "1"} if live else options or {}
    with av.open(file, "w", format=kind, options=options) as container:
        container.metadata["title"] = title
        stream = container.add_stream(codec or SIGNS[kind], rate=FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        if times:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number in range(len(times) or frames):
            rgb = np.zeros((height, width, 3), np.uint8)
            rgb[:, : width // 2] = number * 20 % 256
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts = times[number] if times else first + number
            if times:
                frame.time_base = Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def sound():
    """A WebM without pictures."""
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), format="s16", layout="mono")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def decode(data, **limits):
    *_, clip = decode_video(data, VideoLimits(**limits))
    assert isinstance(clip, Clip)
    return clip


def with_size(data, width, height):
    """The WebM with another size in its header, which `made` writes in two bytes each."""
    for sign, old, new in ((b"\xb0\x82", 1280, width), (b"\xba\x82", 720, height)):
        before = sign + old.to_bytes(2, "big")
        assert data.count(before) == 1
        data = data.replace(before, sign + new.to_bytes(2, "big"))
    return data


@every_kind
def test_a_video_is_known_by_its_content(kind):
    data = made(kind)
    clip = decode(data)
    assert clip.format.lower() == kind
    assert clip.digest == hashlib.sha256(data).hexdigest()
    assert clip.fps == pytest.approx(FPS)
    assert clip.times == pytest.approx(np.arange(6) / FPS)
    assert [frame.shape for frame in clip.frames] == [(HEIGHT, WIDTH, 3)] * 6


def test_what_is_written_can_be_read_again():
    shades = [(30, 60, 200), (200, 60, 30), (90, 200, 90)]
    *_, data = encode_webm([picture(shade) for shade in shades], FPS)
    clip = decode(data)
    assert len(clip.frames) == 3
    for frame, shade in zip(clip.frames, shades, strict=True):
        assert frame[20:28, 10:20].mean(axis=(0, 1)) == pytest.approx(shade, abs=12)


def test_an_odd_side_loses_a_pixel():
    *_, data = encode_webm([np.zeros((49, 65, 3), np.uint8)] * 2, FPS)
    assert decode(data).frames[0].shape == (48, 64, 3)


def test_writing_and_reading_tell_how_far_they_are():
    writing = [*encode_webm([picture(9)] * 25, 30)]
    reading = [*decode_video(writing[-1], VideoLimits())][:-1]
    assert [step.done for step in writing[:-1]] == [0, 10, 20]
    assert [step.done for step in reading] == [10, 20]
    assert all(isinstance(step, Progress) for step in reading)


def test_frames_are_shrunk_as_they_are_decoded():
    assert decode(made(width=320, height=160), side=80).frames[0].shape == (40, 80, 3)


@every_kind
def test_times_count_from_the_first_frame_whatever_the_clock_said(kind):
    clip = decode(made(kind, first=60), max_seconds=1.0)
    assert clip.times == pytest.approx(np.arange(6) / FPS, abs=0.002)


def test_a_recording_that_does_not_know_its_length_can_be_read():
    assert len(decode(made(live=True)).frames) == 6


def test_an_empty_file_is_told_from_a_damaged_one():
    with pytest.raises(UnreadableMedia, match="empty"):
        decode(b"")


@pytest.mark.parametrize(
    "data", [b"hello, this is text", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"#EXTM3U\nfile:///etc/passwd"]
)
def test_what_is_no_video_is_refused_by_its_content(data):
    with pytest.raises(UnreadableMedia, match="not a video the gallery knows"):
        decode(data)


def test_sound_alone_has_no_pictures():
    with pytest.raises(UnreadableMedia, match="no moving pictures"):
        decode(sound())


@every_kind
@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
def test_a_truncated_video_gives_what_there_is_or_a_sentence(kind, share):
    data = made(kind)
    try:
        assert 1 <= len(decode(data[: int(len(data) * share)]).frames) <= 6
    except UnreadableMedia as error:
        assert "Choose an MP4 or WebM file." in str(error)  # noqa: PT017 - a clip is right, too


def test_a_signature_alone_is_damaged():
    with pytest.raises(UnreadableMedia, match="damaged"):
        decode(b"\x1a\x45\xdf\xa3" + bytes(200))


def test_a_large_file_is_refused_before_it_is_opened():
    with pytest.raises(MediaTooLarge, match=r"the limit is .* MB"):
        decode(made(), max_bytes=100)


@every_kind
def test_a_long_video_is_refused_by_its_header(kind):
    steps = decode_video(made(kind, frames=25), VideoLimits(max_seconds=1.0))
    with pytest.raises(MediaTooLarge, match="the limit is 1 second and"):
        next(steps)  # before the progress that ten frames give


def test_a_long_video_is_refused_before_it_is_decoded_where_the_header_does_not_say():
    steps = decode_video(made(frames=40, live=True), VideoLimits(max_seconds=2.0))
    with pytest.raises(MediaTooLarge, match="the limit is 2 seconds"):
        next(steps)  # before the progress that ten frames give


def test_too_many_frames_are_stopped():
    with pytest.raises(MediaTooLarge, match="5 frames"):
        decode(made(frames=6, live=True), max_frames=5)


def test_as_many_frames_as_the_limit_are_read():
    assert len(decode(made(frames=6), max_frames=6).frames) == 6


def test_too_many_pixels_are_refused_by_the_header():
    with pytest.raises(MediaTooLarge, match="1280 x 720 pixels"):
        decode(made(width=1280, height=720, frames=1), max_pixels=100_000)


def test_too_many_pixels_are_not_decoded_where_the_header_lies():
    lying = with_size(made(width=1280, height=720, frames=1), 64, 48)
    with pytest.raises(UnreadableMedia):
        decode(lying, max_pixels=100_000)


@every_kind
def test_no_changed_byte_gives_anything_but_a_clip_or_a_sentence(kind):
    data = made(kind, frames=2)
    rng = np.random.default_rng(0)
    places = {*range(0, min(400, len(data)), 2), *rng.integers(0, len(data), 150).tolist()}
    clips = 0
    for place in sorted(places):
        broken = bytearray(data)
        broken[place] ^= int(rng.integers(1, 256))
        try:
            clip = decode(bytes(broken), max_pixels=100_000, max_frames=10)
        except UnreadableMedia as error:
            assert len(str(error)) > 20  # noqa: PT017 - a clip is right, too
        else:
            clips += 1
            assert np.isfinite(clip.times).all()
            assert SLOWEST <= clip.fps <= FASTEST
            assert (np.diff(clip.times) >= 0).all()
    assert clips > 0


def test_an_unreadable_video_leaves_no_trace_in_the_log(capfd, caplog):
    data = bytearray(made("mp4"))
    data[60:] = b"secret" * 200
    with pytest.raises(UnreadableMedia):
        decode(bytes(data))
    assert "secret" not in "".join((*capfd.readouterr(), caplog.text))


def test_words_of_a_sound_video_leave_no_trace_in_the_log(capfd, caplog):
    caplog.set_level(0)
    data = made("mp4", title="secret")
    assert b"secret" in data
    decode(data)
    assert "".join((*capfd.readouterr(), caplog.text)) == ""


@pytest.mark.parametrize(("kind", "codec"), [("webm", "libvpx-vp9"), ("mp4", "libx264")])
def test_what_phones_and_browsers_record_is_read(kind, codec):
    assert len(decode(made(kind, codec=codec)).frames) == 6


def test_an_mp4_recorded_in_fragments_is_read():
    data = made("mp4", codec="libx264", options={"movflags": "frag_keyframe+empty_moov"})
    assert len(decode(data).frames) == 6


def test_uneven_times_are_kept_and_the_rate_is_their_mean():
    clip = decode(made(times=(0, 100, 500, 600, 1000)))
    assert clip.times == pytest.approx([0, 0.1, 0.5, 0.6, 1.0], abs=0.002)
    assert clip.fps == pytest.approx(4, rel=0.01)


def test_the_rate_of_a_slow_motion_camera_is_believed():
    assert decode(made(times=tuple(range(0, 240, 8)))).fps == pytest.approx(125, rel=0.01)


@pytest.mark.parametrize(
    ("matrix", "shape", "bright"),
    [
        ((0, 1, -1, 0, HEIGHT, 0), (WIDTH, HEIGHT, 3), np.s_[:24, :]),
        ((-1, 0, 0, -1, WIDTH, HEIGHT), (HEIGHT, WIDTH, 3), np.s_[:, 40:]),
        ((0, -1, 1, 0, 0, WIDTH), (WIDTH, HEIGHT, 3), np.s_[40:, :]),
    ],
    ids=["clockwise", "upside down", "anticlockwise"],
)
def test_a_video_from_a_turned_phone_is_turned_upright(matrix, shape, bright):
    a, b, c, d, x, y = (value * 65536 for value in matrix)
    data = bytearray(made("mp4"))
    at = data.index(b"tkhd") + 44
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, x, y, 1 << 30)
    frame = decode(bytes(data)).frames[-1]
    assert frame.shape == shape
    assert np.mean(frame[bright]) > 90 > 60 > np.mean(frame)


@pytest.mark.parametrize("movflags", ["", "frag_keyframe+empty_moov"])
def test_an_mp4_whose_pictures_are_cut_short_is_refused(movflags):
    data = made("mp4", options={"movflags": movflags} if movflags else {})
    with pytest.raises(UnreadableMedia, match="incomplete"):
        decode(data[: data.rindex(b"mdat") + 20])


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_webm_that_says_it_goes_on_is_cut_short_and_refused(share):
    data = made()
    with pytest.raises(UnreadableMedia, match="incomplete"):
        decode(data[: int(len(data) * share)])


def test_the_cover_of_a_record_is_no_moving_picture():
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuvj420p"
        stream.disposition = av.stream.Disposition.attached_pic
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8))))
        container.mux(stream.encode(None))
    with pytest.raises(UnreadableMedia, match="no moving pictures"):
        decode(file.getvalue())


def test_a_rare_way_to_pack_pictures_is_said_to_be_one():
    with pytest.raises(UnreadableMedia, match=r"Save it as an MP4 with H\.264"):
        decode(made("mp4", codec="mjpeg", pixels="yuvj420p"))


def test_a_photo_that_begins_like_an_mp4_is_no_video():
    with pytest.raises(UnreadableMedia, match="not a video the gallery knows"):
        decode(b"\0\0\0\x18ftypheic" + bytes(100))


def test_frames_may_be_made_while_they_are_written():
    drawn = []

    def frames():
        for number in range(25):
            drawn.append(number)
            yield picture(9)

    writing = encode_webm(frames(), FPS, total=25)
    assert next(writing).total == 25
    assert drawn == [0]
    *_, data = writing
    assert len(decode(data).frames) == 25


@pytest.mark.parametrize("frames", [[], [np.zeros((1, 64, 3), np.uint8)]])
def test_no_picture_is_no_video(frames):
    with pytest.raises(ValueError, match="at least 2 x 2"):
        list(encode_webm(frames, FPS))
