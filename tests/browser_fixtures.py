"""What every browser test needs: Chromium cut off from the network, and a running gallery to visit."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
# The resolver rule makes every call that leaves this computer fail: the tests prove "offline" as they go.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
START_SECONDS = 180


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.browser)
        if {"gallery", "start_gallery"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("gallery"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, once per module: Playwright occupies the thread's event loop while it is open."""
    names = ("google-chrome", "chromium-browser")
    found = os.environ.get("DLINTRO_CHROMIUM") or shutil.which("chromium")
    found = found or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        reason = "no Chromium found: install it, or name it in DLINTRO_CHROMIUM"
        if os.environ.get("DLINTRO_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{reason} (DLINTRO_REQUIRE_BROWSER=1)")
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def problems() -> list[str]:
    """Console errors, failed requests and calls that leave this computer, of all pages of this test."""
    return []


@pytest.fixture(scope="module")
def open_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`open_context(**options of Browser.new_context)`: one per module and options, for its warm cache."""
    contexts: dict[str, BrowserContext] = {}

    def open_one(**options: Any) -> BrowserContext:
        name = repr(sorted(options.items()))
        if name not in contexts:
            contexts[name] = chromium.new_context(permissions=["camera", "microphone"], **options)
        return contexts[name]

    yield open_one
    for context in contexts.values():
        context.close()


@pytest.fixture
def new_page(
    open_context: Callable[..., BrowserContext], problems: list[str]
) -> Iterator[Callable[..., Page]]:
    """`new_page(**options of Browser.new_context)`: a page with a fake camera and microphone.

    It is a visitor of its own; the browser's cache and cookies are shared by the module's pages of the same
    options.
    """
    pages: list[Page] = []

    def open_page(**options: Any) -> Page:
        page = open_context(**options).new_page()
        pages.append(page)
        _watch(page, problems)
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of 1280 x 900 pixels."""
    return new_page(viewport={"width": 1280, "height": 900})


def _watch(page: Page, problems: list[str]) -> None:
    def check_address(url: str) -> None:
        address = urlsplit(url)
        if address.scheme not in {"data", "blob", "about"} and address.hostname != "127.0.0.1":
            problems.append(f"offsite: {url[:200]}")

    def note_failure(request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # what a page gives up when it is left
            problems.append(f"failed: {request.url[:200]} ({request.failure})")

    page.on(
        "console", lambda said: problems.append(f"console: {said.text}") if said.type == "error" else None
    )
    page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
    page.on("request", lambda request: check_address(request.url))
    page.on("websocket", lambda opened: check_address(opened.url))
    page.on("requestfailed", note_failure)


@pytest.fixture(scope="session")
def gallery(start_gallery: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """Base URL of the gallery, warm; one server for all tests that ask for it."""
    with start_gallery() as url:
        yield url


@pytest.fixture(scope="session")
def start_gallery(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[str]]:
    """`with start_gallery(DLINTRO_SESSIONS="1") as url`: a process of its own, for cold tests.

    `until` is the address that answers 200 when the wait is over: `/readyz` (warm) unless given.
    """

    @contextmanager
    def start(*, until: str = "/readyz", **env: str) -> Iterator[str]:
        port = _free_port()
        env = {"DLINTRO_ADDRESS": "127.0.0.1", "DLINTRO_PORT": str(port)} | env
        log = tmp_path_factory.mktemp("gallery") / "log"
        with _serving([sys.executable, "app.py"], env, f"http://127.0.0.1:{port}", until, log) as url:
            yield url

    return start


@pytest.fixture(scope="session")
def serve_script(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], AbstractContextManager[str]]:
    """`with serve_script(path) as url`: a Streamlit script alone, without the gallery around it."""

    @contextmanager
    def serve(script: Path) -> Iterator[str]:
        port = _free_port()
        options = ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
        command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
        log = tmp_path_factory.mktemp("script") / "log"
        env = {"PYTHONPATH": str(REPOSITORY)}
        with _serving(command, env, f"http://127.0.0.1:{port}", "/_stcore/health", log) as url:
            yield url

    return serve


def _ours() -> dict[str, str]:
    """This environment, without the one thread that `make test` leaves to each of its processes."""
    return {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}


@contextmanager
def _serving(command: Sequence[str], env: dict[str, str], url: str, until: str, log: Path) -> Iterator[str]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=_ours() | env, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_answered(process, url + until, log)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_answered(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        try:
            code = process.wait(0.2)
        except subprocess.TimeoutExpired:
            if time.monotonic() < deadline:
                continue
            code = None
        ending = "did not answer" if code is None else f"ended with {code}"
        tail = log.read_text(encoding="utf-8", errors="replace")[-3000:]
        pytest.fail(f"{' '.join(map(str, process.args))} {ending}: {url}\n{tail}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def serious_violations() -> Callable[[Page], list[str]]:
    """`serious_violations(page)`: what axe-core calls serious or critical, one line each."""

    def check(page: Page) -> list[str]:
        return [
            f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
            for violation in Axe().run(page).response["violations"]
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    return check


@pytest.fixture(scope="session")
def screenshot() -> Callable[[Page, str], None]:
    """`screenshot(page, name)`: writes .screenshots/<name>.png when DLINTRO_SCREENSHOTS is set."""

    def take(page: Page, name: str) -> None:
        if os.environ.get("DLINTRO_SCREENSHOTS"):
            page.screenshot(path=REPOSITORY / ".screenshots" / f"{name}.png")

    return take
