"""The threshold, and what it costs: who is found, who is missed, who is frightened for nothing."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import table
from dlintro_demos.gallery.ui.show import show_picture
from dlintro_demos.medicine.risk.curves import LOGISTIC, NETWORKS, draw_thousand, rates_at
from dlintro_demos.medicine.risk.network import MODEL
from dlintro_demos.medicine.risk.scoring import Rates, thousand

THRESHOLD, PREVALENCE = "risk-threshold", "risk-prevalence"
AMONG = 37  # per cent of these cases are malignant
DOTS = 320  # px


def chosen_threshold() -> float:
    """The probability from which the visitor calls a case malignant; the card's from the start."""
    return float(st.session_state.get(THRESHOLD, _on_card())) / 100


def chosen_prevalence() -> float:
    """The share of malignant lumps among the visitor's 1,000 women, 0 to 1."""
    return float(st.session_state.get(PREVALENCE, AMONG)) / 100


def _on_card() -> int:
    return max(1, round(100 * engine().cache.card(MODEL).thresholds["malignant"]))


def what_it_costs(threshold: float) -> None:
    """The two sliders, and 1,000 women."""
    st.subheader("What a threshold costs", anchor=False)
    left, right = st.columns(2, gap="medium")
    with left:
        st.slider(
            "Call it malignant from this probability on", 1, 99, _on_card(), format="%d %%", key=THRESHOLD
        )
        st.slider(
            "Of 1,000 women with a lump, so many have a malignant one", 1, 60, AMONG, format="%d %%",
            key=PREVALENCE,
        )  # fmt: skip
        _show_rates(threshold)
    with right:
        show_women(rates_at(engine().cache.card(MODEL).folder, threshold), chosen_prevalence())
    found, let_go = (_at_thresholds_of_folds(name) for name in ("Sensitivity", "Specificity"))
    st.caption(
        "Counted on all 569 cases, each asked while the networks had not seen it (nested cross-validation). "
        "The threshold it starts with was chosen to find 98 of 100 malignant cases, on cases that are "
        f"counted here, too: where each fold chose its own on the others, {found} were found and {let_go} "
        "let go. Missing one costs more than a needless fright; how much more is for people to say, and no "
        "network knows it."
    )


def _at_thresholds_of_folds(score: str) -> str:
    """A figure of the card, in per cent: sensitivity or specificity at thresholds that each fold chose."""
    figures = engine().cache.card(MODEL).figures
    value = next(each.value for each in figures if each.name.startswith(f"{score} at the chosen threshold"))
    return f"{float(value):.1%}"


def _show_rates(threshold: float) -> None:
    folder = engine().cache.card(MODEL).folder
    rows = []
    for who in (NETWORKS, LOGISTIC):
        at = rates_at(folder, threshold, who)
        rows.append((who, f"{at.sensitivity:.1%}", f"{at.specificity:.1%}"))
    table((f"At {threshold:.0%}", "Sensitivity: malignant found", "Specificity: benign let go"), rows)


def show_women(at: Rates, prevalence: float) -> None:
    """1,000 women as dots and in words, `prevalence` of them with a malignant lump."""
    women = thousand(at, prevalence)
    called = women.found + women.frightened
    show_picture(
        draw_thousand(women),
        alt=f"1,000 dots: {women.found} found, {women.missed} missed, {women.frightened} frightened for "
        f"nothing, {women.sent_home} rightly sent home",
        width=DOTS,
    )
    st.markdown(
        f"Of 1,000 women: **{women.found:,} found** (blue), **{women.missed:,} missed** (red), "
        f"**{women.frightened:,} frightened for nothing** (orange), {women.sent_home:,} rightly sent "
        "home (grey)."
    )
    if called:
        st.markdown(f"Who is called malignant is so in **{women.found / called:.0%}** of cases.")
