"""Lip reading: the training, a few steps of it on clips that are noise."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dlintro_demos.lip_reading.augmentation import Augmentation, Clips, augmented, plain
from dlintro_demos.lip_reading.grammar import WORDS, spell
from dlintro_demos.lip_reading.landmarks import mirror, normalise
from dlintro_demos.lip_reading.mouths import look
from dlintro_demos.lip_reading.network import load_reader
from dlintro_demos.lip_reading.reading import MIX
from training.lip_reading.clips import split
from training.lip_reading.corpus import PARTS, draw, load_drawn, sentences, takes
from training.lip_reading.evaluation import abstention, choose_thresholds, interval, read_all, summary
from training.lip_reading.training import TrainingSettings, train

TINY = TrainingSettings(steps=2, batch=2, warm_up=1, points_first=1, report_every=1)


@pytest.fixture(scope="module")
def clips():
    random = torch.Generator().manual_seed(0)
    sentences = torch.stack([torch.randint(len(words), (6,), generator=random) for words in WORDS], dim=1)
    pixels = torch.randint(256, (6, 75, 2, 24, 48), generator=random, dtype=torch.uint8)
    return Clips(
        tuple(f"clip {n}" for n in range(6)),
        torch.randn(6, 75, 59, 3, generator=random),
        pixels,
        sentences,
    )


def test_no_clip_is_in_two_parts_and_all_are_in_one():
    parts = split(850)
    assert sorted(np.concatenate(list(parts.values()))) == list(range(850))
    assert len(parts["test"]) >= 100
    assert all(np.array_equal(parts[name], split(850)[name]) for name in parts)


def test_a_clip_is_bent_anew_but_the_same_for_the_same_seed(clips):
    def bent(seed, how=None):
        return augmented(clips, how or Augmentation(), torch.Generator().manual_seed(seed))

    assert torch.equal(bent(1).points, bent(1).points)
    assert torch.equal(bent(1).pixels, bent(1).pixels)
    assert not torch.equal(bent(1).points, bent(2).points)
    assert bent(1).points.shape == plain(clips).points.shape
    assert bent(1).pixels.shape == plain(clips).pixels.shape
    assert torch.equal(bent(1).sentences, clips.sentences)
    one_branch = bent(1, Augmentation(no_points=0.5, no_pixels=0.5)).keep
    assert torch.equal(one_branch.sum(dim=1), torch.ones(6))


@pytest.mark.parametrize("mirrored", [0, 1])
def test_without_any_bending_a_clip_stays_as_it_is_or_is_mirrored(mirrored, clips):
    nothing = dict.fromkeys(Augmentation.__dataclass_fields__, 0) | {"mirrored": mirrored}
    batch = augmented(clips, Augmentation(**nothing), torch.Generator().manual_seed(0))
    truth = plain(clips)
    points, pixels = truth.points, truth.pixels
    if mirrored:
        points = torch.from_numpy(np.stack([mirror(each) for each in clips.points.numpy()])).flatten(2)
        pixels = pixels.flip(-1)
    assert torch.allclose(batch.points, points, atol=1e-4)
    assert torch.allclose(batch.pixels, pixels, atol=1e-3)


def test_training_goes_on_where_it_stopped(clips, tmp_path):
    *_, whole = train(TINY, clips, clips, tmp_path / "whole")
    assert next(train(TINY, clips, clips, tmp_path / "stopped")).step == 1
    *_, rest = train(TINY, clips, clips, tmp_path / "stopped")
    assert replace(rest, seconds=0) == replace(whole, seconds=0)
    with pytest.raises(ValueError, match="other settings"):
        next(train(replace(TINY, seed=1), clips, clips, tmp_path / "stopped"))
    weights = [load_reader([tmp_path / name / "weights.safetensors"]) for name in ("whole", "stopped")]
    assert all(map(torch.equal, *(each.state_dict().values() for each in weights)))
    _can_be_measured(weights[0], clips)


def _can_be_measured(network, clips):
    reads = read_all(network, clips, MIX)
    thresholds = choose_thresholds(reads)
    assert thresholds["confidence"] == 1.0  # noise is never read well enough
    assert abstention(reads, thresholds).startswith("0.0%")
    assert "n = 6 sentences" in summary(reads)["WER with the grammar"]


def test_the_interval_of_errors_that_do_not_vary_is_a_point():
    assert interval(np.full(50, 3), 6) == (0.5, 0.5)
    low, high = interval(np.tile([0, 6], 50), 6)
    assert low == pytest.approx(0.4, abs=0.02)
    assert high == pytest.approx(0.6, abs=0.02)


def test_parts_of_the_drawn_corpus_share_no_sentence_and_no_speaker():
    said = {part: set(map(tuple, sentences(part).tolist())) for part in PARTS}
    assert sum(map(len, said.values())) == len(set.union(*said.values())) == 64_000
    recipes = {part: [*takes(part, 0, 50), *takes(part, 1, 50)] for part in PARTS}
    for part, each in recipes.items():
        assert {take.sentence for take in each} <= said[part]
        assert len({take.speaker for take in each}) == 100
    speakers = [{take.speaker for take in each} for each in recipes.values()]
    assert len(set.union(*speakers)) == 300
    assert list(takes("test", 0, 3)) == list(takes("test", 0, 9))[:3]


def test_drawn_clips_are_kept_as_the_reader_sees_them(tmp_path):
    draw("validation", 3, 2, tmp_path)
    clips = load_drawn(tmp_path, "validation")
    take = next(takes("validation", 3, 1))
    clip = take.clip()
    assert tuple(clips.sentences[0].tolist()) == take.sentence
    assert clips.points[0].numpy() == pytest.approx(normalise(clip.track), abs=0.01)
    assert np.array_equal(clips.pixels[0], look(clip.mouths))
    assert clips.names[0].endswith(spell(take.sentence))
    with pytest.raises(FileNotFoundError, match="draw --part test"):
        load_drawn(tmp_path, "test")
