"""What is brought to the doors: the same for the same random numbers."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

from tests.fuzz import seeds
from tests.fuzz.mutations import EDGES, mutated

LETTERS = (
    "aZ09 \t\n\r\0\x1b\x7f\x85\u00ad\u034f\u200b\u200d\u202e\u2066\u2028\u2800\u3164\ufeff\ufffd\ud800\uffff"
    "é\u0301ẞßıİſﬁΣςжابहिक्ष日本\U0001f468\U0001f3fd\U000e0067\U0010ffff<>&\"'`=+-@|;,:{}[]()$%#!?*\\/.~^"
)
MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "](javascript:alert(1))", "$\\sqrt{}$",
    ":red[x]", "../../etc/passwd", "' OR 1=1 --", "=cmd|'/c calc'!A1", "{{7*7}}", "%s%n%x", "\\u202e",
    "\x1b[31m", "NaN", "1e999", ":material/home:", "![x](/x.png)", "&lt;b&gt;", "a" * 3_000,
)  # fmt: skip
SMALL = 2_000_000  # pixels allowed in most runs, so that many files fit into one
FULL = 0.01  # share of pictures that meet the limits that visitors meet


def files(kind: str) -> Callable[[Random], bytes]:
    """A maker of changed seeds of a kind."""
    return lambda random: mutated(seeds.SEEDS[kind](), random)


def make_picture(random: Random) -> tuple[bytes, int]:
    """A picture, and how many pixels it may have."""
    return files("pictures")(random), 40_000_000 if random.random() < FULL else SMALL


def make_lesson(random: Random) -> bytes:
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


def make_table(random: Random) -> bytes:
    """A CSV with other cells, lines, signs and encodings."""
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


def make_round(random: Random) -> tuple[Any, ...]:
    """A round of a game that nobody played."""
    numbers = (0, 1, -1, 0.5, 5, math.nan, math.inf, -math.inf, 1e308, 5e-324, True)
    yours, machine, of = (random.choice(numbers) for _ in "abc")
    ticket = random.choice((words(random), random.randbytes(12).hex()))
    return words(random), "faces", ticket, yours, random.choice((None, machine)), of, random.random() < 0.5


def make_flaps(random: Random) -> tuple[Any, ...]:
    """Flaps of a flight, most of them none that a person could fly."""
    flaps = sorted(random.choices(range(400), k=random.randrange(40)))
    if random.random() < 0.5:
        flaps += random.choices((-1, 0, 10**9, 1 << 70, 3), k=random.choice((1, 3, 20_000)))
    return random.choice((0, 7, 10_000)), flaps, random.choice((0, 1, 100, 5_000, -1, 1 << 40))


def make_message(random: Random) -> bytes:
    """What a page's websocket is sent, with bytes changed."""
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
    make_message,
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
