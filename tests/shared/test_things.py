import colorsys

import cv2
import numpy as np
import pytest

from dlintro_demos.shared.things import COLOURS, THINGS, draw


def typical_hue(rgb):
    """Degrees, of the middle saturated pixel: backgrounds are paler than things."""
    hue, saturation, value = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV))
    vivid = (saturation >= np.percentile(saturation, 93)) & (value > 60)
    angle = np.radians(2.0 * hue[vivid])
    return np.degrees(np.arctan2(np.median(np.sin(angle)), np.median(np.cos(angle)))) % 360


@pytest.mark.parametrize("key", THINGS)
def test_a_thing_is_the_same_for_a_seed_and_another_for_another(key):
    one = draw(key, 3)
    assert one.shape == (224, 224, 3)
    assert one.dtype == np.uint8
    assert np.array_equal(one, draw(key, 3))
    assert np.abs(one.astype(int) - draw(key, 4)).mean() > 5


@pytest.mark.parametrize("side", [8, 32, 48, 101])
def test_a_thing_comes_in_any_size(side):
    for key in THINGS:
        assert draw(key, 0, side=side).shape == (side, side, 3)


def test_a_small_drawing_shows_what_a_large_one_shows():
    for key in THINGS:
        small = cv2.resize(draw(key, 5), (32, 32), interpolation=cv2.INTER_AREA).astype(float)
        assert np.corrcoef(small.ravel(), draw(key, 5, side=32).astype(float).ravel())[0, 1] > 0.8


@pytest.mark.parametrize("key", [key for key in THINGS if key != "house"])
@pytest.mark.parametrize("colour", ["red", "yellow", "green", "blue"])
def test_a_colour_asked_for_is_the_colour_drawn(key, colour):
    wanted = 360 * colorsys.rgb_to_hsv(*(value / 255 for value in COLOURS[colour]))[0]
    hues = [typical_hue(draw(key, seed, side=96, colour=colour)) for seed in range(5)]
    far = [abs((hue - wanted + 180) % 360 - 180) for hue in hues]
    assert np.median(far) < 22


def test_apples_and_balls_come_in_the_same_colours_and_both_stand_anywhere():
    assert len(set(THINGS["apple"].colours) & set(THINGS["ball"].colours)) >= 3
    corners = [draw(key, seed, side=64)[2, 2] for key in ("apple", "ball") for seed in range(40)]
    assert np.std(corners, axis=0).min() > 20


def test_no_single_pixel_tells_an_apple_from_a_ball():
    kinds = {key: np.stack([draw(key, seed, side=16) for seed in range(150)]) for key in ("apple", "ball")}
    apples, balls = (kinds[key].reshape(150, -1).astype(float) for key in ("apple", "ball"))
    best = max(
        max((apples <= cut).mean(0) - (balls <= cut).mean(0), key=abs, default=0)
        for cut in range(16, 256, 16)
    )
    assert abs(best) / 2 + 0.5 < 0.75


@pytest.mark.parametrize(
    ("key", "colour", "error"), [("dragon", None, KeyError), ("apple", "plaid", ValueError)]
)
def test_what_there_is_not_is_refused(key, colour, error):
    with pytest.raises(error):
        draw(key, 0, colour=colour)


def test_a_picture_too_small_for_anything_is_refused():
    with pytest.raises(ValueError, match="8 px"):
        draw("apple", 0, side=4)


def test_phrases_read_as_english():
    assert THINGS["apple"].phrase == "an apple"
    assert THINGS["leaf"].plural == "leaves"
    assert all(key == thing.key and thing.phrase.endswith(thing.title) for key, thing in THINGS.items())


def test_a_flat_drawing_has_plain_areas_on_white_paper():
    for key in THINGS:
        flat, lit = (draw(key, 2, side=96, flat=flat) for flat in (True, False))
        assert flat[0, 0].min() >= 240
        assert colours(flat) < colours(lit) / 2


def colours(rgb):
    return len(np.unique(rgb.astype(int) @ (1, 256, 65536)))
