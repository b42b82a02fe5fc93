"""Teach it like a child, in Chromium: tell, see what changes, the red ball, save and load."""

import base64
import re

import pytest
from playwright.sync_api import expect

from dlintro_demos.gallery.intake.images import encode_jpeg
from dlintro_demos.shared.things import draw
from tests.visiting import ours, visit


def go_to(page, mode):
    page.get_by_role("radio", name=mode).click()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_a_word_is_taught_and_every_panel_is_accessible_and_fits(
    gallery, new_page, problems, serious_violations, screenshot, scheme, width
):
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    fetched = {}
    page.on("response", lambda answer: fetched.update({answer.url: answer.status}))

    def is_well(name):
        assert serious_violations(page) == []
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
        screenshot(page, f"teach-a-child-{name}-{scheme}")

    visit(page, f"{gallery}/teach_a_child?sample=cup-1")
    page.get_by_role("textbox", name="It is something else").fill("cup")
    page.get_by_role("button", name="Teach it this word").click()
    expect(page.get_by_text("before you told it")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("5 examples, 3 words:")).to_be_visible()
    chart = "A map of 5 examples of 3 words; what is alike stands together"
    expect(page.get_by_label(chart, exact=True)).to_be_visible()
    is_well("told")
    go_to(page, "What it got wrong")
    expect(page.get_by_alt_text("A drawing of a cup, named cup")).to_be_visible()
    is_well("wrong")
    go_to(page, "The red ball")
    expect(page.get_by_text("Ball 1 of 5.")).to_be_visible(timeout=60_000)
    is_well("story")
    go_to(page, "Keep the lesson")
    expect(page.get_by_role("button", name=re.compile("The lesson, 5 examples"))).to_be_visible()
    is_well("keep")
    shown = {url: status for url, status in fetched.items() if "/shown/" in url}
    assert len(shown) >= 9  # five examples on the map, the cup, and three patterns
    assert set(shown.values()) == {200}
    assert ours(problems) == []


def test_the_tray_is_walked_by_its_pictures_and_by_another_thing(gallery, page, problems):
    visit(page, f"{gallery}/teach_a_child")
    page.get_by_role("button", name="Star", exact=True).click()
    expect(page).to_have_url(re.compile("sample=star-1"))
    expect(page.get_by_alt_text("A drawing of a star").first).to_be_visible(timeout=60_000)
    page.get_by_role("button", name=re.compile("^(No, )?apple$")).click()
    page.get_by_role("button", name="Show it another thing").click(timeout=60_000)
    expect(page).to_have_url(re.compile("tray=2"))
    expect(page.get_by_role("button", pressed=True)).to_have_count(1)
    assert ours(problems) == []


def test_the_red_ball_to_its_end(gallery, page, problems, screenshot):
    visit(page, f"{gallery}/teach_a_child?teach=The+red+ball")
    for number in range(1, 6):
        expect(page.get_by_text(f"Ball {number} of 5.")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name=re.compile("No, that is a ball|Right, a ball")).last.click()
    expect(page.get_by_text(re.compile("Wrong at ball 1"))).to_be_visible(timeout=60_000)
    screenshot(page, "teach-a-child-story")
    assert ours(problems) == []


def test_a_lesson_is_saved_and_loaded(gallery, page, problems, tmp_path):
    visit(page, f"{gallery}/teach_a_child?teach=Keep+the+lesson")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("The lesson, 4 examples")).click()
    path = tmp_path / "lesson.zip"
    download.value.save_as(path)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Go on with this lesson").click(timeout=60_000)
    expect(page.get_by_text("4 examples, 2 words:")).to_be_visible(timeout=60_000)
    assert ours(problems) == []


def test_the_camera_is_something_to_learn_from(gallery, page, problems):
    visit(page, f"{gallery}/teach_a_child")
    page.get_by_text("Camera", exact=True).click()
    page.get_by_role("button", name="Take Photo").click(timeout=60_000)
    expect(page.get_by_text(re.compile("I have never seen this|A ball|An apple")).first).to_be_visible(
        timeout=60_000
    )
    assert ours(problems) == []


def test_a_word_is_taught_by_holding_a_button_while_the_camera_looks(gallery, page, problems):
    visit(page, f"{gallery}/teach_a_child")
    go_to(page, "Live")
    page.get_by_role("button", name="Start the camera").click()
    expect(page.get_by_text("The nearest example is")).to_be_visible(timeout=60_000)
    go_to(page, "A new word")
    word = page.get_by_role("textbox", name="The new word")
    word.fill("<b>disc</b>")
    word.press("Enter")
    hold = page.get_by_role("button", name="Hold to teach “<b>disc</b>”")
    hold.hover(timeout=60_000)
    page.mouse.down()
    expect(page.get_by_text(re.compile("^[3-9] of 50$")).first).to_be_visible(timeout=60_000)
    page.mouse.up()
    expect(page.get_by_text(re.compile("^([6-9]|[1-5][0-9]) examples, 3 words:"))).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_text("“<b>disc</b>?”", exact=True).first).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("4 examples, 2 words:")).to_be_visible(timeout=60_000)
    assert ours(problems) == []


# A camera before which a picture is held up and never quite still.
CAMERA = """
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, 480];
    const picture = new Image();
    window.holdUp = (address) => (picture.src = address);
    setInterval(() => {
        const [now, pen] = [performance.now() / 1000, canvas.getContext("2d")];
        const side = 480 + 50 * Math.sin(now);
        pen.drawImage(picture, 0, 0, 1, 1, 0, 0, 640, 480);
        pen.drawImage(picture, 60 + 40 * Math.sin(1.3 * now), 20 * Math.cos(0.9 * now) - 20, side, side);
    }, 100);
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream();
"""


def hold_up(page, kind):
    picture = base64.b64encode(encode_jpeg(draw(kind, 900))).decode()
    page.evaluate("address => void holdUp(address)", f"data:image/jpeg;base64,{picture}")


def test_three_things_are_taught_with_the_camera_live_and_a_fourth_is_new_to_it(gallery, page, problems):
    page.add_init_script(CAMERA)
    visit(page, f"{gallery}/teach_a_child")
    page.get_by_role("radio", name="Live").click()
    page.get_by_role("button", name="Start the camera").click()
    said, three = page.locator(".words"), ("cup", "star", "house")
    for word in three:
        hold_up(page, word)
        page.get_by_role("radio", name="A new word").click()
        page.get_by_role("textbox", name="The new word").fill(word)
        page.keyboard.press("Enter")
        page.get_by_role("button", name=f"Hold to teach “{word}”").hover()
        page.mouse.down()
        expect(said).to_have_text(re.compile("^([6-9]|[1-9][0-9]) of 50$"))
        page.mouse.up()
        expect(page.get_by_role("radio", name=word, exact=True)).to_be_checked()
    for word in three:
        hold_up(page, word)
        expect(said).to_have_text(f"“{word}?”")
    hold_up(page, "fish")
    expect(said).to_have_text("“I have never seen this.”")
    assert ours(problems) == []
