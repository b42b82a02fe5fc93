"""The gallery wall: what this is, the chapters of the course, and a card for every demo in them."""

import streamlit as st

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.ui.frame import footer, wall

st.title("Deep Learning, Live", anchor=False)
st.markdown(
    "Try what neural networks can do, look inside, and find out where they fail. "
    "What you show goes no further than the gallery's own computer."
)

wall(demos())
footer()
