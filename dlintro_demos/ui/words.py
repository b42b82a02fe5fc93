"""A visitor's own words, on a page."""

from __future__ import annotations


def plain(text: str) -> str:
    """A visitor's words for Markdown: every character that could mean something there is escaped."""
    return "".join("\\" + letter if letter in r"\`*_{}[]()<>#+-.!|~:$^&\"'@=/" else letter for letter in text)
