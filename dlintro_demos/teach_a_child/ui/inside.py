"""What a word changed, how the machine learns, and what it got wrong."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlintro_demos.gallery.ui.charts import GREY
from dlintro_demos.gallery.ui.show import show_pictures
from dlintro_demos.gallery.words import counted, plain
from dlintro_demos.teach_a_child.heads import HEADS
from dlintro_demos.teach_a_child.lesson import Example, Seen, confusions, running_accuracy
from dlintro_demos.teach_a_child.picture_map import draw_map
from dlintro_demos.teach_a_child.ui.charts import (
    NEVER,
    accuracy_chart,
    before_and_after,
    confusion_chart,
    map_chart,
    percent,
)
from dlintro_demos.teach_a_child.ui.visit import HEAD_TITLES, TeachVisit

MOST_SHOWN = 24  # pictures of one cell
NONE = "no picture: the lesson came from a file without"
NO_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect x="1" y="1" width="94" height="94" '
    f'rx="8" fill="none" stroke="{GREY}" stroke-width="2" stroke-dasharray="6"/></svg>'
)
HOW = {
    "mean": "It keeps one point for each word, the mean of its examples; the nearest point wins.",
    "neighbours": "It keeps all examples and lets the nearest vote, three at most; near ones count more.",
    "logistic": "It draws straight borders between the words, where its examples leave the most room.",
}


def show_what_changed(visit: TeachVisit, now: Seen | None) -> None:
    """Confidence before and after, the map with the picture that is shown now, and the accuracy so far."""
    st.subheader("What this changed", anchor=False)
    how_it_learns(visit)
    change = visit.change
    left, right = st.columns([3, 2])
    with left:
        drawn = draw_map(visit.lesson)
        moved = None
        if change and visit.past[-1].examples:
            moved = drawn.moved_from(draw_map(visit.past[-1]))
        map_chart(visit.lesson, drawn, moved, None if now is None else drawn.place(now.embedding))
        st.caption(
            f"Each picture is 1,280 numbers to the machine; the map keeps {percent(drawn.kept)} of how they "
            "differ. The pictures do not move: the large network that makes the numbers stays as it is. What "
            "moves is each word's mean (the filled mark), and the view; dotted lines lead from the last one."
            + (" The red cross is the picture that you show it now." if now else "")
        )
    with right:
        if change:
            st.markdown("**The last picture, before and after you told it**")
            before_and_after(change.before, change.after)
        points = running_accuracy(visit.lesson)
        if points:
            st.markdown(f"**Right so far: {percent(points[-1][1])}**")
            accuracy_chart(points)
            st.caption(
                "Every picture counts as the machine called it before it was told. “Never seen” is right "
                "for the first of a new word."
            )
        else:
            st.markdown("**Right so far:** nothing was tested yet. Show it something and say what it is.")


def how_it_learns(visit: TeachVisit) -> None:
    """The choice of the head."""
    head = st.segmented_control(
        "How does it learn?",
        HEADS,
        format_func=HEAD_TITLES.__getitem__,
        default="mean",
        required=True,
        key="head",
        bind="query-params",
        on_change=_learn_otherwise,
        args=(visit,),
    )
    if head != visit.head:  # it stood in the address
        _learn_otherwise(visit)
        st.rerun()
    st.caption(HOW[head])


def _learn_otherwise(visit: TeachVisit) -> None:
    visit.head, visit.change = st.session_state["head"], None


def what_it_got_wrong(visit: TeachVisit) -> None:
    """The confusion matrix, and the pictures behind a cell."""
    cells = confusions(visit.lesson)
    if not cells:
        st.info(
            "Nothing was tested yet. Show it some things in “Teach it”, say what they are, and come back.",
            icon=":material/info:",
        )
        return
    tested = [example for found in cells.values() for example in found]
    wrong = sum(not example.right for example in tested)
    st.markdown(
        f"**{counted(len(tested), 'picture was', 'pictures were')} guessed before being named, "
        f"{wrong} wrongly.** “Never seen” is right for the first of a new word."
    )
    confusion_chart(visit.lesson, cells)
    order = sorted(cells, key=lambda cell: (cell[0] == cell[1], -len(cells[cell])))
    labels = {_cell(truth, said, len(cells[truth, said])): (truth, said) for truth, said in order}
    chosen = st.pills("Which pictures?", list(labels), default=next(iter(labels)), key="cell", required=True)
    truth, said = labels[chosen]
    show_examples(
        [(each, f"{each.seen.alt}, named {each.name}", "") for each in cells[truth, said][:MOST_SHOWN]]
    )
    if len(cells[truth, said]) > MOST_SHOWN:
        st.caption(f"The first {MOST_SHOWN} of {len(cells[truth, said])}.")


def _cell(truth: str, said: str | None, count: int) -> str:
    words = f"{plain(truth)}, called {plain(said)}" if said else f"{plain(truth)}, {NEVER}"
    return f"{words} ({count})"


def show_examples(examples: Sequence[tuple[Example, str, str]]) -> None:
    """Small pictures of examples in a row, each with its alt text and what stands below it."""
    show_pictures(
        [
            (example.seen.thumbnail, alt) if example.seen.thumbnail else (NO_PICTURE, NONE)
            for example, alt, _ in examples
        ],
        width=96,
        captions=[below for *_, below in examples],
    )
    if not all(example.seen.thumbnail for example, *_ in examples):
        st.caption(f"({NONE})")
