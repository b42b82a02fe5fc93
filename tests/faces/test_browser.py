"""Friends in photos, clicked through."""

import io
import json
import re
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import expect

from dlintro_demos.faces.samples import LIMITS, SAMPLES
from tests.visiting import ours, visit


def pick(page, name):
    page.get_by_role("radio", name=name, exact=True).click()


def settled(page):
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)


def name_face(page, name):
    expect(page.get_by_label("Who is it?")).to_have_count(1, timeout=20_000)  # the last photo's field is gone
    page.get_by_label("Who is it?").fill(name)
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_text("People of this visit")).to_be_visible(timeout=20_000)
    settled(page)


def sample(page, name):
    page.get_by_role("button", name=name, exact=True).click()
    alt = next(sample.alt for sample in (*SAMPLES, *LIMITS) if sample.title == name)
    expect(page.get_by_role("group", name=f"Faces in: {alt}")).to_be_visible(timeout=20_000)
    settled(page)


@pytest.fixture
def demo(gallery, page):
    visit(page, f"{gallery}/faces")
    return page


def test_tag_suggest_no_undo_and_forget(demo, problems, screenshot):
    expect(demo.get_by_text("I don't know this person.")).to_be_visible(timeout=30_000)
    name_face(demo, "Eileen <b>Collins</b>")
    sample(demo, "Dark")
    expect(demo.get_by_text(re.compile(r"Is this Eileen <b>Collins</b>\? I am sure"))).to_be_visible(
        timeout=20_000
    )
    screenshot(demo, "faces-suggestion")
    demo.get_by_role("button", name="No", exact=True).click()
    expect(demo.get_by_text("but you said no")).to_be_visible(timeout=20_000)
    settled(demo)
    demo.get_by_role("button", name="Undo").click()
    expect(demo.get_by_text(re.compile(r"\? I am sure"))).to_be_visible(timeout=20_000)
    demo.get_by_role("button", name="Yes", exact=True).click()
    expect(demo.get_by_text("you said so")).to_be_visible(timeout=20_000)
    demo.get_by_text("Change", exact=True).click()
    demo.get_by_role("button", name="Forget this person").click()
    expect(demo.get_by_text("People of this visit")).to_have_count(0, timeout=20_000)
    expect(demo.get_by_text("I don't know this person.")).to_be_visible(timeout=20_000)
    assert demo.locator("b", has_text="Collins").count() == 0
    assert ours(problems) == []


def board_card(page, title):
    return page.locator(".people-board").get_by_role("region", name=title, exact=True)


def test_an_album_is_grouped_put_right_by_hand_named_once_and_exported(demo, problems, screenshot):
    pick(demo, "An album")
    expect(demo.get_by_text(re.compile(r"14 photos, \d+ faces"))).to_be_visible(timeout=60_000)
    expect(board_card(demo, "Somebody, 1")).to_be_visible(timeout=20_000)
    settled(demo)
    first = board_card(demo, "Somebody, 1").locator(".chip").first
    first.drag_to(board_card(demo, "New person"))
    expect(board_card(demo, "Person 1").locator(".chip")).to_have_count(1, timeout=20_000)
    settled(demo)
    board_card(demo, "Somebody, 2").locator(".chip").first.press("Enter")  # those that the first one left
    demo.get_by_role("combobox", name="Move A face in").select_option("Person 1")
    demo.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(board_card(demo, "Person 1").locator(".chip")).to_have_count(2, timeout=20_000)
    settled(demo)
    demo.get_by_role("button", name="Undo").click()
    expect(board_card(demo, "Person 1").locator(".chip")).to_have_count(1, timeout=20_000)
    settled(demo)
    screenshot(demo, "faces-moved")
    demo.get_by_role("textbox", name="Somebody, 1").fill("Grace")
    demo.get_by_role("button", name="Name them").first.click()
    expect(board_card(demo, "Grace")).to_be_visible(timeout=20_000)
    settled(demo)
    expect(demo.locator(".people-board img").first).to_have_js_property("complete", True)
    screenshot(demo, "faces-album")
    with demo.expect_download() as download:
        demo.get_by_role("button", name="Download the tagged album (zip)").click()
    archive = zipfile.ZipFile(download.value.path())
    album = json.loads(archive.read("album.json"))
    tagged = [face["person"] for photo in album["photos"] for face in photo["faces"]]
    assert tagged.count("Grace") >= 5
    assert tagged.count("Person 1") == 1
    assert len([name for name in archive.namelist() if name.endswith(".xmp")]) == 14
    assert ours(problems) == []


def test_a_video_shows_who_is_when_and_hides_them(demo, screenshot):
    pick(demo, "A video")
    expect(demo.get_by_text("2 people")).to_be_visible(timeout=60_000)
    expect(demo.locator("video")).to_be_visible(timeout=30_000)
    pick(demo, "Faces pixelated")
    expect(demo.get_by_role("button", name="Download this video (WebM)")).to_be_visible(timeout=30_000)
    settled(demo)
    screenshot(demo, "faces-video")


def test_a_photo_without_a_face_says_so_and_a_box_can_be_drawn(demo):
    sample(demo, "Tiny")
    expect(demo.get_by_text("No face found here.")).to_be_visible(timeout=20_000)
    demo.get_by_role("button", name="Draw a box").press("Enter")
    expect(demo.get_by_role("application")).to_be_focused()
    demo.keyboard.press("Enter")
    expect(demo.get_by_role("button", name="Remove this box")).to_be_visible(timeout=20_000)
    demo.get_by_role("button", name="Remove this box").click()
    expect(demo.get_by_text("No face found here.")).to_be_visible(timeout=20_000)


def test_faces_are_hidden_the_photo_is_downloaded_and_the_game_counts(demo, problems):
    demo.get_by_text("Hide faces in this photo").click()
    expect(demo.get_by_alt_text("The photo with faces hidden")).to_be_visible(timeout=20_000)
    with demo.expect_download() as download:
        demo.get_by_role("button", name="Download this photo (PNG)").click()
    hidden = Image.open(download.value.path())
    assert (hidden.format, hidden.size) == ("PNG", (960, 480))
    demo.get_by_role("button", name="Play").click()
    for _ in range(2):
        demo.get_by_role("button", name="The same person").click()
        demo.get_by_role("button", name="Next pair").click()
    expect(demo.get_by_text(re.compile("After 2: you"))).to_be_visible(timeout=20_000)
    assert ours(problems) == []


@pytest.mark.reports
def test_a_photo_chosen_again_under_another_name_is_exported_under_that_name(demo):
    """The same bytes, renamed: the zip still had the old name."""
    pixels = io.BytesIO()
    Image.new("RGB", (80, 60), "grey").save(pixels, "PNG")
    pick(demo, "An album")
    pick(demo, "My photos")
    for name in ("scan0001.png", "birthday.png"):
        file = {"name": name, "mimeType": "image/png", "buffer": pixels.getvalue()}
        demo.locator("input[type=file]").set_input_files([file])
        expect(demo.get_by_alt_text(f"Photo {name}")).to_be_visible(timeout=30_000)
        settled(demo)
        with demo.expect_download() as download:
            demo.get_by_role("button", name="Download the tagged album (zip)").click()
        names = zipfile.ZipFile(download.value.path()).namelist()
        assert name in names
        if name == "scan0001.png":
            demo.get_by_role("button", name="Remove").first.click()
            expect(demo.get_by_alt_text(f"Photo {name}")).to_have_count(0, timeout=20_000)
