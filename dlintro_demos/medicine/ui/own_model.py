"""Your own model: what an operator mounts, its threshold, calibration and refusal; or why none is there."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dlintro_demos.gallery.intake.tables import TableLimits
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.charts import BLUE, GREY
from dlintro_demos.gallery.ui.frame import first_result, table
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.words import counted, per_cent, plain
from dlintro_demos.medicine.own_model.judging import Judged, judge
from dlintro_demos.medicine.own_model.mounted import FEWEST, facts
from dlintro_demos.medicine.own_model.strangers import Near
from dlintro_demos.medicine.risk.scoring import rates, thousand
from dlintro_demos.medicine.ui.risk_reasons import show_reliability

THRESHOLD, PREVALENCE = "own-threshold", "own-prevalence"
COLOURS = {"Calibrated": BLUE, "Before calibration": GREY}
WHY_NONE = (
    "No classifier of medical pictures ships with this gallery. None was found whose pictures may be shown "
    "and whose figures could be checked here: to repeat what authors say of their own would be hearsay."
)
FOLDER = """- `model.toml`: title, architecture (a name that timm knows), classes, positive, source, \
licence; and channels, side, mean, std of its pictures
- `weights.safetensors`: that architecture's weights
- `validation.csv`: label, and picture (a file in this folder), or a probability for each class"""


def your_own_model() -> None:
    """The views of a mounted model, or how to mount one."""
    folder = engine().settings.own_model
    if not folder:
        _say_how()
        return
    limits = TableLimits(max_bytes=engine().settings.upload_mb * MB, max_rows=engine().settings.table_rows)
    judged: Judged | None = run_job(
        "own-model",
        folder,
        judge,
        Path(folder),
        limits,
        engine().cache,
        label="Asking the model",
        shared=True,
        long=True,
    )
    if judged is not None:
        _show(judged)


def _say_how() -> None:
    with first_result():
        st.markdown("### None is mounted")
        st.markdown(WHY_NONE)
        st.markdown("An operator may mount one: a folder with three files, named by `DLINTRO_OWN_MODEL`.")
    st.markdown(FOLDER)
    st.markdown(
        f"At least {FEWEST} labelled rows that it did not learn from. Threshold, calibration and refusal are "
        "chosen on half of them and told on the other. No code of the folder is run."
    )


def _show(judged: Judged) -> None:
    card = judged.card
    threshold = st.session_state.get(THRESHOLD, _start(judged)) / 100
    at = rates(judged.positive, judged.is_positive, threshold)
    with first_result():
        st.markdown(f"### {plain(card.title)}")
        st.markdown(
            f"At a threshold of {threshold:.0%} it finds **{at.sensitivity:.0%}** of "
            f"“{plain(card.positive)}” and lets **{at.specificity:.0%}** of the others go, of "
            f"{counted(len(judged.positive), 'row')} that nothing was chosen on."
        )
    table(("", ""), [(name, plain(value)) for name, value in facts(card).items()])
    st.subheader("What a threshold costs", anchor=False)
    st.slider(
        "Call it positive from this probability on", 1, 99, _start(judged), format="%d %%", key=THRESHOLD
    )
    share = st.slider("Of 1,000, so many are positive", 1, 60, 10, format="%d %%", key=PREVALENCE)
    people = thousand(at, share / 100)
    table(
        ("Of 1,000", ""),
        [
            ("Found", f"{people.found:,}"),
            ("Missed", f"{people.missed:,}"),
            ("Frightened for nothing", f"{people.frightened:,}"),
            ("Rightly sent home", f"{people.sent_home:,}"),
        ],
    )
    show_reliability(judged.bins(), COLOURS, f"found {card.positive}")
    _show_refusal(judged)


def _start(judged: Judged) -> int:
    return min(99, max(1, round(100 * judged.threshold)))


def _show_refusal(judged: Judged) -> None:
    st.subheader("When it should say no", anchor=False)
    table(
        ("“I don't know” below a confidence of", "Answered", "Right of the answered", "Right of all"),
        [
            (
                per_cent(judged.known), f"{judged.answered:.0%}",
                f"{judged.right_of_answered:.1%}", f"{judged.right.mean():.1%}",
            )
        ],
    )  # fmt: skip
    st.caption("The confidence was chosen on the other half, so that 95 of 100 answers there were right.")
    if judged.near is None:
        st.caption(
            "The file gives probabilities and no pictures: whether a picture of something else altogether "
            "would be noticed cannot be measured."
        )
    else:
        _show_strangers(judged.near)


def _show_strangers(near: Near) -> None:
    st.markdown("**Pictures of something else altogether**")
    strange = len(near.strangers) - len(near.passed)
    table(
        ("Refused above a distance of", "Of the labelled pictures, refused", "Of something else, refused"),
        [(f"{near.limit:.3f}", f"{near.refused:.1%}", f"{strange} of {len(near.strangers)}")],
    )
    st.caption(
        "The distance is that from the nearest labelled picture, as a classifier of photographs sees them. "
        "It was chosen on one half of the labelled pictures and told on the other. Something else: "
        f"{', '.join(name for name, _ in near.strangers)}. Not refused: {', '.join(near.passed) or 'none'}."
    )
