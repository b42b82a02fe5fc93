"""Addresses as people type, cut and forward them: a setting that makes no sense is its default."""

import re

import pytest
from playwright.sync_api import expect

from dlintro_demos.gallery.catalogue import SLUGS, find
from dlintro_demos.gallery.settings import REPOSITORY
from tests.visiting import visit

pytestmark = pytest.mark.reports
BOUND = re.compile(r'bind="query-params"')
KEY = re.compile(r'key="([a-z_-]+)"')
STRANGE = {
    "empty": "",
    "blank": " ",
    "very long": "7" * 5_000,
    "zeros": "0" * 4_999 + "1",
    "beyond numbers": "1e999",
    "not a number": "nan",
    "repeated": ["1", "2"],
    "repeated and empty": ["", ""],
    "of another type": "a word",
    "negative": "-3",
    "a fraction": "2.5",
}


def bound_names(slug):
    """All that the page of a demo may keep in its address, read from its source."""
    folder = REPOSITORY / "dlintro_demos" / slug
    files = [*folder.rglob("*.py"), REPOSITORY / "pages" / f"{slug}.py"]
    names = {"sample", "channel", "tray", "age", "against"}
    for text in (path.read_text(encoding="utf-8") for path in files):
        for place in BOUND.finditer(text):
            before = text[max(0, place.start() - 300) : place.start()]
            names |= {*KEY.findall(before)[-1:]}
    if slug == "super_resolution":
        names |= {"smaller", "scale", "method", "photo_is"}
    return sorted(names)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE.keys())
def test_a_page_opens_whatever_stands_behind_its_question_mark(open_page, slug, value):
    """`?teach=`, `?level=1e999` and the like ended in “It is our fault”."""
    at = open_page(slug, **dict.fromkeys(bound_names(slug), value))
    assert not at.exception
    assert not at.error
    assert len(at.title) == 1


@pytest.mark.parametrize(
    ("slug", "mode"), [(slug, mode) for slug in SLUGS for mode in find(slug).modes.values()]
)
def test_every_mode_opens_with_its_settings_empty_or_beyond_numbers(open_page, slug, mode):
    where, _, what = mode.partition("=")
    what = what.replace("+", " ").replace("%2C", ",").replace("%3F", "?")
    for value in ("", "1e999"):
        at = open_page(slug, **{**dict.fromkeys(bound_names(slug), value), where: what})
        assert not at.exception
        assert not at.error


@pytest.mark.parametrize(
    ("slug", "name", "default"),
    [("teach_a_child", "teach", "Teach it"), ("faces", "look-at", "One photo")],
)
def test_an_empty_setting_is_its_default_and_good_ones_beside_it_stay(open_page, slug, name, default):
    at = open_page(slug, **{name: "", "source": "", "tray": "7"})
    assert at.button_group(key=name).value == default
    assert at.query_params["tray"] == "7"


def test_what_makes_no_sense_in_an_address_that_changes_during_a_visit_goes_too(open_page):
    """Found by `make fuzz`: with a setting beside it that a widget held, the page was “our fault”."""
    at = open_page("faces", **{"look-at": "An album"})
    at.query_params["sample"] = " "
    at.run()
    assert not at.exception
    assert not at.error
    assert "sample" not in at.query_params


def test_a_trained_age_is_a_link_by_its_short_name_and_by_the_one_that_the_page_writes(open_page):
    for asked in ("2min", "2 minutes"):
        at = open_page("flappy_bird", age=asked)
        assert not at.exception
        assert at.select_slider(key="age").value == "2min"


@pytest.mark.browser
def test_a_link_with_an_empty_setting_opens_in_a_browser(gallery, page):
    visit(page, f"{gallery}/teach_a_child?teach=&tray=7")
    expect(page.get_by_role("radio", name="Teach it", exact=True)).to_be_checked()
    expect(page.get_by_text("It is our fault")).to_have_count(0)
    visit(page, f"{gallery}/flappy_bird?level=1e999&age=2+minutes")
    expect(page.get_by_text("frames seen in 2 minutes")).to_be_visible()
    expect(page.get_by_text("It is our fault")).to_have_count(0)
