"""The theme, worked out once: Streamlit does so for every run of every page, a sixth of the wall's cost."""

from __future__ import annotations

import functools

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

_work_out = app_session._populate_theme_msg


@functools.cache
def _theme(section: str) -> CustomThemeConfig:
    theme = CustomThemeConfig()
    _work_out(theme, section)
    return theme


def _populate(message: CustomThemeConfig, section: str = "theme") -> None:
    if (theme := _theme(section)).ByteSize():
        message.MergeFrom(theme)


def keep_theme() -> None:
    """Use what was worked out from now on: the configuration does not change while the gallery runs."""
    app_session._populate_theme_msg = _populate  # type: ignore[assignment]
