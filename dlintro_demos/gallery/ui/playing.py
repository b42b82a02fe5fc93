"""The visitor as a player: rounds that count on the board, and their name from one visit to the next."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.scores.clerk import BoardDown
from dlintro_demos.gallery.scores.desk import desk
from dlintro_demos.gallery.scores.rounds import ForgedRound, Ticket, begin, finish
from dlintro_demos.gallery.ui.components.keepsake import keepsake
from dlintro_demos.gallery.ui.menu import page_of
from dlintro_demos.gallery.ui.session import visitor
from dlintro_demos.gallery.words import isolated, plain


def begin_round() -> Ticket | None:
    """A round begins on the page that is shown; None on one that is no demo's."""
    me = visitor()
    return begin(me.id, me.page) if me.page in SLUGS else None


def end_round(
    ticket: Ticket | None, *, yours: float, machine: float | None, of: float, question: object
) -> None:
    """A round was judged: it counts where the visitor has a name on the board; else nothing is kept."""
    me = visitor()
    if ticket is None:
        return
    try:
        outcome = finish(ticket.id, me.id, ticket.demo, yours=yours, machine=machine, of=of)
    except ForgedRound:
        return
    if me.player is not None and desk().clerk.has_deleted(me.player.id):  # in another tab of theirs
        me.play_as(None)
    if me.player is None:
        me.answered.add((ticket.demo, repr(question)))
    elif (ticket.demo, repr(question)) not in me.answered:  # or they saw the truth before they joined
        desk().record(me.player, outcome, question)


def board_line() -> None:
    """Below a round: whether it counts, and the way to the board."""
    me = visitor()
    if me.page not in SLUGS:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            page_of("scoreboard"), label="Scoreboard", icon=":material/leaderboard:", width="content"
        )
        if me.player is None:
            st.caption("You have no name there: this does not count.")
        elif desk().clerk.condition().down:
            st.caption("The board's database is down. Your rounds wait here and are written when it is back.")
        else:
            st.caption(f"Counts for {plain(isolated(me.player.nickname))}.")


def remember_player() -> None:
    """Have the browser keep who plays, and take up again who played in a visit before this one."""
    me = visitor()
    told = keepsake(me.secret, left=me.left, visit=me.shown.token)
    if me.player is not None or me.left or not isinstance(told, str):
        return
    try:
        found = desk().back(told)
    except BoardDown:
        return  # the browser keeps it, and says it again on another visit
    me.play_as(found, told if found else "")
    if found:
        me.room = me.room or found.room
