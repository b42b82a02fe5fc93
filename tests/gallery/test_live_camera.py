"""The live camera in Chromium, with its made-up camera, on the page of the classifier."""

import pytest
from playwright.sync_api import expect

from tests.visiting import ours, visit

PATIENCE = 60_000


def refused(error):
    return f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{error}'))"


@pytest.fixture
def live(gallery, new_page):
    """Opens the page at its live camera, which `script` may have broken before."""

    def open_page(script="", host="127.0.0.1", **options):
        page = new_page(**options)
        if script:
            page.add_init_script(script)
        visit(page, f"{gallery}/feature_layers".replace("127.0.0.1", host))
        page.get_by_role("radio", name="Live").click()
        expect(page.get_by_text("The camera is off.")).to_be_visible(timeout=PATIENCE)
        return page

    return open_page


def start(page):
    page.get_by_role("button", name="Start the camera").click()


def answered(page, times=1):
    """Wait until so many frames have been answered."""
    for _ in range(times):
        with page.expect_response(lambda answer: "/live/" in answer.url and answer.ok, timeout=PATIENCE):
            pass


def press(radio):
    """A page that becomes shorter moves under the pointer: press again, as a person would."""
    for _ in range(3):
        radio.click()
        try:
            return expect(radio).to_be_checked(timeout=5000)
        except AssertionError:
            continue
    raise AssertionError(f"{radio} cannot be pressed")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_answer_follows_the_camera_and_ends_with_it(
    live, problems, serious_violations, screenshot, scheme, width
):
    page = live(viewport={"width": width, "height": 800}, color_scheme=scheme)
    start(page)
    answered(page, 6)
    expect(page.locator(".bars li")).to_have_count(5)
    expect(page.get_by_text("pictures a second")).to_be_visible()
    assert serious_violations(page) == []
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    screenshot(page, f"live-{scheme}-{width}")
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.get_by_text("The camera is off.")).to_be_visible()
    frames = []
    page.on("request", lambda request: frames.append(request.url) if "/live/" in request.url else None)
    press(page.get_by_role("radio", name="Samples"))
    expect(page.get_by_role("toolbar", name="Samples")).to_be_visible()
    assert frames == []
    assert ours(problems) == []


def test_the_maps_follow_the_layer_without_a_new_start(live):
    page = live()
    start(page)
    answered(page, 2)
    eight = page.get_by_alt_text("8 channels at work")
    expect(eight).to_be_visible()
    before = eight.get_attribute("alt")
    page.get_by_role("slider", name="Layer that is shown").press("End")
    expect(eight).not_to_have_attribute("alt", before, timeout=PATIENCE)
    page.get_by_role("slider", name="Layer that is shown").press("Home")
    expect(eight).to_be_hidden(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Stop the camera")).to_be_visible()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (refused("NotAllowedError"), "was not allowed to use the camera"),
        (refused("NotFoundError"), "has no camera"),
        (refused("NotReadableError"), "Another program is using the camera"),
        (refused("Strange"), "does not start"),
    ],
    ids=["refused", "none", "in use", "strange"],
)
def test_why_there_is_no_camera_is_said_with_what_to_do(live, script, words):
    page = live(script)
    start(page)
    expect(page.get_by_role("alert").filter(has_text=words)).to_contain_text("photo")


def test_over_http_from_another_machine_it_says_why_there_is_no_camera_and_what_to_do(live):
    page = live(host="gallery.test")
    assert not page.evaluate("isSecureContext")
    start(page)
    said = page.get_by_role("alert").filter(has_text="only over https or on this very computer")
    expect(said).to_contain_text("Ask for the https address, or use a photo.")
    expect(page.get_by_role("radio", name="My photo")).to_be_enabled()


