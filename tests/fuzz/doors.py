"""The doors, each with what it may cost: a result within its limits, or the door's own error; nothing else.

`Door.make` gives the same input for the same random numbers, `Door.knock` True where it was taken and False
where it was refused. Whatever else a door raises, and a result beyond its limits, is a fault.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from tests.fuzz import seeds
from tests.fuzz.making import (
    SMALL,
    files,
    make_flaps,
    make_lesson,
    make_message,
    make_picture,
    make_round,
    make_table,
    words,
)
from tests.fuzz.mutations import mutated


@dataclass(frozen=True, kw_only=True)
class Door:
    """What is tried, and the most that one input may cost: seconds of CPU and MB over what was held before.

    `weight` is its share of the time. An input that ends the process of a door that is `contained` counts as
    refused: visitors' files meet it in a process of its own, where just that is tested.
    """

    name: str
    make: Callable[[Random], Any]
    knock: Callable[[Any], bool]
    seconds: float = 2.0
    megabytes: float = 200.0
    weight: int = 1
    contained: bool = False


def _picture(made: tuple[bytes, int]) -> bool:
    from dlintro_demos.gallery.intake.images import ImageLimits, UnreadableMedia, decode_image, orientation_of

    data, pixels = made
    limits = ImageLimits(max_pixels=pixels)
    assert orientation_of(data, limits) in range(1, 9)
    try:
        picture = decode_image(data, limits)
    except UnreadableMedia as refusal:
        return _refused(refusal)
    assert picture.rgb.dtype == np.uint8
    assert picture.rgb.shape == (picture.height, picture.width, 3)
    assert 0 < picture.width * picture.height <= pixels
    assert max(picture.width, picture.height) <= limits.max_side
    assert picture.alpha is None or picture.alpha.shape == picture.rgb.shape[:2]
    return True


def _video(data: bytes) -> bool:
    from dlintro_demos.gallery.intake.images import UnreadableMedia
    from dlintro_demos.gallery.intake.video import VideoLimits, decode_video

    limits = VideoLimits(max_pixels=SMALL, formats=("MP4", "WebM", "MPEG"))
    try:
        *_, clip = decode_video(data, limits)
    except UnreadableMedia as refusal:
        return _refused(refusal)
    assert 0 < len(clip.frames) <= limits.max_frames
    assert len({frame.shape for frame in clip.frames}) == 1
    assert max(clip.frames[0].shape) <= limits.side
    assert clip.seconds <= limits.max_seconds * 1.05
    assert (np.diff(clip.times) >= 0).all()
    return True


def _sound(data: bytes) -> bool:
    from dlintro_demos.gallery.intake.images import UnreadableMedia
    from dlintro_demos.gallery.intake.sounds import decode_sound

    try:
        sound = decode_sound(data)
    except UnreadableMedia as refusal:
        return _refused(refusal)
    assert sound.samples.dtype == np.float32
    assert 0 < sound.seconds <= 30
    assert np.abs(sound.samples).max() <= 1  # fails for what is no number, too
    return True


def _frame(data: bytes) -> bool:
    from dlintro_demos.gallery.runtime.live import LIMITS, NoAnswer, decode

    try:
        rgb = decode(data)
    except NoAnswer as refusal:
        return _refused(refusal)
    assert max(rgb.shape) <= LIMITS.max_side
    return True


def _archive(data: bytes) -> bool:
    from dlintro_demos.gallery.intake.archive import ArchiveError, ArchiveLimits, read_zip

    limits = ArchiveLimits(max_bytes=1 << 20, max_total=4 << 20)
    total = 0
    try:
        for entry in read_zip(data, limits=limits):
            assert len(entry.data) <= limits.max_bytes
            assert entry.name
            assert not set(entry.name) & set('/\\<>:"|?*\0\n\u202e')
            assert entry.name not in (".", "..")
            total += len(entry.data)
            assert total <= limits.max_total
    except ArchiveError as refusal:
        return _refused(refusal)
    return True


def _album(data: bytes) -> bool:
    from dlintro_demos.faces.album import MOST_PHOTOS, unpack
    from dlintro_demos.gallery.intake.images import ImageLimits

    photos, said = unpack([("zip \u202eof.zip", data), ("x.png", data[:100])], ImageLimits(), {})
    assert len(photos) <= MOST_PHOTOS + 100
    return not said


def _lesson(data: bytes) -> bool:
    from dlintro_demos.teach_a_child.lesson_file import LessonFileError, load

    try:
        lesson, _ = load(data)
    except LessonFileError as refusal:
        return _refused(refusal)
    assert np.isfinite(lesson.embeddings).all()
    return True


def _sidecar(data: bytes) -> bool:
    from dlintro_demos.faces.xmp import named_regions

    regions = named_regions(data, 120, 80, orientation=1 + len(data) % 8)
    for (x0, y0, x1, y1), name in regions:
        assert 0 <= x0 <= x1 <= 120
        assert 0 <= y0 <= y1 <= 80
        assert name
    return bool(regions)


def _table(data: bytes) -> bool:
    from dlintro_demos.gallery.intake.images import UnreadableMedia
    from dlintro_demos.gallery.intake.tables import BadCell, Row, TableLimits, number, read_table, write_table
    from dlintro_demos.medicine.risk.table import COLUMNS, column_of

    limits = TableLimits(max_bytes=1 << 20, max_rows=1000)
    try:
        table = read_table(data, column_of, COLUMNS, limits)
    except UnreadableMedia as refusal:
        return _refused(refusal)
    assert len(table.rows) <= limits.max_rows
    for row in table.rows:
        for cell in row.cells.values() if isinstance(row, Row) else ():
            try:
                assert math.isfinite(number(cell))
            except BadCell as refusal:
                assert 0 < len(str(refusal)) < 200  # noqa: PT017 - the end of a sentence
    back = write_table(["cells"], [list(row.cells.values()) for row in table.rows if isinstance(row, Row)])
    assert not any(
        cell[:1] in tuple("=+-@|\t\r")
        for line in csv.reader(io.StringIO(back.decode("utf-8-sig")))
        for cell in line
    )
    return True


def _name(text: str) -> bool:
    from dlintro_demos.gallery.intake.archive import safe_name
    from dlintro_demos.gallery.intake.names import BadName, clean_name, folded, harmless
    from dlintro_demos.gallery.intake.tables import quoted, without_formula
    from dlintro_demos.gallery.scores.nicknames import BadNickname, clean_nickname, skeleton
    from dlintro_demos.super_resolution.several import names_in_zip

    safe = safe_name(text)
    assert not set(safe) & set('/\\<>:"|?*\0\n')
    assert safe.strip(". ")
    assert harmless(harmless(text)) == harmless(text)
    assert len(quoted(text)) <= 31
    assert without_formula(text)[:1] not in tuple("=+-@|")
    assert len(set(map(str.casefold, names_in_zip([(text, " 2x.jpg"), (text, " 2x.jpg")])))) == 2
    taken = False
    try:
        name = clean_name(text)
        taken = True
        assert clean_name(name) == name
        assert len(name) <= 60
        assert folded(name)
        name.encode()
    except BadName as refusal:
        _refused(refusal)
    try:
        nickname = clean_nickname(text)
        taken = True
        assert clean_nickname(nickname) == nickname
        assert skeleton(nickname) is not None
        nickname.encode()
    except BadNickname as refusal:
        _refused(refusal)
    return taken


def _code(made: tuple[str, str]) -> bool:
    """A PIN and a room's code that somebody guesses: never in, soon to wait, and no other answer."""
    from dlintro_demos.gallery.scores.rooms import LETTERS as ROOM
    from dlintro_demos.gallery.scores.rooms import BadCode, clean_code
    from dlintro_demos.gallery.stage import Lock, WrongPin
    from dlintro_demos.gallery.tries import TooOften

    text, client = made
    lock = Lock("correct horse")
    for _ in range(7):
        try:
            lock.open(client, text)
            last = None
        except (WrongPin, TooOften) as refusal:
            last = type(refusal)
    assert last is TooOften
    assert not lock.is_open(client)
    assert not lock.is_key(text)
    try:
        return set(clean_code(text)) <= set(ROOM)
    except BadCode as refusal:
        return _refused(refusal)


