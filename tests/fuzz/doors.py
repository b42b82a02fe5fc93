"""The doors, each with what it may cost: a result within its limits, or the door's own error; nothing else.

`Door.make` gives the same input for the same random numbers, `Door.knock` True where it was taken and False
where it was refused. Whatever else a door raises, and a result beyond its limits, is a fault.
"""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from tests.fuzz import seeds
from tests.fuzz.mutations import EDGES, mutated

SMALL = 2_000_000  # pixels allowed in most runs, so that many files fit into one
FULL = 0.01  # share of pictures that meet the limits that visitors meet
LETTERS = (
    "aZ09 \t\n\r\0\x1b\x7f\x85\u00ad\u034f\u200b\u200d\u202e\u2066\u2028\u2800\u3164\ufeff\ufffd\ud800\uffff"
    "é\u0301ẞßıİſﬁΣςжابहिक्ष日本\U0001f468\U0001f3fd\U000e0067\U0010ffff<>&\"'`=+-@|;,:{}[]()$%#!?*\\/.~^"
)
MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "](javascript:alert(1))", "$\\sqrt{}$",
    ":red[x]", "../../etc/passwd", "' OR 1=1 --", "=cmd|'/c calc'!A1", "{{7*7}}", "%s%n%x", "\\u202e",
    "\x1b[31m", "NaN", "1e999", ":material/home:", "![x](/x.png)", "&lt;b&gt;", "a" * 3_000,
)  # fmt: skip


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


def _files(kind: str) -> Callable[[Random], bytes]:
    return lambda random: mutated(seeds.SEEDS[kind](), random)


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


def _make_picture(random: Random) -> tuple[bytes, int]:
    return _files("pictures")(random), 40_000_000 if random.random() < FULL else SMALL


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


def _make_lesson(random: Random) -> bytes:
    """The zip with changed bytes, or whole with other values in its list and other numbers behind it."""
    data = random.choice(seeds.lessons())
    if random.random() < 0.4:
        return mutated(seeds.lessons(), random)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice(list(inside))
    if name.endswith("json") or random.random() < 0.5:
        facts = json.loads(inside["lesson.json"])
        inside["lesson.json"] = json.dumps(_changed_json(facts, random)).encode()
    else:
        inside[name] = mutated([inside[name]], random)
    if random.random() < 0.8:  # so that the door behind the first one is tried
        from hashlib import sha256

        listed = inside["lesson.json"].decode()
        old = sha256(data and _numbers_of(data)).hexdigest()
        inside["lesson.json"] = listed.replace(old, sha256(inside["lesson.safetensors"]).hexdigest()).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for each, content in inside.items():
            archive.writestr(each, content)
    return file.getvalue()


