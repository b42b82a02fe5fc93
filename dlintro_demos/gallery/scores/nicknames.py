"""What a visitor may be called on a board that a whole room sees."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

from dlintro_demos.gallery.intake.names import UNSEEN

SHORTEST, LONGEST = 2, 20  # characters, after NFKC
MOST_MARKS = 2  # on one letter: more would climb into other lines
ALLOWED = "'’-_."
# Greek and Cyrillic letters, and digits, that look like Latin letters.
LOOK_ALIKES = str.maketrans("авекмнорстухіјѕԁԛԝүһαβεικνορτυχ01ı", "abekmhopctyxijsdqwyhabeikvoptuxoii")
LEET = str.maketrans("3457", "east")  # read as letters in a word that is refused


class BadNickname(ValueError):
    """A name that the board refuses; the message says what to do."""


def clean_nickname(text: str) -> str:
    """The name in NFKC, with single spaces. Raises `BadNickname`."""
    if len(text) > 10 * LONGEST:  # before work is done on it
        raise BadNickname(f"A name has at most {LONGEST} characters.")
    name = " ".join(unicodedata.normalize("NFKC", text).split(" ")).strip()
    name = re.sub(" {2,}", " ", name)
    if not SHORTEST <= len(name) <= LONGEST:
        raise BadNickname(f"A name has {SHORTEST} to {LONGEST} characters.")
    if any(not _usable(letter) for letter in name):
        raise BadNickname("A name is made of letters, digits, single spaces, and ' - _ or a full stop.")
    if not any(unicodedata.category(letter)[0] in "LN" for letter in name) or _piled(name):
        raise BadNickname("A name needs letters or digits that can be read.")
    if _refused(name):
        raise BadNickname("Choose another name: everybody in the room will read it.")
    return name


def skeleton(name: str) -> str:
    """The same for names that look alike: no capitals, marks, spaces or signs, look-alikes as one letter."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in plain if unicodedata.category(letter)[0] in "LN")
    return letters.translate(LOOK_ALIKES).replace("l", "i").replace("rn", "m").replace("vv", "w")


def rude(code: str) -> bool:
    """Whether letters without a meaning hold a word that is refused."""
    whole, anywhere = _lists()
    return any(word in code.lower() for word in whole | anywhere)


def _usable(letter: str) -> bool:
    if UNSEEN.match(letter):  # among them letters that are blank by design
        return False
    category = unicodedata.category(letter)
    return letter == " " or letter in ALLOWED or category[0] == "L" or category in ("Mn", "Mc", "Nd")


def _piled(name: str) -> bool:
    marks = "".join("m" if unicodedata.category(each)[0] == "M" else "l" for each in name)
    return marks.startswith("m") or "m" * (MOST_MARKS + 1) in marks


def _refused(name: str) -> bool:
    """Whole words, so that nobody's real name is refused for a part of it; and `*word` anywhere."""
    joined = skeleton(name).translate(LEET)
    words = {skeleton(word).translate(LEET) for word in re.split(r"[\s._'’-]+", name)}
    whole, anywhere = _lists()
    return bool({joined, *words} & whole) or any(each in joined for each in anywhere)


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    lines = Path(__file__).with_name("refused_words.txt").read_text(encoding="utf-8").split("\n")
    words = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    anywhere = frozenset(skeleton(word) for word in words if word.startswith("*"))
    return frozenset(skeleton(word) for word in words if not word.startswith("*")), anywhere
