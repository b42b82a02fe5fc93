"""Drawn mouths: what a speaker says, how it looks, and that landmarks lie where the picture has them."""

import cv2
import numpy as np
import pytest

from dlintro_demos.lip_reading.clip import RATE
from dlintro_demos.lip_reading.drawn import Speaker, say, timing
from dlintro_demos.lip_reading.grammar import WORDS, parse
from dlintro_demos.lip_reading.landmarks import POINTS, normalise
from dlintro_demos.lip_reading.mouths import crops, look
from dlintro_demos.lip_reading.speaking import ARTICULATORS, LONGEST, Manner, move, table, time_sounds
from training.lip_reading import sheet

SENTENCE = parse("bin white at f two now")


def opening(clip):
    """How far the lips are apart in each frame, in distances of the eyes."""
    upper, lower, left, right = (clip.track[:, POINTS.index(each), :2] for each in (13, 14, 33, 263))
    return np.linalg.norm(lower - upper, axis=1) / np.linalg.norm(right - left, axis=1)


def letter(word, seed=3, **how):
    return say(parse(f"lay red at {word} two now"), Speaker.of(5), seed=seed, **how)


def apart(one, other):
    """Mean difference of what the network sees, of 255."""
    return np.abs(look(one.mouths).astype(float) - look(other.mouths)).mean()


def test_a_clip_has_the_form_of_a_real_one_and_is_the_same_again():
    clip, again = (say(SENTENCE, Speaker.of(1), seed=2) for _ in range(2))
    assert clip.track.shape == (75, 59, 3)
    assert clip.track.dtype == np.float32
    assert clip.mouths.shape == (75, 64, 128, 3)
    assert clip.mouths.dtype == np.uint8
    assert np.array_equal(clip.track, again.track)
    assert np.array_equal(clip.mouths, again.mouths)
    assert np.isfinite(normalise(clip.track)).all()
    other = say(SENTENCE, Speaker.of(1), seed=3)
    assert apart(clip, other) > 0.5
    assert Speaker.of(1) == Speaker.of(1) != Speaker.of(2)


@pytest.mark.parametrize(("one", "other"), [("b", "p"), ("t", "d")])
def test_what_looks_the_same_is_drawn_the_same(one, other):
    assert np.array_equal(letter(one).mouths, letter(other).mouths)
    assert np.array_equal(letter(one).track, letter(other).track)


@pytest.mark.parametrize(("one", "other"), [("b", "f"), ("b", "v"), ("o", "e"), ("l", "n")])
def test_what_looks_different_is_drawn_differently(one, other):
    assert not np.array_equal(letter(one).mouths, letter(other).mouths)
    assert apart(letter(one), letter(other)) > 0.3
    assert np.abs(normalise(letter(one).track) - normalise(letter(other).track)).max() > 1


def test_lips_close_for_a_b_and_part_for_an_a():
    for seed in range(6):
        random = np.random.default_rng(seed)
        sounds = time_sounds(parse("bin blue at r two now"), random)
        moved = dict(zip(ARTICULATORS, move(sounds, Manner(), random).T, strict=True))
        frames = {sound.phoneme: int((sound.start + sound.end) / 2 * RATE + 0.5) for sound in sounds}
        assert moved["press"][frames["b"]] > 0.6
        assert moved["jaw"][frames["ɑː"]] > 0.6
        assert moved["press"][frames["ɑː"]] < 0.1
        assert moved["round"][frames["uː"]] > 0.5
        assert abs(moved["jaw"][0]) < 0.05


def test_every_word_has_its_sounds():
    assert set(table()) == {word for words in WORDS for word in words}
    assert all(
        10 < length < 300 and deviation >= 0 for word in table().values() for _, length, deviation in word
    )


def test_faster_is_shorter_and_however_slow_it_fits_the_clip():
    def seconds(rate):
        sounds = time_sounds(SENTENCE, np.random.default_rng(0), rate=rate)
        assert sounds[0].start >= 0
        assert sounds[-1].end <= 3
        assert [sound.word for sound in sounds] == sorted(sound.word for sound in sounds)
        return sounds[-1].end - sounds[0].start

    assert seconds(1.5) < 0.6 * seconds(0.75)
    assert seconds(0.2) == pytest.approx(LONGEST)


