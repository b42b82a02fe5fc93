import dataclasses
import threading

import cv2
import numpy as np
import pytest
import skimage.data
import torch

from dlintro_demos.feature_layers.atlas import DEPTHS, FILE, Atlas
from dlintro_demos.feature_layers.look_alikes import NEAREST, SMALL, features_of, look_alikes
from dlintro_demos.feature_layers.preferred import TILE, preferred_input
from dlintro_demos.feature_layers.samples import pictures
from dlintro_demos.feature_layers.walk import (
    SHOWN,
    crop_at,
    lit_up,
    look_closer,
    nine_best,
    peaks,
    visible,
    walk,
)
from dlintro_demos.gallery.intake.images import ImageLimits, decode_image
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.shared.imagenet import LOOK_SIDE, MODEL, RESIZED, SIDE, STOPS, Stop, prepare, run, stops
from training.feature_layers.preferred_inputs import side_for

LIMITS = ImageLimits(max_bytes=1 << 20, max_pixels=10**6)


@pytest.fixture(scope="module")
def atlas(cache):
    return Atlas.read(cache.card(MODEL))


def last(steps):
    *_, result = steps
    return result


def rgb_of(data):
    return decode_image(data, LIMITS).rgb


def test_the_names_of_the_stops_are_the_networks(network):
    assert tuple(stop.name for stop in stops(network)) == STOPS


@pytest.mark.parametrize("name", ["stem", "block 1.0", "block 2.0", "block 3.0", "block 5.0"])
def test_a_place_of_a_map_looks_where_its_stop_says(network, name):
    stop = {stop.name: stop for stop in stops(network)}[name]
    place = 96 // stop.stride
    x = torch.rand(1, 3, 192, 192, generator=torch.Generator().manual_seed(1)).requires_grad_(True)
    features = run(network, x, look=[name]).maps[name]
    (slope,) = torch.autograd.grad(features[0, :, place, place].sum(), x)
    rows = torch.arange(192.0)
    weight = slope.abs().sum((0, 1, 3))
    middle = float((rows * weight).sum() / weight.sum())
    assert middle == pytest.approx(stop.centre(place), abs=max(2, stop.stride / 2))


def test_the_atlas_tells_what_the_network_does_on_the_bundled_pictures(network, atlas):
    pool = pictures()
    assert atlas.keys == tuple(picture.key for picture in pool)
    picture = pool[5]
    with torch.inference_mode():
        maps = run(network, prepare(picture.load(), side=LOOK_SIDE), look=["block 3.1"]).maps["block 3.1"][0]
    means = maps.mean((1, 2)).numpy()
    assert np.abs(means - atlas.usual["block 3.1"]).mean() < 3 * atlas.spread["block 3.1"].mean()
    firsts = np.flatnonzero(atlas.best["block 3.1"][:, 0, 0] == 5)
    assert len(firsts)  # there are channels that this picture excites more than any other
    for channel in firsts[:20]:
        row, column = atlas.best["block 3.1"][channel, 0, 1:]
        assert float(maps[channel, row, column]) == pytest.approx(float(maps[channel].max()), abs=1e-3)
    features = features_of(picture.load(), network)
    for depth in DEPTHS:
        centred = features[depth] - atlas.centre[depth]
        assert float(atlas.alike[depth][5] @ (centred / np.linalg.norm(centred))) > 0.999


def test_an_atlas_that_is_missing_or_damaged_is_said(cache, tmp_path):
    card = dataclasses.replace(cache.card(MODEL), folder=tmp_path)
    with pytest.raises(ModelUnavailable, match="restore it"):
        Atlas.read(card)
    (tmp_path / FILE).write_bytes(b"noise")
    with pytest.raises(ModelUnavailable, match="restore it"):
        Atlas.read(card)


@pytest.mark.parametrize("order", ["outstanding", "strongest"])
def test_the_channels_that_answer_most_come_first(cache, network, order):
    layer = last(walk(skimage.data.chelsea(), "block 3.1", order, cache))
    values = [getattr(seen, "outstanding" if order == "outstanding" else "mean") for seen in layer.seen]
    assert len(values) == SHOWN
    assert values == sorted(values, reverse=True)
    with torch.inference_mode():
        maps = run(network, prepare(skimage.data.chelsea(), side=LOOK_SIDE), look=["block 3.1"]).maps
    channel = layer.seen[0].channel
    assert layer.seen[0].mean == pytest.approx(float(maps["block 3.1"][0, channel].mean()), rel=1e-4)


def test_a_tile_is_bright_where_the_channel_answers():
    features = np.zeros((8, 8), np.float32)
    features[:4] = 3.0
    tile = lit_up(np.full((64, 64, 3), 200, np.uint8), features, 32)
    assert tile[:12].mean() > 3 * tile[20:].mean()


