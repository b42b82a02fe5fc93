"""One list of people: what somebody is called in a photo counts in the album and in the video, and back."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.faces.analysis import find_faces
from dlintro_demos.faces.export import export_album
from dlintro_demos.faces.places import same_places, with_known_keys
from dlintro_demos.faces.samples import EILEEN, GRACE, portrait
from dlintro_demos.faces.ui.albums import MINE
from tests.faces.fakes import astronaut, real_cache
from tests.reading import words

pytestmark = pytest.mark.reports


def jpeg(rgb):
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=92)
    return file.getvalue()


def press(at, label, number=0):
    at = [button for button in at.button if button.label.startswith(label)][number].click().run()
    assert not at.exception
    return at


def go(at, mode):
    at = at.button_group(key="look-at").set_value(mode).run()
    assert not at.exception
    return at


def name(at, name, label):
    next(field for field in at.text_input if re.match(label, field.label)).set_value(name)
    return at


def book_of(at):
    return at.session_state["face_visit"].history.book


def in_photo(open_page, who="Eileen"):
    return press(name(open_page("faces", sample="astronaut"), who, "Who is it"), "Save the name")


def album_of(open_page, *photos):
    at = go(open_page("faces"), "An album")
    at.button_group(key="album-of").set_value(MINE).run()
    at.file_uploader[0].set_value([(f"{number}.jpg", jpeg(rgb), "") for number, rgb in enumerate(photos)])
    return at.run()


def zip_of(at):
    visit = at.session_state["face_visit"]
    *_, data = export_album(visit.album, visit.history.book, visit.drawn)
    return data


def timeline(at):
    return next(
        chart.proto.alt for chart in at.get("vega_lite_chart") if "to be seen when" in chart.proto.alt
    )


def test_a_name_given_in_one_photo_counts_in_the_album(open_page):
    """The album knew nobody, and asked for every name again."""
    at = go(in_photo(open_page), "An album")
    press(at, "Yes to all")
    sure = len(book_of(at).tags)
    assert sure > 3
    while any(button.label == "Yes" for button in at.button):  # of those it is less sure of, it asks
        assert "Is this **Eileen**?" in words(at)
        press(at, "Yes")
    assert len(book_of(at).tags) >= 7
    assert [person.name for person in book_of(at).people.values()] == ["Eileen"]


def test_a_name_given_in_the_album_counts_in_one_photo_and_in_the_video(open_page):
    at = press(name(go(open_page("faces"), "An album"), "Somebody", "Somebody, 1"), "Name them")
    at = go(at, "A video")
    assert "Somebody from" in timeline(at)
    at.query_params["sample"] = "together"
    assert "Somebody" in words(go(at, "One photo"))


def test_a_name_given_in_the_video_counts_in_the_album_and_in_one_photo(open_page):
    at = press(name(go(open_page("faces"), "A video"), "First seen", "Somebody 1"), "Save")
    assert "People of this visit" in words(at)
    at = go(at, "An album")
    press(at, "Yes to")
    assert len(book_of(at).tags) > 3
    at.query_params["sample"] = "astronaut"
    assert "First seen" in words(go(at, "One photo"))


def test_a_suggestion_in_the_video_is_taken_or_refused(open_page):
    at = go(in_photo(open_page), "A video")
    assert "Is this **Eileen**?" in words(at)
    assert "Eileen" in timeline(at)
    at = press(at, "No")
    assert "Eileen" not in timeline(at)
    press(press(at, "Undo"), "Yes")
    assert len(book_of(at).tags) == 2


def test_a_face_that_is_alone_in_the_album_gets_a_name(open_page):
    """Only groups of two and more had a field."""
    at = album_of(open_page, portrait(EILEEN), portrait(GRACE))
    name(at, "Grace", "Seen once, 2")
    press(at, "Name this face", 1)
    assert [person.name for person in book_of(at).people.values()] == ["Grace"]
    assert len([field for field in at.text_input if field.label.startswith("Seen once")]) == 1


def test_of_many_faces_that_are_alone_each_can_be_reached(open_page):
    at = open_page("faces", sample="crowd")
    (crowd,) = at.session_state["face_visit"].photos.values()
    at = album_of(open_page, portrait(EILEEN))
    visit = at.session_state["face_visit"]
    far = np.eye(128, dtype=np.float32)
    strangers = tuple(replace(face, embedding=far[n]) for n, face in enumerate(crowd.faces[:30]))
    (photo,) = visit.album
    visit.album = [replace(photo, key=crowd.key, found=replace(crowd, faces=strangers))]
    at.run()
    assert "Seen once, 30" not in {field.label for field in at.text_input}
    at.button_group(key="asked-from").set_value("25 to 30").run()
    assert "Seen once, 30" in {field.label for field in at.text_input}
    for number in range(30, 24, -1):
        press(name(at, f"Guest {number}", f"Seen once, {number}"), "Name this face", number - 25)
    assert "Seen once, 1" in {field.label for field in at.text_input}


def test_names_taken_home_with_an_album_come_back_and_are_forgotten_when_asked(open_page):
    """An album that was downloaded with its names had none when it was opened again."""
    at = album_of(open_page, portrait(EILEEN), portrait(GRACE))
    press(name(at, "Eileen", "Seen once, 1"), "Name this face")
    home = zip_of(at)
    at = go(open_page("faces"), "An album")
    at.button_group(key="album-of").set_value(MINE).run()
    at.file_uploader[0].set_value([("album.zip", home, "application/zip")])
    at.run()
    (person,) = book_of(at).people.values()
    assert (person.name, len(book_of(at).tags)) == ("Eileen", 1)
    at.selectbox(key="change-somebody").set_value(person.key).run()
    press(at, "Forget this person")
    assert book_of(at).people == {}
    assert "Eileen" not in repr([vars(photo) for photo in at.session_state["face_visit"].album])


@pytest.mark.parametrize("mode", ["One photo", "An album", "A video"])
def test_nobody_stands_twice_on_the_page(open_page, mode):
    """The album showed each person on a card of the board, and again in a list below it."""
    at = go(in_photo(open_page), "A video")
    press(at, "Yes")
    at.query_params["sample"] = "admiral"
    at = go(at, mode)
    assert words(at).count("People of this visit") == 1
    assert words(at).count("**Eileen**") == (0 if mode == "An album" else 1)  # the board is the list there
    assert [field.label for field in at.text_input if field.label == "Eileen"] == []


def test_a_person_can_be_changed_wherever_they_stand(open_page):
    at = go(in_photo(open_page), "An album")
    (person,) = book_of(at).people
    at.selectbox(key="change-somebody").set_value(person).run()
    press(at, "Not them")
    assert book_of(at).tags == {}
    press(press(at, "Undo"), "Forget this person")
    assert book_of(at).people == {}


def test_looking_closer_leaves_each_name_with_its_face():
    """With "High detail" more faces are found, and a name went to whoever had its number."""
    normal = find_faces("photo", astronaut(), real_cache())
    high = find_faces("photo", astronaut(), real_cache(), detail="high")
    assert {face.key for face in normal.faces} & {face.key for face in high.faces} == set()
    again = with_known_keys(high, normal)
    pairs = same_places([face.box for face in again.faces], [face.box for face in normal.faces])
    assert [again.faces[a].key for a, _ in pairs] == [normal.faces[b].key for _, b in pairs] == ["photo/0"]
    assert len({face.key for face in again.faces}) == len(high.faces)


def test_a_name_stays_when_the_photo_is_looked_at_closer(open_page):
    at = in_photo(open_page)
    at.toggle(key="detail").set_value(True).run()
    assert "This is **Eileen**: you said so." in words(at)


def test_a_box_drawn_again_after_another_was_removed_is_a_face_of_its_own(open_page):
    """The page failed on every run from then on: two faces had one key."""
    at = open_page("faces", sample="admiral")
    visit = at.session_state["face_visit"]
    for box in [(10.0, 10.0, 60.0, 60.0), (20.0, 20.0, 90.0, 90.0)]:
        visit.wanted = ("sample:admiral", box)
        at.run()
    at.session_state["face"] = visit.drawn["sample:admiral"][0].key
    press(at.run(), "Remove this box")
    visit.wanted = ("sample:admiral", (30.0, 100.0, 99.0, 170.0))
    assert not at.run().exception
    keys = [face.key for face in visit.drawn["sample:admiral"]]
    assert len(keys) == len(set(keys)) == 2


def test_a_name_without_letters_in_our_fonts_has_a_number_on_the_video_and_the_page_says_whose(open_page):
    """Two friends called by emoji were two empty boxes."""
    at = press(name(go(open_page("faces"), "A video"), "🩷", "Somebody 2"), "Save", 1)
    assert "No\\. 2 is 🩷" in words(at)
    assert "lack letters" not in words(press(at, "Undo"))


def test_the_charts_of_this_page_say_in_words_what_they_show(open_page):
    """Three of them were pictures without a name to somebody who listens to the page."""

    def said(at):
        return [chart.proto.alt for chart in at.get("vega_lite_chart")]

    at = in_photo(open_page)
    for each in ("dark", "admiral"):
        at.query_params["sample"] = each
        at.run()
    (alt,) = said(at)
    assert re.match("Sure below .* Named faces: Eileen at", alt)
    at.session_state["why"] = "Map of the faces"
    at.run()
    (alt,) = said(at)
    assert re.match("3 faces, alike ones near each other: .*Eileen", alt)
    at = go(at, "A video")
    (alt,) = said(at)
    assert re.match(r"Who is to be seen when: .*Eileen from \d", alt)
