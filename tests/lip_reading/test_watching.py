"""What the lip reading page is made of: films, readings, hidden frames, look-alikes, questions."""

import io

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.gallery.process import engine
from dlintro_demos.lip_reading.film import COLUMNS, film
from dlintro_demos.lip_reading.grammar import WORDS, parse
from dlintro_demos.lip_reading.landmarks import POINTS
from dlintro_demos.lip_reading.mouths import HEIGHT, WIDTH, lips_in_crops
from dlintro_demos.lip_reading.quiz import CHANCE, OPENING, PUBLISHED, ask, error_rate, wish_of
from dlintro_demos.lip_reading.saliency import SPAN, hide_spans
from dlintro_demos.lip_reading.twins import compare
from dlintro_demos.lip_reading.ui.components.lip_film import read_words
from dlintro_demos.lip_reading.ui.lanes import curves_lane, spans_lane, words_lane
from dlintro_demos.lip_reading.watching import (
    Wish,
    right_words,
    sentence_of,
    some_sentence,
    speak,
    watch,
)
from training.lip_reading.corpus import SPEAKERS

SENTENCE = parse("place red by b nine please")
WISH = Wish(sentence=SENTENCE, speaker=3, seed=3)


def last(steps):
    *_, result = steps
    return result


def said(**changes):
    return Wish(**{"sentence": SENTENCE, "speaker": 3, "seed": 3} | changes)


@pytest.fixture(scope="module")
def watched():
    return last(watch(WISH, engine().cache))


def test_a_film_is_one_picture_of_all_frames_in_rows():
    mouths = np.zeros((12, HEIGHT, WIDTH, 3), np.uint8)
    mouths[11] = 255
    made = film(mouths)
    sheet = np.asarray(Image.open(io.BytesIO(made.sprite)))
    assert sheet.shape == (2 * HEIGHT, COLUMNS * WIDTH, 3)
    assert made.frames == 12
    assert sheet[HEIGHT:, WIDTH : 2 * WIDTH].mean() > 250
    assert sheet[:HEIGHT].mean() < 5


def test_the_opening_curve_follows_the_lips(watched):
    clip = watched.clip
    lower, upper = POINTS.index(14), POINTS.index(13)
    pixels = np.linalg.norm(clip.track[:, lower, :2] - clip.track[:, upper, :2], axis=1)
    assert np.corrcoef(watched.opening, pixels)[0, 1] > 0.99
    assert 0.3 < watched.width.min() <= watched.width.max() < 1


def test_points_lie_on_the_lips_of_the_crop(watched):
    """Inside of the outer points it is redder than well outside of them."""
    lips = lips_in_crops(watched.clip.track)
    frame = int(watched.opening.argmin())
    rgb = watched.clip.mouths[frame].astype(float)
    redness = rgb[..., 0] - rgb[..., 1:].mean(axis=2)
    (left, top), (right, bottom) = lips[frame].min(axis=0), lips[frame].max(axis=0)
    inside = redness[int(top) + 1 : int(bottom), int(left) + 12 : int(right) - 12]
    outside = redness[: int(top) - 4]
    assert inside.mean() > outside.mean() + 10


def test_a_wish_is_spoken_the_same_twice_and_another_mouth_looks_different():
    one, again, other = (speak(each).mouths for each in (WISH, said(), said(speaker=4)))
    assert (one == again).all()
    assert np.abs(one.astype(int) - other).mean() > 5


def test_tricks_leave_no_sentence():
    plain = speak(WISH)
    assert (speak(said(trick="backwards")).mouths == plain.mouths[::-1]).all()
    still = speak(said(trick="still"))
    assert (still.mouths == still.mouths[0]).all()
    with pytest.raises(ValueError, match="loudly"):
        speak(said(trick="loudly"))
    assert last(watch(said(trick="still"), engine().cache)).said is None


