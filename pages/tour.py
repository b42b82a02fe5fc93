"""The course told by the gallery: where a tour begins, the way to each stop, and the questions at its end."""

import streamlit as st

from dlintro_demos.gallery.tour import places
from dlintro_demos.gallery.ui.frame import footer
from dlintro_demos.gallery.ui.tour import TITLES, ask, enter, list_stops, whereabouts

where = whereabouts()
if where is None:
    st.title("The tour", anchor=False)
    st.markdown(
        "The course in its own order, three minutes a stop, with an apple as its thread. Each stop is a "
        "demo, opened where it tells that part; the place stays in the address."
    )
    list_stops()
else:
    tour, number = where
    if number <= len(places(tour)):
        enter(places(tour)[number - 1])
    st.title("What did you see?", anchor=False)
    st.markdown(f"{TITLES[tour]} ends here. Five questions; each has one right answer.")
    ask(tour)
footer()
