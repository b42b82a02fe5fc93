"""A visitor's own words, and probabilities in words."""

from __future__ import annotations


def plain(text: str) -> str:
    """A visitor's words for Markdown: every character that could mean something there is escaped."""
    return "".join("\\" + letter if letter in r"\`*_{}[]()<>#+-.!|~:$^&\"'@=/" else letter for letter in text)


def per_cent(probability: float) -> str:
    """A probability in words; no answer is certain."""
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{probability * 100:.0f} %"