def test_what_is_watched_is_read_and_shown_with_its_times(watched):
    assert watched.said == SENTENCE
    answer = watched.first
    assert answer.name == "Our reader"
    assert answer.known == answer.reading.known(engine().cache.card("lip_reader").thresholds)
    assert sentence_of(answer.reading) == tuple(
        words.index(each.word) for words, each in zip(WORDS, answer.reading.words, strict=True)
    )
    assert {"drawing the clip", "reading: Our reader"} < watched.stages.keys()
    for picture in (watched.pictures.points, watched.pictures.seen):
        assert Image.open(io.BytesIO(picture)).size[0] >= 300
    assert all(f">{each.word}<" in watched.pictures.votes for each in answer.reading.words)


def test_hiding_a_span_is_measured_with_the_network_itself(watched):
    lost = last(hide_spans(watched.clip, engine().cache)).lost
    assert lost.shape == (-(-watched.film.frames // SPAN), len(WORDS))
    assert -1 <= lost.min() <= lost.max() <= 1
    assert lost.max() > 0.05  # something mattered
    before_speech = np.abs(lost[0]).sum()
    assert before_speech < np.abs(lost).sum(axis=1).max() / 2


def test_lanes_say_in_words_what_they_show(watched):
    reading = watched.first.reading
    words = words_lane(reading)
    assert all(f"“{each.word}” at " in words["alt"] for each in reading.words)
    assert np.shape(words["timeline"]) == (watched.film.frames, len(WORDS))
    assert [min(each) for each in curves_lane(watched.opening, watched.width)["curves"]] == [0, 0]
    spans = spans_lane(last(hide_spans(watched.clip, engine().cache)), reading)
    assert "most is lost from" in spans["alt"]


def test_letters_that_look_the_same_are_the_same_picture_here_and_others_are_not():
    def other(letter):
        return said(sentence=parse(f"place red by {letter} nine please"))

    twins, others = last(compare(WISH, other("p"))), last(compare(WISH, other("o")))
    assert twins.difference < 0.5 < others.difference
    assert twins.usual == others.usual > 1


def test_everybodys_first_game_is_the_same_and_another_one_is_not():
    first, again = (last(ask(OPENING, 0, engine().cache)) for _ in range(2))
    assert first.shared
    assert first.truth == again.truth
    assert first.watched.film.sprite == again.watched.film.sprite
    assert not last(ask(OPENING + 1, 0, engine().cache)).shared
    largest = 2**32 - 1
    assert all(wish_of(largest, number).speaker < min(SPEAKERS.values()) for number in range(10))
    seeds = {wish_of(seed, number).seed for seed in (OPENING, OPENING + 1) for number in range(10)}
    assert len(seeds) == 20


def test_words_are_counted_by_their_place():
    assert right_words(SENTENCE, SENTENCE) == 6
    assert right_words(parse("place red by p nine now"), SENTENCE) == 4
    assert error_rate(30, 10) == 0.5
    guesses = [right_words(some_sentence(n), SENTENCE) for n in range(3000)]
    assert abs(1 - np.mean(guesses) / 6 - CHANCE) < 0.01
    assert sorted(PUBLISHED.values()) == [0.048, 0.114, 0.477]


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "bbaf2n",
        {"number": 3},
        {"number": 2, "words": [0, 0, 0, 0, 0, 0]},
        {"number": 3, "words": [0, 0, 0, 0, 0]},
        {"number": 3, "words": [4, 0, 0, 0, 0, 0]},
        {"number": 3, "words": [0, 0, 0, -1, 0, 0]},
        {"number": 3, "words": [0, 0, 0, True, 0, 0]},
        {"number": 3, "words": [0, 0, 0, "0", 0, 0]},
    ],
)
def test_only_six_words_of_their_places_are_believed(sent):
    assert read_words(sent, 3) is None


def test_six_words_are_believed():
    assert read_words({"number": 3, "words": [3, 3, 3, 24, 9, 3]}, 3) == (3, 3, 3, 24, 9, 3)
