"""The follow-up questions: which one splits the patterns best, and what an answer changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.medicine.symptoms.written import Question, patterns, questions, yes_shares

ASKED = 3  # at most
LEAST = 0.05  # bits: a question that tells less is not worth an answer
FLOOR = 0.002  # of every pattern before the first question: no answer of a network is certain


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question with the `bits` that its answer is expected to give, and how likely a `yes` is."""

    question: Question
    bits: float
    yes: float


def prior(shares: Sequence[float]) -> np.ndarray:
    """The head's probabilities of the patterns to those that the questions start from, (patterns,)."""
    floored = np.maximum(np.asarray(shares, float), FLOOR)
    return floored / floored.sum()


def posterior(shares: Sequence[float], answers: Mapping[str, bool | None]) -> np.ndarray:
    """The patterns' probabilities after the answers, by Bayes' rule, (patterns,); None is “I don't know”.

    Answers are taken as independent of each other given the pattern, which is not quite true.
    """
    given = prior(shares)
    for row, question in zip(yes_shares(), questions(), strict=True):
        if (said := answers.get(question.key)) is not None:
            given = given * (row if said else 1 - row)
    return given / given.sum()


def ranked(shares: Sequence[float], answers: Mapping[str, bool | None], text: str) -> list[Asked]:
    """The questions that are left, by their expected information gain in bits (Lindley 1956), best first.

    Left out is what was answered, and what the complaint `text` speaks of already.
    """
    given = posterior(shares, answers)
    table = yes_shares()
    yes = table @ given
    gains = _entropy(given) - sum(
        share * _entropy(part * given / share[:, None])
        for share, part in ((yes, table), (1 - yes, 1 - table))
    )
    said = f" {text.lower()}"
    left = [
        Asked(question=question, bits=float(bits), yes=float(chance))
        for question, bits, chance in zip(questions(), gains, yes, strict=True)
        if question.key not in answers and not any(f" {word}" in said for word in question.mentions)
    ]
    return sorted(left, key=lambda each: -each.bits)


def next_question(shares: Sequence[float], answers: Mapping[str, bool | None], text: str) -> Asked | None:
    """The question to ask now, or None where enough was asked or none tells enough."""
    left = ranked(shares, answers, text)
    if len(answers) >= ASKED or not left or left[0].bits < LEAST:
        return None
    return left[0]


def likeliest(
    shares: Sequence[float], answers: Mapping[str, bool | None], top: int
) -> list[tuple[str, float]]:
    """The `top` likeliest patterns by their key, after the answers."""
    given = posterior(shares, answers)
    return [(patterns()[at].key, float(given[at])) for at in np.argsort(-given)[:top]]


def _entropy(given: np.ndarray) -> np.ndarray:
    """Of distributions (..., patterns), in bits."""
    return -(given * np.log2(np.maximum(given, 1e-12))).sum(-1)
