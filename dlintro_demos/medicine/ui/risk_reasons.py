"""Why it says so, and how far to believe it: shares, neighbours, flips, reliability, net benefit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import BLUE, GREY, KINDS, ORANGE, layer, show_chart
from dlintro_demos.gallery.ui.frame import table
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_pictures
from dlintro_demos.gallery.words import per_cent
from dlintro_demos.medicine.risk.curves import BEFORE, LOGISTIC, NETWORKS, THRESHOLDS, bins, decision_curve
from dlintro_demos.medicine.risk.measures import MEASURES
from dlintro_demos.medicine.risk.network import MODEL
from dlintro_demos.medicine.risk.reasons import Flip, largest
from dlintro_demos.medicine.risk.scoring import Bin
from dlintro_demos.medicine.risk.weighing import Flips, Weighed, find_flips
from dlintro_demos.medicine.ui.risk_threshold import chosen_prevalence

SHOWN = 8  # measures with the largest shares
CHANGED = 6  # measures that a smallest change moves most
SMALL = 120  # px
COMPARED = "networks less logistic regression"  # in the names of the card's figures
COLOURS = {NETWORKS: BLUE, LOGISTIC: ORANGE, BEFORE: GREY}


def why(weighed: Weighed, threshold: float) -> None:
    """Shares of the measures, the nearest cases, the smallest change."""
    if not weighed.shares:
        st.markdown(
            "A case whose values no nucleus can have was not weighed, so there is nothing to explain."
        )
        return
    _show_shares(weighed)
    _show_near(weighed)
    _show_flips(weighed, threshold)


def _show_shares(weighed: Weighed) -> None:
    st.markdown("**Which measures brought it there?**")
    together = [abs(a) + abs(b) for a, b in zip(weighed.shares, weighed.line, strict=True)]
    numbers = largest(together, SHOWN)
    rows = [
        {"measure": MEASURES[number].name, "who": who, "share": round(shares[number], 3)}
        for number in numbers
        for who, shares in ((NETWORKS, weighed.shares), (LOGISTIC, weighed.line))
    ]
    bars = layer(
        {"type": "bar", "cornerRadius": 2}, rows,
        y={"field": "measure", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 180}},
        yOffset={"field": "who", "type": "nominal", "sort": None},
        x={"field": "share", "type": "quantitative", "title": "log-odds: left benign, right malignant"},
        color={
            "field": "who", "type": "nominal", "legend": {"orient": "bottom", "title": None},
            "scale": {"domain": [NETWORKS, LOGISTIC], "range": [BLUE, ORANGE]},
        },
    )  # fmt: skip
    spoken = "; ".join(
        f"{MEASURES[number].name} {weighed.shares[number]:+.1f} and {weighed.line[number]:+.1f}"
        for number in numbers
    )
    show_chart(
        bars,
        height={"step": 17},
        alt=f"Log-odds that measures bring, to the networks and to the logistic regression: {spoken}",
    )
    st.caption(
        "From the average known case to this one. The networks' shares are integrated gradients, the "
        "logistic regression's are coefficient times measure; each adds up to all that the case differs by. "
        "Measures that go together, as radius and area, share their part as it happens: read them as one."
    )


def _show_near(weighed: Weighed) -> None:
    st.markdown("**The five nearest of the cases it learned from:**")
    words = [
        f"{'Malignant' if near.malignant else 'Benign'}, {near.apart:.2f} apart" for near in weighed.near
    ]
    show_pictures(
        [
            (drawing, f"A drawing of a known case, {said}")
            for drawing, said in zip(weighed.near_drawings, words, strict=True)
        ],
        width=SMALL,
        captions=words,
    )
    st.caption("Drawings. Apart: the typical difference of a measure, in its standard deviations.")


def _show_flips(weighed: Weighed, threshold: float) -> None:
    st.markdown("**The smallest change that flips the answer:**")
    found: Flips | None = run_job(
        "risk-flips", (weighed.values, threshold), find_flips, weighed.values, threshold, engine().cache,
        label="Looking for it", shared=False,
    )  # fmt: skip
    if found is None:
        return
    if found.together is None:
        st.markdown("None was found.")
    else:
        _show_together(weighed, found.together, strange=found.together_strange)
    if found.alone is None or found.alone.measure is None:
        st.markdown("No measure alone flips it, anywhere between its smallest and its largest known value.")
    else:
        number = found.alone.measure
        refused = " But it would be refused: it would not go with the others." if found.alone_strange else ""
        st.markdown(
            f"One measure alone: {MEASURES[number].name} from {weighed.values[number]:.4g} to "
            f"{found.alone.values[number]:.4g}, {found.alone.distance:.1f} standard deviations.{refused}"
        )


def _show_together(weighed: Weighed, flip: Flip, *, strange: bool) -> None:
    moved = [
        (after - before) / max(abs(before), 1e-9)
        for before, after in zip(weighed.values, flip.values, strict=True)
    ]
    table(
        ("Measure", "Now", "Then"),
        [
            (MEASURES[number].name, f"{weighed.values[number]:.4g}", f"{flip.values[number]:.4g}")
            for number in largest(moved, CHANGED)
        ],
    )
    refused = " It would be refused as strange, though." if strange else ""
    st.caption(
        f"All measures together, as they move in known cases, by a distance of {flip.distance:.1f}; these "
        f"move most. Then it would be {per_cent(flip.probability)} malignant.{refused} It is what the "
        "networks' answer hangs on, not what makes a tumour harmless."
    )


def how_far_to_believe_it() -> None:
    """Reliability before and after calibration, the decision curve, and the table of the card."""
    _show_reliability()
    _show_decision_curve()
    _show_figures()


def _show_reliability() -> None:
    folder = engine().cache.card(MODEL).folder
    show_reliability({who: bins(folder, who) for who in COLOURS}, COLOURS, "found malignant")


def show_reliability(
    found: Mapping[str, tuple[Sequence[Bin], float]], colours: Mapping[str, str], title: str
) -> None:
    """The reliability diagram of bins and calibration errors by name; `title` says what is found."""
    st.markdown("**Does it happen as often as it says?**")
    errors = [f"{who}: {error:.1%}" for who, (_, error) in found.items()]
    rows = [
        {"who": who, "said": round(each.said, 4), "found": round(each.found, 4), "cases": each.count}
        for who, (parts, _) in found.items()
        for each in parts
    ]
    axis = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": "%"}}
    x = {"field": "said", "title": "said, on average", **axis}
    y = {"field": "found", "title": title, **axis}
    colour = {
        "field": "who", "type": "nominal",
        "scale": {"domain": list(colours), "range": list(colours.values())},
        "legend": {"orient": "bottom", "title": None, "columns": 1, "labelLimit": 300},
    }  # fmt: skip
    diagonal = layer(
        {"type": "line", "strokeDash": [4, 4], "color": GREY},
        [{"said": 0, "found": 0}, {"said": 1, "found": 1}],
        x=x, y=y,
    )  # fmt: skip
    lines = layer({"type": "line", "strokeWidth": 2}, rows, x=x, y=y, color=colour)
    dots = layer(
        {"type": "point", "filled": True, "opacity": 1}, rows,
        x=x, y=y, color=colour,
        size={"field": "cases", "type": "quantitative", "legend": None, "scale": {"range": [40, 400]}},
        tooltip=[{"field": "who"}, {"field": "said"}, {"field": "found"}, {"field": "cases"}],
    )  # fmt: skip
    show_chart(
        diagonal, lines, dots,
        height=440,
        alt="Reliability: what was said against what was found, in ten bins. Expected calibration error, "
        + "; ".join(errors),
    )  # fmt: skip
    st.caption(
        f"Expected calibration error, {'; '.join(errors)}. The larger a dot, the more cases: nearly all lie "
        "at the two ends, and between them a dot stands for a handful, so it jumps."
    )


def _show_decision_curve() -> None:
    prevalence = chosen_prevalence()
    st.markdown(f"**Is it any use?** Where {prevalence:.0%} of lumps are malignant:")
    curves = decision_curve(engine().cache.card(MODEL).folder, prevalence)
    floor = -60 * prevalence
    rows = [
        {"threshold": threshold, "benefit": round(benefit, 2), "who": who}
        for who, benefits in curves
        for threshold, benefit in zip(THRESHOLDS, benefits, strict=True)
        if benefit >= floor
    ]
    colours = [BLUE, ORANGE, KINDS[3], GREY]
    lines = layer(
        {"type": "line", "strokeWidth": 2.5}, rows,
        x={"field": "threshold", "type": "quantitative", "title": "threshold", "axis": {"format": "%"}},
        y={"field": "benefit", "type": "quantitative", "title": "net benefit for 1,000 women"},
        color={
            "field": "who", "type": "nominal",
            "scale": {"domain": [who for who, _ in curves], "range": colours},
            "legend": {"orient": "bottom", "title": None, "columns": 1},
        },
    )  # fmt: skip
    at = THRESHOLDS.index(0.1)
    spoken = "; ".join(f"{who} {benefits[at]:.0f}" for who, benefits in curves)
    show_chart(lines, height=400, alt=f"Net benefit for 1,000 women by threshold. At 10%: {spoken}")
    st.caption(
        "Net benefit: malignant ones found, less the frights for nothing, of which a threshold of 10 % says "
        "that nine weigh as much as one found. A way to decide is of use where its line is above both "
        "“everybody” and “nobody”. Probabilities are moved to your share of malignant lumps by Bayes' rule."
    )


def _show_figures() -> None:
    card = engine().cache.card(MODEL)
    both = [figure for figure in card.figures if COMPARED in figure.name]
    st.markdown("**Are the networks better than logistic regression?** They are not.")
    table(
        ("Networks less logistic regression", "Difference"),
        [(figure.name.split(",")[0], figure.value) for figure in both],
    )
    st.markdown("**All that was measured**, with 95 % bootstrap intervals:")
    table(("Figure", "Value"), [(figure.name, figure.value) for figure in card.figures])
    st.markdown(f"Printed by `{card.figures[0].source}`.")
