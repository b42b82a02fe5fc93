"""Friends in photos: find faces, name them, be suggested, and forget."""

import streamlit as st

from dlintro_demos.faces.experiment import look
from dlintro_demos.faces.samples import LIMITS, SAMPLES
from dlintro_demos.faces.ui.albums import show_album
from dlintro_demos.faces.ui.live import watch_faces
from dlintro_demos.faces.ui.photo import ask_who, show_board, show_hiding
from dlintro_demos.faces.ui.reasons import show_evidence, show_explanation
from dlintro_demos.faces.ui.roster import show_people
from dlintro_demos.faces.ui.same_or_not import same_or_not
from dlintro_demos.faces.ui.videos import show_video
from dlintro_demos.faces.ui.visit import face_visit
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.leaving import warn_before_leaving
from dlintro_demos.gallery.ui.frame import choices, footer, hook, under_the_hood
from dlintro_demos.gallery.ui.pictures import choose_picture, choose_source
from dlintro_demos.gallery.ui.run_job import run_job

PHOTO, ALBUM, VIDEO = "One photo", "An album", "A video"
CODE = """boxes, landmarks = mtcnn(photo)                       # P-Net, R-Net, O-Net: where are faces?
chips = [align(photo, points) for points in landmarks]  # eyes, nose and mouth at fixed places
both = torch.cat([chips, chips.flip(-1)])               # each face and its mirror image
with torch.inference_mode():
    embedding = network(both).chunk(2)
    embedding = (embedding[0] + embedding[1]) / 2       # 128 numbers a face
distance = (embedding[:, None] - known[None]).norm(dim=-1)
answer = known_names[distance.argmin()] if distance.min() < 0.50 else "I don't know"
"""


def one_photo() -> None:
    """Samples, a file or the camera: boxes, names, reasons, hiding."""
    with first:
        source = choose_source(live=True)
    chosen = watch_faces() if source == "live" else choose_picture(source, (*SAMPLES, *LIMITS))
    board = st.container()  # first the photo, then how it is looked at
    high = st.toggle(
        "High detail",
        key="detail",
        bind="query-params",
        help="Also looks for small faces, as in a crowd: slower.",
    )
    if chosen is None:
        return
    cache, detail = engine().cache, "high" if high else "normal"
    work = (look, chosen.digest, chosen.rgb, cache, detail)
    label, shared = "Looking for faces", bool(chosen.sample)
    with board:
        looked = run_job("look", (chosen.digest, detail), *work, label=label, shared=shared)
        if looked is None:
            return
        face, suggestion = show_board(chosen, looked)
    if face is not None:
        ask_who(looked.found.key, face, suggestion)
    show_people()
    show_hiding(chosen, looked.found)
    if face is not None:
        show_evidence(face)
    show_explanation(looked, face)
    under_the_hood(
        demo.models,
        device=looked.found.device,
        stages=looked.found.seconds,
        code=CODE,
    )


demo = find("faces")
hook(demo, "You meet this when a phone sorts its photos by people, and when a door opens to a face.")
first = choices()
with first:
    mode = st.segmented_control(
        "What to look at?",
        [PHOTO, ALBUM, VIDEO],
        default=PHOTO,
        required=True,
        key="look-at",
        bind="query-params",
    )
{PHOTO: one_photo, ALBUM: show_album, VIDEO: show_video}[mode]()

st.subheader("You against the machine: the same person or not?", anchor=False)
same_or_not()
st.caption(
    "Recognising faces is processing biometric data. In the EU it needs consent or a law (GDPR, article 9), "
    "and the AI Act forbids most live use by the police in public places; Illinois, Texas and others have "
    "laws of their own. "
    "Here nothing leaves this visit."
)
warn_before_leaving(
    face_visit().history.last,
    take_home="Closing or reloading this tab forgets the names. To keep them, put your photos into "
    "“An album” and press “Download the tagged album”: that file opens again with its names.",
)
footer(demo)
