"""Classical learning against deep learning: features made by hand or learned, and more and more data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="classical_vs_deep",
    title="Classical against deep",
    tagline="Rules made by hand, trees and networks get the same examples. See who gains from more of them.",
    chapter=Chapter.RULES,
    icon=":material/balance:",
    models=("things_cnn",),
    talking_points=(
        "Open “More data” and let everybody bet before the network's line appears. Then ask why the line "
        "of logistic regression is nearly flat: it has 410 numbers, and they are set.",
        "Show the real digits next: with 100 examples no learner is clearly ahead. Deep learning is not "
        "always the better tool; it depends on the data and on how much there is.",
        "In “Stack of layers” ask for a show of hands: are four layers better than one? Then look, and "
        "at what the network gets on the curves that it has seen.",
    ),
    modes={
        "More data": "part=More+data",
        "Real digits": "part=More+data&learn=Real+digits%2C+recorded",
        "Stack of layers": "part=Stack+of+layers",
    },
    minutes=8,
    questions=(
        "Why is the line of logistic regression in “More data” nearly flat?",
        "With 100 real digits, which learner is clearly ahead? What follows from that?",
        "Are four layers better than one? Say what you expect, then look.",
    ),
    stops=(
        Stop(
            part=Part.CLASSICAL,
            words="Two roads to the same apple: people choose what is measured, or a network learns "
            "what to look for.",
            query="sample=apple-40003",
            short=True,
            talking_points=(
                "Switch all features off: the road by hand can only guess. Then let the room choose what to "
                "measure, and watch what it gets right.",
                "Ask who chose the network's features. Nobody: its 16 filters began as random numbers. "
                "“Train a network now” shows it.",
            ),
        ),
        Stop(
            part=Part.CLASSICAL,
            words="Bet first: who gains most from more examples?",
            query="part=More+data",
            talking_points=(
                "Let everybody bet before the network's line appears.",
                "Ask why the line of logistic regression is nearly flat: it has 410 numbers, and they are "
                "set.",
                "Show the real digits next: with 100 examples no learner is clearly ahead. It depends on the "
                "data and on how much there is.",
            ),
        ),
        Stop(
            part=Part.CLASSICAL,
            words="Are four layers better than one? See what each of them adds.",
            query="part=Stack+of+layers",
            talking_points=(
                "Ask for a show of hands: are four layers better than one? Then push the slider and read "
                "both figures.",
                "Read what it gets on the curves that it was shown: to know those by heart is no use on new "
                "ones.",
                "Further down, compare the two sheets: without a hidden layer every border is straight.",
            ),
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Draw what every visitor gets to see, and load the small network. Raises `ModelUnavailable`."""
    from dlintro_demos.classical_vs_deep import still_pictures
    from dlintro_demos.classical_vs_deep.learned import MODEL

    still_pictures.warm_up()
    cache.warm([MODEL])


def measure(cache: ModelCache) -> None:  # noqa: ARG001 - as every demo's
    """Measure the hand-made features and learn a little: whoever comes later waits for none of it."""
    from dlintro_demos.classical_vs_deep import hand_made
    from dlintro_demos.classical_vs_deep.learning_curves import SMALLEST, learning_curves

    hand_made.warm_up()
    for _ in learning_curves([SMALLEST], [0]):
        pass
