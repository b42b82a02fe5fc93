"""Show and tell: the visitor shows something, the machine says what it is, the visitor says what it is."""

from __future__ import annotations

import functools
import random

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dlintro_demos.gallery.intake.brought import Brought
from dlintro_demos.gallery.intake.names import LONGEST_NAME
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.address import number_in_address
from dlintro_demos.gallery.ui.frame import first_result, panel
from dlintro_demos.gallery.ui.pictures import Chosen, choose_picture, choose_source, image_limits
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.gallery.ui.uploader import bring_files
from dlintro_demos.gallery.words import counted, plain
from dlintro_demos.shared.things import THINGS
from dlintro_demos.teach_a_child.heads import Guess
from dlintro_demos.teach_a_child.lesson import MOST_CLASSES, MOST_EXAMPLES, Seen
from dlintro_demos.teach_a_child.seeing import Look, decode_in_turn, look, look_at_files
from dlintro_demos.teach_a_child.tray import HARD, TRAYS, TrayThing, lay, look_at_things
from dlintro_demos.teach_a_child.ui.charts import bars, percent
from dlintro_demos.teach_a_child.ui.inside import show_examples, show_what_changed
from dlintro_demos.teach_a_child.ui.live import teach_live
from dlintro_demos.teach_a_child.ui.visit import TeachVisit

MOST_MB = 200  # of files at once
MOST_DRAWN = 20
MOST_SAID = 8  # sentences about files that were left out
MANY_SHOWN = "many-shown"


def show_and_tell(visit: TeachVisit, first: DeltaGenerator) -> None:
    """One picture after the other, its source among the `first` choices, and what each changes."""
    with first:
        source, number = choose_source(live=True), _number()
    if source == "live":
        teach_live(visit)
        _whole_lesson(visit)
        return
    tray = run_job("tray", number, lay, number, label="Drawing things to show it", shared=True)
    if tray is None:
        return
    chosen = choose_picture(source, (*tray, *HARD))
    seen = visit.shown = None if chosen is None else _talk(visit, chosen)
    _whole_lesson(visit)
    _many(visit)
    if visit.lesson.examples:
        show_what_changed(visit, None if seen is None or visit.lesson.called(seen.key) else seen)


def _number() -> int:
    """Of the tray, from the address: 1 to 50."""
    return number_in_address("tray", 1, TRAYS, default=1)


def _talk(visit: TeachVisit, chosen: Chosen) -> Seen | None:
    """What is said about a picture; gives what the machine saw."""
    looked: Look | None = run_job(
        "see", chosen.digest, look, chosen.rgb, chosen.alt, engine().cache,
        label="Looking", shared=bool(chosen.sample),
    )  # fmt: skip
    if looked is None:
        return None
    visit.stages["look at the picture"] = looked.seconds
    for sentence in looked.left_out:
        st.warning(f"{sentence} Show it a thing.", icon=":material/visibility_off:")
    if not looked.seen:
        return None
    (seen,) = looked.seen
    guess = next(iter(visit.guesses((seen,))), None)
    with first_result(beside=True):
        show_picture(looked.shown, alt=chosen.alt, width=240)
        with st.container(width="stretch", gap="small"):
            _say(visit, seen, guess)
            _ask(visit, seen, guess)
    _ask_for_a_word(visit, seen)
    if visit.problem:
        st.warning(plain(visit.problem), icon=":material/error:")
    if guess is not None:
        _reasons(visit, guess)
    return seen


def _say(visit: TeachVisit, seen: Seen, guess: Guess | None) -> None:
    """The machine's words, as a child would say them."""
    if guess is None:
        st.markdown("### “I know no words yet. What is this?”")
        return
    called = visit.lesson.called(seen.key)
    if called is not None:
        st.markdown(f"### “{spoken(called)}!”")
        st.markdown(_what_it_learned(visit, seen))
        return
    if guess.name is None:
        st.markdown("### “I have never seen this.”")
        st.markdown(
            f"The nearest example is {guess.nearest[0].distance:.2f} away; beyond {guess.limit:.2f} it "
            f"does not guess. If it had to: **{spoken(guess.likeliest)}**."
        )
    else:
        st.markdown(f"### “{spoken(guess.name)}?”")
        if len(guess.probabilities) == 1:
            st.markdown("It knows only this one word. Teach it a second one, and it has to choose.")
    bars(guess)


