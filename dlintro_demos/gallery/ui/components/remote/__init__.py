"""The presenter's remote control: the stage on and back, its clock, its jobs, and every demo's light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run

_mount = component(__file__)


def remote(
    *,
    version: int,
    at: int,
    stops: Sequence[str],
    tours: Mapping[str, str],
    tour: str,
    minutes: int,
    titles: Mapping[str, str],
) -> object:
    """Show the controls for the stage, which is at the stop `at` of `stops` in `tour`, one of `tours`.

    A stop takes `minutes`; `titles` names the demos by slug, for their lights.

    Returns what the browser says was done: `what`, perhaps its `value`, and the `version` it was done on;
    None if nothing was. The page runs again when the stage is no longer at `version`.
    """
    data = {
        "version": version, "at": at, "stops": stops, "tours": tours, "tour": tour, "minutes": minutes,
        "titles": titles,
    }  # fmt: skip
    return _mount(
        key="remote", data=data, on_did_change=wait_for_the_run, on_moved_change=wait_for_the_run
    ).did
