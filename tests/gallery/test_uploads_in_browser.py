"""What visitors upload: phones' photos are shown, anything else is refused beside the uploader."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.gallery.hostile_files import heic
from tests.visiting import visit

pytestmark = pytest.mark.reports


def noise(width, height):
    file = io.BytesIO()
    pixels = np.random.default_rng(2).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    Image.fromarray(pixels.repeat(8, 0).repeat(8, 1)).save(file, "PNG")
    return file.getvalue()


def give(page, name, data, mime="application/octet-stream"):
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(
        [{"name": name, "mimeType": mime, "buffer": data}]
    )


def my_photo(page):
    page.get_by_role("radio", name="My photo", exact=True).click()
    expect(page.get_by_text("HEIC, AVIF")).to_be_visible(timeout=20_000)


def test_a_heic_photo_is_taken_and_what_is_refused_says_why_and_takes_the_old_result_away(gallery, page):
    """An iPhone's photo was refused with the reason on hover only, and the old result stayed."""
    visit(page, f"{gallery}/super_resolution")
    my_photo(page)
    give(page, "IMG_0001.HEIC", heic("photo"), "image/heic")
    expect(page.get_by_role("button", name="Download the result (PNG)")).to_be_visible(timeout=60_000)
    give(page, "drawing.xcf", b"gimp xcf v011\0" + bytes(200))
    reason = page.get_by_text("This is not a kind of picture the gallery knows")
    expect(reason).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Download the result (PNG)")).to_have_count(0, timeout=20_000)
    below = reason.bounding_box()["y"] - page.get_by_test_id("stFileUploader").first.bounding_box()["y"]
    assert 0 < below < 400


@pytest.mark.parametrize("size", [(640, 480), (24, 1600)], ids=["photo", "strip"])
def test_a_photo_without_a_face_leaves_no_empty_room(gallery, page, size):
    """The page of the faces was 6,400 px high after a photo without one."""
    visit(page, f"{gallery}/faces")
    my_photo(page)
    give(page, "noise.png", noise(*size), "image/png")
    expect(page.get_by_text("No face found here")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)
    height = page.get_by_test_id("stMainBlockContainer").bounding_box()["height"]
    assert height < 3600


@pytest.fixture(scope="module")
def little_room(start_gallery):
    room = {"DLINTRO_UPLOAD_MB": "2", "DLINTRO_VISITOR_UPLOADS_MB": "3"}
    with start_gallery(until="/_stcore/health", **room) as url:
        yield url


def sentences(page):
    """What is to be seen of files that were not taken."""
    return page.get_by_text("was refused").and_(page.locator(":visible"))


def test_a_file_over_the_limit_says_so_on_the_page_and_the_old_result_goes(
    little_room, new_page, serious_violations
):
    """The browser refused it, with the reason on hover only, and the old picture's result stayed."""
    page = new_page(viewport={"width": 360, "height": 800})
    visit(page, f"{little_room}/super_resolution")
    my_photo(page)
    download = page.get_by_role("button", name="Download the result (PNG)")
    give(page, "large.png", bytes(3 << 20), "image/png")  # where no file was there before
    expect(sentences(page)).to_have_text(
        "“large.png” was refused. It has 3.0 MB; the limit is 2 MB a file. Choose a smaller one.",
        timeout=20_000,
    )
    page.get_by_role("button", name="Remove large.png").click()
    expect(sentences(page)).to_have_count(0)
    for name in ("good.png", "better.png"):
        give(page, name, noise(160, 120), "image/png")
        expect(download).to_be_visible(timeout=60_000)
        expect(sentences(page)).to_have_count(0, timeout=20_000)
        expect(page.get_by_test_id("stFileChip").and_(page.locator(":visible"))).to_have_count(1)
        give(page, "*larger* <b>.png", bytes(4 << 20), "image/png")
        expect(sentences(page)).to_contain_text("“*larger* <b>.png” was refused", timeout=20_000)
        expect(download).to_have_count(0, timeout=20_000)
    uploader = page.get_by_test_id("stFileUploader").bounding_box()
    box = sentences(page).bounding_box()
    assert 0 < box["y"] - uploader["y"] - uploader["height"] < 60, "next to the uploader"
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 360
    assert serious_violations(page) == []


def test_of_several_files_the_refused_ones_are_named_where_they_were_brought(little_room, new_page):
    page = new_page()
    visit(page, f"{little_room}/faces?look-at=An+album")
    page.get_by_role("radio", name="My photos", exact=True).click()
    expect(page.get_by_text("or a zip of them")).to_be_visible(timeout=20_000)
    sizes = {"a.png": noise(160, 120), "large.png": bytes(3 << 20), "b.png": noise(120, 160)}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in sizes.items()]
    )
    expect(page.get_by_text("2 photos, 0 faces")).to_be_visible(timeout=60_000)
    expect(sentences(page)).to_contain_text("“large.png” was refused. It has 3.0 MB")
    give(page, "c.png", noise(160, 160), "image/png")
    expect(page.get_by_text("3 photos, 0 faces")).to_be_visible(timeout=60_000)
    expect(sentences(page)).to_contain_text("“large.png” was refused. It has 3.0 MB")  # its name is there yet
    expect(page.get_by_text("AxiosError").and_(page.locator(":visible"))).to_have_count(0)

    visit(page, f"{little_room}/teach_a_child")
    my_photo(page)
    page.get_by_text("Many at once").click()
    expect(page.get_by_test_id("stFileUploader")).to_have_count(2, timeout=20_000)
    give(page, "large.png", bytes(3 << 20), "image/png")  # into the first of the two
    expect(sentences(page)).to_have_count(1, timeout=20_000)
    assert sentences(page).bounding_box()["y"] < page.get_by_text("Many at once").bounding_box()["y"]


def test_a_file_that_gets_stuck_on_its_way_says_so_too(little_room, new_page):
    page = new_page(viewport={"width": 360, "height": 800})
    visit(page, f"{little_room}/feature_layers")
    my_photo(page)
    page.route("**/_stcore/upload_file/**", lambda route: route.abort())
    give(page, "photo.png", noise(160, 120), "image/png")
    reason = page.get_by_test_id("stFileUploader").get_by_role("alert")
    expect(reason).to_have_count(1, timeout=20_000)
    words = reason.evaluate("said => getComputedStyle(said, '::after').content")
    assert "did not come through" in words
    box = reason.bounding_box()
    assert box["height"] > 40
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 360
