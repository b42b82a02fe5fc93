import hashlib
import io
import threading

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from dlintro_demos.classical_vs_deep import drawn, feature_pictures, hand_made
from dlintro_demos.classical_vs_deep.drawn import KINDS, SIDE, distances, fit_temperature, shrink, softmax
from dlintro_demos.classical_vs_deep.hand_made import GROUPS, Expert, measure, train_expert
from dlintro_demos.classical_vs_deep.learned import (
    MODEL,
    SmallCNN,
    calibrate,
    examine,
    load_small_cnn,
    recognise,
    save_small_cnn,
    shipped_report,
    to_tensor,
    train,
    watch_it_learn,
)
from dlintro_demos.classical_vs_deep.one_picture import look
from dlintro_demos.classical_vs_deep.thing_samples import LIMITS, SAMPLES
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.gallery.ui.components.sketch import PALETTE, picture_of, read_cells


@pytest.fixture(scope="module")
def cache():
    return ModelCache(read_cards(REPOSITORY / "models"))


@pytest.fixture(scope="module")
def everything() -> Expert:
    *_, expert = train_expert(list(GROUPS))
    return expert


def expert_of(*keys) -> Expert:
    *_, expert = train_expert(keys)
    return expert


def strange_pictures():
    rng = np.random.default_rng(0)
    return {
        "one pixel": np.full((1, 1, 3), 200, np.uint8),
        "a line": rng.integers(0, 256, (2, 3000, 3)).astype(np.uint8),
        "one colour": np.full((300, 200, 3), (30, 140, 60), np.uint8),
        "black": np.zeros((50, 50, 3), np.uint8),
        "noise": rng.integers(0, 256, (224, 224, 3)).astype(np.uint8),
    }


# The image set


def test_the_three_sets_share_no_picture_and_have_every_kind_equally_often():
    digests = []
    for part in drawn.FIRST_SEEDS:
        data = drawn.pictures(part)
        assert data.rgb.shape[1:] == (SIDE, SIDE, 3)
        assert len(set(np.bincount(data.kinds, minlength=len(KINDS)))) == 1
        digests += [hashlib.sha256(one.tobytes()).digest() for one in data.rgb]
    assert len(set(digests)) == len(digests)


def test_a_pictures_set_cannot_be_changed_by_whoever_reads_it():
    with pytest.raises(ValueError, match="read-only"):
        drawn.pictures("test").rgb[0, 0, 0] = 0


def test_the_middle_square_is_what_is_seen():
    wide = np.zeros((40, 120, 3), np.uint8)
    wide[:, 40:80] = 255
    assert shrink(wide).min() == 255


def test_distances_are_to_the_nearest_three():
    memory = np.array([[0.0, 0], [3, 0], [6, 0], [100, 0]])
    assert distances(np.array([[0.0, 0]]), memory) == pytest.approx([3.0])


def test_the_temperature_finds_how_sure_one_may_be():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 8, 4000)
    logits = rng.normal(size=(4000, 8))
    honest = np.array([rng.choice(8, p=row) for row in softmax(logits, 1.0)])
    assert fit_temperature(logits * 3, honest) == pytest.approx(3, rel=0.15)
    assert fit_temperature(logits, truth) > 4  # they say nothing: the flattest is best


def test_an_interval_holds_the_share_and_narrows_with_more_pictures():
    low, high = drawn.wilson(237, 320)
    assert low < 237 / 320 < high
    assert drawn.wilson(2370, 3200)[1] - drawn.wilson(2370, 3200)[0] < (high - low) / 2.5
    assert drawn.wilson(0, 320)[0] == pytest.approx(0, abs=1e-9)


def test_a_report_names_the_commonest_mistakes():
    said = drawn.report(np.array([0, 0, 0, 1, 2]), np.array([0, 1, 1, 1, 0]))
    assert said.accuracy == pytest.approx(2 / 5)
    assert said.mistakes(2) == [("apple", "ball", 2), ("banana", "apple", 1)]
    assert drawn.report(np.arange(8), np.arange(8)).mistakes(2) == []


# By hand


def test_colours_do_not_care_where_and_edges_do_not_care_which():
    rgb = drawn.picture("cup", 5)
    moved = np.roll(rgb, 9, axis=1)
    assert np.allclose(measure(rgb[None], ["colour"]), measure(moved[None], ["colour"]))
    assert not np.allclose(measure(rgb[None], ["edges"]), measure(moved[None], ["edges"]))
    grey = np.repeat(np.round(rgb @ np.array([0.2125, 0.7154, 0.0721]))[..., None], 3, 2).astype(np.uint8)
    assert np.allclose(
        measure(rgb[None], ["edges"])[0, :16], measure(grey[None], ["edges"])[0, :16], atol=0.01
    )
    assert not np.allclose(measure(rgb[None], ["colour"]), measure(grey[None], ["colour"]), atol=0.05)


