"""The pages of the gallery, by slug: what the shell routes to and what pages link to."""

from __future__ import annotations

import copy
import functools

import streamlit as st

from dlintro_demos.gallery.catalogue import SLUGS, demos
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.gallery.ui.address import of_the_stage
from dlintro_demos.gallery.ui.components.menu import menu_row

OTHERS = {
    "home": ("Gallery", ":material/grid_view:"),
    "tour": ("Tour", ":material/tour:"),
    "scoreboard": ("Scoreboard", ":material/leaderboard:"),
    "presenter": ("Presenter", ":material/co_present:"),
    "status": ("Status", ":material/monitor_heart:"),
}


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
    chapters: dict[str, list[st.Page]] = {"": [page_of("home")], "Tour": [page_of("tour")]}
    for demo in demos():
        chapters.setdefault(str(demo.chapter), []).append(page_of(demo.slug))
    presenters = [page_of("presenter"), page_of("status")]
    return chapters | {"You and the machine": [page_of("scoreboard")], "For presenters": presenters}


def show_menu(here: st.Page) -> None:
    """Links to every page, in one element (each of Streamlit's own would be a message); `here` is marked."""
    go(menu_row(_chapters(), here=_slug(here)))


def go(slug: object) -> None:
    """Show the page of this slug, if there is one, in place of what runs now."""
    if isinstance(slug, str) and slug in (*OTHERS, *SLUGS):
        kept = of_the_stage()
        st.query_params.from_dict({})  # what is bound to a widget too, which would stop the switch
        st.switch_page(page_of(slug), query_params=kept)


def href(slug: str) -> str:
    """The address of a page."""
    return "/" if slug == "home" else f"/{slug}"


@functools.cache
def _chapters() -> list[dict[str, object]]:
    return [{"title": chapter, "links": [_link(page) for page in pages]} for chapter, pages in menu().items()]


def _slug(page: st.Page) -> str:
    return page.url_path or "home"


def _link(page: st.Page) -> dict[str, str]:
    slug = _slug(page)
    icon = page.icon.removeprefix(":material/").removesuffix(":")
    return {"slug": slug, "title": page.title, "icon": icon, "href": href(slug)}
