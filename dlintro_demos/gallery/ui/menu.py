"""The pages of the gallery, by slug: what the shell routes to and what pages link to."""

from __future__ import annotations

import copy
import functools

import streamlit as st

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.settings import REPOSITORY

OTHERS = {"home": ("Gallery", ":material/grid_view:"), "status": ("Status", ":material/monitor_heart:")}


def page_of(slug: str) -> st.Page:
    """The page at `/<slug>`; the wall, `home`, is at `/`."""
    return copy.copy(_page(slug))  # a page object says whether it may run now: each run has its own


@functools.cache
def _page(slug: str) -> st.Page:
    titles = OTHERS | {demo.slug: (demo.title, demo.icon) for demo in demos()}
    title, icon = titles[slug]
    home = slug == "home"
    script = REPOSITORY / "pages" / f"{slug}.py"
    return st.Page(script, title=title, icon=icon, url_path="" if home else slug, default=home)


def menu() -> dict[str, list[st.Page]]:
    """All pages by chapter, in the order of the course."""
    chapters: dict[str, list[st.Page]] = {"": [page_of("home")]}
    for demo in demos():
        chapters.setdefault(str(demo.chapter), []).append(page_of(demo.slug))
    return chapters | {"For presenters": [page_of("status")]}


def show_menu() -> None:
    """Links to every page. Our own: in the sidebar that Streamlit's becomes on a phone, lists are broken."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for chapter, pages in menu().items():
            if len(pages) == 1:
                st.page_link(pages[0])
            else:
                with st.popover(chapter):
                    for page in pages:
                        st.page_link(page)
