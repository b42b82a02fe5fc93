"""Frameworks: one network in PyTorch, TensorFlow and JAX; the same numbers, other words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="frameworks",
    title="One network, three frameworks",
    tagline="PyTorch, TensorFlow and JAX get the same network and the same digits: see what differs.",
    chapter=Chapter.FRAMEWORKS,
    icon=":material/translate:",
    models=("digits_net",),
    talking_points=(
        "Ask what will differ before you show the three curves: the same first weights and the same batches "
        "give the same curve, three times over.",
        "Open “Line by line” and point at a step of learning: all three ask for gradients, each in its own "
        "way. Whoever understands one reads the others.",
        "Let somebody draw a seven with a bar through it. Whatever they say, they all say the same.",
    ),
    modes={
        "Line by line": "do=Line+by+line",
        "Draw a digit": "do=Draw+a+digit",
        "Which shall I learn?": "do=Which+shall+I+learn%3F",
    },
    minutes=5,
    questions=(
        "Three frameworks, the same first weights and batches. Will the curves differ?",
        "How does each framework ask for gradients?",
        "What do the three say to a seven with a bar through it?",
    ),
    stops=(
        Stop(
            part=Part.FRAMEWORKS,
            words="PyTorch, TensorFlow, JAX: one network in three vocabularies, and the same steps in each.",
            query="do=Line+by+line",
            talking_points=(
                "Point at a step of learning: all three ask for gradients, each in its own way. Whoever "
                "understands one reads the others.",
                "Ask what will differ in what they learn. Then open “The same curve”: three curves, one on "
                "the other.",
            ),
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Read the recording and the sources, load the digits' network. Raises `ModelUnavailable`."""
    from dlintro_demos.frameworks.known import FRAMEWORKS, ideas
    from dlintro_demos.frameworks.running import recorded

    recorded()
    for framework in FRAMEWORKS:
        ideas(framework)
    cache.warm(DEMO.models)