def test_the_timing_is_that_of_the_clip():
    """In the middle of a b the lips are shut, in an r's vowel wide open."""
    for number in (3, 7, 9):
        sentence, speaker = parse("lay blue by r two now"), Speaker.of(number)
        gap = opening(say(sentence, speaker, seed=1))
        moments = {
            (sound.word, sound.phoneme): round((sound.start + sound.end) / 2 * RATE)
            for sound in timing(sentence, speaker, seed=1)
        }
        assert gap[moments[1, "b"]] < 0.03
        assert gap[moments[2, "b"]] < 0.03
        assert gap[moments[3, "ɑː"]] > 0.05


@pytest.mark.parametrize("number", [0, 3, 5, 12])
def test_landmarks_lie_where_the_picture_has_the_lips(number):
    """Lips differ the most from what is around them where the landmarks say that they are."""
    clip = say(SENTENCE, Speaker.of(number), seed=1)
    turn = crops(clip.track)
    points = np.einsum("tij,tnj->tni", turn[..., :2], clip.track[..., :2]) + turn[:, None, :, 2]

    def contrast(shift):
        found = []
        for frame in range(0, 75, 6):
            mask = np.zeros((64, 128), np.uint8)
            cv2.fillPoly(mask, [(points[frame, :20] + shift).round().astype(np.int32)], 1)
            around = cv2.dilate(mask, np.ones((9, 9), np.uint8)) - cv2.dilate(mask, np.ones((3, 3), np.uint8))
            picture = clip.mouths[frame].astype(float)
            found.append(np.linalg.norm(picture[mask > 0].mean(axis=0) - picture[around > 0].mean(axis=0)))
        return np.mean(found)

    elsewhere = [contrast(np.array(shift)) for shift in ((0, 4), (0, -4), (7, 0), (-7, 0))]
    assert contrast(np.zeros(2)) > max(elsewhere)


def test_an_open_mouth_is_open_in_landmarks_and_picture():
    clip = say(SENTENCE, Speaker.of(3), seed=1)
    gap = opening(clip)
    dark = clip.mouths[:, 26:40, 54:74].astype(float).mean(axis=3).min(axis=1).mean(axis=1)
    assert gap.max() > 0.05 > 0.02 > np.median(gap[:8])
    assert np.corrcoef(gap, dark)[0, 1] < -0.5


def test_speakers_are_not_alike():
    faces = [say(SENTENCE, Speaker.of(number), seed=0).mouths[0].mean(axis=(0, 1)) for number in range(12)]
    assert np.std(faces, axis=0).min() > 20
    red, green, blue = np.array(faces).T
    assert (red > green).all()
    assert (green > 0.75 * blue).all()


def test_noise_and_darkness_are_seen_and_bend_the_landmarks():
    def roughness(clip):
        steps = np.diff(clip.mouths[:, :8].astype(float), axis=0).std() / clip.mouths[:, :8].mean()
        return np.array([steps, np.diff(clip.track[:, 40], axis=0).std()])

    good, noisy, dark = (
        letter("a"), letter("a", noise=1.0), letter("a", light=0.1),
    )  # fmt: skip
    assert (roughness(noisy) > 2 * roughness(good)).all()
    assert (roughness(dark) > 2 * roughness(good)).all()
    assert dark.mouths.mean() < 0.25 * good.mouths.mean()


def test_the_sheet_shows_every_speaker_at_every_moment():
    picture = sheet.sheet()
    rows = picture[-64 * len(sheet.SPEAKERS) :].reshape(len(sheet.SPEAKERS), 64, len(sheet.MOMENTS), 128, 3)
    assert rows.std(axis=(1, 3, 4)).min() > 2
    assert rows.mean(axis=(1, 2, 3)).std(axis=0).min() > 15
