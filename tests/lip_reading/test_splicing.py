"""Two clips as one: where words end, and what is seen and said behind the seam."""

import numpy as np
import pytest
import torch

from dlintro_demos.lip_reading.drawn import Speaker, say
from dlintro_demos.lip_reading.grammar import parse
from dlintro_demos.lip_reading.lipnet import load_lipnet, look_closely
from training.lip_reading.lipnet_clips import LipClips
from training.lip_reading.splicing import LIPNET, seams, word_ends

FRAMES = 75
ENDS = np.array([[10, 20, 30, 40, 50]], np.float32)


def seamed(first, second, part=1.0, seed=0):
    return seams(first, second, FRAMES, part, torch.Generator().manual_seed(seed))


def number(value):
    """A clip that shows one number all the time."""
    return torch.full((1, FRAMES, 2), float(value))


def test_the_first_words_are_one_clip_and_the_last_ones_the_other():
    for seed in range(8):
        seam = seamed(ENDS, ENDS + 4, seed=seed)
        words = int(seam.kept.sum())
        assert 1 <= words <= 5
        said = seam.said(torch.zeros(1, 6, dtype=torch.long), torch.ones(1, 6, dtype=torch.long))
        assert said.tolist() == [[0] * words + [1] * (6 - words)]
        seen = seam.splice(number(3), number(5))[0, :, 0]
        place = round(float(ENDS[0, words - 1]) + 2)
        assert seen[place - 4] == pytest.approx(3, abs=0.02)
        assert seen[place + 4] == pytest.approx(5, abs=0.02)
        assert torch.diff(seen).min() >= 0


def test_a_spliced_clip_may_be_spliced_again():
    """Where its words end is where they are seen to end."""
    time = torch.arange(FRAMES)[None, :, None].float()
    seam = seamed(ENDS, ENDS + 6)
    words = int(seam.kept.sum())
    seen = seam.splice(time, 1000 + time)[0, :, 0]
    truth = np.concatenate([ENDS[0, :words], 1006 + ENDS[0, words:]])
    assert seam.ends[0, words - 1] == ENDS[0, words - 1] + 3
    for slot in {0, 4} - {words - 1}:
        assert seen[round(float(seam.ends[0, slot]))] == pytest.approx(float(truth[slot]), abs=1)
    assert np.array_equal(seamed(ENDS, ENDS + 40).ends, ENDS)


def test_each_clip_is_seen_at_its_own_time():
    time = torch.arange(FRAMES)[None, :, None].float()
    seam = seamed(ENDS, ENDS + 6)
    place = float(ENDS[0, int(seam.kept.sum()) - 1])
    seen = seam.splice(time, 1000 + time)[0, :, 0]
    assert seen[round(place) - 5] == pytest.approx(place - 5 - 3, abs=1)
    assert seen[round(place) + 12] == pytest.approx(1000 + place + 12 + 3, abs=1)


def test_pictures_behind_a_seam_keep_the_light_before_it():
    seam = seamed(ENDS, ENDS)
    assert torch.allclose(seam.splice(number(3), number(200), pictures=True), number(3))


@pytest.mark.parametrize("other", [ENDS + 40, np.full_like(ENDS, np.nan)], ids=["far apart", "not known"])
def test_what_does_not_fit_stays_as_it_is(other):
    seam = seamed(ENDS, other)
    moving = torch.rand(1, FRAMES, 3)
    assert torch.equal(seam.splice(moving, number(5)[..., :1].expand(-1, -1, 3)), moving)
    assert bool(seam.kept.all())


def test_a_share_of_the_clips_is_spliced():
    ends = ENDS.repeat(400, axis=0)
    spliced = ~seamed(ends, ends, part=0.25).kept.all(dim=1)
    assert 60 < int(spliced.sum()) < 140


def test_lipnet_says_where_words_end():
    sentence = parse("place green by q seven soon")
    lipnet = load_lipnet([LIPNET])
    clip = say(sentence, Speaker.of(5), seed=5)
    pictures = torch.from_numpy(look_closely(clip.mouths, lipnet.shape))[None]
    clips = LipClips(pictures, torch.zeros(1, FRAMES, 40, 2), torch.tensor([sentence]))
    (ends,) = word_ends(lipnet, clips)
    assert np.diff(ends).min() > 0
    assert 10 < ends[0] < ends[-1] < 65
