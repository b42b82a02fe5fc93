"""Many visitors: 200 who arrive together, a mixed hour in small, and the same arrival at a Gradio app.

    python -m bench.load arrival [--processes 2] [--sessions 200] [--only SLUG...]
    python -m bench.load restart [--sessions 200] [--only SLUG...]
    python -m bench.load mixed [--visitors 40] [--minutes 10]
    python -m bench.load gradio PYTHON [--sessions 200]      # PYTHON: of an environment with gradio

`arrival`: all visitors connect at one moment and run the page as it opens; with two processes every other one
goes to the second, as a proxy that shares them out has it.

`restart`: after that, the gallery is killed and started again; each knocks about once a second until it is
let in, and runs its page. Seconds count from the start of the new process.

`mixed`: each visitor goes from demo to demo, with pauses to look: pages and modes, photos and recordings of
their own, live pictures, rounds of games; some leave in the middle of a job, some forget everything. What
each was shown is held against what one visitor alone was shown before. Beside them somebody runs the wall
again every second, and the server's memory is read. What differs from one visit alone to the next (games,
times) is only looked at for errors.

The visitors take part of the same cores: what they are told is slower here than from other machines.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import io
import json
import random
import re
import socket
import statistics
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import psutil
import websockets
from google.protobuf.json_format import MessageToJson
from PIL import Image
from skimage import data
from streamlit.proto.WidgetStates_pb2 import WidgetState

from bench.pages import MODES, Visit, gallery
from dlintro_demos.assistant.recordings import file_of, texts
from tests.gallery.tab import Tab

TOKEN = re.compile(r"[A-Za-z0-9_-]{24}\b|\$\$ID-[0-9a-f]{32}")
BUSY = ("The gallery is busy", "Your browser already has", "The gallery has just been opened")
LOOKS = (0.5, 6.0)  # seconds that a visitor looks at something, at least and at most


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def said(name: str, seconds: Sequence[float]) -> str:
    """A line of a table."""
    return (
        f"{name:28} {statistics.median(seconds):7.2f} {quantile(seconds, 0.95):7.2f} {max(seconds):7.2f} "
        f"{len(seconds):6}"
    )


HEAD = f"{'seconds':28} {'median':>7} {'p95':>7} {'most':>7} {'n':>6}"


# Arrivals


async def _arrive(ports: Sequence[int], page: str, sessions: int) -> list[float]:
    visits = [Visit(ports[number % len(ports)], page, MODES[page][""]) for number in range(sessions)]

    async def one(visit: Visit) -> float:
        started = time.perf_counter()
        await visit.arrive()
        return time.perf_counter() - started

    seconds = await asyncio.gather(*map(one, visits))
    await asyncio.gather(*(visit.socket.close() for visit in visits))
    return seconds


def arrival(options: argparse.Namespace) -> None:
    """Print how long each of those waits who arrive at once, page by page."""
    print(HEAD)
    with contextlib.ExitStack() as running:
        ports = [running.enter_context(gallery())[0] for _ in range(options.processes)]
        for page in options.only:
            for port in ports:
                asyncio.run(_arrive([port], page, 2))  # results for all are kept then
            print(said(page, asyncio.run(_arrive(ports, page, options.sessions))), flush=True)


async def _return(port: int, page: str, sessions: int) -> list[float]:
    visits = [Visit(port, page, MODES[page][""]) for _ in range(sessions)]
    started = time.perf_counter()

    async def one(visit: Visit) -> float:
        while True:
            try:
                await visit.arrive()
            except (OSError, websockets.WebSocketException):
                await asyncio.sleep(random.uniform(0.5, 1.5))
            else:
                return time.perf_counter() - started

    seconds = await asyncio.gather(*map(one, visits))
    await asyncio.gather(*(visit.socket.close() for visit in visits))
    return seconds


def restart(options: argparse.Namespace) -> None:
    """Print how long each waits at a gallery that starts again, page by page."""
    print(HEAD)
    for page in options.only:
        with gallery() as (port, process):
            there = asyncio.run(_arrive([port], page, options.sessions))
            process.kill()
        print(said(f"{page}, before", there))
        with gallery(port, warm=False):
            print(said(f"{page}, again", asyncio.run(_return(port, page, options.sessions))), flush=True)


# The same arrival at a Gradio app

GRADIO = """
import sys
import gradio as gr
scores = {"apple": 0.82, "orange": 0.07, "lemon": 0.04, "pear": 0.04, "fig": 0.03}
with gr.Blocks() as app:
    gr.Markdown("# Inside the classifier")
    with gr.Row():
        picture = gr.Image(label="Photo")
        label = gr.Label(label="What the network says")
    app.load(lambda: scores, outputs=label)
