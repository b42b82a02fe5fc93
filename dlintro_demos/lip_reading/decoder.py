"""From what a CTC network says at each frame to sentences of the grammar, by exact sums instead of a search.

A sentence has a fixed number of slots, so all alignments of all 64,000 sentences are paths through one small
graph. The forward and backward sums over it (Graves et al. 2006, with a graph of many sentences instead of
one label) give the probability of every word in its slot. The likeliest word in each slot is the answer with
the fewest wrong words to expect, which a beam search for the likeliest sentence only comes near to.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.lip_reading.grammar import BLANK

Tokens = Sequence[Sequence[Sequence[int]]]
"""CTC classes of each word of each slot."""


@dataclass(frozen=True, eq=False)
class Decoding:
    """What a graph makes of a clip.

    `posteriors`: for each slot the probability of each word, given that it is a sentence of the grammar.
    `in_grammar`: natural logarithm of the probability that it is one.
    `timeline` (T, slots): the probability that a frame belongs to a slot's word; what is missing to 1 is the
    blank between words.
    """

    posteriors: tuple[np.ndarray, ...]
    in_grammar: float
    timeline: np.ndarray


class Graph:
    """All alignments of all sentences. A state is a word's token, a blank in it, or one between."""

    def __init__(self, tokens: Tokens) -> None:
        """Build the graph. Raises `ValueError` for a word without tokens."""
        self._class: list[int] = []
        self._slot: list[int] = []
        edges: list[tuple[int, int]] = []
        before, ends = self._add(BLANK, -1), list[int]()
        self._first: list[list[int]] = []
        self._start = [before]
        for slot, words in enumerate(tokens):
            firsts, lasts = [], []
            for word in words:
                if not len(word):
                    raise ValueError(f"a word of slot {slot} has no tokens")
                states = self._add_word(word, slot, edges)
                firsts.append(states[0])
                lasts.append(states[-1])
            edges += [(before, first) for first in firsts]
            edges += [
                (end, first)
                for end, first in itertools.product(ends, firsts)
                if self._class[end] != self._class[first]
            ]
            before, ends = self._add(BLANK, -1), lasts
            edges += [(last, before) for last in lasts]
            self._first.append(firsts)
        self._start += self._first[0]
        self._end = [before, *ends]
        size = len(self._class)
        self._edges = np.eye(size)
        self._edges[tuple(np.array(edges).T)] = 1.0
        self._classes = np.array(self._class)
        self._slots = np.array(self._slot)

    def _add(self, token: int, slot: int) -> int:
        self._class.append(token)
        self._slot.append(slot)
        return len(self._class) - 1

    def _add_word(self, word: Sequence[int], slot: int, edges: list[tuple[int, int]]) -> list[int]:
        """States of the tokens; between two of them a blank, which only two that are the same must pass."""
        states = [self._add(word[0], slot)]
        for token in word[1:]:
            blank, state = self._add(BLANK, slot), self._add(token, slot)
            edges += [(states[-1], blank), (blank, state)]
            if token != self._class[states[-1]]:
                edges.append((states[-1], state))
            states.append(state)
        return states

    def decode(self, log_probabilities: np.ndarray) -> Decoding:
        """Sum over all sentences; `log_probabilities` (T, classes), natural, as a log-softmax gives them.

        Raises `ValueError` where the clip has fewer frames than the shortest sentence needs.
        """
        emitted = np.exp(log_probabilities.astype(np.float64))[:, self._classes]
        frames, size = emitted.shape
        forward, scales = np.zeros((frames, size)), np.zeros(frames)
        state = np.zeros(size)
        state[self._start] = 1.0
        for frame in range(frames):
            reached = state @ self._edges if frame else state
            state = reached * emitted[frame]
            scales[frame] = state.sum()
            if not scales[frame] > 0:
                raise ValueError("no sentence fits the clip")
            state = forward[frame] = state / scales[frame]
        finished = forward[-1, self._end].sum()
        if not finished > 0:
            raise ValueError("the clip is too short for a sentence")

        backward = np.zeros((frames, size))
        backward[-1, self._end] = 1 / finished
        for frame in range(frames - 1, 0, -1):
            backward[frame - 1] = self._edges @ (emitted[frame] * backward[frame]) / scales[frame]
        return Decoding(
            posteriors=self._entered(forward, backward, emitted, scales),
            in_grammar=float(np.log(scales).sum() + np.log(finished)),
            timeline=np.stack(
                [
                    (forward * backward)[:, self._slots == slot].sum(axis=1)
                    for slot in range(len(self._first))
                ],
                axis=1,
            ),
        )

    def _entered(
        self, forward: np.ndarray, backward: np.ndarray, emitted: np.ndarray, scales: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """How likely each word's first token is entered, at any frame: every path does so once a slot."""
        others = self._edges - np.eye(len(self._edges))
        entries = (forward[:-1] @ others) * emitted[1:] * backward[1:] / scales[1:, None]
        total = entries.sum(axis=0)
        total[self._start] += (forward[0] * backward[0])[self._start]
        return tuple(total[firsts] for firsts in self._first)


def likeliest(posteriors: Sequence[np.ndarray], count: int) -> list[tuple[tuple[int, ...], float]]:
    """The `count` likeliest sentences and how likely each is, where slots do not depend on each other."""
    best: list[tuple[tuple[int, ...], float]] = [((), 1.0)]
    for each in posteriors:
        longer = [((*said, word), p * float(q)) for said, p in best for word, q in enumerate(each)]
        best = sorted(longer, key=lambda one: -one[1])[:count]
    return best


def greedy(log_probabilities: np.ndarray) -> list[int]:
    """The likeliest class of each frame, without repeats and blanks: no grammar."""
    path = log_probabilities.argmax(axis=1)
    kept = np.flatnonzero(np.diff(path, prepend=BLANK))
    return [int(each) for each in path[kept] if each != BLANK]


def word_errors(said: Sequence[object], truth: Sequence[object]) -> int:
    """Words to replace, put in or take out (Levenshtein)."""
    row = list(range(len(truth) + 1))
    for place, word in enumerate(said, 1):
        corner, row[0] = row[0], place
        for index, true in enumerate(truth, 1):
            corner, row[index] = row[index], min(row[index] + 1, row[index - 1] + 1, corner + (word != true))
    return row[-1]
