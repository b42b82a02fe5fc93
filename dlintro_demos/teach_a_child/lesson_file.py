"""A lesson as a file, to take home and to go on with: one zip, and a door that trusts nothing in it.

`lesson.json` holds names and answers, `lesson.safetensors` the embeddings, `pictures/` small JPEGs if wanted.
Without pictures the file still says a little about them: an embedding is 1,280 numbers that a picture gave,
and its key lets somebody who has the very same picture see that it was shown.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from types import NoneType
from typing import Any

import cv2
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as read_tensors
from safetensors.numpy import save as write_tensors

from dlintro_demos.gallery.intake.archive import ArchiveError, ArchiveLimits, ArchiveTooLarge, add, read_zip
from dlintro_demos.gallery.intake.contained import decode_image
from dlintro_demos.gallery.intake.images import ImageLimits, UnreadableMedia, encode_jpeg
from dlintro_demos.gallery.intake.names import BadName, clean_name, folded, harmless
from dlintro_demos.teach_a_child.heads import HEADS, HeadKey
from dlintro_demos.teach_a_child.lesson import FEATURES, MOST_CLASSES, MOST_EXAMPLES, Example, Lesson, Seen
from dlintro_demos.teach_a_child.seeing import THUMBNAIL

FORMAT, VERSION = "deep-learning-live-lesson", 1
FACTS, NUMBERS = "lesson.json", "lesson.safetensors"
MOST_BYTES = 16 * 2**20  # of the file, and of all that is in it
MOST_LISTED = 2 * 2**20  # bytes of lesson.json
MOST_ENTRIES = 1000  # of the zip, before anything in it is read
UNPACKED = ArchiveLimits(
    max_entries=MOST_ENTRIES,
    max_bytes=MOST_BYTES,
    max_total=MOST_BYTES,
    max_ratio=1100,  # more than any zip has: the bytes are few enough
)
LONGEST_ALT = 500  # characters
PICTURES = ImageLimits(max_bytes=32 * 2**10, max_pixels=256 * 256, max_side=256, shrink=False)
OFF_LENGTH = 1e-3  # that an embedding may be longer or shorter than 1
LEFT_BEHIND = ("thumbs.db", "desktop.ini")  # by Windows, in folders that were looked at
AGAIN = "Choose a lesson that this page saved."
COPY = "Save the lesson again, or choose another copy of the file."


class LessonFileError(UnreadableMedia):
    """A file that gives no lesson; the message tells a visitor what is wrong and quotes nothing of it."""


def save(lesson: Lesson, head: HeadKey, *, pictures: bool) -> bytes:
    """The zip's bytes, for a lesson with at least one example, with the small `pictures` or without."""
    numbers = write_tensors({"embeddings": np.ascontiguousarray(lesson.embeddings, np.float32)})
    names = lesson.names
    said = dict.fromkeys(example.said for example in lesson.examples if example.said is not None)
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "head": head,
        "sha256": hashlib.sha256(numbers).hexdigest(),
        "names": names,
        "former": [name for name in said if name not in names],  # nothing has that name any more
        "examples": [_written(example, pictures=pictures) for example in lesson.examples],
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        add(archive, FACTS, json.dumps(facts, indent=1, ensure_ascii=False).encode())
        add(archive, NUMBERS, numbers)
        for place, example in enumerate(lesson.examples):
            if pictures and example.seen.thumbnail:
                add(archive, _picture(place), example.seen.thumbnail)
    return file.getvalue()


def _written(example: Example, *, pictures: bool) -> dict[str, Any]:
    seen = example.seen
    facts = {"key": seen.key, "name": example.name, "said": example.said, "right": example.right}
    return facts | {"alt": seen.alt} if pictures else facts


def _picture(place: int) -> str:
    return f"pictures/{place:04}.jpg"


def open_lesson(data: bytes) -> Iterator[tuple[Lesson, HeadKey]]:
    """A job: `load`."""
    yield load(data)


