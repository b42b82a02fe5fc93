"""Zip archives of strangers: what comes out of them, what is said of the rest, and how little is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from dlintro_demos.gallery.intake import archive
from dlintro_demos.gallery.intake.archive import (
    ArchiveError,
    ArchiveLimits,
    ArchiveTooLarge,
    Entry,
    is_zip,
    read_zip,
    safe_name,
)

LIMITS = ArchiveLimits(max_bytes=5_000, max_total=20_000)


def zipped(*files, way=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", way) as made:
        for name, data in files:
            made.writestr(name, data)
    return buffer.getvalue()


def read(data, limits=LIMITS, **options):
    return list(read_zip(data, limits=limits, **options))


def problem_of(data, limits=LIMITS):
    (entry,) = read(data, limits)
    assert entry.data == b""
    return entry.problem


def test_files_come_with_their_bytes_in_the_order_of_the_archive():
    entries = read(zipped(("in/b.txt", b"two"), ("a.txt", b"one")))
    assert entries == [
        Entry(name="b.txt", path="in/b.txt", data=b"two", unpacked=3),
        Entry(name="a.txt", path="a.txt", data=b"one", unpacked=3),
    ]


def test_what_goes_in_to_take_home_comes_out_again():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        archive.add(made, "a.txt", b"hello")
    assert is_zip(file.getvalue())
    assert [(each.path, each.data) for each in read(file.getvalue())] == [("a.txt", b"hello")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.jpg", "a.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ("a\x00\n\u202eb.jpg", "ab.jpg"),
        ("<b>x|y.jpg", "bxy.jpg"),
        ("..", "file"),
        ("", "file"),
        ("Zoë 花.jpg", "Zoë 花.jpg"),
        ("x" * 300 + ".jpg", "x" * 76 + ".jpg"),
        ("x" * 100 + "." + "y" * 79, "y" * 79),  # shortened, it is not a hidden file
    ],
)
def test_a_name_cannot_lead_out_of_a_folder(given, kept):
    assert safe_name(given) == kept


def test_what_systems_put_into_archives_is_passed_over():
    files = (("__MACOSX/a.jpg", b"1"), (".DS_Store", b"2"), ("folder/", b""), ("folder/a.jpg", b"3"))
    assert [each.path for each in read(zipped(*files))] == ["folder/a.jpg"]


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_cannot_be_unpacked_bit_by_bit_is_refused(way):
    assert problem_of(zipped(("a", b"x"), way=way)) == "is packed in a rare way. Zip the files again."


def test_an_archive_in_an_archive_is_not_opened():
    inner = zipped(("a.jpg", b"x"))
    assert problem_of(zipped(("b.zip", inner))) == "is an archive in an archive. Unpack it first."


def test_a_password_is_told_from_damage():
    data = bytearray(zipped(("a.jpg", b"x")))
    data[data.index(b"PK\1\2") + 8] |= 1
    assert problem_of(bytes(data)) == "has a password. Zip the files without one."


def test_a_file_larger_than_the_limit_is_told_and_hardly_unpacked():
    bomb, small = read(zipped(("bomb", bytes(1_000_000)), ("a", b"x")), ArchiveLimits(max_bytes=2**17))
    assert (bomb.data, bomb.problem) == (b"", "is larger than 0.125 MB, which is the limit.")
    assert bomb.unpacked == 2**17 + 1
    assert small.data == b"x"


def test_a_file_squeezed_more_than_files_are_is_not_unpacked():
    (bomb,) = read(zipped(("bomb.bmp", bytes(4 * 2**20))), ArchiveLimits())
    assert bomb.problem.startswith("is squeezed more than files like it are")
    assert bomb.unpacked == 2**20 + 1


def test_a_file_squeezed_beyond_the_ratio_is_told_though_its_header_claims_much():
    data = zipped(("bomb.bmp", bytes(4 * 2**20)))
    entry = data.index(b"PK\1\2")
    claims = data[: entry + 20] + struct.pack("<I", 2**31) + data[entry + 24 :]
    assert problem_of(claims, ArchiveLimits()) != ""


@pytest.mark.parametrize("claimed", [100, 2**31])
def test_a_header_that_lies_about_the_size_does_not_help(claimed):
    data = zipped(("bomb.jpg", bytes(1_000_000)))
    lying = data.replace((1_000_000).to_bytes(4, "little"), claimed.to_bytes(4, "little"))
    (entry,) = read(lying, ArchiveLimits(max_bytes=5_000, max_total=2**20))
    assert entry.problem
    assert entry.unpacked <= 5_001 + archive.STEP


def test_more_in_all_than_the_limit_stops_with_the_file_that_passes_it():
    entries = read_zip(zipped(*((f"{n}.jpg", b"%d" % n * 4_000) for n in range(9))), limits=LIMITS)
    assert [next(entries).name for _ in range(5)] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg"]
    with pytest.raises(ArchiveTooLarge, match=r"which is the limit: 5\.jpg and the rest left out"):
        next(entries)


def test_bytes_that_went_to_other_files_count_too():
    with pytest.raises(ArchiveTooLarge, match=r"^More than 0\.0191 MB"):
        read(zipped(("a", b"x" * 11)), already=LIMITS.max_total - 10)
    assert len(read(zipped(("a", b"x" * 10)), already=LIMITS.max_total - 10)) == 1


def test_damaged_files_count_too_so_that_they_do_not_keep_the_gallery_busy():
    data = zipped(*((f"{n}.jpg", b"%d" % n * 1_000) for n in range(9)), way=zipfile.ZIP_STORED)
    for number in range(9):
        data = data.replace(b"%d" % number * 1_000, b"x" * 1_000)
    entries = read_zip(data, limits=ArchiveLimits(max_total=2 * archive.STEP))
    assert [next(entries).problem for _ in range(2)] == [archive.DAMAGED] * 2
    with pytest.raises(ArchiveTooLarge):
        next(entries)


def test_an_archive_of_too_many_files_is_not_unpacked_and_folders_count():
    many = zipped(*((f"{n}/", b"") for n in range(2)), ("a.jpg", b"x"))
    with pytest.raises(ArchiveError, match=r"^The archive holds 3 files; the limit is 2\."):
        read(many, ArchiveLimits(max_entries=2))


@pytest.mark.parametrize(
    "data", [b"", b"PK\3\4 and no more", zipped(("a.jpg", b"x"))[:60]], ids=["nothing", "begun", "cut off"]
)
def test_what_is_no_archive_or_a_part_of_one_is_refused(data):
    with pytest.raises(ArchiveError, match=r"^The archive is damaged and cannot be opened"):
        read(data)


def test_no_changed_byte_of_an_archive_raises_anything_else():
    data = zipped(("a.jpg", bytes(range(100))))
    for place in range(len(data)):
        for flip in (0x01, 0x80, 0xFF):
            broken = bytearray(data)
            broken[place] ^= flip
            try:
                entries = read(bytes(broken))
            except ArchiveError:
                continue
            assert all(each.problem or each.data == bytes(range(100)) for each in entries)


def test_no_message_quotes_what_a_name_hides():
    hostile = "../\x1b[31m<script>\u202e\u2028.jpg"
    with pytest.raises(ArchiveTooLarge, match=r"limit: \[31mscript\.jpg and the rest"):
        read(zipped((hostile, b"x" * 4_000)), ArchiveLimits(max_total=100))
