"""The voice: what is read, how it is read, and how loud."""

import numpy as np
import pytest

from dlintro_demos.assistant.read_aloud import LONGEST, aloud, sentences
from dlintro_demos.assistant.speaking import PEAK, RATE, even, speak, spoken
from dlintro_demos.gallery.intake.sounds import decode_sound
from dlintro_demos.gallery.process import engine


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("at 09:00", "at 9 a.m."),
        ("at 14:05", "at 2 oh 5 p.m."),
        ("from 15:30 to 16:45", "from 3 30 p.m. to 4 45 p.m."),
        ("tomorrow at 00:00", "tomorrow at midnight"),
        ("at 12:00", "at noon"),
        ("at 00:20", "at 12 20 a.m."),
        ("2 × Pizza Margherita, that is €18", "2 Pizza Margherita, that is 18 euros"),
        ("€1 and €5.50", "1 euro and 5 euros 50"),
        ("1 h 25 min, direct", "1 hour 25 minutes, direct"),
        ("2 to 11 °C, 60 % chance of rain", "2 to 11 degrees, 60 percent chance of rain"),
        ("-5 to 2 °C", "minus 5 to 2 degrees"),
        ("LH 204 to Rome", "L H 2 0 4 to Rome"),
        ("1. AF 231 to Paris", "Number 1: A F 2 3 1 to Paris"),
        ("say “undo”", "say undo"),
        ("[a](/b/) <script>alert(1)</script>", "a b script alert 1 script"),
        ("99:99", "99:99"),
    ],
)
def test_it_is_read_as_people_say_it(written, read):
    assert aloud(written) == read


def test_a_text_is_read_sentence_by_sentence_and_long_ones_in_parts():
    long = "You have " + ", ".join(f"appointment number {number}" for number in range(12)) + "."
    shown = [text for text, _ in sentences(f"Booked: Dr. Miller. {long}")[0]]
    assert shown[0].startswith("Booked")
    assert len(shown) > 3
    assert max(map(len, shown)) <= 140
    assert " ".join(shown) == f"Booked: Dr. Miller. {long}"


def test_the_rest_of_a_very_long_answer_is_not_read():
    read, cut = sentences("One more sentence. " * 100)
    assert cut
    assert sum(len(text) for text, _ in read) <= LONGEST
    assert sentences("Short.")[1] is False


@pytest.mark.parametrize("text", ["", "   ", "🎉", "…", "()[]{}"])
def test_what_has_no_words_is_not_read(text):
    assert sentences(text)[0] == []
    assert list(speak(text, engine().cache)) == []


def test_the_first_sentence_is_there_before_the_others_are_spoken():
    steps = speak("Hello. I can help with your calendar.", engine().cache)
    first = next(steps)
    assert (first.text, first.begin) == ("Hello.", 0)
    (second,) = steps
    assert second.begin > first.end
    speech = spoken([first, second], "Hello. I can help with your calendar.")
    sound = decode_sound(speech.wav)
    assert sound.seconds == pytest.approx(speech.seconds, abs=0.01)
    assert sound.rate == RATE


def test_the_same_sentence_sounds_the_same_and_all_are_as_loud():
    cache = engine().cache
    one, other = (next(speak("Your table is booked.", cache)).samples for _ in range(2))
    assert np.array_equal(one, other)
    long = next(speak("You have nothing planned on Saturday afternoon", cache)).samples
    loudness = [float(np.sqrt((each[np.abs(each) > 0.02] ** 2).mean())) for each in (one, long)]
    assert loudness[0] == pytest.approx(loudness[1], rel=0.4)
    assert max(np.abs(one).max(), np.abs(long).max()) <= PEAK + 1e-6


def test_loudness_of_nothing_and_of_silence_stays():
    assert len(even(np.zeros(0, np.float32))) == 0
    assert not even(np.zeros(100, np.float32)).any()
