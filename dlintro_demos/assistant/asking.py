"""What passes between the dialogue and its actions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from dlintro_demos.assistant.slots import Slot, first, whens
from dlintro_demos.assistant.store import Row, Store
from dlintro_demos.assistant.tagger import Tagged
from dlintro_demos.assistant.times import When

OptionKind = Literal["flight", "train", "dish", "event", "reminder", "item", "booking", "order", "table"]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request: its intent, slots and plain text, what it is asked of, and what was shown before."""

    intent: str
    text: str
    slots: tuple[Slot, ...]
    store: Store
    now: datetime
    shown: tuple[Option, ...] = ()
    tagged: tuple[Tagged, ...] = ()
    """The words of the text, and how likely each belongs to a title."""

    def value(self, kind: Any) -> Any:
        """The first slot of a kind, or None."""
        return first(self.slots, kind)

    def values(self, kind: Any) -> list[Any]:
        """All slots of a kind."""
        return [slot.value for slot in self.slots if slot.kind == kind]

    @property
    def when(self) -> When | None:
        """The first time that is one, and not only a length."""
        return next((when for when in whens(self.slots) if when.iso), None)

    @property
    def problem(self) -> str:
        """Why a time that was named does not exist, or ""."""
        return next((when.problem for when in whens(self.slots) if when.problem), "")

    @property
    def moment(self) -> str:
        """The moment that was named, as the store has it, or ""."""
        when = self.when
        exact = when is not None and when.moment is not None and when.grain != "part of day"
        return when.iso[:16] if when and exact else ""

    def span(self) -> tuple[str, str]:
        """The stretch that is asked about, from and to; without a time the day of now."""
        when = self.when
        if when is None or when.day is None or when.last_day is None:
            return of_day(self.now.date())
        if when.moment and when.until:
            return when.iso[:16], when.until[:16]
        if when.moment:
            return when.iso[:16], (datetime.fromisoformat(when.iso[:16]) + timedelta(hours=1)).isoformat()[
                :16
            ]
        return of_day(when.day)[0], of_day(when.last_day)[1]

    def day(self) -> date:
        """The day that is asked about."""
        return (self.when.day if self.when else None) or self.now.date()

    def with_slots(self, slots: tuple[Slot, ...]) -> Ask:
        """The same with other slots."""
        return replace(self, slots=slots)


def of_day(day: date) -> tuple[str, str]:
    """A whole day as the store's moments, from and to."""
    begin = datetime.combine(day, time())
    return begin.isoformat()[:16], (begin + timedelta(days=1)).isoformat()[:16]


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something that was offered and can be chosen."""

    kind: OptionKind
    row: Row
    words: str


@dataclass(frozen=True, kw_only=True)
class Pending:
    """What was asked back: to confirm an action ("confirm"), or for what is missing (a slot, "title")."""

    wants: str
    ask: Ask
    action: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What an action answers, and what can be referred to afterwards."""

    answer: str
    options: tuple[Option, ...] = ()
    pending: Pending | None = None
    topic: bool = False
    """Whether "and the day after?" may follow."""


def asks_for(ask: Ask, wants: str, question: str) -> Reply:
    """Ask back for what is missing."""
    return Reply(answer=question, pending=Pending(wants=wants, ask=ask))