app.queue(default_concurrency_limit=200)
app.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
"""


async def _open_gradio(port: int) -> float:
    """As Gradio's page does: the page and its configuration, then the load event until its answer."""
    started = time.perf_counter()
    name = f"{random.getrandbits(40):x}"
    await asyncio.to_thread(_get, port, "/")
    body = json.dumps({"data": [], "fn_index": 0, "session_hash": name}).encode()
    await asyncio.to_thread(_post, port, "/gradio_api/queue/join", body)
    await asyncio.to_thread(_until_completed, port, name)
    return time.perf_counter() - started


def _get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as answer:
        return answer.read()


def _post(port: int, path: str, body: bytes) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        answer.read()


def _until_completed(port: int, session: str) -> None:
    url = f"http://127.0.0.1:{port}/gradio_api/queue/data?session_hash={session}"
    with urllib.request.urlopen(url, timeout=120) as answer:
        for line in answer:
            if b"process_completed" in line:
                if b'"success":true' not in line.replace(b" ", b""):
                    raise SystemExit(f"Gradio's load event failed: {line[:200]!r}")
                return
    raise SystemExit("Gradio ended without an answer.")


@contextlib.contextmanager
def _gradio(python: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = subprocess.Popen([python, "-c", GRADIO, str(port)], stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                _get(port, "/")
                break
            time.sleep(0.2)
        yield port
    finally:
        app.terminate()
        app.wait(30)


def gradio(options: argparse.Namespace) -> None:
    """Print both, taking turns, and their ratio."""

    async def at_gradio(port: int, sessions: int) -> list[float]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(sessions))
        return await asyncio.gather(*(_open_gradio(port) for _ in range(sessions)))

    ours, theirs = [], []
    with gallery() as (port, _), _gradio(options.python) as other:
        asyncio.run(_arrive([port], "feature_layers", 2))
        asyncio.run(at_gradio(other, 2))
        for _ in range(3):
            ours += asyncio.run(_arrive([port], "feature_layers", options.sessions))
            theirs += asyncio.run(at_gradio(other, options.sessions))
    print(HEAD)
    print(said("gallery, feature_layers", ours))
    print(said("gradio, image and label", theirs))
    print(f"p95, gallery to gradio: {quantile(ours, 0.95) / quantile(theirs, 0.95):.2f}")


# A mixed hour in small


@dataclass
class Journey:
    """What one visitor does on a page, from arriving to leaving; gives what stood there, or None."""

    name: str
    walk: Callable[[str], str | None]
    alone: str | None = None  # what one visitor alone was shown, where that is always the same


@dataclass
class Told:
    """What came of all journeys."""

    same: int = 0
    unchecked: int = 0
    busy: int = 0
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=lambda: collections.defaultdict(list))


def shown(tab: Tab) -> str:
    """All that stands on a page, without what names the visitor."""
    for error in tab.of("exception"):
        raise AssertionError(f"an exception on the page: {error.message}")
    return TOKEN.sub("#", "\n".join(MessageToJson(delta.new_element, indent=None) for delta in tab.deltas))


@contextlib.contextmanager
def _tab(url: str, page: str, query: str = "") -> Iterator[Tab]:
    cookie = f"_streamlit_xsrf=2|00000000|{random.getrandbits(128):032x}|1"  # a browser of its own
    tab = Tab(url, "" if page == "home" else page, query, cookie=cookie)
    try:
        yield tab.run()
    finally:
        tab.close()


def _look(page: str, query: str) -> Callable[[str], str]:
    def walk(url: str) -> str:
        with _tab(url, page, query) as tab:
            return shown(tab)

    return walk


def _bring(page: str, name: str, content: bytes) -> Callable[[str], str]:
    def walk(url: str) -> str:
        with _tab(url, page) as tab:
            tab.choose("Which picture", "My photo")
            return shown(tab.show(name, content))

    return walk


