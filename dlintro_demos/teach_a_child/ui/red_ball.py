"""The red ball among apples: the course's story, played with a real lesson."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.shared.things import THINGS
from dlintro_demos.teach_a_child.story import KNOWN, TRUTH, Round, tell_story
from dlintro_demos.teach_a_child.ui.charts import bars, percent, story_chart

SEEN = 340  # px
TOLD = "red-ball-told"  # rounds in which the visitor has answered


def red_ball() -> None:
    """Five red balls for a machine that knows apples and leaves."""
    rounds: tuple[Round, ...] | None = run_job(
        "story", "story", tell_story, engine().cache, label="Drawing apples and balls", shared=True
    )
    if rounds is None:
        return
    kinds = {thing.kind for thing in KNOWN}
    st.markdown(
        f"This machine was shown {len(KNOWN)} pictures and knows {len(kinds)} words: "
        + " and ".join(f"**{THINGS[kind].title}**" for kind in sorted(kinds))
        + ". It has never seen a ball. Now it sees red ones, and like a child it has to say something."
    )
    told = min(st.session_state.get(TOLD, 0), len(rounds))
    number = min(told, len(rounds) - 1)
    done = told == len(rounds)
    _round(rounds[number], number, asked=not done)
    if told:
        _so_far(rounds[:told])
    if done:
        _in_the_end(rounds)


def _round(played: Round, number: int, *, asked: bool) -> None:
    with first_result(beside=True):
        show_picture(played.picture, alt=played.seen.alt, width=SEEN)
        with st.container(width="stretch", gap="small"):
            guess = played.guess
            article = THINGS[guess.likeliest].phrase
            st.markdown(f"**Ball {number + 1} of 5.**\n\n### “{article.capitalize()}?”")
            bars(guess)
            if asked:
                wrong = guess.likeliest != TRUTH
                st.button(
                    "No, that is a ball" if wrong else "Right, a ball",
                    key="red-ball-answer",
                    on_click=_tell,
                    args=(number + 1,),
                )


def _tell(told: int) -> None:
    st.session_state[TOLD] = told


def _so_far(rounds: tuple[Round, ...]) -> None:
    story_chart([each.guess.probabilities.get(TRUTH, 0.0) for each in rounds])
    last = rounds[-1]
    st.markdown(
        "The very same picture once more, after you told it: "
        f"“ball” {percent(last.after.probabilities[TRUTH])}."
    )


def _in_the_end(rounds: tuple[Round, ...]) -> None:
    wrong = [number for number, each in enumerate(rounds, 1) if each.guess.likeliest != TRUTH]
    first, last = rounds[0], rounds[-1]
    st.success(
        f"Wrong at ball {', '.join(map(str, wrong))}, right at the others. “Ball” went from "
        f"{percent(first.guess.probabilities.get(TRUTH, 0.0))} at the first to "
        f"{percent(last.guess.probabilities[TRUTH])} at the last, each time before it was told.",
        icon=":material/school:",
    )
    strange = first.guess.nearest[0].distance > first.guess.limit
    st.markdown(
        "It learned from so few because it did not begin with nothing: its eyes, a network that was shown "
        "1.3 million photographs, were ready. Only the word was new. "
        + (
            f"And it could have known better: the first ball was {first.guess.nearest[0].distance:.2f} from "
            f"the nearest thing it knew, further than {first.guess.limit:.2f}. In “Teach it” it may say so."
            if strange
            else "To its eyes the first ball was well within what it knew, so it did not even doubt."
        )
    )
    st.button("Once more", on_click=_tell, args=(0,), icon=":material/refresh:")
