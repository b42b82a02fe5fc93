"""Inside an image classifier: what it sees in a picture, layer by layer, why it answers, how to fool it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.catalogue import Chapter, Demo, Part, Stop

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

DEMO = Demo(
    slug="feature_layers",
    title="Inside the classifier",
    tagline="It names what is on your photo. See why it says so, layer by layer, and find out how to "
    "fool it.",
    chapter=Chapter.LAYERS,
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
    modes={
        "One convolution": "look=One+convolution",
        "Why?": "look=Why%3F",
        "Switch it off": "look=Switch+it+off",
        "Fool it": "look=Fool+it",
        "Look-alikes": "look=Look-alikes",
        "You against it": "look=You+against+it",
    },
    minutes=10,
    questions=(
        "What do the first layers answer to, and what do the last ones?",
        "Which part of the picture convinced it? What does it say when you cover that part?",
        "Aim the noise at “toaster”: who sees a difference, you or the network?",
    ),
    stops=(
        Stop(
            part=Part.WHAT,
            words="Nobody told it what an apple looks like: a network learned it from examples, layer by "
            "layer.",
            query="sample=apple",
            short=True,
            talking_points=(
                "Ask for a rule that finds every apple, and break each one that is named. This network was "
                "given none: it was shown 1.3 million photographs with the names of what is on them.",
                "Open “Purple apple”: it still says “Granny Smith”, its only word for an apple. What shape "
                "and shine say counts for more than the colour.",
            ),
        ),
        Stop(
            part=Part.FEATURES,
            words="A network sees numbers: one small filter slides over the apple, multiplies and "
            "adds, and finds an edge.",
            query="sample=apple&look=One+convolution",
            talking_points=(
                "Stop at one pixel and let the room reckon: 27 numbers of the picture times 27 weights, "
                "added up, make one number of the map.",
                "Choose another filter: other weights, another map of the same apple. Ask who chose them. "
                "Nobody: they were learned, as all its 4.7 million numbers.",
            ),
        ),
        Stop(
            part=Part.FEATURES,
            words="What makes it an apple? See which parts spoke for it, then cover them and ask again.",
            query="sample=apple&look=Why%3F",
            talking_points=(
                "Ask first what makes it an apple. Then compare with the two maps, which were found in "
                "different ways.",
                "Can one believe them? The check stands beside them: pieces are covered, the brightest "
                "first, and the apple is gone sooner than in a random order.",
                "Let somebody cover the apple with the brush: how much has to go before it says something "
                "else?",
            ),
        ),
        Stop(
            part=Part.FEATURES,
            words="A few channels carry the apple: switch them off, and it is hardly sure any more.",
            query="sample=apple&look=Switch+it+off",
            talking_points=(
                "Let the room guess how many of the 1,152 channels carry the apple. Without these ten it is "
                "hardly sure any more; without ten others, drawn at random, as sure as ever.",
                "Switch some of the ten on again: how few must be off until it is less than half sure?",
            ),
        ),
        Stop(
            part=Part.FEATURES,
            words="It does not see as you do: change the apple a little, and find out when it says "
            "something else.",
            query="sample=apple&look=Fool+it",
            talking_points=(
                "It opens with half a grey level of noise: ask who sees it, and read what the network says "
                "now. Then push the slider back to 0.",
                "Aim the noise at “toaster”, and read how few grey levels it takes.",
                "Then “Turn it” and “Take the colour”: it still says “Granny Smith”. What fools it best was "
                "made for it, and would fool nobody in the room.",
            ),
        ),
    ),
)


def warm_up(cache: ModelCache) -> None:
    """Load the network and look at the first sample. Raises `ModelUnavailable`, `SamplesUnavailable`."""
    from dlintro_demos.feature_layers.experiment import look_at
    from dlintro_demos.feature_layers.samples import SAMPLES
    from dlintro_demos.feature_layers.walk import Layer, look_closer, walk
    from dlintro_demos.shared.imagenet import FIRST_SHOWN, MODEL, STOPS

    cache.warm([MODEL])
    rgb, stop = SAMPLES[0].load(), STOPS[FIRST_SHOWN - 1]
    *_, layer = walk(rgb, stop, "outstanding", cache)
    assert isinstance(layer, Layer)
    for _ in (*look_at(rgb, cache), *look_closer(rgb, stop, layer.seen[0].channel, cache)):
        pass