def _round(made: tuple[Any, ...]) -> bool:
    """A round that nobody began, of somebody else, ended twice, or with points that cannot be."""
    from dlintro_demos.gallery.scores.rounds import ForgedRound, begin, finish

    visitor, demo, ticket, yours, machine, of, honest = made
    begun = begin("v", "faces")
    try:
        outcome = finish(
            begun.id if honest else ticket, "v" if honest else visitor, "faces" if honest else demo,
            yours=yours, machine=machine, of=of,
        )  # fmt: skip
    except ForgedRound as refusal:
        return _refused(refusal)
    assert honest
    assert 0 <= outcome.yours <= 1
    assert outcome.machine is None or 0 <= outcome.machine <= 1
    return True


def _flaps(made: tuple[Any, ...]) -> bool:
    """A game of Flappy Bird as a browser may report it."""
    from dlintro_demos.flappy_bird.referee import ImpossibleGame, replay

    try:
        return replay(*made) >= 0
    except ImpossibleGame as refusal:
        return _refused(refusal)


def _message(data: bytes) -> bool:
    from dlintro_demos.gallery.ui.messages import OF_A_PAGE, kind_of

    return kind_of(data) in OF_A_PAGE


def _refused(refusal: Exception) -> bool:
    """Said in words, of a length that a page can show."""
    assert 10 < len(str(refusal)) < 600, f"{len(str(refusal))} characters"
    return False


DOORS = (
    Door(
        name="pictures",
        contained=True,
        weight=8,
        make=make_picture,
        knock=_picture,
        seconds=8.0,
        megabytes=900,
    ),
    Door(
        name="videos",
        contained=True,
        weight=5,
        make=files("videos"),
        knock=_video,
        seconds=10.0,
        megabytes=600,
    ),
    Door(
        name="sounds",
        contained=True,
        weight=5,
        make=files("sounds"),
        knock=_sound,
        seconds=5.0,
        megabytes=150,
    ),
    Door(
        name="live frames",
        contained=True,
        make=lambda random: mutated(seeds.pictures()[:4], random),
        knock=_frame,
        seconds=1.0,
        megabytes=60,
    ),
    Door(name="archives", make=files("archives"), knock=_archive, seconds=2.0, megabytes=100),
    Door(name="albums", make=files("archives"), knock=_album, seconds=3.0, megabytes=300),
    Door(name="lessons", make=make_lesson, knock=_lesson, seconds=3.0, megabytes=150),
    Door(name="sidecars", make=files("sidecars"), knock=_sidecar, seconds=2.0, megabytes=100),
    Door(name="tables", make=make_table, knock=_table, seconds=2.0, megabytes=100),
    Door(name="names", make=words, knock=_name, seconds=1.0, megabytes=50),
    Door(
        name="PINs and codes",
        make=lambda random: (words(random), f"203.0.113.{random.randrange(256)} {words(random)}"),
        knock=_code,
        seconds=1.0,
        megabytes=50,
    ),
    Door(name="forged rounds", make=make_round, knock=_round, seconds=1.0, megabytes=50),
    Door(name="forged games", make=make_flaps, knock=_flaps, seconds=3.0, megabytes=50),
    Door(name="messages", make=make_message, knock=_message, seconds=1.0, megabytes=50),
)
