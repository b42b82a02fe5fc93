"""The tagged album as one zip: the photos as they came, album.json, and an XMP sidecar beside each photo."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from dlintro_demos.faces.face import AlbumPhoto, Book, Face
from dlintro_demos.faces.xmp import sidecar
from dlintro_demos.gallery.intake.archive import add, safe_name
from dlintro_demos.gallery.intake.contained import orientation_of
from dlintro_demos.gallery.intake.names import folded, harmless
from dlintro_demos.gallery.runtime.jobs import Progress

VERSION = 1


def export_album(
    photos: Sequence[AlbumPhoto], book: Book, drawn: Mapping[str, Sequence[Face]] | None = None
) -> Iterator[Progress | bytes]:
    """The zip's bytes; `drawn` are faces by photo that the visitor added. No embedding leaves the visit."""
    file = io.BytesIO()
    listed = []
    shown: set[str | None] = set()  # not all of the book: others stand in no photo here
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, photo) in enumerate(zip(_names(photos), photos, strict=True)):
            yield Progress(number, len(photos), name)
            faces = [*photo.found.faces, *(drawn or {}).get(photo.key, ())]
            width, height = photo.found.width, photo.found.height
            named = [(face.box, _name(book, face)) for face in faces]
            shown |= {each for _, each in named}
            turned = orientation_of(photo.original)
            add(archive, name, photo.original)
            add(archive, f"{name}.xmp", sidecar(named, width, height, orientation=turned))
            listed.append(
                {"file": name, "width": width, "height": height, "faces": [_facts(book, f) for f in faces]}
            )
        people = sorted({name for name in shown if name})
        album = {"format": "deep-learning-live-album", "version": VERSION, "people": people, "photos": listed}
        add(archive, "album.json", json.dumps(album, indent=1, ensure_ascii=False).encode())
    yield file.getvalue()


def _name(book: Book, face: Face) -> str | None:
    person = book.people.get(book.tags.get(face.key, ""))
    return harmless(person.name) or None if person else None


def _facts(book: Book, face: Face) -> dict[str, object]:
    return {
        "box": [round(float(value), 1) for value in face.box],
        "probability": round(float(face.probability), 4),
        "person": _name(book, face),
        "drawn": face.drawn,
    }


def _names(photos: Sequence[AlbumPhoto]) -> list[str]:
    """The photos' names, told apart where two are one to some system: macOS and Windows take capitals for
    small letters, and macOS a letter for the same one written in two parts.
    """
    taken = {"album.json"}
    names = []
    for photo in photos:
        name, count = safe_name(photo.name), 1
        path = PurePosixPath(name)
        while folded(name) in taken or folded(f"{name}.xmp") in taken:
            count += 1
            name = f"{path.stem}-{count}{path.suffix}"
        taken |= {folded(name), folded(f"{name}.xmp")}
        names.append(name)
    return names
