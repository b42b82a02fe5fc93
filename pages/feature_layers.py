"""Inside the classifier: from edges to parts to the thing, on one's own picture."""

import streamlit as st

from dlintro_demos.feature_layers.experiment import look_at
from dlintro_demos.feature_layers.samples import LIMITS, SAMPLES
from dlintro_demos.feature_layers.ui.answer import show_answer, show_explanation
from dlintro_demos.feature_layers.ui.changes import fool_it, switch_them_off
from dlintro_demos.feature_layers.ui.play import play, show_look_alikes
from dlintro_demos.feature_layers.ui.reasons import why
from dlintro_demos.feature_layers.ui.walk_through import step_by_step, walk_through
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.ui.frame import footer, hook, under_the_hood
from dlintro_demos.gallery.ui.pictures import choose_picture, choose_source
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.shared.imagenet import MODEL

MODES = (
    "Layer by layer",
    "One convolution",
    "Why?",
    "Switch it off",
    "Fool it",
    "Look-alikes",
    "You against it",
)
WALK, STEP, WHY, OFF, FOOL, ALIKE, GAME = MODES
CODE = """pixels = (torch.from_numpy(middle).permute(2, 0, 1)[None].float() - 127) / 128   # 224 x 224
maps = []
x = network.bn1(network.conv_stem(pixels))            # edges: 32 channels
for stage in network.blocks:                            # textures, parts, things
    for block in stage:
        x = block(x)
        maps.append(x)
embedding = network.global_pool(network.bn2(network.conv_head(x)))
logits = network.classifier(embedding)                  # one number for each of 1,000 classes
probabilities = (logits / temperature).softmax(1)"""

demo = find("feature_layers")
hook(demo, "You meet this when you search your photos for “dog”, at a self-service till, and in a car.")
chosen = choose_picture(choose_source(), (*SAMPLES, *LIMITS))
cache = engine().cache
looked = None
if chosen is not None:
    looked = run_job(
        "answer", chosen.digest, look_at, chosen.rgb, cache, label="Looking", shared=bool(chosen.sample)
    )
if chosen is not None and looked is not None:
    show_answer(looked, chosen.alt)
mode = st.segmented_control(
    "Look inside", MODES, default=WALK, required=True, key="look", bind="query-params"
)
if mode == GAME:
    play()
elif chosen is not None and looked is not None:
    try:
        if mode == WALK:
            walk_through(chosen)
        elif mode == STEP:
            step_by_step(chosen)
        elif mode == WHY:
            why(chosen, looked)
        elif mode == OFF:
            switch_them_off(chosen, looked)
        elif mode == FOOL:
            fool_it(chosen)
        else:
            show_look_alikes(chosen)
    except ModelUnavailable as error:
        st.warning(str(error), icon=":material/error:")
if looked is not None:
    show_explanation(looked)
    under_the_hood([cache.card(MODEL)], device=looked.answer.device, stages=looked.answer.stages, code=CODE)
footer(demo)
