"""Components of our own: HTML, CSS and JavaScript in the folder of the module that shows them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.errors import StreamlitAPIException

_HERE = Path(__file__).parent
CAMERA = str(_HERE / "camera")
"""Among a component's scripts: what opens the camera, or says why not."""


def component(module: str, *, scripts: tuple[str, ...] = ()) -> ComponentRenderer:
    """Register the component of a folder, named by it; `module` is the `__file__` of its `__init__.py`.

    Its styles stand behind `base.css`. Its script is `mount.js` and `scripts` (or its own) in one: none can
    import another.
    """
    folder = Path(module).parent
    name = folder.name
    own = (folder / f"{each}.js" for each in scripts or (name,))
    return st.components.v2.component(
        f"dlintro.{name}",
        html=_read(folder / f"{name}.html"),
        css="\n".join((_read(_HERE / "base.css"), _read(folder / f"{name}.css"))),
        js="\n".join(_read(path) for path in (_HERE / "mount.js", *own)),
    )


def run_fragment_again() -> None:
    """Run this fragment anew, or the page where all of it runs: a message may come with another widget's."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def wait_for_the_run() -> None:
    """Declares a trigger of a component; its answer is read where the component is shown."""


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
