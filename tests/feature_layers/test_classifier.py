import threading

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_sample_image

from dlintro_demos.feature_layers.classifier import classify, strengths
from dlintro_demos.shared.imagenet import (
    MODEL,
    ClassifierFormatError,
    labels,
    load_lite0,
    prepare,
    run,
    stops,
)


def pictures():
    return {
        "tiger cat": (skimage.data.chelsea(), 0.39),
        "espresso": (skimage.data.coffee(), 0.95),
        "missile": (skimage.data.rocket(), 0.30),
        "palace": (load_sample_image("china.jpg"), 0.31),
        "daisy": (load_sample_image("flower.jpg"), 0.36),
        "football helmet": (skimage.data.astronaut(), 0.16),
    }


@pytest.mark.parametrize("label", pictures())
def test_public_pictures_get_the_reference_answer_at_temperature_one(network, label):
    rgb, probability = pictures()[label]
    with torch.inference_mode():
        chance, index = run(network, prepare(rgb)).logits.softmax(1)[0].max(0)
    assert labels()[int(index)] == label
    assert float(chance) == pytest.approx(probability, abs=0.02)


@pytest.mark.parametrize("label", pictures())
def test_an_answer_divides_the_logits_by_the_cards_temperature(cache, network, label):
    rgb, _ = pictures()[label]
    temperature = cache.card(MODEL).thresholds["temperature"]
    with torch.inference_mode():
        chances = (run(network, prepare(rgb)).logits[0] / temperature).softmax(0)
    top = classify(rgb, cache).top
    assert [guess.probability for guess in top] == pytest.approx(chances.topk(5).values.tolist(), abs=1e-5)
    assert sum(guess.probability for guess in top) <= 1 + 1e-6


@pytest.mark.parametrize("subject", ["tiger cat", "espresso"])
def test_photographs_of_what_it_was_taught_are_known(cache, subject):
    assert classify(pictures()[subject][0], cache).known


def test_noise_is_not_known(cache):
    rng = np.random.default_rng(3)
    for _ in range(5):
        assert not classify(rng.integers(0, 256, (300, 300, 3)).astype(np.uint8), cache).known


@pytest.mark.parametrize("size", [14, 24, 36])
def test_a_page_of_text_is_not_known(cache, size):
    picture = Image.new("RGB", (600, 700), "white")
    lines = "\n".join(["A page says many things, none of which is on it."] * 60)
    ImageDraw.Draw(picture).text((20, 20), lines, fill="black", font=ImageFont.load_default(size))
    assert not classify(np.array(picture), cache).known


def test_strength_is_the_largest_logit_without_a_feature_above_the_clip(network):
    with torch.inference_mode():
        seen = run(network, prepare(skimage.data.coffee()))
        assert strengths(network, seen.embedding, 1e6) == seen.logits.max()
        low, high = (float(strengths(network, seen.embedding, clip)) for clip in (0.557, 1.0))
    assert low < high < float(seen.logits.max())


def test_five_guesses_come_in_order_and_the_cat_is_known(cache):
    answer = classify(skimage.data.chelsea(), cache)
    chances = [guess.probability for guess in answer.top]
    assert len(chances) == 5
    assert chances == sorted(chances, reverse=True)
    assert all(labels()[guess.index] == guess.label for guess in answer.top)
    assert answer.known
    assert min(answer.stages.values()) >= 0


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_one_colour_is_not_known(cache, grey):
    assert not classify(np.full((200, 300, 3), grey, np.uint8), cache).known


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (3000, 2), (224, 224), (301, 199)])
def test_any_shape_is_prepared(size):
    pixels = prepare(np.full((*size, 3), 255, np.uint8))
    assert pixels.shape == (1, 3, 224, 224)
    assert pixels.eq(1.0).all()


def test_a_run_that_looks_gives_the_networks_own_logits(network):
    pixels = prepare(skimage.data.chelsea())
    names = [stop.name for stop in stops(network)]
    with torch.inference_mode():
        seen = run(network, pixels, look=names)
        torch.testing.assert_close(seen.logits, network(pixels), atol=1e-4, rtol=0)
    assert list(seen.maps) == names
    for stop in stops(network):
        found = seen.maps[stop.name]
        assert found.shape[1] == stop.channels
        assert found.shape[2] == pytest.approx(224 / stop.stride, abs=1)
        assert found.min() >= 0  # after ReLU6
        assert found.max() <= 6


def test_silenced_channels_are_zero_and_change_the_answer(network):
    pixels = prepare(skimage.data.chelsea())
    with torch.inference_mode():
        whole = run(network, pixels, look=["block 6.0"])
        strongest = whole.maps["block 6.0"].mean((0, 2, 3)).topk(30).indices.tolist()
        gain = torch.ones(1, whole.maps["block 6.0"].shape[1])
        gain[:, strongest] = 0
        without = run(network, pixels, look=["block 6.0"], gain={"block 6.0": gain})
    assert without.maps["block 6.0"][:, strongest].abs().max() == 0
    assert (without.logits - whole.logits).abs().max() > 0.1
    with pytest.raises(KeyError, match="no such stops"):
        run(network, pixels, look=["block 9.9"])


def test_eight_threads_get_each_their_own_maps(network):
    rng = np.random.default_rng(1)
    inputs = [prepare(rng.integers(0, 256, (64, 64, 3)).astype(np.uint8)) for _ in range(8)]
    with torch.inference_mode():
        alone = [run(network, each, look=["block 3.1"]).maps["block 3.1"] for each in inputs]
    together = [torch.empty(0)] * 8

    def work(index: int) -> None:
        with torch.inference_mode():
            together[index] = run(network, inputs[index], look=["block 3.1"]).maps["block 3.1"]

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(torch.allclose(one, other, atol=1e-5) for one, other in zip(alone, together, strict=True))


def test_a_file_that_is_no_classifier_is_refused(tmp_path):
    torch.save({"a": torch.zeros(3)}, tmp_path / "wrong.pth")
    (tmp_path / "noise.pth").write_bytes(b"noise")
    for name in ("wrong.pth", "noise.pth", "missing.pth"):
        with pytest.raises(ClassifierFormatError, match=name):
            load_lite0([tmp_path / name])
