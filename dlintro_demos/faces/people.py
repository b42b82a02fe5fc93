"""Who is who: naming faces, suggestions and their reasons, a *no* that is remembered, undoing, forgetting."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from dlintro_demos.faces.face import Book, Face, Level, Person, Thresholds
from dlintro_demos.gallery.intake.names import BadName, clean_name, folded

LOWER: dict[Level, Level] = {"sure": "maybe", "maybe": "unknown", "unknown": "unknown"}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A person beside a face: the mean distance to their faces, of which `face` is the nearest."""

    person: str
    distance: float
    face: str


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Who a face may be.

    `person` is None where the machine does not know. `candidates` are all people, nearest first. `refused`
    says that the visitor's *no* to a face that looks more alike lowered the answer; `taken` that the nearest
    person already stands in the photo.
    """

    person: str | None
    level: Level
    distance: float | None
    candidates: tuple[Candidate, ...]
    refused: bool = False
    taken: bool = False


def called(book: Book, name: str) -> Person | None:
    """The person whose name looks the same but for capitals."""
    wanted = folded(name)
    return next((person for person in book.people.values() if folded(person.name) == wanted), None)


def name_faces(book: Book, faces: Iterable[str], name: str) -> Book:
    """Tag faces with a person of that name, a new one where there is none. Raises `BadName`."""
    name = clean_name(name)
    person = called(book, name) or Person(key=secrets.token_urlsafe(6), name=name)
    book = replace(book, people={**book.people, person.key: person})
    for face in faces:
        book = tag(book, face, person.key)
    return book


def tag(book: Book, face: str, person: str) -> Book:
    """This face is that person, whatever was said before."""
    return _tidy(replace(book, tags={**book.tags, face: person}, refusals=book.refusals - {(face, person)}))


def refuse(book: Book, face: str, person: str) -> Book:
    """This face is not that person, and will not be suggested as them again."""
    tags = {key: who for key, who in book.tags.items() if (key, who) != (face, person)}
    return _tidy(replace(book, tags=tags, refusals=book.refusals | {(face, person)}))


def untag(book: Book, faces: Collection[str]) -> Book:
    """Nobody said who these faces are."""
    return _tidy(replace(book, tags={key: who for key, who in book.tags.items() if key not in faces}))


def rename(book: Book, person: str, name: str) -> Book:
    """Another name; that of somebody else merges the two. Raises `BadName`."""
    name = clean_name(name)
    other = called(book, name)
    if other and other.key != person:
        return merge(book, other.key, person)
    return replace(book, people={**book.people, person: Person(key=person, name=name)})


def merge(book: Book, into: str, other: str) -> Book:
    """Two names, one person: `other`'s faces and refusals go to `into`."""
    tags = {key: into if who == other else who for key, who in book.tags.items()}
    refusals = {(key, into if who == other else who) for key, who in book.refusals}
    refusals -= set(tags.items())
    return _tidy(replace(book, tags=tags, refusals=frozenset(refusals)))


def split(book: Book, faces: Iterable[str], name: str) -> Book:
    """One name, two people: these faces are somebody else, of a name not used yet. Raises `BadName`."""
    if called(book, clean_name(name)):
        raise BadName("That name is taken. Use another, for example with a surname.")
    faces = list(faces)
    was = {face: book.tags.get(face) for face in faces}
    book = name_faces(book, faces, name)
    return replace(book, refusals=book.refusals | {(face, who) for face, who in was.items() if who})


def forget_person(book: Book, person: str) -> Book:
    """Without a trace of the person."""
    return replace(
        book,
        people={key: each for key, each in book.people.items() if key != person},
        tags={key: who for key, who in book.tags.items() if who != person},
        refusals=frozenset(pair for pair in book.refusals if pair[1] != person),
    )


def _tidy(book: Book) -> Book:
    """Without people whom no face and no refusal needs."""
    used = {*book.tags.values()} | {who for _, who in book.refusals}
    return replace(book, people={key: each for key, each in book.people.items() if key in used})


class History:
    """A book and the ones before it, so that everything can be undone; undoing is one of the `changes`."""

    def __init__(self, kept: int = 200):
        self.book = Book()
        self.changes = 0
        self.kept = kept
        self._past: list[tuple[str, Book]] = []

    @property
    def last(self) -> str | None:
        """What `undo` would take back, in words."""
        return self._past[-1][0] if self._past else None

    def do(self, what: str, book: Book) -> None:
        """Go on with a new book; `what` was done, in words."""
        if book != self.book:
            self._past = [*self._past, (what, self.book)][-self.kept :]
            self.book = book
            self.changes += 1

    def undo(self, made_on: Book | None = None) -> None:
        """Take the last change back; harmless where there is none, or where `made_on` is another book."""
        if self._past and (made_on is None or self.book is made_on):
            _, self.book = self._past.pop()
            self.changes += 1

    def forget(self, person: str) -> None:
        """Forget a person now and in everything that could be undone. This cannot be undone."""
        name = self.book.people[person].name if person in self.book.people else None
        self.book = forget_person(self.book, person)
        self.changes += 1
        self._past = [
            (what if not name or name not in what else "a change", forget_person(book, person))
            for what, book in self._past
        ]


