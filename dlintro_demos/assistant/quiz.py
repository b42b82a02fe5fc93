"""You against the machine: sentences in noise, and how many of their words each of you heard."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np

from dlintro_demos.assistant.hearing import transcribe
from dlintro_demos.assistant.noises import mixed
from dlintro_demos.assistant.recordings import Riddle, riddles
from dlintro_demos.assistant.sound_picture import SoundPicture, picture_of
from dlintro_demos.assistant.speaking import RATE as SPEECH_RATE
from dlintro_demos.assistant.speaking import speak, spoken
from dlintro_demos.assistant.voice_activity import find_speech
from dlintro_demos.assistant.word_errors import Errors, errors_of, words_of, words_right
from dlintro_demos.gallery.intake.sounds import decode_sound, encode_wav
from dlintro_demos.gallery.runtime.jobs import Progress

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

ROUNDS = 8
OPENING = 20
"""Seed of the game that everybody finds on the page: the bundled recordings."""
# Of the games after that; the same voice speaks them, in the same noises.
SENTENCES = (
    "The dentist painted his kitchen a very loud orange.",
    "Our old tractor starts only when it rains.",
    "Bring a warm coat and two pairs of dry socks.",
    "The librarian found a sandwich inside the atlas.",
    "A small dog carried the newspaper up the stairs.",
    "They planted forty lemon trees along the road.",
    "The choir practised in an empty swimming pool.",
    "His uncle repairs clocks and violins on Sundays.",
    "We missed the ferry by less than a minute.",
    "The cook dropped nine eggs on the marble floor.",
    "Her suitcase was full of stones from the beach.",
    "An owl has lived in the church tower for years.",
    "The gardener talks to his tomatoes every evening.",
    "Nobody could open the window in the train.",
    "The twins sold their drum to pay for the tent.",
    "It snowed on the day of the summer festival.",
    "The mayor lost her glasses in the fountain.",
    "Eight students slept through the lecture on physics.",
    "The carpenter measured the door three times.",
    "My cousin bakes bread with walnuts and honey.",
    "The postman knows every cat in our street.",
    "A grey horse waited in front of the bank.",
    "The lamp fell down when the music began.",
    "She counted the ships from her attic window.",
)
STAGES = ("A voice in noise", "Voice activity", "Speech to text")
CALLED = {
    "white": "a waterfall",
    "pink": "rain",
    "brown": "wind",
    "hum": "a fan",
    "clicks": "plates and keys",
    "siren": "a siren",
    "music": "music",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """The recording of a round, counted from 0, as a WAV file; `heard` is what the machine made of it;
    `kind` is one of `noises.KINDS`, `noise` what it sounds like.

    `decibels` are those by which the voice is louder than the noise; `shared` where everybody gets it;
    `milliseconds` by stage.
    """

    number: int
    truth: str
    kind: str
    noise: str
    decibels: float
    recording: bytes
    picture: SoundPicture
    heard: str
    words: tuple[tuple[str, float, float, float], ...]
    shared: bool
    milliseconds: Mapping[str, float]

    @property
    def errors(self) -> Errors:
        """What the machine heard wrong."""
        return errors_of(words_of(self.truth), words_of(self.heard))

    @property
    def machine(self) -> int:
        """How many words the machine heard right."""
        return words_right(self.truth, self.heard)[0]


def riddle(seed: int, number: int) -> Riddle:
    """What a round of a game says, and in which noise."""
    bundled = riddles()[number]
    if seed == OPENING:
        return bundled
    order = random.Random(seed).sample(SENTENCES, ROUNDS)  # noqa: S311 - a game
    return replace(bundled, text=order[number], seed=(seed * ROUNDS + number) % 2**32)


def ask(seed: int, number: int, cache: ModelCache) -> Iterator[Progress | Question]:
    """A job: the question of a round, in the game that begins with this seed. Raises `ModelUnavailable`."""
    asked = riddle(seed, number)
    yield Progress(0, 2, "a voice in noise")
    begun = time.perf_counter()
    samples = asked.samples if seed == OPENING else _said_in_noise(asked, cache)
    mixed_at = time.perf_counter()
    yield Progress(1, 2, "the machine listens")
    listening = time.perf_counter()
    activity = find_speech(samples, cache)
    gated = time.perf_counter()
    found = transcribe(samples, activity, cache)
    taken = (mixed_at - begun, gated - listening, time.perf_counter() - gated)
    yield Question(
        number=number,
        truth=asked.text,
        kind=asked.noise,
        noise=CALLED[asked.noise],
        decibels=asked.decibels,
        recording=encode_wav(samples),
        picture=picture_of(samples),
        heard=found.text,
        words=tuple((word.text, word.begin, word.end, word.probability) for word in found.words),
        shared=seed == OPENING,
        milliseconds={stage: 1_000 * seconds for stage, seconds in zip(STAGES, taken, strict=True)},
    )


def _said_in_noise(asked: Riddle, cache: ModelCache) -> np.ndarray:
    voice = spoken(tuple(speak(asked.text, cache)), asked.text).samples
    clean = decode_sound(encode_wav(voice, SPEECH_RATE)).samples
    return mixed(clean, asked.noise, asked.decibels, asked.seed)


def words_in(seed: int, rounds: int) -> int:
    """How many words the first rounds of a game have."""
    return sum(len(words_of(riddle(seed, number).text)) for number in range(rounds))


def marked(said: str, truth: str) -> list[tuple[str, bool]]:
    """The words of an answer, each with whether it stands in the truth at that place."""
    words = words_of(said)
    same = SequenceMatcher(a=words_of(truth), b=words, autojunk=False).get_matching_blocks()
    right = {block.b + at for block in same for at in range(block.size)}
    return [(word, place in right) for place, word in enumerate(words)]
