"""The gallery wall: a card for every demo that works."""

import streamlit as st

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.ui.frame import demo_card, footer

ACROSS = 3

st.title("Deep Learning, Live", anchor=False)
st.markdown(
    "Try what neural networks can do, look inside while they do it, and find out where they fail. "
    "Everything runs on this computer: nothing you show it leaves it."
)

for first in range(0, len(demos()), ACROSS):  # row by row: so they also follow each other on a phone
    for column, demo in zip(st.columns(ACROSS), demos()[first : first + ACROSS], strict=False):
        with column:
            demo_card(demo)
footer()
