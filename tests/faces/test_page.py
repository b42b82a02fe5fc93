import io
import os
import re
import zipfile

import numpy as np
import pytest
from PIL import Image
from streamlit.util import calc_hash

from dlintro_demos.faces.samples import EILEEN, LIMITS, SAMPLES, portrait
from dlintro_demos.faces.ui.albums import MINE
from tests.reading import words


def jpeg(rgb):
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=92)
    return file.getvalue()


def press(at, label):
    return next(button for button in at.button if button.label.startswith(label)).click().run()


def sample(at, key):
    at.query_params["sample"] = key
    return at.run()


def name_face(at, name):
    field = next(field for field in at.text_input if field.label in ("Who is it?", "Another name"))
    field.set_value(name)
    return press(at, "Save the name")


def upload(at, data, name="photo.jpg"):
    at.button_group(key="source").set_value("upload").run()
    at.file_uploader[0].set_value((name, data, "image/jpeg"))
    return at.run()


def visit_of(at):
    return at.session_state["face_visit"]


@pytest.fixture
def page(open_page):
    return open_page("faces", sample="astronaut")


def test_a_bundled_photo_stands_there_with_its_face_found_before_anyone_clicks(page):
    assert not page.exception
    assert "I don't know this person" in words(page)
    assert "P-Net: looked at" in " ".join(element.proto.body for element in page.get("html"))


def test_every_sample_is_one_click_away(page):
    for each in (*SAMPLES, *LIMITS):
        at = sample(page, each.key)
        assert not at.exception, each.key
        assert each.lesson in words(at)


def test_a_named_face_is_suggested_in_the_next_photo_and_yes_and_no_teach(page):
    name_face(page, "Eileen")
    sample(page, "dark")
    assert "Is this **Eileen**?" in words(page)
    press(page, "No")
    assert "but you said no" in words(page)
    press(page, "Undo")
    assert "Is this **Eileen**?" in words(page)
    press(page, "Yes")
    assert "you said so" in words(page)


def test_another_person_is_not_known(page):
    name_face(page, "Eileen")
    sample(page, "admiral")
    assert "I don't know this person" in words(page)
    assert "The nearest is Eileen" in words(page)


def test_a_name_with_markup_is_shown_as_it_was_typed(page):
    markup = ("<img src=x onerror=a()>", "**b**", "[l](http://x)", "$x$", ":smile:")
    name = " ".join(markup)
    name_face(page, name)
    assert [each for each in markup if each in words(page)] == []
    assert [person.name for person in visit_of(page).history.book.people.values()] == [name]


def test_no_name_or_a_very_long_one_is_refused_in_words(page):
    for name in ("", "   ", "x" * 200):
        at = name_face(page, name)
        assert not at.exception
        assert len(at.warning) == 1
        assert visit_of(at).history.book.people == {}


def test_two_names_for_one_person_are_noticed(page):
    name_face(page, "Eileen")
    sample(page, "dark")
    name_face(page, "Commander")
    assert "one person under two names?" in words(page)
    press(page, "Yes, merge")
    assert len(visit_of(page).history.book.people) == 1


def test_one_name_for_two_people_is_noticed_and_split(page):
    name_face(page, "Eileen")
    sample(page, "admiral")
    name_face(page, "Eileen")
    assert "two people with one name" in words(page)
    press(page, "Somebody else, call them “Eileen 2”")
    assert sorted(each.name for each in visit_of(page).history.book.people.values()) == ["Eileen", "Eileen 2"]
    assert "two people with one name" not in words(page)


def test_forgetting_a_person_drops_name_and_results(page):
    at = upload(page, jpeg(portrait(EILEEN)))
    name_face(at, "Eileen")
    (person,) = visit_of(at).history.book.people
    at.session_state[f"change-{person}"] = True
    at.run()
    press(at, "Forget this person")
    visit = visit_of(at)
    assert visit.history.book.people == {}
    assert visit.history.last is None or "Eileen" not in visit.history.last
    while visit.history.last:
        visit.history.undo()
        assert visit.history.book.people == {}
    assert "Eileen" not in words(at)


def test_forgetting_everything_drops_the_visit(page):
    name_face(page, "Eileen")
    press(page, "Forget everything")
    assert visit_of(page).history.book.people == {}


def test_a_photo_without_a_face_says_so_and_offers_a_box(page):
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    for strange in (np.zeros((1, 1, 3), np.uint8), noise, np.full((4, 1500, 3), 90, np.uint8)):
        at = upload(page, jpeg(strange))
        assert not at.exception
        assert "No face found here" in words(at)
        assert "Draw a box" in words(at)


