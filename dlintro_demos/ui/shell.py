"""The Streamlit script: routes to the pages of the catalogue and puts the frame around them."""

import itertools

import streamlit as st

from dlintro_demos.catalogue import DEMOS
from dlintro_demos.settings import REPOSITORY
from dlintro_demos.ui.session import visitor

st.set_page_config(
    page_title="Deep Learning, Live", page_icon=":material/neurology:", layout="wide", menu_items={}
)


def page(slug: str, title: str, icon: str, *, default: bool = False) -> st.Page:
    """A page of the gallery: its script, address and place in the menu."""
    path = REPOSITORY / "pages" / f"{slug}.py"
    return st.Page(path, title=title, icon=icon, url_path="" if default else slug, default=default)


demos = {
    str(chapter): [page(demo.slug, demo.title, demo.icon) for demo in group]
    for chapter, group in itertools.groupby(DEMOS, key=lambda demo: demo.chapter)
}
menu = {
    "": [page("home", "Gallery", ":material/grid_view:", default=True)],
    **demos,
    "For presenters": [page("status", "Status", ":material/monitor_heart:")],
}
me = visitor()
me.asked.clear()
st.navigation(menu, position="top").run()
me.leave_unasked()
