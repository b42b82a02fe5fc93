"""A personal assistant that shows its work: what it heard, understood, looked up and answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="assistant",
    title="A personal assistant",
    tagline="Ask it about your day. It hears, understands and answers aloud, and shows every step of it.",
    chapter=Chapter.DAILY_LIFE,
    icon=":material/assistant:",
    models=(
        "silero_vad",
        "whisper_tiny_en",
        "minilm",
        "assistant_intents",
        "assistant_titles",
        "hibari_voice",
    ),
    talking_points=(
        "Ask the room what happens between “What is my schedule for tomorrow?” and the answer, before you "
        "point at the cards: five networks, rules, one line of SQL, and the milliseconds of each.",
        "Say something that is not meant for it, or play it music. Assistants at home act on noise; this one "
        "says that it does not know.",
        "Take a sentence that nobody wrote rules for, and open “Against the classical way”. Then ask where "
        "you would still prefer rules: dates, and money.",
    ),
    modes={"Who hears more?": "do=Who+hears+more%3F"},
    minutes=7,
    questions=(
        "What happens between a question and its answer? Write down the steps.",
        "What does it do with music, or with a sentence that is not meant for it?",
        "Where would you still prefer rules to a network?",
    ),
    stops=(
        Stop(
            part=Part.DAILY_LIFE,
            words="Deep learning on a shelf at home: look at every step from a question to its answer, then "
            "have it put apples on your list.",
            query="about=Shopping",
            short=True,
            talking_points=(
                "Before you point at the cards, ask what happens between “What is my schedule for tomorrow?” "
                "and the answer: five networks, rules, one line of SQL.",
                "Press “Add two cartons of milk and some apples”: it finds both things and the number, and "
                "the SQL puts them on the list.",
                "Say something that is not meant for it. It says that it does not know, and does nothing.",
            ),
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Load the networks, build the tables of dates, answer the first sentence. Raises `ModelUnavailable`."""
    from dlintro_demos.assistant import dates
    from dlintro_demos.assistant.conversing import open_for_everybody

    dates.warm_up()
    for _ in open_for_everybody(datetime.now().astimezone().date().isoformat(), "UTC", cache):
        pass
