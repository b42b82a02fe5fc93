"""What the presenter's notes promise comes true when it is played on the page."""

import re

import pytest

from dlintro_demos.gallery.process import engine
from tests.playing import told
from tests.reading import words

pytestmark = pytest.mark.reports


def test_what_the_presenters_notes_promise_comes_true(open_page):
    at = open_page("medicine", do="Tap the nuclei")
    assert told(at, "tap")["seconds"] == 30
    said = words(open_page("medicine", sample="shadow"))
    drawn, classical = (int(re.search(text, said)[1]) for text in (r"drew \*\*(\d+)", r"counts \*\*(\d+)"))
    network = int(re.search(r"### (\d+) nuclei", said)[1])
    assert drawn == 60
    assert 0.75 * drawn < network <= 1.1 * drawn
    assert classical < drawn / 2
    assert "I don't know" in words(open_page("medicine", sample="cat"))
    assert re.search(r"### \d+ nuclei", words(open_page("medicine", sample="galaxies")))
    at = open_page("medicine", do="Weigh the risk", sample="close")
    assert "### I don't know" in words(at)
    counts = r"\*\*(\d+) missed.*?\*\*(\d+) frightened"
    before = [int(each) for each in re.search(counts, words(at)).groups()]
    after = re.search(counts, words(at.slider(key="risk-threshold").set_value(5).run())).groups()
    assert int(after[0]) < before[0]
    assert int(after[1]) > before[1]
    call = "Call your emergency number"
    assert call in words(open_page("medicine", do="Say how you feel", feel="An emergency"))
    assert call not in words(open_page("medicine", do="Say how you feel", feel="Not one"))
    assert any("135 of 136" in limit for limit in engine().cache.card("medicine_symptoms").limits)
    own = words(open_page("medicine", do="Your own model"))
    assert "None is mounted" in own
    assert "ships with this gallery. None was found" in own
