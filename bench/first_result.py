"""From the start of the gallery to a sharpened photo in Chromium: cold (a fresh process) and warm.

    python -m bench.first_result [--runs 3]

Prints seconds from the start of the process until it answers, until it is ready, and from opening the address
until the first result's picture is decoded in the browser, with a fresh browser each time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
import urllib.request

from playwright.sync_api import Browser, sync_playwright

from dlintro_demos.gallery.settings import REPOSITORY

PORT = 8640
URL = f"http://127.0.0.1:{PORT}"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


def answers(path: str) -> bool:
    """Whether the address gives 200."""
    try:
        with urllib.request.urlopen(URL + path, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def wait_for(path: str, started: float) -> float:
    """Seconds from `started` until the address gives 200."""
    while not answers(path):
        time.sleep(0.05)
    return time.perf_counter() - started


def first_result(browser: Browser) -> tuple[float, float]:
    """Seconds until the heading, and until the result's picture, in a browser with an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(f"{URL}/super_resolution")
    page.wait_for_selector("h1", timeout=120_000)
    heading = time.perf_counter() - started
    page.wait_for_selector(".comparer img.after", timeout=120_000)
    while not page.evaluate(
        "document.querySelector('.comparer img.after')?.naturalWidth"
    ) and not page.locator(".comparer img.after").evaluate(
        "picture => picture.complete && picture.naturalWidth"
    ):
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    context.close()
    return heading, seconds


def main() -> None:
    """Run cold and warm, and print the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    rows: dict[str, list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for _ in range(runs):
            started = time.perf_counter()
            server = subprocess.Popen(
                [sys.executable, "app.py"], cwd=REPOSITORY, env=os.environ | {"DLINTRO_PORT": str(PORT)}
            )
            try:
                rows.setdefault("process start to first answer", []).append(
                    wait_for("/_stcore/health", started)
                )
                heading, result = first_result(browser)
                rows.setdefault("cold: address to heading", []).append(heading)
                rows.setdefault("cold: address to sharpened photo", []).append(result)
                rows.setdefault("process start to ready", []).append(wait_for("/readyz", started))
                heading, result = first_result(browser)
                rows.setdefault("warm: address to heading", []).append(heading)
                rows.setdefault("warm: address to sharpened photo", []).append(result)
            finally:
                server.terminate()
                server.wait()
        browser.close()
    for name, seconds in rows.items():
        print(f"{name:34} {statistics.median(seconds):6.2f} s   ({min(seconds):.2f} to {max(seconds):.2f})")


if __name__ == "__main__":
    main()
