"""The wall: what this is, where to begin, and the chapters of the course with a card for every demo."""

import streamlit as st

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.ui.address import on_stage
from dlintro_demos.gallery.ui.frame import footer, wall
from dlintro_demos.gallery.ui.privacy import own_computers
from dlintro_demos.gallery.ui.stage import show_code
from dlintro_demos.gallery.ui.tour import start_links

with st.container(horizontal=True, key="welcome"):
    with st.container(gap="xsmall", width="stretch"):
        st.title("Deep Learning, Live", anchor=False)
        st.markdown(
            "Try what neural networks can do, look inside, and find out where they fail. "
            f"What you show goes no further than {own_computers()}."
        )
        place = st.container()
    scanned = show_code(side=360 if on_stage() else 112)
    with place:
        if not on_stage():
            start_links()
        elif scanned:
            st.subheader("Scan the code, and try it yourself", anchor=False)

wall(demos())
footer()
