"""Teach it like a child: show it things, let it guess, tell it the word."""

import streamlit as st

from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.ui.components.leaving import warn_before_leaving
from dlintro_demos.gallery.ui.frame import choices, footer, hook, under_the_hood
from dlintro_demos.shared.imagenet import MODEL
from dlintro_demos.teach_a_child.ui.explanation import show_explanation
from dlintro_demos.teach_a_child.ui.inside import what_it_got_wrong
from dlintro_demos.teach_a_child.ui.keep import keep
from dlintro_demos.teach_a_child.ui.red_ball import red_ball
from dlintro_demos.teach_a_child.ui.show_and_tell import show_and_tell
from dlintro_demos.teach_a_child.ui.visit import teach_visit

MODES = ("Teach it", "The red ball", "What it got wrong", "Keep the lesson")
TEACH, STORY, WRONG, KEEP = MODES
CODE = """embedding = np.sqrt(network(picture))              # 1,280 numbers; the network stays as it is
embedding = embedding / np.linalg.norm(embedding)
means = np.stack([examples[labels == word].mean(0) for word in words])   # learning: one mean a word
means /= np.linalg.norm(means, axis=1, keepdims=True)
probabilities = softmax(SHARPNESS * means @ embedding)
distance = 1 - (examples @ embedding).max()        # to the nearest example
answer = words[probabilities.argmax()] if distance <= limit else "I have never seen this"
"""

demo = find("teach_a_child")
hook(
    demo, "You meet this when a phone learns your face from five pictures, and when a camera learns your cat."
)
first = choices()
with first:
    mode = st.segmented_control("Do", MODES, default=TEACH, required=True, key="teach", bind="query-params")
try:
    visit = teach_visit()
    if mode == STORY:
        red_ball()
    elif visit is not None and mode == TEACH:
        show_and_tell(visit, first)
        show_explanation(visit)
    elif visit is not None:
        {WRONG: what_it_got_wrong, KEEP: keep}[mode](visit)
    if visit is not None:
        warn_before_leaving(
            visit.past,
            take_home="Closing or reloading this tab ends the lesson; "
            "“Keep the lesson” gives you a file of it.",
        )
        under_the_hood(
            [MODEL],
            device=str(engine().cache.device),
            stages=visit.stages,
            code=CODE,
        )
except ModelUnavailable as error:
    st.warning(str(error), icon=":material/error:")
footer(demo)
