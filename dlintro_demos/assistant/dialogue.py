"""A dialogue: what was said, turn by turn, with every stage of each turn to look at.

It can be replayed: the same turns at the same `now` give the same answers. What is not
understood changes nothing; what deletes or orders waits for a yes; "undo" takes the last change back.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from dlintro_demos.assistant import actions, bookings, confirming, diary, moving
from dlintro_demos.assistant.actions import Action
from dlintro_demos.assistant.asking import Ask, Option, Pending, Reply
from dlintro_demos.assistant.choosing import chosen
from dlintro_demos.assistant.continuing import bare_number, merged, moved, number_in, titled
from dlintro_demos.assistant.doubting import Heard, believed, doubtful, question
from dlintro_demos.assistant.intents import Guess, plain_words, understand
from dlintro_demos.assistant.normalise import LONGEST, masked
from dlintro_demos.assistant.number_words import NUMBER
from dlintro_demos.assistant.slots import Slot, extract
from dlintro_demos.assistant.store import Ran, Store
from dlintro_demos.assistant.tagger import tag
from dlintro_demos.assistant.titles import title_slots

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

T = TypeVar("T")
ABLE = (
    "your calendar (“What is my schedule for tomorrow?”), flights (“Show my upcoming flights”), food and "
    "tables (“What's on the menu?”), trains (“When is the next train to Hamburg?”), shopping lists, "
    "reminders, the weather and the time"
)
SMALL_TALK = {
    "greeting": "Hello. I can help with your calendar, flights, food, trains and shopping.",
    "thanks": "You are welcome.",
    "goodbye": "Goodbye.",
    "help": f"I can help with {ABLE}. Before I order or delete I ask, and “undo” takes the last change back.",
}
ACTIONS: dict[str, Action] = {
    "calendar_show": diary.calendar_show,
    "calendar_add": diary.calendar_add,
    "calendar_cancel": confirming.calendar_cancel,
    "calendar_free": diary.calendar_free,
    "calendar_move": moving.calendar_move,
    "flights_show": actions.flights_show,
    "flights_find": actions.flights_find,
    "flight_status": actions.flight_status,
    "menu_show": actions.menu_show,
    "food_order": confirming.food_order,
    "table_book": confirming.table_book,
    "orders_show": bookings.orders_show,
    "orders_cancel": bookings.orders_cancel,
    "trains_find": actions.trains_find,
    "shopping_add": actions.shopping_add,
    "shopping_show": actions.shopping_show,
    "shopping_remove": confirming.shopping_remove,
    "reminder_add": actions.reminder_add,
    "reminder_show": actions.reminder_show,
    "reminder_cancel": confirming.reminder_cancel,
    "weather": actions.weather,
    "clock": actions.clock,
}
_MOVES = re.compile(
    r"\b(?:day|week|month) (?:after|before)\b(?! (?:tomorrow|next|yesterday))|\b(?:following|next) day\b",
    re.IGNORECASE,
)
_LEADS_ON = re.compile(r"(?:and|what about|how about)\b", re.IGNORECASE)
_MOVES_ONE = re.compile(
    r"(?:please )?(?:move|shift|push|reschedule) (?:the )?(?:first|second|third|last|other) one\b",
    re.IGNORECASE,
)
HEARD = "heard"  # what waits for a yes: a sentence that was not heard well
EARS = "whisper_tiny_en"
BOOKABLE = ("flight", "train", "dish")
REFUSED = f"I don't know that, or it was not meant for me. I can help with {ABLE}."


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One sentence and what became of it.

    Bad words are masked throughout. `heard` is as it came in; `plain` what the next stages read, `changes`
    what was put right; `guess` intent, confidence, the likeliest three and the nearest phrasings; `known`
    whether it was taken up at all; `slots` what it names, `resolved` together with what the turns before
    named; `sql` what ran; `milliseconds` by stage.
    """

    heard: str
    plain: str
    changes: tuple[tuple[str, str], ...]
    guess: Guess
    intent: str
    known: bool
    slots: tuple[Slot, ...]
    resolved: tuple[Slot, ...]
    sql: tuple[Ran, ...]
    answer: str
    milliseconds: dict[str, float] = field(compare=False)

    @property
    def carried(self) -> tuple[Slot, ...]:
        """Slots that earlier turns named: "tomorrow" of "What is my schedule for tomorrow?" """
        return tuple(slot for slot in self._others() if slot.text.lower() not in self._said())

    @property
    def meant(self) -> tuple[Slot, ...]:
        """Slots of this sentence whose value comes from earlier turns: the day of "and the day after?" """
        return tuple(slot for slot in self._others() if slot.text.lower() in self._said())

    def _others(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.resolved if slot not in self.slots)

    def _said(self) -> str:
        return self.plain.lower()


