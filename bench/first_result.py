"""From the start of the gallery to a sharpened photo in Chromium: cold (a fresh process) and warm.

    python -m bench.first_result [--runs 5] [--beside ANOTHER_CHECKOUT]

Prints seconds from the start of the process until it answers, until the first result's picture is decoded in
the browser, and until it is ready, with a fresh browser each time; and the server's own seconds of CPU, which
depend less on what else the machine does. With `--beside`, another version takes turns with this one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

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
    page.wait_for_selector("h1", timeout=300_000)
    heading = time.perf_counter() - started
    page.wait_for_selector(".comparer img.after", timeout=300_000)
    while not page.evaluate(
        "document.querySelector('.comparer img.after')?.naturalWidth"
    ) and not page.locator(".comparer img.after").evaluate(
        "picture => picture.complete && picture.naturalWidth"
    ):
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    context.close()
    return heading, seconds


def cpu(server: subprocess.Popen[bytes]) -> float:
    """Seconds of CPU that the process has used, in user space and in the system's; as Linux tells."""
    fields = Path(f"/proc/{server.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def one_start(browser: Browser, checkout: Path) -> dict[str, float]:
    """Start the gallery of a checkout, open its page cold, wait until it is ready, open it warm."""
    started = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=checkout,
        env=os.environ | {"DLINTRO_PORT": str(PORT)},
        stderr=subprocess.DEVNULL,
    )
    try:
        rows = {"process start to first answer": wait_for("/_stcore/health", started)}
        heading, result = first_result(browser)
        rows["cold: address to heading"] = heading
        rows["cold: address to sharpened photo"] = result
        rows["process start to sharpened photo"] = time.perf_counter() - started
        rows["CPU until then"] = cpu(server)
        rows["process start to ready"] = wait_for("/readyz", started)
        rows["CPU until ready"] = cpu(server)
        heading, result = first_result(browser)
        return rows | {"warm: address to heading": heading, "warm: address to sharpened photo": result}
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Run cold and warm, and print the medians."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--beside", type=Path, help="folder of another version to measure in turn")
    options = parser.parse_args()
    checkouts = [REPOSITORY, *([options.beside] if options.beside else [])]
    runs: dict[Path, list[dict[str, float]]] = {checkout: [] for checkout in checkouts}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for _ in range(options.runs):
            for checkout, rows in runs.items():
                rows.append(one_start(browser, checkout))
        browser.close()
    for checkout, rows in runs.items():
        print(f"{checkout}, load {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")
        for name in rows[0]:
            seconds = [row[name] for row in rows]
            print(
                f"{name:34} {statistics.median(seconds):6.2f} s   ({min(seconds):.2f} to {max(seconds):.2f})"
            )


if __name__ == "__main__":
    main()
