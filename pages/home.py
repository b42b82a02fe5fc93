"""The gallery wall: a card for every demo that works."""

import streamlit as st

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.ui.frame import footer, wall

st.title("Deep Learning, Live", anchor=False)
st.markdown(
    "Try what neural networks can do, look inside while they do it, and find out where they fail. "
    "Everything runs on this computer: nothing you show it leaves it."
)

wall(demos())
footer()
