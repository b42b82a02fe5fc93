"""Hidden faces: what is covered, what is left, and that the networks know nobody."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlintro_demos.faces import privacy
from dlintro_demos.faces.analysis import drawn_face, find_faces
from dlintro_demos.faces.embedders import pick_embedder, thresholds
from dlintro_demos.faces.privacy import COVER, hide_faces
from tests.faces.fakes import astronaut, real_cache

BOX = (60.0, 50.0, 100.0, 100.0)
every_way = pytest.mark.parametrize("way", ["blur", "pixelate", "cover"])


def noise(height=160, width=200):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


@every_way
def test_the_photo_given_is_not_changed(way):
    rgb = noise()
    rgb.setflags(write=False)
    hide_faces(rgb, [BOX], way)
    assert np.array_equal(rgb, noise())


@every_way
def test_the_whole_box_is_hidden(way):
    rgb = noise()
    inside = (hide_faces(rgb, [BOX], way) == rgb)[50:100, 60:100]
    assert inside.mean() < 0.05


@every_way
def test_far_from_the_box_nothing_changes(way):
    rgb = noise()
    changed = (hide_faces(rgb, [BOX], way) != rgb).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert rows.min() >= 75 - 40
    assert rows.max() < 75 + 40
    assert columns.min() >= 80 - 30
    assert columns.max() < 80 + 30


def test_a_cover_is_one_grey():
    assert (hide_faces(noise(), [BOX], "cover")[50:100, 60:100] == COVER).all()


@pytest.mark.parametrize("way", ["blur", "pixelate"])
def test_detail_is_gone_from_blurred_and_pixelated_faces(way):
    piece = hide_faces(noise(), [BOX], way)[50:100, 60:100].astype(float)
    assert (
        np.abs(np.diff(piece, axis=1)).mean() < 0.15 * np.abs(np.diff(noise().astype(float), axis=1)).mean()
    )


@every_way
@pytest.mark.parametrize("box", [(-30, -30, 20, 20), (180, 140, 260, 220), (-50, -50, 400, 400)])
def test_a_face_over_the_edge_is_hidden_up_to_it(way, box):
    rgb = noise()
    left, top, right, bottom = max(0, box[0]), max(0, box[1]), min(200, box[2]), min(160, box[3])
    assert (hide_faces(rgb, [box], way) == rgb)[top:bottom, left:right].mean() < 0.05


@every_way
@pytest.mark.parametrize(
    "box", [(-90, -90, -50, -50), (400, 400, 500, 500), (50, 50, 50, 50), (90, 90, 50, 50)]
)
def test_a_box_with_nothing_in_it_hides_nothing(way, box):
    assert np.array_equal(hide_faces(noise(), [box], way), noise())


@every_way
def test_a_face_of_a_single_pixel_can_be_hidden(way):
    assert hide_faces(noise(1, 1), [(0, 0, 1, 1)], way).shape == (1, 1, 3)


def test_without_boxes_the_photo_is_a_copy():
    rgb = noise()
    result = hide_faces(rgb, [], "blur")
    assert result is not rgb
    assert np.array_equal(result, rgb)


@every_way
def test_our_networks_do_not_know_a_hidden_face(way):
    cache, rgb = real_cache(), astronaut()
    face = find_faces("a", rgb, cache).faces[0]
    hidden = hide_faces(rgb, [face.box], way)
    again = drawn_face("b", hidden, face.box, cache)  # even told where it is
    distance = float(np.linalg.norm(face.embedding - again.embedding))
    assert thresholds(cache, pick_embedder(cache).key).level(distance) == "unknown"


@every_way
@pytest.mark.parametrize("side", [3, 5, 8])
def test_the_smallest_faces_are_hidden_too(way, side):
    rgb = noise()
    hidden = hide_faces(rgb, [(50, 50, 50 + side, 50 + side)], way)
    assert (hidden == rgb)[50 : 50 + side, 50 : 50 + side].mean() < 0.1


def test_a_pixelated_face_has_at_most_six_cells_across():
    piece = hide_faces(noise(400, 400), [(100, 100, 220, 250)], "pixelate")[175, 100:220]
    assert (np.diff(piece.astype(int), axis=0) != 0).any(axis=1).sum() <= 6


def test_a_blurred_face_is_as_coarse_as_a_blur_of_a_quarter_of_its_width():
    step = np.zeros((400, 400, 3), np.uint8)
    step[:, 200:] = 255
    row = hide_faces(step, [(140, 140, 260, 260)], "blur")[200, :, 0].astype(float)
    per_pixel = np.diff(row)[150:250].max()
    assert per_pixel <= 255 / (120 / 4 * np.sqrt(2 * np.pi)) * 1.2


def test_blurring_looks_at_the_cells_of_a_face_and_not_at_its_pixels(monkeypatch):
    sizes = []
    blur = cv2.GaussianBlur

    def counted(cells, *args):
        sizes.append(cells.shape[:2])
        return blur(cells, *args)

    monkeypatch.setattr(privacy.cv2, "GaussianBlur", counted)
    hide_faces(noise(1000, 1500), [(200, 200, 800, 800), (900, 300, 960, 375)], "blur")
    assert len(sizes) == 2
    assert all(max(size) <= 15 for size in sizes)
