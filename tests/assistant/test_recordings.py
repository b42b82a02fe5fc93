"""What comes bundled: every recording is there and says what it is said to say; noise; counting words."""

import numpy as np
import pytest

from dlintro_demos.assistant.noises import KINDS, mixed, noise
from dlintro_demos.assistant.phrases import DATA
from dlintro_demos.assistant.recordings import LABEL, file_of, recording, riddles, texts
from dlintro_demos.assistant.word_errors import words_of, words_right
from dlintro_demos.gallery.intake.sounds import decode_sound


def test_every_recording_is_there_small_and_with_its_licence():
    names = {*texts(), *(f"game_{riddle.number}" for riddle in riddles())}
    assert names == {path.stem for path in (DATA / "recordings").glob("*.ogg")}
    assert all(len(file_of(name)) < 20_000 for name in names)
    assert all(1 < recording(name).seconds < 6 for name in names)
    assert "Synthetic" in LABEL
    assert "hibari" in (DATA.parent / "LICENSES.md").read_text(encoding="utf-8")


def test_a_riddle_is_its_recording_with_noise_and_always_the_same():
    for riddle in riddles():
        clean = recording(f"game_{riddle.number}").samples
        assert np.array_equal(riddle.samples, riddle.samples)
        assert riddle.samples.shape == clean.shape
        assert not np.allclose(riddle.samples, clean, atol=0.01)
        assert decode_sound(riddle.wav).notes == ()


@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_as_loud_as_it_is_told(kind):
    sound = noise(kind, 2, 5)
    assert len(sound) == 32_000
    assert np.abs(sound).max() <= 1
    assert np.array_equal(sound, noise(kind, 2, 5))
    assert not np.array_equal(sound, noise(kind, 2, 6))
    speech = 0.1 * recording("schedule").samples
    for decibels in (0, 10):
        added = mixed(speech, kind, decibels, 5) - speech
        loud = speech[np.abs(speech) > 0.02 * np.abs(speech).max()]
        ratio = np.sqrt((loud**2).mean() / (added**2).mean())
        assert 20 * np.log10(ratio) == pytest.approx(decibels, abs=1.5)


@pytest.mark.parametrize(
    ("said", "heard", "right"),
    [
        ("Remind me at seven", "Remind me at 7.", (4, 4)),
        ("on the tenth of May", "on the 10th of May", (5, 5)),
        ("half past seven", "half passed seven", (2, 3)),
        ("add oat milk", "", (0, 3)),
        ("yes", "yes yes yes", (0, 1)),
        ("it's nine o'clock", "It’s 9.", (2, 2)),
    ],
)
def test_words_are_counted_by_what_they_mean(said, heard, right):
    assert words_right(said, heard) == right


def test_what_only_looks_different_is_alike():
    assert words_of("At 7:30 a.m.") == words_of("at 7.30 am")
    assert words_of("The 3rd one") == words_of("the third one")
