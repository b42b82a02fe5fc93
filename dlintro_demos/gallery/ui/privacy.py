"""What becomes of what a visitor shows: said at the foot of every page, beside the way to be forgotten."""

from __future__ import annotations

import math

import streamlit as st

from dlintro_demos.gallery.settings import MB, settings
from dlintro_demos.gallery.ui.components.leaving import warn_before_leaving
from dlintro_demos.gallery.ui.session import Forgotten, forget, visitor
from dlintro_demos.gallery.words import counted

LONG_SECONDS = 5.0  # results of a visitor's own files that took longer are not lost without a question


def privacy() -> None:
    """The promise, the bounds, the button, and what was forgotten just now."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(promise())
        st.button(
            "Forget everything I showed",
            on_click=forget,
            icon=":material/delete_forever:",
            help="Drops your pictures, results and settings. Also resets the gallery for the next visitor. "
            "Scores are deleted on the scoreboard, before this.",
        )
    me = visitor()
    if me.farewell is not None:
        st.success(in_words(me.farewell), icon=":material/check:")
        me.farewell = None
    warn_before_leaving(
        me.brought and sum(seconds for _, seconds in me.spent.values()) > LONG_SECONDS,
        take_home="Closing or reloading this tab forgets your file and what came of it.",
        key="leaving-result",
    )


def promise() -> str:
    """What holds for whatever a visitor shows."""
    limits = settings()
    kept = math.ceil((limits.reconnect_seconds + 20) / 60)
    soon = "a minute" if kept == 1 else counted(kept, "minute")
    return (
        "What you show this gallery stays in this visit: it is kept in memory only, never written to a disk "
        f"or a log, and dropped within {soon} after you close the page. There is room for "
        f"{counted(limits.visitor_uploads, 'file')} of yours at a time, {limits.visitor_uploads_mb} MB "
        f"together, and {limits.all_uploads_mb:,} MB of all visitors."
    )


def own_computers() -> str:
    """How far what a visitor shows goes: one computer, or those that compute for it, too."""
    return "the gallery's own computers" if settings().engine == "ray" else "the gallery's own computer"


def in_words(forgotten: Forgotten) -> str:
    """What was dropped, for the visitor who asked for it."""
    counts = (
        (forgotten.files, "file you uploaded", "files you uploaded"),
        (forgotten.results, "result", "results"),
        (forgotten.pictures, "picture on your screen", "pictures on your screen"),
    )
    parts = [counted(count, one, many) for count, one, many in counts if count]
    if not parts:
        return "Forgotten: your settings. There was nothing else of yours."
    size = f" ({forgotten.bytes / MB:.1f} MB)" if forgotten.bytes else ""
    return f"Forgotten: {', '.join(parts)}{size}, and your settings."
