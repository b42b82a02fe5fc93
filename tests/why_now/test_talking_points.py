"""What the presenter's notes promise comes true when it is played on the page."""

import pytest

from dlintro_demos.why_now.history import winners
from tests.playing import open_stop
from tests.reading import words

pytestmark = pytest.mark.reports


def test_what_the_presenters_notes_promise_comes_true(open_page):
    at = open_page("why_now")
    (chart,) = [each for each in at.get("vega_lite_chart") if "Peak float32" in each.proto.alt]
    assert "FLOP/s" in chart.proto.alt.rpartition("logarithmic axis. ")[2]
    for year, reached in (("2016", False), ("2017", True)):
        said = words(open_page("why_now", do="Sixty years", year=year))
        assert ("Not a year before: **AlexNet" in said) is reached
    said = words(open_page("why_now", do="Three causes")).splitlines()
    for cause in ("1/100 of the data", "1/100 of the computing", "The ideas of 1998"):
        assert any(cause in line and "points fewer" in line for line in said), said
    ideas = [line for line in said if "- Only " in line]
    assert any("points fewer" in line for line in ideas)
    assert any("no difference" in line for line in ideas)


def test_stop_sixty_years(open_page):
    at = open_stop(open_page, "why_now", 0)
    assert "AlexNet" not in next(each.value for each in at.markdown if each.value.startswith("**2006**"))
    for year, reached in ((2016, False), (2017, True)):
        said = words(at.slider(key="year").set_value(year).run())
        assert ("Not a year before: **AlexNet" in said) is reached
    errors = {each.year: each.error for each in winners()}
    falls = {year: errors[year - 1] - error for year, error in errors.items() if year - 1 in errors}
    assert max(falls, key=falls.__getitem__) == 2012
    assert [each.network for each in winners() if each.year <= 2012] == [False, False, True]


def test_stop_three_causes(open_page):
    at = open_stop(open_page, "why_now", 1)
    said = words(at).splitlines()
    for cause in ("1/100 of the data", "1/100 of the computing", "The ideas of 1998"):
        assert any(cause in line and "points fewer" in line for line in said), said
    assert any(button.label == "Run it here, with another seed" for button in at.button)
