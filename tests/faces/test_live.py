"""Faces on a live camera: boxes with the names of this visit, and a picture taken of it."""

import numpy as np
import pytest

from dlintro_demos.faces.analysis import find_faces
from dlintro_demos.faces.embedders import pick_embedder, thresholds
from dlintro_demos.faces.face import Book
from dlintro_demos.faces.live import Still, look_live
from dlintro_demos.faces.people import name_faces
from dlintro_demos.faces.samples import SAMPLES
from dlintro_demos.gallery.process import engine


@pytest.fixture(scope="module")
def astronaut():
    return next(sample for sample in SAMPLES if sample.key == "astronaut").load()


def look(rgb, said=(), book=None, known=(), still=None):
    cache = engine().cache
    return look_live(
        rgb,
        dict(said),
        book=book or Book(),
        known=dict(known),
        thresholds=thresholds(cache, pick_embedder(cache).key),
        still=still or Still(),
        cache=cache,
    )


def test_a_stranger_gets_a_box_and_no_name(astronaut):
    answer = look(astronaut)
    (box,) = answer["boxes"]
    left, top, right, bottom = box["box"]
    assert 0.3 < left < right < 0.6
    assert 0 <= top < bottom < 0.5
    assert (box["label"], box["level"]) == ("?", "unknown")
    assert answer["words"] == "one I don't know"


def test_who_was_named_in_a_still_keeps_the_name_when_moving(astronaut):
    photo = find_faces("photo", astronaut, engine().cache)
    book = name_faces(Book(), [photo.faces[0].key], "Eileen")
    moved = np.roll(astronaut[:, ::-1], 40, 0)
    answer = look(moved, book=book, known={face.key: face for face in photo.faces})
    assert answer["words"] in ("Eileen", "Eileen?")
    assert "recorded" not in answer


def test_nobody_is_said_so_and_a_picture_is_taken_once_on_request(astronaut):
    still = Still()
    empty = np.full((240, 320, 3), 90, np.uint8)
    answer = look(empty, {"record": "on"}, still=still)
    assert (answer["words"], answer["boxes"], answer["recorded"]) == ("Nobody", [], 1)
    assert still.take() is empty
    assert still.take() is None
