"""What just happened, and under the hood."""

from __future__ import annotations

import html
from functools import lru_cache

import streamlit as st

from dlintro_demos.gallery.ui.charts import BLUE, GREEN, ORANGE
from dlintro_demos.gallery.ui.frame import Step, panel, steps
from dlintro_demos.why_now.history import fastest, find_system, in_words, power, seconds_to_train, speed
from dlintro_demos.why_now.latest import LATEST, recorded
from dlintro_demos.why_now.measuring import MATRIX, Measurement

CODE = """one, other = torch.ones(2, size, size)
seconds = median(clock(lambda: one @ other) for _ in range(5))
flop_per_second = 2 * size**3 / seconds                    # size**3 multiplications, as many additions

step()                                                     # of a real network: forwards, backwards, AdamW
utilisation = FlopCounterMode(step) / seconds / flop_per_second   # what of it real training reaches
days = flop_of_alexnet / (flop_per_second * utilisation) / 86_400"""


def show_steps(found: Measurement) -> None:
    """What a measurement means, with its own figures."""
    steps("What just happened?", _steps(found))


def show_hood() -> None:
    """How it is measured, and the lines that do it."""
    found = LATEST.found[0] if LATEST.found else recorded()
    for _ in panel("Under the hood", key="hood", icon=":material/build:"):
        st.markdown(
            f"Measured with PyTorch: sizes from small to large, each at least five times, the median counts. "
            f"The last measurement took {found.seconds:.1f} s, on {found.device}. The figure on the chart is "
            "the best matrix product in float32; makers of processors print what theirs could do at most, "
            "which is a little more."
        )
        st.code(CODE, language="python")


@lru_cache(maxsize=4)
def _steps(found: Measurement) -> tuple[Step, ...]:
    alexnet = find_system("AlexNet")
    here = seconds_to_train(alexnet.flop, found.peak, found.utilisation)
    then = fastest(2012)
    assert then is not None
    there = seconds_to_train(alexnet.flop, speed(then), found.utilisation)
    products = [each for each in found.speeds if (each.operation, each.dtype) == (MATRIX, "float32")]
    return (
        Step(
            title="Learning is multiplying",
            words=(
                f"A network learns by products of large tables of numbers. This machine made up to "
                f"{power(found.peak)} multiplications and additions a second."
            ),
            pictures=[
                (
                    _bars([(str(each.size), each.flops) for each in products], BLUE),
                    "Bars: speed of matrix products by size, "
                    + ", ".join(f"{each.size}: {power(each.flops)}" for each in products),
                )
            ],
        ),
        Step(
            title="Real work reaches a part of it",
            words=f"A training step of a small network reached {found.utilisation:.0%} of that.",
            pictures=[
                (
                    _bars([("best", found.peak), ("training", found.step_flops)], GREEN),
                    f"Two bars: best {power(found.peak)}, training step {power(found.step_flops)} FLOP/s",
                )
            ],
        ),
        Step(
            title="So history can be divided by it",
            words=(
                f"AlexNet took {power(alexnet.flop)} of them: {in_words(here)} here, and {in_words(there)} "
                f"of one {then.name}, the fastest of our table in 2012, if it reached the same share."
            ),
            pictures=[
                (
                    _bars([("here", here), (then.name, there)], ORANGE),
                    f"Two bars: {in_words(here)} here, {in_words(there)} of one {then.name}",
                )
            ],
        ),
    )


def _bars(rows: list[tuple[str, float]], colour: str) -> str:
    """A small bar chart as SVG; names below the bars."""
    wide, most = 300 / len(rows), max(value for _, value in rows)
    parts = []
    for place, (name, value) in enumerate(rows):
        high = max(2.0, 100 * value / most)
        middle = place * wide + wide / 2
        parts.append(
            f'<rect x="{middle - wide * 0.35:.1f}" y="{110 - high:.1f}" width="{wide * 0.7:.1f}" '
            f'height="{high:.1f}" rx="3" fill="{colour}"/>'
            f'<text x="{middle:.1f}" y="128" font-size="13" text-anchor="middle" fill="#8a8a99">'
            f"{html.escape(name)}</text>"
        )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 136">{"".join(parts)}</svg>'
