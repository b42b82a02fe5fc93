"""The big screen, which follows the presenter, and the presenter's own page."""

from __future__ import annotations

import functools
from pathlib import Path

import streamlit as st

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.lan import gallery_address
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.qr import qr_svg
from dlintro_demos.gallery.settings import settings
from dlintro_demos.gallery.stage import State, WrongPin, lock, stage
from dlintro_demos.gallery.tour import MINUTES, TOURS, Place, known, places, query_of
from dlintro_demos.gallery.tries import TooOften
from dlintro_demos.gallery.ui.components.follow import follow
from dlintro_demos.gallery.ui.components.remote import remote
from dlintro_demos.gallery.ui.frame import panel
from dlintro_demos.gallery.ui.menu import page_of
from dlintro_demos.gallery.ui.session import forget, visitor
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.ui.tour import TITLES, whereabouts
from dlintro_demos.gallery.worksheet import answers_of

WALL, QUESTIONS = "The wall", "Questions"
PIN = "presenter-pin"
PROBLEM = "presenter-problem"


@functools.cache
def _style() -> str:
    return f"<style>{Path(__file__).with_name('stage.css').read_text(encoding='utf-8')}</style>"


def show_stage(slug: str) -> None:
    """Frame of the big screen: large, without a menu; it goes where the presenters are."""
    me, state = visitor(), stage.look()
    st.html(_style())
    before, me.stage = me.stage, state
    follow(version=state.version)
    where = whereabouts()
    if not state.version and where is not None:  # the gallery was started again in the middle of a talk
        stage.show(*where, version=0)
    if state.version and (before is None or before.version != state.version):
        if before is not None and before.visitor != state.visitor:
            forget()
            me.farewell = None
        _go_along(state)
    if where is not None and where[1] <= len(places(where[0])):
        place = places(where[0])[where[1] - 1]
        if place.demo.slug == slug:
            with st.container(key="stage-words"):
                st.markdown(place.stop.words)


def _go_along(state: State) -> None:
    st.query_params.from_dict({})
    query = query_of(state.tour, state.number) if state.number else {}
    st.switch_page(page_of("tour" if state.number else "home"), query_params=query | {"stage": "1"})


def show_code(*, side: int = 112) -> bool:
    """The QR code of the gallery's address in the room, if a phone there could open it; whether it could."""
    address = gallery_address(settings(), st.context.url or "")
    if address:
        with st.container(key="code", width="content"):
            show_picture(_code(address), alt="QR code of the gallery's address", width=side, caption=address)
    return bool(address)


_code = functools.lru_cache(maxsize=64)(qr_svg)


def presenting() -> bool:
    """Whether this visitor has given the PIN."""
    return lock().is_open(_client())


def _client() -> str:
    """Whom the lock knows: a browser; or this visit alone, where it sent no cookie."""
    me = visitor()
    return me.client if me.has_cookie else f"{me.client} {me.id}"


def ask_for_pin() -> None:
    """The way in, or how to make one."""
    if not lock().exists:
        st.info(
            "Presenter mode is off. Whoever runs this gallery turns it on: set `DLINTRO_PRESENTER_PIN` to "
            "six characters or more, and start the gallery again.",
            icon=":material/lock:",
        )
        return
    with st.form("presenter", border=False, clear_on_submit=True):
        st.text_input("PIN", type="password", key=PIN, max_chars=100, width=240)
        st.form_submit_button("Open", on_click=_open)
    if problem := st.session_state.pop(PROBLEM, ""):
        st.warning(problem, icon=":material/lock:")


def _open() -> None:
    if not (pin := st.session_state[PIN].strip()):
        return
    try:
        lock().open(_client(), pin)
    except (WrongPin, TooOften) as error:
        st.session_state[PROBLEM] = str(error)
    else:
        stage.begin()
        if visitor().has_cookie:
            engine().queue.first.add(visitor().client)


def _close() -> None:
    lock().close(_client())
    engine().queue.first.discard(visitor().client)
    if not lock().anybody:  # who would let the others go on?
        engine().queue.pause(False)


def direct() -> None:
    """Where the stage is, what to say there, and what can be done to it and to the gallery."""
    state = stage.look()
    place = _place(state)
    stops = (WALL, *(f"{each.number}. {each.demo.title}" for each in places(state.tour)), QUESTIONS)
    did = remote(
        version=state.version,
        at=state.number,
        stops=stops,
        tours={tour: TITLES[tour] for tour in TOURS},
        tour=state.tour,
        minutes=MINUTES,
        titles={demo.slug: demo.title for demo in demos()},
    )
    if isinstance(did, dict):
        _do(did)
        if stage.look().version != state.version or "version" not in did:
            st.rerun()
    notes, screen = st.columns([3, 2], gap="large")
    with notes:
        st.subheader(stops[state.number], anchor=False)
        if place is not None:
            st.markdown(f"“{place.stop.words}”")
            st.markdown("\n".join(f"- {point}" for point in place.talking_points))
    with screen:
        st.markdown(
            "The big screen: open it in a window of its own, press **F** there, and it follows. On another "
            "computer, open this page there first and give the PIN: then its jobs go first, too."
        )
        st.link_button("Open the big screen", "/?stage=1", icon=":material/cast:")
        show_code()
        for _ in panel("Worksheets with answers", key="answers", icon=":material/print:"):
            st.markdown("\n".join(f"- [{demo.title}]({answers_of(demo)})" for demo in demos()))
        st.button("Leave presenter mode", on_click=_close, icon=":material/lock:")


def _place(state: State) -> Place | None:
    stops = places(state.tour)
    return stops[state.number - 1] if 1 <= state.number <= len(stops) else None


def _do(did: dict[str, object]) -> None:
    """What a browser says was done: believe only what its buttons can do."""
    what, version, value = did.get("what"), did.get("version"), did.get("value")
    version = version if isinstance(version, int) else -1
    state = stage.look()
    if what in ("back", "on"):
        stage.move(1 if what == "on" else -1, version)
    elif what == "stop" and isinstance(value, int):
        stage.show(state.tour, value, version)
    elif what == "tour" and (tour := known(str(value))):
        stage.show(tour, 0, version)
    elif what == "reset":
        stage.next_visitor(version)
    elif what == "pause" and isinstance(value, bool):
        engine().queue.pause(value)
    elif what == "warm":
        engine().warm_up_again()
