"""The live camera of /faces in Chromium; its made-up camera shows no face."""

from playwright.sync_api import expect

from tests.visiting import ours, visit


def test_a_picture_is_taken_of_the_live_camera_and_looked_at_like_any_photo(gallery, page, problems):
    visit(page, f"{gallery}/faces")
    page.get_by_role("radio", name="Live").click()
    page.get_by_role("button", name="Start the camera").click()
    expect(page.get_by_text("Nobody", exact=True).first).to_be_visible(timeout=60_000)
    take = page.get_by_role("button", name="Take a picture")
    take.press("Enter")  # as short as a press can be
    expect(page.get_by_alt_text("the picture from your camera")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("No face found here.")).to_be_visible()
    expect(page.get_by_role("button", name="Stop the camera")).to_be_visible()
    page.get_by_role("button", name="Forget everything I showed").click()
    expect(page.get_by_alt_text("the picture from your camera")).to_have_count(0, timeout=60_000)
    # A picture that was on its way when everything was forgotten is refused: 409.
    assert [problem for problem in ours(problems) if "409" not in problem] == []