def suggest(
    book: Book, faces: Sequence[Face], known: Mapping[str, Face], thresholds: Thresholds
) -> dict[str, Suggestion]:
    """Suggestions for the untagged faces of one photo, by key; a person stands in a photo once.

    `known` holds every face of the visit by key; people are compared by their tagged faces there.
    """
    asked = [face for face in faces if face.key not in book.tags]
    here = {book.tags[face.key] for face in faces if face.key in book.tags}
    tagged = [known[key] for key in book.tags if key in known]
    table = _distances(asked, tagged)
    ranked = {face.key: _candidates(book, tagged, row) for face, row in zip(asked, table, strict=True)}
    people = [person for person in book.people if person not in here]
    cost = np.zeros((len(asked), len(people)))
    for row, face in enumerate(asked):
        for each in ranked[face.key]:
            if each.person in people and (face.key, each.person) not in book.refusals:
                cost[row, people.index(each.person)] = min(0.0, each.distance - thresholds.maybe)
    given = {asked[row].key: people[column] for row, column in zip(*linear_sum_assignment(cost), strict=True)
             if cost[row, column] < 0}  # fmt: skip
    return {
        face.key: _suggestion(book, face, given.get(face.key), ranked[face.key], known, thresholds)
        for face in asked
    }


def _distances(some: Sequence[Face], others: Sequence[Face]) -> np.ndarray:
    """From each face to each of the others, (N, M)."""
    if not some or not others:
        return np.empty((len(some), len(others)))
    return cdist(*(np.stack([face.embedding for face in faces]) for faces in (some, others)))


def _candidates(book: Book, tagged: Sequence[Face], distances: np.ndarray) -> tuple[Candidate, ...]:
    """All people, nearest first, by a face's distances to the tagged ones.

    The mean over a person's faces, not the nearest of them: with ten photos of each of twenty people, the
    nearest called 3.5 % of strangers sure, the mean none (`python -m bench.faces --only errors`).
    """
    by_person: dict[str, dict[str, float]] = {}
    for face, distance in zip(tagged, distances.tolist(), strict=True):
        by_person.setdefault(book.tags[face.key], {})[face.key] = distance
    found = (
        Candidate(
            person=person, distance=float(np.mean([*each.values()])), face=min(each, key=each.__getitem__)
        )
        for person, each in by_person.items()
    )
    return tuple(sorted(found, key=lambda candidate: candidate.distance))


def _suggestion(
    book: Book,
    face: Face,
    person: str | None,
    ranked: tuple[Candidate, ...],
    known: Mapping[str, Face],
    thresholds: Thresholds,
) -> Suggestion:
    if person is None:
        best = ranked[0] if ranked else None
        near = bool(best and best.distance < thresholds.maybe)
        said_no = bool(best and (face.key, best.person) in book.refusals)
        distance = best.distance if best else None
        return Suggestion(
            person=None, level="unknown", distance=distance, candidates=ranked,
            refused=near and said_no, taken=near and not said_no,
        )  # fmt: skip
    distance = next(each.distance for each in ranked if each.person == person)
    level = thresholds.level(distance)
    refused = [known[key] for key, who in book.refusals if who == person and key in known and key != face.key]
    lowered = any(np.linalg.norm(face.embedding - other.embedding) < distance for other in refused)
    level = LOWER[level] if lowered else level
    return Suggestion(
        person=None if level == "unknown" else person,
        level=level,
        distance=distance,
        candidates=ranked,
        refused=lowered,
    )


def look_alikes(
    book: Book, known: Mapping[str, Face], thresholds: Thresholds
) -> list[tuple[str, str, float]]:
    """People who may be one under two names: both keys and the distance of their nearest faces."""
    tagged = [known[key] for key in book.tags if key in known]
    who = np.array([book.tags[face.key] for face in tagged])
    table = _distances(tagged, tagged)
    pairs: dict[tuple[str, str], float] = {}
    for a, b in np.argwhere((table < thresholds.sure) & (who[:, None] < who)).tolist():
        pair = (str(who[a]), str(who[b]))
        pairs[pair] = min(float(table[a, b]), pairs.get(pair, np.inf))
    return [(*pair, distance) for pair, distance in sorted(pairs.items(), key=lambda item: item[1])]


def strays(book: Book, known: Mapping[str, Face], thresholds: Thresholds) -> list[tuple[str, str, float]]:
    """Tagged faces unlike all others of their person: face, person, distance to the nearest of them."""
    tagged = [known[key] for key in book.tags if key in known]
    if not tagged:
        return []
    who = np.array([book.tags[face.key] for face in tagged])
    table = _distances(tagged, tagged)
    table[who[:, None] != who] = np.inf
    np.fill_diagonal(table, np.inf)
    return [
        (face.key, person, nearest)
        for face, person, nearest in zip(tagged, who.tolist(), table.min(axis=1).tolist(), strict=True)
        if thresholds.maybe * 1.2 < nearest < np.inf
    ]