def spoken(name: str) -> str:
    """“An apple” for a thing of the tray; a visitor's own word as it is, since its article is not known."""
    return THINGS[name].phrase.capitalize() if name in THINGS else plain(name)


def _what_it_learned(visit: TeachVisit, seen: Seen) -> str:
    change = visit.change
    if change is None or change.key != seen.key:
        return "You have told it what this one is. Say something else if that was wrong, or show another."
    name = visit.lesson.called(seen.key) or ""
    words = f"You called this {plain(change.was)} before; now it is {plain(name)}. " if change.was else ""
    if change.before is None:
        return f"{words}Its first word: **{plain(name)}**."
    before = change.before.probabilities.get(name, 0.0)
    after = change.after.probabilities[name]
    new = "" if name in change.before.probabilities else " (a word it did not have)"
    return (
        f"{words}“{plain(name)}”, for this picture: {percent(before)}{new} before you told it, "
        f"**{percent(after)}** after."
    )


def _ask(visit: TeachVisit, seen: Seen, guess: Guess | None) -> None:
    """Right, or no, that is something else."""
    called = visit.lesson.called(seen.key)
    with st.container(horizontal=True, gap="xsmall"):
        if called is not None:
            st.button("Show it another thing", on_click=_next, args=(visit,), icon=":material/redo:")
        else:
            likely = guess.likeliest if guess else None
            names = sorted(visit.lesson.names, key=lambda name: name != likely)
            for place, name in enumerate(names):
                right = guess is not None and name == guess.name
                st.button(
                    f"Right, {plain(name)}"
                    if right
                    else f"{'No, ' if guess and guess.name else ''}{plain(name)}",
                    key=f"tell-{place}",
                    on_click=visit.tell,
                    args=((seen,), name),
                )


def _ask_for_a_word(visit: TeachVisit, seen: Seen) -> None:
    """A word that it may not have yet."""
    if len(visit.lesson.names) >= MOST_CLASSES and visit.lesson.called(seen.key) is None:
        return
    field = private_key("word")
    with (
        st.form(key=private_key("new-word"), clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"),
    ):
        st.text_input(
            "It is something else" if visit.lesson.names else "What is it?",
            placeholder="a new word, such as cup",
            max_chars=LONGEST_NAME,
            key=field,
        )
        st.form_submit_button("Teach it this word", on_click=_tell, args=(visit, seen, field))


def _tell(visit: TeachVisit, seen: Seen, field: str) -> None:
    visit.tell((seen,), st.session_state[field])


def _next(visit: TeachVisit) -> None:
    """Another thing from another tray: mostly of what it was taught, sometimes something new."""
    number = _number() % TRAYS + 1
    known = [kind for kind in THINGS if kind in visit.lesson.names]
    among = known if known and random.random() < 0.75 else list(THINGS)  # noqa: S311 - no secret
    st.query_params.update(tray=str(number), sample=f"{random.choice(among)}-{number}")  # noqa: S311
    visit.problem = ""
    if st.session_state["source"] != "samples":
        st.session_state["source"] = "samples"


def _reasons(visit: TeachVisit, guess: Guess) -> None:
    """The nearest examples."""
    st.caption("Nearest among what you taught it, and how far away (0: the same, 1: nothing in common):")
    examples = [(visit.lesson.examples[near.place], near.distance) for near in guess.nearest]
    show_examples([(each, each.seen.alt, f"{each.name}, {distance:.2f}") for each, distance in examples])


def _whole_lesson(visit: TeachVisit) -> None:
    count, names = len(visit.lesson.examples), len(visit.lesson.names)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            f"**{counted(count, 'example')}, {counted(names, 'word')}:** "
            + (", ".join(plain(name) for name in visit.lesson.names) or "none yet")
        )
        st.button(
            "Undo",
            key=f"undo-{visit.changes}",  # another button for every lesson: a late click finds the old one
            on_click=visit.undo,
            args=(visit.lesson,),
            disabled=not visit.past,
            icon=":material/undo:",
        )
        st.button("Begin with nothing", on_click=_empty, args=(visit,), disabled=not count)


