"""Why now? This machine on the chart of history, sixty years of computing and data, and the causes apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="why_now",
    title="Why now?",
    tagline="Networks are from 1957. See what was missing, and where the machine before you stands.",
    chapter=Chapter.WHY_NOW,
    icon=":material/history:",
    models=(),
    talking_points=(
        "Measure the machine that runs this, in front of everybody, and look for it on the chart: "
        "which processor since 2006 is nearest to it?",
        "Open “Sixty years” and drag the year from 2006 on. Ask when AlexNet, which won in 2012, comes into "
        "reach of one processor and one day: in 2017.",
        "In “Three causes” let the room bet what hurts most: a hundredth of the data, of the computing, or "
        "the ideas of 1998. Then look at which of the ideas mattered here, and which did not.",
    ),
    modes={
        "Sixty years": "do=Sixty+years",
        "Three causes": "do=Three+causes",
        "Guess the order": "do=Guess+the+order",
    },
    minutes=6,
    questions=(
        "Which processor since 2006 is nearest to the machine that you measured?",
        "In which year did AlexNet come into reach of one processor and one day?",
        "What hurts most: a hundredth of the data, of the computing, or the ideas of 1998?",
    ),
    stops=(
        Stop(
            part=Part.WHY_NOW,
            words="Networks are from 1957: drag the year on, and see what one processor learns in a day.",
            query="do=Sixty+years&year=2006",
            talking_points=(
                "Ask when AlexNet, which won in 2012, comes into reach of one processor and one day. Then "
                "drag the year: in 2017.",
                "Further down: the error of each year's best fell most in 2012, when a deep network won for "
                "the first time.",
            ),
        ),
        Stop(
            part=Part.WHY_NOW,
            words="Data, computing, ideas: take each of them away, and see what is left.",
            query="do=Three+causes",
            short=True,
            talking_points=(
                "Ask what the room would give up: data, computing or ideas. Then read what each is worth "
                "here: all three cost.",
                "Of the ideas of 1998, ask which one hurts alone. Some do, and some make no difference that "
                "one could tell from chance.",
                "One run is no proof: “Run it here, with another seed”.",
            ),
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:  # noqa: ARG001 - as every demo's
    """Read the tables and the recorded measurement."""
    from dlintro_demos.why_now.history import processors, systems, training_sets, winners
    from dlintro_demos.why_now.latest import recorded

    for read in (processors, systems, training_sets, winners, recorded):
        read()


def measure(cache: ModelCache) -> None:  # noqa: ARG001 - as every demo's
    """Learn a little: whoever opens “Three causes” later waits for no first step."""
    from dlintro_demos.why_now.causes import TODAY, learn, test_curves

    next(learn(TODAY, 0, test_curves()))
