"""The game of the expert: how good the features are that the visitor switched on."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.classical_vs_deep import drawn
from dlintro_demos.classical_vs_deep.drawn import Report
from dlintro_demos.classical_vs_deep.hand_made import GROUPS, Examined
from dlintro_demos.classical_vs_deep.ui.charts import show_standings
from dlintro_demos.gallery.words import counted
from dlintro_demos.shared.things import THINGS

TRIED = "expert_tried"  # in the session: reports of the choices so far, by keys


def show_score(expert: Examined | None, network: Report | None) -> None:
    """The visitor's choice, their best one so far and the network, in bars and in words."""
    st.subheader("Your features against the network's", anchor=False)
    if expert is None:
        st.markdown(
            f"An expert without features can only guess: **{drawn.CHANCE:.1%}**, one in {len(drawn.KINDS)}."
        )
        return
    tried: dict[tuple[str, ...], Report] = st.session_state.setdefault(TRIED, {})
    tried[expert.keys] = expert.report
    best = max(tried, key=lambda keys: tried[keys].right)
    rows = [("you, now", expert.report)]
    rows += [("your best", tried[best])] if best != expert.keys else []
    rows += [("the network", network)] if network else []
    show_standings(rows)
    st.markdown(_verdict(expert, tried, best, network))
    mistakes = expert.report.mistakes(2)
    if mistakes:
        words = " and ".join(
            f"{count} of {drawn.HELD_OUT} {THINGS[one].plural} for {THINGS[other].phrase}"
            for one, other, count in mistakes
        )
        st.markdown(f"Your road most often takes {words}.")
    st.caption(
        f"Measured on {expert.report.of} pictures that neither road learned from. The strong line is the 95 "
        "% interval: with other pictures, the share would mostly fall in there. Your best was chosen by "
        "looking at these very pictures, which flatters it a little. "
        "You may try as often as you like, so none of it counts on the scoreboard."
    )


def _verdict(
    expert: Examined, tried: dict[tuple[str, ...], Report], best: tuple[str, ...], network: Report | None
) -> str:
    """What the figures say, whoever is ahead."""
    mine = expert.report
    titles = ", ".join(GROUPS[key].title for key in expert.keys)
    words = [
        f"With {titles}: **{mine.accuracy:.1%}**, {mine.right} of {mine.of} right "
        f"({counted(expert.numbers, 'number')})."
    ]
    fewer = [keys for keys in tried if set(keys) < set(expert.keys) and tried[keys].right > mine.right]
    if fewer:
        lost = max(tried[keys].right for keys in fewer) - mine.right
        words.append(f"You had {lost} more right with fewer features: more is not always better.")
    if best != expert.keys:
        words.append(f"Your best so far: {', '.join(GROUPS[key].title for key in best)}.")
    if network is None:
        return " ".join(words)
    words.append(f"The network, which nobody gave a feature: **{network.accuracy:.1%}**.")
    yours = tried[best]
    if yours.interval[1] < network.interval[0]:
        words.append(
            f"It is ahead of your best by {counted(network.right - yours.right, 'picture')}, more than "
            "chance explains."
        )
    elif yours.interval[0] > network.interval[1]:
        words.append("Your hand-made features beat it, by more than chance explains.")
    else:
        words.append("That is too close to your best to call: the intervals overlap.")
    return " ".join(words)
