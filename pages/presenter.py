"""The presenter's side of the big screen: what to say, for how long, and what comes next."""

import streamlit as st

from dlintro_demos.gallery.ui.frame import footer
from dlintro_demos.gallery.ui.stage import ask_for_pin, direct, presenting

st.title("Presenter", anchor=False)
if presenting():
    direct()
else:
    ask_for_pin()
footer()
