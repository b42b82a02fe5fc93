"""Deep learning in medicine: count cells, weigh a risk, ask about symptoms, and when to say no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="medicine",
    title="A second opinion",
    tagline="Count the cells, weigh the risk, and see when a machine should say that it does not know.",
    chapter=Chapter.HEALTHCARE,
    icon=":material/biotech:",
    models=("nuclei", "breast_risk", "minilm", "medicine_symptoms"),
    talking_points=(
        "Ask for a guess before anybody counts: how many nuclei are there? Then open “Tap the nuclei”: "
        "thirty seconds against a network and against the classical way.",
        "Compare both ways on “Drawn, crowded”: a threshold sees light, not nuclei, and what touches "
        "becomes one.",
        "Open “A cat”. Something that always answers would count nuclei in its fur; this one says that it "
        "is no microscope picture.",
    ),
    modes={
        "Tap the nuclei": "do=Tap+the+nuclei",
        "Weigh the risk": "do=Weigh+the+risk",
        "Say how you feel": "do=Say+how+you+feel",
        "Your own model": "do=Your+own+model",
    },
    minutes=8,
)


def warm_up(cache: ModelCache) -> None:
    """Load the network that finds nuclei, and let it look at the first picture. Raises `ModelUnavailable`."""
    from dlintro_demos.medicine.risk import samples

    samples.warm_up()
    cache.warm(DEMO.models)
