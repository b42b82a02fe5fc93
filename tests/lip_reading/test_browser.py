"""Reading lips in Chromium: the film plays, six words are chosen by key or finger, the machine answers."""

import re

import pytest
from playwright.sync_api import expect

from dlintro_demos.lip_reading.grammar import WORDS, spell
from dlintro_demos.lip_reading.quiz import OPENING, wish_of
from tests.gallery.first_screen import the_result_is_on_the_first_screen
from tests.visiting import ours, visit

FRAME = "film => Number(film.dataset.frame)"
# Whether the canvas shows a mouth: it is neither empty nor of one colour.
PAINTED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(Array.from({ length: 400 }, (_, i) => data[4 * i * 40])).size > 20;
}"""


# Notes where “not sure enough” is seen before all words are.
EARLY = """root => new MutationObserver(() => {
  const asides = [...root.querySelectorAll(".aside")];
  const seen = asides.some((each) => getComputedStyle(each).visibility === "visible");
  if (seen && root.querySelector(".word.hidden")) root.dataset.early = "yes";
}).observe(root, { subtree: true, childList: true, attributeFilter: ["class"] })"""


def names(sentence):
    """How the sentence is typed: the first letter of each word, but the digit of a number."""
    return "".join(str(word) if slot == 4 else WORDS[slot][word][0] for slot, word in enumerate(sentence))


def test_a_round_by_keyboard_the_film_plays_and_both_are_marked(
    gallery, page, problems, serious_violations, screenshot
):
    visit(page, f"{gallery}/lip_reading")
    film = page.locator(".film")
    canvas = film.locator("canvas.mouth")
    page.wait_for_function("film => Number(film.dataset.frame) > 3", arg=film.element_handle())
    page.wait_for_function(PAINTED, arg=canvas.element_handle())
    expect(film.get_by_text("This mouth is drawn by our program; nobody real says this.")).to_be_visible()

    film.get_by_role("button", name="Pause").click()
    still = film.evaluate(FRAME)
    film.get_by_role("slider").press("ArrowRight")
    assert film.evaluate(FRAME) == still + 1

    truth = wish_of(OPENING, 0).sentence
    done = film.get_by_role("button", name="That is my answer")
    expect(done).to_be_disabled()
    film.get_by_role("button", name="Pause").or_(film.get_by_role("button", name="Play")).focus()
    page.keyboard.type(names(truth)[:3])
    page.keyboard.press("Backspace")
    expect(film.get_by_role("button", name="preposition: not chosen")).to_be_visible()
    page.keyboard.type(names(truth)[2])
    film.get_by_role("button", name=re.compile("^colour: ")).click()
    page.keyboard.press("Backspace")  # of a word that was opened: that one, and not the one before it
    expect(film.get_by_role("button", name="colour: not chosen")).to_be_visible()
    expect(film.get_by_role("button", name="command: not chosen")).to_have_count(0)
    page.keyboard.type(names(truth)[1])
    page.keyboard.type(names(truth)[3:])
    expect(film.get_by_role("button", name=re.compile("^(command|colour|letter)"))).to_have_count(3)
    expect(done).to_be_focused()
    film.evaluate(EARLY)
    page.keyboard.press("Enter")
    you = film.get_by_role("list", name="You", exact=True)
    expect(you.get_by_role("listitem")).to_have_text([f"{word}, right" for word in spell(truth).split()])
    machine = film.get_by_role("list", name="The machine")
    expect(machine.locator(".word.hidden")).to_have_count(0)
    expect(machine.locator(".word.right, .word.wrong")).to_have_count(6)
    assert film.evaluate("root => root.dataset.early") is None
    expect(
        film.get_by_text(re.compile("^(A draw. )?You have 6 of six right, the machine [0-6].$"))
    ).to_be_visible()
    expect(page.get_by_text("After 1 sentence, 6 words: you 6, the machine")).to_be_visible()

    page.get_by_text("Why? Frame by frame").click()
    expect(page.locator(".lane canvas")).to_have_count(4)
    under = page.locator(".film.laned")
    under.locator(".lane canvas").nth(1).click(position={"x": 5, "y": 20})
    assert under.evaluate(FRAME) < 3
    expect(page.get_by_text("What just happened?")).to_be_visible()
    assert serious_violations(page) == []
    screenshot(page, "lip-reading-answered")

    page.get_by_role("button", name="Next sentence").click()
    expect(page.get_by_text("Sentence 2 of 10")).to_be_visible()
    expect(film.first.get_by_role("button", name="command: not chosen")).to_be_visible()
    expect(film.first.get_by_role("button", name="Pause")).to_be_visible()  # another film plays
    expect(page.get_by_role("button", name="Next sentence")).to_have_count(0)  # that run has ended
    expect(film.first.locator(".headline")).to_be_focused()
    page.keyboard.type("bbaf2n")
    expect(done).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Next sentence").click()  # before all words are revealed
    expect(page.get_by_text("Sentence 3 of 10")).to_be_visible()
    expect(page.get_by_text("After 2 sentences, 12 words: you ")).to_be_visible()
    expect(film.first.locator(".headline", has_text="What does this mouth say?")).to_be_visible()
    expect(film.first.locator(".mouth")).to_be_in_viewport(ratio=1)
    assert ours(problems) == []


def test_on_a_phone_six_taps_answer_and_nothing_moves_where_motion_is_reduced(gallery, new_page, problems):
    page = new_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce", color_scheme="dark")
    visit(page, f"{gallery}/lip_reading")
    film = page.locator(".film")
    expect(film.get_by_role("button", name="Play")).to_be_visible()
    assert film.evaluate(FRAME) == 0
    for word in ("bin", "blue", "at"):
        film.locator(".key", has_text=re.compile(f"^{word}$")).click()
    the_result_is_on_the_first_screen(page)  # with the letters, which take the most room
    smallest = [key.bounding_box() for key in film.locator(".key").all()]
    assert min(min(box["width"], box["height"]) for box in smallest) >= 28
    for word in ("f", "two", "now"):
        film.locator(".key", has_text=re.compile(f"^{word}$")).click()
    film.get_by_role("button", name="colour: blue").click()
    film.locator(".key", has_text="white").click()
    film.get_by_role("button", name="That is my answer").click()
    you = film.get_by_role("list", name="You", exact=True)
    expect(you.get_by_role("listitem").nth(1)).to_have_text(re.compile("^white, (right|wrong)$"))
    assert film.locator(".word.hidden").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ours(problems) == []


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, {"width": 360, "height": 740}])
def test_a_mouth_says_what_one_chooses_and_look_alikes_play_side_by_side(
    gallery, new_page, problems, serious_violations, screenshot, size
):
    page = new_page(viewport=size)
    visit(page, f"{gallery}/lip_reading?do=Say+something")
    the_result_is_on_the_first_screen(page)
    film = page.locator(".film").first
    expect(film.locator(".key").first).to_be_hidden()
    film.get_by_role("button", name="Pause").press("Backspace")
    expect(film.get_by_role("button", name="command: not chosen")).to_be_visible()
    expect(film.locator(".key").first).to_be_focused()  # what to put there instead
    page.keyboard.type("b")
    film.get_by_role("button", name="letter: f").click()
    film.locator(".key", has_text=re.compile("^z$")).click()
    film.get_by_role("button", name="Say this").click()
    page.mouse.move(0, 0)  # from a slider, which would show its ends in a fading grey
    expect(film.get_by_role("img", name="A drawn mouth that says “bin blue at z two now”")).to_be_visible()
    assert "say=bin" in page.url
    page.get_by_role("button", name="Look-alikes").press("Enter")
    twins = page.locator(".film.alone")
    expect(twins.get_by_text("Can you tell “b” and “p” apart?")).to_be_visible()
    expect(twins.locator("canvas.mouth")).to_have_count(2)
    page.wait_for_function(
        "([one, other]) => one.toDataURL().length > 9999 && one.toDataURL() === other.toDataURL()",
        arg=[each.element_handle() for each in twins.locator("canvas.mouth").all()],
    )
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot(page, f"lip-reading-say-{size['width']}")
    assert ours(problems) == []


def test_the_camera_records_three_seconds_which_come_to_the_page_as_a_file_with_the_same_checks(
    gallery, new_page, problems, serious_violations, screenshot
):
    page = new_page(viewport={"width": 360, "height": 740}, color_scheme="dark")
    page.add_init_script("""
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (what) => {
            window.asked = what;
            return (window.opened = await open(what));
        };
    """)
    visit(page, f"{gallery}/lip_reading?do=Your+own+face")
    recorder = page.locator(".recorder")
    expect(recorder.get_by_role("list", name="Say this").get_by_role("listitem")).to_have_count(6)
    recorder.get_by_role("button", name="Start my camera").click()
    expect(recorder.locator("video")).to_be_visible()
    recorder.get_by_role("button", name="Record", exact=True).click()
    expect(recorder.locator(".lit")).to_have_count(1)  # the word that is to be said now
    # The browser's own test picture shows nobody; on a busy machine it hardly moves.
    said = page.get_by_text(re.compile("^(No face was found|The video has .* lips need)"))
    expect(said).to_be_visible(timeout=120_000)
    expect(recorder.locator("video")).to_be_hidden()
    assert page.evaluate("asked.audio") is None
    assert page.evaluate("opened.getTracks().every((track) => track.readyState === 'ended')")
    expect(page.get_by_text("lips.webm")).to_be_visible()
    assert serious_violations(page) == []
    screenshot(page, "lip-reading-own-face")
    page.get_by_role("button", name="Forget everything I showed").click()
    expect(page.get_by_text("lips.webm")).to_have_count(0)
    assert ours(problems) == []
