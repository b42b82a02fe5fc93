"""Draw a digit; everybody here answers, and they all say the same."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.frameworks.drawn import MODEL, Answers, ask_all
from dlintro_demos.frameworks.samples import SEVEN
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.charts import show_bars
from dlintro_demos.gallery.ui.components.sketch import picture_of, sketch
from dlintro_demos.gallery.ui.frame import first_result, table, under_the_hood
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import show_pictures
from dlintro_demos.gallery.words import per_cent

CODE = """weights = load_file("weights.safetensors")              # one file for all
network = build(weights); network(x)                     # PyTorch
model = build(turned_to_channels_last(weights)); model(x)  # Keras
forward({name: jnp.asarray(value)...}, x)                # JAX
InferenceSession("network.onnx").run(None, {"pictures": x})"""


@st.fragment
def draw_a_digit() -> None:
    """The paper, what they see of it, and who says what; a seven of ours until something is drawn."""
    with first_result(beside=True):
        left, right = st.container(), st.container()
        with left:
            drawn = sketch(key=private_key("digit"))
        with right:
            said, waiting = st.empty(), st.container()
    below = st.empty()

    def show(answers: Answers) -> None:
        with said.container():
            st.markdown(_headline(answers, ours=drawn is None))
            picture = (answers.seen, "The drawing as they get it, 8 x 8 pixels")
            show_pictures([picture], width=96, captions=["8 x 8, as they see it"])
        with below.container():
            _show_each(answers)

    with waiting:
        answers: Answers | None = run_job(
            "digit", drawn.digest if drawn else "seven", ask_all,
            drawn.rgb if drawn else picture_of(SEVEN).rgb, engine().cache,
            label="Asking everybody", shared=drawn is None, watch=show,
        )  # fmt: skip
    if answers is None:
        return
    show(answers)
    under_the_hood([MODEL], device="the processor", stages={}, code=CODE)


def _show_each(answers: Answers) -> None:
    spoken = [each for each in answers.each if each.probabilities]
    table(
        ("Who", "says", "how sure"),
        [
            (f"{each.who} {each.version}", str(_best(each.probabilities)), per_cent(max(each.probabilities)))
            for each in spoken
        ],
    )
    st.caption(
        f"The most that two of them differ in any of the ten numbers (before they become probabilities): "
        f"{answers.apart:.1e}."
    )
    for each in answers.each:
        if each.fault:
            st.caption(f"{each.who}: {each.fault}")
    bars = [(str(digit), share) for digit, share in enumerate(spoken[0].probabilities)]
    show_bars(bars, who="Probabilities")
    st.caption(
        "The network has learned from 1,400 digits of 8 x 8 pixels, drawn upright and large, and knows "
        "nothing else: a letter is a digit to it."
    )


def _best(probabilities: tuple[float, ...]) -> int:
    return max(range(len(probabilities)), key=lambda digit: probabilities[digit])


def _headline(answers: Answers, *, ours: bool) -> str:
    spoken = [each for each in answers.each if each.probabilities]
    said = {_best(each.probabilities) for each in spoken}
    sure = max(spoken[0].probabilities)
    least = engine().cache.card(MODEL).thresholds["sure"]
    whose = "This is a seven of ours; draw your own. " if ours else ""
    if len(said) > 1:
        return f"{whose}They do not agree: {', '.join(map(str, sorted(said)))}."
    (digit,) = said
    if sure < least:
        return f"{whose}**I don't know.** All {len(spoken)} think of a {digit} first, at {per_cent(sure)}."
    return f"{whose}All {len(spoken)} say **{digit}**, {per_cent(sure)} sure."
