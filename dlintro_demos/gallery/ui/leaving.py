"""Who left: everything of theirs goes soon after, whether or not anybody else comes or goes.

Streamlit keeps a visit for a while after its connection ends, so that a lost one may come back, and drops it
only when another one ends; what was offered for download goes only when two other pages have run.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from types import ModuleType
from typing import cast

from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from dlintro_demos.gallery.runtime import memory
from dlintro_demos.gallery.server import report
from dlintro_demos.gallery.ui.session import Visitor, present

EVERY_SECONDS = 2.0
OFFERED_SECONDS = 5.0  # a download that no page offers any more may be on its way: stays twice this at most


def uploads() -> MemoryUploadedFileManager:
    """Where Streamlit holds the files of all visitors."""
    return cast(MemoryUploadedFileManager, runtime.get_instance().uploaded_file_mgr)


@asynccontextmanager
async def seeing_out(grace: float) -> AsyncIterator[None]:
    """Beside the server: drop what is kept for visitors who have not been connected for `grace` seconds."""
    task = asyncio.create_task(_keep_watch(Door(grace)), name="seeing out")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _keep_watch(door: Door) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            left, emptied = door.who_left(), door.empty_closed()
            door.drop_offered()
            if left or emptied:
                await asyncio.to_thread(_forget, left)
        except Exception as error:  # noqa: BLE001 - the watch goes on, whatever happened
            report(error)


def _forget(left: list[Visitor]) -> None:
    for visitor in left:
        visitor.gone = True
        visitor.drop(uploads())
        present.pop(visitor.session, None)
    _clear_the_stage(left)
    left.clear()
    memory.give_back()  # what is left of a visit lies in circles


def _clear_the_stage(left: list[Visitor]) -> None:
    """Drop the names of the script that ran last: Streamlit keeps them as `__main__` until another runs."""
    if getattr(sys.modules["__main__"], "me", None) in left:
        sys.modules["__main__"] = ModuleType("__main__")


def _empty(session: AppSession) -> None:
    """Drop what a closed session holds: Streamlit's loop remembers the last one until another connects."""
    session.session_state.clear()
    session.flush_browser_queue()
    session._fragment_storage.clear()
    session._client_state.Clear()


class Door:
    """Knows since when each visitor is not connected; `clock` gives monotonic seconds."""

    def __init__(self, grace: float, clock: Callable[[], float] = time.monotonic):
        self.grace = grace
        self.clock = clock
        self._since: dict[str, float] = {}
        self._closed: list[AppSession] = []
        self._dropped = -OFFERED_SECONDS

    def who_left(self) -> list[Visitor]:
        """Close the visits that did not come back in time; to be called on the event loop."""
        streamlit, now = runtime.get_instance(), self.clock()
        here = {visitor.session: visitor for visitor in list(present.values())}
        storage = cast(WebsocketSessionManager, streamlit._session_mgr)._session_storage
        stored = {info.session.id for info in storage.list()}
        away = stored | {session for session in here if not streamlit.is_active_session(session)}
        self._since = {session: self._since.get(session, now) for session in away}
        left = [session for session, since in self._since.items() if now - since >= self.grace]
        for session in left:
            info = streamlit._session_mgr.get_session_info(session)
            streamlit.close_session(session)
            if info is not None:
                self._closed.append(info.session)
        return [here[session] for session in left if session in here]

    def empty_closed(self) -> int:
        """Empty the closed sessions whose script has ended, which may take until it next shows something."""
        ended = [session for session in self._closed if session._scriptrunner is None]
        self._closed = [session for session in self._closed if session not in ended]
        for session in ended:
            _empty(session)
        return len(ended)

    def drop_offered(self) -> None:
        """Drop downloads and videos that no page offers any more, once they had time to be fetched."""
        if self.clock() - self._dropped >= OFFERED_SECONDS:
            self._dropped = self.clock()
            runtime.get_instance().media_file_mgr.remove_orphaned_files()  # marks some, drops what it marked
