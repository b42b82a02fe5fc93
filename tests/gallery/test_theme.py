"""The theme that is worked out once is Streamlit's own."""

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from dlintro_demos.gallery.ui import theme


@pytest.fixture
def kept(monkeypatch):
    monkeypatch.setattr(app_session, "_populate_theme_msg", app_session._populate_theme_msg)
    theme._theme.cache_clear()
    theme.keep_theme()
    yield
    theme._theme.cache_clear()


@pytest.mark.parametrize("section", ["theme", "theme.light", "theme.dark", "theme.sidebar"])
def test_the_kept_theme_is_what_streamlit_works_out(kept, section):
    theirs, ours = CustomThemeConfig(), CustomThemeConfig()
    theme._work_out(theirs, section)
    for _ in range(2):
        ours.Clear()
        app_session._populate_theme_msg(ours, section)
        assert ours == theirs


def test_a_section_without_options_stays_unset_as_in_streamlit(kept):
    assert not any(config.get_options_for_section("theme.light.sidebar").values())
    message = CustomThemeConfig()
    app_session._populate_theme_msg(message.light.sidebar, "theme.light.sidebar")
    assert not message.light.HasField("sidebar")
