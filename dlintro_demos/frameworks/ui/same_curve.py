"""Three curves over each other, and what each framework costs: recorded, and live for what is installed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlintro_demos.frameworks.known import FRAMEWORKS, find, version
from dlintro_demos.frameworks.learning import LOOK
from dlintro_demos.frameworks.running import Cost, Run, race, recorded
from dlintro_demos.frameworks.task import BATCH, STEPS
from dlintro_demos.gallery.ui.charts import KINDS, layer, show_chart
from dlintro_demos.gallery.ui.frame import first_result, table
from dlintro_demos.gallery.ui.run_job import run_job

RUN = "frameworks-run"
WIDTHS = (9, 5, 2)
"""px of the three lines: they lie on each other, so each is narrower than the one below."""


def same_curve() -> None:
    """The recorded curves at once, or those of a run here; then the table of costs."""
    live = st.session_state.get(RUN)
    with first_result():
        place = st.empty()
        said = st.empty()
        if version(find("torch")):
            st.button(
                "Run what is installed here", on_click=_start, key="frameworks-start",
                icon=":material/play_circle:",
            )  # fmt: skip
    shown: Sequence[Run | Cost] = recorded().costs
    if live is not None:
        found: tuple[Run, ...] | None = run_job(
            "race", live, race, STEPS, label="Learning", shared=True, long=True,
            watch=lambda so_far: _show(place, so_far),
        )  # fmt: skip
        shown = found or shown
    _show(place, shown)
    said.markdown(_headline(shown))
    for each in shown:
        if isinstance(each, Run) and each.fault:
            st.info(each.fault, icon=":material/extension_off:")
    _missing(live is not None)
    _costs()


def _start() -> None:
    st.session_state[RUN] = st.session_state.get(RUN, 0) + 1


def _show(place: st.delta_generator.DeltaGenerator, runs: Sequence[Run | Cost]) -> None:
    there = [each for each in runs if each.losses]
    if not there:
        return
    x = {"field": "step", "type": "quantitative", "title": "steps of learning"}
    y = {"field": "loss", "type": "quantitative", "title": "loss", "scale": {"domainMin": 0}}
    titles = [find(each.framework).title for each in there]
    colour = {
        "field": "who", "type": "nominal", "scale": {"domain": titles, "range": list(KINDS)[: len(titles)]},
        "legend": {"orient": "bottom", "title": None},
    }  # fmt: skip
    with place.container():
        show_chart(
            *(
                layer(
                    {"type": "line", "strokeWidth": WIDTHS[at % len(WIDTHS)]},
                    [{"step": step, "loss": loss, "who": find(each.framework).title}
                     for step, loss in enumerate(each.losses) if step % LOOK == 0 or step < LOOK],
                    x=x, y=y, color=colour,
                )
                for at, each in enumerate(there)
            ),
            alt="Loss by step: " + "; ".join(
                f"{find(each.framework).title} from {each.losses[0]:.3f} to {each.losses[-1]:.3f}"
                for each in there
            ),
            height=330,
        )  # fmt: skip


def _headline(runs: Sequence[Run | Cost]) -> str:
    there = [each for each in runs if each.losses]
    least = min(len(each.losses) for each in there)
    apart = max(
        max(values) - min(values) for values in zip(*(each.losses[:least] for each in there), strict=True)
    )
    kept = recorded()
    where = (
        "**Measured here, now**" if isinstance(there[0], Run) else f"**Recorded** {kept.when}, {kept.machine}"
    )
    names = ", ".join(f"{find(each.framework).title} {each.version}" for each in there)
    if len(there) == 1:
        return f"{where}: {names}. One alone has nothing to be compared with; the recorded run has three."
    return f"{where}: {names}. {least} steps of {BATCH} digits; the losses differ by at most **{apart:.1e}**."


def _missing(live: bool) -> None:
    absent = [each.title for each in FRAMEWORKS if version(each) is None]
    if absent and live:
        st.caption(
            f"Not installed here, so not in this run: {', '.join(absent)}. What they did is recorded, below."
        )


def _costs() -> None:
    kept = recorded()
    st.subheader("What each costs", anchor=False)
    ways = list(kept.costs[0].milliseconds)
    table(
        ("", *(f"{find(each.framework).title} {each.version}" for each in kept.costs)),
        [
            *(
                (f"ms a step, {way}", *(f"{each.milliseconds[way]:.1f}" for each in kept.costs))
                for way in ways
            ),
            ("memory of the process, MB", *(f"{each.memory:,.0f}" for each in kept.costs)),
            ("to import it, s", *(f"{each.imported:.1f}" for each in kept.costs)),
            ("installed, MB", *(f"{each.installed:,.0f}" for each in kept.costs)),
            ("lines of code, for the same", *(str(each.lines) for each in kept.costs)),
        ],
    )
    st.caption(
        f"Recorded {kept.when} on {kept.machine}, each in processes of its own, taking turns; medians "
        "(python -m training.frameworks). A small network on a processor: on a GPU, or with a large "
        "network, the order may be another. PyTorch's size is of a build with CUDA, the others' without."
    )
