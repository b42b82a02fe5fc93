"""A sentence as somebody else would say it: politely, with fillers, short, misspelt, with full stops."""

from __future__ import annotations

import random
import re

POLITE = (
    "please {}",
    "could you {}",
    "{} please",
    "hey, {}",
    "ok {}",
    "i would like you to {}",
    "uh {}",
    "well, {}",
)
OPENINGS = (
    "would you be so kind as to {}",
    "could you perhaps {}",
    "i was wondering if you could {}",
    "if it isn't too much trouble, {}",
    "i've just come home and i'm in a hurry, so {}",
    "my friend is asking, so {}",
    "listen, {}",
    "right, {}",
    "hm let me think, {}",
    "okay {}",
    "hey {}",
    "so basically {}",
    "oh and {}",
    "tell you what, {}",
    "one more thing, {}",
    "excuse me, {}",
    "sorry to bother you again, {}",
    "since i am here, {}",
    "before i forget, {}",
    "now {}",
    "can you quickly {}",
    "i'd like to say this: {}",
)
CLOSINGS = (
    "{} please",
    "{}, thank you",
    "{}, if you don't mind",
    "{} or something",
    "{}, would you",
    "{} for me",
    "{}, you know",
    "{} then",
    "{}, okay",
    "{} when you have a moment",
    "{} right now",
)
FILLERS = ("um", "uh", "like", "er", "you know", "kind of", "just", "maybe", "actually", "well")
DROPPED = frozenset(("the", "a", "my", "please", "to", "of", "is", "do"))
_QUESTION = re.compile(
    r"(?:what|when|which|who|how|is|are|do|does|can|could|would|will|have|where|may|might)\b"
)


def with_error(sentence: str, chance: random.Random, least: int = 4) -> str:
    """A letter missing, two swapped or one doubled in a longer word of the sentence, of `least` letters."""
    said = sentence.split()
    at = max(range(len(said)), key=lambda index: len(said[index]) * chance.random())
    word = said[at]
    if len(word) < least:
        return sentence
    place, kind = chance.randrange(1, len(word) - 1), chance.random()
    if kind < 0.4:
        word = word[:place] + word[place + 1 :]
    elif kind < 0.7:
        word = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    else:
        word = word[: place + 1] + word[place:]
    said[at] = word
    return " ".join(said)


def styled(sentence: str, chance: random.Random) -> str:
    """With words before or behind it, with fillers in it, or without its small words."""
    kind, said = chance.random(), sentence.split()
    if kind < 0.35:
        return chance.choice(OPENINGS).format(sentence)
    if kind < 0.55:
        return chance.choice(CLOSINGS).format(sentence)
    if kind < 0.85:
        for _ in range(chance.randint(1, 2)):
            said.insert(chance.randrange(len(said) + 1), chance.choice(FILLERS))
        return " ".join(said)
    short = [word for word in said if word not in DROPPED or chance.random() < 0.4]
    return " ".join(short or said)


def pointed(sentence: str, chance: random.Random) -> str:
    """With a full stop or a question mark, mostly, and with a capital letter."""
    if chance.random() < 0.3:
        return sentence
    sentence += "?" if _QUESTION.match(sentence) else "."
    return sentence[0].upper() + sentence[1:] if chance.random() < 0.7 else sentence