def load(data: bytes) -> tuple[Lesson, HeadKey]:
    """The lesson and its head, out of bytes that anybody may have made. Raises `LessonFileError`."""
    inside = _unpacked(data)
    facts = _facts(inside)
    head = _of(facts, "head", str)
    if head not in HEADS:
        raise LessonFileError(f"The lesson was taught to a way of learning that is not known here. {AGAIN}")
    names, former = _names(facts)
    listed = _of(facts, "examples", list)
    if not 0 < len(listed) <= MOST_EXAMPLES:
        raise LessonFileError(f"The lesson has {len(listed)} examples, not 1 to {MOST_EXAMPLES}. {AGAIN}")
    if not inside.keys() <= {FACTS, NUMBERS, *map(_picture, range(len(listed)))}:
        raise LessonFileError(f"Something is in the file that belongs to no lesson. {AGAIN}")
    rows = _embeddings(inside[NUMBERS], _of(facts, "sha256", str), len(listed))
    examples = []
    for place, (each, row) in enumerate(zip(listed, rows, strict=True)):
        if type(each) is not dict:
            raise _broken("an example is not what it should be")
        thumbnail = _thumbnail(inside[_picture(place)], place) if _picture(place) in inside else b""
        examples.append(_example(each, row, thumbnail, names, former))
    if len({example.seen.key for example in examples}) < len(examples):
        raise LessonFileError(f"One picture is in the lesson twice. {COPY}")
    lesson = Lesson(examples=tuple(examples))
    if list(lesson.names) != names:
        raise _broken("its names are not those of its examples, in the order in which they came up")
    return lesson, head


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Every file in the zip, by its name: all of them or none."""
    limit = f"{MOST_BYTES >> 20} MB"
    if len(data) > MOST_BYTES:
        raise LessonFileError(f"The file has {len(data) / 2**20:.1f} MB; the limit is {limit}. {AGAIN}")
    inside: dict[str, bytes] = {}
    try:
        for entry in read_zip(data, limits=UNPACKED):
            if entry.problem:
                raise LessonFileError(f"A part of the file {entry.problem} {AGAIN}")
            if PurePosixPath(entry.path.replace("\\", "/")).name.lower() in LEFT_BEHIND:
                continue
            if entry.path in inside:
                raise LessonFileError(f"Two files in this one have the same name. {AGAIN}")
            inside[entry.path] = entry.data
    except ArchiveTooLarge:
        raise LessonFileError(
            f"Unpacked, the file has more than {limit}, which is the limit. {AGAIN}"
        ) from None
    except ArchiveError as error:
        raise LessonFileError(f"This is not a lesson, or not all of it. {error}") from None
    return _out_of_its_folder(inside)


def _out_of_its_folder(inside: dict[str, bytes]) -> dict[str, bytes]:
    """The files by the names that `save` gave them: who zips an unpacked lesson again may zip its folder, and
    old programs of Windows write a backslash between folder and file."""
    slashed = {path.replace("\\", "/").removeprefix("./"): data for path, data in inside.items()}
    if len(slashed) < len(inside):
        raise LessonFileError(f"Two files in this one have the same name. {AGAIN}")
    folder = next((path[: -len(FACTS)] for path in slashed if path.endswith("/" + FACTS)), "")
    if not all(path.startswith(folder) for path in slashed):
        return slashed
    return {path[len(folder) :]: data for path, data in slashed.items()}


def _facts(inside: dict[str, bytes]) -> dict[str, Any]:
    """What lesson.json says, once it is known to be one that this program can read."""
    if FACTS not in inside:
        raise LessonFileError(f"This file comes from another program, or a part of it is missing. {AGAIN}")
    if len(inside[FACTS]) > MOST_LISTED:
        raise _broken(f"it has more than {MOST_LISTED >> 20} MB, which is the limit")
    try:
        facts = json.loads(inside[FACTS].decode())
    except (ValueError, RecursionError):
        raise _broken("it cannot be read") from None
    if type(facts) is not dict or facts.get("format") != FORMAT:
        raise LessonFileError(f"This file comes from another program. {AGAIN}")
    version = _of(facts, "version", int)
    if VERSION < version < 1000:
        raise LessonFileError(
            f"The lesson was made by a newer gallery: version {version}, this one reads {VERSION}. "
            "Open it where it was made."
        )
    if version != VERSION:
        raise _broken("no gallery has made that version")
    if NUMBERS not in inside:
        raise LessonFileError(f"What was learned is missing in the file. {COPY}")
    return facts


def _broken(what: str) -> LessonFileError:
    return LessonFileError(f"The list in the lesson is broken: {what}. {COPY}")


def _of(facts: dict[str, Any], key: str, *kinds: type) -> Any:
    """A value of one of those kinds and of no other: True is no number here."""
    value = facts.get(key, ...)
    if type(value) not in kinds:
        raise _broken(f'"{key}" is missing or is not what it should be')
    return value


def _names(facts: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The classes, and names that are none any more but that the machine said."""
    names, former = _of(facts, "names", list), _of(facts, "former", list)
    if len(names) > MOST_CLASSES:
        raise LessonFileError(f"The lesson has {len(names)} names; the limit is {MOST_CLASSES}. {AGAIN}")
    if len(former) > MOST_EXAMPLES:
        raise _broken("it has more names than examples")
    for name in (*names, *former):
        try:
            clean = type(name) is str and clean_name(name) == name
        except BadName:
            clean = False
        if not clean:
            raise LessonFileError(f"A name in the lesson is one that nobody can type here. {COPY}")
    if len({folded(name) for name in names}) < len(names):
        raise LessonFileError(f"Two names in the lesson are the same, but for capitals. {COPY}")
    return names, former


