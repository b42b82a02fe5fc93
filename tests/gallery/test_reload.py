"""A page loaded anew in the middle of a job: a sample's is found again, one's own is asked about."""

import pytest
from playwright.sync_api import expect

from tests.gallery.tab import Tab
from tests.teach_a_child.test_leaving import ASKS
from tests.visiting import visit

pytestmark = pytest.mark.reports
SLOW = "part=Stack+of+layers&curves=3%2C000"  # trains 15 networks, for everybody


def until_it_shows_progress(tab):
    tab.start()
    while not any(button.label == "Cancel" for button in tab.of("button")):
        tab.until("delta")
    return tab.of("progress")[-1].text


def test_a_job_under_way_is_found_again_after_a_reload(inspected):
    """One waited all over again, or the job went with the page that had asked for it first."""
    url, inside = inspected
    before = inside.ask("queue")
    first = Tab(url, "classical_vs_deep", SLOW)
    assert "Training 15 networks" in until_it_shows_progress(first)
    first.close()
    again = Tab(url, "classical_vs_deep", SLOW)
    assert "Training 15 networks" in until_it_shows_progress(again)
    left = [[again.session, client] for _, client in inside.ask("visitors")][:1]
    assert inside.until(30, "visitors", left) == left  # the visit before the reload is over
    now = inside.ask("queue")
    assert (now["submitted"] - before["submitted"], now["running"]) == (1, 1)
    assert now["cancelled"] == before["cancelled"]
    again.press("Cancel")
    again.close()


SCRIPT = """
import time

import streamlit as st

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.ui import privacy
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import visitor
from dlintro_demos.gallery.ui.uploader import bring_file

privacy.LONG_SECONDS = 3.0


def work(seconds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        yield Progress(1, 2)
        time.sleep(0.05)
    yield f"answered after {seconds} s"


visitor().asked.clear()
visitor().brought = False
sample = run_job("sample", "sample", work, 4.0, label="Of a sample", shared=True)
given = bring_file("A file", name="file")
if given is not None:
    seconds = float(given.getvalue())
    st.write("Yours:", run_job("own", given.file_id, work, seconds, label="Of your file"))
privacy.privacy()
"""


def test_the_browser_asks_while_a_job_of_an_own_file_would_be_lost_or_its_answer_that_took_long(
    serve_script, tmp_path, page, serious_violations
):
    """A reload in the middle of a job on one's own photo lost it without a word."""
    script = tmp_path / "own_file.py"
    script.write_text(SCRIPT, encoding="utf-8")
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    def give(seconds):
        file = {"name": "file.txt", "mimeType": "text/plain", "buffer": seconds.encode()}
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files([file])

    page.on("dialog", stay)
    with serve_script(script) as url:
        page.goto(url)
        expect(page.get_by_text("Of a sample")).to_be_visible()
        assert not page.evaluate(ASKS), "the sample's job is found again"
        visit(page, url)
        give("0.0")
        expect(page.get_by_text("answered after 0.0 s")).to_be_visible()
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
        assert not page.evaluate(ASKS), "that is quickly done again"
        give("6.0")
        expect(
            page.get_by_text("Closing or reloading this tab ends this, and forgets your file.")
        ).to_be_visible()
        assert page.evaluate(ASKS)
        page.get_by_text("Of your file").click()  # no browser asks before somebody has touched the page
        page.evaluate("location.reload()")
        expect(page.get_by_text("answered after 6.0 s")).to_be_visible()
        assert asked == ["beforeunload"]
        assert serious_violations(page) == []
        expect(page.get_by_text("forgets your file and what came of it")).to_be_visible()
        assert page.evaluate(ASKS)
        page.get_by_role("button", name="Remove file.txt").click()
        expect(page.get_by_text("forgets your file")).to_have_count(0)
        assert not page.evaluate(ASKS)
