"""The assistant in Chromium, whose microphone plays the bundled recording."""

import re
import wave

import numpy as np
import pytest
from playwright.sync_api import expect

from dlintro_demos.assistant.conversing import open_for_everybody
from dlintro_demos.assistant.recordings import LABEL
from dlintro_demos.gallery.process import engine
from tests.browser_fixtures import FLAGS, _chromium
from tests.gallery.first_screen import the_result_is_on_the_first_screen
from tests.visiting import ours, visit

QUESTION = "What is my schedule for tomorrow?"
# What the page's voice has played, and whether it plays now; before the page has any.
LISTEN = """
  window.played = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    window.played.push(this);
    return play.call(this);
  };
"""
LOUD = "bar => new DOMMatrix(getComputedStyle(bar).transform).a > 0.05"
SOUNDING = "() => window.played.filter((sound) => !sound.paused).length"


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """The bundled recording as a WAV file, with silence behind it, which the microphone then repeats."""
    *_, opening = open_for_everybody("2026-11-26", "UTC", engine().cache)
    path = tmp_path_factory.mktemp("microphone") / "said.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(opening.recording[44:] + np.zeros(4 * 16_000, "<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def with_microphone(chromium, recording):
    """A browser of its own, for the microphone is a browser's."""
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={recording}"]
    browser = chromium.browser_type.launch(executable_path=_chromium(), args=flags)
    yield browser
    browser.close()


@pytest.fixture
def talking(with_microphone, problems):
    """A page with that microphone."""
    context = with_microphone.new_context(permissions=["microphone"], viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(LISTEN)
    page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
    yield page
    context.close()


def answers(page):
    return page.locator(".bubble.answer")


def mic(page):
    return page.locator("button.mic")


def test_push_to_talk_is_heard_answered_aloud_with_captions_and_interrupted(
    gallery, talking, problems, serious_violations, screenshot
):
    page = talking
    visit(page, f"{gallery}/assistant")
    the_result_is_on_the_first_screen(page)
    expect(page.locator(".bubble").first).to_contain_text(LABEL)
    assert page.evaluate("window.played.length") == 0  # nothing is spoken before anybody asks
    mic(page).hover()
    page.mouse.down()
    expect(mic(page)).to_contain_text("Listening")
    page.wait_for_function(LOUD, arg=page.locator(".level").element_handle())
    expect(page.locator("#how")).to_contain_text("12 s left")  # the sentence has been said
    page.mouse.up()
    expect(answers(page)).to_have_count(2)
    expect(page.locator("button.bubble").nth(1)).to_contain_text(QUESTION)
    expect(page.locator(".answer .now").first).to_be_visible()  # the caption of what is being spoken
    assert page.evaluate(SOUNDING) == 1
    page.locator("button.stop").click()
    expect(page.locator("button.stop")).to_be_hidden()
    expect(page.locator(".answer .now")).to_have_count(0)
    assert page.evaluate(SOUNDING) == 0
    assert serious_violations(page) == []
    screenshot(page, "assistant-answered")
    assert ours(problems) == []


def test_tap_to_talk_ends_by_itself_and_speaking_interrupts_the_answer(gallery, talking, problems):
    page = talking
    visit(page, f"{gallery}/assistant")
    mic(page).click()
    expect(mic(page)).to_contain_text("Listening")
    expect(answers(page)).to_have_count(2)  # soon after the voice had ended, without another tap
    expect(page.locator(".answer .now").first).to_be_visible()
    mic(page).focus()
    page.keyboard.down(" ")
    expect(mic(page)).to_contain_text("Listening")
    assert page.evaluate(SOUNDING) == 0
    page.keyboard.press("Escape")
    page.keyboard.up(" ")
    expect(mic(page)).to_contain_text("Hold or tap to talk")
    expect(answers(page)).to_have_count(2)  # thrown away
    assert ours(problems) == []


def test_muted_stays_muted_and_what_is_written_is_all_there(gallery, talking, problems):
    page = talking
    visit(page, f"{gallery}/assistant")
    page.get_by_role("button", name="Mute").click()
    page.get_by_role("button", name="Find me a free hour tomorrow").click()
    expect(answers(page)).to_have_count(2)
    expect(answers(page).nth(1)).to_contain_text("You are free tomorrow from ")
    visit(page, f"{gallery}/assistant")
    expect(page.get_by_role("button", name="Muted")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.played.length") == 0
    assert ours(problems) == []


NO_STREAM = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{}'))"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (NO_STREAM.format("NotAllowedError"), "The browser was not allowed to use the microphone."),
        (NO_STREAM.format("NotFoundError"), "This computer has no microphone."),
        (NO_STREAM.format("NotReadableError"), "Another program is using the microphone."),
        (
            "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })",
            "Browsers give a page the microphone only over https or on this very computer.",
        ),
    ],
    ids=["not allowed", "none", "in use", "no https"],
)
def test_without_a_microphone_it_says_why_and_what_to_do(gallery, new_page, script, said):
    page = new_page()
    page.add_init_script(script)
    visit(page, f"{gallery}/assistant")
    mic(page).click()
    problem = page.locator(".talk [role=alert]")
    expect(problem).to_contain_text(said)
    expect(problem).to_contain_text(re.compile("type below", re.IGNORECASE))
    expect(mic(page)).to_contain_text("Hold or tap to talk")
    box = page.get_by_placeholder("Or type what you would say")
    box.fill("thanks")
    box.press("Enter")
    expect(answers(page)).to_have_count(2)
    expect(problem).to_be_hidden()


def test_on_a_phone_in_the_dark_both_stand_under_each_other_and_all_of_it_works_by_finger(
    gallery, new_page, problems, serious_violations, screenshot
):
    page = new_page(viewport={"width": 360, "height": 740}, color_scheme="dark", reduced_motion="reduce")
    visit(page, f"{gallery}/assistant")
    the_result_is_on_the_first_screen(page)
    page.get_by_text("Flights", exact=True).click()
    page.get_by_role("button", name="Find a flight to Paris on Friday").click()
    expect(answers(page)).to_have_count(2)
    page.get_by_role("button", name="The cheaper one").click()
    expect(answers(page)).to_have_count(3)
    page.get_by_role("button", name="Yes", exact=True).first.click()
    expect(answers(page).nth(3)).to_contain_text("Booked: ")
    conversation, pipeline = page.locator(".talk").bounding_box(), page.locator(".stages").bounding_box()
    assert conversation["y"] + conversation["height"] <= pipeline["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("button.bubble").first.click()
    expect(page.locator(".stages li").first).to_contain_text("OGG")
    assert serious_violations(page) == []
    screenshot(page, "assistant-phone")
    assert ours(problems) == []


def test_cancelled_in_the_middle_the_conversation_is_as_it_was(gallery, page, recording, tmp_path, problems):
    long = tmp_path / "long.wav"
    with wave.open(str(recording)) as one, wave.open(str(long), "wb") as many:
        many.setparams(one.getparams())
        many.writeframes(5 * one.readframes(one.getnframes()))
    visit(page, f"{gallery}/assistant")
    page.locator("input[type=file]").set_input_files(long)
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("Cancelled, as you asked.")).to_be_visible()
    expect(answers(page)).to_have_count(1)
    page.get_by_role("button", name="Start again").click()
    expect(answers(page)).to_have_count(2)
    expect(page.locator("button.bubble").nth(1)).to_contain_text(
        re.compile("Spoken. The first 30 seconds of 3. are used.")
    )
    assert ours(problems) == []
