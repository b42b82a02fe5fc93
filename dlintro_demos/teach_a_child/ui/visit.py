"""What a visitor has taught so far, in the session; every panel of the page begins here."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

from dlintro_demos.gallery.intake.names import BadName
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.teach_a_child.heads import Guess, Head, HeadKey, fit, guesses
from dlintro_demos.teach_a_child.lesson import Lesson, LessonFull, Seen, teach
from dlintro_demos.teach_a_child.tray import begin

HEAD_TITLES: dict[HeadKey, str] = {
    "mean": "Class means",
    "neighbours": "Nearest neighbours",
    "logistic": "Logistic regression",
}
T = TypeVar("T")
KEPT = 8  # heads and answers: of about the newest two lessons
_VISIT = "taught"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a word of the visitor changed: the guess for one picture before and after."""

    key: str
    before: Guess | None
    after: Guess
    was: str | None = None
    """What the picture was called until then, if it was called otherwise."""


@dataclass
class TeachVisit:
    """The lesson, those before it, how the machine learns, and what the last word changed."""

    lesson: Lesson
    head: HeadKey = "mean"
    past: list[Lesson] = field(default_factory=list)
    changes: int = 0
    """Of the lesson so far; undoing is one."""
    change: Change | None = None
    problem: str = ""
    shown: Seen | None = None
    """The picture that the page is about now."""
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds of the last look, the last learning and the last answer."""
    kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)

    def set(self, lesson: Lesson) -> None:
        """Another lesson; the one before can be had back."""
        self.past = [*self.past[-19:], self.lesson]
        self._change_to(lesson)

    def undo(self, made_on: Lesson) -> None:
        """The lesson before the last change; a second click, made on a lesson that is gone, does nothing."""
        if self.past and self.lesson is made_on:
            self._change_to(self.past.pop())

    def _change_to(self, lesson: Lesson) -> None:
        self.lesson, self.change, self.problem = lesson, None, ""
        self.changes += 1

    def _once(self, stage: str, work: Callable[..., T], *of: Hashable) -> T:
        """`work(*of)`, done once: a page runs often, and what it is made of changes seldom."""
        key = (work, *of)
        if key not in self.kept:
            started = time.perf_counter()
            self.kept[key] = work(*of)
            self.stages[stage] = time.perf_counter() - started
            if len(self.kept) > KEPT:
                self.kept.popitem(last=False)
        self.kept.move_to_end(key)
        return self.kept[key]

    def guesses(self, seen: tuple[Seen, ...]) -> list[Guess]:
        """What the machine says; nothing where it was never taught."""
        if not self.lesson.examples:
            return []
        return self._once("answer", guesses, self.learned(), seen)

    def learned(self) -> Head:
        """What the lesson, which has examples, has taught it."""
        return self._once("learn all examples", fit, self.lesson, self.head)

    def tell(self, seen: tuple[Seen, ...], name: str) -> None:
        """These pictures are called `name`. What cannot be is said in `problem`, and changes nothing."""
        before = self.guesses(seen)
        told = {each: guess.name for each, guess in zip(seen, before, strict=True)} if before else None
        was = self.lesson.called(seen[0].key)
        try:
            lesson = teach(self.lesson, told or dict.fromkeys(seen), name)
        except (BadName, LessonFull) as error:
            self.problem = str(error)
            return
        self.set(lesson)
        (after,) = self.guesses(seen[:1])
        now = lesson.called(seen[0].key)
        self.change = Change(
            key=seen[0].key,
            before=before[0] if before else None,
            after=after,
            was=was if was != now else None,
        )

    def tell_many(self, seen: tuple[Seen, ...], name: str) -> None:
        """As `tell`, without asking first: pictures of one moment are no test of what it knows."""
        try:
            self.set(teach(self.lesson, dict.fromkeys(seen), name, test=False))
        except (BadName, LessonFull) as error:
            self.problem = str(error)


def teach_visit() -> TeachVisit | None:
    """The visitor's; begins with two apples and two balls. None, after saying why, without the network."""
    if _VISIT not in st.session_state:
        lesson = run_job("begin", "begin", begin, engine().cache, label="Learning two words", shared=True)
        if lesson is None:
            return None
        st.session_state[_VISIT] = TeachVisit(lesson=lesson)
    visit: TeachVisit = st.session_state[_VISIT]
    return visit
