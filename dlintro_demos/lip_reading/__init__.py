"""Reading lips: a network that reads the sentences of the GRID corpus from a silent mouth."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="lip_reading",
    title="Reading lips",
    tagline="A mouth speaks without a sound. Read it, and then see what the machine read.",
    chapter=Chapter.DAILY_LIFE,
    icon=":material/sentiment_satisfied:",
    models=("lip_reader", "lipnet", "mtcnn", "face_mesh"),
    talking_points=(
        "Let the room read the first sentence together, by show of hands, before the machine answers. "
        "Everybody's first ten sentences are the same.",
        "Open “Say something” and press “Look-alikes”: “b” or “p”? Here the two films are the same, to "
        "the pixel. What lips don't show, no network can read.",
        "Press “Backwards”: that is no sentence, and all that it knows are sentences. Ask what it should "
        "say, then look: “I don't know”.",
    ),
    modes={"Say something": "do=Say+something", "Your own face": "do=Your+own+face"},
    minutes=7,
    questions=(
        "What did you read in the first sentence, and what did the machine?",
        "Why can no network tell “b” from “p” by the lips?",
        "What does it say to a film that runs backwards, and why?",
    ),
    stops=(
        Stop(
            part=Part.DAILY_LIFE,
            words="In a loud room everybody reads lips: read this mouth first, then see what the "
            "machine read.",
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Load the readers, draw and read the first sentence. Raises `ModelUnavailable`."""
    from dlintro_demos.lip_reading.quiz import OPENING, ask

    cache.warm(["lip_reader", "lipnet"])
    for _ in ask(OPENING, 0, cache):
        pass


def measure(cache: ModelCache) -> None:
    """Load what finds a visitor's lips, which may be missing."""
    from dlintro_demos.lip_reading.recording import MODELS

    with contextlib.suppress(ModelUnavailable):
        cache.warm(MODELS)
