"""Pictures, and sounds, at addresses, so that a page sends a line instead of a file.

A visitor's pictures lie under a token that nobody can guess, and go with the visitor. Bundled ones lie under
the hash of what they show.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import threading
import weakref
from collections import OrderedDict

from PIL import Image

SHOWN, BUNDLED = "/shown", "/pictures"
MOST_BUNDLED = 5_000
MOST_BYTES = 32 << 20  # on one visitor's screen; what was shown first gives way
_PARTS = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KINDS = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"))

_all: weakref.WeakValueDictionary[str, Shown] = weakref.WeakValueDictionary()
_bundled: OrderedDict[str, bytes] = OrderedDict()  # lessons draw ever new things: the oldest give way
_bundling = threading.Lock()


class Shown:
    """What one visitor's browser may fetch: encoded pictures (PNG, JPEG, WebP, or SVG as text), WAV files."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.token = secrets.token_urlsafe(18)
        self.most = most
        self._pictures: OrderedDict[str, bytes | str] = OrderedDict()
        self._sizes: dict[str, tuple[int, int] | None] = {}
        self._used = 0
        self._lock = threading.Lock()
        _all[self.token] = self

    def address(self, picture: bytes | str) -> str:
        """Where the browser finds a picture: the same address for the same one, as long as it is kept."""
        return self.put(_name(picture), picture)

    def put(self, name: str, picture: bytes | str) -> str:
        """The address of that name, where what was put last is found: for a file that changes."""
        with self._lock:
            self._used += len(picture) - len(self._pictures.get(name, b""))
            self._pictures[name] = picture
            self._pictures.move_to_end(name)
            while self._used > self.most and len(self._pictures) > 1:
                gone_name, gone = self._pictures.popitem(last=False)
                self._sizes.pop(gone_name, None)
                self._used -= len(gone)
        return f"{SHOWN}/{self.token}/{name}"

    def size(self, picture: bytes | str) -> tuple[int, int] | None:
        """Width and height of a picture in pixels, remembered as long as it is kept; None of a drawing."""
        name = _name(picture)
        if name not in self._sizes:
            size = _read_size(picture)
            with self._lock:
                if name in self._pictures:
                    self._sizes[name] = size
            return size
        return self._sizes.get(name)

    def get(self, name: str) -> bytes | str | None:
        """The picture of that name, if it is still kept."""
        return self._pictures.get(name)

    def forget(self) -> int:
        """Drop all of them; gives how many there were."""
        with self._lock:
            count = len(self._pictures)
            self._pictures.clear()
            self._sizes.clear()
            self._used = 0
        return count


def _name(picture: bytes | str) -> str:
    return f"{hash(picture) & (1 << 64) - 1:016x}-{len(picture)}"  # bytes remember their hash


def _read_size(picture: bytes | str) -> tuple[int, int] | None:
    if isinstance(picture, str):
        return None
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            return opened.size
    except OSError:
        return None


def find(token: str, name: str) -> tuple[bytes, str] | None:
    """A visitor's picture and its media type; None for anything that is not there."""
    visitor = _all.get(token) if _PARTS.fullmatch(token) else None
    picture = visitor.get(name) if visitor else None
    return None if picture is None else _with_type(picture)


def bundled(picture: bytes) -> str:
    """Offer a picture of the gallery's own to everybody; gives its address, which never means another one.

    To be called whenever a page names it: what was offered long ago gives way.
    """
    name = hashlib.sha256(picture).hexdigest()[:32]
    with _bundling:
        _bundled[name] = picture
        _bundled.move_to_end(name)
        if len(_bundled) > MOST_BUNDLED:
            _bundled.popitem(last=False)
    return f"{BUNDLED}/{name}"


def find_bundled(name: str) -> tuple[bytes, str] | None:
    """A picture of the gallery's own and its media type; None for anything else."""
    picture = _bundled.get(name)
    return None if picture is None else _with_type(picture)


def _with_type(picture: bytes | str) -> tuple[bytes, str]:
    if isinstance(picture, str):
        return picture.encode(), "image/svg+xml"
    if picture[:4] == b"RIFF" and picture[8:12] == b"WAVE":
        return picture, "audio/wav"
    kind = next((kind for start, kind in _KINDS if picture.startswith(start)), "application/octet-stream")
    return picture, kind
