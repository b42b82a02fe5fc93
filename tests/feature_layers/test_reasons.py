import dataclasses
import threading

import numpy as np
import pytest
import skimage.data
import torch
from captum.attr import LayerGradCam

from dlintro_demos.feature_layers.ablation import speaking_for, switch_off
from dlintro_demos.feature_layers.classifier import classify
from dlintro_demos.feature_layers.evidence import CELLS, METHODS, covered, explain, grad_cam, ladder
from dlintro_demos.feature_layers.experiment import hide
from dlintro_demos.feature_layers.fooling import CHANGES, cropped, fgsm, greyed, pgd, sweep, turned
from dlintro_demos.feature_layers.guesses import chances, top_guesses
from dlintro_demos.feature_layers.quiz import NAMES, ROUNDS, ask, choices, playable, rounds
from dlintro_demos.feature_layers.walk import stop_named
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.shared.imagenet import DEVIATION, MODEL, labels, load_lite0, prepare, run, silenced

ESPRESSO = 967


@pytest.fixture(scope="module")
def model(cache):
    return cache.get(MODEL)


@pytest.fixture(scope="module")
def coffee():
    return skimage.data.coffee()


@pytest.fixture(scope="module")
def explained(cache, coffee):
    """All that `explain` says of the coffee; its evidence is the last."""
    return list(explain(coffee, ESPRESSO, cache))


def last(steps):
    *_, result = steps
    return result


def test_grad_cam_is_captums_on_the_networks_own_last_maps(model, coffee):
    pixels = prepare(coffee)
    own = load_lite0(model.card.locate())  # a copy that captum may hook into
    reference = LayerGradCam(own, own.bn2).attribute(pixels, ESPRESSO)[0, 0].clamp_min(0).detach().numpy()
    found = grad_cam(model, pixels, ESPRESSO)
    assert found.shape == (CELLS, CELLS)
    small = found.reshape(7, 2, 7, 2).mean((1, 3))
    assert np.corrcoef(small.ravel(), reference.ravel())[0, 1] > 0.97
    assert found.max() == pytest.approx(1)


def test_nothing_is_left_hooked_in_the_shared_network(explained, model):
    assert explained
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.module.modules())
    assert not any(parameter.requires_grad for parameter in model.module.parameters())


def test_the_maps_of_the_coffee_beat_a_random_order(explained):
    evidence = explained[-1]
    assert set(evidence.reasons) == set(METHODS)
    for reason in evidence.reasons.values():
        assert reason.deletion[0] == pytest.approx(reason.insertion[-1], abs=1e-5)  # the whole picture
        assert reason.insertion_area > evidence.random.insertion_area
        assert reason.deletion_area < reason.insertion_area


def test_eight_visitors_ask_why_at_once_and_get_their_own(model):
    rng = np.random.default_rng(3)
    inputs = [prepare(rng.integers(0, 256, (64, 64, 3)).astype(np.uint8)) for _ in range(8)]
    alone = [grad_cam(model, pixels, number) for number, pixels in enumerate(inputs)]
    together = [None] * 8

    def go(number):
        together[number] = grad_cam(model, inputs[number], number)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.allclose(one, other, atol=1e-3) for one, other in zip(alone, together, strict=True))


def test_cells_are_covered_with_grey_or_blur_and_the_rest_stays():
    pixels = prepare(skimage.data.chelsea())
    hidden = np.zeros((2, CELLS, CELLS), bool)
    hidden[1, :7] = True
    for blurred in (False, True):
        both = covered(pixels, hidden, blurred=blurred)
        assert torch.equal(both[0], pixels[0])
        assert torch.equal(both[1, :, 112:], pixels[0, :, 112:])
        assert not torch.equal(both[1, :, :112], pixels[0, :, :112])
    assert covered(pixels, hidden)[1, :, :112].abs().max() == 0


def test_a_ladder_hides_more_and_more():
    hidden = ladder(np.arange(CELLS * CELLS))
    counts = hidden.sum((1, 2)).tolist()
    assert counts[0] == 0
    assert counts[-1] == CELLS * CELLS
    assert counts == sorted(counts)


def test_covering_the_cup_takes_the_espresso_away(cache, coffee):
    nothing = last(hide(coffee, np.zeros((CELLS, CELLS), bool), (ESPRESSO,), cache))
    everything = last(hide(coffee, np.ones((CELLS, CELLS), bool), (ESPRESSO,), cache))
    assert nothing.best.index == ESPRESSO
    assert nothing.probabilities[0] == pytest.approx(classify(coffee, cache).top[0].probability, abs=1e-4)
    assert everything.probabilities[0] < 0.05


def test_a_gain_fans_out_and_a_row_of_ones_changes_nothing(model):
    pixels = prepare(skimage.data.chelsea())
    stop = stop_named(model.module, "block 4.1")
    with torch.inference_mode():
        rows = run(model.module, pixels, gain={stop.name: silenced(stop, [], [1, 2])}).logits
        alone = run(model.module, pixels, gain={stop.name: silenced(stop, [1, 2])}).logits
        assert torch.allclose(rows[0], model.module(pixels)[0], atol=1e-4)
    assert torch.allclose(rows[1], alone[0], atol=1e-4)


def test_the_channels_that_speak_for_it_matter_more_than_random_ones(cache, coffee):
    ablation = last(switch_off(coffee, ESPRESSO, "block 6.0", cache))
    assert len(set(ablation.channels)) == 10
    assert ablation.before == pytest.approx(classify(coffee, cache).top[0].probability, abs=1e-4)
    assert ablation.falling[0] == pytest.approx(ablation.before, abs=1e-4)
    assert ablation.falling[-1] < ablation.random[-1]
    assert ablation.falling[1] < ablation.before
    assert len(ablation.falling) == len(ablation.random) == 11


