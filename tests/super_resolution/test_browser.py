"""Sharpen a blurry photo, clicked through."""

import io
import re
import time
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.visiting import ours, visit


def photo(width, height, mode="RGB"):
    pixels = np.random.default_rng(3).integers(0, 255, (height, width, len(mode)), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels, mode if mode == "RGBA" else None).save(file, "PNG")
    return file.getvalue()


def upload(page, data, name="photo.png", mime="image/png"):
    pick(page, "My photo")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": mime, "buffer": data})


def pick(page, name):
    page.get_by_role("radio", name=name, exact=True).click()


@pytest.fixture
def demo(gallery, page):
    visit(page, f"{gallery}/super_resolution")
    return page


def jobs(page):
    """Running and waiting jobs, as the status page shows them."""
    values = page.get_by_test_id("stMetricValue").all_inner_texts()
    return int(values[2]), int(values[3])


def test_a_bundled_photo_stands_there_already_sharpened_and_can_be_spoilt_first(demo, problems, screenshot):
    for side in ("before", "after"):
        picture = demo.locator(f".comparer img.{side}")
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("naturalWidth", 512)
    screenshot(demo, "super_resolution-first")
    pick(demo, "Blur it first, then repair it")
    expect(demo.get_by_text("Make it smaller by")).to_be_visible()
    expect(demo.get_by_text("Invented detail: the brighter")).to_be_visible(timeout=30_000)
    expect(demo.get_by_alt_text("Invented detail", exact=True)).to_have_js_property("complete", value=True)
    screenshot(demo, "super_resolution-repair")
    assert ours(problems) == []


def test_a_web_page_is_refused_and_my_photo_comes_back_with_its_transparency_until_forgotten(demo, problems):
    upload(demo, b"<!doctype html><img src=x onerror=alert(1)>", "photo.png")
    expect(demo.get_by_test_id("stAlert").get_by_text(re.compile("JPEG, PNG"))).to_be_visible()
    assert demo.locator("img[onerror]").count() == 0
    upload(demo, photo(60, 40, "RGBA"))
    expect(demo.get_by_text("there is no larger original")).to_be_visible(timeout=30_000)
    with demo.expect_download() as download:
        demo.get_by_role("button", name="Download the result (PNG)").click()
    result = Image.open(download.value.path())
    assert (result.format, result.size, result.mode) == ("PNG", (240, 160), "RGBA")
    assert "4x" in download.value.suggested_filename
    demo.get_by_role("button", name="Forget everything I showed").click()
    expect(demo.get_by_text("PSNR against the original")).to_be_visible(timeout=30_000)
    pick(demo, "My photo")
    expect(demo.get_by_text("photo.png")).to_have_count(0)
    assert ours(problems) == []


def test_a_link_opens_the_same_sample_and_settings(demo, page):
    pick(demo, "Lanczos")
    pick(demo, "2x")
    demo.get_by_role("button", name="Coffee", exact=True).click()
    expect(demo.get_by_text("Rachel Michetti")).to_be_visible()
    link = demo.url
    visit(page, link)
    expect(page.get_by_role("radio", name="Lanczos")).to_be_checked()
    expect(page.get_by_role("radio", name="2x")).to_be_checked()
    expect(page.get_by_text("Rachel Michetti")).to_be_visible()


def test_a_slow_job_shows_its_progress_and_ends_by_another_method_cancelling_or_leaving(
    gallery, demo, new_page
):
    under_way = demo.get_by_text(re.compile(r"about \d+ s left"))
    growing = demo.get_by_alt_text("your picture, as far as it is enlarged")
    pick(demo, "Photographic network")
    upload(demo, photo(300, 200))
    expect(under_way).to_be_visible(timeout=30_000)
    larger = (
        "() => [...document.querySelectorAll('.growing img')].some(picture => picture.naturalWidth > 300)"
    )
    demo.wait_for_function(larger)
    pick(demo, "Bicubic")
    expect(demo.get_by_text("there is no larger original")).to_be_visible(timeout=30_000)

    pick(demo, "Photographic network")
    expect(under_way).to_be_visible(timeout=30_000)
    demo.get_by_role("button", name="Cancel").click()
    expect(demo.get_by_text("Cancelled, as you asked.")).to_be_visible(timeout=15_000)
    expect(growing).to_have_count(0)

    demo.get_by_role("button", name="Start again").click()
    expect(under_way).to_be_visible(timeout=30_000)
    watcher = new_page()
    visit(watcher, f"{gallery}/status")
    assert jobs(watcher)[0] >= 1
    demo.close()
    deadline = time.monotonic() + 40
    while jobs(watcher) != (0, 0):
        assert time.monotonic() < deadline, "the job goes on although nobody waits"
        visit(watcher, f"{gallery}/status")


def test_several_photos_go_one_after_the_other_a_bad_one_among_them_and_home_in_one_zip(demo, problems):
    pick(demo, "Photographic network")
    pick(demo, "Several")
    files = [
        ("beach.png", photo(300, 200)),
        ("not a photo.jpg", b"<!doctype html><img src=x onerror=alert(1)>"),
        ("beach.png", photo(60, 40, "RGBA")),
    ]
    demo.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "image/png", "buffer": data} for name, data in files]
    )
    expect(demo.get_by_text("1 of 3, beach.png: ")).to_be_visible(timeout=30_000)
    demo.get_by_role("button", name="Cancel").click()
    expect(demo.get_by_text("Cancelled, as you asked.")).to_be_visible(timeout=15_000)
    expect(demo.get_by_text("not a photo.jpg:")).to_have_count(0)  # the queue stands still

    demo.get_by_role("button", name="Start again").click()
    expect(demo.get_by_role("button", name="Cancel")).to_be_visible(timeout=30_000)
    expect(demo.get_by_role("button", name="Start again")).to_have_count(0)

    pick(demo, "Bicubic")
    expect(demo.get_by_text("2 photos of 3 done.")).to_be_visible(timeout=30_000)
    refused = demo.get_by_test_id("stAlert")
    expect(refused).to_contain_text("not a photo.jpg: ")
    expect(refused).to_contain_text("JPEG, PNG")
    assert demo.locator("img[onerror]").count() == 0
    for picture in demo.get_by_alt_text("beach.png, enlarged").all():
        expect(picture).to_have_js_property("naturalWidth", 304)
    with demo.expect_download() as download:
        demo.get_by_role("button", name="Download 2 photos").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        made = {name: Image.open(io.BytesIO(archive.read(name))) for name in archive.namelist()}
    assert {name: (each.format, each.size) for name, each in made.items()} == {
        "beach 4x.jpg": ("JPEG", (1200, 800)),
        "beach 4x.png": ("PNG", (240, 160)),
    }
    demo.get_by_role("button", name="Forget everything I showed").click()
    expect(demo.get_by_text("3 files you uploaded, 3 results")).to_be_visible(timeout=30_000)
    assert ours(problems) == []


def test_the_camera_gives_a_picture(demo):
    pick(demo, "Camera")
    expect(demo.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    demo.get_by_role("button", name="Take Photo").click()
    expect(demo.get_by_text("there is no larger original")).to_be_visible(timeout=90_000)