def _leave_in_the_middle(name: str, content: bytes) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with _tab(url, "super_resolution") as tab:
            tab.choose("Which picture", "My photo")
            tab.begin_show(name, content)
            time.sleep(0.5)

    return walk


def _forget(name: str, content: bytes) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with _tab(url, "faces") as tab:
            tab.choose("Which picture", "My photo")
            tab.show(name, content)
            tab.press("Forget everything")
            if not any("1 file you uploaded" in alert.body for alert in tab.of("alert")):
                raise AssertionError("nothing says what was forgotten")

    return walk


def _live(frames: Sequence[bytes]) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with _tab(url, "feature_layers") as tab:
            tab.choose("Which picture", "Live")
            (address,) = set(re.findall(r"/live/[A-Za-z0-9_-]+", "".join(map(str, tab.deltas))))
            for frame in frames:
                status, words = tab.http("POST", address, frame, {"Content-Type": "image/jpeg"})
                answer = json.loads(words)
                if status == 503 or (status == 429):
                    return
                if status != 200 or "answer" not in answer:
                    raise AssertionError(f"a live picture: {status}, {words[:200]}")
                time.sleep(answer["pause"] / 1000)

    return walk


def _play(page: str, query: str, key: str) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with _tab(url, page, query) as tab:
            button = next(each for each in tab.of("button") if key in each.id)
            tab.states[button.id] = WidgetState(id=button.id, trigger_value=True)
            if "Next round" not in shown(tab.run()):
                raise AssertionError("the round was not judged")

    return walk


def _speak(name: str) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with _tab(url, "assistant") as tab:
            before = shown(tab).count(texts()[name])
            answers = shown(tab.show("said.ogg", file_of(name)))
            if answers.count(texts()[name]) <= before and not any(words in answers for words in BUSY):
                raise AssertionError("what was said was not heard")

    return walk


def _encoded(picture: np.ndarray, kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, quality=90)
    return file.getvalue()


def journeys() -> list[Journey]:
    """All of them: every page in every mode, and what can be brought."""
    cat, person = data.chelsea(), data.astronaut()
    small, face = _encoded(cat[40:200, 80:280]), _encoded(person)
    looked = [
        Journey(f"{page} {mode}".strip(), _look(page, query))
        for page in MODES
        for mode, query in MODES[page].items()
    ]
    return [
        *looked,
        Journey("super_resolution, a photo", _bring("super_resolution", "cat.jpg", small)),
        Journey("faces, a photo", _bring("faces", "person.jpg", face)),
        Journey("feature_layers, a photo", _bring("feature_layers", "cat.jpg", small)),
        Journey("leaves in the middle", _leave_in_the_middle("large.jpg", _encoded(np.tile(cat, (4, 4, 1))))),
        Journey("forgets everything", _forget("person.jpg", face)),
        Journey("live", _live([small, face, small, face])),
        Journey("plays a round", _play("why_now", MODES["why_now"]["Guess the order"], "order-")),
        Journey("speaks", _speak(next(iter(texts())))),
    ]


@dataclass
class Watched:
    """What was read beside the visitors: the wall run again (seconds), and the server's memory (MiB)."""

    reruns: list[float] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    waiting: int = 0


def _visitor(
    url: str, todo: Sequence[Journey], seed: int, until: float, told: Told, lock: threading.Lock
) -> None:
    chance = random.Random(seed)
    time.sleep(chance.uniform(*LOOKS))
    while time.monotonic() < until:
        journey = chance.choice(todo)
        started = time.perf_counter()
        problem, found = "", None
        try:
            found = journey.walk(url)
        except (AssertionError, OSError, TimeoutError, websockets.WebSocketException) as error:
            problem = f"{journey.name}: {type(error).__name__}: {str(error)[:200]}"
        with lock:
            told.seconds[journey.name].append(time.perf_counter() - started)
            if problem:
                told.failed.append(problem)
            elif journey.alone is None or found is None:
                told.unchecked += 1
            elif found == journey.alone:
                told.same += 1
            elif any(words in found for words in BUSY):
                told.busy += 1
            else:
                told.wrong.append(f"{journey.name}: {_first_difference(journey.alone, found)}")
        time.sleep(chance.uniform(*LOOKS))