def _empty(visit: TeachVisit) -> None:
    visit.set(type(visit.lesson)())


def _many(visit: TeachVisit) -> None:
    """Several examples of one word at once: drawn ones, or the visitor's own files."""
    for _ in panel("Many at once", key="many-at-once", icon=":material/library_add:"):
        given = bring_files(
            f"Up to {MOST_EXAMPLES} pictures of one thing, {engine().settings.upload_mb} MB each, "
            f"{MOST_MB} MB in all",
            name="many",
        )
        kind, count = "", 0
        if not given:
            left, right = st.columns(2)
            kind = left.selectbox("Or drawn ones, of", list(THINGS), key="many-kind")
            count = right.slider("How many", 1, MOST_DRAWN, 5, key="many-count")
        word = st.text_input(
            "They are called", value=kind, max_chars=LONGEST_NAME, key=private_key(f"many-word-{kind}")
        )
        if not st.session_state.get(private_key(MANY_SHOWN)):
            st.button("Show them to the machine", on_click=_show_many, args=(True,))
        else:
            _teach_many(visit, given, kind, count, word)


def _show_many(on: bool) -> None:
    st.session_state[private_key(MANY_SHOWN)] = on


def _teach_many(visit: TeachVisit, given: list[UploadedFile], kind: str, count: int, word: str) -> None:
    """What the machine says to them, and the button that tells it what they are."""
    looked = _look_at_many(given, kind, count, first=1000 + MOST_DRAWN * len(visit.lesson.examples))
    if looked is None:
        return
    for sentence in looked.left_out[:MOST_SAID]:
        st.warning(plain(sentence), icon=":material/broken_image:")
    if len(looked.left_out) > MOST_SAID:
        st.warning(f"And {counted(len(looked.left_out) - MOST_SAID, 'more was', 'more were')} left out.")
    if not looked.seen:
        return
    said = [guess.name for guess in visit.guesses(looked.seen)]
    st.markdown(
        f"**{counted(len(looked.seen), 'picture')}.** Before being told, it calls {said.count(word)} of them "
        f"“{plain(word)}”, and says of {said.count(None)} that it has never seen such a thing."
    )
    st.button(
        f"Teach it all {len(looked.seen)}", key="many-teach", on_click=_tell_many, args=(visit, looked, word)
    )


def _tell_many(visit: TeachVisit, looked: Look, word: str) -> None:
    visit.tell(looked.seen, word)
    if not visit.problem:
        _show_many(False)


def _look_at_many(given: list[UploadedFile], kind: str, count: int, *, first: int) -> Look | None:
    cache = engine().cache
    if not given:
        things = tuple(TrayThing(kind=kind, seed=first + number) for number in range(count))
        return run_job(
            "many", things, look_at_things, things, cache, label="Drawing and looking", shared=True
        )
    size = sum(file.size for file in given)
    if len(given) > MOST_EXAMPLES or size > MOST_MB * MB:
        st.warning(
            f"{counted(len(given), 'picture')} of {size / MB:.0f} MB at once is too much. The limits are "
            f"{MOST_EXAMPLES} pictures and {MOST_MB} MB: choose fewer, in several goes.",
            icon=":material/error:",
        )
        return None
    files = tuple(Brought(f"picture {place}", file.getvalue) for place, file in enumerate(given, 1))
    decode = functools.partial(decode_in_turn, limits=image_limits(), turn=engine().decoding)
    key = tuple(file.file_id for file in given)
    return run_job("many", key, look_at_files, files, decode, cache, label="Looking at your pictures")
