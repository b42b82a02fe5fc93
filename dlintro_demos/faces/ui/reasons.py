"""Why this suggestion: distances beside the thresholds, nearest faces, the sliding threshold, the map."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlintro_demos.faces.embedders import pick_embedder
from dlintro_demos.faces.evidence import nearest
from dlintro_demos.faces.experiment import Looked, Pairs, mapped, measure_pairs
from dlintro_demos.faces.face import Face
from dlintro_demos.faces.ui.charts import show_distances, show_map
from dlintro_demos.faces.ui.visit import face_visit, limits
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import Step, steps
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_pictures

MAPPED = 60  # faces on the map
TABS = ("Distances", "What if the threshold moves?", "Map of the faces")


def show_evidence(face: Face) -> None:
    """The distance bar, the nearest faces, the sliding threshold and the map of this visit."""
    st.subheader("Why this answer?", anchor=False)
    pairs = run_job(
        "pairs", pick_embedder(engine().cache).key, measure_pairs, engine().cache,
        label="Comparing the bundled faces", shared=True,
    )  # fmt: skip
    distances, threshold, similar = st.tabs(TABS, key="why", on_change="rerun", bind="query-params")
    if distances.open:
        with distances:
            _compare(face, pairs)
    if threshold.open and pairs:
        with threshold:
            _slide(pairs)
    if similar.open:
        with similar:
            _map(face)


def _compare(face: Face, pairs: Pairs | None) -> None:
    visit, bounds = face_visit(), limits()
    known, tags = visit.known(), visit.history.book.tags
    named = {key: known[key] for key in tags if key in known and key != face.key}
    found = [
        (distance, visit.name_of(tags[key]), named[key].chip)
        for distance, key in nearest(face.embedding, named, k=len(named))
    ]
    show_distances([(distance, name) for distance, name, _ in found], bounds, pairs)
    st.caption(
        "Blue: the named faces of this visit. Red lines: pairs of different people in the bundled photos. "
        f"Below {bounds.sure:.2f} I am sure, from {bounds.maybe:.2f} on I say that I do not know."
    )
    if not found:
        st.caption("Name a face, and the others get distances here.")
        return
    show_pictures(
        [(chip, "A named face, one of the nearest") for _, _, chip in found[:6]],
        width=96,
        captions=[f"{name}: {distance:.2f}" for distance, name, _ in found[:6]],
    )


@st.fragment
def _slide(pairs: Pairs) -> None:
    threshold = st.slider(
        "Call it the same person below a distance of", 0.20, 1.00, limits().sure, 0.01, key="threshold"
    )
    same, different = pairs.same < threshold, pairs.different < threshold
    right, missed, wrong = st.columns(3)
    right.metric("Right tags", f"{same.sum()} of {len(same)}")
    missed.metric("Friends not recognised", f"{(~same).sum()} of {len(same)}")
    wrong.metric("Strangers tagged", f"{different.sum()} of {len(different)}")
    st.caption(
        f"Counted on all pairs of the {pairs.faces} bundled faces (two people, in variations that we made; "
        f"{pairs.missed} more were not found). Two people are few: see the model card for a larger set."
    )


def _map(face: Face) -> None:
    visit = face_visit()
    faces = list(visit.known().values())[-MAPPED:]
    if face.key not in {each.key for each in faces}:
        faces.append(face)
    if len(faces) < 3:
        st.caption("A map needs three faces: look at more photos.")
        return
    keys = tuple(each.key for each in faces)
    embeddings = np.stack([each.embedding for each in faces])
    places = run_job("map", keys, mapped, embeddings, label="Drawing the map")
    if places is None:
        return
    names = [visit.name_of(visit.history.book.tags.get(each.key)) or "?" for each in faces]
    show_map(places, faces, names)
    st.caption("Near means alike to the network: its 128 numbers, flattened to two (principal components).")


def show_explanation(looked: Looked, face: Face | None) -> None:
    """Three steps with the pictures of this very run."""
    stages = looked.found.stages
    counts = [f"{stage.name}: looked at {stage.looked_at:,}, kept {len(stage.kept):,}" for stage in stages]
    parts = [
        Step(
            title="It looked everywhere",
            words="A tiny network slid over the photo at many sizes and asked each time: a face? A second "
            f"and a third looked again, closer. {'. '.join(counts)}.",
            pictures=list(zip(looked.stages, counts, strict=True)),
        )
    ]
    if face is not None and face.close_up is not None:
        parts += [
            Step(
                title="It turned the face upright",
                words="Eyes, nose and mouth go to fixed places, so only the face itself is left to compare. "
                "This is all that the second network sees.",
                pictures=[(face.chip, "The aligned face, 150 x 150 pixels")],
            ),
            Step(
                title="It became 128 numbers",
                words="Two photos of one person give nearly the same numbers, two people do not. Only these "
                "are compared: the network knows no names.",
                pictures=[(face.close_up.pattern, "The 128 numbers of this face as a pattern")],
            ),
        ]
    steps("What just happened?", parts)
