"""Widgets of the faces page for an album: many photos in, people out, and everything into a zip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from dlintro_demos.faces.album import Files, open_album
from dlintro_demos.faces.analysis import analyse, drawn_face
from dlintro_demos.faces.experiment import grouped
from dlintro_demos.faces.export import export_album
from dlintro_demos.faces.face import AlbumPhoto, Face
from dlintro_demos.faces.people import Suggestion, called, name_faces, refuse, tag, untag
from dlintro_demos.faces.samples import sample_album
from dlintro_demos.faces.ui.components.people_board import NEW, Chip, Group, people_board
from dlintro_demos.faces.ui.naming import Unnamed, ask_names
from dlintro_demos.faces.ui.roster import PEOPLE, accept_all_sure, change_people, undo_button
from dlintro_demos.faces.ui.visit import FaceVisit, album_room, face_visit, limits, through_the_queue
from dlintro_demos.gallery.intake.brought import Brought, read_all
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.pictures import image_limits
from dlintro_demos.gallery.ui.privacy import own_computers
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.show import show_pictures
from dlintro_demos.gallery.ui.uploader import bring_files
from dlintro_demos.gallery.words import counted, plain

SAMPLE, MINE = ":material/photo_library: Sample album", ":material/upload: My photos"
ALBUM_MB = 200
ALONE = "alone"  # the card of faces that are like no other


def show_album() -> None:
    """The sample album, or the visitor's photos: grouped by person, named once, exported."""
    source = st.segmented_control(
        "Which photos?", [SAMPLE, MINE], default=SAMPLE, required=True, key="album-of"
    )
    shared = source == SAMPLE
    photos = _sample() if shared else _theirs()
    if not photos:
        return
    visit = face_visit()
    visit.remember(photo.found for photo in photos)
    photos = tuple(replace(photo, found=visit.photos.get(photo.key, photo.found)) for photo in photos)
    faces = {face.key: face for photo in photos for face in visit.faces_of(photo.found)}
    seconds = sum(sum(photo.found.seconds.values()) for photo in photos)
    st.markdown(
        f"**{counted(len(photos), 'photo')}, {counted(len(faces), 'face')}**, {seconds:.1f} s of model time."
    )
    answers = visit.suggestions(*(photo.found for photo in photos))
    groups = _groups(visit, faces, answers, shared=shared)
    unnamed = _unnamed(visit, faces, groups, answers)
    st.subheader(PEOPLE, anchor=False)
    _show_board(visit, faces, groups, {photo.key: photo for photo in photos})
    with st.container(horizontal=True):
        accept_all_sure(answers)
        undo_button(visit)
        _offer_export(visit, photos)
    change_people()
    if unnamed:
        st.markdown("**Who is it?** Name a group once, and all its photos are tagged.")
        ask_names(visit, unnamed)
    _show_photos(visit, photos)


def _sample() -> tuple[AlbumPhoto, ...]:
    st.caption("Two people in variations that we made: dark, old, turned, half hidden. All public domain.")
    return _read("sample", sample_album, shared=True)


def _theirs() -> tuple[AlbumPhoto, ...]:
    given = bring_files(
        f"Up to 60 photos, or a zip of them: {engine().settings.upload_mb} MB a file, {ALBUM_MB} MB in all",
        name="album",
    )
    if not given:
        st.info(
            f"They go no further than {own_computers()}, and are kept for this visit only.",
            icon=":material/lock:",
        )
        return ()
    if problem := album_room(face_visit(), sum(each.size for each in given), ALBUM_MB * MB):
        st.warning(problem, icon=":material/error:")
        return ()
    named = tuple((each.file_id, each.name) for each in given)
    files = tuple(Brought(each.name, each.getvalue) for each in given)
    return _read(named, partial(read_all, files), shared=False)


def _read(fingerprint: Hashable, files: Callable[[], Files], *, shared: bool) -> tuple[AlbumPhoto, ...]:
    """The album of these files: the one this visit has, or a job's. Says what was left out."""
    visit = face_visit()
    if visit.album_key != fingerprint:
        cache = engine().cache
        work = (files, partial(analyse, cache=cache), image_limits(), partial(drawn_face, cache=cache))
        album = run_job(
            "album", fingerprint, open_album, *work,
            label="Looking at the photos", shared=shared, long=not shared,
        )  # fmt: skip
        if album is None:
            return ()
        visit.take_names(album.photos)
        visit.album = [replace(photo, drawn=(), names={}) for photo in album.photos]
        visit.left_out, visit.album_key = album.left_out, fingerprint
    for sentence in visit.left_out:
        st.warning(plain(sentence), icon=":material/broken_image:")
    if not visit.album:
        st.info("No photo could be read. Choose JPEG or PNG files, or a zip of them.")
    return tuple(visit.album)


def _groups(
    visit: FaceVisit, faces: dict[str, Face], answers: Mapping[str, Suggestion], *, shared: bool
) -> dict[str, list[str]]:
    """Face keys by group: people by their key, then clusters of unnamed faces, those alone last.

    With a person stand the faces that somebody named, and those of which the machine is sure.
    """
    groups: dict[str, list[str]] = {person: [] for person in visit.history.book.people}
    who = {key: each.person for key, each in answers.items() if each.level == "sure" and each.person}
    who |= {key: person for key, person in visit.history.book.tags.items() if key in faces}
    for key in faces:
        if key in who:
            groups[who[key]].append(key)
    unnamed = [key for key in faces if key not in who]
    labels = _clusters(faces, unnamed, shared=shared) if unnamed else None
    if labels is not None:
        for label, count in Counter(labels.tolist()).most_common():
            name = f"cluster-{label}" if count > 1 else ALONE
            groups.setdefault(name, []).extend(
                key for key, each in zip(unnamed, labels, strict=True) if each == label
            )
    return groups


