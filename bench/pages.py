"""What a page costs the server: CPU of a warm first visit and of a re-run, messages and bytes.

    python -m bench.pages [--json] [--only SLUG...] [--visits 20]

Starts the gallery, waits until it is warm, and visits every page in every mode over Streamlit's own
protocol, as a browser does: two visits that are not counted (shared results are then kept), then `--visits`
visitors one after the other, who each arrive, and run the page again. CPU is user and system time of the
whole server process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.gallery.ui.menu import OTHERS

# Every page, and what else can be done there; "" is the mode in which it opens.
MODES: dict[str, dict[str, str]] = {
    page: {"": "", **modes}
    for page, modes in (
        *((page, {}) for page in OTHERS),
        ("tour", {"Questions": "tour=short&stop=6"}),
        *((demo.slug, demo.modes) for demo in demos()),
    )
}
START_SECONDS = 180


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one page in one mode: milliseconds of CPU (means), and what a first view sends."""

    page: str
    mode: str
    first_ms: float
    rerun_ms: float
    messages: int
    bytes: int


class Visit:
    """One visitor's session."""

    def __init__(self, port: int, page: str, query: str):
        self.address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.page, self.query, self.page_hash = page, query, ""
        self.messages = self.bytes = 0

    async def arrive(self) -> None:
        """Connect and run the page."""
        self.socket = await websockets.connect(
            self.address,
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            ping_interval=None,
        )
        await self.run()

    async def run(self) -> None:
        """Run the page and read all that it sends; `messages` and `bytes` are of this run."""
        self.messages = self.bytes = 0
        message = BackMsg()
        message.rerun_script.query_string = self.query
        if self.page_hash:
            message.rerun_script.page_script_hash = self.page_hash
        else:
            message.rerun_script.page_name = "" if self.page == "home" else self.page
        await self.socket.send(message.SerializeToString())
        while True:
            data = await self.socket.recv()
            self.messages += 1
            self.bytes += len(data)
            forward = ForwardMsg()
            forward.ParseFromString(data)  # type: ignore[arg-type]
            kind = forward.WhichOneof("type")
            if kind == "navigation" and forward.navigation.page_script_hash:
                self.page_hash = forward.navigation.page_script_hash
            elif kind == "delta" and forward.delta.new_element.WhichOneof("type") == "exception":
                raise SystemExit(f"/{self.page}?{self.query}: {forward.delta.new_element.exception.message}")
            elif kind == "script_finished":
                return


async def measure(port: int, process: psutil.Process, page: str, mode: str, visits: int) -> Cost:
    """Visit a page in a mode."""
    query = MODES[page][mode]
    for _ in range(2):
        warm = Visit(port, page, query)
        await warm.arrive()
        await warm.run()
        await warm.socket.close()
    first = rerun = 0.0
    for _ in range(visits):
        visit = Visit(port, page, query)
        before = _cpu(process)
        await visit.arrive()
        first += _cpu(process) - before
        messages, size = visit.messages, visit.bytes
        before = _cpu(process)
        await visit.run()
        rerun += _cpu(process) - before
        await visit.socket.close()
    return Cost(
        page=page,
        mode=mode,
        first_ms=round(1000 * first / visits, 1),
        rerun_ms=round(1000 * rerun / visits, 1),
        messages=messages,
        bytes=size,
    )


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


@contextmanager
def gallery(port: int = 0, *, warm: bool = True) -> Iterator[tuple[int, psutil.Process]]:
    """A gallery of its own, at a port if one is given; warm and measured unless told not to wait for that."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    env = os.environ | {"DLINTRO_ADDRESS": "127.0.0.1", "DLINTRO_PORT": str(port)}
    server = subprocess.Popen([sys.executable, "app.py"], cwd=REPOSITORY, env=env, stdout=subprocess.DEVNULL)
    try:
        process = psutil.Process(server.pid)
        deadline = time.monotonic() + START_SECONDS
        while warm and not ready_at(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The gallery did not start.")
            time.sleep(0.2)
        while warm and process.cpu_percent(interval=1.0) > 5:  # what it measures of itself after that
            pass
        yield port, process
    finally:
        server.terminate()
        server.wait(30)


def ready_at(port: int) -> bool:
    """Whether a gallery is warm there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def main() -> None:
    """Print a table, or a JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    parser.add_argument("--only", nargs="+", choices=list(MODES), default=list(MODES), metavar="SLUG")
    parser.add_argument("--visits", type=int, default=20)
    options = parser.parse_args()
    if not options.json:
        print(f"{'page':20} {'mode':30} {'first ms':>9} {'re-run ms':>9} {'messages':>9} {'bytes':>9}")
    with gallery() as (port, process):
        for page in options.only:
            for mode in MODES[page]:
                cost = asyncio.run(measure(port, process, page, mode, options.visits))
                if options.json:
                    print(json.dumps(asdict(cost)), flush=True)
                else:
                    print(
                        f"{cost.page:20} {cost.mode:30} {cost.first_ms:9.1f} {cost.rerun_ms:9.1f} "
                        f"{cost.messages:9} {cost.bytes:9}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
