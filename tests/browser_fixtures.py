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
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
# The resolver rule makes every call that leaves this computer fail: the tests prove "offline" as they go. One
# more name is this computer's: to a browser it is another machine, over plain http.
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
    "--host-resolver-rules=MAP gallery.test 127.0.0.1, MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--process-per-site",  # one for all pages of a context: it has Streamlit's script compiled already
]
DESK: ViewportSize = {"width": 1280, "height": 900}
START_SECONDS = 180
NO_CHROMIUM = "no Chromium found: install it, or name it in DLINTRO_CHROMIUM"

expect.set_options(timeout=30_000)  # a page that opens first imports the networks


def _chromium() -> str | None:
    """Path of the browser on this machine."""
    names = ("chromium", "google-chrome", "chromium-browser")
    return os.environ.get("DLINTRO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.hookimpl(tryfirst=True)  # before `-m` is looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skipped = _chromium() is None and os.environ.get("DLINTRO_REQUIRE_BROWSER") != "1"
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            if skipped:
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


@dataclass(frozen=True)
class Doorkeeper:
    """Opens the gallery when the first test of any worker knocks, and closes it when all have ended."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path


DOORKEEPER = pytest.StashKey[Doorkeeper]()


def _doorkeeper(config: pytest.Config) -> Doorkeeper:
    """The one of this run, which only the process that ends last may have."""
    if DOORKEEPER not in config.stash:
        log = config._tmp_path_factory.mktemp("gallery") / "log"  # type: ignore[attr-defined]
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
            env = {"DLINTRO_ADDRESS": "127.0.0.1", "DLINTRO_PORT": str(port)}
            process = _tied([sys.executable, "app.py"], env, log, door)
        config.stash[DOORKEEPER] = Doorkeeper(process, f"http://127.0.0.1:{port}", log)
    return config.stash[DOORKEEPER]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """In xdist's controller: tell a worker where the gallery of all workers is."""
    keeper = _doorkeeper(node.config)
    node.workerinput["gallery"] = {"url": keeper.url, "log": str(keeper.log)}


def pytest_unconfigure(config: pytest.Config) -> None:
    if DOORKEEPER in config.stash:
        _end(config.stash[DOORKEEPER].process)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, one for all tests of a worker. Playwright occupies the thread's event loop from now on."""
    found = _chromium()
    if found is None:
        pytest.fail(f"{NO_CHROMIUM} (DLINTRO_REQUIRE_BROWSER=1)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def problems() -> list[str]:
    """Console errors, failed requests and calls that leave this computer, of all pages of this test."""
    return []


@pytest.fixture(scope="session")
def _contexts(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    contexts: dict[str, BrowserContext] = {}

    def context_of(*, clocked: bool = False, **options: Any) -> BrowserContext:
        options = {"viewport": DESK} | options
        name = repr((clocked, sorted(options.items())))
        if name not in contexts:
            contexts[name] = chromium.new_context(permissions=["camera", "microphone"], **options)
            _stay(contexts[name])
        return contexts[name]

    yield context_of
    for context in contexts.values():
        context.close()


def _stay(context: BrowserContext) -> None:
    """Open a page that remains, and with it the process that has Streamlit's script compiled already."""
    page = context.new_page()
    page.route("**", lambda route: route.fulfill(body=""))
    page.goto("http://127.0.0.1/")


@pytest.fixture(scope="module")
def open_context(_contexts: Callable[..., BrowserContext]) -> Iterator[Callable[..., BrowserContext]]:
    """`open_context(**options of Browser.new_context)`: one for all tests with these options.

    The pages that are opened in it are closed after the module.
    """
    asked: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        asked.append(_contexts(**options))
        return asked[-1]

    yield open_one
    for context in asked:
        for page in context.pages[1:]:
            page.close()


@pytest.fixture
def new_page(_contexts: Callable[..., BrowserContext], problems: list[str]) -> Iterator[Callable[..., Page]]:
    """`new_page(**options of Browser.new_context)`: a page with a fake camera and microphone.

    It is a visitor of its own; the browser's cache and cookies are shared by pages of the same options, where
    size, scheme and motion make no difference. So is Playwright's clock: who touches it asks for `clocked`,
    or it stands still for everybody after them.
    """
    pages: list[Page] = []

    def open_page(
        *,
        viewport: ViewportSize = DESK,
        color_scheme: Literal["dark", "light"] | None = None,
        reduced_motion: Literal["no-preference", "reduce"] | None = None,
        clocked: bool = False,
        **options: Any,
    ) -> Page:
        page = _contexts(clocked=clocked, **options).new_page()
        pages.append(page)
        assert clocked or page.evaluate("() => !globalThis.__pwClock"), "somebody stopped everybody's clock"
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        _watch(page, problems)
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of 1280 x 900 pixels."""
    return new_page()


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
def gallery(pytestconfig: pytest.Config) -> str:
    """Base URL of the gallery, warm; one server for all tests of all workers."""
    there = getattr(pytestconfig, "workerinput", {}).get("gallery")
    if there is None:
        keeper = _doorkeeper(pytestconfig)
        there = {"url": keeper.url, "log": keeper.log}
    _wait_until_answered(None, there["url"] + "/readyz", Path(there["log"]))
    return there["url"]


@pytest.fixture(scope="session")
def start_gallery(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[str]]:
    """`with start_gallery(DLINTRO_SESSIONS="1") as url`: a process of its own, for cold tests.

    `until` is the address that answers 200 when the wait is over: `/readyz` (warm) unless given; `command` is
    what Python is to run, `port` where it is to listen.
    """

    @contextmanager
    def start(
        *, until: str = "/readyz", command: Sequence[str] = ("app.py",), port: int = 0, **env: str
    ) -> Iterator[str]:
        port = port or _free_port()
        env = {"DLINTRO_ADDRESS": "127.0.0.1", "DLINTRO_PORT": str(port)} | env
        log = tmp_path_factory.mktemp("gallery") / "log"
        with _serving([sys.executable, *command], env, f"http://127.0.0.1:{port}", until, log) as url:
            yield url

    return start


@pytest.fixture(scope="session")
def serve_script(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[Path], AbstractContextManager[str]]]:
    """`with serve_script(path) as url`: a Streamlit script alone, with the gallery's addresses around it.

    One server for all of them, one after the other.
    """
    folder = tmp_path_factory.mktemp("script_server")
    port = _free_port()
    command = [sys.executable, str(HERE / "script_server.py"), str(folder / "script"), str(port)]
    env = {"PYTHONPATH": str(REPOSITORY)}
    with _serving(command, env, f"http://127.0.0.1:{port}", "/_stcore/health", folder / "log") as url:

        def serve(script: Path) -> AbstractContextManager[str]:
            (folder / "script").write_text(str(script), encoding="utf-8")
            return nullcontext(url)

        yield serve


def _ours() -> dict[str, str]:
    """This environment, without the one thread that `make test` leaves to each of its processes."""
    return {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}


def _tied(
    command: Sequence[str], env: dict[str, str], log: Path, door: socket.socket | None = None
) -> subprocess.Popen[bytes]:
    """A server that ends with this process; see tests/tied.py."""
    number = "-" if door is None else str(door.fileno())
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-I", str(HERE / "tied.py"), number, *command],
            cwd=REPOSITORY,
            env=_ours() | {"DLINTRO_DRAIN_SECONDS": "0.1"} | env,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=() if door is None else (door.fileno(),),
            start_new_session=True,  # Ctrl+C is for the tests; the server goes when they have gone
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin
    process.stdin.close()
    process.wait()


@contextmanager
def _serving(command: Sequence[str], env: dict[str, str], url: str, until: str, log: Path) -> Iterator[str]:
    process = _tied(command, env, log)
    try:
        _wait_until_answered(process, url + until, log)
        yield url
    finally:
        _end(process)


def _wait_until_answered(process: subprocess.Popen[bytes] | None, url: str, log: Path) -> None:
    """Wait for status 200; fail with the end of the log where `process` ends, or patience does."""
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        code = process.poll() if process else None
        if code is not None or time.monotonic() > deadline:
            ending = "did not answer" if code is None else f"ended with {code}"
            tail = log.read_text(encoding="utf-8", errors="replace")[-3000:]
            pytest.fail(f"The server {ending}: {url}\n{tail}")
        time.sleep(0.2)


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


MOVED = """() => Promise.all(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished.catch(() => {})))"""


@pytest.fixture(scope="session")
def serious_violations() -> Callable[[Page], list[str]]:
    """`serious_violations(page)`: what axe-core calls serious or critical, one line each; colours that change
    have changed first."""

    def check(page: Page) -> list[str]:
        page.evaluate(MOVED)
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