def _clusters(faces: dict[str, Face], unnamed: list[str], *, shared: bool) -> np.ndarray | None:
    embeddings = np.stack([faces[key].embedding for key in unnamed])
    return run_job(
        "groups", tuple(unnamed), grouped, embeddings, limits().sure, label="Grouping the faces",
        shared=shared and len(unnamed) == len(faces) and not any(face.drawn for face in faces.values()),
    )  # fmt: skip


def _show_board(
    visit: FaceVisit, faces: dict[str, Face], groups: dict[str, list[str]], photos: dict[str, AlbumPhoto]
) -> None:
    number = 0
    cards = []
    for name, keys in groups.items():
        person = visit.name_of(name)
        number += not person and name != ALONE
        cards.append(
            Group(
                key=name,
                title=person or ("Seen once" if name == ALONE else _somebody(number)),
                note=_note(keys, sum(key not in visit.history.book.tags for key in keys) if person else 0),
                faces=tuple(_portrait(faces[key], photos) for key in keys),
            )
        )
    move = people_board(cards, key="people-board")
    if move:
        _move(visit, move.face, move.to, groups)
        st.rerun()


def _note(keys: list[str], suggested: int) -> str:
    if not keys:
        return "not in this album"
    note = f"{counted(len(keys), 'face')}"
    return f"{note}, {suggested} of them suggested" if suggested else note


def _somebody(number: int) -> str:
    return f"Somebody, {number}"


def _portrait(face: Face, photos: dict[str, AlbumPhoto]) -> Chip:
    photo = photos.get(face.key.split("/")[0])
    return Chip(key=face.key, picture=face.chip, alt=f"A face in {photo.name}" if photo else "A face")


def _move(visit: FaceVisit, face: str, to: str, groups: dict[str, list[str]]) -> None:
    """The face goes to the group `to`; it will not be suggested as the person whose card it left."""
    book, history = visit.history.book, visit.history
    home = next(name for name, keys in groups.items() if face in keys)
    if home in book.people:
        others = any(who == home for key, who in book.tags.items() if key != face)
        book = refuse(book, face, home) if others else untag(book, {face})  # nobody is left without a face
    if to in book.people:
        book = tag(book, face, to)
    elif to != ALONE:
        name, count = "Person", 1
        while called(book, f"{name} {count}"):
            count += 1
        book = name_faces(book, [*groups.get(to, []), face], f"{name} {count}")
        if to == NEW and home.startswith("cluster-"):  # so the others of the group are not that person
            for other in set(groups[home]) - {face}:
                book = refuse(book, other, book.tags[face])
    history.do("moved a face", book)


def _unnamed(
    visit: FaceVisit, faces: dict[str, Face], groups: dict[str, list[str]], answers: Mapping[str, Suggestion]
) -> list[Unnamed]:
    """The groups that nobody has named, the largest first, then the faces that are alone."""
    clusters = [[faces[key] for key in keys] for name, keys in groups.items() if name.startswith("cluster-")]
    unnamed = [
        Unnamed(
            title=_somebody(number), faces=group, suggestion=visit.suggestion_for(group),
            note=counted(len(group), "face"), save="Name them",
        )
        for number, group in enumerate(clusters, start=1)
    ]  # fmt: skip
    return unnamed + [
        Unnamed(
            title=f"Seen once, {number}", faces=[faces[key]], suggestion=answers[key], note="A name",
            save="Name this face",
        )
        for number, key in enumerate(groups.get(ALONE, ()), start=1)
    ]  # fmt: skip


def _offer_export(visit: FaceVisit, photos: tuple[AlbumPhoto, ...]) -> None:
    drawn = {photo: tuple(faces) for photo, faces in visit.drawn.items()}
    st.download_button(
        "Download the tagged album (zip)",
        through_the_queue(export_album, photos, visit.history.book, drawn),
        file_name="album.zip",
        mime="application/zip",
        on_click="ignore",
        icon=":material/download:",
        help="The photos, album.json, and an XMP file beside each photo with its faces, for photo managers.",
    )


def _show_photos(visit: FaceVisit, photos: tuple[AlbumPhoto, ...]) -> None:
    """The photos, of everybody or of one person."""
    book = visit.history.book
    everybody = ""
    whose = st.selectbox(
        "Photos of",
        [everybody, *book.people],
        format_func=lambda key: visit.name_of(key) or "everybody",
        key="photos-of",
    )
    shown = [
        photo
        for photo in photos
        if whose == everybody or any(book.tags.get(face.key) == whose for face in visit.faces_of(photo.found))
    ]
    captions = [
        ", ".join(
            filter(None, (visit.name_of(book.tags.get(face.key)) for face in visit.faces_of(photo.found)))
        )
        for photo in shown
    ]
    show_pictures(
        [(photo.preview, f"Photo {photo.name}") for photo in shown],
        width=150,
        captions=[names or "nobody named" for names in captions],
    )
