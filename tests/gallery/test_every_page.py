import pytest

from dlintro_demos.gallery.catalogue import demos

every_page = pytest.mark.parametrize("slug", ["home", "status", *(demo.slug for demo in demos())])


@every_page
def test_a_page_opens_with_the_network_cable_pulled(open_page, no_network, slug):
    at = open_page(slug)
    assert not at.exception
    assert not at.error
    assert len(at.title) == 1
    assert any("Forget everything" in button.label for button in at.button)


@every_page
def test_a_page_survives_being_forgotten(open_page, slug):
    at = open_page(slug)
    forget = next(button for button in at.button if "Forget everything" in button.label)
    forget.click().run()
    assert not at.exception
    assert len(at.title) == 1


@pytest.mark.parametrize(
    ("slug", "bound", "value"),
    [
        ("classical_vs_deep", "part", "More data"),
        ("faces", "look-at", "An album"),
        ("feature_layers", "look", "Fool it"),
        ("flappy_bird", "do", "Race it"),
        ("super_resolution", "mode", "Blur it first, then repair it"),
    ],
)
def test_a_page_with_settings_in_its_address_survives_being_forgotten(open_page, slug, bound, value):
    at = open_page(slug, **{bound: value})
    assert at.button_group(key=bound).value == value
    next(button for button in at.button if "Forget everything" in button.label).click().run()
    assert not at.exception


def test_the_wall_lists_every_demo(open_page):
    shown = [heading.value for heading in open_page("home").subheader]  # column by column
    assert sorted(shown) == sorted(demo.title for demo in demos())


def test_the_status_page_shows_device_models_and_versions(open_page):
    at = open_page("status")
    assert at.metric[0].value.startswith(("cpu", "cuda", "mps"))
    models, _jobs, versions = (table.value for table in at.dataframe)
    assert list(models["model"])
    assert set(models["state"]) <= {"ready", "loading", "loaded", "loaded, kept", "optional"}
    assert "torch" in versions.columns