class Dialogue:
    """One visitor's conversation, with a store of their own."""

    def __init__(self, cache: ModelCache, now: datetime, store: Store | None = None) -> None:
        if now.tzinfo is None:
            raise ValueError("now must carry its time zone")
        self._cache = cache
        self._now = now
        self.store = store or Store(now)
        self.turns: list[Turn] = []
        self._topic: Ask | None = None
        self._options: tuple[Option, ...] = ()
        self._pending: Pending | None = None
        self._asked: Ask | None = None
        self._heard: Heard | None = None
        self._said, self._confidence = "", 1.0

    def fork(self) -> Dialogue:
        """Another dialogue at the same point: what is said to one, the other does not hear."""
        twin = Dialogue(self._cache, self._now, self.store.copy())
        twin.turns = list(self.turns)
        twin._options = self._options
        if self._topic:
            twin._topic = replace(self._topic, store=twin.store)
        if self._pending:
            twin._pending = replace(self._pending, ask=replace(self._pending.ask, store=twin.store))
        return twin

    @property
    def nbytes(self) -> int:
        """What it holds of its own, in bytes: its store."""
        return self.store.nbytes

    @property
    def awaits(self) -> str:
        """What it has asked back for: a yes ("confirm"), a kind of slot, "title", or "" for nothing."""
        return self._pending.wants if self._pending else ""

    def say(self, text: str, now: datetime | None = None, heard: Heard | None = None) -> Turn:
        """Take one sentence; `now` moves the clock. What was `heard` unsurely is asked before it is done.

        Raises `ModelUnavailable`.
        """
        self._now = now or self._now
        self._heard, self._said = heard, text
        self.store.ran()
        times: dict[str, float] = {}
        plain = _timed(times, "normalise", lambda: plain_words(text, self._cache))
        guess = _timed(times, "intent", lambda: understand(plain.text, self._cache))
        doubted = heard and not believed(heard, guess.confidence, self._cache.card(EARS).thresholds)
        if doubted or len(text.strip()) > LONGEST:  # nobody asks for one thing in that many words
            guess = replace(guess, known=False)
        self._confidence = guess.confidence
        intent = self._pending.ask.intent if self._pending and not guess.known else guess.intent
        words = plain.text
        slots, tagged = _timed(
            times,
            "slots",
            lambda: (extract(words, self._now, intent=intent), tag(words, intent, self._cache)),
        )
        ask = Ask(
            intent=guess.intent, text=words, slots=slots, store=self.store, now=self._now, tagged=tagged
        )
        self._asked = None
        known, intent, reply = _timed(times, "action", lambda: self._reply(ask, guess))
        self._pending = reply.pending
        self._options = reply.options or (self._options if known else ())
        turn = Turn(
            heard=masked(text[:LONGEST]),
            plain=masked(plain.text),
            changes=tuple((masked(said), masked(right)) for said, right in plain.changes),
            guess=guess,
            intent=intent,
            known=known,
            slots=slots + title_slots(ask),
            resolved=self._asked.slots + title_slots(self._asked) if self._asked else slots,
            sql=tuple(ran.masked() for ran in self.store.ran()),
            answer=masked(reply.answer),
            milliseconds=times,
        )
        self.turns.append(turn)
        del self.turns[:-50]
        return turn

    def _reply(self, ask: Ask, guess: Guess) -> tuple[bool, str, Reply]:
        """Whether it was taken up, as which intent, and the answer."""
        if ask.text and (answered := self._to_question(ask, guess)):
            return True, answered[0], answered[1]
        if not guess.known and self._topic and _LEADS_ON.match(ask.text) and ask.slots:
            return True, "follow_time", self._follow_time(ask)
        if self._options and _MOVES_ONE.match(ask.text):
            slots = extract(ask.text, self._now, intent="calendar_move")
            return True, "calendar_move", self._act(replace(ask, intent="calendar_move", slots=slots))
        if not guess.known or not ask.text:
            return False, "none", Reply(answer=REFUSED, pending=self._pending, options=self._options)
        if ask.problem:
            return True, ask.intent, Reply(answer=ask.problem, pending=self._pending)
        return True, ask.intent, self._by_intent(ask)

    def _to_question(self, ask: Ask, guess: Guess) -> tuple[str, Reply] | None:
        """What was said as the answer to what was asked back, or None where it is something else."""
        pending = self._pending
        if pending is None:
            return None
        if guess.known and ask.intent in ("cancel", "repeat", "help", "undo", "goodbye", "thanks"):
            return None
        if pending.wants == "confirm":
            return self._to_confirm(pending, ask, guess)
        if ask.problem:
            return pending.ask.intent, Reply(answer=ask.problem, pending=pending)
        if pending.wants == "dish" and (option := chosen(self._options, ask)):
            lines = [*pending.data.get("lines", []), (option.row, pending.data.get("count", 1))]
            return "food_order", confirming.confirm_order(pending.ask, lines)
        new_request = guess.known and guess.confidence > 0.8 and ask.intent in ACTIONS
        if new_request and ask.intent in ("calendar_add", "reminder_add") and len(ask.text.split()) > 5:
            return None
        if pending.wants == "person" and not (new_request and ask.intent != pending.ask.intent):
            more = tuple(slot for slot in ask.slots if slot.kind != "time")
            both = replace(pending.ask, text=f"{pending.ask.text} {ask.text}", slots=pending.ask.slots + more)
            return pending.ask.intent, self._act(both)
        if pending.wants == "title":
            if new_request and ask.intent != pending.ask.intent:
                return None
            return pending.ask.intent, self._act(titled(pending.ask, ask.text))
        if new_request and ask.intent != pending.ask.intent and len(ask.text.split()) > 4:
            return None
        hour = pending.wants == "time" and re.fullmatch(NUMBER, ask.text.strip(" .").lower())
        text = f"at {ask.text}" if hour else ask.text
        slots = extract(text, self._now, intent=pending.ask.intent, about=pending.ask.text)
        slots = slots or bare_number(ask, pending)
        wanted = [slot for slot in slots if slot.kind == pending.wants]
        if not wanted and not (slots and not new_request):
            return None
        return pending.ask.intent, self._act(merged(pending.ask, slots))

    def _to_confirm(self, pending: Pending, ask: Ask, guess: Guess) -> tuple[str, Reply] | None:
        if not guess.known:
            return None
        if pending.action == HEARD:
            return self._to_heard(pending, ask)
        deletes = pending.action in confirming.DELETIONS
        if ask.intent == "yes" or (ask.intent == "book_it" and not deletes):
            return pending.ask.intent, Reply(answer=confirming.perform(pending))
        if ask.intent == "no":
            return "no", Reply(answer="Then I leave it as it is.")
        count = ask.value("count") or number_in(ask.text)
        if ask.intent in ("follow_count", "food_order", "table_book") and count and not ask.value("dish"):
            reply = confirming.changed_count(pending, count)
            return ("follow_count", reply) if reply else None
        if ask.intent == "follow_time" and ask.when and pending.action in ("table_book", "food_order"):
            return pending.ask.intent, self._act(merged(pending.ask, ask.slots))
        return None

    def _to_heard(self, pending: Pending, ask: Ask) -> tuple[str, Reply] | None:
        """The answer to "Did you say ...?" """
        if ask.intent == "yes":
            self._heard = None
            return pending.ask.intent, self._act(pending.ask)
        if ask.intent == "no":
            return "no", Reply(answer="Then I did nothing. Please say it again.")
        return None

    def _by_intent(self, ask: Ask) -> Reply:
        if ask.intent in SMALL_TALK:
            return Reply(answer=SMALL_TALK[ask.intent], pending=self._pending)
        simple: dict[str, Callable[[Ask], Reply]] = {
            "cancel": self._cancel,
            "no": self._cancel,
            "repeat": self._repeat,
            "undo": self._undo,
            "yes": lambda _: Reply(answer="I had asked nothing. What can I do?"),
            "follow_time": self._follow_time,
            "follow_choice": self._follow_choice,
            "follow_count": self._follow_count,
            "follow_cancel": lambda ask: bookings.follow_cancel(ask, self._options),
            "book_it": self._book_it,
        }
        return simple[ask.intent](ask) if ask.intent in simple else self._act(ask)

    def _act(self, ask: Ask) -> Reply:
        self._asked = ask
        if self._heard and (asked := self._in_doubt(ask, self._heard)):
            return asked
        reply = ACTIONS[ask.intent](replace(ask, shown=self._options))
        if reply.topic:
            self._topic = ask
        return reply

    def _in_doubt(self, ask: Ask, heard: Heard) -> Reply | None:
        """Whether it was really said, where it would be done at once and was not heard well; else None."""
        if not doubtful(ask, heard, self._confidence, self._cache.card(EARS).thresholds):
            return None
        tried = replace(ask, store=self.store.copy(), shown=self._options)
        if ACTIONS[ask.intent](tried).pending or not tried.store.changed:
            return None
        return Reply(
            answer=question(self._said),
            options=self._options,
            pending=Pending(wants="confirm", ask=ask, action=HEARD),
        )

    def _cancel(self, _: Ask) -> Reply:
        return Reply(answer="Then I leave it." if self._pending else "There was nothing to stop.")

    def _repeat(self, _: Ask) -> Reply:
        answer = self.turns[-1].answer if self.turns else "I have said nothing yet."
        return Reply(answer=answer, pending=self._pending)

    def _undo(self, _: Ask) -> Reply:
        return Reply(answer=confirming.told_undone(self.store.undo()))

    def _follow_time(self, ask: Ask) -> Reply:
        """ "And the day after?" """
        if self._topic is None:
            return Reply(
                answer="What about it? Ask me for your calendar, a flight, a train or the weather first."
            )
        times = tuple(slot for slot in ask.slots if slot.kind == "time")
        slots = moved(self._topic, ask.text) if _MOVES.search(ask.text) or not times else times
        others = tuple(slot for slot in ask.slots if slot.kind == "place")
        if not slots and not others:
            return Reply(answer="Which day do you mean?", pending=Pending(wants="time", ask=self._topic))
        return self._act(merged(self._topic, slots + others))

    def _follow_choice(self, ask: Ask) -> Reply:
        """ "The cheaper one" """
        if not self._options:
            return Reply(answer="Which one? I have not offered anything to choose from.")
        option = chosen(self._options, ask)
        if option is None:
            told = "; ".join(f"{number}. {each.words}" for number, each in enumerate(self._options, 1))
            return Reply(answer=f"I did not get which one: {told}.", options=self._options)
        return self._offer(option, ask, 1)

    def _offer(self, option: Option, ask: Ask, count: int) -> Reply:
        if option.kind == "flight":
            seats = (self._topic.value("count") if self._topic else None) or count
            return confirming.flight_book(ask, option.row, seats)
        if option.kind == "dish":
            return confirming.confirm_order(ask, [(option.row, count)])
        return Reply(answer=f"{option.words[:1].upper()}{option.words[1:]}.", options=(option,), topic=True)

    def _follow_count(self, ask: Ask) -> Reply:
        """ "Make it two", when nothing waits for a yes: of the one thing that was offered."""
        count = ask.value("count") or number_in(ask.text)
        if count and len(self._options) == 1 and self._options[0].kind in BOOKABLE:
            return self._offer(self._options[0], ask, count)
        return Reply(
            answer="Two of what? Say it with the name, please."
            if count == 2
            else "Of what? Say it with its name."
        )

    def _book_it(self, ask: Ask) -> Reply:
        if not any(option.kind in BOOKABLE for option in self._options):
            return Reply(answer="What shall I book? Ask for a flight or for the menu first.")
        option = self._options[0] if len(self._options) == 1 else chosen(self._options, ask)
        if option is None:
            return Reply(
                answer="Which one? Say its number, “the cheaper one” or “the earlier one”.",
                options=self._options,
            )
        if option.kind == "train":
            return Reply(
                answer="I cannot buy train tickets; I can remind you to leave.", options=self._options
            )
        return self._offer(option, ask, 1)


def replay(lines: Iterable[str], cache: ModelCache, now: datetime) -> list[Turn]:
    """A whole dialogue, a sentence each. Raises `ModelUnavailable`."""
    dialogue = Dialogue(cache, now)
    return [dialogue.say(line) for line in lines]


def _timed(times: dict[str, float], stage: str, work: Callable[[], T]) -> T:
    begun = time.perf_counter()
    result = work()
    times[stage] = 1_000 * (time.perf_counter() - begun)
    return result
