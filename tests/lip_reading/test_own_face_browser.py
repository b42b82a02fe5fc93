"""Your own face in Chromium: lips followed live in a film that plays as the camera, sentences learned."""

import base64
import re

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from dlintro_demos.lip_reading.live import GOOD, WORDS
from dlintro_demos.lip_reading.recording import FaceTooSmall, MouthOutside, NoFace, TwoFaces
from tests.browser_fixtures import FLAGS, NO_CHROMIUM, _chromium
from tests.lip_reading.videos import face, filmed
from tests.visiting import ours, visit

PATIENCE = 120_000
SIZE = {"width": 640, "height": 480}
# How many pixels of the canvas over the camera's picture are painted.
PAINTED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""
# A camera that shows what it is told to.
SHOWN = """
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const pen = canvas.getContext("2d");
    let picture = null;
    window.show = async (source) => {
        const next = Object.assign(new Image(), { src: source });
        await next.decode();
        picture = next;
    };
    setInterval(() => picture && pen.drawImage(picture, 0, 0), 50);
    navigator.mediaDevices.getUserMedia = async () => (window.opened = canvas.captureStream());
"""


def jpeg(rgb):
    return cv2.imencode(".jpg", np.ascontiguousarray(rgb[..., ::-1]))[1].tobytes()


@pytest.fixture(scope="module")
def film_page(chromium, tmp_path_factory):
    """A page of a browser whose camera shows a film of a face that speaks."""
    path = tmp_path_factory.mktemp("film") / "face.mjpeg"
    path.write_bytes(b"".join(jpeg(face(number / 25, **SIZE)) for number in range(75)))
    browser = chromium.browser_type.launch(
        executable_path=_chromium() or pytest.skip(NO_CHROMIUM),
        args=[*FLAGS, f"--use-file-for-fake-video-capture={path}"],
    )
    yield lambda **how: browser.new_page(permissions=["camera"], **how)
    browser.close()


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 800), "light"), ((360, 740), "dark")], ids=["desk", "phone"]
)
def test_the_lips_are_followed_before_and_while_it_records_and_then_the_camera_is_off(
    gallery, film_page, serious_violations, screenshot, size, scheme
):
    page = film_page(viewport=dict(zip(("width", "height"), size, strict=True)), color_scheme=scheme)
    visit(page, f"{gallery}/lip_reading?do=Your+own+face")
    recorder = page.locator(".recorder")
    recorder.get_by_role("button", name="Start my camera").press("Enter")
    expect(recorder.locator(".seen")).to_have_text(GOOD, timeout=PATIENCE)
    page.wait_for_function(
        f"canvas => ({PAINTED})(canvas) > 50", arg=recorder.locator(".lips").element_handle()
    )
    curve = recorder.locator(".curve").element_handle()
    page.wait_for_function("curve => Number(curve.dataset.points) > 2", arg=curve)
    record = recorder.get_by_role("button", name="Record", exact=True)
    expect(record).to_be_focused()
    expect(record).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious_violations(page) == []
    screenshot(page, f"lip-reading-live-{size[0]}")
    record.press("Enter")
    expect(recorder.locator(".lit")).to_have_count(1)
    # On a busy machine the browser films too few pictures.
    read = page.get_by_text(re.compile("^(1 of 5 sentences kept|The video has .* lips need)"))
    expect(read).to_be_visible(timeout=PATIENCE)
    expect(recorder.get_by_role("button", name="Start my camera")).to_be_visible()
    expect(recorder.locator("video")).to_be_hidden()
    page.close()


def test_what_is_wrong_is_said_before_anybody_records_and_the_lips_are_not_drawn(gallery, new_page, problems):
    page = new_page(viewport={"width": 360, "height": 740})
    page.add_init_script(SHOWN)
    visit(page, f"{gallery}/lip_reading?do=Your+own+face")
    recorder = page.locator(".recorder")
    recorder.get_by_role("button", name="Start my camera").click()
    two = np.concatenate([face(0, width=320, height=480, across=0.3)] * 2, axis=1)
    wrong = {
        NoFace: np.full((480, 640, 3), 90, np.uint8),
        TwoFaces: two,
        FaceTooSmall: face(0, across=0.07, **SIZE),
        MouthOutside: np.roll(face(0, **SIZE), 190, axis=0),
    }
    wrong[MouthOutside][:190] = 90
    for kind, rgb in wrong.items():
        source = "data:image/jpeg;base64," + base64.b64encode(jpeg(rgb)).decode()
        page.evaluate("source => show(source)", source)
        expect(recorder.locator(".seen")).to_have_text(WORDS[kind], timeout=PATIENCE)
    expect(recorder.get_by_role("button", name="Record", exact=True)).to_be_enabled()
    recorder.get_by_role("button", name="Stop the camera").click()
    assert page.evaluate("opened.getTracks().every((track) => track.readyState === 'ended')")
    expect(recorder.get_by_role("button", name="Start my camera")).to_be_focused()
    assert ours(problems) == []


def test_where_no_live_camera_is_free_it_records_all_the_same(gallery, new_page):
    page = new_page()
    page.route("**/live/*", lambda route: route.fulfill(status=503, json={"problem": "12 cameras are live."}))
    visit(page, f"{gallery}/lip_reading?do=Your+own+face")
    recorder = page.locator(".recorder")
    recorder.get_by_role("button", name="Start my camera").click()
    expect(recorder.locator(".seen")).to_have_text("12 cameras are live. You can record meanwhile.")
    recorder.get_by_role("button", name="Record", exact=True).click()
    expect(recorder.locator(".lit")).to_have_count(1)
    expect(page.get_by_text("lips.webm")).to_be_visible(timeout=PATIENCE)


def test_five_sentences_are_learned_or_forgotten_in_the_middle_of_it(
    gallery, new_page, problems, serious_violations, screenshot
):
    page = new_page(viewport={"width": 360, "height": 740})
    visit(page, f"{gallery}/lip_reading?do=Your+own+face")
    data = filmed(1.2)
    for number in range(1, 6):
        page.locator("input[type=file]").set_input_files(
            {"name": f"{number}.mp4", "mimeType": "video/mp4", "buffer": data}
        )
        counted = f"{number} of 5 sentences kept" if number < 5 else "5 sentences of yours are kept."
        expect(page.get_by_text(counted)).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Another sentence").click()
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE)
    assert serious_violations(page) == []
    screenshot(page, "lip-reading-learn-offer")
    page.get_by_role("button", name="Learn me").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.get_by_role("button", name="Forget everything I showed").click()
    expect(page.get_by_text("Forgotten: ")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Your own face").click()
    expect(page.get_by_text("0 of 5 sentences kept")).to_be_visible(timeout=PATIENCE)
    assert ours(problems) == []
