"""The contract of every demo: a new one is tested by being listed."""

import argparse
import importlib
from importlib.util import find_spec

import pytest
from PIL import Image

from dlintro_demos.__main__ import main
from dlintro_demos.gallery.catalogue import SLUGS, Demo, demos, find, package_of
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.gallery.ui.menu import OTHERS

CARDS = read_cards(REPOSITORY / "models")
every_demo = pytest.mark.parametrize("slug", SLUGS)


@every_demo
def test_a_demo_is_a_package_that_says_its_own_name(slug):
    demo = package_of(slug).DEMO
    assert isinstance(demo, Demo)
    assert demo.slug == slug
    assert find(slug) is demo


@every_demo
def test_a_demo_has_a_page_and_tests_of_the_same_name(slug):
    assert (REPOSITORY / "pages" / f"{slug}.py").is_file()
    assert {path.name for path in (REPOSITORY / "tests" / slug).glob("test_*.py")} > {
        "test_page.py",
        "test_browser.py",
    }


@every_demo
def test_a_demo_has_a_picture_for_the_wall(slug):
    picture = find(slug).thumbnail
    assert picture.parent == REPOSITORY / "dlintro_demos" / slug
    with Image.open(picture) as opened:
        assert (opened.format, opened.size) == ("WEBP", (640, 400))
    assert 2_000 < picture.stat().st_size < 100_000


@every_demo
def test_a_demo_says_what_it_is_in_plain_words(slug):
    demo = find(slug)
    assert demo.title
    assert demo.tagline.endswith(".")
    assert demo.icon.startswith(":material/")
    assert demo.talking_points
    assert demo.minutes > 0


@every_demo
def test_a_demo_names_models_that_have_cards(slug):
    assert set(find(slug).models) <= set(CARDS)


@every_demo
def test_a_demo_can_warm_up_and_may_measure(slug):
    assert callable(package_of(slug).warm_up)
    assert callable(getattr(package_of(slug), "measure", print))


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if find_spec(f"dlintro_demos.{slug}.command")])
def test_what_a_demo_adds_to_the_command_line_is_there(slug, capsys):
    added = argparse.ArgumentParser().add_subparsers()
    importlib.import_module(f"dlintro_demos.{slug}.command").add_to(added)
    assert added.choices
    for name in added.choices:
        with pytest.raises(SystemExit) as ending:
            main([name, "--help"])
        assert ending.value.code == 0
        assert name in capsys.readouterr().out


def test_every_model_is_wanted_by_a_demo_or_optional():
    wanted = {key for demo in demos() for key in demo.models}
    assert {key for key, card in CARDS.items() if not card.optional} <= wanted


def test_slugs_are_unique():
    assert len(set(SLUGS)) == len(SLUGS)


def test_every_page_is_in_the_menu():
    pages = {path.stem for path in (REPOSITORY / "pages").glob("*.py")}
    assert pages == {*OTHERS, *SLUGS}
