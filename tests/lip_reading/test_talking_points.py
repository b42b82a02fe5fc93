"""What the presenter's notes promise comes true when it is played on the page."""

import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.lip_reading.quiz import OPENING
from dlintro_demos.lip_reading.quiz import ask as ask_for_lips
from tests.playing import last, press, told
from tests.reading import words

pytestmark = pytest.mark.reports


def test_what_the_presenters_notes_promise_comes_true(open_page):
    film, other = (told(open_page("lip_reading"), "lips-read-along") for _ in range(2))
    assert film["films"][0]["frames"] == other["films"][0]["frames"] == 75
    assert all(last(ask_for_lips(OPENING, number, engine().cache)).shared for number in range(2))
    at = press(open_page("lip_reading", do="Say something"), "Look-alikes")
    assert [each["title"] for each in told(at, "lips-twins")["films"]] == [
        "place red by b nine please",
        "place red by p nine please",
    ]
    assert "A pixel of one differs from the other's by 0.0 grey levels" in words(at)
    row = told(press(at, "Backwards"), "lips-say")["rows"][0]
    assert len(row["words"]) == 6
    assert "“I don't know”" in row["aside"]
