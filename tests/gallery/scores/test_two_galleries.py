"""Two galleries behind one nginx (deploy/nginx.conf), with one PostgreSQL: visitors stay, and change over."""

import re
import subprocess
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from dlintro_demos.gallery.settings import REPOSITORY
from tests.gallery.scores.test_scoreboard_in_browser import join, open_a_room, play_a_round
from tests.gallery.test_live_camera import answered, start
from tests.gallery.test_proxy import NGINX, answering, certificate, free_port
from tests.visiting import visit

pytestmark = [pytest.mark.reports, pytest.mark.skipif(NGINX is None, reason="no nginx is installed")]
HOME = "dlintro_home"


@pytest.fixture(scope="module")
def two(start_gallery, postgres_server, tmp_path_factory):
    """Address of the proxy, and for each gallery's address what ends it."""
    port, tmp_path = free_port(), tmp_path_factory.mktemp("nginx")
    certificate(tmp_path)
    config = (REPOSITORY / "deploy/nginx.conf").read_text(encoding="utf-8")
    with ExitStack() as running:
        ends = {}
        for number in (1, 2):
            end = running.enter_context(ExitStack())
            url = end.enter_context(
                start_gallery(DLINTRO_DATABASE_URL=postgres_server.url, DLINTRO_TRUSTED_PROXIES="127.0.0.1")
            )
            address = url.removeprefix("http://")
            ends[address] = end.close
            config = config.replace(f"gallery-{number}:8501", address)
        for old, new in (
            ("listen 8443", f"listen 127.0.0.1:{port}"),
            ("/etc/ssl/gallery.pem", f"{tmp_path}/pem"),
            ("/etc/ssl/gallery.key", f"{tmp_path}/key"),
            ("add_header Set-Cookie", "add_header X-Gallery $upstream_addr always; add_header Set-Cookie"),
        ):
            assert old in config
            config = config.replace(old, new)
        (tmp_path / "conf").write_text(
            f"pid {tmp_path}/pid; daemon off; error_log {tmp_path}/log; events {{}} http {{ {config} }}"
        )
        nginx = subprocess.Popen([NGINX, "-p", tmp_path, "-c", tmp_path / "conf"])
        running.callback(nginx.wait)
        running.callback(nginx.terminate)
        answering(port)
        yield f"https://gallery.test:{port}", ends


@pytest.fixture
def come_in(chromium, two):
    """`come_in(other_than=...)`: a page of a new browser, and which gallery is its home."""
    url, _ = two
    contexts = []

    def open_page(other_than=None):
        for _ in range(30):
            context = chromium.new_context(ignore_https_errors=True, permissions=["camera"])
            contexts.append(context)
            page = context.new_page()
            answer = page.goto(url)
            if (home := answer.headers["x-gallery"]) != other_than:
                return page, home
        raise AssertionError("thirty browsers have one home")

    yield open_page
    for context in contexts:
        context.close()


def test_presenters_and_big_screens_meet_in_one_gallery(two, chromium):
    url = two[0].replace("gallery.test", "127.0.0.1")  # as this computer calls itself
    homes = set()
    for address in ("presenter", "?stage=1", "why_now?tour=short&stage=1", "presenter", "?stage=1"):
        context = chromium.new_context(ignore_https_errors=True)
        for asked in (address, "_stcore/health", "stage"):
            homes.add(context.request.get(f"{url}/{asked}").headers["x-gallery"])
        context.close()
    assert len(homes) == 1


def test_two_visitors_in_two_galleries_share_a_room_and_one_gallery_ends(two, come_in, screenshot):
    url, ends = two
    ada, home = come_in()
    zoe, other = come_in(other_than=home)
    assert {home, other} == set(ends)
    room = open_a_room(ada, url)
    join(ada, "Ada")
    visit(zoe, f"{url}/scoreboard?room={room}")
    join(zoe, "Zoë")
    play_a_round(ada, url)
    visit(zoe, f"{url}/scoreboard?room={room}")
    expect(zoe.get_by_role("row").filter(has_text="Ada")).to_be_visible(timeout=60_000)
    screenshot(zoe, "two-galleries-1-room")

    visit(zoe, f"{url}/feature_layers")  # https: the camera of a phone works
    zoe.get_by_role("radio", name="Live").click()
    start(zoe)
    answered(zoe, 2)
    screenshot(zoe, "two-galleries-2-camera")

    served = set()
    ada.on("response", lambda answer: served.add(answer.headers.get("x-gallery")))
    visit(ada, f"{url}/why_now?do=Guess+the+order")
    assert served <= {home, None}

    ends[home]()
    told = ada.get_by_text("This is a new visit")
    for _ in range(60):  # what is clicked before the other gallery has answered is lost
        ada.get_by_role("radio", name="Guess the order").click()
        ada.get_by_role("radio", name="Three causes").click()
        if told.is_visible():
            break
        ada.wait_for_timeout(1000)
    expect(told).to_be_visible()
    expect(ada).to_have_url(re.compile(r"/why_now\?do=Three"))
    screenshot(ada, "two-galleries-3-taken-over")
    play_a_round(ada, url)
    expect(ada.get_by_text("Counts for")).to_be_visible()
    assert {each for each in served if each} - {home} <= {other, f"{home}, {other}"}
    visit(ada, f"{url}/scoreboard?room={room}")
    expect(ada.get_by_text("You play as")).to_be_visible()
    expect(ada.get_by_role("row").filter(has_text="Ada")).to_be_visible()
    screenshot(ada, "two-galleries-4-same-room")
