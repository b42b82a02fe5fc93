"""A gallery that really runs, and visitors who mean harm, over HTTP and its websocket.

What counts as a fault: a page with an error of ours, a line about one in the gallery's log, an answer of 500,
no answer in time, memory beyond a bound, and a gallery that has ended or does not serve the next visitor.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

import psutil
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException

from dlintro_demos.gallery.catalogue import SLUGS, find
from dlintro_demos.gallery.settings import REPOSITORY
from tests.fuzz import seeds
from tests.fuzz.making import SPECIAL_MESSAGES, json_value, words
from tests.fuzz.mutations import mutated
from tests.fuzz.table import Fault, Tried
from tests.gallery import tab as visits
from tests.gallery.tab import Tab

START = 300.0  # seconds until it is warm
visits.PATIENCE = 240.0  # seconds until a page has run: a job may have to wait, and may then take two minutes
MOST_MEMORY = (
    800.0  # MB that one door may add to what the gallery holds; results are kept, within their bounds
)
PAGES = ("", "tour", "scoreboard", "presenter", "status", *SLUGS)
OURS = re.compile(rb"error [0-9a-f]{6}: .*|Traceback .*|CRITICAL.*")
SAID = re.compile(r"""setTriggerValue\(\s*["'](\w+)|setStateValue\(\s*["'](\w+)|send\(\s*["'](\w+)""")
SOURCE = re.compile(r'(?:key="([a-z_-]+)")')
TOKEN = re.compile(r"/live/[A-Za-z0-9_-]{16,64}")


class Gallery:
    """A process of its own, with what it has logged and holds."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        env = os.environ | {
            "DLINTRO_PORT": str(port),
            "DLINTRO_PRESENTER_PIN": "correct horse",
            "OMP_NUM_THREADS": "1",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"], cwd=REPOSITORY, env=env, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START
        while self.status("/readyz") != 200:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"The gallery did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.5)
        self._read = 0

    def status(self, path: str) -> int:
        """HTTP's status, 0 where there is no answer."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    @property
    def memory(self) -> float:
        """MB that it and its children hold."""
        us = psutil.Process(self.process.pid)
        return sum(each.memory_info().rss for each in (us, *us.children())) / 2**20

    def complaints(self) -> list[str]:
        """What it has logged of errors since the last time."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            text = log.read()
            self._read += len(text)
        return [found.decode(errors="replace")[:300] for found in OURS.findall(text)]

    def end(self) -> None:
        """Stop it."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def attack(names: list[str], seed: int, seconds: float) -> list[Tried]:
    """Each door for an equal share of the time, on one gallery."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        gallery = Gallery(Path(folder))
        try:
            for name in names:
                found.append(_tried(name, gallery, seed, seconds / len(names)))
                print(f"{name}: {found[-1].inputs:,} inputs", file=sys.stderr)
        finally:
            gallery.end()
    return found


def _tried(name: str, gallery: Gallery, seed: int, seconds: float) -> Tried:
    tried, held = Tried(name=name), gallery.memory
    deadline = time.monotonic() + seconds
    knocks = RUNNING[name](gallery, Random(f"{seed}/{name}"))
    while time.monotonic() < deadline and len(tried.faults) < 10:
        started = time.monotonic()
        fault, taken = "", False
        try:
            taken = next(knocks)
        except (AssertionError, OSError, WebSocketException) as error:
            if "keepalive" not in str(error):  # a busy machine, on which our own client was late
                fault = f"{type(error).__name__}: {str(error)[:300]}"
            knocks = RUNNING[name](gallery, Random(f"{seed}/{name}/{tried.inputs}"))
        tried.slowest = max(tried.slowest, time.monotonic() - started)
        tried.memory = max(tried.memory, gallery.memory - held)
        tried.inputs += 1
        tried.taken += taken
        complaints = [*filter(None, [fault]), *gallery.complaints()]
        if gallery.process.poll() is not None:
            complaints.append(f"the gallery ended with {gallery.process.returncode}")
        if tried.memory > MOST_MEMORY:
            complaints.append(f"{tried.memory:.0f} MB more than before")
        tried.faults += [Fault(tried.inputs - 1, each) for each in complaints]
        if gallery.process.poll() is not None:
            break
    if gallery.status("/_stcore/health") != 200 or not _serves(gallery):
        tried.faults.append(Fault(tried.inputs, "the next visitor is not served"))
    return tried


def _serves(gallery: Gallery) -> bool:
    tab = Tab(gallery.url, "faces").run()
    tab.close()
    return bool(tab.of("heading"))


def _sound(tab: Tab) -> None:
    """Nothing on the page is an error of ours."""
    for alert in tab.of("alert"):
        assert "It is our fault" not in alert.body, alert.body
    for error in tab.of("exception"):
        raise AssertionError(f"{error.type}: {error.message}")


def addresses(gallery: Gallery, random: Random) -> Iterator[bool]:
    """Anything behind the question mark of any page."""
    tabs: dict[str, Tab] = {}
    while True:
        page = random.choice(PAGES)
        tab = tabs.get(page) or tabs.setdefault(page, Tab(gallery.url, page).run())
        names = _settings_of(page)
        said = {random.choice(names): words(random) for _ in range(random.randrange(4))}
        if page in SLUGS and random.random() < 0.5:  # one of its modes, so that what is below it is asked
            where, _, mode = random.choice([*find(page).modes.values(), "a=b"]).partition("=")
            said[where] = mode.replace("+", " ").replace("%2C", ",").replace("%3F", "?")
        tab.query = urlencode(said, errors="replace")
        tab.states.clear()
        tab.run()
        _sound(tab)
        yield bool(said)


def _settings_of(page: str) -> list[str]:
    files = [
        *(REPOSITORY / "dlintro_demos" / page).rglob("*.py"),
        *(REPOSITORY / "dlintro_demos/gallery/ui").glob("*.py"),
    ]
    text = "".join(file.read_text() for file in files if page)
    return sorted({*SOURCE.findall(text), "sample", "stage", "tour", "stop", "visitor", "room", "key", "x"})


def components(gallery: Gallery, random: Random) -> Iterator[bool]:
    """What no component of ours would send, in the name of each that stands on a page."""
    while True:
        page = random.choice(PAGES)
        modes = list(find(page).modes.values()) if page in SLUGS else []
        tab = Tab(gallery.url, page, random.choice(["", *modes])).run()
        for _ in range(12):
            ours = [each for each in tab.of("bidi_component") if each.component_name.startswith("dlintro.")]
            if not ours:
                break
            forged = random.choice(ours)
            value = {name: json_value(random) for name in _said_by(forged.component_name)}
            if random.random() < 0.5:
                tab.states[forged.id] = WidgetState(id=forged.id, json_value=json.dumps(value))
            events = [{"event": name, "value": each} for name, each in value.items()]
            number = _make_trigger_id(forged.id, "events")
            tab.states[number] = WidgetState(
                id=number, json_trigger_value=json.dumps(random.choice((events, value)))
            )
            tab.run()
            tab.states.clear()
            _sound(tab)
            yield True
        tab.close()


def _said_by(component: str) -> list[str]:
    folders = (REPOSITORY / "dlintro_demos").rglob(f"components/{component.removeprefix('dlintro.')}")
    text = "".join(file.read_text() for folder in folders for file in folder.glob("*.js"))
    names = {name for found in SAID.findall(text) for name in found if name}
    python = "".join(
        file.read_text()
        for folder in (REPOSITORY / "dlintro_demos").rglob(f"components/{component.removeprefix('dlintro.')}")
        for file in folder.glob("*.py")
    )
    return sorted(names | set(re.findall(r"on_(\w+)_change", python)) or {"x"})


def live_frames(gallery: Gallery, random: Random) -> Iterator[bool]:
    """Broken pictures to the address of a live camera, and good ones to addresses that nobody has."""
    tab = Tab(gallery.url, "feature_layers").run()
    tab.choose("Which picture", "Live")
    said = "".join(each.json or each.mixed.json for each in tab.of("bidi_component"))
    address = TOKEN.findall(said)[0]
    while True:
        where = (
            address if random.random() < 0.9 else f"/live/{quote(words(random), safe='', errors='replace')}"
        )
        said = urlencode({words(random)[:20]: words(random)[:300]}, errors="replace")
        body = mutated(seeds.pictures()[:4], random) if random.random() < 0.97 else bytes(3 << 20)
        status, answer = tab.http("POST", f"{where}?{said}", body)
        assert 200 <= status < 500 or status == 503, f"{status} {answer[:100]}"
        yield status == 200


def broken_messages(gallery: Gallery, random: Random) -> Iterator[bool]:
    """Websocket messages: malformed, huge, of another kind, out of order, for a page that is not."""
    while True:
        tab = Tab(gallery.url, random.choice(PAGES))
        with contextlib.suppress(WebSocketException, TimeoutError):
            for _ in range(random.choice((1, 1, 3, 10))):
                message = random.choice(SPECIAL_MESSAGES)(random)
                if random.random() < 0.01:
                    message = bytes(30 << 20)
                tab.socket.send(message.decode("latin-1") if random.random() < 0.03 else message)
                if random.random() < 0.2:
                    tab.socket.recv(timeout=0.05)
        tab.close()
        yield True


def requests(gallery: Gallery, random: Random) -> Iterator[bool]:
    """Any path, method, header and body."""
    places = (
        "/live/", "/shown/", "/pictures/", "/weights/", "/board/", "/stage", "/worksheet/", "/readyz", "/",
        "/media/", "/_stcore/", "/_stcore/upload_file/", "/component/", "/static/", "/~/+/",
        "/_stcore/stream",
    )  # fmt: skip
    while True:
        tab = Tab.__new__(Tab)
        tab.url, tab.ssl = gallery.url, None
        path = random.choice(places) + "/".join(
            quote(words(random)[:200], safe="/.~", errors="replace") for _ in range(random.randrange(3))
        )
        path = random.choice((path, path, path.replace("//", "/../"), path + "%2e%2e%2fetc%2fpasswd"))
        method = random.choice(("GET", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"))
        headers = {
            random.choice(
                ("Origin", "Cookie", "Range", "X-Forwarded-For", "Host", "Content-Type", "Content-Length")
            ): random.choice(
                ("http://x", "_streamlit_xsrf=2|a", "bytes=0-0,-1", "-1", "127.0.0.1", "multipart/form-data")
            )
        }
        if "Content-Length" in headers:
            headers = {}
        status, answer = tab.http(
            method, path, random.randbytes(20) if method in ("POST", "PUT") else None, headers
        )
        assert status < 500 or status == 503, f"{method} {path} {headers}: {status}"
        assert "root:x:0" not in answer, f"{path} gives a file of the system"
        yield status == 200


def uploads(gallery: Gallery, random: Random) -> Iterator[bool]:
    """Forms that are none, to addresses that were given out, and files under names that lead elsewhere."""
    while True:
        tab = Tab(gallery.url, "faces").run()
        for _ in range(20):
            (place,) = tab.ask_where(words(random).encode("utf-8", "replace").decode())
            kind = random.choice(
                (
                    "multipart/form-data; boundary=a",
                    "multipart/form-data",
                    "text/plain",
                    "multipart/form-data; boundary=" + "a" * 300,
                )
            )
            name = words(random).replace("\r", "").replace("\n", "").replace('"', "")
            body = (
                b'--a\r\nContent-Disposition: form-data; name="file"; filename="'
                + name.encode("utf-8", "replace")
                + b'"\r\n\r\n'
                + random.randbytes(random.choice((0, 10, 5_000)))
                + random.choice((b"\r\n--a--\r\n", b"", b"--a"))
            )
            body = mutated([body], random)
            status, answer = tab.http(
                "PUT",
                place.upload_url,
                body,
                {
                    "Content-Type": kind,
                    "X-Xsrftoken": "2|00000000|" + "0" * 32 + "|1",
                    "Cookie": "_streamlit_xsrf=2|00000000|" + "0" * 32 + "|1",
                },
            )
            assert status < 500, f"{status} {answer[:100]}"
            yield status == 204
        tab.close()


RUNNING: dict[str, Callable[[Gallery, Random], Iterator[bool]]] = {
    "addresses": addresses,
    "components": components,
    "live frames (served)": live_frames,
    "messages (served)": broken_messages,
    "requests": requests,
    "uploads": uploads,
}