def test_boxes_drawn_by_hand_are_faces_and_can_be_removed_and_drawn_again(page):
    def draw(*box):
        visit_of(page).wanted = ("sample:astronaut", box)  # what the board sends: see test_face_board.py
        page.run()
        assert not page.exception
        return [face.box for face in visit_of(page).drawn["sample:astronaut"]]

    one, two, three = (10.0, 10.0, 80.0, 80.0), (200.0, 40.0, 260.0, 100.0), (30.0, 200.0, 90.0, 260.0)
    assert draw(*one) == [one]
    assert draw(*two) == [one, two]
    assert draw(*two) == [one, two]
    page.session_state["face"] = visit_of(page).drawn["sample:astronaut"][0].key
    page.run()
    press(page, "Remove this box")
    assert draw(*three) == [two, three]
    assert len(visit_of(page).known()) == 3


def test_a_file_that_is_no_picture_is_refused_in_words(page):
    at = upload(page, b"<!doctype html><script>alert(1)</script>")
    assert not at.exception
    assert len(at.warning) == 1
    assert "alert" not in words(at)


def test_the_album_tab_groups_the_sample_album(open_page):
    at = open_page("faces", **{"look-at": "An album"})
    assert not at.exception
    assert "14 photos, 14 faces" in words(at)
    at.text_input[0].set_value("Eileen")
    press(at, "Name them")
    book = visit_of(at).history.book
    assert len(book.tags) == 7
    press(at, "Undo")
    assert visit_of(at).history.book.tags == {}


def test_an_album_with_a_bad_file_and_a_zip_keeps_the_good_ones(open_page):
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("../../one.jpg", jpeg(np.full((60, 80, 3), 120, np.uint8)))
        archive.writestr("page.jpg", b"<!doctype html><script>alert(1)</script>")
    at = open_page("faces", **{"look-at": "An album"})
    at.button_group(key="album-of").set_value(MINE).run()
    at.file_uploader[0].set_value([("album.zip", zipped.getvalue(), "application/zip")])
    at.run()
    assert not at.exception
    assert "1 photo, 0 faces" in words(at)
    assert "looks like a web page" in words(at)


def test_the_threshold_can_be_moved_until_strangers_are_tagged(open_page):
    def wrong():
        return {metric.label: metric.value for metric in page.metric}["Strangers tagged"]

    page = open_page("faces", why="What if the threshold moves?")
    assert wrong().startswith("0 of")
    page.slider(key="threshold").set_value(1.0).run()
    assert not wrong().startswith("0 of")


def test_a_map_is_drawn_of_three_faces_and_says_who_is_there(open_page):
    page = open_page("faces", sample="astronaut", why="Map of the faces")
    assert "A map needs three faces" in words(page)
    name_face(page, "Eileen")
    sample(page, "dark")
    sample(page, "admiral")
    assert "A map needs three faces" not in words(page)
    (chart,) = page.get("vega_lite_chart")
    assert "3 faces" in chart.proto.alt
    assert "Eileen" in chart.proto.alt


def test_this_game_and_that_of_super_resolution_do_each_other_no_harm(open_page):
    def go(at, slug):
        at._page_hash = calc_hash(slug)
        return at.run()

    def play(at):
        if any(button.label == "Play" for button in at.button):
            press(at, "Play")
        assert not at.exception
        return re.search(r"\*\*\w+ 1 of \d+\*\*", words(at))

    first = {slug: open_page(slug) for slug in ("faces", "super_resolution")}
    assert all(play(at) for at in first.values())  # two visitors, or one with two windows
    second = {slug: open_page(slug) for slug in ("super_resolution", "faces")}
    assert all(play(at) for at in second.values())
    assert play(go(first["faces"], "super_resolution"))  # one visitor in one window
    assert play(go(first["faces"], "faces"))
    press(first["faces"], "The same person")
    assert "After 1: you" in words(first["faces"])


def test_a_whole_journey_writes_nothing_to_a_disk_and_no_name_or_number_to_a_log(page, written, caplog):
    at = upload(page, jpeg(portrait(EILEEN)), "my-secret-holiday.jpg")
    name_face(at, "Secret Person")
    at.toggle(key="hiding").set_value(True).run()
    at.button_group(key="look-at").set_value("An album").run()
    at.text_input[0].set_value("Secret Friend")
    press(at, "Name them")
    at.button_group(key="look-at").set_value("A video").run()
    assert not at.exception
    press(at, "Forget everything")
    assert [path for path in written if not path.endswith(".pyc") and path != os.devnull] == []
    assert "Secret" not in caplog.text
    assert "secret" not in caplog.text
