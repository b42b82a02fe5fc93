"""Who makes the features? An expert's, switched on by the visitor, beside those a network found by itself."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlintro_demos.classical_vs_deep import drawn
from dlintro_demos.classical_vs_deep.drawn import Answer
from dlintro_demos.classical_vs_deep.hand_made import GROUPS, examine_expert
from dlintro_demos.classical_vs_deep.learned import examine_shipped
from dlintro_demos.classical_vs_deep.one_picture import ByHand, ByItself, Looked, look
from dlintro_demos.classical_vs_deep.thing_samples import LIMITS, SAMPLES
from dlintro_demos.classical_vs_deep.ui.charts import show_hues
from dlintro_demos.classical_vs_deep.ui.expert_score import show_score
from dlintro_demos.classical_vs_deep.ui.network_lesson import network_lesson
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import BLUE, GREY, ORANGE, show_bars
from dlintro_demos.gallery.ui.components.sketch import sketch
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.pictures import SOURCES, Chosen, choose_picture
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import show_picture, show_pictures
from dlintro_demos.gallery.words import per_cent

DRAW = ":material/brush: Draw"
TILE = 148  # px: two side by side on a phone
BEGIN = ("colour", "edges")
CAPTIONS = {
    "edges": "Edges: bright where light turns to dark",
    "directions": "Edge directions, field by field",
    "texture": "Texture: each pixel's pattern",
    "pixels": "The tiny picture",
}


def who_makes_the_features(first: DeltaGenerator) -> None:
    """Choose a picture, its source among the `first` choices; see both roads, play the expert, train one."""
    chosen = _choose(first)
    roads = st.container()  # first what both say, then what one may change about it
    keys = _switches()
    expert = None
    if keys:
        expert = run_job(
            "by-hand", keys, examine_expert, keys, label="The classical road learns", shared=True
        )  # fmt: skip
    cache = engine().cache
    network = run_job("network", (), examine_shipped, cache, label="The network is examined", shared=True)
    if chosen is not None:
        asked = (expert.keys if expert else (), network is not None)
        with roads:
            looked = run_job(
                "look", (chosen.digest, *asked),
                look, chosen.rgb, asked[0], cache if network else None,
                label="Both roads look", shared=chosen.sample is not None,
            )  # fmt: skip
            if looked is not None:
                _two_roads(looked, chosen.alt, has_features=bool(keys))
    if expert is not None or not keys:
        show_score(expert, network)
    network_lesson(network)
    st.caption(
        "A machine that tells apples from balls needs features: numbers that say what is on the picture. For "
        "decades, experts thought them up. A deep network finds its own. Here both learn from the same "
        f"{drawn.TRAINING * len(drawn.KINDS)} small pictures. "
        "All training pictures are synthetic: drawn by a program, half of them partly covered to make it "
        "harder. Both roads also get each of them mirrored; the network gets them shifted a little, too. "
        "On top of the hand-made features sit support vector machines, which draw curved borders between the "
        "kinds. “I don't know” comes when a picture is further from all that was learned than 95 of 100 new "
        "drawings are."
    )


def _choose(first: DeltaGenerator) -> Chosen | None:
    sources = {**SOURCES, "draw": DRAW}
    source = first.segmented_control(
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


def _two_roads(looked: Looked, alt: str, *, has_features: bool) -> None:
    with first_result(beside=True):
        show_picture(
            looked.small,
            alt=f"What both roads get, 32 pixels wide: {alt}",
            width=TILE,
            caption="All that both roads get: 32 pixels a side.",
        )
        with st.container(width="stretch", gap="small"):
            st.subheader("By hand", anchor=False)
            if looked.by_hand is not None:
                _answer(looked.by_hand.answer, "by hand", BLUE)
            elif not has_features:
                st.markdown("No feature is switched on, so it sees nothing and can only guess.")
        with st.container(width="stretch", gap="small"):
            st.subheader("Learned by itself", anchor=False)
            if looked.by_itself is not None:
                _answer(looked.by_itself.answer, "the network", ORANGE)
    left, right = st.columns(2, gap="medium")
    if looked.by_hand is not None:
        with left:
            _hand_made_pictures(looked.by_hand)
    if looked.by_itself is not None:
        with right:
            _learned_pictures(looked.by_itself)


def _answer(answer: Answer, who: str, colour: str) -> None:
    shares = [(drawn.KINDS[place], float(answer.probabilities[place])) for place in answer.ranking[:4]]
    best, sure = shares[0]
    if answer.known:
        st.markdown(f"**{best.capitalize()}**, {per_cent(sure)} sure")
    else:
        st.markdown(
            f"**I don't know.** This is not like what I learned. If I had to say: {best}. Don't trust it."
        )
    show_bars(shares, colour=colour if answer.known else GREY, who=f"How likely, {who}")


def _hand_made_pictures(seen: ByHand) -> None:
    if seen.hues is not None:
        show_hues(seen.hues)
    if seen.pictures:
        show_pictures(
            [(picture, f"{CAPTIONS[key]}, of this picture") for key, picture in seen.pictures.items()],
            captions=[CAPTIONS[key] for key in seen.pictures],
            width=TILE,
        )


def _learned_pictures(seen: ByItself) -> None:
    show_pictures(
        [
            (seen.filters, "Sixteen filters of five by five coloured pixels, the same for every picture"),
            (seen.first, "Sixteen maps of this picture, bright where a first filter finds what it looks for"),
            (seen.second, "Sixteen smaller maps of this picture, from the second layer"),
        ],
        captions=[
            "First layer: its 16 filters, found from chance",
            "First layer: where each filter answers",
            "Second layer: 16 of 32, put together from the first",
        ],
        width=TILE,
    )
