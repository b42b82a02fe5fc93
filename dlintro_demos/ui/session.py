"""One visitor: who asks, what is kept for them, and forgetting it."""

from __future__ import annotations

import secrets
import threading
import weakref
from collections.abc import Hashable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import streamlit as st

from dlintro_demos.runtime.jobs import Job
from dlintro_demos.settings import settings

if TYPE_CHECKING:
    from dlintro_demos.runtime.engine import Engine


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The engine of this process, built once, by the warm-up or by the first page that needs it."""
    from dlintro_demos.runtime.engine import build_engine  # imports torch, which the wall does not need

    built = build_engine(settings())
    threading.Thread(target=_forget_those_gone, args=(built,), name="forgetting", daemon=True).start()
    return built


# Filled by finalizers, which run at any moment and in any thread: of all queues this one allows that.
_gone: SimpleQueue[str] = SimpleQueue()


def _forget_those_gone(built: Engine) -> None:
    while True:
        built.results.forget(_gone.get())


@dataclass
class Seat:
    """A visitor's place at a job: what it was asked for, and whether they stopped waiting."""

    fingerprint: Hashable
    key: Hashable
    job: Job[Any]
    shared: bool
    stopped: bool = False


class Visitor:
    """Lives in the session; when Streamlit drops the session, what was kept for it goes too."""

    def __init__(self) -> None:
        self.id = secrets.token_urlsafe(12)
        self.seats: dict[str, Seat] = {}
        self.asked: set[str] = set()  # slots that this run of the page asked for
        self.forgotten = 0
        weakref.finalize(self, _gone.put, self.id)

    def stop(self, slot: str) -> None:
        """Wait no more, and remember that: the page offers to start again."""
        if seat := self.seats.get(slot):
            engine().shared_jobs.leave(seat.key, self.id, keep=seat.shared)
            seat.stopped = True

    def leave(self, slot: str) -> None:
        """Give up the seat in a slot, if there is one."""
        if seat := self.seats.pop(slot, None):
            engine().shared_jobs.leave(seat.key, self.id, keep=seat.shared)

    def leave_unasked(self) -> None:
        """Leave the jobs of pages and panels that the visitor has left."""
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
    engine().results.forget(me.id)
    me.forgotten += 1
    st.query_params.from_dict({})  # unlike `clear`, it also drops what is bound to a widget
    for key in list(st.session_state):
        if key != "visitor":
            del st.session_state[key]


def private_key(name: str) -> str:
    """The key of a widget that holds a visitor's own material; a new one, when they ask to be forgotten."""
    return f"{name}-{visitor().forgotten}"