def test_chosen_channels_are_switched_off_in_the_order_given(cache, coffee):
    ablation = last(switch_off(coffee, ESPRESSO, "block 6.0", cache, [5, 3]))
    assert ablation.channels == (5, 3)
    assert len(ablation.falling) == 3
    with pytest.raises(KeyError):
        last(switch_off(coffee, ESPRESSO, "block 9.9", cache))


def test_the_slope_by_a_gain_is_what_silencing_changes_to_first_order(model):
    pixels, stop = prepare(skimage.data.coffee()), stop_named(model.module, "block 6.0")
    slopes = speaking_for(model.module, pixels, stop, ESPRESSO)
    gain = torch.ones(1, stop.channels)
    channel = int(np.abs(slopes).argmax())
    gain[0, channel] = 0.99
    with torch.inference_mode():
        less = run(model.module, pixels, gain={stop.name: gain}).logits[0, ESPRESSO]
        all_of_it = model.module(pixels)[0, ESPRESSO]
    assert float(all_of_it - less) * 100 == pytest.approx(float(slopes[channel]), rel=0.1)


@pytest.mark.parametrize("way", ["fgsm", "pgd"])
def test_noise_stays_within_its_grey_levels_and_hurts_more_than_random_noise(cache, model, coffee, way):
    pixels, levels = prepare(coffee), torch.tensor([2.0, 8.0])
    if way == "fgsm":
        moved = fgsm(cache, pixels, levels, ESPRESSO, towards=False)
    else:
        *_, moved = pgd(cache, pixels, levels, ESPRESSO, towards=False)
    change = (moved - pixels).abs().amax((1, 2, 3)) * DEVIATION
    assert change.tolist() == pytest.approx(levels.tolist(), abs=1e-3)
    assert moved.min() >= -127 / DEVIATION - 1e-6
    signs = torch.randint(0, 2, pixels.shape, generator=torch.Generator().manual_seed(0)) * 2.0 - 1
    with torch.inference_mode():
        made = model.module(moved).softmax(1)[1, ESPRESSO]
        random = model.module(pixels + signs * 8 / DEVIATION).softmax(1)[0, ESPRESSO]
    assert made < random / 2


def test_noise_can_aim_at_a_class(cache, coffee, monkeypatch):
    monkeypatch.setitem(CHANGES, "pgd", dataclasses.replace(CHANGES["pgd"], amounts=(0.0, 8.0)))
    steps = last(sweep(coffee, "pgd", 859, cache)).steps
    assert steps[-1].aimed > steps[0].aimed
    assert labels()[859] == "toaster"
    assert steps[-1].top[0].index == 859


def test_a_sweep_begins_with_the_picture_as_it_is_and_says_where_it_flips(cache):
    swept = last(sweep(skimage.data.chelsea(), "fgsm", None, cache))
    assert swept.steps[0].kept == pytest.approx(swept.first.probability, abs=1e-4)
    flipped = [step.amount for step in swept.steps if step.top[0].index != swept.first.index]
    assert swept.flips == (flipped[0] if flipped else None)
    assert swept.flips is not None
    assert [step.amount for step in swept.steps] == list(CHANGES["fgsm"].amounts)


def test_pictures_are_turned_cropped_and_greyed():
    rgb = skimage.data.chelsea()
    assert turned(rgb, 90).shape == rgb.shape
    assert np.array_equal(turned(rgb, 0), rgb)
    assert cropped(rgb, 50).shape == (150, 226, 3)
    assert np.ptp(greyed(rgb, 100).astype(int), axis=2).max() == 0
    assert np.array_equal(greyed(rgb, 0), rgb)


def test_long_work_says_how_far_it_is(explained):
    said = [step for step in explained if isinstance(step, Progress)]
    assert len(said) >= 5
    assert [step.fraction for step in said] == sorted(step.fraction for step in said)


def test_guesses_are_the_likeliest_classes_in_words():
    logits = torch.zeros(1000)
    logits[[3, 7]] = torch.tensor([9.0, 8.0])
    top = top_guesses(logits, 1.0, 2)
    assert [guess.index for guess in top] == [3, 7]
    assert top[0].probability == pytest.approx(chances(logits[None], 3, 1.0)[0])
    assert top_guesses(logits, 5.0, 1)[0].probability < top[0].probability
    assert top[0].name == labels()[3].split(",")[0]


def test_a_game_has_ten_different_classes_and_is_the_same_for_one_seed():
    one, again, other = rounds(1), rounds(1), rounds(2)
    assert len(one) == min(ROUNDS, len({picture.truth for picture in playable()}))
    assert len({picture.truth for picture in one}) == len(one)
    assert [picture.key for picture in one] == [picture.key for picture in again]
    assert [picture.key for picture in one] != [picture.key for picture in other]


def test_a_question_has_the_truth_among_five_names(cache):
    for number, picture in enumerate(rounds(3)[:4]):
        question = last(ask(3, number, cache))
        assert (question.number, question.alt) == (number, picture.alt)
        assert len(set(question.names)) == NAMES
        assert question.names[question.truth] == labels()[picture.truth].split(",")[0]
        assert 0 <= question.machine < NAMES


def test_the_names_to_choose_from_come_in_different_orders():
    logits = np.arange(1000.0)
    places = {choices(logits, 5, seed).index(5) for seed in range(30)}
    assert len(places) == NAMES
    assert {998, 999} <= set(choices(logits, 5, 1))
