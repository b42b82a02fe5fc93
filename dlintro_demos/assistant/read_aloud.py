"""How an answer is read aloud: sentence by sentence, times and prices as people say them, no markup."""

from __future__ import annotations

import re

LONGEST = 600  # characters of an answer that are read aloud
PIECE = (
    140  # characters, above which a sentence is cut at a semicolon or comma, so that its sound starts early
)
_END = re.compile(r"(?<=[.!?…])[”\"')]*\s+(?=[^a-z\s])|\n+")
_CUT = re.compile(r"(?<=;)\s+|(?<=:)\s+(?=\d\.)")


def sentences(text: str) -> tuple[list[tuple[str, str]], bool]:
    """What is read, as (on the page, aloud), and whether the rest of the text was left out."""
    pieces = [piece for sentence in _END.split(text.strip()) for piece in _pieces(sentence) if piece.strip()]
    kept: list[str] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if kept and length > LONGEST:
            break
        kept.append(piece)
    read = [(piece, aloud(piece[:LONGEST])) for piece in kept]
    return [(shown, said) for shown, said in read if re.search(r"\w", said)], len(kept) < len(pieces)


def _pieces(sentence: str) -> list[str]:
    """A sentence, or its parts where it is long."""
    if len(sentence) <= PIECE:
        return [sentence]
    parts: list[str] = []
    for part in _CUT.split(sentence):
        while len(part) > PIECE and (cut := part.rfind(", ", PIECE // 3, PIECE)) > 0:
            parts.append(part[: cut + 1])
            part = part[cut + 2 :]
        parts.append(part)
    return parts


def aloud(text: str) -> str:
    """The words of a piece as they are to be spoken."""
    said = re.sub(r"[<>\[\](){}|\\*_`~^#@=/]", " ", text).translate(_QUOTES)
    said = re.sub(r"(\d)\s*×\s*", r"\1 ", said)
    said = re.sub(r"\b(\d{1,2}):(\d{2})\b", _clock, said)
    said = re.sub(r"€\s?(\d+)(?:\.(\d{2}))?", _euros, said)
    said = re.sub(r"\b(\d+) h\b", lambda match: _counted(match[1], "hour"), said)
    said = re.sub(r"\b(\d+) min\b", lambda match: _counted(match[1], "minute"), said)
    said = re.sub(r"(-?\d+) to (-?\d+) °C", r"\1 to \2 degrees", said)
    said = re.sub(r"-(?=\d+ (?:to|degrees))", "minus ", said)
    said = re.sub(r"(\d) ?%", r"\1 percent", said)
    said = re.sub(r"\b([A-Z]{2}) (\d{3})\b", _flight, said)
    said = re.sub(r"^(\d)\. (?=\S)", r"Number \1: ", said)
    return " ".join(said.split())


_QUOTES = str.maketrans(dict.fromkeys('“”"„«»', " "))


def _clock(match: re.Match[str]) -> str:
    """A time of day as it is said: "14:05" is "2 oh 5 pm"."""
    hour, minute = int(match[1]), int(match[2])
    if hour > 23 or minute > 59:
        return match[0]
    if minute == 0 and hour in (0, 12):
        return "midnight" if hour == 0 else "noon"
    half = "a.m." if hour < 12 else "p.m."
    minutes = "" if minute == 0 else f" oh {minute}" if minute < 10 else f" {minute}"
    return f"{hour % 12 or 12}{minutes} {half}"


def _euros(match: re.Match[str]) -> str:
    cents = f" {int(match[2])}" if match[2] and int(match[2]) else ""
    return f"{_counted(match[1], 'euro')}{cents}"


def _counted(number: str, one: str) -> str:
    return f"{number} {one}" if number == "1" else f"{number} {one}s"


def _flight(match: re.Match[str]) -> str:
    return " ".join([*match[1], *match[2]])
