"""Open files: each visitor takes some, and a system lets a process have so many."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows counts otherwise, and has room
    resource = None  # type: ignore[assignment]

PER_VISITOR = 4  # connections, and the event loop of a page's script
OURS = 200  # the process' own, and pictures and scripts on their way to browsers


@dataclass(frozen=True, kw_only=True)
class Room:
    """For how many visitors there is room: `sessions` of those `wanted`, with `files` open at most."""

    sessions: int
    wanted: int
    files: int | None

    def __str__(self) -> str:
        """In words, with what to do."""
        files = "no limit of open files" if self.files is None else f"{self.files:,} open files allowed"
        if self.sessions == self.wanted:
            return f"{self.sessions} at once ({files})"
        return (
            f"{self.sessions} at once, not {self.wanted} ({files}): allow {needed(self.wanted):,} "
            f"(`ulimit -n {needed(self.wanted)}`), or set DLINTRO_SESSIONS={self.sessions}"
        )


def needed(sessions: int) -> int:
    """Files that may be open when so many visitors are in."""
    return OURS + PER_VISITOR * sessions


def make_room(sessions: int) -> Room:
    """Raise this process' limit of open files as far as `sessions` visitors need and the system allows."""
    if resource is None:
        return Room(sessions=sessions, wanted=sessions, files=None)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed(sessions):
        most = needed(sessions) if hard == resource.RLIM_INFINITY else min(hard, needed(sessions))
        with contextlib.suppress(OSError, ValueError):  # macOS allows less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    if soft == resource.RLIM_INFINITY:
        return Room(sessions=sessions, wanted=sessions, files=None)
    return Room(sessions=max(1, min(sessions, (soft - OURS) // PER_VISITOR)), wanted=sessions, files=soft)