def test_peaks_are_the_highest_places_and_apart():
    stop = Stop(name="block 1.0", channels=1, stride=4)
    features = np.zeros((30, 30), np.float32)
    features[[5, 5, 20], [5, 6, 25]] = [3, 2.9, 1]
    assert peaks(features, stop, 24) == [(5, 5), (20, 25)]
    assert peaks(np.zeros((4, 4), np.float32), stop, 24) == []


def test_a_crop_shows_the_place_also_at_the_edge():
    picture = np.zeros((LOOK_SIDE, LOOK_SIDE, 3), np.uint8)
    stop = Stop(name="block 3.0", channels=1, stride=16)
    for row, column in ((0, 0), (27, 27), (13, 4)):
        marked = picture.copy()
        cv2.circle(marked, (stop.centre(column), stop.centre(row)), 6, (255, 0, 0), -1)
        assert crop_at(marked, stop, row, column, 50)[..., 0].max() > 200


def test_a_closer_look_has_crops_nine_pictures_and_a_preferred_input(cache, atlas):
    card = cache.card(MODEL)
    channel = next(
        each for each in atlas.most_telling("block 3.1") if preferred_input(card, "block 3.1", each)
    )
    closer = last(look_closer(skimage.data.chelsea(), "block 3.1", channel, cache))
    assert 0 <= len(closer.crops) <= 4
    assert rgb_of(closer.nine).shape == (336, 336, 3)
    assert closer.nine_alt.count(";") == 8
    assert closer.preferred is not None
    assert rgb_of(closer.lit).shape[0] == rgb_of(closer.lit).shape[1]


@pytest.mark.parametrize("name", STOPS)
def test_preferred_inputs_excite_their_channels_more_than_noise_does(cache, network, atlas, name):
    card = cache.card(MODEL)
    channels = [each for each in atlas.most_telling(name) if preferred_input(card, name, each)][:5]
    assert len(channels) == 5
    tiles = [preferred_input(card, name, channel) for channel in channels]
    assert all(tile.size == (TILE, TILE) for tile in tiles)
    drawn_at = side_for(atlas.reach[name])
    side = drawn_at * SIDE // RESIZED  # of the middle of it, so that it is seen as large as it was drawn
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (drawn_at, drawn_at, 3)).astype(np.uint8) for _ in range(5)]
    with torch.inference_mode():
        liked, other = (
            run(network, torch.cat([prepare(rgb, side=side) for rgb in batch]), look=[name]).maps[name]
            for batch in ([np.array(tile) for tile in tiles], noise)
        )
    mine = torch.stack([liked[n, channel] for n, channel in enumerate(channels)])
    assert mine.mean() > 1.2 * other[:, channels].mean()


def test_a_channel_without_a_drawing_has_none(cache):
    assert preferred_input(cache.card(MODEL), "block 6.0", 10**6) is None


def test_look_alikes_never_show_the_picture_itself(cache):
    picture = pictures()[3]
    found = last(look_alikes(picture.load(), cache))
    assert set(found) == set(DEPTHS)
    for alike in found.values():
        assert len(alike) == NEAREST
        assert picture.key not in [each.picture.key for each in alike]
        assert all(max(rgb_of(each.small).shape) <= SMALL for each in alike)
        likeness = [each.likeness for each in alike]
        assert likeness == sorted(likeness, reverse=True)


def test_early_look_alikes_go_by_colour_and_late_ones_do_not(cache):
    """The same picture in other colours: late it is still its own nearest, early it is further off."""
    network, atlas = cache.get(MODEL).module, Atlas.read(cache.card(MODEL))
    picture = skimage.data.chelsea()
    swapped = np.ascontiguousarray(picture[..., ::-1])

    def likeness(depth):
        one, other = (features_of(rgb, network)[depth] - atlas.centre[depth] for rgb in (picture, swapped))
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    assert likeness("late") > likeness("early")


def test_what_is_visible_is_what_the_network_sees():
    rgb = np.random.default_rng(1).integers(0, 256, (256, 256, 3)).astype(np.uint8)
    seen = visible(prepare(rgb))
    assert seen.shape == (224, 224, 3)
    assert np.abs(prepare(seen).mean() - prepare(rgb).mean()) < 0.05


def test_six_visitors_walk_at_once_and_get_their_own(cache):
    rng = np.random.default_rng(2)
    photos = [rng.integers(0, 256, (60, 60, 3)).astype(np.uint8) for _ in range(6)]
    alone = [last(walk(rgb, "block 2.1", "strongest", cache)) for rgb in photos]
    together = [None] * 6

    def go(index):
        together[index] = last(walk(photos[index], "block 2.1", "strongest", cache))

    threads = [threading.Thread(target=go, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(alone, together, strict=True):
        assert [seen.mean for seen in one.seen] == pytest.approx([seen.mean for seen in other.seen], rel=1e-4)


def test_nine_best_are_kept(cache):
    assert nine_best("stem", 3, cache) is nine_best("stem", 3, cache)
