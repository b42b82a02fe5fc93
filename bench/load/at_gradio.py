"""The same arrival at a Gradio app."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.load.arriving import arrive
from bench.load.table import HEAD, quantile, said
from bench.pages import gallery

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
        asyncio.run(arrive([port], "feature_layers", 2))
        asyncio.run(at_gradio(other, 2))
        for _ in range(3):
            ours += asyncio.run(arrive([port], "feature_layers", options.sessions))
            theirs += asyncio.run(at_gradio(other, options.sessions))
    print(HEAD)
    print(said("gallery, feature_layers", ours))
    print(said("gradio, image and label", theirs))
    print(f"p95, gallery to gradio: {quantile(ours, 0.95) / quantile(theirs, 0.95):.2f}")
