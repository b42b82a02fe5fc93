"""Lessons as files: what goes out comes back, and what anybody may have made is refused with a reason."""

import hashlib
import io
import json
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save as tensors

from dlintro_demos.gallery.intake.images import decode_image, encode_jpeg, encode_png
from dlintro_demos.teach_a_child.lesson import FEATURES, MOST_CLASSES, MOST_EXAMPLES, Lesson, Seen, teach
from dlintro_demos.teach_a_child.lesson_file import (
    MOST_BYTES,
    MOST_ENTRIES,
    MOST_LISTED,
    LessonFileError,
    load,
    save,
)

rng = np.random.default_rng(5)
PIXELS = rng.integers(0, 256, (96, 96, 3)).astype(np.uint8)
FACTS, NUMBERS, FIRST = "lesson.json", "lesson.safetensors", "pictures/0000.jpg"


def seen(number, *, thumbnail=b"", alt="your picture"):
    row = np.random.default_rng(number).random(FEATURES).astype(np.float32)
    key = hashlib.sha256(str(number).encode()).hexdigest()
    return Seen(key=key, embedding=row / np.linalg.norm(row), thumbnail=thumbnail, alt=alt)


def a_lesson():
    """Five examples; "cub" was a slip of the pen, said once and corrected since."""
    smooth = encode_jpeg(np.full((96, 96, 3), (200, 90, 30), np.uint8))
    lesson = teach(Lesson(), {seen(0, thumbnail=smooth): None}, "cub")
    lesson = teach(lesson, {seen(1, thumbnail=smooth, alt="a red ball"): "cub"}, "Bäll 球")
    lesson = teach(lesson, {seen(2, thumbnail=encode_jpeg(PIXELS)): None}, "Bäll 球")
    lesson = teach(lesson, {seen(3): "Bäll 球"}, "<b>x</b> [y](z)")
    return teach(lesson, {seen(0, thumbnail=smooth): None}, "cup")


LESSON = a_lesson()
SAVED = save(LESSON, "mean", pictures=True)


def told(lesson):
    return [(each.seen.key, each.name, each.said, each.right) for each in lesson.examples]


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(inside, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in inside.items():
            archive.writestr(name, data)
    return file.getvalue()


def changed(path, value, *, pictures=False):
    """A saved lesson with one thing in its list changed, or left out where `value` is `...`."""
    inside = unpacked(save(LESSON, "mean", pictures=pictures))
    facts = json.loads(inside[FACTS])
    place = facts
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return packed(inside | {FACTS: json.dumps(facts).encode()})


def with_numbers(data):
    """A saved lesson with other numbers, and the list's fingerprint of them made to fit."""
    inside = unpacked(save(LESSON, "mean", pictures=False))
    facts = json.loads(inside[FACTS]) | {"sha256": hashlib.sha256(data).hexdigest()}
    return packed(inside | {FACTS: json.dumps(facts).encode(), NUMBERS: data})


def with_file(name, data):
    return packed(unpacked(SAVED) | {name: data})


def with_embeddings(change):
    rows = LESSON.embeddings.copy()
    return with_numbers(tensors({"embeddings": change(rows)}))


def with_value(value):
    def change(rows):
        rows[1, 7] = value
        return rows

    return with_embeddings(change)


def with_names(*names):
    """A lesson of as many examples as names."""
    inside = unpacked(save(LESSON, "mean", pictures=False))
    facts = json.loads(inside[FACTS])
    keys = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(len(names))]
    made = [
        {"key": key, "name": name, "said": None, "right": None} for key, name in zip(keys, names, strict=True)
    ]
    numbers = tensors({"embeddings": np.stack([seen(number).embedding for number in range(len(names))])})
    digest = hashlib.sha256(numbers).hexdigest()
    facts |= {"names": list(dict.fromkeys(names)), "former": [], "examples": made, "sha256": digest}
    return packed({FACTS: json.dumps(facts).encode(), NUMBERS: numbers})


def password_protected():
    """The flag that says so, in both headers of the first file."""
    data = bytearray(save(LESSON, "mean", pictures=False))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def bit_flipped():
    data = bytearray(save(LESSON, "mean", pictures=False))
    data[data.index(b"embeddings") + 5000] ^= 1
    return bytes(data)


def two_of_one_name():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(FACTS, b"{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(FACTS, b"{}")
    return file.getvalue()


def lying_about_size():
    """A megabyte of zeros for each of its bytes, unpacked to more than is said."""
    data = bytearray(packed({FACTS: b"\0" * (MOST_BYTES + 1)}, zipfile.ZIP_DEFLATED))
    for start in (22, data.index(b"PK\1\2") + 24):
        data[start : start + 4] = struct.pack("<I", 100)
    return bytes(data)


def progressive_jpeg():
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "JPEG", progressive=True)
    return file.getvalue()


