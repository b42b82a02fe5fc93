"""Whether what was heard is sure enough to be done at once, or is asked first: "Did you say ...?"

Orders and deletions wait for a yes anyway, and questions do no harm: only what goes into the store at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dlintro_demos.assistant.asking import Ask
from dlintro_demos.assistant.titles import item_names, title_of

AT_ONCE = ("calendar_add", "calendar_move", "shopping_add", "reminder_add")
_COMMON = frozenset(("the", "a", "an", "to", "my", "me", "of", "at", "on", "in", "for", "and", "please", "i"))


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A sentence that came by ear: its words with their probabilities, in their order.

    `confidence` is the geometric mean of the tokens' probabilities.
    """

    words: tuple[tuple[str, float], ...]
    confidence: float

    def least(self, wanted: set[str]) -> float:
        """The probability of the least sure of the wanted words, 1 where none of them was heard."""
        sure = [probability for word, probability in self.words if _words(word) & wanted]
        return min(sure, default=1.0)


def believed(heard: Heard, confidence: float, thresholds: Mapping[str, float]) -> bool:
    """Whether it is taken up at all: what was heard unsurely must fit an intent all the better.

    Of other languages Whisper makes English words that sound alike; some of them ask for something.
    """
    return heard.confidence >= thresholds["unsure"] or confidence >= thresholds["unsure_intent"]


def doubtful(ask: Ask, heard: Heard, confidence: float, thresholds: Mapping[str, float]) -> bool:
    """Whether to ask first: the intent, or a word that would go into the store, is not sure enough."""
    if ask.intent not in AT_ONCE:
        return False
    return confidence < thresholds["ask_intent"] or heard.least(stored_words(ask)) < thresholds["ask_word"]


def stored_words(ask: Ask) -> set[str]:
    """The words that say what goes into the store: those of slots and title, of a move all but the common."""
    texts = [slot.text for slot in ask.slots]
    if ask.intent == "calendar_move":
        texts.append(ask.text)
    elif ask.intent == "shopping_add":
        texts += [name for name, _ in item_names(ask)]
    else:
        texts.append(title_of(ask))
    return _words(*texts) - _COMMON


def question(said: str) -> str:
    """What is asked then."""
    return f"Did you say “{said.strip()}”?"


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in re.findall(r"[\w']+", text.lower())}
