"""The scoreboard: a name, a room, and the board, on a phone or for a whole room."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec
from urllib.parse import quote

import streamlit as st

from dlintro_demos.gallery.lan import gallery_address
from dlintro_demos.gallery.qr import LONGEST, qr_svg
from dlintro_demos.gallery.scores.clerk import BoardDown
from dlintro_demos.gallery.scores.desk import desk
from dlintro_demos.gallery.scores.nicknames import LONGEST as LONGEST_NAME
from dlintro_demos.gallery.scores.nicknames import BadNickname
from dlintro_demos.gallery.scores.rooms import OPEN, BadCode
from dlintro_demos.gallery.scores.store import BoardFull, NicknameTaken
from dlintro_demos.gallery.settings import settings
from dlintro_demos.gallery.tries import TooOften
from dlintro_demos.gallery.ui.address import on_big_board
from dlintro_demos.gallery.ui.components.board import show_board
from dlintro_demos.gallery.ui.session import private_key, visitor
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.words import isolated, plain

REFUSALS = (BadCode, BadNickname, BoardDown, BoardFull, NicknameTaken, TooOften)
SAID = "scoreboard-said"  # in the session: why the last click came to nothing
TRIED = "scoreboard-tried"  # and the code in the address that was looked up last
P = ParamSpec("P")


def enter_by_address() -> None:
    """Enter the room that the address names; one look-up for each code."""
    me, code = visitor(), st.query_params.get("room", "")
    if code and st.session_state.get(TRIED) != code and code.upper() != me.room:
        st.session_state[TRIED] = code
        _try(_enter, code)
    if me.room:
        st.query_params["room"] = me.room


def heading(*, big: bool) -> str:
    """The title; a big screen shows the code of its room."""
    room = visitor().room
    return f"Room {room}" if big and room else "You against the machine"


def say_what_was_refused() -> None:
    """Why the last click, or the code in the address, came to nothing."""
    if said := st.session_state.pop(SAID, ""):
        st.warning(said, icon=":material/info:")


def show_the_board(*, big: bool = False) -> None:
    """The board of the room, or the open one."""
    me = visitor()
    here = me.player is not None and me.player.room == me.room
    show_board(
        desk().address(me.room),
        who="The room" if me.room else "Everybody",
        you=me.player.nickname if here and me.player else "",
        big=big,
    )


def ask_for_a_name() -> None:
    """Join, or what one plays under, and the ways out of it."""
    me = visitor()
    where = f"in room **{me.room}**" if me.room else "on the open board"
    if me.player is None:
        with st.form("join", border=False):
            st.text_input(f"Your name {where}", max_chars=LONGEST_NAME, key=private_key("nickname"))
            st.form_submit_button("Join", on_click=_try, args=(_join,), icon=":material/person_add:")
        st.caption(
            "Nothing of a game is kept until you join. Then the board keeps the name that you make up and, "
            "of each round, the demo, the time and both scores, for a day. A question counts once."
        )
        return
    elsewhere = me.player.room != me.room
    there = f"in room **{me.player.room}**" if me.player.room else "on the open board"
    st.markdown(f"You play as **{plain(isolated(me.player.nickname))}** {there}.")
    with st.container(horizontal=True):
        if elsewhere:
            st.button(
                f"Play {where} instead", on_click=me.play_as, args=(None,), icon=":material/swap_horiz:",
                help="Your scores there stay until their day is over; nobody can delete them any more.",
            )  # fmt: skip
        st.button("Delete my scores", on_click=_delete, icon=":material/delete:")
        st.button(
            "Play no longer", on_click=me.play_as, args=(None,), icon=":material/logout:",
            help="Your scores stay until their day is over; nobody can delete them any more.",
        )  # fmt: skip


def ask_for_a_room() -> None:
    """Open a room or enter one; in one, how others come in."""
    me = visitor()
    if me.room:
        invite()
        with st.container(horizontal=True):
            st.link_button("Big screen", f"/scoreboard?room={me.room}&big=1", icon=":material/tv:")
            st.button("Leave the room", on_click=_leave, icon=":material/door_front:")
        return
    with st.form("enter", border=False):
        st.text_input("Code of a room", max_chars=12, key="room-code")
        st.form_submit_button("Enter", on_click=_try, args=(_enter_typed,), icon=":material/login:")
    st.button("Open a room", on_click=_try, args=(_open,), icon=":material/add_home:")
    st.caption("A room has a board of its own, for whoever has its code. It is there for a day.")


def invite(*, big: bool = False) -> None:
    """The room's code, and the address as a QR code where phones can reach it."""
    me, base = visitor(), gallery_address(settings(), st.context.url or "")
    if not big:
        st.subheader(f"Room {me.room}" if me.room else "The open board", anchor=False)
    if base is None:
        st.caption("Phones can't reach this gallery: it listens to its own computer only (ADDRESS=0.0.0.0).")
        return
    address = f"{base}/scoreboard" + (f"?room={quote(me.room)}" if me.room else "")
    if len(address) <= LONGEST:
        show_picture(qr_svg(address), alt=f"QR code of {address}", width=320 if big else 200)
    st.text(address)


def _try(call: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """Do what a click asks for, or say why not."""
    try:
        call(*args, **kwargs)
        st.session_state.pop(SAID, None)
    except REFUSALS as refusal:
        st.session_state[SAID] = str(refusal)


def _join() -> None:
    me = visitor()
    if me.player is None:  # a second click comes for one who has joined
        player, secret = desk().join(me.client, st.session_state[private_key("nickname")], me.room)
        me.play_as(player, secret)


def _delete() -> None:
    me = visitor()
    if me.player is not None:
        desk().clerk.delete(me.player.id)
        me.play_as(None)


def _enter_typed() -> None:
    _enter(st.session_state["room-code"])


def _enter(code: str) -> None:
    me = visitor()
    me.room = desk().enter(me.client, code)
    _to_address(me.room)


def _open() -> None:
    me = visitor()
    me.room = desk().open_room(me.client)
    _to_address(me.room)


def _leave() -> None:
    visitor().room = OPEN
    _to_address("")


def _to_address(room: str) -> None:
    st.session_state[TRIED] = room
    st.query_params.from_dict(({"room": room} if room else {}) | ({"big": "1"} if on_big_board() else {}))
