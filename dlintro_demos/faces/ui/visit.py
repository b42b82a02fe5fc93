"""What one visit knows of faces: the photos seen, who was named, and every way to forget it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from dlintro_demos.faces.embedders import pick_embedder, thresholds
from dlintro_demos.faces.face import AlbumPhoto, Book, Box, Face, PhotoFaces, Thresholds
from dlintro_demos.faces.people import History, Suggestion, name_faces, suggest
from dlintro_demos.faces.places import with_known_keys
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.session import visitor

T = TypeVar("T")
MOST_FACES = 800  # kept in one visit: about 20 MB with their pictures; the oldest unnamed give way


_visits: weakref.WeakSet[FaceVisit] = weakref.WeakSet()


@dataclass(eq=False)
class FaceVisit:
    """Lives in the session and goes with it.

    `drawn` are the faces that the visitor boxed, by photo, and `wanted` a photo and a box of theirs in which
    nothing has looked yet. `album_key` names the files of `album`.
    """

    history: History = field(default_factory=History)
    photos: dict[str, PhotoFaces] = field(default_factory=dict)
    drawn: dict[str, list[Face]] = field(default_factory=dict)
    wanted: tuple[str, Box] | None = None
    album: Sequence[AlbumPhoto] = ()
    album_key: Hashable = ""
    left_out: Sequence[str] = ()
    _told: tuple[Book, list[Face | None]] = field(default_factory=lambda: (Book(), []))
    _suggested: dict[Hashable, tuple[tuple[Face, ...], dict[str, Suggestion]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Count this visit's album with the others', as long as it lives."""
        _visits.add(self)

    def remember(self, found: Iterable[PhotoFaces]) -> None:
        """Keep photos' faces; the oldest photos in which nobody is named give way."""
        for photo in found:
            before = self.photos.pop(photo.key, None)
            self.photos[photo.key] = with_known_keys(photo, before) if before else photo
        total = sum(len(photo.faces) for photo in self.photos.values())
        for key in list(self.photos)[:-1]:
            if total <= MOST_FACES:
                return
            if not any(face.key in self.history.book.tags for face in self.photos[key].faces):
                total -= len(self.photos.pop(key).faces)

    def take_names(self, photos: Iterable[AlbumPhoto]) -> None:
        """Take over the names that came with photos, where the visitor has said nothing else."""
        book = self.history.book
        for photo in photos:
            self.remember([photo.found])
            drawn = self.drawn.setdefault(photo.key, [])
            drawn += [face for face in photo.drawn if face.key not in {each.key for each in drawn}]
            keys = zip(photo.found.faces, self.photos[photo.key].faces, strict=True)
            here = {came.key: face.key for came, face in keys}
            for key, name in photo.names.items():
                if here.get(key, key) not in book.tags:
                    book = name_faces(book, [here.get(key, key)], name)
        self.history.do("took over the names beside the photos", book)

    def faces_of(self, found: PhotoFaces) -> tuple[Face, ...]:
        """A photo's faces under the keys that this visit knows them by, those that the visitor drew last."""
        return (*self.photos.get(found.key, found).faces, *self.drawn.get(found.key, ()))

    def known(self) -> dict[str, Face]:
        """Every face of the visit, by key."""
        return {face.key: face for photo in self.photos.values() for face in self.faces_of(photo)}

    def forget(self, person: str) -> None:
        """Forget a person, their faces' numbers and every result kept; what is on screen is seen anew."""
        theirs = {face for face, who in self.history.book.tags.items() if who == person}
        for key, photo in list(self.photos.items()):
            if theirs & {face.key for face in self.faces_of(photo)}:
                del self.photos[key]
        for key, drawn in self.drawn.items():
            self.drawn[key] = [face for face in drawn if face.key not in theirs]
        self.history.forget(person)
        self._told, self._suggested = (Book(), []), {}
        engine().results.forget(visitor().id)

    def suggestions(self, *photos: PhotoFaces) -> dict[str, Suggestion]:
        """Who the untagged faces of photos may be, by key."""
        known = self._known_now()
        each = (self._suggest(photo.key, self.faces_of(photo), known) for photo in photos)
        return {key: suggestion for answers in each for key, suggestion in answers.items()}

    def suggestion_for(self, group: Sequence[Face]) -> Suggestion:
        """Who faces that are one person may be: asked with the mean of their numbers."""
        mean = np.mean([face.embedding for face in group], axis=0)
        asked = replace(group[0], embedding=mean.astype(np.float32))
        key = tuple(face.key for face in group)
        return self._suggest(key, (asked,), self._known_now(), given=tuple(group))[asked.key]

    def _suggest(
        self, key: Hashable, faces: tuple[Face, ...], known: dict[str, Face], given: tuple[Face, ...] = ()
    ) -> dict[str, Suggestion]:
        """`suggest`, once for the same faces: an album asks for all its photos on every run."""
        kept = self._suggested.get(key)
        if kept is None or kept[0] != (given or faces):
            kept = self._suggested[key] = (given or faces, suggest(self.history.book, faces, known, limits()))
        return kept[1]

    def _known_now(self) -> dict[str, Face]:
        """`known`; drops what was suggested if names have changed, or a face with a name came or went."""
        book, known = self.history.book, self.known()
        told = (book, [known.get(key) for key in (*book.tags, *(face for face, _ in book.refusals))])
        if self._told[0] is not book or self._told[1] != told[1]:
            self._told = told
            self._suggested = {}
        return known

    def name_of(self, person: str | None) -> str:
        """A person's name, as it was typed."""
        found = self.history.book.people.get(person or "")
        return found.name if found else ""


def face_visit() -> FaceVisit:
    """The visit of this session."""
    if "face_visit" not in st.session_state:
        st.session_state.face_visit = FaceVisit()
    return st.session_state.face_visit


def album_room(visit: FaceVisit, size: int, most: int) -> str:
    """Why an album of `size` bytes cannot be taken, in words for the visitor; "" where it can."""
    if size > most:
        return f"These files have {size / MB:.0f} MB; the limit is {most // MB} MB. Choose fewer of them."
    others = sum(len(photo.original) for each in list(_visits) if each is not visit for photo in each.album)
    total = engine().settings.all_results_mb * MB
    if others + size > total:
        return (
            f"The gallery holds as many photos of all visitors as it may ({total // MB} MB). "
            "Try again in a few minutes, or with fewer photos."
        )
    return ""


def limits() -> Thresholds:
    """The thresholds of the network in use."""
    cache = engine().cache
    return thresholds(cache, pick_embedder(cache).key)


def through_the_queue(work: Callable[..., Iterator[Progress | T]], *args: Any) -> Callable[[], T]:
    """What a download button calls when it is pressed: its file, made when the queue comes to it."""
    me = visitor()
    return lambda: me.errand(work, *args)
