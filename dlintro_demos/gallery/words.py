"""How things are said to visitors: their own words, a probability, numbers with what they count."""

from __future__ import annotations


def counted(number: float, one: str, many: str = "") -> str:
    """“1 pipe”, “2 pipes”, “0.5 pipes”, “1,200 people”: `many` where it is not `one` with an s."""
    said = f"{number:,}" if isinstance(number, int) else f"{number:g}"
    return f"{said} {one if number == 1 else many or f'{one}s'}"


def plain(text: str) -> str:
    """A visitor's words for Markdown: every character that could mean something there is escaped."""
    return "".join("\\" + letter if letter in r"\`*_{}[]()<>#+-.!|~:$^&\"'@=/" else letter for letter in text)


def isolated(name: str) -> str:
    """A name that may be read from right to left, so that it moves nothing beside it (Unicode's isolates)."""
    return f"\u2068{name}\u2069"


def per_cent(probability: float) -> str:
    """A probability in words; no answer is certain."""
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{probability * 100:.0f} %"
