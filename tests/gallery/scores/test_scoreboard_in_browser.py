"""A workshop in Chromium: a presenter's screen and a phone, one room, one database that goes and comes."""

import re

import pytest
from playwright.sync_api import expect

from bench import postgres
from tests.gallery.test_proxy import free_port
from tests.visiting import ours, visit

PHONE = {"width": 360, "height": 740}


def open_a_room(page, gallery):
    visit(page, f"{gallery}/scoreboard")
    page.get_by_role("button", name="Open a room").click()
    expect(page).to_have_url(re.compile(r"room=[A-Z]{5}$"))
    return page.url.rpartition("=")[2]


def join(page, name):
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("You play as")).to_be_visible()


def play_a_round(page, gallery):
    visit(page, f"{gallery}/why_now?do=Guess+the+order")
    page.locator("[class*=st-key-order-] button").first.click()
    expect(page.get_by_role("button", name="Next round")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_big_screen_shows_what_a_phone_plays_without_being_touched(
    gallery, new_page, problems, serious_violations, screenshot, scheme
):
    screen = new_page(viewport={"width": 1920, "height": 1080}, color_scheme=scheme)
    room = open_a_room(screen, gallery)
    screen.goto(f"{gallery}/scoreboard?room={room}&big=1")  # it has no foot for which `visit` could wait
    expect(screen.get_by_text("Nobody stands here yet.")).to_be_visible()
    phone = new_page(viewport=PHONE, color_scheme=scheme)
    visit(phone, f"{gallery}/scoreboard?room={room.lower()}")
    join(phone, "Zoë")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious_violations(phone) == []
    play_a_round(phone, gallery)  # a page that loads anew, and so another visit: the name comes along
    expect(phone.get_by_text("Counts for")).to_be_visible()
    assert serious_violations(phone) == []
    expect(screen.get_by_role("row").filter(has_text="Zoë")).to_be_visible()
    expect(screen.get_by_role("heading", name="The room against the machine")).to_be_visible()
    assert serious_violations(screen) == []
    screenshot(screen, f"scoreboard-big-{scheme}")
    phone.get_by_role("link", name="Scoreboard").last.click()
    expect(phone.get_by_text("You play as")).to_be_visible()
    screenshot(phone, f"scoreboard-phone-{scheme}")
    phone.get_by_role("button", name="Delete my scores").click()
    expect(screen.get_by_role("row").filter(has_text="Zoë")).to_have_count(0)
    assert phone.evaluate("localStorage.length && localStorage.getItem('dlintro.player')") in (0, None)
    assert ours(problems) == []


def test_postgresql_is_killed_in_the_middle_of_a_round_and_comes_back(start_gallery, new_page, problems):
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.serving() as server, start_gallery(DLINTRO_DATABASE_URL=server.url) as url:
        screen, phone = new_page(), new_page(viewport=PHONE)
        room = open_a_room(screen, url)
        visit(phone, f"{url}/scoreboard?room={room}")
        join(phone, "Ada")
        phone.get_by_role("link", name="Why now?").last.click()
        phone.get_by_role("radio", name="Guess the order").click()
        answer = phone.locator("[class*=st-key-order-] button").first
        expect(answer).to_be_visible()
        server.kill()
        answer.click()
        expect(phone.get_by_text(re.compile("Round 1 of 8"))).to_be_visible()
        down = screen.get_by_role("status").filter(has_text="database is down")
        expect(down).to_contain_text("1 round will be written when it is back.")
        expect(phone.get_by_role("button", name="Next round")).to_be_enabled()
        server.start()
        expect(screen.get_by_role("row").filter(has_text="Ada")).to_be_visible(timeout=60_000)
        expect(down).to_have_count(0)
        assert ours(problems) == []


def test_a_big_board_outlives_a_restart_of_its_gallery_untouched(start_gallery, new_page, tmp_path):
    """Its address was signed by the process before, and nobody made it another one."""
    port = free_port()
    env = {"DLINTRO_DATABASE_URL": f"sqlite:///{tmp_path}/scores.db"}
    screen, url = new_page(viewport={"width": 1920, "height": 1080}), f"http://127.0.0.1:{port}"
    with start_gallery(port=port, until="/_stcore/health", **env):
        phone = new_page(viewport=PHONE)
        room = open_a_room(phone, url)
        join(phone, "Ada")
        play_a_round(phone, url)
        screen.goto(f"{url}/scoreboard?room={room}&big=1")
        expect(screen.get_by_role("row").filter(has_text="Ada")).to_be_visible()
    expect(screen.get_by_text("The gallery does not answer.")).to_be_visible()
    with start_gallery(port=port, until="/_stcore/health", **env):
        expect(screen.get_by_text("The gallery does not answer.")).to_be_hidden(timeout=60_000)
        expect(screen.get_by_role("row").filter(has_text="Ada")).to_be_visible()
        expect(screen).to_have_url(re.compile(rf"room={room}&big=1$"))


def test_a_phone_that_was_locked_until_its_visit_was_over_plays_on_under_its_name(inspected, new_page):
    url, inside = inspected
    phone = new_page(viewport=PHONE)
    asleep, sockets = [], []

    def pass_on(socket):
        if asleep:
            socket.close()
            return
        socket.connect_to_server()
        sockets.append(socket)

    phone.route_web_socket(re.compile("/_stcore/stream"), pass_on)
    visit(phone, f"{url}/scoreboard")
    join(phone, "Grace")
    asleep.append(True)
    sockets[-1].close()
    assert inside.until(30, "visitors", []) == []
    asleep.clear()
    while len(sockets) < 2:  # Playwright answers for the socket only while it is asked for something
        phone.wait_for_timeout(200)
    phone.get_by_role("link", name="Gallery").click()  # until somebody does something, nothing is sent
    for _ in range(300):
        if inside.ask("players") == ["Grace"]:
            break
        phone.wait_for_timeout(200)
    assert inside.ask("players") == ["Grace"]
    told = phone.get_by_text("This is a new visit")
    expect(told).to_be_visible()
    phone.get_by_role("button", name="OK").click()
    expect(told).to_be_hidden()
