import cv2
import numpy as np
import pytest
import torch
from facenet_pytorch.models.utils.detect_face import detect_face

from dlintro_demos.faces.alignment import TEMPLATE, align, similarity
from dlintro_demos.faces.analysis import drawn_face, find_faces
from dlintro_demos.faces.samples import LIMITS, in_profile
from dlintro_demos.gallery.intake.images import decode_image
from dlintro_demos.shared.face_detector import GREY, detect
from tests.faces.fakes import astronaut, real_cache


def montage(rows, columns, side):
    """Many copies of one face."""
    face = cv2.resize(astronaut()[10:240, 110:340], (side, side), interpolation=cv2.INTER_AREA)
    return np.tile(face, (rows, columns, 1))


@torch.inference_mode()
def theirs(rgb, smallest=40):
    """facenet-pytorch's own cascade on the same grey-framed picture."""
    margin = round(0.1 * max(rgb.shape[:2]))
    framed = np.pad(rgb, ((margin, margin), (margin, margin), (0, 0)), constant_values=GREY)
    nets = real_cache().get("mtcnn").module
    boxes, points = detect_face(
        framed,
        smallest,
        nets.proposal,
        nets.refinement,
        nets.output,
        [0.6, 0.7, 0.7],
        0.709,
        torch.device("cpu"),
    )
    return boxes[0][:, :4] - margin, points[0] - margin, boxes[0][:, 4]


@pytest.mark.parametrize("picture", [astronaut(), montage(2, 3, 230)], ids=["one face", "six faces"])
def test_faces_are_where_facenet_pytorch_finds_them(picture):
    boxes, points, chance = theirs(picture)
    ours = sorted(detect(picture, real_cache()).detections, key=lambda each: each.box.tolist())
    order = sorted(np.flatnonzero(chance >= 0.9), key=lambda k: boxes[k].tolist())
    assert len(ours) == len(order)
    for found in ours:
        nearest = min(order, key=lambda k: np.abs(boxes[k] - found.box).max())
        size = np.ptp(found.box[[0, 2]])
        assert np.abs(boxes[nearest] - found.box).max() < 0.06 * size
        assert np.abs(points[nearest] - found.landmarks).max() < 0.04 * size


def test_each_stage_keeps_fewer_boxes_than_it_looked_at():
    stages = detect(astronaut(), real_cache()).stages
    assert [stage.name for stage in stages] == ["P-Net", "R-Net", "O-Net"]
    for stage in stages:
        assert 0 < len(stage.kept) < stage.looked_at
    assert [stage.looked_at for stage in stages[1:]] == [len(stages[0].kept), len(stages[1].kept)]


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (3, 2000), (2000, 3), (40, 30)])
def test_a_picture_without_room_for_a_face_has_none(shape):
    assert detect(np.full((*shape, 3), 90, np.uint8), real_cache()).detections == ()


def test_a_large_picture_gives_boxes_in_its_own_pixels():
    large = cv2.resize(astronaut(), (2048, 2048))
    (small,), (found,) = (detect(rgb, real_cache()).detections for rgb in (astronaut(), large))
    np.testing.assert_allclose(found.box / 4, small.box, atol=4)


def test_high_detail_finds_small_faces_that_are_missed_otherwise():
    crowd = montage(9, 9, 40)
    normal, high = (len(detect(crowd, real_cache(), detail=each).detections) for each in ("normal", "high"))
    assert high >= 78
    assert normal < 10


def test_a_face_at_the_edge_is_found():
    assert len(detect(astronaut()[:, 190:], real_cache()).detections) == 1


def test_a_drawn_box_gives_a_face_that_is_like_the_found_one():
    (found,) = find_faces("x", astronaut(), real_cache()).faces
    drawn = drawn_face("x/drawn-0", astronaut(), (170.0, 50.0, 280.0, 180.0), real_cache())
    assert drawn.drawn
    assert np.linalg.norm(drawn.embedding - found.embedding) < 0.3


def test_one_person_is_near_herself_in_another_size_and_light():
    darker = (cv2.resize(astronaut(), (300, 300), interpolation=cv2.INTER_AREA) * 0.5).astype(np.uint8)
    (one,), (other,) = (find_faces("x", rgb, real_cache()).faces for rgb in (astronaut(), darker))
    assert np.linalg.norm(one.embedding - other.embedding) < 0.4


def test_a_face_has_a_key_of_its_photo_and_a_chip():
    found = find_faces("photo", astronaut(), real_cache())
    assert [face.key for face in found.faces] == ["photo/0"]
    assert decode_image(found.faces[0].chip).rgb.shape == (150, 150, 3)
    assert set(found.seconds) == {"find faces", "align", "embed"}


@pytest.mark.parametrize("degrees", [0, 30, 120, -90])
@pytest.mark.parametrize("scale", [0.2, 1.0, 3.0])
def test_alignment_finds_the_turn_scale_and_shift(degrees, scale):
    turn = np.deg2rad(degrees)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = TEMPLATE @ matrix.T + [40, -7]
    found = similarity(points, TEMPLATE)
    np.testing.assert_allclose(points @ found[:, :2].T + found[:, 2], TEMPLATE, atol=1e-3)


def test_points_that_are_all_one_are_only_shifted():
    found = similarity(np.full((5, 2), 9.0), TEMPLATE)
    assert np.isfinite(found).all()


def test_a_large_face_is_shrunk_by_area_without_moving():
    large = cv2.resize(astronaut(), (2048, 2048), interpolation=cv2.INTER_CUBIC)
    (face,) = detect(astronaut(), real_cache()).detections
    one = align(astronaut(), face.landmarks).astype(int)
    other = align(large, face.landmarks * 4 + 1.5).astype(int)
    assert np.abs(one - other).mean() < 4


def test_a_head_turned_half_away_is_known_and_one_in_profile_is_missed():
    upright = astronaut()
    (face,) = find_faces("upright", upright, real_cache()).faces
    (half,) = find_faces("half", in_profile(upright, 45), real_cache()).faces
    assert np.linalg.norm(half.embedding - face.embedding) < 0.5
    profile = next(sample for sample in LIMITS if sample.key == "profile")
    assert find_faces("profile", profile.load(), real_cache()).faces == ()
