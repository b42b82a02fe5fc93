"""A page loaded anew while a job of a bundled sample is under way finds the job again."""

import pytest

from tests.gallery.tab import Tab

pytestmark = pytest.mark.reports
SLOW = "part=Stack+of+layers&curves=3%2C000"  # trains 15 networks, for everybody


def until_it_shows_progress(tab):
    tab.start()
    while not any(button.label == "Cancel" for button in tab.of("button")):
        tab.until("delta")
    return tab.of("progress")[-1].text


def test_a_job_under_way_is_found_again_after_a_reload(inspected):
    """One waited all over again, or the job went with the page that had asked for it first."""
    url, inside = inspected
    before = inside.ask("queue")
    first = Tab(url, "classical_vs_deep", SLOW)
    assert "Training 15 networks" in until_it_shows_progress(first)
    first.close()
    again = Tab(url, "classical_vs_deep", SLOW)
    assert "Training 15 networks" in until_it_shows_progress(again)
    left = [[again.session, client] for _, client in inside.ask("visitors")][:1]
    assert inside.until(30, "visitors", left) == left  # the visit before the reload is over
    now = inside.ask("queue")
    assert (now["submitted"] - before["submitted"], now["running"]) == (1, 1)
    assert now["cancelled"] == before["cancelled"]
    again.press("Cancel")
    again.close()
