"""The Streamlit script: routes to the pages of the catalogue and puts the frame around them."""

import streamlit as st

from dlintro_demos.gallery.process import import_page, imported, opening
from dlintro_demos.gallery.ui.address import on_big_board, on_stage, tidy_address
from dlintro_demos.gallery.ui.frame import favicon, style
from dlintro_demos.gallery.ui.menu import menu, show_menu
from dlintro_demos.gallery.ui.playing import remember_player
from dlintro_demos.gallery.ui.session import visitor
from dlintro_demos.gallery.ui.stage import show_stage
from dlintro_demos.gallery.ui.tour import show_bar

st.set_page_config(page_title="Deep Learning, Live", page_icon=favicon(), layout="wide", menu_items={})
st.html(style())
me = visitor()
me.asked.clear()
me.brought = False
page = st.navigation(menu(), position="hidden")
me.turn_to(page.url_path)
tidy_address()  # once it is known which page the address means
if on_stage():
    show_stage(page.url_path)
else:
    if not show_bar(page.url_path) and not on_big_board():
        show_menu(page)
    remember_player()
if page.url_path in ("", "tour", "presenter", "scoreboard") or imported():  # these need none of it
    page.run()
else:
    with opening(page.url_path):
        with st.spinner("The gallery has just been opened and gets ready", show_time=True):
            import_page(page.url_path)
        page.run()
me.leave_unasked()
