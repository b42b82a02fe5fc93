"""What holds for every page; each is run as on the server, without a browser."""

import json

import pytest

from dlintro_demos.gallery import process, server
from dlintro_demos.gallery.catalogue import SLUGS, Chapter, demos
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.settings import Settings
from dlintro_demos.gallery.ui.menu import OTHERS

# A setting that stands in the address, for each page that has one.
BOUND = {
    "assistant": ("do", "Who hears more?"),
    "classical_vs_deep": ("part", "More data"),
    "faces": ("look-at", "An album"),
    "feature_layers": ("look", "Fool it"),
    "flappy_bird": ("do", "Race it"),
    "frameworks": ("do", "Line by line"),
    "lip_reading": ("do", "Say something"),
    "medicine": ("do", "Tap the nuclei"),
    "super_resolution": ("mode", "Blur it first, then repair it"),
    "teach_a_child": ("teach", "Keep the lesson"),
    "why_now": ("do", "Sixty years"),
}


def forget(at):
    return next(button for button in at.button if "Forget everything" in button.label).click().run()


@pytest.mark.parametrize("slug", [*OTHERS, *SLUGS])
def test_a_page_opens_with_the_network_cable_pulled_and_survives_being_forgotten(open_page, no_network, slug):
    at = open_page(slug)
    assert not at.exception
    assert not at.error
    assert len(at.title) == 1
    at = forget(at)
    assert not at.exception
    assert not at.error
    assert len(at.title) == 1


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_with_settings_in_its_address_survives_being_forgotten(open_page, slug):
    bound, value = BOUND[slug]
    at = open_page(slug, **{bound: value})
    assert at.button_group(key=bound).value == value
    assert not forget(at).exception


def test_the_wall_lists_every_demo_in_its_chapter(open_page):
    shown = next(
        part.proto for part in open_page("home").get("bidi_component") if part.proto.id.endswith("wall")
    )
    cards = [
        (chapter["title"], chapter["idea"], card["slug"], card["title"])
        for chapter in json.loads(shown.json)["chapters"]
        for card in chapter["cards"]
    ]
    listed = [(str(demo.chapter), demo.chapter.idea, demo.slug, demo.title) for demo in demos()]
    assert cards == sorted(listed, key=lambda each: list(Chapter).index(each[0]))


def test_the_status_page_shows_device_models_and_versions(open_page):
    at = open_page("status")
    assert at.metric[0].value.startswith(("cpu", "cuda", "mps"))
    assert at.success[0].value == "Everything is in place."
    models, _jobs, versions = (table.value for table in at.markdown if table.value.startswith("| "))
    states = {line.split(" | ")[1] for line in models.splitlines()[2:]}
    assert states <= {"ready", "loading", "loaded", "loaded, kept", "optional"}
    assert "| torch |" in versions


@pytest.fixture
def without_models(monkeypatch, tmp_path):
    """A gallery whose folder of models is empty."""
    monkeypatch.setattr(process, "_built", [build_engine(Settings(models_dir=tmp_path))])
    yield
    process.engine().queue.shutdown()


@pytest.mark.parametrize("slug", [demo.slug for demo in demos() if demo.models])
def test_a_model_that_is_missing_closes_its_demo_in_words(open_page, without_models, slug):
    at = open_page(slug, **({"do": "Draw a digit"} if slug == "frameworks" else {}))  # the rest needs none
    assert not at.exception
    assert any("No model card for" in said.value for said in at.warning)


def test_a_model_that_is_missing_is_said_on_the_status_page(open_page, without_models):
    at = open_page("status")
    assert not at.exception
    assert at.error[0].value.startswith("Not ready")


def test_a_gallery_without_its_models_is_open_all_the_same(without_models, monkeypatch, caplog):
    monkeypatch.setattr(server, "_warm", type(server._warm)())
    server._warm_up()
    assert server._warm.is_set()
    said = [record.getMessage() for record in caplog.records]
    assert any(line.startswith("super_resolution cannot run: No model card for") for line in said)
