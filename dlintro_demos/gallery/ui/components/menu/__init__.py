"""Links to every page in one row; chapters with several demos fold out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

_mount = component(__file__)


def menu_row(chapters: Sequence[Mapping[str, object]], *, here: str) -> object:
    """Show `chapters`, each with its `title` and `links` (slug, title, icon, href); `here` is the page shown.

    Returns what the browser says was clicked on, None if nothing was: believe only a slug of the gallery.
    """
    data = {"chapters": chapters, "here": here}
    return _mount(key="menu", data=data, on_went_change=wait_for_the_run).went