def _first_difference(one: str, other: str) -> str:
    pairs = zip(one.split("\n"), other.split("\n"), strict=False)
    return next((f"{a[:150]} | {b[:150]}" for a, b in pairs if a != b), "one is longer")


def _beside(url: str, process: psutil.Process, until: float, watched: Watched) -> None:
    start = time.monotonic()
    with _tab(url, "home") as tab:
        while time.monotonic() < until:
            before = time.perf_counter()
            shown(tab.run())
            watched.reruns.append(time.perf_counter() - before)
            status, words = tab.http("GET", "/stage")
            watched.waiting = max(watched.waiting, json.loads(words)["waiting"] if status == 200 else 0)
            watched.memory.append((time.monotonic() - start, process.memory_info().rss / 2**20))
            time.sleep(1)


def mixed(options: argparse.Namespace) -> None:
    """Print what came of it."""
    told, watched, lock = Told(), Watched(), threading.Lock()
    with gallery() as (port, process):
        url = f"http://127.0.0.1:{port}"
        todo = journeys()
        for journey in todo:
            first, second = journey.walk(url), journey.walk(url)
            third = journey.walk(url)
            journey.alone = third if second == third and first is not None else None
        checked = sum(journey.alone is not None for journey in todo)
        print(f"{len(todo)} journeys, of which {checked} always show one visitor alone the same", flush=True)
        until = time.monotonic() + 60 * options.minutes
        with ThreadPoolExecutor(options.visitors + 1) as everybody:
            for number in range(options.visitors):
                everybody.submit(_visitor, url, todo, number, until, told, lock)
            everybody.submit(_beside, url, process, until, watched).result()
    done = sum(map(len, told.seconds.values()))
    print(f"{done} journeys of {options.visitors} visitors in {options.minutes} minutes")
    print(
        f"the same as alone {told.same}, not compared {told.unchecked}, told that it is busy {told.busy}, "
        f"another answer {len(told.wrong)}, failed {len(told.failed)}"
    )
    for line in (told.wrong + told.failed)[:20]:
        print(f"  {line}")
    print(f"jobs waiting at most: {watched.waiting}")
    print(HEAD)
    print(said("the wall, run again", watched.reruns))
    for name, seconds in sorted(told.seconds.items()):
        print(said(name, seconds))
    print(slope(watched.memory))


def slope(memory: Sequence[tuple[float, float]], blocks: int = 10) -> str:
    """How memory changes in the second half, by means of blocks: MiB a minute, and the interval of 95 %."""
    half = np.array(memory[len(memory) // 2 :])
    minutes, sizes = np.array([block.mean(0) for block in np.array_split(half, blocks)]).T
    minutes = minutes / 60
    rise, start = np.polyfit(minutes, sizes, 1)
    left = sizes - (rise * minutes + start)
    errors = np.sqrt((left**2).sum() / (blocks - 2) / ((minutes - minutes.mean()) ** 2).sum())
    reach = 2.306 * errors  # Student's t, 8 degrees of freedom
    return (
        f"memory {memory[0][1]:.0f} MiB at first, {memory[-1][1]:.0f} at the end; in the second half "
        f"{rise:+.1f} MiB a minute ({rise - reach:+.1f} to {rise + reach:+.1f})"
    )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ways = parser.add_subparsers(required=True)
    way = ways.add_parser("arrival")
    way.add_argument("--processes", type=int, default=1)
    way.add_argument("--sessions", type=int, default=200)
    way.add_argument("--only", nargs="+", choices=list(MODES), default=list(MODES), metavar="SLUG")
    way.set_defaults(run=arrival)
    way = ways.add_parser("restart")
    way.add_argument("--sessions", type=int, default=200)
    way.add_argument("--only", nargs="+", choices=list(MODES), default=["home"], metavar="SLUG")
    way.set_defaults(run=restart)
    way = ways.add_parser("mixed")
    way.add_argument("--visitors", type=int, default=40)
    way.add_argument("--minutes", type=float, default=10)
    way.set_defaults(run=mixed)
    way = ways.add_parser("gradio")
    way.add_argument("python", metavar="PYTHON")
    way.add_argument("--sessions", type=int, default=200)
    way.set_defaults(run=gradio)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
