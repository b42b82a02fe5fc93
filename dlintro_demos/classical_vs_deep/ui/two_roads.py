"""Who makes the features? An expert's, switched on by the visitor, beside those a network found by itself."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from dlintro_demos.classical_vs_deep import drawn, feature_pictures
from dlintro_demos.classical_vs_deep.drawn import Answer, Report
from dlintro_demos.classical_vs_deep.hand_made import GROUPS, Expert, hues, train_expert
from dlintro_demos.classical_vs_deep.learned import Seen, recognise, shipped_report
from dlintro_demos.classical_vs_deep.thing_samples import LIMITS, SAMPLES
from dlintro_demos.classical_vs_deep.ui.expert_score import BLUE, GREY, ORANGE, show_score
from dlintro_demos.classical_vs_deep.ui.network_lesson import network_lesson
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.ui.components.sketch import sketch
from dlintro_demos.gallery.ui.pictures import SOURCES, Chosen, choose_picture
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.words import per_cent

DRAW = ":material/brush: Draw"
TILE = 148  # px: two side by side on a phone
BEGIN = ("colour", "edges")
HUE_NAMES = (
    "red", "orange", "yellow", "lime", "green", "mint", "cyan", "sky", "blue", "violet", "purple", "pink",
)  # fmt: skip


def who_makes_the_features() -> None:
    """The panel: choose a picture, play the expert, see both roads, and train the network yourself."""
    st.markdown(
        "A machine that tells apples from balls needs **features**: numbers that say what is on the picture. "
        "For decades, experts thought them up. A deep network finds its own. Here both learn from the same "
        f"{drawn.TRAINING * len(drawn.KINDS)} small pictures, drawn by a program: you play the expert."
    )
    chosen = _choose()
    keys = _switches()
    expert = None
    if keys:
        expert = run_job(
            "by-hand", keys, train_expert, keys, label="The classical road learns", shared=True
        )  # fmt: skip
    seen = report = None
    try:
        report = shipped_report_of_network()
        seen = recognise(drawn.shrink(chosen.rgb, chosen.alpha), engine().cache) if chosen else None
    except ModelUnavailable as error:
        st.warning(str(error), icon=":material/error:")
    if chosen is not None:
        _two_roads(chosen, expert, seen, has_features=bool(keys))
    if expert is not None or not keys:
        show_score(expert, report)
    network_lesson(report)
    st.caption(
        "All training pictures are synthetic: drawn by a program, half of them partly covered to make it "
        "harder. Both roads also get each of them mirrored; the network gets them shifted a little, too. "
        "On top of the hand-made features sit support vector machines, which draw curved borders between the "
        "kinds. “I don't know” comes when a picture is further from all that was learned than 95 of 100 new "
        "drawings are."
    )


@st.cache_resource(show_spinner=False)
def shipped_report_of_network() -> Report:
    """How the network that ships does on the test pictures, once in a process; raises `ModelUnavailable`."""
    return shipped_report(engine().cache)


def _choose() -> Chosen | None:
    sources = {**SOURCES, "draw": DRAW}
    source = st.segmented_control(
        "Which picture?", list(sources), format_func=sources.__getitem__,
        default="samples", required=True, key="source",
    )  # fmt: skip
    if source != "draw":
        return choose_picture(source, (*SAMPLES, *LIMITS))
    st.caption(f"Draw one of these, large: {', '.join(drawn.KINDS)}.")
    drawing = sketch(key=private_key("sketch"))
    if drawing is None:
        st.info("The paper is empty: draw something. It stays in this visit.", icon=":material/brush:")
        return None
    return Chosen(rgb=drawing.rgb, alpha=None, digest=drawing.digest, alt="your drawing", sample=None)


def _switches() -> tuple[str, ...]:
    titles = {group.title: key for key, group in GROUPS.items()}
    picked = st.pills(
        "You are the expert. Which features shall the classical road look at?",
        list(titles), default=[GROUPS[key].title for key in BEGIN],
        selection_mode="multi", key="expert", bind="query-params",
    )  # fmt: skip
    keys = tuple(key for title, key in titles.items() if title in (picked or ()))
    st.caption(" ".join(f"**{GROUPS[key].title}:** {GROUPS[key].words}" for key in keys))
    return keys


def _two_roads(chosen: Chosen, expert: Expert | None, seen: Seen | None, *, has_features: bool) -> None:
    rgb = drawn.shrink(chosen.rgb, chosen.alpha)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(
            feature_pictures.enlarged(rgb),
            alt=f"What both roads get, 32 pixels wide: {chosen.alt}",
            width=TILE,
        )
        st.markdown(
            "This is all that both roads get: 32 pixels a side. Below, what each makes of it.",
            width="stretch",
        )
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("By hand", anchor=False)
        if expert is not None:
            _answer(expert.recognise(rgb), "by hand", BLUE)
            _hand_made_pictures(rgb, expert.keys)
        elif not has_features:
            st.markdown("No feature is switched on, so it sees nothing and can only guess.")
    with right:
        st.subheader("Learned by itself", anchor=False)
        if seen is not None:
            _answer(seen.answer, "the network", ORANGE)
            _learned_pictures(seen)


def _answer(answer: Answer, who: str, colour: str) -> None:
    best = drawn.KINDS[answer.ranking[0]]
    if answer.known:
        st.markdown(f"**{best.capitalize()}**, {per_cent(float(answer.probabilities.max()))} sure")
    else:
        st.markdown(
            f"**I don't know.** This is not like what I learned. If I had to say: {best}. Don't trust it."
        )
    names = [drawn.KINDS[place] for place in answer.ranking[:4]]
    shares = [float(answer.probabilities[place]) for place in answer.ranking[:4]]
    axis = alt.Axis(labelFontSize=14, labelLimit=200, ticks=False, domain=False)
    rows = pd.DataFrame(
        {
            "kind": [f"{name}  {per_cent(share)}" for name, share in zip(names, shares, strict=True)],
            "share": shares,
        }
    )
    chart = (
        alt.Chart(rows)
        .mark_bar(color=colour if answer.known else GREY, cornerRadius=3)
        .encode(
            x=alt.X("share:Q", scale=alt.Scale(domain=[0, 1]), axis=None),
            y=alt.Y("kind:N", sort=None, title=None, axis=axis),
        )
        .properties(height=130)
    )
    spoken = ", ".join(f"{name} {per_cent(share)}" for name, share in zip(names, shares, strict=True))
    st.altair_chart(chart, alt=f"How likely, {who}: {spoken}")


def _hand_made_pictures(rgb: object, keys: tuple[str, ...]) -> None:
    captions = {
        "edges": "Edges: bright where light turns to dark",
        "directions": "Edge directions, field by field",
        "texture": "Texture: each pixel's pattern",
        "pixels": "The tiny picture",
    }
    if "colour" in keys:
        _hue_bars(rgb)
    with st.container(horizontal=True, gap="small"):
        for key in keys:
            if key in captions:
                st.image(
                    feature_pictures.HAND_MADE[key](rgb),  # type: ignore[arg-type]
                    alt=f"{captions[key]}, of this picture", caption=captions[key], width=TILE,
                )  # fmt: skip


def _hue_bars(rgb: object) -> None:
    share = hues(rgb)  # type: ignore[arg-type]
    colours = [f"hsl({30 * number}, 75%, 48%)" for number in range(len(share))]
    rows = pd.DataFrame({"hue": HUE_NAMES, "share": share})
    chart = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("hue:N", sort=None, title="Colours: how much of each", axis=alt.Axis(labelAngle=-60)),
            y=alt.Y("share:Q", title=None, axis=None),
            color=alt.Color("hue:N", scale=alt.Scale(domain=HUE_NAMES, range=colours), legend=None),
        )
        .properties(height=150)
    )
    most = HUE_NAMES[int(share.argmax())]
    st.altair_chart(chart, alt=f"Bars: how much of each of twelve colours; most is {most}")


def _learned_pictures(seen: Seen) -> None:
    with st.container(horizontal=True, gap="small"):
        st.image(
            feature_pictures.filters(seen.filters), width=TILE,
            alt="Sixteen filters of five by five coloured pixels, the same for every picture",
            caption="First layer: its 16 filters, found from chance",
        )  # fmt: skip
        st.image(
            feature_pictures.answers(seen.first), width=TILE,
            alt="Sixteen maps of this picture, bright where a first filter finds what it looks for",
            caption="First layer: where each filter answers",
        )  # fmt: skip
        st.image(
            feature_pictures.answers(seen.second), width=TILE,
            alt="Sixteen smaller maps of this picture, from the second layer",
            caption="Second layer: 16 of 32, put together from the first",
        )  # fmt: skip
