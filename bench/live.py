"""The camera live: pictures a second and milliseconds from capture to answer, in Chromium.

    python -m bench.live [--only NAME...] [--seconds 20] [--video]

Each row is a page with its camera on: Chromium's made-up camera, or with `--video` a film that is made here
of a bundled portrait that moves, so that answers change and there is a face. "Wall" is what another visitor
waits meanwhile, who runs the page of the wall again and again.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bench.pages import Visit, gallery
from dlintro_demos.faces.samples import SAMPLES

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
ROWS = {  # name: slug, live visitors, keys pressed on the slider of layers
    "classifier, bars": ("feature_layers", 1, "Home"),
    "classifier, maps": ("feature_layers", 1, ""),
    "teach": ("teach_a_child", 1, ""),
    "faces": ("faces", 1, ""),
    "ten classifiers": ("feature_layers", 10, "Home"),
}
SIZE = (480, 640)  # rows, columns


@contextmanager
def film() -> Iterator[Path]:
    """A file for Chromium's camera: a portrait that moves from side to side, JPEG after JPEG."""
    portrait = Image.fromarray(next(each for each in SAMPLES if each.key == "astronaut").load()).resize(
        (480, 480)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "moving.mjpeg"
        with path.open("wb") as file:
            for step in range(60):
                frame = Image.fromarray(np.full((*SIZE, 3), 120, np.uint8))
                frame.paste(portrait, (round(80 + 80 * np.sin(step / 60 * 2 * np.pi)), 0))
                encoded = io.BytesIO()
                frame.save(encoded, "JPEG", quality=85)
                file.write(encoded.getvalue())
        yield path


async def watch(browser: Browser, url: str, slug: str, key: str) -> Page:
    """A visitor whose camera is on."""
    page = await (await browser.new_context(permissions=["camera"])).new_page()
    await page.goto(f"{url}/{slug}")
    await page.get_by_role("radio", name="Live").click(timeout=60_000)
    await page.get_by_role("button", name="Start the camera").click(timeout=60_000)
    await page.wait_for_selector(".live[data-rate]", timeout=60_000)
    if key:
        await page.get_by_role("slider").last.press(key)
    return page


async def answers(page: Page, seconds: float) -> list[float]:
    """Milliseconds from capture to answer of all answers in so many seconds, as the page measures them."""
    took: list[float] = await page.locator(".live").evaluate(
        """(root, seconds) => new Promise((done) => {
            const took = [];
            const watch = new MutationObserver(() => took.push(Number(root.dataset.took)));
            watch.observe(root, { attributeFilter: ["data-took"] });
            setTimeout(() => done(took), 1000 * seconds);
        })""",
        seconds,
    )
    return took


async def beside(port: int, until: float) -> list[float]:
    """Milliseconds that another visitor waits for the wall, again and again."""
    visit = Visit(port, "home", "")
    await visit.arrive()
    waited = []
    while time.monotonic() < until:
        started = time.perf_counter()
        await visit.run()
        waited.append(1000 * (time.perf_counter() - started))
        await asyncio.sleep(0.3)
    await visit.socket.close()
    return waited


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


async def row(name: str, port: int, seconds: float, flags: list[str]) -> str:
    """One line of the table."""
    slug, visitors, key = ROWS[name]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        pages = [await watch(browser, f"http://127.0.0.1:{port}", slug, key) for _ in range(visitors)]
        *took, waited = await asyncio.gather(
            *(answers(page, seconds) for page in pages), beside(port, time.monotonic() + seconds)
        )
        await browser.close()
    rates = [len(each) / seconds for each in took]
    every = [one for each in took for one in each]
    return (
        f"{name:18} {min(rates):10.1f} {statistics.median(every):8.0f} {p95(every):8.0f} {p95(waited):12.0f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS), metavar="NAME")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--video", action="store_true", help="a film of a moving portrait as camera")
    options = parser.parse_args()
    print(f"{'':18} {'a second':>10} {'p50 ms':>8} {'p95 ms':>8} {'wall p95 ms':>12}")
    with gallery() as (port, _), film() as path:
        flags = [*FLAGS, f"--use-file-for-fake-video-capture={path}"] if options.video else FLAGS
        for name in options.only:
            print(asyncio.run(row(name, port, options.seconds, flags)), flush=True)


if __name__ == "__main__":
    main()
