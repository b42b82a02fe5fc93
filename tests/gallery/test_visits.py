"""Uploads have bounds, four pages may be opened while the process starts, and Forget says what it did."""

import threading

import pytest

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.ui.privacy import in_words, promise
from dlintro_demos.gallery.ui.session import Forgotten
from tests.gallery.tab import Tab

pytestmark = pytest.mark.reports


@pytest.fixture(scope="module")
def small(look_inside):
    """A gallery just opened, with little room: 2 files and 3 MB for each browser, 5 MB for all."""
    limits = {
        "DLINTRO_VISITOR_UPLOADS": "2",
        "DLINTRO_VISITOR_UPLOADS_MB": "3",
        "DLINTRO_ALL_UPLOADS_MB": "5",
    }
    with look_inside(until="/_stcore/health", OMP_NUM_THREADS="1", **limits) as opened:
        yield opened


def browser(url, number):
    return Tab(url, cookie=f"_streamlit_xsrf=2|00000000|{number:032x}|1").run()


def put(tab, size):
    (place,) = tab.ask_where("x.png")
    return tab.put(place.upload_url, "x.png", bytes(size))


def test_four_pages_opened_while_the_process_starts_all_open(small):
    """“Partially initialized module”: each page imported torchvision while another did."""
    url, _ = small
    broken, tabs = [], [Tab(url, demo.slug) for demo in demos()[:4]]

    def open_(tab):
        broken.extend(each.message for each in tab.run().of("exception"))

    threads = [threading.Thread(target=open_, args=(tab,)) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert all(tab.of("heading") for tab in tabs)
    for tab in tabs:
        tab.close()


def test_one_browser_gets_only_so_much_room_with_all_its_tabs(small):
    url, _ = small
    first, second = browser(url, 1), browser(url, 1)
    assert put(first, 1 << 20)[0] == 204
    status, words = put(second, 5 << 19)
    assert (status, "2 files and 3 MB for all your tabs" in words) == (413, True)
    assert put(second, 1 << 20)[0] == 204
    assert put(first, 10)[0] == 413
    first.press("Forget everything")
    assert put(first, 10)[0] == 204
    for tab in (first, second):
        tab.press("Forget everything")
        tab.close()


def test_all_visitors_together_get_only_so_much_room(small):
    url, _ = small
    tabs = [browser(url, number) for number in (11, 12, 13)]
    assert [put(tab, 2 << 20)[0] for tab in tabs[:2]] == [204, 204]
    status, words = put(tabs[2], 2 << 20)
    assert (status, "of all visitors" in words) == (413, True)
    for tab in tabs:
        tab.close()


def test_a_file_for_no_visit_is_refused(small):
    url, _ = small
    tab = browser(url, 21)
    assert tab.put("/_stcore/upload_file/nobody/x", "x.png", b"x")[0] == 400
    tab.close()


def test_the_bounds_stand_on_every_page_in_words():
    assert "200 files of yours at a time, 200 MB together, and 2,048 MB of all visitors" in promise()
    assert "dropped within a minute after you close the page" in promise()


def test_forget_says_what_was_forgotten():
    told = Forgotten(files=1, results=2, pictures=0, bytes=3 << 20)
    assert in_words(told) == "Forgotten: 1 file you uploaded, 2 results (3.0 MB), and your settings."
    nothing = Forgotten(files=0, results=0, pictures=0, bytes=0)
    assert in_words(nothing) == "Forgotten: your settings. There was nothing else of yours."
