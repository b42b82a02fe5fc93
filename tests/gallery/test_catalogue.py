"""The contract of every demo: a new one is tested by being listed."""

import importlib
import subprocess
import sys

import pytest

from dlintro_demos.gallery.catalogue import demos, find
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY

every_demo = pytest.mark.parametrize("demo", demos(), ids=lambda demo: demo.slug)


@every_demo
def test_a_demo_has_its_page_package_thumbnail_and_tests(demo):
    assert (REPOSITORY / "pages" / f"{demo.slug}.py").is_file()
    assert (REPOSITORY / "dlintro_demos" / demo.slug / "__init__.py").is_file()
    assert (REPOSITORY / "dlintro_demos" / "ui" / "thumbnails" / f"{demo.slug}.webp").stat().st_size > 5000
    assert list((REPOSITORY / "tests").rglob(f"test_{demo.slug}*.py"))


@every_demo
def test_a_demo_says_what_it_is_in_plain_words(demo):
    assert demo.title
    assert demo.tagline.endswith(".")
    assert demo.icon.startswith(":material/")
    assert demo.talking_points
    assert demo.minutes > 0


@every_demo
def test_a_demo_names_models_that_have_cards_and_can_warm_up(demo):
    assert set(demo.models) <= set(read_cards(REPOSITORY / "models"))
    assert callable(importlib.import_module(f"dlintro_demos.{demo.slug}").warm_up)


def test_slugs_are_unique_and_found_by_name():
    assert len({demo.slug for demo in demos()}) == len(demos())
    assert find(demos()[0].slug) is demos()[0]


def test_every_page_is_in_the_menu():
    pages = {path.stem for path in (REPOSITORY / "pages").glob("*.py")}
    assert pages == {"home", "status", *(demo.slug for demo in demos())}


def test_the_logic_does_not_import_streamlit():
    code = (
        "import sys, dlintro_demos.__main__, dlintro_demos.gallery.runtime.status, "
        "dlintro_demos.super_resolution.experiment, dlintro_demos.faces.album, dlintro_demos.faces.tracking, "
        "dlintro_demos.flappy_bird.experiment, dlintro_demos.flappy_bird.scores, "
        "dlintro_demos.flappy_bird.state_player, dlintro_demos.feature_layers.experiment, "
        "dlintro_demos.feature_layers.ablation, dlintro_demos.feature_layers.fooling, "
        "dlintro_demos.feature_layers.look_alikes, dlintro_demos.feature_layers.quiz, "
        "dlintro_demos.classical_vs_deep.findings, dlintro_demos.classical_vs_deep.plot, "
        "dlintro_demos.classical_vs_deep.recorded, dlintro_demos.classical_vs_deep.learned, "
        "dlintro_demos.classical_vs_deep.hand_made; "
        "sys.exit('streamlit' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_the_server_starts_without_loading_torch():
    code = "import sys, app; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0