def big_jpeg(width, height):
    return encode_jpeg(np.zeros((height, width, 3), np.uint8))


ANOTHER = "another program"
HOSTILE = {
    "nothing": (lambda: b"", "not a lesson"),
    "a picture": (lambda: encode_jpeg(PIXELS), "not a lesson"),
    "the first half": (lambda: save(LESSON, "mean", pictures=False)[:9000], "not a lesson"),
    "an empty zip": (lambda: packed({}), ANOTHER),
    "somebody's zip": (lambda: packed({"a.txt": b"hello"}), ANOTHER),
    "somebody's list": (lambda: packed({FACTS: b'{"format": "x"}'}), ANOTHER),
    "a list that is a number": (lambda: packed({FACTS: b"7"}), ANOTHER),
    "too large": (lambda: b"PK\3\4" + bytes(MOST_BYTES), "16.0 MB; the limit is 16 MB"),
    "large when unpacked": (
        lambda: packed({FACTS: bytes(MOST_BYTES // 2), "b": bytes(MOST_BYTES)}, zipfile.ZIP_DEFLATED),
        "Unpacked, the file has more than 16 MB",
    ),
    "a size that lies": (lying_about_size, "damaged"),
    "too many files": (lambda: packed({str(each): b"" for each in range(MOST_ENTRIES + 1)}), "limit"),
    "a password": (password_protected, "password"),
    "a rare packing": (lambda: packed({FACTS: b"{}"}, zipfile.ZIP_LZMA), "rare way"),
    "two of one name": (two_of_one_name, "same name"),
    "a flipped bit": (bit_flipped, "damaged"),
    "a stranger's file": (lambda: with_file("evil.py", b"import os"), "belongs to no lesson"),
    "a path that climbs": (lambda: with_file("../../x", b""), "belongs to no lesson"),
    "a picture of no example": (lambda: with_file("pictures/0005.jpg", b""), "belongs to no lesson"),
    "no numbers": (
        lambda: packed({FACTS: unpacked(save(LESSON, "mean", pictures=False))[FACTS]}),
        "What was learned is missing",
    ),
    "broken JSON": (lambda: with_file(FACTS, b'{"format": '), "cannot be read"),
    "JSON in Latin-1": (lambda: with_file(FACTS, '{"format": "ä"}'.encode("latin-1")), "cannot be read"),
    "deep JSON": (lambda: with_file(FACTS, b"[" * 500_000), "cannot be read"),
    "a number without end": (lambda: with_file(FACTS, b"1" * 100_000), "cannot be read"),
    "long JSON": (lambda: with_file(FACTS, b" " * (MOST_LISTED + 1)), "more than 2 MB"),
    "a newer gallery's": (
        lambda: changed(["version"], 3),
        "made by a newer gallery: version 3, this one reads 1",
    ),
    "version 0": (lambda: changed(["version"], 0), "no gallery has made that version"),
    "version true": (lambda: changed(["version"], True), '"version" is missing or is not'),
    "a version of many digits": (lambda: changed(["version"], 10**4000), "no gallery"),
    "no head": (lambda: changed(["head"], ...), '"head" is missing'),
    "an unknown head": (lambda: changed(["head"], "__class__"), "way of learning"),
    "a list as head": (lambda: changed(["head"], []), '"head" is missing or is not'),
    "names that are a word": (lambda: changed(["names"], "cup"), '"names" is missing or is not'),
    "a name that is a number": (lambda: changed(["names", 0], 7), "nobody can type"),
    "an empty name": (lambda: with_names("cup", ""), "nobody can type"),
    "a long name": (lambda: with_names("cup", "x" * 61), "nobody can type"),
    "a name of spaces": (lambda: with_names("cup", " a  b"), "nobody can type"),
    "a name that turns its letters": (lambda: with_names("cup", "a\u202eb"), "nobody can type"),
    "half a letter as name": (lambda: with_names("cup", "\ud800"), "nobody can type"),
    "a decomposed name": (lambda: with_names("cup", "a\u0308"), "nobody can type"),
    "a strange former name": (lambda: changed(["former", 0], "a\nb"), "nobody can type"),
    "former names without end": (lambda: changed(["former"], ["x"] * 501), "more names than examples"),
    "names but for capitals": (lambda: with_names("Straße", "STRASSE"), "but for capitals"),
    "nine names": (lambda: with_names(*map(str, range(MOST_CLASSES + 1))), "9 names; the limit is 8"),
    "names in another order": (lambda: changed(["names"], LESSON.names[::-1]), "the order"),
    "a name without examples": (lambda: changed(["names"], [*LESSON.names, "more"]), "the order"),
    "no examples": (lambda: changed(["examples"], []), "0 examples, not 1 to 500"),
    "501 examples": (lambda: with_names(*["cup"] * (MOST_EXAMPLES + 1)), "501 examples, not 1 to 500"),
    "an example that is a list": (lambda: changed(["examples", 1], []), "an example is not"),
    "a name that is not among them": (lambda: changed(["examples", 1, "name"], "dog"), "not among its names"),
    "an answer that is not among them": (
        lambda: changed(["examples", 1, "said"], "dog"),
        "not among its names",
    ),
    "an answer that is a number": (
        lambda: changed(["examples", 1, "said"], 3),
        '"said" is missing or is not',
    ),
    "no answer": (lambda: changed(["examples", 1, "said"], ...), '"said" is missing'),
    "right as a number": (lambda: changed(["examples", 1, "right"], 1), '"right" is missing or is not'),
    "no key": (lambda: changed(["examples", 1, "key"], ...), '"key" is missing'),
    "a key in capitals": (lambda: changed(["examples", 1, "key"], "A" * 64), '"key" is not'),
    "a key with a line's end": (lambda: changed(["examples", 1, "key"], "a" * 64 + "\n"), '"key" is not'),
    "a picture twice": (
        lambda: changed(["examples", 1, "key"], LESSON.examples[0].seen.key),
        "in the lesson twice",
    ),
    "a long description": (lambda: changed(["examples", 1, "alt"], "x" * 501), '"alt" is not'),
    "a description with controls": (lambda: changed(["examples", 1, "alt"], "a\x1b[2J"), '"alt" is not'),
    "other numbers": (lambda: changed(["sha256"], "0" * 64), "the file was changed"),
    "no safetensors": (lambda: with_numbers(b"hello"), "cannot be read"),
    "a pickle": (lambda: with_numbers(b"\x80\x04K\x01."), "cannot be read"),
    "a header without end": (lambda: with_numbers(struct.pack("<Q", 2**63) + b"{}"), "cannot be read"),
    "a tensor beyond the file": (
        lambda: with_numbers(
            struct.pack("<Q", 70)
            + b'{"embeddings":{"dtype":"F32","shape":[4,1280],"data_offsets":[0,20480]}}'[:70]
        ),
        "cannot be read",
    ),
    "another name in it": (lambda: with_numbers(tensors({"x": LESSON.embeddings})), "not 1280 numbers"),
    "one tensor more": (
        lambda: with_numbers(tensors({"embeddings": LESSON.embeddings, "x": np.zeros(3)})),
        "not 1280 numbers",
    ),
    "one row less": (lambda: with_embeddings(lambda rows: rows[1:]), "not 1280 numbers for each of 4"),
    "one column less": (lambda: with_embeddings(lambda rows: rows[:, :-1].copy()), "not 1280 numbers"),
    "another shape": (lambda: with_embeddings(lambda rows: rows[None]), "not 1280 numbers"),
    "doubles": (lambda: with_embeddings(lambda rows: rows.astype(np.float64)), "not 1280 numbers"),
    "not a number": (lambda: with_value(np.nan), "that no picture gives"),
    "infinity": (lambda: with_value(np.inf), "that no picture gives"),
    "numbers too large to square": (lambda: with_value(3e38), "that no picture gives"),
    "a row of zeros": (lambda: with_embeddings(lambda rows: rows * 0), "that no picture gives"),
    "rows a little too long": (lambda: with_embeddings(lambda rows: rows * 1.01), "that no picture gives"),
    "a PNG": (
        lambda: with_file(FIRST, encode_png(PIXELS)),
        "picture of example 1 in the file is not a small",
    ),
    "no picture": (lambda: with_file(FIRST, b"\xff\xd8\xff\xda"), "not a small JPEG"),
    "half a picture": (lambda: with_file(FIRST, encode_jpeg(PIXELS)[:2000]), "not a small JPEG"),
    "a wide picture": (lambda: with_file(FIRST, big_jpeg(257, 4)), "not a small JPEG"),
    "a picture of many bytes": (
        lambda: with_file(FIRST, encode_jpeg(PIXELS) + bytes(2**15)),
        "at most 32 kB",
    ),
    "a picture of many scans": (lambda: with_file(FIRST, progressive_jpeg()), "not a small JPEG"),
}


@pytest.mark.parametrize("head", ["mean", "neighbours", "logistic"])
@pytest.mark.parametrize("pictures", [False, True])
def test_a_lesson_comes_back_as_it_was(head, pictures):
    lesson, again = load(save(LESSON, head, pictures=pictures))
    assert again == head
    assert lesson.names == LESSON.names == ("Bäll 球", "<b>x</b> [y](z)", "cup")
    assert told(lesson) == told(LESSON)
    assert lesson.embeddings.tobytes() == LESSON.embeddings.tobytes()
    assert lesson.embeddings.dtype == np.float32


def test_what_the_machine_said_stays_although_nothing_has_that_name_any_more():
    lesson, _ = load(save(LESSON, "mean", pictures=False))
    assert "cub" not in lesson.names
    assert lesson.examples[0].said == "cub"


def test_a_loaded_lesson_goes_on():
    lesson, _ = load(save(LESSON, "mean", pictures=False))
    assert told(teach(lesson, {seen(9): "cup"}, "CUP")) == told(teach(LESSON, {seen(9): "cup"}, "CUP"))


def test_without_pictures_no_picture_and_no_description_is_in_the_file():
    data = save(LESSON, "mean", pictures=False)
    assert sorted(unpacked(data)) == [FACTS, NUMBERS]
    assert b"\xff\xd8\xff" not in data
    assert b"a red ball" not in data
    lesson, _ = load(data)
    assert {each.seen.thumbnail for each in lesson.examples} == {b""}
    assert {each.seen.alt for each in lesson.examples} == {"your picture"}


def test_pictures_come_back_small_and_drawn_anew():
    lesson, _ = load(SAVED)
    assert [each.seen.alt for each in lesson.examples] == [each.seen.alt for each in LESSON.examples]
    for one, other in zip(lesson.examples, LESSON.examples, strict=True):
        assert bool(one.seen.thumbnail) == bool(other.seen.thumbnail)
        if one.seen.thumbnail:
            new, old = decode_image(one.seen.thumbnail).rgb, decode_image(other.seen.thumbnail).rgb
            assert new.shape == (96, 96, 3)
            assert (
                np.abs(new.astype(int) - old).mean() < 10
            )  # of 255, for noise; another picture would be 80 away


def test_what_a_picture_carries_beside_its_pixels_does_not_come_in():
    data = encode_jpeg(PIXELS)
    note = b"<script>GPS 48.1</script>"
    marked = data[:2] + b"\xff\xfe" + struct.pack(">H", len(note) + 2) + note + data[2:]
    lesson, _ = load(with_file(FIRST, marked))
    assert note not in lesson.examples[0].seen.thumbnail


def test_a_picture_of_another_size_is_made_one_of_ours():
    lesson, _ = load(with_file(FIRST, big_jpeg(200, 100)))
    assert decode_image(lesson.examples[0].seen.thumbnail).rgb.shape == (96, 96, 3)


@pytest.mark.parametrize("pictures", [False, True])
def test_the_same_lesson_gives_the_same_bytes(pictures):
    assert save(LESSON, "mean", pictures=pictures) == save(a_lesson(), "mean", pictures=pictures)


def test_a_lesson_zipped_anew_by_the_visitor_still_opens():
    anew = unpacked(SAVED) | {"__MACOSX/._lesson.json": b"what a Mac adds"}
    lesson, _ = load(packed(anew, zipfile.ZIP_DEFLATED))
    assert told(lesson) == told(LESSON)


def test_the_largest_lesson_is_within_the_limits():
    lesson, picture, alt = Lesson(), encode_jpeg(PIXELS), "ö" * 300
    for number in range(MOST_CLASSES):
        count = MOST_EXAMPLES // MOST_CLASSES + (number < MOST_EXAMPLES % MOST_CLASSES)
        some = {seen(1000 * number + each, thumbnail=picture, alt=alt): None for each in range(count)}
        lesson = teach(lesson, some, f"{number}" + "球" * 59)
    data = save(lesson, "logistic", pictures=True)
    assert len(lesson.examples) == MOST_EXAMPLES
    assert len(data) < MOST_BYTES
    again, _ = load(data)
    assert told(again) == told(lesson)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_lesson_is_refused_and_says_why(name):
    make, says = HOSTILE[name]
    with pytest.raises(LessonFileError, match=r"\.$") as caught:
        load(make())
    assert says in str(caught.value)
    assert len(str(caught.value)) < 250


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 10**6), value=st.integers(1, 255), cut=st.booleans())
def test_no_damaged_byte_gives_anything_but_a_lesson_or_a_reason(place, value, cut):
    data = bytearray(SAVED)
    place %= len(data)
    data[place] ^= value
    try:
        lesson, _ = load(bytes(data[:place] if cut else data))
    except LessonFileError:
        return
    assert lesson.names == LESSON.names
