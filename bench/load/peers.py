"""The same arrival at a Gradio app, and at a Streamlit app with Streamlit's own settings."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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


STREAMLIT = """
import numpy as np
import streamlit as st
import torch
scores = {"apple": 0.82, "orange": 0.07, "lemon": 0.04, "pear": 0.04, "fig": 0.03}
st.title("Inside the classifier")
left, right = st.columns(2)
left.image(np.zeros((224, 224, 3), np.uint8))
left.file_uploader("Photo")
for name, score in scores.items():
    right.progress(score, text=name)
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
    port = _free_port()
    with _served([python, "-c", GRADIO, str(port)], port):
        yield port


@contextlib.contextmanager
def _streamlit() -> Iterator[int]:
    """In a folder of its own, so that it has the settings that Streamlit comes with."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.py").write_text(STREAMLIT, encoding="utf-8")
        command = [sys.executable, "-m", "streamlit", "run", "page.py", "--server.port", str(port)]
        with _served([*command, "--server.headless", "true"], port, folder):
            yield port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _served(command: list[str], port: int, folder: str | None = None) -> Iterator[None]:
    app = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                _get(port, "/")
                break
            time.sleep(0.2)
        yield
    finally:
        app.terminate()
        app.wait(30)


def gradio(options: argparse.Namespace) -> None:
    """Print both, taking turns, and their ratio."""

    async def at_gradio(port: int, sessions: int) -> list[float]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(sessions))
        return await asyncio.gather(*(_open_gradio(port) for _ in range(sessions)))

    with _gradio(options.python) as other:
        _compare(
            "gradio, image and label", lambda count: asyncio.run(at_gradio(other, count)), options.sessions
        )


def streamlit(options: argparse.Namespace) -> None:
    """Print both, taking turns, and their ratio."""
    with _streamlit() as other:
        _compare(
            "streamlit, image and label",
            lambda count: asyncio.run(arrive([other], "home", count)),
            options.sessions,
        )


def _compare(name: str, other: Callable[[int], list[float]], sessions: int) -> None:
    ours, theirs = [], []
    with gallery() as (port, _):
        asyncio.run(arrive([port], "feature_layers", 2))
        other(2)
        for _ in range(3):
            ours += asyncio.run(arrive([port], "feature_layers", sessions))
            theirs += other(sessions)
    print(HEAD)
    print(said("gallery, feature_layers", ours))
    print(said(name, theirs))
    print(f"p95, gallery to the other: {quantile(ours, 0.95) / quantile(theirs, 0.95):.2f}")
