"""The scoreboard: the room against the machine."""

import streamlit as st

from dlintro_demos.gallery.ui.address import on_big_board
from dlintro_demos.gallery.ui.frame import footer
from dlintro_demos.gallery.ui.scoreboard import (
    ask_for_a_name,
    ask_for_a_room,
    enter_by_address,
    heading,
    invite,
    say_what_was_refused,
    show_the_board,
)

big = on_big_board()
enter_by_address()
st.title(heading(big=big), anchor=False)
say_what_was_refused()
if big:
    board, invitation = st.columns([3, 1])
    with board:
        show_the_board(big=True)
    with invitation:
        invite(big=True)
else:
    st.markdown("Every round that you play against a machine counts, for you and for the room.")
    board, room = st.columns([5, 3])  # on a phone the room comes last
    with board:
        ask_for_a_name()
        show_the_board()
    with room:
        ask_for_a_room()
footer()
