"""Count the cells: outlines and a number, both ways side by side, and when neither should be believed."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import layer, show_chart
from dlintro_demos.gallery.ui.frame import Step, choices, first_result, steps, table, under_the_hood
from dlintro_demos.gallery.ui.pictures import choose_picture, choose_source
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_picture, show_pictures
from dlintro_demos.gallery.words import counted
from dlintro_demos.medicine.nuclei.finding import MODEL
from dlintro_demos.medicine.nuclei.looking import Counted, Looked, look, sizes
from dlintro_demos.medicine.nuclei.samples import LIMITS, SAMPLES, sample
from dlintro_demos.medicine.nuclei.slides import MEGAPIXELS, slide_limits

SEEN = 300  # px
_BESIDE = 300
TEAL = "#1f9e8f"
CODE = """answer = network(stretched)                          # U-Net: 33 numbers for each 2 x 2 pixels
depth = answer[0].sigmoid()                          # how deep inside a nucleus
edges = answer[1:].exp()                             # px to its edge, in 32 directions
for y, x in places_by_falling(depth, above=threshold):
    outline = [(x, y) + edge * direction for edge, direction in zip(edges[:, y, x], directions)]
    if covered(outline, by=labels) < overlap:        # nobody surer lies there
        labels[inside(outline)] = number = number + 1"""


def count_the_cells() -> None:
    """One picture, both ways."""
    with choices("source"):
        source = choose_source()
    chosen = choose_picture(source, (*SAMPLES, *LIMITS), limits=slide_limits())
    if chosen is None:
        st.caption(
            "TIFF, PNG or JPEG, 8 or 16 bits, the first page of several; at most "
            f"{MEGAPIXELS:.0f} megapixels. Cut the part you need out of a whole slide."
        )
        return
    truth = sample(chosen.sample).truth if chosen.sample else None
    looked = run_job(
        "nuclei", chosen.digest, look, chosen.rgb, truth, engine().cache,
        label="Counting", shared=bool(chosen.sample),
    )  # fmt: skip
    if looked is None:
        return
    _show_count(looked, chosen.alt)
    _show_both(looked)
    _show_sizes(looked)
    _show_steps(looked)
    under_the_hood((MODEL,), device=looked.device, stages=looked.stages, code=CODE)


def _show_count(looked: Looked, alt: str) -> None:
    network, classical = looked.network, looked.classical
    with first_result(beside=True):
        show_picture(network.picture, alt=f"Outlines of nuclei on: {alt}", width=SEEN)
        with st.container(width="stretch", gap="small"):
            if looked.judgement.known:
                st.markdown(f"### {counted(network.count, 'nucleus', 'nuclei')}")
            else:
                st.markdown("### I don't know")
                st.warning(looked.judgement.words, icon=":material/help:")
            st.markdown(_in_one_line(looked))
            st.caption(
                f"The network took {network.seconds * 1000:,.0f} ms, the classical way "
                f"{classical.seconds * 1000:,.0f} ms."
            )


def _in_one_line(looked: Looked) -> str:
    network, classical = looked.network.count, looked.classical.count
    words = [f"The classical way counts **{classical:,}**."]
    if not looked.judgement.known:
        words = [f"The network would count {network:,}, the classical way {classical:,}."]
    if looked.truth is not None:
        words.append(f"The program drew **{looked.truth:,}**.")
    return " ".join(words)


def _show_both(looked: Looked) -> None:
    st.subheader("Where the two ways differ", anchor=False)
    pictures = [
        (looked.network.picture, "Outlines by the network", f"The network: {looked.network.count:,}"),
        (
            looked.classical.picture,
            "Outlines by Otsu's threshold and a watershed",
            f"Threshold and watershed: {looked.classical.count:,}",
        ),
        (
            looked.differing,
            "Outlines of both ways in three colours",
            f"White: both ({looked.both:,}). Teal: the network alone ({looked.network_alone:,}). "
            f"Orange: the threshold alone ({looked.classical_alone:,}).",
        ),
    ]
    show_pictures(
        [(picture, alt) for picture, alt, _ in pictures],
        width=_BESIDE,
        captions=[caption for *_, caption in pictures],
    )
    st.caption("Both mean the same nucleus where their outlines share at least half of what they cover.")
    if looked.truth is not None:
        table(
            ("Against what was drawn", "Count", "F1 at an overlap of one half"),
            [_row("The network", looked.network), _row("Threshold and watershed", looked.classical)],
        )


def _row(name: str, counted_: Counted) -> tuple[str, str, str]:
    assert counted_.match is not None
    error = counted_.match.found - counted_.match.true
    return name, f"{counted_.count:,} ({error:+,})", f"{counted_.match.f1:.2f}"


def _show_sizes(looked: Looked) -> None:
    rows = sizes(looked.network.diameters)
    if not rows:
        return
    st.subheader("How large they are", anchor=False)
    bars = layer(
        {"type": "bar", "color": TEAL, "cornerRadius": 2},
        [{"from": first, "to": end, "nuclei": number} for first, end, number in rows],
        x={
            "field": "from", "type": "quantitative", "title": "diameter, pixels", "bin": {"binned": True},
            "axis": {"tickMinStep": 1},
        },
        x2={"field": "to"},
        # Without a stack, for Vega-Lite draws a stack of bars with round corners and two ends 0 px wide.
        y={
            "field": "nuclei", "type": "quantitative", "title": "nuclei", "axis": {"tickMinStep": 1},
            "stack": None,
        },
    )  # fmt: skip
    spoken = "; ".join(f"{first:g} to {end:g}: {number}" for first, end, number in rows if number)
    show_chart(bars, alt=f"Nuclei by their diameter in pixels: {spoken}", height=200)
    st.caption("Each as a circle of the same area. How long a pixel is, only your microscope knows.")


def _show_steps(looked: Looked) -> None:
    looked_at = "" if looked.scale == 1 else " Its nuclei are large, so it was then made smaller."
    steps(
        "What just happened?",
        [
            Step(
                title="Stretch",
                words="The darkest pixels became black, the brightest white, so that no lamp matters."
                + looked_at,
                pictures=[(looked.plain, "The picture, brightened")],
            ),
            Step(
                title="How deep inside?",
                words="A U-Net says of every second pixel how deep inside a nucleus it lies: yellow is the "
                "middle of one.",
                pictures=[(looked.depth, "A map, bright in the middle of each nucleus")],
            ),
            Step(
                title="How far is the edge?",
                words="And how far the edge is in 32 directions. The surest outlines stay; those that "
                "overlap a surer one go.",
                pictures=[(looked.rays, "Rays from the middle of each nucleus to its edge")],
            ),
        ],
    )
