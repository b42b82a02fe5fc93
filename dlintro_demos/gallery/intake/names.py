"""Names that visitors type: of a friend, of a thing."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 60  # characters


class BadName(ValueError):
    """A name that cannot be used; the message says what to do."""


def clean_name(text: str) -> str:
    """The name without control characters and double spaces. Raises `BadName` for none or a long one."""
    kept = (
        character for character in text if unicodedata.category(character)[0] != "C" or character in "\n\t"
    )
    name = " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
    if not name:
        raise BadName("Type a name first.")
    if len(name) > LONGEST_NAME:
        raise BadName(
            f"That name has {len(name)} characters; the limit is {LONGEST_NAME}. Use a shorter one."
        )
    return name
