"""Deep learning in medicine: count cells, weigh a risk, ask about symptoms, and when to say no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="medicine",
    title="A second opinion",
    tagline="Count the cells, weigh the risk, and see when a machine should say that it does not know.",
    chapter=Chapter.HEALTHCARE,
    icon=":material/biotech:",
    models=("nuclei", "efficientnet_lite0", "breast_risk", "minilm", "medicine_symptoms"),
    talking_points=(
        "Ask for a guess before anybody counts: how many nuclei are there? Then open “Tap the nuclei”: "
        "thirty seconds against a network and against the classical way.",
        "Open “Drawn, in shadow”: everybody sees sixty nuclei, and the network finds most of them. One "
        "threshold for the whole picture sees a dark half.",
        "Open “A cat”, then “Galaxies”: it refuses the cat, and counts the galaxies. Knowing when to say no "
        "is learned, too, and never complete.",
        "Open “Weigh the risk”, then “A close call”: ten networks disagree, and it says “I don't know”. Move "
        "the threshold down: fewer are missed, more frightened for nothing. No network chooses that.",
        "Open “Say how you feel”: “An emergency” and “Not one” speak of the same chest pain; one denies it. "
        "Then let somebody describe an emergency: of the last 136 it missed one. The price is false alarms.",
        "Open “Your own model”: none is there, and the page says why. Ask what they would want to see "
        "before they believe one that somebody brings.",
    ),
    modes={
        "Tap the nuclei": "do=Tap+the+nuclei",
        "Weigh the risk": "do=Weigh+the+risk",
        "Say how you feel": "do=Say+how+you+feel",
        "Your own model": "do=Your+own+model",
    },
    minutes=8,
    questions=(
        "How many nuclei do you guess, and how many does it count?",
        "In a shadow, what does one threshold for the whole picture miss?",
        "Which pictures does it refuse? Which should it have refused?",
    ),
    stops=(
        Stop(
            part=Part.DAILY_LIFE,
            words="A second opinion in the laboratory: a network and a classical way count the same "
            "nuclei. Where do they differ?",
            talking_points=(
                "Open “Drawn, in shadow”: everybody sees sixty nuclei, and the network finds most of them. "
                "One threshold for the whole picture sees a dark half.",
                "Open “A cat”, then “Galaxies”: it refuses the cat, and counts the galaxies. Knowing when to "
                "say no is learned, too, and never complete.",
                "Open “Say how you feel”: “An emergency” and “Not one” speak of the same chest pain; one "
                "denies it. Ask which mistake costs more.",
            ),
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Load the networks, and count the first picture. Raises `ModelUnavailable`."""
    from dlintro_demos.medicine.nuclei.looking import look
    from dlintro_demos.medicine.nuclei.samples import SAMPLES
    from dlintro_demos.medicine.risk import samples

    samples.warm_up()
    cache.warm(DEMO.models)
    for _ in look(SAMPLES[0].load(), SAMPLES[0].truth, cache):
        pass