def _numbers_of(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("lesson.safetensors")


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


def _make_table(random: Random) -> bytes:
    if random.random() < 0.3:
        return mutated(seeds.tables(), random)
    lines = [line.split(",") for line in seeds.tables()[0].decode().splitlines()]
    for _ in range(random.randrange(6)):
        line = random.choice(lines)
        change = random.randrange(4)
        if change == 0:
            line[random.randrange(len(line) or 1) : 1] = [words(random)]
        elif change == 1 and line:
            line[random.randrange(len(line))] = random.choice(
                ("", "-0", "1e308", "٣", '"', "1,5", words(random))
            )
        elif change == 2:
            lines += [list(line) for _ in range(random.choice((1, 2, 2_000)))]
        else:
            random.shuffle(line)
    text = random.choice(("\n", "\r\n", "\r")).join(random.choice(",;\t,").join(line) for line in lines)
    return text.encode(random.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252")), "replace")


def words(random: Random) -> str:
    """What somebody may type or paste."""
    if random.random() < 0.3:
        return random.choice(MARKUP)
    return "".join(random.choices(LETTERS, k=random.choice((0, 1, 2, 5, 20, 60, 61, 200))))


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


def _make_round(random: Random) -> tuple[Any, ...]:
    numbers = (0, 1, -1, 0.5, 5, math.nan, math.inf, -math.inf, 1e308, 5e-324, True)
    yours, machine, of = (random.choice(numbers) for _ in "abc")
    ticket = random.choice((words(random), random.randbytes(12).hex()))
    return words(random), "faces", ticket, yours, random.choice((None, machine)), of, random.random() < 0.5


def _flaps(made: tuple[Any, ...]) -> bool:
    """A game of Flappy Bird as a browser may report it."""
    from dlintro_demos.flappy_bird.referee import ImpossibleGame, replay

    try:
        return replay(*made) >= 0
    except ImpossibleGame as refusal:
        return _refused(refusal)


def _make_flaps(random: Random) -> tuple[Any, ...]:
    flaps = sorted(random.choices(range(400), k=random.randrange(40)))
    if random.random() < 0.5:
        flaps += random.choices((-1, 0, 10**9, 1 << 70, 3), k=random.choice((1, 3, 20_000)))
    return random.choice((0, 7, 10_000)), flaps, random.choice((0, 1, 100, 5_000, -1, 1 << 40))


def _message(data: bytes) -> bool:
    from dlintro_demos.gallery.ui.messages import OF_A_PAGE, kind_of

    return kind_of(data) in OF_A_PAGE


def _make_message(random: Random) -> bytes:
    from streamlit.proto.BackMsg_pb2 import BackMsg

    message = BackMsg()
    message.rerun_script.query_string = words(random).encode("utf-8", "ignore").decode()
    message.rerun_script.page_name = random.choice(("", "faces", "../x"))
    state = message.rerun_script.widget_states.widgets.add()
    state.id, state.json_value = "x", json.dumps(_changed_json({"a": [1]}, random))
    other = BackMsg()
    other.file_urls_request.file_names.append("a")
    return mutated([message.SerializeToString(), other.SerializeToString()], random)


def _out_of_order(random: Random) -> bytes:
    """Whole messages that no page would send now."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    message = BackMsg()
    kind = random.choice(BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields)
    if kind.message_type is None:
        setattr(message, kind.name, True)
    else:
        getattr(message, kind.name).SetInParent()
    if kind.name == "rerun_script":
        message.rerun_script.page_script_hash = words(random).encode("utf-8", "replace").decode()
        message.rerun_script.fragment_id = random.choice(("", "x" * 10_000))
        state = message.rerun_script.widget_states.widgets.add()
        state.id = "$$ID-0-" * (random.random() < 0.7) + words(random).encode("utf-8", "replace").decode()
        state.double_value = math.nan
    if kind.name == "backend_operation_request":
        message.backend_operation_request.deferred_file.file_id = "x"
    if kind.name == "file_urls_request":
        message.file_urls_request.file_names.extend(["x"] * random.choice((1, 5_000)))
    return message.SerializeToString()


SPECIAL_MESSAGES = (
    _make_message,
    _out_of_order,
    lambda random: random.randbytes(random.choice((0, 1, 50, 70_000))),
)


def _changed_json(value: Any, random: Random) -> Any:
    """A few values somewhere inside exchanged for others."""
    for _ in range(random.randrange(3)):
        value = _with_change(value, random)
    return value


def _with_change(value: Any, random: Random) -> Any:
    if random.random() < 0.75 and isinstance(value, dict) and value:
        key = random.choice(list(value))
        if random.random() < 0.1:
            return {each: inside for each, inside in value.items() if each != key}
        return {**value, key: _with_change(value[key], random)}
    if random.random() < 0.75 and isinstance(value, list) and value:
        place = random.randrange(len(value))
        if random.random() < 0.1:
            return value * random.choice((0, 2, 400))
        return [*value[:place], _with_change(value[place], random), *value[place + 1 :]]
    return json_value(random)


def json_value(random: Random) -> Any:
    """Any value that JSON has, and some that it has not."""
    return random.choice(
        (
            None, True, False, 0, -1, 1.5, 1e308, math.nan, math.inf, 10**30, *EDGES, "", words(random), [],
            {}, [[]], {"": None}, [1, "a"], {"x": {"y": []}}, "0" * 9216, [0] * 500,
        )
    )  # fmt: skip


def _refused(refusal: Exception) -> bool:
    """Said in words, of a length that a page can show."""
    assert 10 < len(str(refusal)) < 600, f"{len(str(refusal))} characters"
    return False


DOORS = (
    Door(
        name="pictures",
        contained=True,
        weight=8,
        make=_make_picture,
        knock=_picture,
        seconds=8.0,
        megabytes=900,
    ),
    Door(
        name="videos",
        contained=True,
        weight=5,
        make=_files("videos"),
        knock=_video,
        seconds=10.0,
        megabytes=600,
    ),
    Door(
        name="sounds",
        contained=True,
        weight=5,
        make=_files("sounds"),
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
    Door(name="archives", make=_files("archives"), knock=_archive, seconds=2.0, megabytes=100),
    Door(name="albums", make=_files("archives"), knock=_album, seconds=3.0, megabytes=300),
    Door(name="lessons", make=_make_lesson, knock=_lesson, seconds=3.0, megabytes=150),
    Door(name="sidecars", make=_files("sidecars"), knock=_sidecar, seconds=2.0, megabytes=100),
    Door(name="tables", make=_make_table, knock=_table, seconds=2.0, megabytes=100),
    Door(name="names", make=words, knock=_name, seconds=1.0, megabytes=50),
    Door(
        name="PINs and codes",
        make=lambda random: (words(random), f"203.0.113.{random.randrange(256)} {words(random)}"),
        knock=_code,
        seconds=1.0,
        megabytes=50,
    ),
    Door(name="forged rounds", make=_make_round, knock=_round, seconds=1.0, megabytes=50),
    Door(name="forged games", make=_make_flaps, knock=_flaps, seconds=3.0, megabytes=50),
    Door(name="messages", make=_make_message, knock=_message, seconds=1.0, megabytes=50),
)
