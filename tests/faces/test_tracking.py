"""Faces over time, with faces made up: who is linked to whom, and that no frame of somebody is left out."""

from __future__ import annotations

import numpy as np
import pytest

from dlintro_demos.faces.face import Face
from dlintro_demos.faces.tracking import (
    VideoFaces,
    analyse_video,
    boxes_at,
    draw_names,
    iou,
    link,
    moving_photos,
    redraw,
)
from dlintro_demos.gallery.intake.video import VideoLimits, decode_video, encode_webm
from dlintro_demos.gallery.runtime.jobs import Progress

ANNA, BEN = (0.0, 0.0), (1.0, 0.0)


def face(who, x=0.0, *, probability=0.9, key="clip/0/0"):
    """A face of 10 px at `x`."""
    return Face(
        key=key, box=(x, 0.0, x + 10, 10.0), landmarks=np.zeros((5, 2), np.float32), probability=probability,
        embedding=np.array(who, np.float32), chip=b"",
    )  # fmt: skip


def tracks(*seen, length=None):
    """Faces by look, every third of `length` frames, one a second."""
    looks = [(3 * number, faces) for number, faces in enumerate(seen)]
    times = np.arange(float(length or 3 * len(seen) - 2))
    return link(looks, times, bridged=6, same_below=0.5)


def video(*, frames=7, fps=10.0):
    black = [np.zeros((48, 64, 3), np.uint8)] * frames
    *_, data = encode_webm(black, fps)
    return data


def test_a_face_that_stays_is_one_track():
    (track,) = tracks([face(ANNA)], [face(ANNA)], [face(ANNA)])
    assert track.stretches() == [(0, 6)]


def test_between_two_looks_a_box_moves_evenly():
    (track,) = tracks([face(ANNA, 0)], [face(ANNA, 30)], [face(ANNA, 30)])
    assert [track.boxes[frame][0] for frame in range(4)] == pytest.approx([0, 10, 20, 30])


def test_two_that_change_sides_keep_their_tracks():
    anna, ben = tracks(
        [face(ANNA, 0), face(BEN, 40)], [face(ANNA, 20), face(BEN, 20)], [face(ANNA, 40), face(BEN, 0)]
    )
    assert (anna.boxes[6][0], ben.boxes[6][0]) == (40, 0)


def test_another_face_in_the_same_place_is_another_track():
    found = tracks([face(ANNA)], [face(ANNA)], [face(BEN)], [face(BEN)])
    assert len(found) == 2


def test_a_face_that_changes_a_little_in_its_place_is_one_track():
    assert len(tracks([face((0, 0))], [face((0.6, 0))], [face((0.6, 0))])) == 1


def test_a_missed_look_is_bridged():
    (track,) = tracks([face(ANNA)], [], [face(ANNA)], [face(ANNA)])
    assert track.stretches() == [(0, 9)]


def test_who_comes_back_later_is_the_same_person_at_two_times():
    absent = [[]] * 4
    (track,) = tracks([face(ANNA)], [face(ANNA)], *absent, [face(ANNA)], [face(ANNA)])
    assert track.stretches() == [(0, 5), (16, 21)]


def test_twins_at_one_time_are_two_tracks():
    assert len(tracks(*[[face(ANNA, 0), face(ANNA, 40)]] * 3)) == 2


def test_a_face_seen_only_once_can_be_hidden_and_told_from_the_others():
    (track,) = tracks([], [face(ANNA)], [], [])
    assert track.looks == 1


def test_single_looks_of_one_person_at_two_times_are_a_track():
    assert len(tracks([face(ANNA)], [], [], [], [face(ANNA)])) == 1


def test_in_a_clip_of_one_look_everybody_is_a_track_for_all_of_it():
    (track,) = tracks([face(ANNA)], length=3)
    assert track.stretches() == [(0, 2)]


def test_a_face_is_kept_up_to_the_looks_without_it_lest_hiding_leave_frames_out():
    (track,) = tracks([], [face(ANNA)], [face(ANNA)], [], length=12)
    assert track.stretches() == [(1, 8)]


def test_a_face_in_the_last_look_is_kept_to_the_end():
    (track,) = tracks([face(ANNA)], [face(ANNA)], length=6)
    assert track.stretches() == [(0, 5)]


def test_tracks_are_joined_by_how_far_their_faces_are_on_average():
    nodding = [[face((0.0, 0.35))], [face((0.0, -0.35))]]  # their mean is 0.4 from the other, they are 0.53
    other = [[face((0.4, 0.0))]] * 2
    assert len(tracks(*nodding, *[[]] * 4, *other)) == 2


