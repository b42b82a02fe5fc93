"""Uploads: in memory only, of a bounded size, and so many of one visitor and of all; the page says why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartParser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadFileUrlInfo

from dlintro_demos.gallery.settings import MB, Settings
from dlintro_demos.gallery.ui.leaving import uploads
from dlintro_demos.gallery.ui.run_again import run_again
from dlintro_demos.gallery.ui.session import Visitor, present
from dlintro_demos.gallery.words import counted

ADDRESS = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)")
FORM = 8 << 10  # bytes, at most, around the file in what a browser sends: its name and type
ROOM_FOR_FORM_MB = 1  # of Streamlit's own bound, which counts in whole MB
STOP = {"Connection": "close"}  # nobody reads the rest


def never_to_disk() -> None:
    """Keep what is being uploaded in memory: Starlette would write files above 1 MB to the disk."""
    MultiPartParser.spool_max_size = 0  # of `SpooledTemporaryFile`: never


def expect_what_is_announced() -> None:
    """Let visitors know of each file for which their browser asks an address: only these are taken."""
    give = MemoryUploadedFileManager.get_upload_urls

    def noting(
        files: MemoryUploadedFileManager, session_id: str, file_names: Sequence[str]
    ) -> list[UploadFileUrlInfo]:
        given = give(files, session_id, file_names)
        if visitor := present.get(session_id):
            visitor.expect({each.file_id: name for each, name in zip(given, file_names, strict=True)})
        return given

    MemoryUploadedFileManager.get_upload_urls = noting  # type: ignore[assignment, method-assign]


@dataclass(frozen=True, kw_only=True)
class Held:
    """Files, and their bytes."""

    files: int = 0
    bytes: int = 0


class UploadBounds:
    """ASGI middleware: refuse a file that is too large, or for which its visitor or the gallery has no room.

    A visitor is an address and browser, with all its tabs. Files on their way count with the size that they
    announce, or else with the largest that one may have. Streamlit counts what arrives. The page says why a
    file was refused (`uploader.py`).
    """

    def __init__(self, app: ASGIApp, settings: Settings):
        self.app = app
        self.settings = settings
        self.largest = settings.upload_mb * MB + FORM
        self._files: Counter[str] = Counter()  # on their way, by client
        self._bytes: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an upload on where there is room; what arrives after Forget, or the end, is dropped."""
        found = ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "PUT":
            await self.app(scope, receive, send)
            return
        session, file_id = found.groups()
        visitor = present.get(session)
        if visitor is None or file_id not in visitor.expected:
            answer = PlainTextResponse("Nobody waits for this file. Load the page again.", 400, STOP)
            await answer(scope, receive, send)
            return
        size = self._announced(Headers(scope=scope))
        if refusal := self._refusal(visitor.client, size):
            _tell(visitor, file_id, refusal)
            await PlainTextResponse(refusal, 413, STOP)(scope, receive, send)
            return

        async def heard(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 413:
                MutableHeaders(scope=message).update(STOP)
                _tell(visitor, file_id, self._too_large(f"more than {self.settings.upload_mb}"))
            await send(message)

        self._files[visitor.client] += 1
        self._bytes[visitor.client] += size
        try:
            await self.app(scope, receive, heard)
        finally:
            self._arrived(visitor.client, size)
            if file_id not in visitor.expected:
                uploads().remove_file(session, file_id)

    def _arrived(self, client: str, size: int) -> None:
        self._files[client] -= 1
        self._bytes[client] -= size
        if not self._files[client]:
            del self._files[client], self._bytes[client]

    def _announced(self, headers: Headers) -> int:
        announced = headers.get("content-length", "")
        known = announced.isdecimal() and "transfer-encoding" not in headers
        return int(announced) if known else self.largest

    def _too_large(self, size: str) -> str:
        return f"It has {size} MB; the limit is {self.settings.upload_mb} MB a file. Choose a smaller one."

    def _refusal(self, client: str, size: int) -> str:
        """Why there is no room for a file of `size` bytes, in words for the visitor; "" where there is."""
        if size > self.largest:
            return self._too_large(f"{max(size / MB, self.settings.upload_mb + 0.1):.1f}")
        mine, all_of_them = self.held(client), self.held()
        limits = self.settings
        if mine.files >= limits.visitor_uploads or mine.bytes + size > limits.visitor_uploads_mb * MB:
            return (
                f"You have {counted(mine.files, 'file')} of {mine.bytes / MB:.0f} MB here; the limit is "
                f"{counted(limits.visitor_uploads, 'file')} and {limits.visitor_uploads_mb} MB for all your "
                "tabs. Remove some, or press “Forget everything I showed”."
            )
        if all_of_them.bytes + size > limits.all_uploads_mb * MB:
            return (
                f"The gallery holds as many files of all visitors as it may ({limits.all_uploads_mb} MB). "
                "Try again in a few minutes."
            )
        return ""

    def held(self, client: str | None = None) -> Held:
        """What is held for a client, or for all, and on its way."""
        mine = [
            list(stored.values())
            for session, stored in list(uploads().file_storage.items())
            if client is None or _client_of(session) == client
        ]
        coming = self._files.total() if client is None else self._files[client]
        on_their_way = self._bytes.total() if client is None else self._bytes[client]
        return Held(
            files=coming + sum(map(len, mine)),
            bytes=on_their_way + sum(len(file.data) for stored in mine for file in stored),
        )


def _tell(visitor: Visitor, file_id: str, refusal: str) -> None:
    visitor.refuse(file_id, refusal)
    run_again(visitor.session)  # a browser does so only where another file was there before


def _client_of(session: str) -> str | None:
    visitor: Visitor | None = present.get(session)
    return visitor.client if visitor else None