def test_red_is_the_first_hue():
    red = np.full((SIDE, SIDE, 3), (220, 20, 24), np.uint8)
    crimson = np.full((SIDE, SIDE, 3), (220, 24, 20), np.uint8)
    assert hand_made.hues(red).argmax() == hand_made.hues(crimson).argmax() == 0


def test_every_choice_of_features_beats_guessing_and_none_is_perfect(everything):
    for key in GROUPS:
        report = expert_of(key).report
        assert report.interval[0] > drawn.CHANCE
    assert everything.report.accuracy < 0.95
    assert expert_of("directions").report.right > expert_of("colour").report.right + 50


def test_an_expert_is_the_same_in_any_order_and_made_once(everything):
    assert expert_of(*reversed(GROUPS)) is everything


def test_an_expert_without_features_is_refused_and_so_is_an_unknown_one():
    with pytest.raises(ValueError, match="at least one"):
        expert_of()
    with pytest.raises(KeyError):
        expert_of("smell")


def test_experts_made_at_once_by_many_are_one():
    found = [None] * 8

    def ask(place):
        found[place] = expert_of("colour", "texture")

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(each is found[0] for each in found)


def test_one_in_twenty_known_things_is_turned_away_and_noise_always(everything):
    held_out = hand_made.features_of("calibration", everything.keys)
    assert (everything.judge(held_out)[1] > everything.limit).mean() == pytest.approx(0.05, abs=0.005)
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
    assert not everything.recognise(noise).known
    assert not everything.recognise(shrink(strange_pictures()["one colour"])).known


def test_the_expert_is_scikit_learns_one_against_all():
    expert = expert_of("colour")
    x, y = hand_made.features_of("training", ["colour"]), hand_made.truth_of("training")
    new = hand_made.features_of("test", ["colour"])
    oracle = make_pipeline(StandardScaler(), OneVsRestClassifier(SVC(C=3.0, gamma=1 / x.shape[1]))).fit(x, y)
    said = softmax(oracle.decision_function(new), expert.temperature)
    assert np.allclose(expert.judge(new)[0], said, atol=1e-3)
    assert expert.report.right == (oracle.predict(new) == hand_made.truth_of("test")).sum()


def test_who_only_wants_to_know_how_good_an_expert_is_gets_that(everything):
    *_, examined = hand_made.examine_expert(list(GROUPS))
    assert (examined.keys, examined.numbers) == (tuple(GROUPS), 594)
    assert examined.report is everything.report


def test_an_empty_picture_is_known_to_nobody(cache, everything):
    for value in (0, 140, 255):
        empty = np.full((SIDE, SIDE, 3), value, np.uint8)
        assert not everything.recognise(empty).known
        assert not recognise(empty, cache).answer.known


# Learned


def test_the_card_holds_what_the_weights_give(cache):
    card = cache.card(MODEL)
    network = cache.get(MODEL).module
    temperature, limit = calibrate(network)
    assert card.thresholds["temperature"] == pytest.approx(temperature, abs=0.05)
    assert card.thresholds["strangeness"] == pytest.approx(limit, rel=0.01)
    assert sum(parameter.numel() for parameter in network.parameters()) == card.parameters
    report = shipped_report(cache)
    assert f"{report.accuracy:.1%}".replace("%", " %") in card.figures[0].value
    assert f"({report.right};" in card.figures[0].value


def test_the_network_is_better_than_the_best_hand_made_choice_by_more_than_chance(cache):
    assert shipped_report(cache).interval[0] > expert_of("colour", "directions", "texture").report.interval[1]


def test_training_is_the_same_for_a_seed_and_grows_round_by_round():
    one, again = (list(train(3, epochs=1))[-1] for _ in range(2))
    assert [epoch.number for epoch in one[0].epochs] == [0, 1]
    assert np.array_equal(one[0].epochs[-1].filters, again[0].epochs[-1].filters)
    assert not np.array_equal(one[0].epochs[0].filters, next(train(4)).so_far.epochs[0].filters)
    assert not np.array_equal(one[0].epochs[0].filters, one[0].epochs[1].filters)
    assert one[0].epochs[-1].report.right > one[0].epochs[0].report.right