def test_a_camera_that_is_unplugged_a_tab_in_the_background_and_a_page_that_is_left_send_nothing(live):
    page = live("""
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (what) => (window.opened = await open(what));
    """)
    start(page)
    answered(page)
    page.evaluate("""
        window.looks = 0;
        Object.defineProperty(document, 'hidden', {get: () => ++looks > 0, configurable: true});
    """)
    page.wait_for_function("() => looks > 0")  # the picture that was on its way is answered
    frames = []
    page.on("request", lambda request: frames.append(request.url) if "/live/" in request.url else None)
    page.wait_for_function("() => looks > 4")
    assert frames == []
    page.evaluate("delete document.hidden")
    answered(page)
    page.evaluate("opened.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(page.get_by_text("was unplugged")).to_be_visible()
    start(page)
    answered(page)
    page.get_by_role("link", name="Gallery").click()
    expect(page.locator("h1")).to_have_text("Deep Learning, Live")
    assert page.evaluate("opened.getTracks()[0].readyState") == "ended"


def test_a_picture_that_is_being_made_when_the_camera_is_stopped_is_not_sent(live):
    page = live("""
        const make = HTMLCanvasElement.prototype.toBlob;
        HTMLCanvasElement.prototype.toBlob = function (done, ...how) {
            window.finish = () => new Promise((ready) =>
                make.call(this, (blob) => { done(blob); setTimeout(ready); }, ...how));
            if (!window.slow) finish();
        };
    """)
    start(page)
    answered(page)
    page.evaluate("slow = true; finish = null")
    page.wait_for_function("() => finish")
    page.get_by_role("button", name="Stop the camera").click()
    expect(page.get_by_text("The camera is off.")).to_be_visible()
    frames = []
    page.on("request", lambda request: frames.append(request.url) if "/live/" in request.url else None)
    page.evaluate("finish()")
    assert frames == []


def test_of_two_cameras_one_is_chosen(live):
    page = live("""
        const [open, list] = ["getUserMedia", "enumerateDevices"].map(
            (name) => navigator.mediaDevices[name].bind(navigator.mediaDevices));
        window.asked = [];
        navigator.mediaDevices.getUserMedia = (what) => {
            asked.push(what.video.deviceId?.exact);
            return open({video: true});
        };
        navigator.mediaDevices.enumerateDevices = async () => [
            ...(await list()), {kind: "videoinput", deviceId: "back", label: "Back camera"}];
    """)
    start(page)
    answered(page)
    page.get_by_role("combobox", name="Camera").select_option("Back camera")
    answered(page)
    assert page.evaluate("asked") == [None, "back"]


# A camera whose size changes; and the sizes of the pictures that are sent.
CANVAS = """
    const canvas = document.createElement("canvas");
    window.turnTo = (width, height) => Object.assign(canvas, { width, height });
    turnTo(3840, 2160);
    setInterval(() => {
        const pen = canvas.getContext("2d");
        pen.fillStyle = `hsl(${performance.now() % 360} 80% 50%)`;
        pen.fillRect(0, 0, canvas.width / 2, canvas.height);
    }, 100);
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream();
    window.sent = [];
    const send = window.fetch;
    window.fetch = async (address, options) => {
        if (options?.body instanceof Blob) {
            const { width, height } = await createImageBitmap(options.body);
            sent.push(`${width} x ${height}`);
        }
        return send(address, options);
    };
"""


def test_pictures_of_a_4k_camera_are_sent_small_and_it_may_be_turned_while_it_is_live(live):
    page = live(CANVAS)
    start(page)
    answered(page)
    assert set(page.evaluate("sent")) == {"320 x 180"}
    page.evaluate("turnTo(2160, 3840)")
    page.wait_for_function("() => sent.at(-1) === '180 x 320'", timeout=PATIENCE)
    answered(page)
    expect(page.locator(".bars li")).to_have_count(5)
    assert set(page.evaluate("sent")) == {"320 x 180", "180 x 320"}


FULL = "12 cameras are live, which is the limit. This one waits for a place."


def test_a_gallery_that_is_slow_silent_or_full_says_so_and_is_asked_again(live):
    page = live()
    busy, silent = page.get_by_text("The gallery is busy: it looks less often"), "No answer from the gallery"
    page.route("**/live/*", lambda route: route.fulfill(json={"answer": {}, "pause": 800}))
    start(page)
    expect(busy).to_be_visible()
    page.unroute("**/live/*")
    page.route("**/live/*", lambda route: route.abort())
    expect(page.get_by_text(f"{silent}. Trying again")).to_be_visible(timeout=PATIENCE)
    page.unroute("**/live/*")
    page.route("**/live/*", lambda route: route.fulfill(status=503, json={"problem": FULL}))
    expect(page.get_by_role("alert").filter(has_text=FULL)).to_be_visible(timeout=PATIENCE)
    page.unroute("**/live/*")
    answered(page)
    expect(page.get_by_text(silent)).to_be_hidden()
    expect(page.get_by_text(FULL)).to_be_hidden()
