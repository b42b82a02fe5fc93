"""Names that visitors type: of a friend, of a thing.

People write names in every script, and Unicode grows: what is not known to be harmful stays. Joiners make
letters of Persian or Sinhala, and families of emoji.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 60  # characters

# Controls, halves of characters, orders to write backwards or to swap digits, and what is no character.
HARMFUL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef]"
    + "|["
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
# What shows nothing by itself: Unicode's Default_Ignorable_Code_Point, and letters that are blank by design.
UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)
# Normal forms would give these characters of Japanese and Korean names another shape.
COMPOSED = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")


class BadName(ValueError):
    """A name that cannot be used; the message says what to do."""


def harmless(text: str) -> str:
    """The text without characters that do something to the text around them, or are none."""
    return HARMFUL.sub("", text)


def folded(name: str) -> str:
    """The same for names that look the same but for capitals: to compare, not to show."""
    plain = unicodedata.normalize("NFC", UNSEEN.sub("", name)).casefold()
    return " ".join(unicodedata.normalize("NFC", plain).split())


def clean_name(text: str) -> str:
    """The name as it was typed, without harmful characters and double spaces.

    Raises `BadName` for none, one that cannot be seen, or a long one.
    """
    line = " ".join(harmless(" ".join(text.split())).split())
    name = COMPOSED.sub(lambda part: unicodedata.normalize("NFC", part[0]), line)
    if not name:
        raise BadName("Type a name first.")
    if not UNSEEN.sub("", name).strip():
        raise BadName("Nobody could see that name. Type one with letters, digits or an emoji.")
    if len(name) > LONGEST_NAME:
        raise BadName(
            f"That name has {len(name)} characters; the limit is {LONGEST_NAME}. Use a shorter one."
        )
    return name
