"""Teach a machine a word as one teaches a child: show it, let it guess, say what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="teach_a_child",
    title="Teach it like a child",
    tagline="“An apple?” “No, that's a ball.” Show it a few things, tell it the words, and watch what "
    "each word changes.",
    chapter=Chapter.CHILD,
    icon=":material/child_care:",
    models=("efficientnet_lite0",),
    talking_points=(
        "Play “The red ball” together: let the room shout what the machine will say before you press the "
        "button. The first answer is wrong, and nobody wonders; so would a child.",
        "Then “Teach it”, with the camera: somebody's keys, somebody's cup. Three pictures of each are "
        "enough. Hold up something new and wait for “I have never seen this”.",
        "Ask what it learned from so few. Not to see: that took 1.3 million photographs, before. Only "
        "the word.",
    ),
    modes={
        "The red ball": "teach=The+red+ball",
        "What it got wrong": "teach=What+it+got+wrong",
        "Keep the lesson": "teach=Keep+the+lesson",
    },
    minutes=8,
    questions=(
        "What does the machine say to its first red ball, and what would a child say?",
        "How many pictures of a thing are enough? What does it say to something new?",
        "From so few pictures, what did it learn: to see, or only the word?",
    ),
    stops=(
        Stop(
            part=Part.CHILD,
            words="A child that knows apples calls a red ball an apple, until it is told better. So "
            "does this machine.",
            query="teach=The+red+ball",
            short=True,
            talking_points=(
                "It calls the first red ball an apple, and nobody wonders: of a child that knows apples, one "
                "would expect the same. Ask what it will say to the next one before you press.",
                "After the fifth, ask what it learned from so few. Not to see: that took 1.3 million "
                "photographs, before. Only the word.",
            ),
        ),
        Stop(
            part=Part.CHILD,
            words="Your turn: show it things, say what each one is, and watch what one word changes.",
            query="sample=apple-1",
            talking_points=(
                "Take the camera: somebody's keys, somebody's cup. Three pictures of each are enough.",
                "Then hold up something new, and wait for “I have never seen this”.",
            ),
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Load the network, and look at all that the first visitor sees. Raises `ModelUnavailable`."""
    from dlintro_demos.shared.imagenet import MODEL
    from dlintro_demos.teach_a_child.seeing import look
    from dlintro_demos.teach_a_child.tray import HARD, begin, lay, tray

    cache.warm([MODEL])
    first = tray(1)[0]
    for _ in (*begin(cache), *lay(1), *look(first.load(), first.alt, cache)):
        pass
    for picture in HARD:
        picture.load()
