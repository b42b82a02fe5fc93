import io
import os

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.faces.samples import EILEEN, LIMITS, SAMPLES, portrait


def jpeg(rgb):
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=92)
    return file.getvalue()


def words(at):
    kinds = ("info", "warning", "caption", "markdown")
    return " ".join(str(element.value) for kind in kinds for element in at.get(kind))


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def name_face(at, name):
    field = next(field for field in at.text_input if field.label in ("Who is it?", "Another name"))
    field.set_value(name)
    return press(at, "Save the name")


def upload(at, data, name="photo.jpg"):
    at.button_group(key="source").set_value("upload").run()
    at.file_uploader[0].set_value((name, data, "image/jpeg"))
    return at.run()


@pytest.fixture
def page(open_page):
    return open_page("faces", sample="astronaut")


def test_a_bundled_photo_stands_there_with_its_face_found_before_anyone_clicks(page):
    assert not page.exception
    assert "I don't know this person" in words(page)
    assert "P-Net: looked at" in words(page)


@pytest.mark.parametrize("sample", [*SAMPLES, *LIMITS], ids=lambda sample: sample.key)
def test_every_sample_is_one_click_away(open_page, sample):
    at = open_page("faces", sample=sample.key)
    assert not at.exception
    assert sample.lesson in words(at)


def test_a_named_face_is_suggested_in_the_next_photo_and_yes_and_no_teach(page):
    name_face(page, "Eileen")
    page.button(key="sample-dark").click().run()
    assert "Is this **Eileen**?" in words(page)
    press(page, "No")
    assert "but you said no" in words(page)
    press(page, "Undo")
    assert "Is this **Eileen**?" in words(page)
    press(page, "Yes")
    assert "you said so" in words(page)


def test_another_person_is_not_known(page):
    name_face(page, "Eileen")
    page.button(key="sample-admiral").click().run()
    assert "I don't know this person" in words(page)
    assert "The nearest is Eileen" in words(page)


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "**bold** [link](http://x)", "$x$ :smile:"])
def test_a_name_with_markup_is_shown_as_it_was_typed(page, name):
    name_face(page, name)
    said = words(page)
    assert name not in said
    assert (
        page.session_state["face_visit"].name_of(
            next(iter(page.session_state["face_visit"].history.book.people))
        )
        == name
    )


@pytest.mark.parametrize("name", ["", "   ", "x" * 200])
def test_no_name_or_a_very_long_one_is_refused_in_words(page, name):
    at = name_face(page, name)
    assert not at.exception
    assert len(at.warning) == 1
    assert page.session_state["face_visit"].history.book.people == {}


def test_two_names_for_one_person_are_noticed(page):
    name_face(page, "Eileen")
    page.button(key="sample-dark").click().run()
    name_face(page, "Commander")
    assert "one person under two names?" in words(page)
    next(button for button in page.button if button.label.startswith("Yes, merge")).click().run()
    assert len(page.session_state["face_visit"].history.book.people) == 1


def test_one_name_for_two_people_is_noticed(page):
    name_face(page, "Eileen")
    page.button(key="sample-admiral").click().run()
    name_face(page, "Eileen")
    assert "two people with one name" in words(page)


def test_forgetting_a_person_drops_name_and_results(page):
    at = upload(page, jpeg(portrait(EILEEN)))
    name_face(at, "Eileen")
    next(button for button in at.button if button.label == "Forget this person").click().run()
    visit = at.session_state["face_visit"]
    assert visit.history.book.people == {}
    assert visit.history.last is None or "Eileen" not in visit.history.last
    while visit.history.last:
        visit.history.undo()
        assert visit.history.book.people == {}
    assert "Eileen" not in words(at)


def test_forgetting_everything_drops_the_visit(page):
    name_face(page, "Eileen")
    next(button for button in page.button if "Forget everything" in button.label).click().run()
    assert page.session_state["face_visit"].history.book.people == {}


@pytest.mark.parametrize(
    "rgb",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.full((400, 300, 3), 200, np.uint8),
        np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8),
        np.full((4, 1500, 3), 90, np.uint8),
    ],
    ids=["one pixel", "blank", "noise", "a line"],
)
def test_a_photo_without_a_face_says_so_and_offers_a_box(page, rgb):
    at = upload(page, jpeg(rgb))
    assert not at.exception
    assert "No face found here" in words(at)
    assert "Draw a box" in words(at)


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
    book = at.session_state["face_visit"].history.book
    assert len(book.tags) == 7
    press(at, "Undo")
    assert at.session_state["face_visit"].history.book.tags == {}


def test_the_threshold_can_be_moved_until_strangers_are_tagged(page):
    wrong = {metric.label: metric.value for metric in page.metric}["Strangers tagged"]
    assert wrong.startswith("0 of")
    page.slider(key="threshold").set_value(1.0).run()
    assert not {metric.label: metric.value for metric in page.metric}["Strangers tagged"].startswith("0 of")


def test_a_whole_journey_writes_nothing_to_a_disk_and_no_name_or_number_to_a_log(page, written, caplog):
    at = upload(page, jpeg(portrait(EILEEN)), "my-secret-holiday.jpg")
    name_face(at, "Secret Person")
    at.toggle(key="hiding").set_value(True).run()
    at.button_group(key="look-at").set_value("An album").run()
    at.text_input[0].set_value("Secret Friend")
    press(at, "Name them")
    at.button_group(key="look-at").set_value("A video").run()
    assert not at.exception
    next(button for button in at.button if "Forget everything" in button.label).click().run()
    assert [path for path in written if not path.endswith(".pyc") and path != os.devnull] == []
    assert "Secret" not in caplog.text
    assert "secret" not in caplog.text
