"""One visitor: who asks, what is kept for them, and forgetting it."""

from __future__ import annotations

import secrets
import threading
import weakref
from collections.abc import Hashable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime import memory
from dlintro_demos.gallery.runtime.jobs import Job
from dlintro_demos.gallery.runtime.live import Watcher
from dlintro_demos.gallery.runtime.shown import Shown

LIVE = "live camera"  # the slot that a page asks for to keep it on
LARGE = 16 << 20  # bytes: to give back less costs more than it is worth

# Filled by finalizers, which run at any moment and in any thread: of all queues this one allows that.
_gone: SimpleQueue[str] = SimpleQueue()


def _forget_those_gone() -> None:
    while True:
        gone = [_gone.get()]
        while not _gone.empty():
            gone.append(_gone.get())
        freed = sum(engine().results.forget(visitor) for visitor in gone)
        for visitor in gone:
            engine().running.leave_all(visitor)
        if freed > LARGE:
            memory.give_back()


threading.Thread(target=_forget_those_gone, name="forgetting", daemon=True).start()


@dataclass
class Seat:
    """A visitor's place at a job: what it was asked for, and whether they stopped waiting."""

    key: Hashable
    job: Job[Any]
    stopped: bool = False


class Visitor:
    """Lives in the session; when Streamlit drops the session, what was kept for it goes too."""

    def __init__(self) -> None:
        self.id = secrets.token_urlsafe(12)
        self.seats: dict[str, Seat] = {}
        self.asked: set[str] = set()  # slots that this run of the page asked for
        self.forgotten = 0
        self.shown = Shown()
        self.watcher = Watcher()
        weakref.finalize(self, _gone.put, self.id)

    def stop(self, slot: str) -> None:
        """Wait no more, and remember that: the page offers to start again."""
        if seat := self.seats.get(slot):
            engine().running.leave(seat.key, self.id)
            seat.stopped = True

    def leave(self, slot: str) -> None:
        """Give up the seat in a slot, if there is one."""
        if seat := self.seats.pop(slot, None):
            engine().running.leave(seat.key, self.id)

    def leave_unasked(self) -> None:
        """Leave the jobs, and the camera, of pages and panels that the visitor has left."""
        if LIVE not in self.asked:
            self.watcher.work = None
        for slot in set(self.seats) - self.asked:
            self.leave(slot)


def visitor() -> Visitor:
    """The visitor of this session."""
    if "visitor" not in st.session_state:
        st.session_state.visitor = Visitor()
    return st.session_state.visitor


def forget() -> None:
    """Forget everything of this visitor: results, jobs, uploads, widgets. Use as a button's `on_click`."""
    me = visitor()
    me.asked.clear()
    me.leave_unasked()
    me.shown.forget()
    if engine().results.forget(me.id) > LARGE:
        memory.give_back()
    me.forgotten += 1
    st.query_params.from_dict({})  # unlike `clear`, it also drops what is bound to a widget
    for key in list(st.session_state):
        if key != "visitor":
            del st.session_state[key]


def private_key(name: str) -> str:
    """The key of a widget that holds a visitor's own material; a new one, when they ask to be forgotten."""
    return f"{name}-{visitor().forgotten}"
