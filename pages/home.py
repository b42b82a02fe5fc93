"""The gallery wall: a card for every demo that works."""

import streamlit as st

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.ui.frame import footer, thumbnail
from dlintro_demos.gallery.ui.menu import page_of

st.title("Deep Learning, Live", anchor=False)
st.markdown(
    "Try what neural networks can do, look inside while they do it, and find out where they fail. "
    "Everything runs on this computer: nothing you show it leaves it."
)

columns = st.columns(3)
for place, demo in enumerate(demos()):
    with columns[place % 3], st.container(border=True):
        thumbnail(demo)
        st.subheader(demo.title, anchor=False)
        st.write(demo.tagline)
        st.page_link(page_of(demo.slug), label="Try it", icon=demo.icon)
        st.caption(f"{demo.chapter} · about {demo.minutes} minutes")
footer()
