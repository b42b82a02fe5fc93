"""What a visitor shows is in memory only, and gone on Forget and soon after they leave: seen from inside."""

import io
import secrets
import time
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from streamlit.proto.WidgetStates_pb2 import WidgetState

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.settings import Settings
from dlintro_demos.gallery.ui.leaving import EVERY_SECONDS, OFFERED_SECONDS
from tests.gallery.inspected import NOTHING
from tests.gallery.tab import Tab, closing_tabs

pytestmark = pytest.mark.reports
PIXELS = np.random.default_rng(14).integers(0, 256, (900, 900, 3), dtype=np.uint8)  # incompressible: 2.4 MB


@pytest.fixture(autouse=True)
def no_tab_stays_open():
    with closing_tabs():
        yield


def photo():
    """A PNG file, and the bytes by which file, name and pixels are known again."""
    words = secrets.token_hex(24)
    info = PngInfo()
    info.add_text("Comment", words)
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG", pnginfo=info)
    name = f"secret {secrets.token_hex(12)}.png"
    return name, file.getvalue(), [words.encode(), name.encode(), PIXELS[500, 500:520].tobytes()]


def held(inside, needles):
    return inside.ask("holders", needles=[needle.hex() for needle in needles])


def show_a_photo(url, page="faces", query=""):
    name, data, needles = photo()
    tab = Tab(url, page, query).run()
    tab.choose("Which picture", "My photo")
    return tab.show(name, data), needles


