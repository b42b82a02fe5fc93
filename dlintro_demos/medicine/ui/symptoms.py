"""Say how you feel: the patterns that a complaint is like, above them emergencies, below them questions."""

from __future__ import annotations

import hashlib
import html

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import BLUE, GREY, show_bars
from dlintro_demos.gallery.ui.frame import choices, first_result, panel
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.medicine.symptoms.examples import EXAMPLES
from dlintro_demos.medicine.symptoms.questions import ASKED, likeliest, next_question
from dlintro_demos.medicine.symptoms.reading import SHOWN, Alarm, Reading, read_complaint
from dlintro_demos.medicine.symptoms.written import patterns, questions
from dlintro_demos.medicine.ui.symptoms_evidence import show_evidence
from dlintro_demos.medicine.ui.symptoms_game import show_game
from dlintro_demos.medicine.ui.symptoms_words import complaint_html

Answers = dict[str, bool | None]
OWN = "symptoms-own"
MAYBE = (
    "<div role=status style='background:#fde8c8;color:#3d2600;border-radius:.5rem;padding:.6rem 1rem'>"
    "<p style='margin:0'><strong>This could be urgent.</strong> If it came suddenly, gets worse or "
    "frightens you, <strong>call your emergency number</strong>. Otherwise let a doctor hear of it "
    "today.</p></div>"
)
NO_ALL_CLEAR = (
    "No alarm is no all-clear: it misses some emergencies. If it gets worse or worries you, ask a doctor."
)
SAID = {"Yes": True, "No": False, "I don't know": None}


def say_how_you_feel() -> None:
    """The mode."""
    with choices("example"):
        example = st.segmented_control(
            "An example?", list(EXAMPLES), default=next(iter(EXAMPLES)), required=True, key="feel",
            bind="query-params", on_change=_use_example,
        )  # fmt: skip
    left, right = st.columns([11, 9], gap="medium")
    with left:
        room = first_result()
    with right:
        _ask_for_words()
    own: str | None = st.session_state.get(private_key(OWN))
    said = EXAMPLES[example] if own is None else own
    digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    with room:
        found = run_job(
            "symptoms", digest, read_complaint, said, engine().cache, label="Reading", shared=own is None
        )
        if found is None:
            return
        answers = _answers(digest)
        _show(found, answers)
    with right:
        if found.known:
            _follow_up(found, answers, digest)
    for _ in panel("You against the machine", key="symptoms-game", icon=":material/sports_esports:"):
        show_game()
    show_evidence(found, answers)


def _use_example() -> None:
    st.session_state.pop(private_key(OWN), None)


def _ask_for_words() -> None:
    with st.form(private_key("symptoms-form"), border=False):
        st.text_area(
            "How do you feel? In English, in your own words",
            key=private_key("symptoms-text"),
            height=96,
            placeholder="A sentence or two",
        )
        st.form_submit_button("Read it", icon=":material/search:", on_click=_take_own)


def _take_own() -> None:
    st.session_state[private_key(OWN)] = st.session_state.get(private_key("symptoms-text"), "")


def _show(found: Reading, answers: Answers) -> None:
    if found.alarms:
        st.html(alarm_html(found.alarms))
    elif found.maybe:
        st.html(MAYBE)
    if found.text:
        st.html(complaint_html(found))
    if found.problem and (found.all_patterns == () or not found.alarms):
        st.info(found.problem, icon=":material/help:")
    if found.text and not found.alarms and not found.maybe:
        st.caption(NO_ALL_CLEAR)
    if found.known:
        titles = {each.key: each.title for each in patterns()}
        shares = likeliest(found.all_patterns, answers, SHOWN) if answers else found.patterns
        show_bars(
            [(titles[key], share) for key, share in shares],
            colour=GREY if found.alarms else BLUE,
            who="Patterns that this is like" + (", after your answers" if answers else ""),
        )
        st.caption("How much it is like what we wrote for each pattern. It is no probability of an illness.")


def alarm_html(alarms: tuple[Alarm, ...]) -> str:
    """What stands above everything: to call, why, and the words that raised it."""
    calls = {each.language: each.call for each in alarms if each.call}
    parts = "".join(
        f"<p lang={language} style='margin:.4rem 0 0'><strong>{html.escape(call)}</strong></p>"
        for language, call in calls.items()
    )
    parts += "".join(
        f"<p style='margin:.4rem 0 0'><strong>{html.escape(each.title)}.</strong> {html.escape(each.why)} "
        f"Raised by: “{html.escape((' … ' if each.by == 'rule' else ' ').join(each.words))}”.</p>"
        for each in alarms[:SHOWN]
    )
    return (
        "<div role=alert style='background:#9b1020;color:#fff;border-radius:.5rem;padding:.75rem 1rem'>"
        "<p style='margin:0;font-size:1.25rem'><strong>Call your emergency number now.</strong></p>"
        f"{parts}<p style='margin:.4rem 0 0'>This page cannot judge how bad it is: "
        "somebody who answers that number can.</p></div>"
    )


def _answers(digest: str) -> Answers:
    """What was answered about this complaint; about another one, nothing."""
    of, answers = st.session_state.get(private_key("symptoms-answers"), ("", {}))
    return answers if of == digest else {}


def _answer(digest: str, key: str, said: bool | None) -> None:
    st.session_state[private_key("symptoms-answers")] = (digest, {**_answers(digest), key: said})


def _start_over() -> None:
    st.session_state.pop(private_key("symptoms-answers"), None)


def _follow_up(found: Reading, answers: Answers, digest: str) -> None:
    """The questions that were answered, and the next one with what its answer is worth."""
    asks = {each.key: each.asks for each in questions()}
    words = {said: label for label, said in SAID.items()}
    for key, said in answers.items():
        st.markdown(f"{asks[key]} **{words[said]}**")
    following = next_question(found.all_patterns, answers, found.corrected)
    if following is None:
        done = "No question would tell more." if len(answers) < ASKED else "That were all questions."
        st.caption(done)
    else:
        st.markdown(f"**{following.question.asks}**")
        with st.container(horizontal=True):
            for label, value in SAID.items():
                st.button(
                    label,
                    key=f"symptoms-{following.question.key}-{label}",
                    on_click=_answer,
                    args=(digest, following.question.key, value),
                )
        st.caption(
            f"Of all questions this one splits the patterns best: {following.bits:.2f} bits. "
            f"Question {len(answers) + 1} of at most {ASKED}."
        )
    if answers:
        st.button("Take the answers back", key="symptoms-back", on_click=_start_over, icon=":material/undo:")