def test_those_who_look_on_get_something_new_only_after_a_round():
    watching = watch_it_learn(3)
    first, second = next(watching), next(watching)
    assert isinstance(first, Progress)
    assert second.so_far is first.so_far
    assert first.so_far.shares == (first.so_far.report.accuracy,)
    assert Image.open(io.BytesIO(first.so_far.filters)).size == (192, 192)


def test_a_training_that_is_cancelled_leaves_the_shipped_network_as_it_was(cache):
    before = shipped_report(cache).confusion
    half_way = train(5)
    for _ in range(4):
        next(half_way)
    half_way.close()
    assert np.array_equal(shipped_report(cache).confusion, before)
    assert not any(parameter.requires_grad for parameter in cache.get(MODEL).module.parameters())


def test_what_is_saved_is_what_is_loaded(tmp_path):
    torch.manual_seed(0)
    network = SmallCNN().eval()
    network.remember(to_tensor(drawn.pictures("training").rgb))
    save_small_cnn(network, tmp_path / "weights.safetensors")
    again = load_small_cnn([tmp_path / "weights.safetensors"])
    assert np.array_equal(examine(network).confusion, examine(again).confusion)
    maps = network.maps(to_tensor(drawn.pictures("test").rgb[:5]))
    assert np.array_equal(network.strangeness(maps), again.strangeness(maps))


def test_the_samples_are_named_rightly_by_the_network_and_noise_by_nobody(cache, everything):
    for sample in SAMPLES:
        answer = recognise(shrink(sample.load()), cache).answer
        assert answer.known, sample.key
        assert sample.key.startswith(KINDS[answer.ranking[0]])
    for sample in LIMITS[2:]:
        rgb = shrink(sample.load())
        assert not recognise(rgb, cache).answer.known, sample.key
        assert not everything.recognise(rgb).known, sample.key


# Pictures of features


def test_edge_pictures_are_dark_where_nothing_changes():
    half = np.zeros((SIDE, SIDE, 3), np.uint8)
    half[:, 16:] = 255
    drawn_edges = feature_pictures.edges(half)
    assert drawn_edges[:, 90:102].max() == 255
    assert drawn_edges[:, :80].max() == 0


def test_an_upright_edge_gives_an_upright_line():
    half = np.zeros((SIDE, SIDE, 3), np.uint8)
    half[:, 20:] = 255
    field = feature_pictures.directions(half)[50:94, 98:142, 0].astype(float)  # second row, third column
    assert field.sum(0).max() > 3 * field.sum(1).max()


# Both, on one picture


@pytest.mark.parametrize("name", strange_pictures())
def test_both_roads_answer_to_any_picture_and_show_what_they_look_at(cache, name):
    rgb = strange_pictures()[name]
    *_, looked = look(rgb, list(GROUPS), cache)
    for answer in (looked.by_hand.answer, looked.by_itself.answer):
        assert answer.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert answer.strangeness > 0
        assert sorted(answer.ranking) == list(range(8))
    assert list(looked.by_hand.pictures) == ["edges", "directions", "texture", "pixels"]
    assert len(looked.by_hand.hues) == 12
    inside = (looked.by_itself.filters, looked.by_itself.first, looked.by_itself.second)
    for picture in (looked.small, *looked.by_hand.pictures.values(), *inside):
        with Image.open(io.BytesIO(picture)) as opened:
            assert (opened.format, opened.mode) == ("PNG", "RGB")
            assert min(opened.size) >= 192


def test_a_road_that_is_not_asked_says_nothing(cache):
    rgb = SAMPLES[0].load()
    *_, without_network = look(rgb, ("edges",), None)
    assert without_network.by_itself is None
    assert without_network.by_hand.hues is None
    (without_expert,) = look(rgb, (), cache)
    assert without_expert.by_hand is None
    assert without_expert.by_itself.answer.known


# The sketch


def test_a_sketch_is_believed_row_by_row():
    cells = read_cells({"cells": "01" + "0" * (96 * 96 - 2)})
    sketch = picture_of(cells)
    assert sketch.rgb.shape == (96, 96, 3)
    assert sketch.rgb[0, 1].tolist() == PALETTE[1].tolist()
    assert (sketch.rgb.reshape(-1, 3) == 255).all(1).sum() == 96 * 96 - 1


@pytest.mark.parametrize(
    "value",
    [
        None,
        "0" * 9216,
        {},
        {"cells": "0" * 9215},
        {"cells": "8" + "0" * 9215},
        {"cells": "٠" * 9216},
        {"cells": b"0" * 9216},
        {"cells": ["0"] * 9216},
        {"cells": "0" * 9216, "more": 1},
    ],
)
def test_what_the_sketch_cannot_send_is_not_believed(value):
    assert read_cells(value) is None
