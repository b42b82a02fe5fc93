"""Many photos at once: what is taken out of files and archives, and what is said about the rest."""

from __future__ import annotations

import io
import weakref
import zipfile

import numpy as np
import pytest

from dlintro_demos.faces import album
from dlintro_demos.faces.album import Album, read_album, safe_name, unpack
from dlintro_demos.faces.face import PhotoFaces
from dlintro_demos.gallery.intake.images import ImageLimits, decode_image, encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

LIMITS = ImageLimits(max_bytes=5_000)


def photo(shade=100, width=40):
    return encode_jpeg(np.full((30, width, 3), shade, np.uint8))


def zipped(*files, way=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", way) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def nobody(key, rgb):
    yield Progress(0, 1)
    height, width = rgb.shape[:2]
    yield PhotoFaces(key=key, width=width, height=height, faces=(), stages=(), seconds={}, device="cpu")


def read(files, analyse=nobody):
    *_, result = read_album(files, analyse, ImageLimits())
    assert isinstance(result, Album)
    return result


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.jpg", "a.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\a.jpg", "a.jpg"),
        ("a\x00\n\u202eb.jpg", "ab.jpg"),
        ("<b>x|y.jpg", "bxy.jpg"),
        ("..", "photo"),
        ("", "photo"),
        ("Zoë 花.jpg", "Zoë 花.jpg"),
    ],
)
def test_a_name_cannot_lead_out_of_a_folder(given, kept):
    assert safe_name(given) == kept


def test_a_long_name_keeps_its_ending():
    assert safe_name("x" * 300 + ".jpg") == "x" * 76 + ".jpg"


def test_a_shortened_name_is_not_a_hidden_file():
    assert safe_name("x" * 100 + "." + "y" * 79) == "y" * 79


def test_files_and_archives_may_be_mixed():
    photos, said = unpack([("a.jpg", photo(1)), ("b.zip", zipped(("in/c.jpg", photo(2))))], LIMITS)
    assert [name for name, _ in photos] == ["a.jpg", "c.jpg"]
    assert said == []


def test_what_systems_put_into_archives_is_passed_over():
    files = (("__MACOSX/a.jpg", b"1"), (".DS_Store", b"2"), ("folder/", b""), ("a.jpg", photo()))
    assert unpack([("z.zip", zipped(*files))], LIMITS) == ([("a.jpg", photo())], [])


def test_the_same_photo_is_taken_once():
    photos, said = unpack([("a.jpg", photo()), ("b.jpg", photo())], LIMITS)
    assert [name for name, _ in photos] == ["a.jpg"]
    assert said == ["b.jpg is there twice: taken once."]


def test_more_photos_than_the_limit_are_left_out():
    files = [(f"{number}.jpg", b"%d" % number) for number in range(album.MOST_PHOTOS + 5)]
    photos, said = unpack(files, LIMITS)
    assert len(photos) == album.MOST_PHOTOS
    assert said == ["More than 60 photos, which is the limit: 60.jpg and the rest left out."]


def test_more_bytes_than_the_limit_are_left_out(monkeypatch):
    monkeypatch.setattr(album, "MOST_BYTES", 10)
    photos, (sentence,) = unpack([("a", b"123456"), ("b", b"654321"), ("c", b"1")], LIMITS)
    assert [name for name, _ in photos] == ["a"]
    assert "b and the rest left out" in sentence


def test_copies_count_too_so_that_an_archive_of_them_does_not_keep_the_gallery_busy(monkeypatch):
    monkeypatch.setattr(album, "MOST_BYTES", 10)
    photos, said = unpack([(f"{number}", b"1234") for number in range(2000)], LIMITS)
    assert len(photos) == 1
    assert len(said) == 2


def test_a_file_that_unpacks_to_more_than_the_limit_is_left_out():
    photos, said = unpack([("z.zip", zipped(("bomb.jpg", bytes(1_000_000)), ("a.jpg", photo())))], LIMITS)
    assert [name for name, _ in photos] == ["a.jpg"]
    assert "bomb.jpg" in said[0]


