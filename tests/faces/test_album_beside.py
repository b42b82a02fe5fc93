"""What programs write beside photos does not count in an album, and names are read back from it."""

from __future__ import annotations

import json
import unicodedata
from itertools import product

import numpy as np
import pytest

from dlintro_demos.faces.album import MOST_PHOTOS, open_album, read_album, unpack
from dlintro_demos.faces.export import export_album
from dlintro_demos.faces.face import Face, PhotoFaces
from dlintro_demos.faces.people import name_faces
from dlintro_demos.faces.xmp import named_regions, sidecar
from dlintro_demos.gallery.intake.images import ImageLimits
from dlintro_demos.gallery.runtime.jobs import Progress
from tests.faces.test_album import nobody, photo, zipped
from tests.faces.test_export import BOX, HEIGHT, WIDTH, Book, export, files, jpeg
from tests.faces.test_export import photo as exported

pytestmark = pytest.mark.reports
LIMITS = ImageLimits()


def many(count):
    return [(f"IMG_{number:03}.jpg", photo(50 + number)) for number in range(count)]


def somebody(key, rgb):
    """One face, found where `BOX` is."""
    face = Face(
        key=f"{key}/0", box=tuple(value + 0.4 for value in BOX), landmarks=np.zeros((5, 2), np.float32),
        probability=0.9, embedding=np.zeros(4, np.float32), chip=b"",
    )  # fmt: skip
    height, width = rgb.shape[:2]
    yield Progress(0, 1)
    yield PhotoFaces(key=key, width=width, height=height, faces=(face,), stages=(), seconds={}, device="cpu")


def drawn(key, rgb, box):
    return Face(
        key=key, box=box, landmarks=np.zeros((5, 2), np.float32), probability=0.1,
        embedding=np.zeros(4, np.float32), chip=b"", drawn=True,
    )  # fmt: skip


def opened(given, analyse=somebody, draw=drawn):
    *_, album = open_album(lambda: given, analyse, LIMITS, draw)
    return album


@pytest.mark.parametrize("beside", ["{}.xmp", "{}.supplemental-metadata.json", "{}.json"])
def test_photos_with_a_file_of_facts_beside_each_count_once(beside):
    """More than 60, it said of 45 photos."""
    given = [each for name, data in many(45) for each in ((name, data), (beside.format(name), b"{}"))]
    photos, said = unpack([("takeout.zip", zipped(*given))], LIMITS)
    *_, album = read_album(photos, nobody, LIMITS)
    assert (len(album.photos), list(said), list(album.left_out)) == (45, [], [])


def test_the_moving_picture_of_a_photo_is_passed_over_and_a_film_is_not():
    given = [
        *many(2),
        ("IMG_000.MOV", b"\0\0\0\x14ftypqt  "),
        ("IMG_001.AAE", b"<?xml"),
        ("film.mov", b"film"),
    ]
    album = opened([("phone.zip", zipped(*given))], nobody)
    assert len(album.photos) == 2
    assert [sentence.split(":")[0] for sentence in album.left_out] == ["film.mov"]


def test_the_gallerys_own_export_of_a_full_album_can_be_read_again():
    photos = [exported(str(number), f"{number}.jpg") for number in range(MOST_PHOTOS)]
    originals = many(MOST_PHOTOS)
    full = [
        type(each)(**{**vars(each), "original": data})
        for each, (_, data) in zip(photos, originals, strict=True)
    ]
    album = opened([("album.zip", export(*full))], nobody)
    assert (len(album.photos), list(album.left_out)) == (MOST_PHOTOS, [])


@pytest.mark.parametrize(("orientation", "found"), [*product((1, 3, 6, 7, 8), (True, False))])
def test_a_name_comes_back_with_the_photo_that_was_taken_home(orientation, found):
    """Names of an exported album were lost when it was opened again, also of boxes drawn by hand."""
    first = opened([("a.jpg", jpeg(orientation))])
    key = first.photos[0].found.faces[0].key
    data = [*export_album(first.photos, name_faces(Book(), [key], "می‌خواهم 🩷"))][-1]
    (again,) = opened([("album.zip", data)], somebody if found else nobody).photos
    ((face, name),) = again.names.items()
    assert name == "می‌خواهم 🩷"
    assert (face == key) == found
    assert [each.key for each in again.drawn] == ([] if found else [face])
    box = (*again.found.faces, *again.drawn)[0].box
    assert box == pytest.approx(BOX, abs=0.6)


def test_names_of_other_photo_managers_are_read_too():
    packet = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns:m="http://www.metadataworkinggroup.com/schemas/regions/"
      xmlns:a="http://ns.adobe.com/xmp/sType/Area#"><r:Description><m:Regions><m:RegionList><r:Bag>
      <r:li><r:Description m:Name="Ana" m:Type="Face"><m:Area a:x="0.5" a:y="0.25" a:w="0.5" a:h="0.5"/>
      </r:Description></r:li></r:Bag></m:RegionList></m:Regions></r:Description></r:RDF></x:xmpmeta>"""
    assert named_regions(packet.encode(), 100, 200) == [((25.0, 0.0, 75.0, 100.0), "Ana")]


@pytest.mark.parametrize(
    "packet",
    [
        b"<x:xmp/>",
        b"not xml",
        b"\xff\xfe<",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
        sidecar([(BOX, "Ana")], WIDTH, HEIGHT).replace(b"normalized", b"x").replace(b"0.", b"9."),
        sidecar([(BOX, "Ana")], WIDTH, HEIGHT).replace(b">0.", b">nan"),
        sidecar([(BOX, "\u3164")], WIDTH, HEIGHT),
    ],
)
def test_a_strange_sidecar_gives_no_names(packet):
    assert named_regions(packet, WIDTH, HEIGHT) == []
    assert opened([("a.jpg", photo()), ("a.jpg.xmp", packet)]).photos[0].names == {}


def test_sidecars_of_photos_of_one_name_in_two_folders_are_told_apart():
    beside = {who: sidecar([(BOX, who)], WIDTH, HEIGHT) for who in ("Ana", "Ben")}
    given = [(f"{who}/a.jpg", photo(len(who) + number)) for number, who in enumerate(beside)]
    given += [(f"{who}/a.jpg.xmp", packet) for who, packet in beside.items()]
    sidecars = {}
    unpack([("z.zip", zipped(*given))], LIMITS, sidecars)
    assert list(sidecars.values()) == list(beside.values())


@pytest.mark.parametrize(
    "names", [("Zoé.jpg", "Zoé.jpg"), ("Straße.png", "STRASSE.png"), ("ﬁ.jpg", "fi.jpg")]
)
def test_names_that_are_one_on_some_system_are_told_apart_in_the_export(names):
    """One of two photos was overwritten when the zip was unpacked on a Mac."""
    pair = (unicodedata.normalize("NFC", names[0]), unicodedata.normalize("NFD", names[1]))
    inside = files(export(exported("1", pair[0]), exported("2", pair[1])))
    listed = [each["file"] for each in json.loads(inside["album.json"])["photos"]]
    kept = {unicodedata.normalize("NFC", name).casefold() for name in listed}
    assert len(kept) == 2
    assert listed[0] == pair[0]
