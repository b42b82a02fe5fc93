"""From videos, made here of a photograph whose mouth moves, to clips, or to words that say what to do."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from dlintro_demos.gallery.intake.images import MediaTooLarge, UnreadableMedia
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.lip_reading.clip import ClipError
from dlintro_demos.lip_reading.landmarks import POINTS
from dlintro_demos.lip_reading.reading import MODEL, read
from dlintro_demos.lip_reading.recording import (
    FaceTooSmall,
    HeadTurned,
    MouthOutside,
    NoFace,
    NoMouthCrop,
    TooFewFrames,
    TwoFaces,
    open_mouth_crop,
    open_recording,
    video_limits,
)
from dlintro_demos.shared.face_detector import detect
from dlintro_demos.shared.face_mesh import find
from tests.gallery.test_video import sound
from tests.lip_reading.videos import face, filmed, turned, video

SECONDS = 1.2
FRAMES = 30


@cache
def models():
    return ModelCache(read_cards(REPOSITORY / "models"))


def opened(data):
    *_, recording = open_recording(data, models())
    return recording


@cache
def plain():
    return opened(filmed(SECONDS))


def away(degrees):
    """A video of a head that is turned to the side."""
    points = find(face(0), models()).points
    return video([turned(face(0), points, degrees)] * FRAMES)


def test_a_face_becomes_landmarks_and_mouth_crops():
    recording = plain()
    clip = recording.clip
    assert clip.track.shape == (FRAMES, len(POINTS), 3)
    assert clip.mouths.shape == (FRAMES, 64, 128, 3)
    assert recording.lips.shape == (FRAMES, 40, 2)
    assert recording.lips[:, [0, 10]].mean(axis=(0, 1)) == pytest.approx((64, 30), abs=6)
    teeth = clip.mouths[0, 30:38, 54:74].astype(float).mean(axis=(0, 1))
    assert teeth.min() > 150
    assert np.abs([recording.pose.yaw, recording.pose.pitch, recording.pose.roll]).max() < 10
    assert recording.notes == ()
    assert set(recording.seconds) == {"decode", "detect", "mesh", "crop"}


def test_the_curve_goes_up_when_the_mouth_opens():
    """It does so three times a second."""
    moments = np.arange(FRAMES) / 25
    jaw = 0.5 - 0.5 * np.cos(6 * np.pi * moments)
    assert np.corrcoef(jaw, plain().opening)[0, 1] > 0.7
    assert 0.3 < np.median(plain().width) < 1.0


def test_it_tells_how_far_it_is():
    *steps, _ = open_recording(filmed(SECONDS), models())
    assert all(isinstance(step, Progress) for step in steps)
    done = [step.fraction for step in steps]
    assert done == sorted(done)
    assert {"reading the video", "looking for the face", "following the lips"} == {
        step.note for step in steps
    }


@pytest.mark.parametrize("fps", [15, 60])
def test_any_rate_is_read_at_25_by_the_times(fps):
    recording = opened(filmed(SECONDS, fps))
    assert len(recording.clip.mouths) == FRAMES
    assert f"{fps} pictures a second" in recording.notes[0]
    moved = recording.clip.track - plain().clip.track
    assert np.abs(moved[..., :2]).mean() < 1.0


def test_a_rate_that_changes_is_read_by_the_times():
    times = np.cumsum(np.random.default_rng(3).uniform(0.03, 0.07, 25))
    times = times - times[0]
    recording = opened(video([face(time) for time in times], kind="webm", times=times))
    frames = min(len(recording.clip.mouths), FRAMES)
    assert frames >= 28
    moved = recording.clip.track[:frames] - plain().clip.track[:frames]
    assert np.abs(moved[..., :2]).mean() < 1.0


@pytest.mark.parametrize(
    ("turn", "note"), [(2, "stood on its head"), (1, "lay on its side")], ids=["upside down", "on its side"]
)
def test_a_video_that_is_not_upright_is_turned_and_it_is_said(turn, note):
    recording = opened(filmed(SECONDS, change=lambda rgb: np.rot90(rgb, turn)))
    assert note in recording.notes[0]
    moved = recording.clip.track - plain().clip.track
    assert np.abs(moved[..., :2]).mean() < 1.5


def test_a_video_as_large_as_4k_is_decoded_small():
    recording = opened(video([cv2.resize(face(0), (3840, 2160))] * 25, codec="mpeg4"))
    assert recording.clip.track[..., 0].max() < 640


@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_head_that_is_turned_a_little_is_read(degrees):
    assert np.sign(opened(away(degrees)).pose.yaw) == -np.sign(degrees)


def test_a_tilted_head_is_read_with_its_mouth_upright():
    tilt = cv2.getRotationMatrix2D((180, 144), 30, 0.9)
    recording = opened(
        filmed(
            SECONDS,
            change=lambda rgb: cv2.warpAffine(rgb, tilt, (360, 288), borderMode=cv2.BORDER_REPLICATE),
        )
    )
    assert recording.pose.roll == pytest.approx(plain().pose.roll - 30, abs=3)
    assert np.abs(recording.lips - plain().lips).mean() < 2.5


def test_grids_own_kind_of_file_is_read():
    recording = opened(filmed(SECONDS, kind="mpeg"))
    assert np.abs(recording.clip.track - plain().clip.track)[..., :2].mean() < 1.0


def test_a_bystander_is_said_and_not_read():
    def beside(rgb):
        seen = np.concatenate([rgb, np.full_like(rgb, 200)], axis=1)
        seen[:115, 400:544] = cv2.resize(rgb, (144, 115), interpolation=cv2.INTER_AREA)
        return seen

    recording = opened(filmed(SECONDS, change=beside))
    assert "in the background" in recording.notes[0]
    assert recording.clip.track[..., 0].max() < 360


HIDDEN = {"dark": (30, 30, 30), "light": (240, 240, 240), "skin": (150, 110, 90)}


@pytest.mark.parametrize("kind", HIDDEN)
def test_of_a_hidden_mouth_nothing_is_claimed_to_be_known(kind):
    """That it is hidden is noted where the mesh is less sure of the face."""

    def masked(rgb):
        seen = rgb.copy()
        seen[162:226, 118:242] = HIDDEN[kind]
        return seen

    recording = opened(filmed(SECONDS, change=masked))
    if kind != "skin":
        assert "before the mouth" in recording.notes[0]
    assert not read(recording.clip, models()).known(models().card(MODEL).thresholds)


def test_what_only_looks_like_a_second_face_to_the_detector_is_none(monkeypatch):
    """As the back of a chair did: the mesh has to take it for one, too."""
    beside = replace(detect(face(0), models()).detections[0], box=np.array([520, 30, 610, 150], np.float32))

    def seeing_things(rgb, cache):
        found = detect(rgb, cache)
        return replace(found, detections=(*found.detections, beside))

    monkeypatch.setattr("dlintro_demos.shared.face_mesh.detect", seeing_things)
    recording = opened(filmed(SECONDS, change=lambda rgb: np.pad(rgb, ((0, 0), (0, 280), (0, 0)))))
    assert recording.notes == ()
    assert np.abs(recording.clip.track - plain().clip.track)[..., :2].mean() < 1


def test_a_face_that_is_missed_for_a_moment_is_filled_in():
    frames = [face(number / 25) for number in range(FRAMES)]
    frames[10:14] = [np.full_like(frames[0], 80)] * 4
    recording = opened(video(frames))
    assert np.isfinite(recording.clip.track).all()
    assert np.isneginf(recording.presence).sum() <= 5


WRONG = {
    "no face": (lambda: filmed(SECONDS, change=lambda rgb: np.full_like(rgb, 90)), NoFace, "whole face"),
    "gone after a while": (
        lambda: video([face(0)] * 12 + [np.full((288, 360, 3), 90, np.uint8)] * 18),
        NoFace,
        "% of the time only",
    ),
    "two faces": (
        lambda: filmed(SECONDS, change=lambda rgb: np.concatenate([rgb, rgb], axis=1)),
        TwoFaces,
        "one person alone",
    ),
    "mouth out of the picture": (
        lambda: filmed(SECONDS, change=lambda rgb: rgb[:176]),
        MouthOutside,
        "out of the picture",
    ),
    "head turned to the right": (lambda: away(60), HeadTurned, "Look into the camera"),
    "head turned to the left": (lambda: away(-60), HeadTurned, "Look into the camera"),
    "far away": (lambda: filmed(SECONDS, across=0.12), FaceTooSmall, "Come nearer"),
    "too short": (lambda: filmed(0.6), ClipError, "at least one second"),
    "8 frames a second": (lambda: filmed(4, 8), TooFewFrames, "better light"),
    "too long": (lambda: filmed(12, 6), MediaTooLarge, "the limit is 10 seconds"),
    "an hour": (
        lambda: video([face(0)] * 26, kind="webm", times=np.linspace(0, 3600, 26)),
        MediaTooLarge,
        "the limit is 10 seconds",
    ),
    "sound alone": (sound, UnreadableMedia, "no moving pictures"),
    "no video": (lambda: b"RIFF0000WAVEfmt ", UnreadableMedia, "not a video"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_named_with_what_to_do(name):
    make, kind, words = WRONG[name]
    with pytest.raises(kind, match=words):
        opened(make())


def test_nothing_past_the_limits_is_decoded():
    limits = video_limits()
    assert (limits.max_seconds, limits.rate, limits.side) == (10, 25, 640)
    with pytest.raises(MediaTooLarge, match="MB"):
        opened(bytes(limits.max_bytes + 1))


def test_a_mouth_crop_is_taken_as_it_is():
    mouths = plain().clip.mouths
    *_, recording = open_mouth_crop(video(list(mouths)))
    assert recording.clip.track is None
    assert recording.clip.mouths.shape == mouths.shape
    assert np.abs(recording.clip.mouths.astype(float) - mouths).mean() < 6
    doubled = [cv2.resize(each, (256, 128)) for each in mouths]
    *_, recording = open_mouth_crop(video(doubled))
    assert recording.clip.mouths.shape == mouths.shape


def test_a_whole_picture_is_no_mouth_crop():
    with pytest.raises(NoMouthCrop, match="360 x 288"):
        list(open_mouth_crop(filmed(SECONDS)))