def _embeddings(data: bytes, digest: str, count: int) -> np.ndarray:
    """(count, 1280) float32, each of length 1."""
    if hashlib.sha256(data).hexdigest() != digest:
        raise LessonFileError(f"What was learned does not fit the list: the file was changed. {COPY}")
    try:
        tensors = read_tensors(data)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError):
        raise LessonFileError(f"What was learned cannot be read. {COPY}") from None
    rows = tensors.get("embeddings")
    if len(tensors) != 1 or rows is None or rows.dtype != np.float32 or rows.shape != (count, FEATURES):
        raise LessonFileError(f"These are not {FEATURES} numbers for each of {count} examples. {COPY}")
    with np.errstate(all="ignore"):
        off = np.abs(np.linalg.norm(rows.astype(np.float64), axis=1) - 1)
    if not (off < OFF_LENGTH).all():  # also where it is not a number
        raise LessonFileError(f"What was learned holds numbers that no picture gives. {COPY}")
    return rows


def _example(
    facts: dict[str, Any], row: np.ndarray, thumbnail: bytes, names: list[str], former: list[str]
) -> Example:
    key, name = _of(facts, "key", str), _of(facts, "name", str)
    said, right = _of(facts, "said", str, NoneType), _of(facts, "right", bool, NoneType)
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise _broken('a "key" is not what it should be')
    if name not in names or (said is not None and said not in names and said not in former):
        raise _broken("an example has a name that is not among its names")
    alt = _of(facts, "alt", str) if "alt" in facts else Seen.alt
    if len(alt) > LONGEST_ALT or harmless(alt) != alt:
        raise _broken('an "alt" is not what it should be')
    seen = Seen(key=key, embedding=row, thumbnail=thumbnail, alt=alt)
    return Example(seen=seen, name=name, said=said, right=right)


def _thumbnail(data: bytes, place: int) -> bytes:
    """A small JPEG, drawn anew. One with several scans is not ours, and could take long to decode."""
    try:
        if not data.startswith(b"\xff\xd8\xff") or data.count(b"\xff\xda") != 1:
            raise UnreadableMedia
        rgb = decode_image(data, PICTURES).rgb
    except UnreadableMedia:
        raise LessonFileError(
            f"The picture of example {place + 1} in the file is not a small JPEG "
            f"(at most {PICTURES.max_bytes >> 10} kB and {PICTURES.max_side} px a side). {COPY}"
        ) from None
    return encode_jpeg(cv2.resize(rgb, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA))
