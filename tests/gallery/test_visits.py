"""Uploads have bounds, four pages may be opened while the process starts, and Forget says what it did."""

import http.client
import threading
from urllib.parse import urlsplit

import pytest

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.ui.privacy import in_words, promise
from dlintro_demos.gallery.ui.session import Forgotten
from tests.gallery.tab import Tab

pytestmark = pytest.mark.reports


@pytest.fixture(scope="module")
def small(look_inside):
    """A gallery just opened, with little room: 2 MB a file, 2 files and 3 MB a browser, 5 MB for all."""
    limits = {
        "DLINTRO_UPLOAD_MB": "2",
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
    answer = tab.put(place.upload_url, "x.png", bytes(size))
    if answer[0] == 413:
        tab.until("script_finished")  # which says why
    return answer


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
    status, words = put(second, 2 << 20)
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
        tab.press("Forget everything")
        tab.close()


def test_a_file_for_no_visit_or_that_nobody_announced_is_refused(small):
    url, inside = small
    tab = browser(url, 21)
    assert tab.put("/_stcore/upload_file/nobody/x", "x.png", b"x")[0] == 400
    assert tab.put(f"/_stcore/upload_file/{tab.session}/x", "x.png", b"x")[0] == 400
    assert inside.ask("kept")["files"] == 0
    tab.close()


def said_of_files(tab):
    """What the page says about files, once the server has run it by itself."""
    return [alert.body for alert in tab.until("script_finished").of("alert") if "refused" in alert.body]


def my_photo(url, number):
    tab = Tab(url, "super_resolution", cookie=f"_streamlit_xsrf=2|00000000|{number:032x}|1").run()
    return tab.choose("Which picture", "My photo")


def test_what_is_refused_is_said_on_the_page_though_its_browser_asks_for_nothing(small):
    """A browser runs the page again only where another file was there before."""
    url, _ = small
    tab = my_photo(url, 31)
    (place,) = tab.ask_where("*my* beach.png")
    assert tab.put(place.upload_url, "beach.png", bytes(1 << 21) + bytes(1 << 19))[0] == 413
    (words,) = said_of_files(tab)
    assert words == (
        r"“\*my\* beach\.png” was refused. It has 2.5 MB; the limit is 2 MB a file. Choose a smaller one."
    )
    places = tab.ask_where("a.png", "b.png", "c.png", "d.png", "e.png", "f.png", "g.png")
    assert [tab.put(place.upload_url, "x.png", b"x")[0] for place in places[:2]] == [204, 204]
    for place in places[2:]:
        assert tab.put(place.upload_url, "x.png", b"x")[0] == 413
        (words,) = said_of_files(tab)
    assert words.startswith(r"“c\.png” was refused. You have 2 files of 0 MB here; the limit is 2 files and")
    assert words.endswith("2 more files were refused.")
    assert "beach" not in words
    tab.page, tab.page_hash = "faces", ""
    assert [alert.body for alert in tab.run().of("alert") if "refused" in alert.body] == []
    tab.press("Forget everything")
    tab.close()


@pytest.mark.parametrize(
    "headers",
    [{"Content-Length": str(99 << 20)}, {"Transfer-Encoding": "chunked"},
     {"Transfer-Encoding": "chunked", "Content-Length": "10"}, {"Content-Length": "10"}],
    ids=["announced", "unannounced", "unannounced with a lie", "a lie"],
)  # fmt: skip
def test_nobody_pushes_more_at_the_server_than_a_file_may_have(small, headers):
    url, inside = small
    tab = my_photo(url, 41)
    (place,) = tab.ask_where("x.png")
    body, form = tab._form("x.png", bytes(99 << 20), None)
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    line.putrequest("PUT", place.upload_url)
    for name, value in (form | headers).items():
        line.putheader(name, value)
    line.endheaders()
    pushed, size = 0, 1 << 16
    try:
        while pushed < len(body):
            piece = body[pushed : pushed + size]
            line.send(b"%x\r\n%b\r\n" % (len(piece), piece) if "Transfer-Encoding" in headers else piece)
            pushed += len(piece)
    except OSError:  # it does not listen any more
        pass
    line.close()
    assert pushed < 24 << 20, "the limit, and what lies in the buffers of two sockets"
    assert inside.until(20, "kept", {**inside.ask("kept"), "files": 0})["files"] == 0
    if headers.get("Content-Length") != "10":
        assert "the limit is 2 MB a file" in said_of_files(tab)[0]
    tab.close()


def test_the_bounds_stand_on_every_page_in_words():
    assert "200 files of yours at a time, 200 MB together, and 2,048 MB of all visitors" in promise()
    assert "dropped within a minute after you close the page" in promise()


def test_forget_says_what_was_forgotten():
    told = Forgotten(files=1, results=2, pictures=0, bytes=3 << 20)
    assert in_words(told) == "Forgotten: 1 file you uploaded, 2 results (3.0 MB), and your settings."
    nothing = Forgotten(files=0, results=0, pictures=0, bytes=0)
    assert in_words(nothing) == "Forgotten: your settings. There was nothing else of yours."
