"""The lips on a live picture: where they are, and what is wrong, in words."""

from functools import cache

import cv2
import numpy as np
import pytest

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.lip_reading.landmarks import POINTS, opening_and_width
from dlintro_demos.lip_reading.live import GOOD, SIDE, WHOLE, WORDS, look_live, read_region
from dlintro_demos.lip_reading.recording import (
    FaceTooSmall,
    HeadTurned,
    MouthOutside,
    NoFace,
    TwoFaces,
)
from dlintro_demos.shared import face_mesh
from dlintro_demos.shared.face_mesh import find
from tests.lip_reading.videos import face, turned

WIDTH, HEIGHT = SIDE, 240


@cache
def models():
    return ModelCache(read_cards(REPOSITORY / "models"))


def picture(moment=0.0, **how):
    return face(moment, width=WIDTH, height=HEIGHT, **how)


def seen(rgb, **said):
    return look_live(rgb, said, cache=models())


def test_the_lips_lie_where_the_mesh_has_them_and_the_opening_is_that_of_a_recording():
    answer = seen(picture(), region=seen(picture())["region"])
    assert (answer["words"], answer["good"]) == (GOOD, True)
    track = find(picture(), models()).points[None, list(POINTS)]
    lips = np.array(answer["lips"]) * (WIDTH, HEIGHT)
    assert lips == pytest.approx(track[0, :40, :2], abs=0.3)
    assert answer["opening"] == pytest.approx(opening_and_width(track)[0][0], abs=5e-3)


def test_where_the_face_was_comes_back_and_the_detector_rests(monkeypatch):
    first = seen(picture())
    monkeypatch.setattr(face_mesh, "detect", lambda *_: pytest.fail("it looked everywhere"))
    openings = []
    for moment in np.arange(5) / 25:
        answer = seen(picture(moment), region=first["region"])
        openings.append(answer["opening"])
        first = answer
    assert max(openings) - min(openings) > 0.01  # the mouth opens and shuts


def test_a_face_that_has_left_is_missed_at_once():
    region = seen(picture())["region"]
    answer = seen(np.full((HEIGHT, WIDTH, 3), 90, np.uint8), region=region)
    assert answer == {"words": WORDS[NoFace], "good": False}


def away():
    return turned(picture(), find(picture(), models()).points, 60)


WRONG = {
    NoFace: lambda: np.full((HEIGHT, WIDTH, 3), 90, np.uint8),
    TwoFaces: lambda: np.concatenate([picture()] * 2, axis=1),
    FaceTooSmall: lambda: face(0, width=WHOLE, height=480, across=0.07),
    MouthOutside: lambda: picture()[:148],
    HeadTurned: away,
}


@pytest.mark.parametrize("kind", WRONG, ids=lambda kind: kind.__name__)
def test_what_a_recording_would_be_refused_for_is_said_before(kind):
    answer = seen(WRONG[kind]())
    assert (answer["words"], answer["good"]) == (WORDS[kind], False)


def test_how_near_one_has_to_be_depends_on_the_picture_that_is_recorded():
    far = picture(across=0.3)
    assert seen(far, camera="640")["good"]
    small = cv2.resize(far, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert seen(small, camera="160")["words"] == WORDS[FaceTooSmall]


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "nan,0.5,0.5,0", "0.5,0.5,1e9,0", "-1,0.5,0.5,0", "0.5,0.5,0.5,9"]
)
def test_only_a_region_that_it_could_have_given_is_believed(text):
    assert read_region(text, (HEIGHT, WIDTH, 3)) is None
    assert seen(picture(), region=text, camera="9" * 99)["good"]
