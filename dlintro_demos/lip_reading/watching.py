"""The work of the page: a sentence said by a drawn mouth, read, and everything of it that is to be seen."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.drawings import Pictures, draw_pictures
from dlintro_demos.lip_reading.drawn import Speaker, say
from dlintro_demos.lip_reading.film import Film, film
from dlintro_demos.lip_reading.grammar import WORDS
from dlintro_demos.lip_reading.landmarks import opening_and_width
from dlintro_demos.lip_reading.lipnet import LIPNET, read_lipnet
from dlintro_demos.lip_reading.reading import MODEL, Reading, read

Sentence = tuple[int, ...]
PUBLISHED_LIPNET = "lipnet_published"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads: the key of the card, a name for visitors, and how."""

    key: str
    name: str
    read: Callable[[Clip, ModelCache], Reading]


READERS = (
    Reader(key=MODEL, name="Our reader", read=read),
    Reader(key=LIPNET, name="LipNet, trained by us", read=read_lipnet),
    Reader(
        key=PUBLISHED_LIPNET,
        name="LipNet as published",
        read=lambda clip, cache: read_lipnet(clip, cache, PUBLISHED_LIPNET),
    ),
)
"""The first one always reads, the others where their card and weights are."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a reader makes of a clip: `known` where it is sure enough to say so, None where nobody measured
    how sure that is; `seconds` is what it took.
    """

    key: str
    name: str
    reading: Reading
    known: bool | None
    seconds: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Watched:
    """A clip that was read.

    `said` is the sentence where it is known, `clip` what the network got. `opening` and `width` (T,) of the
    mouth are in distances of the outer corners of the eyes. `stages` are seconds by name,
    `device` where the network ran.
    """

    said: Sentence | None
    clip: Clip
    film: Film
    opening: np.ndarray
    width: np.ndarray
    answers: tuple[Answer, ...]
    pictures: Pictures
    stages: Mapping[str, float]
    device: str

    @property
    def first(self) -> Answer:
        """What the gallery's own reader says."""
        return self.answers[0]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A sentence to be said: by whom, how fast (1 is usual), with how much noise (0 is none), in what light
    (1 is usual), and whether backwards or not at all.
    """

    sentence: Sentence
    speaker: int
    seed: int
    speed: float = 1.0
    noise: float = 0.0
    light: float = 1.0
    trick: str = ""


TRICKS = ("", "backwards", "still")


def speak(wish: Wish) -> Clip:
    """The clip of a wish. Raises `ValueError` for a trick that is none."""
    clip = say(
        wish.sentence,
        Speaker.of(wish.speaker),
        seed=wish.seed,
        speed=wish.speed,
        noise=wish.noise,
        light=wish.light,
    )
    assert clip.track is not None
    if wish.trick == "backwards":
        return Clip(clip.track[::-1].copy(), clip.mouths[::-1].copy())
    if wish.trick == "still":
        return Clip(clip.track[:1].repeat(len(clip.track), 0), clip.mouths[:1].repeat(len(clip.mouths), 0))
    if wish.trick:
        raise ValueError(f"{wish.trick!r} is none of {TRICKS}")
    return clip


def watch(wish: Wish, cache: ModelCache) -> Iterator[Progress | Watched]:
    """A job: let a drawn mouth say a sentence, and read it. Raises `ModelUnavailable`."""
    yield Progress(0, 2, "drawing a mouth")
    began = time.perf_counter()
    clip = speak(wish)
    drawn = time.perf_counter() - began
    yield Progress(1, 2, "reading its lips")
    said = None if wish.trick else wish.sentence
    yield read_clip(clip, cache, said=said, stages={"drawing the clip": drawn})


def read_clip(
    clip: Clip, cache: ModelCache, *, said: Sentence | None, stages: Mapping[str, float]
) -> Watched:
    """All of it for a clip with landmarks; `stages` are what came before.

    Raises `ModelUnavailable` and `TrackError`.
    """
    assert clip.track is not None
    first, *others = READERS
    answers = tuple(_answer(each, clip, cache) for each in (first, *_present(others, cache)))
    began = time.perf_counter()
    opening, width = opening_and_width(clip.track)
    shown, pictures = film(clip.mouths), draw_pictures(clip, opening, answers[0].reading)
    seconds = {f"reading: {each.name}": each.seconds for each in answers}
    return Watched(
        said=said,
        clip=clip,
        film=shown,
        opening=opening,
        width=width,
        answers=answers,
        pictures=pictures,
        stages={**stages, **seconds, "pictures for this page": time.perf_counter() - began},
        device=str(cache.get(MODEL).device),
    )


def _present(readers: Sequence[Reader], cache: ModelCache) -> Iterator[Reader]:
    known = {card.key: card for card in cache.cards}
    for each in readers:
        with contextlib.suppress(ModelUnavailable):
            if each.key in known and known[each.key].locate():
                yield each


def _answer(reader: Reader, clip: Clip, cache: ModelCache) -> Answer:
    began = time.perf_counter()
    reading = reader.read(clip, cache)
    seconds = time.perf_counter() - began
    thresholds = cache.card(reader.key).thresholds
    return Answer(
        key=reader.key,
        name=reader.name,
        reading=reading,
        known=reading.known(thresholds) if thresholds else None,
        seconds=seconds,
    )


def some_sentence(seed: int | str) -> Sentence:
    """A sentence of the grammar, each equally likely."""
    rng = random.Random(seed)  # noqa: S311 - a game
    return tuple(rng.randrange(len(words)) for words in WORDS)


def right_words(said: Sentence, truth: Sentence) -> int:
    """How many of six words are right."""
    return int(np.equal(said, truth).sum())


def sentence_of(reading: Reading) -> Sentence:
    """The words of a reading as numbers."""
    return tuple(words.index(each.word) for words, each in zip(WORDS, reading.words, strict=True))