def test_a_crowd_that_is_lost_and_found_again_is_joined_one_by_one():
    people = [(float(number), 0.0) for number in range(60)]
    crowd = [face(who, 20.0 * number) for number, who in enumerate(people)]
    found = tracks(crowd, [], [], [], [], crowd)
    assert [track.face.embedding.tolist() for track in found] == [list(who) for who in people]


def test_nobody_in_sight_is_no_track():
    assert tracks([], [], []) == tracks() == ()


def test_the_likeliest_face_stands_for_a_track_with_the_mean_of_its_numbers():
    best = face((0.2, 0), 3, probability=0.99)
    (track,) = tracks([face((0, 0))], [best], [face((0.1, 0))])
    assert track.face.box == best.box
    assert track.face.embedding == pytest.approx([0.1, 0], abs=1e-6)


def test_tracks_have_keys_of_their_own_in_the_order_of_appearance():
    found = tracks([face(BEN)], [face(BEN), face(ANNA, 40)], [face(BEN), face(ANNA, 40)])
    assert [track.key for track in found] == ["clip/track-0", "clip/track-1"]
    assert found[0].face.embedding.tolist() == list(BEN)


@pytest.mark.parametrize(
    ("other", "share"),
    [((0, 0, 10, 10), 1.0), ((5, 0, 15, 10), 1 / 3), ((10, 0, 20, 10), 0.0), ((20, 20, 30, 30), 0.0)],
)
def test_overlap_is_a_share_of_both(other, share):
    assert iou((0, 0, 10, 10), other) == pytest.approx(share)


def test_empty_boxes_do_not_overlap():
    assert iou((1, 1, 1, 1), (1, 1, 1, 1)) == 0


def test_a_video_is_looked_at_about_eight_times_a_second():
    keys = []

    def find(key, rgb):
        keys.append(key)
        assert rgb.shape == (48, 64, 3)
        return [face(ANNA, key=f"{key}/0")]

    *steps, found = analyse_video(video(frames=21, fps=25.0), VideoLimits(), find, same_below=0.5)
    assert [key.split("/")[1] for key in keys] == ["0", "3", "6", "9", "12", "15", "18"]
    assert found.looks == 7
    assert sorted(found.tracks[0].boxes) == list(range(21))
    assert all(isinstance(step, Progress) for step in steps)


def test_progress_never_goes_back():
    steps = [*analyse_video(video(frames=30), VideoLimits(), lambda key, rgb: (), same_below=0.5)][:-1]
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions)


def test_redrawing_gives_each_frame_the_boxes_in_it():
    found = VideoFaces(
        data=video(frames=6), limits=VideoLimits(), digest="clip", times=np.arange(6) / 10, ends=0.6,
        width=64, height=48, tracks=tracks([face(ANNA)], [face(ANNA, 20)], length=6), looks=2, seconds={},
    )  # fmt: skip
    given = []

    def draw(rgb, boxes):
        given.append(boxes)
        return np.full_like(rgb, 255)

    *_, data = redraw(found, draw)
    *_, again = decode_video(data, VideoLimits())
    assert given == [boxes_at(found.tracks, number) for number in range(6)]
    assert len(again.frames) == 6
    assert np.mean(again.frames[-1]) > 240


@pytest.mark.parametrize("name", ["Anna", "A" * 200, "two\nlines", "<b>日本</b>", ""])
def test_a_name_of_any_kind_leaves_the_size_of_the_picture(name):
    rgb = np.full((48, 96, 3), 120, np.uint8)
    drawn = draw_names(rgb, {"key": (80.0, 30.0, 120.0, 60.0)}, {"key": name})
    assert drawn.shape == rgb.shape
    assert not np.array_equal(drawn, rgb)


def test_a_name_at_the_bottom_edge_is_written_above_the_face():
    rgb = np.full((96, 96, 3), 120, np.uint8)
    boxes = {"key": (30.0, 60.0, 70.0, 95.0)}
    changed = (draw_names(rgb, boxes, {"key": "Anna"}) != draw_names(rgb, boxes, {})).any(axis=(1, 2))
    assert changed[:60].any()
    assert not changed[60:].any()


def test_the_sample_video_moves_over_two_photos():
    white, grey = np.full((100, 100, 3), 255, np.uint8), np.full((100, 100, 3), 130, np.uint8)
    *_, clip = decode_video(moving_photos(white, grey, side=90), VideoLimits())
    assert len(clip.frames) == 54
    assert np.max(clip.frames[9]) > 230
    assert np.max(clip.frames[27]) < 180
