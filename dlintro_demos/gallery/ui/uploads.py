"""Uploads: in memory only, and so many of one visitor and of all, in bytes and in files."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dlintro_demos.gallery.settings import MB, Settings
from dlintro_demos.gallery.ui.leaving import uploads
from dlintro_demos.gallery.ui.session import Visitor, present
from dlintro_demos.gallery.words import counted

ADDRESS = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)")


def never_to_disk() -> None:
    """Keep what is being uploaded in memory: Starlette would write files above 1 MB to the disk."""
    MultiPartParser.spool_max_size = 0  # of `SpooledTemporaryFile`: never


@dataclass(frozen=True, kw_only=True)
class Held:
    """Files, and their bytes."""

    files: int = 0
    bytes: int = 0


class UploadBounds:
    """ASGI middleware: refuse a file for which its visitor, or the gallery, has no room left.

    A visitor is an address and browser, with all its tabs. Files on their way count with the size that they
    announce, or else with the largest that one may have.
    """

    def __init__(self, app: ASGIApp, settings: Settings):
        self.app = app
        self.settings = settings
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
        if visitor is None:
            await PlainTextResponse("No such visit. Load the page again.", 400)(scope, receive, send)
            return
        size = self._announced(Headers(scope=scope))
        if refusal := self._refusal(visitor.client, size):
            await PlainTextResponse(refusal, 413)(scope, receive, send)
            return
        before = visitor.forgotten
        self._files[visitor.client] += 1
        self._bytes[visitor.client] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self._arrived(visitor.client, size)
            if visitor.forgotten != before:
                uploads().remove_file(session, file_id)

    def _arrived(self, client: str, size: int) -> None:
        self._files[client] -= 1
        self._bytes[client] -= size
        if not self._files[client]:
            del self._files[client], self._bytes[client]

    def _announced(self, headers: Headers) -> int:
        largest = self.settings.upload_mb * MB
        announced = headers.get("content-length", "")
        return int(announced) if announced.isdecimal() else largest

    def _refusal(self, client: str, size: int) -> str:
        """Why there is no room for a file of `size` bytes, in words for the visitor; "" where there is."""
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


def _client_of(session: str) -> str | None:
    visitor: Visitor | None = present.get(session)
    return visitor.client if visitor else None
