"""Why this suggestion: distances beside the thresholds, nearest faces, the sliding threshold, the map."""

from __future__ import annotations

import base64

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from dlintro_demos.faces.embedders import pick_embedder
from dlintro_demos.faces.evidence import barcode, embedding_map
from dlintro_demos.faces.experiment import Looked, Pairs, measure_pairs
from dlintro_demos.faces.face import Face
from dlintro_demos.faces.ui.visit import face_visit, limits
from dlintro_demos.gallery.intake.images import encode_jpeg, encode_png
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import Step, steps
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.words import plain

ZONES = ("sure", "maybe", "not known")
COLOURS = ("#2e9d63", "#e0a100", "#8a8a99")
MAPPED = 60  # faces on the map


def show_evidence(face: Face) -> None:
    """The distance bar, the nearest faces, the sliding threshold and the map of this visit."""
    st.subheader("Why this answer?", anchor=False)
    pairs = run_job(
        "pairs", pick_embedder(engine().cache).key, measure_pairs, engine().cache,
        label="Comparing the bundled faces", shared=True,
    )  # fmt: skip
    distance, threshold, similar = st.tabs(["Distances", "What if the threshold moves?", "Map of the faces"])
    with distance:
        _show_distances(face, pairs)
    with threshold:
        if pairs:
            _slide(pairs)
    with similar:
        _show_map(face)


def _show_distances(face: Face, pairs: Pairs | None) -> None:
    visit = face_visit()
    known = visit.known()
    book = visit.history.book
    rows = sorted(
        (float(np.linalg.norm(face.embedding - known[key].embedding)), key)
        for key in book.tags
        if key in known and key != face.key
    )
    bounds = limits()
    edges = [0, bounds.sure, bounds.maybe, 1.2]
    zones = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "zone": ZONES})
    bar = (
        alt.Chart(zones)
        .mark_bar(opacity=0.55)
        .encode(
            x=alt.X("from:Q", title="distance between two faces", scale=alt.Scale(domain=[0, 1.2])),
            x2="to:Q",
            color=alt.Color("zone:N", scale=alt.Scale(domain=ZONES, range=COLOURS), title=None),
        )
    )
    layers = [bar]
    if pairs is not None:
        strangers = pd.DataFrame({"distance": pairs.different})
        layers.append(
            alt.Chart(strangers).mark_tick(thickness=1, opacity=0.35, color="#c0392b").encode(x="distance:Q")
        )
    if rows:
        named = pd.DataFrame(
            {
                "distance": [min(1.2, d) for d, _ in rows],
                "who": [visit.name_of(book.tags[key]) for _, key in rows],
            }
        )
        layers.append(
            alt.Chart(named)
            .mark_point(filled=True, size=140, color="#1f2fd0", opacity=1)
            .encode(x="distance:Q", tooltip=["who:N", "distance:Q"])
        )
    st.altair_chart(alt.layer(*layers).properties(height=90), theme="streamlit")
    st.caption(
        "Blue: the named faces of this visit. Red lines: pairs of different people in the bundled photos. "
        f"Below {bounds.sure:.2f} I am sure, from {bounds.maybe:.2f} on I say that I do not know."
    )
    if not rows:
        st.caption("Name a face, and the others get distances here.")
        return
    for column, (distance, key) in zip(st.columns(6), rows[:6], strict=False):
        column.image(
            encode_jpeg(known[key].chip),
            caption=f"{plain(visit.name_of(book.tags[key]))}: {distance:.2f}",
            alt="A named face, one of the nearest",
            width=96,
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


def _show_map(face: Face) -> None:
    visit = face_visit()
    faces = list(visit.known().values())[-MAPPED:]
    if face.key not in {each.key for each in faces}:
        faces.append(face)
    if len(faces) < 3:
        st.caption("A map needs three faces: look at more photos.")
        return
    places = embedding_map(np.stack([each.embedding for each in faces]))
    names = [visit.name_of(visit.history.book.tags.get(each.key)) or "?" for each in faces]
    table = pd.DataFrame(
        {
            "x": places[:, 0],
            "y": places[:, 1],
            "who": names,
            "face": [_address(each) for each in faces],
        }
    )
    axis = alt.Axis(labels=False, ticks=False, title=None)
    base = alt.Chart(table).encode(
        x=alt.X("x:Q", axis=axis, scale=alt.Scale(padding=30)),
        y=alt.Y("y:Q", axis=axis, scale=alt.Scale(padding=30)),
        tooltip=["who:N"],
    )
    pictures = base.mark_image(width=36, height=36).encode(url="face:N")
    words = base.mark_text(dy=28, fontSize=12, color="#80808c").encode(text="who:N")
    st.altair_chart((pictures + words).properties(height=380), theme="streamlit")
    st.caption("Near means alike to the network: its 128 numbers, flattened to two (principal components).")


def _address(face: Face) -> str:
    small = np.ascontiguousarray(face.chip[::3, ::3])
    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(small, quality=80)).decode("ascii")


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
    if face is not None:
        parts += [
            Step(
                title="It turned the face upright",
                words="Eyes, nose and mouth go to fixed places, so only the face itself is left to compare. "
                "This is all that the second network sees.",
                pictures=[(encode_jpeg(face.chip), "The aligned face, 150 x 150 pixels")],
            ),
            Step(
                title="It became 128 numbers",
                words="Two photos of one person give nearly the same numbers, two people do not. Only these "
                "are compared: the network knows no names.",
                pictures=[(encode_png(barcode(face.embedding)), "The 128 numbers of this face as a pattern")],
            ),
        ]
    steps("What just happened?", parts)
