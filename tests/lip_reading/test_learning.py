"""Learning one visitor from five sentences: what changes, what does not, and what it brings."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.lip_reading.grammar import WORDS
from dlintro_demos.lip_reading.learning import (
    ADAPTED,
    RECIPE,
    SENTENCES,
    joined,
    keep,
    learn,
    next_sentence,
    read_learned,
)
from dlintro_demos.lip_reading.reading import MODEL, read
from dlintro_demos.lip_reading.watching import right_words, sentence_of
from training.lip_reading.card import put_figure
from training.lip_reading.learning import figure_of
from training.lip_reading.strangers import DrawnStranger, lesson

SHORT = replace(RECIPE, copies=1, steps=2, batch=2)
STRANGERS = (1, 4)  # of those that recipes are chosen by


@cache
def models():
    return ModelCache(read_cards(REPOSITORY / "models"))


@cache
def stranger(number):
    """Five clips to learn from and six others, each with its sentence."""
    somebody = DrawnStranger.of("validation", number)
    asked, others = lesson("validation", number, 6)
    clips = [(somebody.say(each, at), each) for at, each in enumerate([*asked, *others])]
    return clips[:SENTENCES], clips[SENTENCES:]


def kept(number):
    return [keep(*each) for each in stranger(number)[0]]


def last(steps):
    *_, result = steps
    return result


@cache
def learned(number):
    return last(learn(kept(number), models()))


def words_right(number, learned_of):
    return sum(
        right_words(sentence_of(last(read_learned(clip, learned_of, models()))), said)
        for clip, said in stranger(number)[1]
    )


def state():
    return {name: value.clone() for name, value in models().get(MODEL).module.state_dict().items()}


def test_of_other_sentences_more_words_are_right_than_before():
    before = sum(
        right_words(sentence_of(read(clip, models())), said)
        for number in STRANGERS
        for clip, said in stranger(number)[1]
    )
    assert sum(words_right(number, learned(number)) for number in STRANGERS) > before


def test_the_reader_of_everybody_stays_as_it_was():
    before, (clip, _) = state(), stranger(1)[1][0]
    reading = read(clip, models())
    mine = learned(1)
    last(read_learned(clip, mine, models()))
    after = state()
    assert before.keys() == after.keys()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert not any(each.requires_grad for each in models().get(MODEL).module.parameters())
    again = read(clip, models())
    assert [each.probability for each in again.words] == [each.probability for each in reading.words]


def test_the_last_layers_alone_learn_and_the_same_clips_teach_the_same():
    one, again = (last(learn(kept(1), models(), SHORT)) for _ in range(2))
    assert {name.split(".")[2] for name in one.weights} == ADAPTED
    shared = models().get(MODEL).module.state_dict()
    assert all(not torch.equal(value, shared[name]) for name, value in one.weights.items())
    assert all(torch.equal(value, again.weights[name]) for name, value in one.weights.items())
    assert one.sentences == tuple(said for _, said in stranger(1)[0])


def test_it_tells_how_far_it_is_and_may_be_stopped_at_any_step():
    before, steps = state(), learn(kept(1), models(), SHORT)
    seen = [next(steps) for _ in range(2)]
    assert [step.note for step in seen] == ["bending your clips", "learning you"]
    assert all(isinstance(step, Progress) and step.total == 3 for step in seen)
    steps.close()
    assert all(torch.equal(value, state()[name]) for name, value in before.items())


def test_somebody_elses_sentences_teach_nothing_that_is_of_use():
    right = kept(4)
    wrong = [replace(each, sentence=right[at - 1].sentence) for at, each in enumerate(right)]
    assert words_right(4, last(learn(wrong, models()))) < words_right(4, learned(4))


def test_clips_of_other_lengths_stand_still_at_their_end():
    long, short = kept(1)[:2]
    short = replace(short, points=short.points[:40], pixels=short.pixels[:40])
    clips = joined([long, short])
    assert clips.points.shape[:2] == clips.pixels.shape[:2] == (2, len(long.points))
    assert torch.equal(clips.points[1, 39], clips.points[1, -1])
    assert torch.equal(clips.pixels[1, :40], torch.from_numpy(short.pixels))
    assert last(learn([long, short], models(), SHORT)).weights


def test_five_sentences_that_are_asked_for_hold_as_many_words_as_five_can():
    said = []
    for seed in range(SENTENCES):
        said.append(next_sentence(said, seed))
    for slot, words in enumerate(WORDS):
        assert len({each[slot] for each in said}) == min(SENTENCES, len(words))


def test_the_figure_counts_strangers_and_its_interval_is_of_them():
    random = np.random.default_rng(1)
    before, after = random.random((40, 8, 6)) < 0.5, random.random((40, 8, 6)) < 0.7
    value = figure_of(before, after)
    assert value.startswith(f"{before.mean():.1%} of words before, {after.mean():.1%} after 5 sentences (+")
    assert value.endswith("n = 40 strangers, 320 sentences")
    assert "95 % interval +0.0 to +0.0; better for 0, worse for 0" in figure_of(before, before)


def test_a_figure_is_put_into_a_card_once(tmp_path):
    card = tmp_path / "card.toml"
    card.write_text((REPOSITORY / "models" / MODEL / "card.toml").read_text())
    before = models().card(MODEL).figures
    for value in ("1 %", 'two, "so to say"'):
        put_figure(tmp_path, "A figure", value, "learning")
    (tmp_path / "again").mkdir()
    card.rename(tmp_path / "again" / "card.toml")
    figures = read_cards(tmp_path)["again"].figures
    assert figures[:-1] == before
    assert (figures[-1].name, figures[-1].value) == ("A figure", 'two, "so to say"')


def test_strangers_are_the_same_for_the_same_number_and_learn_from_none_of_the_others():
    one, again = (DrawnStranger.of("test", 3) for _ in range(2))
    asked, others = lesson("test", 3, 6)
    assert (one.say(asked[0], 1).mouths == again.say(asked[0], 1).mouths).all()
    assert not set(asked) & set(others)
    assert DrawnStranger.of("validation", 3).speaker.seed != one.speaker.seed
    with pytest.raises(KeyError):
        DrawnStranger.of("nobody", 3)
