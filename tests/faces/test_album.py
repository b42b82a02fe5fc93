"""Many photos at once: what is taken out of files and archives, and what is said about the rest."""

from __future__ import annotations

import io
import weakref
import zipfile

import numpy as np
import pytest

from dlintro_demos.faces import album
from dlintro_demos.faces.album import Album, open_album, read_album, unpack
from dlintro_demos.faces.face import PhotoFaces
from dlintro_demos.gallery.intake.images import ImageLimits, decode_image, encode_jpeg
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

LIMITS = ImageLimits(max_bytes=5_000)


def photo(shade=100, width=40):
    return encode_jpeg(np.full((30, width, 3), shade, np.uint8))


def zipped(*files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
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


def test_files_and_archives_may_be_mixed():
    photos, said = unpack([("a.jpg", photo(1)), ("b.zip", zipped(("in/c.jpg", photo(2))))], LIMITS)
    assert [name for name, _ in photos] == ["a.jpg", "c.jpg"]
    assert said == []


def test_what_is_wrong_inside_an_archive_is_said_and_the_rest_is_taken():
    files = [("z.zip", zipped(("bomb.jpg", bytes(6_000)), ("a.jpg", photo())))]
    photos, said = unpack(files, LIMITS)
    assert [name for name, _ in photos] == ["a.jpg"]
    assert said == ["bomb.jpg is larger than 0.00477 MB, which is the limit."]


def test_an_archive_that_cannot_be_opened_is_named_and_the_others_are_read():
    photos, (sentence,) = unpack([("z.zip", zipped(("a.jpg", photo()))[:60]), ("b.jpg", photo())], LIMITS)
    assert [name for name, _ in photos] == ["b.jpg"]
    assert sentence.startswith("z.zip: The archive is damaged")


def test_what_archives_hold_counts_beside_the_files(monkeypatch):
    monkeypatch.setattr(album, "MOST_BYTES", 10)
    files = [("a", b"123456"), ("z.zip", zipped(("b", b"1234"), ("c", b"5678"))), ("d", b"9")]
    photos, (sentence,) = unpack(files, LIMITS)
    assert [name for name, _ in photos] == ["a", "b"]
    assert "c and the rest left out" in sentence


def test_the_same_photo_is_taken_once():
    photos, said = unpack([("a.jpg", photo()), ("b.jpg", photo())], LIMITS)
    assert [name for name, _ in photos] == ["a.jpg"]
    assert said == ["b.jpg is there twice: taken once."]


def test_more_photos_than_the_limit_are_left_out():
    files = [(f"{number}.jpg", photo(number)) for number in range(album.MOST_PHOTOS + 5)]
    photos, said = unpack(files, LIMITS)
    assert len(photos) == album.MOST_PHOTOS
    assert said == ["More than 60 photos, which is the limit: 60.jpg and the rest left out."]


def test_more_bytes_than_the_limit_are_left_out(monkeypatch):
    monkeypatch.setattr(album, "MOST_BYTES", 10)
    photos, (sentence,) = unpack([("a", b"123456"), ("b", b"654321"), ("c", b"1")], LIMITS)
    assert [name for name, _ in photos] == ["a"]
    assert "b and the rest left out" in sentence


def test_copies_count_too_so_that_an_archive_of_them_does_not_keep_the_gallery_busy(monkeypatch):
    monkeypatch.setattr(album, "MOST_BYTES", 3 * len(photo()))
    photos, said = unpack([(f"{number}", photo()) for number in range(2000)], LIMITS)
    assert len(photos) == 1
    assert len(said) == 3


def test_a_photo_is_kept_as_it_came_with_a_small_preview():
    data = photo(width=2000)
    (kept,) = read([("a.jpg", data)]).photos
    assert kept.original == data
    assert decode_image(kept.preview).width == 480
    assert (kept.found.width, kept.found.height) == (2000, 30)


def test_a_file_that_is_no_photo_does_not_stop_the_others():
    result = read([("a.txt", b"hello"), ("b.jpg", photo())])
    assert [each.name for each in result.photos] == ["b.jpg"]
    assert len(result.left_out) == 1
    assert result.left_out[0].startswith("a.txt: ")


def test_progress_counts_photos():
    steps = [*read_album([("a", photo(1)), ("b", photo(2))], nobody, ImageLimits())][:-1]
    assert [(step.done, step.total) for step in steps] == [(0, 2), (1, 2)]


def test_an_album_tells_what_was_left_out_of_archives_and_what_was_no_photo():
    files = [("z.zip", b"PK\3\4 and no more"), ("a.txt", b"hello"), ("b.jpg", photo())]
    *_, result = open_album(lambda: files, nobody, ImageLimits())
    assert [each.name for each in result.photos] == ["b.jpg"]
    assert [sentence.split(":")[0] for sentence in result.left_out] == ["z.zip", "a.txt"]


def test_an_empty_album_is_an_album():
    assert (read([]).photos, read([]).left_out) == ((), ())


def test_many_complaints_are_cut_short_and_the_last_stays():
    files = [("a.jpg", photo())] * 100 + [("z.zip", b"PK\3\4 and no more")]
    _, said = unpack(files, LIMITS)
    assert len(said) == album.MOST_SAID
    assert said[-2] == "81 more were left out, too."
    assert said[-1].startswith("z.zip: The archive is damaged")


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
