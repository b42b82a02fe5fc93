"""Flappy Bird: the game, an agent that learned it from pixels, and one that learns it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="flappy_bird",
    title="It teaches itself Flappy Bird",
    tagline="Nobody told it the rules: it sees, tries, crashes and finds out. Look into its head, and "
    "race it.",
    chapter=Chapter.CHILD,
    icon=":material/sports_esports:",
    models=(
        "flappy_bird_untrained",
        "flappy_bird_2min",
        "flappy_bird_5min",
        "flappy_bird_10min",
        "flappy_bird_25min",
        "flappy_bird_best",
    ),
    talking_points=(
        "Start with all six at once: the same network at six ages, on the same level. Nobody "
        "programmed the difference; it comes from crashes alone.",
        "Let somebody race the ten-minute one. Then ask how many games they needed to understand the "
        "rules, and how many frames the agent needed: the figure stands below the game.",
        "Open “Break it” and press “The moon”. A child copes at once, the agent does not: it learned "
        "this game, not what falling is.",
    ),
    modes={
        "Inside its head": "do=Inside+its+head",
        "Race it": "do=Race+it",
        "Break it": "do=Break+it",
        "Train one now": "do=Train+one+now",
    },
    minutes=8,
    questions=(
        "One network at six ages plays the same level. Where does the difference come from?",
        "How many games did you need to understand the rules, and how many frames did the agent?",
        "What happens on the moon? What did it learn, then, and what not?",
    ),
    stops=(
        Stop(
            part=Part.CHILD,
            words="Without any teacher: one network at six ages, and only its crashes taught it.",
            query="together=true",
            talking_points=(
                "One network at six ages, all on the same level. Ask what taught it: four pictures, +1 for a "
                "pipe and -1 for a crash, nothing else.",
                "Open “Race it” and let somebody race the ten-minute one. How many games did they need to "
                "understand the rules, and how many frames did it see?",
            ),
        ),
        Stop(
            part=Part.CHILD,
            words="It learned this game, not what falling is: change the rules, and watch it fail.",
            query="do=Break+it",
            talking_points=(
                "Ask who copes with the moon, a child or the agent. Then press “The moon”: it fails.",
                "Press “As usual”, and it plays as before. It learned this game, not what falling is.",
            ),
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Load the best player and play a moment. Raises `ModelUnavailable`."""
    from dlintro_demos.flappy_bird.ages import BEST, key_of
    from dlintro_demos.flappy_bird.experiment import look

    cache.warm([key_of(BEST)])
    next(look(cache, key_of(BEST), 0))
