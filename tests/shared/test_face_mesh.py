"""The face mesh: where the landmarks are, and a face that is followed, lost and found again."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import cv2
import numpy as np
import pytest
from skimage import data

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.shared.face_detector import detect
from dlintro_demos.shared.face_mesh import (
    LEFT_EYE,
    MODEL,
    RIGHT_EYE,
    MeshFormatError,
    find,
    find_all,
    follow,
    load_mesh,
    look,
    region_of,
)

SIZE = (320, 256)
LIPS = [61, 291]  # corners


@cache
def models():
    return ModelCache(read_cards(REPOSITORY / "models"))


def photo(shift=(0.0, 0.0), turn=0.0):
    """The astronaut's face, (256, 320, 3) uint8, moved by pixels and turned by degrees."""
    matrix = cv2.getRotationMatrix2D((224.0, 120.0), turn, 1.0)
    matrix[:, 2] += np.array([160.0, 128.0]) - (224.0, 120.0) + shift
    return cv2.warpAffine(data.astronaut(), matrix, SIZE, borderMode=cv2.BORDER_REPLICATE)


WALL = np.full((256, 320, 3), 90, np.uint8)


def test_eyes_and_mouth_are_where_the_detector_has_them():
    (face,) = detect(photo(), models()).detections
    mesh = look(photo(), region_of(face), models())
    eyes = mesh.points[[[LEFT_EYE, 133], [362, RIGHT_EYE]], :2].mean(axis=1)
    assert mesh.presence > 10
    assert eyes == pytest.approx(face.landmarks[:2], abs=3)
    assert mesh.points[LIPS, :2] == pytest.approx(face.landmarks[3:], abs=6)
    assert mesh.points[1, 2] < mesh.points[[LEFT_EYE, RIGHT_EYE], 2].min() - 10  # the nose is nearer


@pytest.mark.parametrize("turn", [-25.0, 20.0])
def test_the_points_turn_with_the_head(turn):
    upright, tilted = find(photo(), models()), find(photo(turn=turn), models())
    matrix = cv2.getRotationMatrix2D((160.0, 128.0), turn, 1.0)
    expected = upright.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    assert np.abs(tilted.points[:, :2] - expected).mean() < 1.5
    assert np.degrees(tilted.region.turn - upright.region.turn) == pytest.approx(-turn, abs=3)


@pytest.mark.parametrize(
    "picture", [WALL, data.chelsea(), photo()[::-1, ::-1]], ids=["a wall", "a cat", "upside down"]
)
def test_what_shows_no_upright_face_has_none(picture):
    assert find(np.ascontiguousarray(picture), models()) is None


def test_a_face_that_moves_is_followed_without_looking_for_it_again(monkeypatch):
    searches = []
    monkeypatch.setattr(
        "dlintro_demos.shared.face_mesh.detect", lambda *given: searches.append(1) or detect(*given)
    )
    moves = [(3.0 * number, -1.5 * number) for number in range(12)]
    meshes = list(follow((photo(move) for move in moves), models()))
    assert searches == [1]
    first = meshes[0].points[:, :2]
    for move, mesh in zip(moves, meshes, strict=True):
        assert np.abs(mesh.points[:, :2] - first - move).mean() < 1.0


def test_a_lost_face_is_found_again():
    frames = [photo()] * 3 + [WALL] * 9 + [photo((20.0, 0.0))] * 6
    meshes = list(follow(frames, models()))
    assert [mesh is None for mesh in meshes[5:12]] == [True] * 7
    assert all(meshes[15:])
    assert meshes[17].points[1, 0] == pytest.approx(meshes[0].points[1, 0] + 20, abs=2)


def test_nobody_is_followed_where_nobody_is():
    assert list(follow([WALL] * 6, models())) == [None] * 6


def test_faces_are_given_from_the_largest_to_the_smallest():
    wide = np.concatenate([photo(), np.full((256, 200, 3), 90, np.uint8)], axis=1)
    wide[60:188, 350:510] = cv2.resize(photo(), (160, 128), interpolation=cv2.INTER_AREA)
    large, small = find_all(wide, models())
    assert large.region.side == pytest.approx(2 * small.region.side, rel=0.1)
    assert large.region.x < 320 < small.region.x


def test_several_visitors_at_once_get_the_same_points():
    region = find(photo(), models()).region
    pictures = [photo((float(shift), 0.0)) for shift in range(8)]
    alone = [look(rgb, region, models()).points for rgb in pictures]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda rgb: look(rgb, region, models()).points, pictures))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_a_file_of_something_else_is_named(tmp_path):
    (tmp_path / "face.tflite").write_bytes(b"no network at all")
    with pytest.raises(MeshFormatError, match=r"face\.tflite"):
        load_mesh([tmp_path / "face.tflite"])


def test_the_card_counts_the_weights_in_the_file():
    """OpenCV does not tell; nearly all of the file is float32 weights."""
    card = models().card(MODEL)
    assert 0.98 < 4 * card.parameters / card.bytes < 1
