"""Weigh the risk: a case drawn, its probability with its spread, and an answer, or “I don't know”."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import BLUE, GREY, ORANGE, SHARE, layer, show_chart
from dlintro_demos.gallery.ui.components.samples import Tile, choose_tile
from dlintro_demos.gallery.ui.frame import Step, first_result, panel, steps, under_the_hood
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import address, show_picture
from dlintro_demos.gallery.words import per_cent
from dlintro_demos.medicine.risk.network import MODEL
from dlintro_demos.medicine.risk.samples import SAMPLES, Sample
from dlintro_demos.medicine.risk.weighing import Verdict, Weighed, weigh
from dlintro_demos.medicine.ui.risk_game import you_or_the_machine
from dlintro_demos.medicine.ui.risk_measures import change_measures, changes_of, follows
from dlintro_demos.medicine.ui.risk_reasons import how_far_to_believe_it, why
from dlintro_demos.medicine.ui.risk_table import many_at_once
from dlintro_demos.medicine.ui.risk_threshold import chosen_threshold, what_it_costs

QUERY = "sample"
DRAWN = 200  # px
AXIS = {**SHARE, "values": [0, 0.25, 0.5, 0.75, 1], "grid": False}
DRAWING = "A drawing of seven cell nuclei, as the measures of this case describe them"
CODE = """read = (log(measures + offset) - centre) / scale      # 0 is the average known case
hidden = tanh(read @ first + first_bias)              # ten small networks at once
log_odds = (hidden @ second + second_bias) / temperature
probability = log_odds.sigmoid().mean(0)              # and their spread says how sure
distance = sqrt(read @ precision @ read)              # Mahalanobis: too far is “I don't know”
shares = IntegratedGradients(mean_log_odds).attribute(read)"""


def weigh_the_risk() -> None:
    """One case of 30 measures, and everything that can be asked about it."""
    sample = _choose()
    changes, follow = changes_of(sample), follows()
    weighed: Weighed | None = run_job(
        "risk", (sample.key, changes, follow), weigh, sample.values(), changes, follow, engine().cache,
        label="Weighing it", shared=not changes,
    )  # fmt: skip
    if weighed is None:
        return
    threshold = chosen_threshold()
    _show_first(sample, weighed, threshold, changed=bool(changes))
    what_it_costs(threshold)
    for _ in panel(
        "Its 30 measures, and sliders to change them", key="risk-measures", icon=":material/tune:"
    ):
        change_measures(sample, weighed)
    for _ in panel("Why does it say so?", key="risk-why", icon=":material/hub:"):
        why(weighed, threshold)
    for _ in panel("How far should one believe it?", key="risk-believe", icon=":material/verified:"):
        how_far_to_believe_it()
    for _ in panel("You against the machine", key="risk-game", icon=":material/sports_esports:"):
        you_or_the_machine()
    for _ in panel("Many cases at once: a CSV file", key="risk-table", icon=":material/table:"):
        many_at_once(threshold)
    if weighed.stages:
        _show_steps(sample, weighed, threshold)
        under_the_hood((MODEL,), device=str(engine().cache.device), stages=weighed.stages, code=CODE)


def _choose() -> Sample:
    by_key = {sample.key: sample for sample in SAMPLES}
    wanted = st.query_params.get(QUERY, "")
    sample = by_key.get(wanted, SAMPLES[0])
    tiles = [Tile(key=each.key, title=each.title, source=address(each.picture())) for each in SAMPLES]
    choose_tile(tiles, chosen=sample.key, query=QUERY, label="Which case?")
    return sample


def _show_first(sample: Sample, weighed: Weighed, threshold: float, *, changed: bool) -> None:
    verdict = weighed.verdict
    with first_result(beside=True):
        if weighed.drawing:
            show_picture(
                weighed.drawing,
                alt=DRAWING,
                width=DRAWN,
                caption="A drawing after its measures, no photograph.",
            )
        with st.container(width="stretch", gap="small"):
            _show_answer(verdict, threshold)
            st.caption(_truth(sample, changed=changed))


def _show_answer(verdict: Verdict, threshold: float) -> None:
    answer = verdict.answer(threshold)
    if verdict.strange is not None:
        st.markdown("### I don't know")
        st.warning(f"This is not like what it learned from. {verdict.strange.why}", icon=":material/help:")
        return
    assert verdict.probability is not None
    titles = {"malignant": "Malignant", "benign": "Benign", "unsure": "I don't know"}
    st.markdown(f"### {titles[answer]}")
    said = f"Probability of malignant: **{per_cent(verdict.probability)}**"
    limit = f"the threshold of {threshold:.0%}"
    if answer == "unsure":
        st.markdown(f"{said}. {_disagreement(verdict)}, and {limit} lies within.")
    else:
        side = "above" if answer == "malignant" else "below"
        st.markdown(f"{said}, {side} {limit}. {_disagreement(verdict)}.")
    _show_spread(verdict, threshold)


def _disagreement(verdict: Verdict) -> str:
    return f"Its ten networks leave room for {_from_to(verdict.low, verdict.high)}"


def _from_to(low: float, high: float) -> str:
    """Two probabilities as people say them; both may be said the same."""
    least, most = per_cent(low), per_cent(high)
    return least if least == most else f"{least} to {most}"


def _show_spread(verdict: Verdict, threshold: float) -> None:
    x = {"field": "p", "type": "quantitative", "scale": {"domain": [0, 1]}, "title": None, "axis": AXIS}
    ticks = layer(
        {"type": "tick", "color": BLUE, "thickness": 2, "size": 22, "opacity": 0.6},
        [{"p": round(each, 4)} for each in verdict.networks],
        x=x,
    )
    line = layer(
        {"type": "tick", "color": ORANGE, "thickness": 3, "size": 34}, [{"p": round(threshold, 4)}], x=x
    )
    mean = layer(
        {"type": "point", "shape": "diamond", "size": 150, "filled": True, "color": BLUE, "opacity": 1},
        [{"p": round(verdict.probability or 0, 4)}],
        x=x,
    )
    other = layer(
        {"type": "point", "shape": "circle", "size": 90, "color": GREY, "strokeWidth": 2.5},
        [{"p": round(verdict.logistic, 4)}],
        x=x,
    )
    each = ", ".join(per_cent(network) for network in verdict.networks)
    show_chart(
        ticks, line, other, mean,
        height=60,
        alt=f"Probabilities of malignant by ten networks: {each}. Their mean is "
        f"{per_cent(verdict.probability or 0)}, logistic regression says {per_cent(verdict.logistic)}, the "
        f"threshold is {threshold:.0%}.",
    )  # fmt: skip
    st.caption("Diamond: the mean of ten networks (ticks). Ring: logistic regression. Orange: the threshold.")


def _truth(sample: Sample, *, changed: bool) -> str:
    if changed:
        return "You changed this case: no laboratory knows it."
    if sample.found is None:
        return sample.lesson
    return f"{sample.lesson} The laboratory found: **{sample.found}**."


def _show_steps(sample: Sample, weighed: Weighed, threshold: float) -> None:
    verdict = weighed.verdict
    assert verdict.probability is not None
    drawing = [(weighed.drawing, DRAWING)]
    answers = {
        "malignant": "below that, so it calls the case malignant",
        "benign": "above that, so it calls the case benign",
        "unsure": "which lies within, so it says that it does not know",
        "strange": "but the case is too strange, so none of this is used",
    }
    then = answers[verdict.answer(threshold)]
    limits = engine().cache.card(MODEL).thresholds
    steps(
        "What just happened?",
        [
            Step(
                title="Thirty numbers",
                words=f"“{sample.title}” is no picture to the networks: ten measures of its nuclei, each as "
                "mean, standard error and worst. The drawing is made from some of them, for you.",
                pictures=drawing,
            ),
            Step(
                title="Is it strange?",
                words=f"Its distance from the known cases is {verdict.distance:.1f}; beyond "
                f"{limits['strange']:.1f}, where 2 of 100 known cases lie, nothing is answered.",
                pictures=[],
            ),
            Step(
                title="Ten networks, one threshold",
                words=_of_ten(verdict, limits["agreement"]) + f" The threshold is {threshold:.0%}, {then}.",
                pictures=[],
            ),
        ],
    )


def _of_ten(verdict: Verdict, agreement: float) -> str:
    """What each network says, and why more than that is left open."""
    assert verdict.probability is not None
    return (
        "Ten small networks, each taught with another draw of the cases, say "
        f"{_from_to(verdict.networks[0], verdict.networks[-1])}, on average {per_cent(verdict.probability)}. "
        f"It leaves room for {agreement:.1f} standard deviations of their log-odds on either side, for then "
        f"99 of 100 answers were right: {_from_to(verdict.low, verdict.high)}."
    )
