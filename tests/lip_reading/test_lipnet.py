"""LipNet: the published network, the grammar of letters, ours in any size, a few steps of its training."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable, read_card
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.drawn import Speaker, say
from dlintro_demos.lip_reading.grammar import WORDS, parse, spell
from dlintro_demos.lip_reading.landmarks import LEFT_EYE, RIGHT_EYE
from dlintro_demos.lip_reading.lipnet import (
    LIPNET,
    LipNet,
    both_sides,
    classes_of,
    interpret_letters,
    load_lipnet,
    look_closely,
    prepare_pictures,
    read_lipnet,
    save_lipnet,
    text_of,
)
from dlintro_demos.lip_reading.network import ReaderFormatError
from training.lip_reading.evaluation import summary
from training.lip_reading.lipnet import LipNetLearner, LipNetSettings, train_lipnet
from training.lip_reading.lipnet_clips import LipClips, augmented_lips, lips_seen, plain_lips
from training.lip_reading.lipnet_command import card, likelihoods, logits_of, read_lips
from training.lip_reading.lipnet_student import Student

PUBLISHED = {
    "conv1.weight": (32, 3, 3, 5, 5),
    "conv1.bias": (32,),
    "conv2.weight": (64, 32, 3, 5, 5),
    "conv2.bias": (64,),
    "conv3.weight": (96, 64, 3, 3, 3),
    "conv3.bias": (96,),
    **{
        f"{gru}.{name}_l0{way}": shape
        for gru, seen in (("gru1", 96 * 4 * 8), ("gru2", 512))
        for way in ("", "_reverse")
        for name, shape in {
            "weight_ih": (768, seen),
            "weight_hh": (768, 256),
            "bias_ih": (768,),
            "bias_hh": (768,),
        }.items()
    },
    "FC.weight": (28, 512),
    "FC.bias": (28,),
}
"""Of the PyTorch weights that VIPL-Audio-Visual-Speech-Understanding publishes."""
TINY = {"widths": (2, 3, 4), "hidden": 4, "size": (16, 32), "view": (16, 10, 112, 58), "moving": True}
SENTENCE = "place green by q seven soon"


def mouths(frames=75):
    """Coarse squares of any colour, other ones in each frame."""
    squares = np.random.default_rng(2).integers(0, 255, (frames, 8, 16, 3), np.uint8)
    return squares.repeat(8, axis=1).repeat(8, axis=2)


def clip(frames=75):
    return Clip(np.ones((frames, 59, 3), np.float32), mouths(frames))


def letters(text, frames=75, sure=24.0):
    """A network that is sure of a text, a letter every other frame."""
    logits = torch.zeros(frames, 28)
    logits[:, 0] = sure
    for place, each in enumerate(classes_of(text)):
        logits[5 + 2 * place, [0, each]] = torch.tensor([0.0, sure])
    return logits[None]


@pytest.fixture
def published(tmp_path):
    """Builds a cache in which an operator has put published weights in their place; gives them, too."""
    random = torch.Generator().manual_seed(0)
    tensors = {name: 0.05 * torch.randn(shape, generator=random) for name, shape in PUBLISHED.items()}
    torch.save(tensors, tmp_path / "lipnet.pt")
    card = read_card(REPOSITORY / "models" / "lipnet_published" / "card.toml")
    return ModelCache({"lipnet_published": replace(card, folder=tmp_path)}), tensors


def test_published_weights_load_and_read_at_their_size(published):
    cache, tensors = published
    loaded = cache.get("lipnet_published")
    assert {name: tuple(each.shape) for name, each in loaded.module.named_parameters()} == PUBLISHED
    assert loaded.card.parameters == sum(each.numel() for each in tensors.values())
    seen = look_closely(mouths(25), loaded.module.shape)
    assert seen.shape == (25, 3, 64, 128)
    with torch.inference_mode():
        pictures = prepare_pictures(torch.from_numpy(seen[None]), moving=False)
        assert pictures.shape == (1, 3, 25, 64, 128)
        assert float(pictures.max()) <= 1
        assert loaded.module(pictures).shape == (1, 25, 28)
        first = torch.nn.functional.conv3d(
            pictures.flip(1), tensors["conv1.weight"], tensors["conv1.bias"], (1, 2, 2), (1, 2, 2)
        )
        assert torch.allclose(loaded.module.conv1(pictures), first, atol=1e-4)  # it was taught blue first
    reading = read_lipnet(clip(60), cache, "lipnet_published")
    assert parse(reading.sentence)
    assert reading.distance == 0  # nobody fitted it


def test_an_operator_who_has_no_weights_is_told_where_they_belong():
    card = read_card(REPOSITORY / "models" / "lipnet_published" / "card.toml")
    with pytest.raises(ModelUnavailable, match=r"put it at .*lipnet_published.lipnet\.pt"):
        ModelCache({LIPNET: card}).get(LIPNET)


@pytest.mark.parametrize("name", ["lipnet.pt", "weights.safetensors"])
def test_a_file_of_something_else_is_named(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"no weights")
    with pytest.raises(ReaderFormatError, match=name):
        load_lipnet([path])
    torch.save({"conv1.weight": torch.zeros(1, 1)}, tmp_path / "lipnet.pt")
    with pytest.raises(ReaderFormatError, match=r"lipnet\.pt"):
        load_lipnet([tmp_path / "lipnet.pt"])


def test_weights_come_back_as_they_were_saved(tmp_path):
    torch.manual_seed(0)
    network = LipNet(**TINY).eval()
    save_lipnet(network, tmp_path / "weights.safetensors")
    again = load_lipnet([tmp_path / "weights.safetensors"])
    assert again.shape == network.shape
    seen = both_sides(look_closely(mouths(), network.shape), moving=True)
    assert seen.shape == (2, 3, 75, 16, 32)
    assert torch.allclose(again(seen), network(seen), atol=1e-5)


def test_skin_and_lamp_say_nothing_to_ours():
    shape = LipNet(**TINY).shape
    bright, dark = (both_sides(look_closely(each, shape), moving=True) for each in (mouths(), mouths() // 2))
    np.testing.assert_allclose(bright, dark, atol=0.1)


def test_letters_are_classes_from_one_on():
    assert classes_of(" az") == (1, 2, 27)
    assert text_of((*classes_of(SENTENCE), 0)) == SENTENCE
    with pytest.raises(ValueError, match="substring"):
        classes_of("É")


def test_a_sure_network_is_read_letter_for_letter():
    logits = letters(SENTENCE)
    reading = interpret_letters(logits)
    assert reading.sentence == reading.greedy == SENTENCE
    assert reading.confidence > 0.99
    assert reading.timeline.shape == (75, 6)
    assert reading.timeline[5 + 2 * SENTENCE.index("q"), 3] > 0.99
    for slot, word in enumerate(reading.words):
        assert {word.word, *(other for other, _ in word.others)} == set(WORDS[slot])


def test_the_grammar_mends_a_letter_that_greedy_reading_does_not():
    logits = letters("plack grean bi q savan sooo")
    reading = interpret_letters(torch.cat([logits, logits]))
    assert reading.sentence == SENTENCE
    assert reading.greedy == "plack grean bi q savan sooo"


def test_every_sentence_can_be_spelled_in_a_clip():
    longest = " ".join(max(words, key=len) for words in WORDS)
    assert interpret_letters(letters(longest)).sentence == spell(parse(longest))


def test_what_ours_was_not_taught_is_far_away():
    cache = ModelCache({LIPNET: read_card(REPOSITORY / "models" / "lipnet" / "card.toml")})
    known = say(parse(SENTENCE), Speaker.of(5), seed=5)
    near, far = (read_lipnet(each, cache) for each in (known, clip()))
    assert 0 < near.distance < cache.card(LIPNET).thresholds["distance"] < far.distance
    assert not far.known(cache.card(LIPNET).thresholds)


LEARNING = LipNetSettings(
    dense=2,
    sequence=2,
    joint=2,
    dense_batch=2,
    sequence_batch=2,
    joint_batch=2,
    window=8,
    warm_up=1,
    slots_first=1,
    report_every=1,
    network=TINY,
)


@pytest.fixture(scope="module")
def clips():
    random = torch.Generator().manual_seed(0)
    sentences = torch.stack([torch.randint(len(words), (4,), generator=random) for words in WORDS], dim=1)
    pictures = torch.randint(256, (4, 75, 3, 16, 32), generator=random, dtype=torch.uint8)
    return LipClips(pictures, torch.randn(4, 75, 40, 2, generator=random), sentences)


def test_a_window_is_bent_with_its_lips(clips):
    def bent(seed, window=None):
        return augmented_lips(clips, torch.Generator().manual_seed(seed), moving=True, window=window)

    whole, part = bent(1), bent(1, 8)
    assert whole.pictures.shape == (4, 3, 75, 16, 32)
    assert whole.lips.shape == (4, 75, 80)
    assert part.pictures.shape == (4, 3, 8, 16, 32)
    assert part.lips.shape == (4, 8, 80)
    assert torch.equal(bent(1).pictures, whole.pictures)
    assert not torch.equal(bent(2).pictures, whole.pictures)
    assert plain_lips(clips, moving=True).pictures.shape == whole.pictures.shape


def test_where_the_lips_are_in_a_crop_does_not_depend_on_where_the_head_is():
    random = np.random.default_rng(3)
    track = np.repeat(random.uniform(-40, 40, (1, 59, 3)), 75, axis=0)
    track[:, LEFT_EYE], track[:, RIGHT_EYE] = (-35, -50, 0), (35, -50, 0)
    track[:, 17, 1] += 5 * np.sin(np.arange(75))
    seen = lips_seen(track)
    assert seen.shape == (75, 40, 2)
    assert seen[:, 17, 1].std() == pytest.approx(1, abs=1e-3)
    drift = np.linspace(0, 60, 75)[:, None, None] + np.array([100, 50, 0])
    turn = 1.5 * np.array([[0.8, 0.6, 0], [-0.6, 0.8, 0], [0, 0, 1]])
    np.testing.assert_allclose(lips_seen(track @ turn + 100), seen, atol=1e-3)
    np.testing.assert_allclose(lips_seen(track + drift)[9:-9], seen[9:-9], atol=0.05)


def test_half_of_a_step_is_drawn_where_something_is_drawn():
    learner = LipNetLearner(replace(LEARNING, dense_batch=4))
    turns = []
    for _ in range(3):
        turns.append(learner.chosen(6, 10))
        learner.step += 1
    real, drawn = np.array(turns)[:, :2], np.array(turns)[:, 2:]
    assert sorted(real.ravel()) == list(range(6))
    assert len(set(drawn.ravel())) == 6
    assert drawn.min() >= 6
    assert sorted(learner.chosen(4, 0)) == list(range(4))


def test_batch_norm_is_folded_without_a_trace():
    torch.manual_seed(0)
    student = Student({**TINY, "dropout": 0.0})
    pictures = torch.randn(2, 3, 8, 16, 32)
    for _ in range(3):
        student.places(2 * pictures + 1)
    student.eval()
    before = student.places(pictures)
    student.fold()
    after = student.lips(student.lipnet.features(pictures))
    assert torch.allclose(after, before, atol=1e-4)


def test_training_goes_through_its_stages_and_on_where_it_stopped(clips, tmp_path):
    drawn = clips, clips.of(np.arange(2))
    whole = list(train_lipnet(LEARNING, clips, clips, tmp_path / "whole", drawn))
    assert [(each.stage, each.step) for each in whole] == [
        (stage, step) for stage in ("dense", "sequence", "joint") for step in (1, 2)
    ]
    stopped = []
    for count in (1, 2, 3):
        stopped += itertools.islice(train_lipnet(LEARNING, clips, clips, tmp_path / "stopped", drawn), count)
    assert [repr(replace(each, seconds=0)) for each in stopped] == [
        repr(replace(each, seconds=0)) for each in whole
    ]
    weights = [load_lipnet([tmp_path / name / "weights.safetensors"]) for name in ("whole", "stopped")]
    assert all(map(torch.equal, *(each.state_dict().values() for each in weights)))
    with pytest.raises(ValueError, match="other settings"):
        next(train_lipnet(replace(LEARNING, seed=1), clips, clips, tmp_path / "whole"))


def test_what_is_learnt_is_measured_and_written_on_a_card(clips, tmp_path):
    torch.manual_seed(0)
    network = LipNet(**TINY).eval()
    reads = read_lips(network, clips)
    assert "n = 4 sentences" in summary(reads)["WER with the grammar"]
    found = likelihoods(logits_of(network, clips), clips.sentences)
    assert min(found.values()) > 1  # it guesses
    assert found[0.3] < found[1.25]  # and should be less sure of it
    target = tmp_path / "lipnet"
    target.mkdir()
    save_lipnet(network, target / "weights.safetensors", torch.float16)
    log = [
        {"stage": "dense", "step": "2", "seconds": "1.0"},
        {"stage": "joint", "step": "3", "seconds": "2.0"},
    ]
    text = card(
        target,
        network,
        {"real": summary(reads)},
        {"confidence": 0.5, "in_grammar": -9.0, "distance": 2.0},
        log,
    )
    (target / "card.toml").write_text(text, encoding="utf-8")
    cache = ModelCache({LIPNET: read_card(target / "card.toml")})
    assert parse(read_lipnet(clip(), cache).sentence)
    assert cache.card(LIPNET).figures[-1].value == "steps: dense 2, joint 3; 2 s of one core"