def test_a_header_that_lies_about_the_size_does_not_help():
    data = zipped(("bomb.jpg", bytes(1_000_000)))
    lying = data.replace((1_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    photos, said = unpack([("z.zip", lying)], LIMITS)
    assert photos == []
    assert said == ["bomb.jpg is damaged inside z.zip."]


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_that_cannot_be_unpacked_bit_by_bit_is_refused(way):
    photos, said = unpack([("z.zip", zipped(("a.jpg", photo()), way=way))], LIMITS)
    assert (photos, said) == ([], ["a.jpg is packed in a rare way. Zip the photos again."])


def test_an_archive_in_an_archive_is_not_opened():
    photos, said = unpack([("z.zip", zipped(("inner.zip", zipped(("a.jpg", photo())))))], LIMITS)
    assert (photos, said) == ([], ["inner.zip is an archive in an archive. Unpack it first."])


def test_a_password_is_told_from_damage():
    data = bytearray(zipped(("a.jpg", photo())))
    data[data.index(b"PK\1\2") + 8] |= 1
    assert unpack([("z.zip", bytes(data))], LIMITS) == (
        [],
        ["a.jpg has a password. Zip the photos without one."],
    )


def test_an_archive_of_too_many_files_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(album, "MOST_ENTRIES", 2)
    photos, said = unpack([("z.zip", zipped(*((f"{n}.jpg", b"x") for n in range(3))))], LIMITS)
    assert (photos, said) == ([], ["z.zip holds 3 files; the limit is 2. Zip fewer of them."])


def test_a_truncated_archive_is_named_and_the_others_are_read():
    photos, (sentence,) = unpack([("z.zip", zipped(("a.jpg", photo()))[:60]), ("b.jpg", photo())], LIMITS)
    assert [name for name, _ in photos] == ["b.jpg"]
    assert sentence.startswith("z.zip is damaged")


def test_no_changed_byte_of_an_archive_raises():
    data = zipped(("a.jpg", photo()))
    for place in range(len(data)):
        for flip in (0x01, 0x80, 0xFF):
            broken = bytearray(data)
            broken[place] ^= flip
            photos, said = unpack([("z.zip", bytes(broken))], LIMITS)
            assert len(photos) + len(said) <= 1


def test_a_photo_is_kept_as_it_came_with_a_small_preview():
    data = photo(width=2000)
    (kept,) = read([("a.jpg", data)]).photos
    assert kept.original == data
    assert decode_image(kept.preview).width == 1280
    assert (kept.found.width, kept.found.height) == (2000, 30)


def test_a_file_that_is_no_photo_does_not_stop_the_others():
    result = read([("a.txt", b"hello"), ("b.jpg", photo())])
    assert [each.name for each in result.photos] == ["b.jpg"]
    assert len(result.left_out) == 1
    assert result.left_out[0].startswith("a.txt: ")


def test_progress_counts_photos():
    steps = [*read_album([("a", photo(1)), ("b", photo(2))], nobody, ImageLimits())][:-1]
    assert [(step.done, step.total) for step in steps] == [(0, 2), (1, 2)]


def test_an_empty_album_is_an_album():
    assert (read([]).photos, read([]).left_out) == ((), ())


def test_files_squeezed_more_than_a_photo_can_be_are_not_unpacked():
    limits = ImageLimits(max_bytes=20 * 2**20)
    photos, (sentence,) = unpack([("z.zip", zipped(("bomb.bmp", bytes(2 * 2**20))))], limits)
    assert photos == []
    assert sentence.startswith("bomb.bmp is squeezed more than a photo can be")


def test_damaged_files_count_too_so_that_they_do_not_keep_the_gallery_busy(monkeypatch):
    monkeypatch.setattr(album, "MOST_BYTES", 2_500)
    data = zipped(*((f"{number}.jpg", b"%d" % number * 1_000) for number in range(9)), way=zipfile.ZIP_STORED)
    damaged = data.replace(b"3" * 1_000, b"x" * 1_000).replace(b"0" * 1_000, b"y" * 1_000)
    _, said = unpack([("z.zip", damaged)], LIMITS)
    assert said == [
        "0.jpg is damaged inside z.zip.",
        "More than 0 MB, which is the limit: 2.jpg and the rest left out.",
    ]


def test_folders_count_as_files_of_an_archive(monkeypatch):
    monkeypatch.setattr(album, "MOST_ENTRIES", 2)
    photos, said = unpack([("z.zip", zipped(*((f"{n}/", b"") for n in range(3))))], LIMITS)
    assert (photos, said) == ([], ["z.zip holds 3 files; the limit is 2. Zip fewer of them."])


def test_many_complaints_are_cut_short_and_the_last_stays():
    files = [("a.jpg", photo())] * 100 + [("z.zip", b"PK\3\4 and no more")]
    _, said = unpack(files, LIMITS)
    assert len(said) == album.MOST_SAID
    assert said[-2] == "81 more were left out, too."
    assert said[-1].startswith("z.zip is damaged")


def test_nothing_hostile_of_a_name_is_quoted():
    hostile = "../\x1b[31m<script>\u202e\u2028.jpg"
    _, said = unpack([("a", photo()), (hostile, photo())], LIMITS)
    assert said == ["[31mscript.jpg is there twice: taken once."]


def test_only_one_photo_at_a_time_has_its_pixels_in_memory(monkeypatch):
    pixels = []

    def remember(data, limits):
        assert not any(each() is not None for each in pixels)
        picture = decode_image(data, limits)
        pixels.append(weakref.ref(picture.rgb))
        return picture

    monkeypatch.setattr(album, "decode_image", remember)
    assert len(read([("a.jpg", photo(1)), ("b.jpg", photo(2)), ("c.jpg", photo(3))]).photos) == 3


def test_what_is_wrong_with_the_network_is_not_blamed_on_a_photo():
    def broken(key, rgb):
        raise ModelUnavailable("no weights")
        yield

    with pytest.raises(ModelUnavailable):
        read([("a.jpg", photo())], broken)
