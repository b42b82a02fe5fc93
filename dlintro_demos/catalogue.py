"""The demos, in the order of the course. A demo that is not finished is not listed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Chapter(StrEnum):
    """Where a demo stands in the course."""

    SEEING = "What machines see"
    TRYING = "What machines learn by trying"
    LEARNING = "How machines learn"


@dataclass(frozen=True, kw_only=True)
class Demo:
    """One entry on the wall; its package, page, address, thumbnail and tests are named by `slug`."""

    slug: str
    title: str
    tagline: str
    chapter: Chapter
    icon: str
    models: tuple[str, ...]
    talking_points: tuple[str, ...]
    minutes: int


DEMOS: tuple[Demo, ...] = (
    Demo(
        slug="super_resolution",
        title="Sharpen a blurry photo",
        tagline="A small photo comes back four times larger, and you can see what was recovered "
        "and what was made up.",
        chapter=Chapter.SEEING,
        icon=":material/photo_size_select_large:",
        models=(
            "super_resolution_ours_x4_clean",
            "super_resolution_ours_x4_degraded",
            "super_resolution_ours_x2_clean",
            "super_resolution_ours_x2_degraded",
            "realesrgan_compact",
            "realesrgan_photographic",
        ),
        talking_points=(
            "Drag the handle slowly across an eye or an edge: the network has seen thousands of edges, so it "
            "knows what a sharp one looks like.",
            "Ask before you show it: can a computer put back what the camera never saw? Then open “Blur it "
            "first, then repair it” and look at the map of invented detail.",
            "Put “Small text” on the projector and read the lowest line: confident, sharp and wrong. That is "
            "why an enhanced picture is no evidence in court.",
        ),
        minutes=6,
    ),
    Demo(
        slug="faces",
        title="Friends in photos",
        tagline="Name a friend once, and the machine suggests them in every other photo, shows why, and says "
        "when it does not know.",
        chapter=Chapter.SEEING,
        icon=":material/groups:",
        models=("mtcnn", "dlib_face_recognition"),
        talking_points=(
            "Find and recognise are two networks: the first says where a face is, the second turns it into "
            "128 numbers. Nobody's name is in either of them.",
            "Name one face, then open the dark and the upside-down photo: the distance grows, and past the "
            "threshold the machine says that it does not know. Slide the threshold: strangers get tagged.",
            "Ask who may do this to whose photos. Then press “Forget this person”.",
        ),
        minutes=8,
    ),
    Demo(
        slug="feature_layers",
        title="Inside the classifier",
        tagline="It names what is on your photo. Walk with it from edges to parts to the thing, see why it "
        "says so, and find out how to fool it.",
        chapter=Chapter.SEEING,
        icon=":material/layers:",
        models=("efficientnet_lite0",),
        talking_points=(
            "Push the slider from the first layer to the last, slowly: edges, then textures, then parts, "
            "then things. Nobody told it that there are eyes or wheels; it needed them.",
            "Ask which part of the picture convinced it, let somebody cover that with the brush, and see "
            "what it says then.",
            "Open “Fool it”, aim the noise at “toaster”, and ask who sees a difference. Then hand the laptop "
            "round for “You against it”.",
        ),
        minutes=10,
    ),
    Demo(
        slug="flappy_bird",
        title="It teaches itself Flappy Bird",
        tagline="Nobody told it the rules: it sees the screen, tries, crashes, and finds out. Watch it "
        "learn, look into its head, and race it.",
        chapter=Chapter.TRYING,
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
        minutes=8,
    ),
    Demo(
        slug="teach_a_child",
        title="Teach it like a child",
        tagline="“An apple?” “No, that's a ball.” Show it a few things, tell it the words, and watch what "
        "each word changes.",
        chapter=Chapter.LEARNING,
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
        minutes=8,
    ),
    Demo(
        slug="classical_vs_deep",
        title="Classical against deep",
        tagline="Rules made by hand, trees, lines and networks get the same examples. See who gains from "
        "more of them, and what a stack of layers is good for.",
        chapter=Chapter.LEARNING,
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
        minutes=8,
    ),
)


def find(slug: str) -> Demo:
    """The demo of that name; raises `KeyError`."""
    return {demo.slug: demo for demo in DEMOS}[slug]
