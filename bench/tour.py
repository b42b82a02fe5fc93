"""A whole tour in Chromium cut off from the network: seconds for each stop, violations, a picture of each.

    python -m bench.tour [--tour full] [--at http://127.0.0.1:8501] [--pictures FOLDER] [--axe]

Goes from stop to stop by "Next", once for each of `SCREENS`, in a gallery of its own that has just become
warm (or in the one `--at`). Prints seconds from the click until the stop stands there: its script has ended,
no job is under way, its pictures are there. The first screen waits for results that all later ones find kept.
With `--axe`, how many rules of axe are broken seriously on each page.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.gallery.tour import TOURS, Tour, places

PORT = 8641
SCREENS = (
    ("light", 1280, 800),
    ("light", 1920, 1080),
    ("dark", 1920, 1080),
    ("light", 360, 740),
    ("dark", 360, 740),
)
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--use-fake-device-for-media-stream", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]  # fmt: skip
PATIENCE = 120_000  # ms
PICTURES_ARE_THERE = """() => {
    const within = (root) => [...root.querySelectorAll("*")].flatMap((each) =>
        each.shadowRoot ? within(each.shadowRoot) : each instanceof HTMLImageElement ? [each] : []);
    return within(document).every((each) => each.complete || each.getBoundingClientRect().top > innerHeight);
}"""


@contextmanager
def gallery() -> Iterator[str]:
    """A gallery of its own, warm."""
    url = f"http://127.0.0.1:{PORT}"
    env = os.environ | {"DLINTRO_ADDRESS": "127.0.0.1", "DLINTRO_PORT": str(PORT)}
    server = subprocess.Popen([sys.executable, "app.py"], cwd=REPOSITORY, env=env, stderr=subprocess.DEVNULL)
    try:
        while not _ready(url):
            time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait()


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def arrive(page: Page, number: int, last: int) -> None:
    """Wait until that stop, or the questions behind the `last`, stands there."""
    where = f"Stop {number} of {last}" if number <= last else "Questions"
    expect(page.locator(".rail .where")).to_contain_text(where, timeout=PATIENCE)
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".stSpinner, .stProgress, .stSkeleton")).to_have_count(0, timeout=PATIENCE)
    while not page.evaluate(PICTURES_ARE_THERE):  # no `wait_for_function`: the page allows no eval
        time.sleep(0.02)


def serious(page: Page) -> int:
    """How many rules of axe are broken seriously."""
    found: dict[str, Any] = Axe().run(page).response
    return sum(each["impact"] in ("serious", "critical") for each in found["violations"])


def walk(
    browser: Browser, url: str, tour: Tour, screen: tuple[str, int, int], pictures: Path | None, *, axe: bool
) -> None:
    """One visit from the list of stops to the questions; prints a line for each."""
    scheme, width, height = screen
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        permissions=["camera", "microphone"],
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}/tour")
    stops = places(tour)
    links = page.locator(f".st-key-stops-{tour} a")
    total = 0.0
    for number in range(1, len(stops) + 2):
        way = links.first if number == 1 else page.get_by_role("link", name="Next")
        way.wait_for()
        started = time.perf_counter()
        way.click()
        arrive(page, number, len(stops))
        seconds = time.perf_counter() - started
        total += seconds
        page.mouse.move(width / 2, height - 1)
        name = stops[number - 1].demo.slug if number <= len(stops) else "questions"
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        said = f", serious {serious(page)}" if axe else ""
        said += ", TOO WIDE" if wide else ""
        print(f"{width} px {scheme}, stop {number:2} {name:18} {seconds:5.1f} s{said}")
        if pictures is not None:
            page.screenshot(path=pictures / f"{tour}-{width}-{scheme}-{number:02}.png")
    print(f"{width} px {scheme}: {total:.1f} s for {len(stops)} stops and the questions", flush=True)
    context.close()


def main() -> None:
    """All screens, one after the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tour", choices=TOURS, default="short")
    parser.add_argument("--at", help="address of a gallery that runs already")
    parser.add_argument("--pictures", type=Path, help="folder for a picture of every stop")
    parser.add_argument("--axe", action="store_true")
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        if options.at:
            _walk_all(browser, options.at, options)
        else:
            with gallery() as url:
                _walk_all(browser, url, options)
        browser.close()


def _walk_all(browser: Browser, url: str, options: argparse.Namespace) -> None:
    print(f"The {options.tour} tour, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for screen in SCREENS:
        walk(browser, url, options.tour, screen, options.pictures, axe=options.axe)


if __name__ == "__main__":
    main()
