"""The tour on the pages: its bar in place of the menu, the list of stops, and the questions at the end."""

from __future__ import annotations

import html
import secrets

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from dlintro_demos.gallery.tour import (
    MINUTES,
    TOURS,
    Place,
    Question,
    Tour,
    known,
    look_again,
    names,
    places,
    query_of,
    questions,
)
from dlintro_demos.gallery.ui.address import number_in_address, of_the_stage
from dlintro_demos.gallery.ui.components.rail import rail
from dlintro_demos.gallery.ui.menu import go, href, page_of
from dlintro_demos.gallery.words import counted

TITLES: dict[Tour, str] = {"short": "The short tour", "full": "The full tour"}
SEED, CHECKED = "tour-seed", "tour-checked"


def whereabouts() -> tuple[Tour, int] | None:
    """The tour and the number of the stop that the address names; None where it names none."""
    tour = known(st.query_params.get("tour", ""))
    if tour is None:
        return None
    number = number_in_address("stop", 1, len(places(tour)) + 1, default=0)
    return (tour, number) if number else None


def show_bar(slug: str) -> bool:
    """The bar of the tour, if the page at `slug` is the stop that the address names."""
    where = whereabouts()
    if where is None:
        return False
    tour, number = where
    stops = places(tour)
    place = stops[number - 1] if number <= len(stops) else None
    if slug != (place.demo.slug if place else "tour"):
        return False
    clicked = rail(
        [{"href": each.href, "title": f"{each.number}. {each.demo.title}"} for each in stops]
        + [{"href": _end(tour), "title": "Questions"}],
        at=number,
        name=TITLES[tour],
        part=place.stop.part if place else "Questions",
        time=counted(MINUTES, "minute") if place else "",
    )
    if place:
        st.html(f"<p class=tour-words>{html.escape(place.stop.words)}</p>")
    if clicked == 0:
        go("tour")
    elif isinstance(clicked, int) and 1 <= clicked <= len(stops) + 1:
        go_to(tour, clicked)
    return True


def go_to(tour: Tour, number: int) -> None:
    """Show a stop in place of what runs now, by way of `/tour`, where settings of this page are let go."""
    asked = query_of(tour, number) | of_the_stage()
    st.query_params.from_dict({})
    st.switch_page(page_of("tour"), query_params=asked)


def enter(place: Place) -> None:
    """Show a stop, from `/tour`: its page begins with what its address says, whatever was chosen before.

    As the browser's “back” does it, for which Streamlit has no public way: a setting that the address does
    not name takes its default on the screen, too, also where one stop of a page follows another.
    """
    for name in names() | {"source"}:
        st.session_state.pop(name, None)
    asked = place.query | of_the_stage()
    context = get_script_run_ctx()
    assert context is not None
    assert context.script_requests is not None
    st.query_params.from_dict(asked)
    context.script_requests.request_rerun(
        RerunData(
            query_string=context.query_string,
            page_script_hash=page_of(place.demo.slug)._script_hash,
            cached_message_hashes=context.cached_message_hashes,
            context_info=context.context_info,
            is_history_navigation=True,
        )
    )
    st.empty()  # the run ends here, and the other begins


def start_links() -> None:
    """The ways to begin: a tour, or a room of one's own."""
    with st.container(horizontal=True, gap="small", key="start"):
        for tour in TOURS:
            minutes = counted(len(places(tour)) * MINUTES, "minute")
            st.page_link(
                page_of("tour"),
                label=f"{TITLES[tour]}, {minutes}",
                query_params=query_of(tour, 1),
                icon=":material/play_circle:",
            )
        st.page_link(page_of("scoreboard"), label="Open a room", icon=":material/group_add:")


def list_stops() -> None:
    """Both tours, each with the way to its first stop and to any other one."""
    for tour, column in zip(TOURS, st.columns(len(TOURS), gap="large"), strict=True):
        stops = places(tour)
        with column, st.container(gap="xsmall", key=f"stops-{tour}"):
            st.subheader(TITLES[tour], anchor=False)
            st.caption(f"{counted(len(stops), 'stop')}, {counted(len(stops) * MINUTES, 'minute')}")
            part = ""
            for place in stops:
                if place.stop.part != part:
                    part = place.stop.part
                    st.markdown(f"**{part}**")
                _link(place, f"{place.number}. {place.stop.words}")


def _link(place: Place, label: str) -> None:
    st.page_link(
        page_of("tour"),
        label=label,
        query_params=query_of(place.tour, place.number),
        icon=":material/arrow_forward:",
    )


def ask(tour: Tour) -> None:
    """Five questions on what was seen, their score, and the stop to look at again."""
    asked = questions(tour, st.session_state.setdefault(SEED, secrets.randbits(32)))
    with st.form("tour-questions", border=False):
        said = [
            st.radio(question.asks, answers, index=None, key=f"tour-question-{number}")
            for number, (question, answers) in enumerate(asked)
        ]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.form_submit_button("How did I do?", on_click=_check)
            verdict = st.empty()
    if not st.session_state.get(CHECKED):
        return
    if all(answer is None for answer in said):
        verdict.markdown("Choose an answer first; one is enough.")
    else:
        _score(tour, [question for question, _ in asked], said, verdict)


def _score(tour: Tour, asked: list[Question], said: list[str | None], verdict: DeltaGenerator) -> None:
    right = [answer == question.answers[0] for question, answer in zip(asked, said, strict=True)]
    verdict.subheader(f"{sum(right)} of {len(asked)} right", anchor=False)
    for question, good in zip(asked, right, strict=True):
        st.markdown(
            f"{':material/check:' if good else ':material/close:'} **{question.asks}**  \n"
            f"{question.answers[0]}. {question.why}"
        )
        if not good:
            place = look_again(tour, question.part)
            _link(place, f"Look again at stop {place.number}: {place.demo.title}")
    st.button("Begin anew", on_click=_again, icon=":material/refresh:")


def _check() -> None:
    st.session_state[CHECKED] = True


def _again() -> None:
    for key in (CHECKED, SEED, *(key for key in st.session_state if str(key).startswith("tour-question-"))):
        st.session_state.pop(key, None)


def _end(tour: Tour) -> str:
    return f"{href('tour')}?tour={tour}&stop={len(places(tour)) + 1}"
