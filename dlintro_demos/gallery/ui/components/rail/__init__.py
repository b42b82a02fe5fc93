"""The bar of a tour: where one is, the way on and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

_mount = component(__file__)


def rail(stops: Sequence[Mapping[str, str]], *, at: int, name: str, part: str, time: str) -> object:
    """Show a tour of `stops`, each with its `href` and `title`, at the number `at`, from 1 on.

    `name` is the tour's, `part` of the course and `time` are the stop's. The last stop has none, and only its
    part is named. Returns the number that the browser says was clicked on, 0 for the way out, None if nothing
    was: believe only a number of the tour.
    """
    data = {"stops": stops, "at": at, "name": name, "part": part, "time": time}
    return _mount(key="rail", data=data, on_went_change=wait_for_the_run).went
