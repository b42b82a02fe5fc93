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


def test_a_file_over_the_limit_or_the_share_says_so_on_the_page(start_gallery, new_page):
    """The reason stood on hover only, in the words of a program: “AxiosError: status code 413”."""
    room = {"DLINTRO_UPLOAD_MB": "2", "DLINTRO_VISITOR_UPLOADS_MB": "1"}
    with start_gallery(until="/_stcore/health", **room) as url:
        page = new_page(viewport={"width": 360, "height": 800})
        visit(page, f"{url}/super_resolution")
        my_photo(page)
        for count, size in enumerate([3 << 20, 3 << 19], 1):
            give(page, "large.png", bytes(size), "image/png")
            reasons = page.get_by_test_id("stFileUploader").get_by_role("alert")
            expect(reasons).to_have_count(count, timeout=20_000)
            words = reasons.last.evaluate("said => getComputedStyle(said, '::after').content")
            assert "not taken" in words
            assert "over the limit above" in words
            assert "Choose a smaller one, or remove some" in words
            box = reasons.last.bounding_box()
            assert box["height"] > 40
            assert 0 <= box["x"] <= box["x"] + box["width"] <= 360
