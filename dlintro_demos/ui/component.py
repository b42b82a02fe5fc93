"""Components of our own: their HTML, CSS and JavaScript lie beside this file, named by the component."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.errors import StreamlitAPIException

_ASSETS = Path(__file__).parent


def component(name: str, *, scripts: tuple[str, ...] = ()) -> ComponentRenderer:
    """Register `name`. Its script is mount.js and `scripts` (or its own) in one: none can import another."""
    return st.components.v2.component(
        f"dlintro.{name}",
        html=_read(f"{name}.html"),
        css=_read(f"{name}.css"),
        js="\n".join(_read(f"{script}.js") for script in ("mount", *(scripts or (name,)))),
    )


def run_fragment_again() -> None:
    """Run this fragment anew, or the page where all of it runs: a message may come with another widget's."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def _read(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")
