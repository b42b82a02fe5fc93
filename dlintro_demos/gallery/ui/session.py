"""One visitor: who asks, what is kept for them, and forgetting it."""

from __future__ import annotations

import secrets
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime import memory
from dlintro_demos.gallery.runtime.jobs import Job, Progress
from dlintro_demos.gallery.runtime.live import Watcher, Work
from dlintro_demos.gallery.runtime.shown import Shown
from dlintro_demos.gallery.stage import State

if TYPE_CHECKING:
    from dlintro_demos.gallery.scores.store import Player

LIVE = "live camera"  # the slot that a page asks for to keep it on
T = TypeVar("T")
LARGE = 16 << 20  # bytes: to give back less costs more than it is worth
MOST_EXPECTED = 1000  # files: more than one visitor may have here
LONGEST_NAME = 100  # characters of a file's name
NO_COOKIE = "without a cookie"

present: weakref.WeakValueDictionary[str, Visitor] = weakref.WeakValueDictionary()
"""The visitors of this process, by the id of their session."""

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
    """A visitor's place at a job: what it was asked for, and whether they stopped waiting.

    `too_slow` is what to say of one that was stopped at its deadline.
    """

    key: Hashable
    job: Job[Any]
    stopped: bool = False
    too_slow: str = ""
    since: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What was dropped: how many of each, and the bytes of files and results."""

    files: int
    results: int
    pictures: int
    bytes: int


class Visitor:
    """Lives in the session, and ends with it: what was kept for it goes too.

    `client` is the address and browser, which may have several tabs open; `session` is Streamlit's name for
    this one. `forgotten` counts how often everything was dropped: what began before is not kept after.
    `expected` holds the names of the files that may come, by their id; `refused` the name and the reason of
    those that were not taken on this page, `latest` the ids of those that the visitor brought last. `spent`
    holds, by slot, the keys of results made of files of theirs, and the seconds that each took. `player` is
    who they are on the board of scores, `secret` what their browser keeps of that, `room` the room that they
    entered; `left` says that their browser is to keep nothing any more.
    """

    def __init__(self, client: str = "", session: str = "") -> None:
        self.id = secrets.token_urlsafe(12)
        self.client = client or self.id
        self.session = session
        self.seats: dict[str, Seat] = {}
        self.asked: set[str] = set()  # slots that this run of the page asked for
        self.forgotten = 0
        self.gone = False
        self.expected: dict[str, str] = {}
        self.refused: dict[str, tuple[str, str]] = {}
        self.latest: frozenset[str] = frozenset()
        self.brought = False  # a file of theirs stands on the page, as this run goes
        self.spent: dict[str, tuple[Hashable, float]] = {}
        self.page = ""
        self.stage: State | None = None  # what the big screen shows, if this is one
        self.farewell: Forgotten | None = None  # to be said on the next run of the page
        self.player: Player | None = None
        self.secret = self.room = ""
        self.left = False
        self.answered: set[tuple[str, str]] = set()  # questions, before they had a name
        self.shown = Shown()
        self.watcher = Watcher()
        self._errands: set[Job[Any]] = set()
        self._keeping = threading.Lock()
        weakref.finalize(self, _gone.put, self.id)

    @property
    def has_cookie(self) -> bool:
        """Whether `client` is one browser alone, and not all at an address that send no cookie."""
        return not self.client.endswith(NO_COOKIE)

    def stop(self, slot: str) -> None:
        """Wait no more, and remember that: the page offers to start again."""
        if seat := self.seats.get(slot):
            engine().running.leave(seat.key, self.id)
            seat.stopped = True

    def leave(self, slot: str, seat: Seat | None = None) -> None:
        """Give up the seat in a slot, if there is one; where `seat` is given, that one only.

        A click starts the page anew beside the run under way, which may still end: its seat is taken then.
        """
        there = self.seats.get(slot)
        if there is not None and (seat is None or seat is there):
            del self.seats[slot]
            engine().running.leave(there.key, self.id)

    def leave_unasked(self) -> None:
        """Leave the jobs, and the camera, of pages and panels that the visitor has left."""
        if LIVE not in self.asked:
            self.watcher.work = None
        for slot in set(self.seats) - self.asked:
            self.leave(slot)

    def watch(self, work: Work) -> str:
        """Have `work` answer live pictures as long as the page's runs call this; gives where to send them."""
        self.asked.add(LIVE)
        self.watcher.work = work
        self.watcher.on_stage = self.client in engine().queue.first
        return self.watcher.address

    def turn_to(self, page: str) -> None:
        """Go on at a page of the gallery: what is said about files on another one is not said here."""
        if page != self.page:
            self.page, self.refused, self.spent = page, {}, {}

    def expect(self, files: Mapping[str, str]) -> None:
        """Names by id of files that the browser wants to send: they are taken until everything is dropped."""
        known = {name: text[:LONGEST_NAME] for name, text in list(files.items())[:MOST_EXPECTED]}
        with self._keeping:
            self.latest = frozenset(known)
            self.expected = dict(list((self.expected | known).items())[-MOST_EXPECTED:])
            self.refused = {each: said for each, said in self.refused.items() if each in self.expected}

    def refuse(self, file_id: str, why: str) -> None:
        """Note why a file was not taken, to be said beside where it was brought."""
        with self._keeping:
            if file_id in self.expected:
                self.refused = self.refused | {file_id: (self.expected[file_id], why)}

    def keep(self, key: Hashable, result: Any, since: int) -> None:
        """Keep a result, unless everything was dropped since `forgotten` was that, or the visit has ended."""
        with self._keeping:
            if since == self.forgotten and not self.gone:
                engine().results.put(self.id, key, result)

    def errand(self, work: Callable[..., Iterator[Progress | T]], *args: Any) -> T:
        """Wait for `work(*args)` outside of a page's run; it ends with the visit."""
        job = engine().submit(work, *args, visitor=self.client)
        with self._keeping:
            self._errands.add(job)
        try:
            if self.gone:
                job.cancel()
            return job.result()
        finally:
            self._errands.discard(job)

    def play_as(self, player: Player | None, secret: str = "") -> None:
        """Play for the board under a name, or under none any more."""
        self.player, self.secret, self.left = player, secret, player is None

    def drop(self, uploads: MemoryUploadedFileManager) -> Forgotten:
        """Drop everything of this visitor: jobs, camera, results, pictures, and files in `uploads`."""
        with self._keeping:  # first: a file that arrives from here on is dropped by who brings it
            self.expected, self.refused, self.spent = {}, {}, {}
        files = list(uploads.file_storage.get(self.session, {}).values())
        uploads.remove_session_files(self.session)
        with self._keeping:
            self.forgotten += 1
            for job in list(self._errands):
                job.cancel()
            results, freed = engine().results.count(self.id), engine().results.forget(self.id)
        self.watcher.work = None
        self.play_as(None)  # their scores stay on the board until they delete them, or a day has passed
        self.room = ""
        self.seats.clear()
        engine().running.leave_all(self.id)
        total = freed + sum(len(file.data) for file in files)
        return Forgotten(files=len(files), results=results, pictures=self.shown.forget(), bytes=total)