def settled(inside, needles):
    """What is still held once jobs and scripts had two seconds to end."""
    deadline = time.monotonic() + 10
    while any(found := held(inside, needles)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def test_a_large_upload_never_touches_the_disk(inspected):
    """Uploads above 1 MB were written to /tmp while they arrived."""
    url, inside = inspected
    before = inside.ask("written")
    tab, needles = show_a_photo(url)
    assert all(held(inside, needles)), "the search finds what is there"
    assert [path for path in inside.ask("written")[len(before) :] if path != "/dev/null"] == []
    tab.close()


def test_four_of_the_largest_files_at_once_need_no_disk(inspected):
    url, inside = inspected
    tab, before = Tab(url, "faces").run(), inside.ask("written")
    for place in tab.ask_where(*"abcd"):
        assert tab.put(place.upload_url, "x.png", bytes(19 << 20))[0] == 204
    assert [path for path in inside.ask("written")[len(before) :] if path != "/dev/null"] == []
    tab.close()


def test_of_an_upload_that_breaks_off_nothing_is_left_and_the_visitor_may_try_again(inspected):
    url, inside = inspected
    name, data, (words, _, pixels) = photo()  # the name was announced, and goes with the visit
    needles = [words, pixels]
    tab = Tab(url, "faces").run()
    tab.choose("Which picture", "My photo")
    (place,) = tab.ask_where(name)
    sending = tab.begin_put(place.upload_url, name, data)
    deadline = time.monotonic() + 30
    while not held(inside, [words])[0]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    sending.connection.close()
    assert settled(inside, needles) == [[], []]
    assert tab.show(name, data).of("exception") == []
    assert all(held(inside, needles)), "it has arrived now"
    tab.close()


@pytest.mark.parametrize("shown", [("faces",), ("super_resolution", "method=Bicubic")], ids=lambda it: it[0])
def test_forget_leaves_nothing_of_a_photo_in_memory(inspected, shown):
    """After “Forget everything” the file still lay in Streamlit's upload manager."""
    url, inside = inspected
    tab, needles = show_a_photo(url, *shown)
    tab.press("Forget everything")
    assert any("1 file you uploaded" in said.body for said in tab.of("alert"))
    tab.states.clear()
    tab.run()  # a page's last message is kept until the next
    assert settled(inside, needles) == [[], [], []]
    kept = inside.ask("kept")
    assert (kept["files"], kept["results"]) == (0, [])
    tab.close()


def test_a_closed_tab_leaves_nothing_of_a_photo_though_nobody_else_comes_or_goes(inspected):
    """Streamlit drops a stored session only when another is stored: the last visitor's things stayed."""
    url, inside = inspected
    tab, needles = show_a_photo(url)
    tab.close()
    assert inside.until(15, "kept", NOTHING) == NOTHING
    assert settled(inside, needles) == [[], [], []]


def test_an_upload_that_arrives_after_forget_is_dropped(inspected):
    url, inside = inspected
    tab = Tab(url, "faces").run()
    (place,) = tab.ask_where("late.png")
    sending = tab.begin_put(place.upload_url, "late.png", bytes(2 << 20))
    tab.press("Forget everything")
    with suppress(OSError):  # where Forget overtakes the file, nobody listens any more
        assert sending.finish()[0] in (204, 400)
    assert inside.until(15, "kept", {**inside.ask("kept"), "files": 0})["files"] == 0
    tab.close()


def test_an_upload_that_begins_after_forget_is_refused_if_it_was_announced_before(inspected):
    """Where the click on Forget overtook the file, it was kept."""
    url, inside = inspected
    tab = Tab(url, "faces").run()
    name = f"{secrets.token_hex(12)}.png"
    (before,) = tab.ask_where(name)
    tab.press("Forget everything")
    assert held(inside, [name.encode()]) == [[]]
    assert tab.put(before.upload_url, name, b"x")[0] == 400
    assert inside.ask("kept")["files"] == 0
    (after,) = tab.ask_where(name)
    assert tab.put(after.upload_url, name, b"x")[0] == 204
    assert inside.ask("kept")["files"] == 1
    tab.close()


def test_forget_while_the_job_of_a_photo_runs_ends_it_and_keeps_nothing(inspected):
    url, inside = inspected
    assert inside.until(15, "kept", NOTHING) == NOTHING  # those of the test before have left
    tab = Tab(url, "super_resolution").run()
    tab.choose("Which picture", "My photo")
    (forget,) = [button.id for button in tab.of("button") if "Forget everything" in button.label]
    tab.begin_show(*photo()[:2]).until("delta")
    assert inside.ask("kept")["files"] == 1
    tab.states[forget] = WidgetState(id=forget, trigger_value=True)
    tab.run()
    assert not tab.of("exception")
    kept, deadline = inside.ask("kept"), time.monotonic() + 10
    while kept["jobs"] and time.monotonic() < deadline:
        time.sleep(0.5)
        kept = inside.ask("kept")
    assert (kept["files"], kept["results"], kept["jobs"]) == (0, [], 0)
    tab.close()


@pytest.mark.parametrize("demo", demos(), ids=lambda demo: demo.slug)
def test_nothing_of_a_visitor_outlives_the_visit_whatever_ran(inspected, demo):
    """A private result whose job ended after its tab was closed stayed in the store."""
    url, inside = inspected
    for query in ("", *demo.modes.values()):
        Tab(url, demo.slug, query).start().until("delta").close()  # in the middle of whatever it runs
    tab = Tab(url, demo.slug).run()
    if any("Which picture" in row.label for row in tab.of("button_group")):
        tab.choose("Which picture", "My photo")
    for number, uploader in enumerate(tab.of("file_uploader")):
        if not uploader.type or ".png" in uploader.type:
            tab.begin_show(*photo()[:2], number)
    tab.close()
    assert inside.until(30, "kept", NOTHING) == NOTHING


def test_a_download_and_a_script_under_way_go_with_the_last_visitor(inspected):
    """What was downloaded stayed until two other pages had run; a script that ran on offered it again."""
    url, inside = inspected
    tab = Tab(url, "super_resolution").run()
    assert tab.http("GET", tab.download("Download the result"))[0] == 200
    assert inside.ask("kept")["media"] == 1
    tab.start().close()
    assert inside.until(30, "kept", NOTHING) == NOTHING


def test_several_photos_and_their_zip_go_with_the_visit(inspected):
    url, inside = inspected
    tab = Tab(url, "super_resolution", "method=Bicubic").run()
    tab.choose("Which picture", "Several")
    name, data, needles = photo()
    tab.show(name, data)
    assert tab.http("HEAD", tab.download("Download 1 photo"))[0] in (200, 405)
    assert all(held(inside, needles[1:2]))
    tab.close()
    assert inside.until(30, "kept", NOTHING) == NOTHING
    assert settled(inside, needles) == [[], [], []]


def test_by_default_all_of_it_is_gone_within_a_minute():
    settings = Settings()
    assert settings.job_lease_seconds < settings.reconnect_seconds
    assert settings.reconnect_seconds + 3 * EVERY_SECONDS + 2 * OFFERED_SECONDS < 60
