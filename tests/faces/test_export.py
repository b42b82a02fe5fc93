"""The tagged album as a zip, and sidecars whose regions lie on the faces however the camera was held."""

from __future__ import annotations

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image, ImageOps

from dlintro_demos.faces.export import export_album
from dlintro_demos.faces.face import AlbumPhoto, Book, Face, Person, PhotoFaces
from dlintro_demos.faces.xmp import AREA, DIMENSIONS, IPTC, RDF, REGIONS, sidecar, stored
from dlintro_demos.gallery.intake.images import orientation_of

WIDTH, HEIGHT = 60, 40  # upright
BOX = (6.0, 4.0, 18.0, 20.0)
EMBEDDING = np.arange(128, dtype=np.float32) + 0.123


def jpeg(orientation=1):
    """A photo that is white where the face is, once it is turned upright."""
    upright = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    upright[4:20, 6:18] = 255
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = Image.fromarray(upright)
    if orientation in turn:
        image = image.transpose(turn[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


def face(key, box=BOX, *, drawn=False):
    landmarks = np.zeros((5, 2), np.float32)
    return Face(
        key=key, box=box, landmarks=landmarks, probability=0.99, embedding=EMBEDDING, chip=b"", drawn=drawn
    )


def photo(key, name, *faces, orientation=1):
    found = PhotoFaces(key=key, width=WIDTH, height=HEIGHT, faces=faces, stages=(), seconds={}, device="cpu")
    return AlbumPhoto(key=key, name=name, preview=b"", original=jpeg(orientation), found=found)


def book(**tags):
    """Faces by key, and the name of each."""
    people = {name: Person(key=name, name=name) for name in tags.values()}
    return Book(people=people, tags=tags)


def export(*photos, book=Book(), drawn=None):  # noqa: B008 - a book never changes
    *_, data = export_album(photos, book, drawn)
    assert isinstance(data, bytes)
    return data


def files(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def regions(packet):
    """Name, and x, y, w, h, of each region."""
    root = ET.fromstring(packet.decode())
    result = []
    for item in root.iterfind(f".//{{{REGIONS}}}RegionList/{{{RDF}}}Bag/{{{RDF}}}li"):
        area = item.find(f"{{{REGIONS}}}Area")
        values = tuple(float(area.findtext(f"{{{AREA}}}{key}")) for key in "xywh")
        result.append((item.findtext(f"{{{REGIONS}}}Name"), values))
    return result


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_region_lies_on_the_face_in_the_stored_pixels(orientation):
    data = jpeg(orientation)
    assert orientation_of(data) == orientation
    image = np.array(Image.open(io.BytesIO(data)).convert("L"))
    height, width = image.shape
    ((_, (x, y, w, h)),) = regions(sidecar([(BOX, "A")], WIDTH, HEIGHT, orientation=orientation))
    left, right, top, bottom = (
        (x - w / 2) * width,
        (x + w / 2) * width,
        (y - h / 2) * height,
        (y + h / 2) * height,
    )
    rows, columns = np.nonzero(image > 128)
    assert (left, right) == pytest.approx((columns.min(), columns.max() + 1), abs=0.01)
    assert (top, bottom) == pytest.approx((rows.min(), rows.max() + 1), abs=0.01)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_tests_photo_is_upright_to_other_programs(orientation):
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(jpeg(orientation))))
    assert upright.size == (WIDTH, HEIGHT)
    assert upright.convert("L").getpixel((12, 12)) > 200


@pytest.mark.parametrize(("orientation", "size"), [(1, ("60", "40")), (3, ("60", "40")), (6, ("40", "60"))])
def test_dimensions_are_those_of_the_stored_pixels(orientation, size):
    root = ET.fromstring(sidecar([], WIDTH, HEIGHT, orientation=orientation).decode())
    assert tuple(root.findtext(f".//{{{DIMENSIONS}}}{side}") for side in "wh") == size


def test_a_box_is_stored_as_it_is_where_the_camera_was_upright():
    assert stored(BOX, WIDTH, HEIGHT, 1) == (BOX, WIDTH, HEIGHT)


def test_a_region_ends_where_the_photo_ends():
    ((_, values),) = regions(sidecar([((-10, -10, 30, 400), None)], WIDTH, HEIGHT))
    assert values == pytest.approx((0.25, 0.5, 0.5, 1.0))


@pytest.mark.parametrize("data", [b"", b"no picture", jpeg()[:30]])
def test_without_camera_data_a_photo_is_upright(data):
    assert orientation_of(data) == 1


def test_an_orientation_that_does_not_exist_is_upright():
    assert orientation_of(jpeg(9)) == 1


def test_markup_in_a_name_is_text():
    name = "</rdf:li><script>&\"']]>"
    assert regions(sidecar([(BOX, name)], WIDTH, HEIGHT))[0][0] == name


def test_characters_that_xml_forbids_are_left_out_of_a_name():
    name = "A\x00\x0b\x1b\ud800\uffffnna 👩\u200d🚀"
    assert regions(sidecar([(BOX, name)], WIDTH, HEIGHT))[0][0] == "Anna 👩\u200d🚀"


@pytest.mark.parametrize("name", [None, "", "\x00"])
def test_a_face_without_a_name_is_a_region_without_one(name):
    packet = sidecar([(BOX, name)], WIDTH, HEIGHT)
    assert regions(packet)[0][0] is None
    assert IPTC.encode() not in packet


def test_people_are_listed_once_for_managers_that_read_no_regions():
    root = ET.fromstring(sidecar([(BOX, "B"), (BOX, "A"), (BOX, "B")], WIDTH, HEIGHT).decode())
    assert [each.text for each in root.iterfind(f".//{{{IPTC}}}PersonInImage//{{{RDF}}}li")] == ["A", "B"]


def test_the_zip_holds_the_photos_as_they_came_and_a_sidecar_beside_each():
    one = photo("1", "a.jpg", face("1/0"), orientation=6)
    inside = files(export(one))
    assert sorted(inside) == ["a.jpg", "a.jpg.xmp", "album.json"]
    assert inside["a.jpg"] == one.original


def test_album_json_says_who_is_where():
    album = json.loads(
        files(export(photo("1", "a.jpg", face("1/0"), face("1/1")), book=book(**{"1/0": "Zoë <b>"})))[
            "album.json"
        ]
    )
    assert album["people"] == ["Zoë <b>"]
    (listed,) = album["photos"]
    assert (listed["file"], listed["width"], listed["height"]) == ("a.jpg", 60, 40)
    assert listed["faces"][0] == {"box": list(BOX), "probability": 0.99, "person": "Zoë <b>", "drawn": False}
    assert listed["faces"][1]["person"] is None


def test_numbers_of_numpy_can_be_exported():
    box = tuple(np.array(BOX, np.float32))
    album = json.loads(files(export(photo("1", "a.jpg", face("1/0", box))))["album.json"])
    assert album["photos"][0]["faces"][0]["box"] == list(BOX)


def test_faces_that_the_visitor_drew_are_in_it():
    drawn = {"1": [face("1/d0", drawn=True)]}
    inside = files(export(photo("1", "a.jpg"), book=book(**{"1/d0": "Ben"}), drawn=drawn))
    assert json.loads(inside["album.json"])["photos"][0]["faces"][0]["drawn"] is True
    assert regions(inside["a.jpg.xmp"])[0][0] == "Ben"


def test_people_of_other_photos_stay_in_the_visit():
    data = export(photo("1", "a.jpg", face("1/0")), book=book(**{"1/0": "Anna", "other/0": "Secret"}))
    assert json.loads(files(data)["album.json"])["people"] == ["Anna"]
    assert b"Secret" not in data


def test_no_embedding_leaves_the_visit():
    data = export(photo("1", "a.jpg", face("1/0")), book=book(**{"1/0": "Anna"}))
    inside = files(data)
    assert b"embedding" not in data
    assert EMBEDDING.tobytes() not in data
    for name in ("album.json", "a.jpg.xmp"):
        assert b"127.123" not in inside[name]


def test_the_same_album_gives_the_same_bytes():
    album = photo("1", "a.jpg", face("1/0"))
    assert export(album, book=book(**{"1/0": "Anna"})) == export(album, book=book(**{"1/0": "Anna"}))


def test_photos_of_one_name_are_told_apart_whatever_the_capitals():
    names = ("a.jpg", "A.JPG", "album.json", "a.jpg.xmp")
    inside = files(export(*(photo(str(k), name) for k, name in enumerate(names))))
    assert len(inside) == 9
    assert len({name.casefold() for name in inside}) == 9
    assert {"a.jpg", "A-2.JPG", "album-2.json"} < set(inside)


def test_names_that_cannot_be_written_do_not_stop_the_export():
    data = export(photo("1", "a.jpg", face("1/0")), book=book(**{"1/0": "An\ud800na\x00"}))
    assert json.loads(files(data)["album.json"])["people"] == ["Anna"]


def test_progress_names_the_photo():
    (step, _) = export_album([photo("1", "a.jpg")], Book())
    assert (step.done, step.total, step.note) == (0, 1, "a.jpg")


def test_a_face_outside_the_photo_is_no_region():
    packet = sidecar([((-30, 0, -10, 20), "Anna")], WIDTH, HEIGHT)
    assert regions(packet) == []
    assert b"Anna" not in packet


@pytest.mark.parametrize("name", ["../../a.jpg", "/a.jpg", "..\\a.jpg", "a\x00.jpg"])
def test_nothing_is_unpacked_outside_the_folder(name):
    assert sorted(files(export(photo("1", name)))) == ["a.jpg", "a.jpg.xmp", "album.json"]


def test_sidecars_may_be_written_by_many_threads_at_once():
    expected = sidecar([(BOX, "Anna")], WIDTH, HEIGHT)
    assert b"<mwg-rs:Regions" in expected
    with ThreadPoolExecutor(8) as pool:
        written = pool.map(lambda _: sidecar([(BOX, "Anna")], WIDTH, HEIGHT), range(400))
        assert set(written) == {expected}