def visitor() -> Visitor:
    """The visitor of this session."""
    if "visitor" not in st.session_state:
        context = get_script_run_ctx()
        me = Visitor(_client(), context.session_id if context else "")
        present[me.session] = me
        st.session_state.visitor = me
    return st.session_state.visitor


def _client() -> str:
    """Address and browser: the tabs of a browser share the cookie that Streamlit gives to each."""
    cookie = st.context.cookies.get(XSRF_COOKIE_NAME)
    browser = decode_xsrf_token_string(str(cookie))[0] if cookie else None
    return f"{st.context.ip_address} {browser.hex() if browser else NO_COOKIE}"


def forget() -> None:
    """Forget everything of this visitor: results, jobs, uploads, widgets. Use as a button's `on_click`."""
    me = visitor()
    me.asked.clear()
    context = get_script_run_ctx()
    assert context is not None
    assert isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager)
    me.farewell = me.drop(context.uploaded_file_mgr)
    if me.farewell.bytes > LARGE:
        memory.give_back()
    st.query_params.from_dict({})  # unlike `clear`, it also drops what is bound to a widget
    for key in list(st.session_state):
        if key != "visitor":
            del st.session_state[key]


def private_key(name: str) -> str:
    """The key of a widget that holds a visitor's own material; a new one, when they ask to be forgotten."""
    return f"{name}-{visitor().forgotten}"
