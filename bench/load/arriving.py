"""Visitors who arrive together, and who come back after a restart."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import time
from collections.abc import Sequence

import websockets

from bench.load.table import HEAD, said
from bench.pages import MODES, Visit, gallery


async def arrive(ports: Sequence[int], page: str, sessions: int) -> list[float]:
    """How many seconds each waited for the page, the visitors shared out among the ports."""
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
                asyncio.run(arrive([port], page, 2))  # results for all are kept then
            print(said(page, asyncio.run(arrive(ports, page, options.sessions))), flush=True)


async def come_back(port: int, page: str, sessions: int) -> list[float]:
    """How many seconds each takes to be let in again and have the page, knocking about once a second."""
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
            there = asyncio.run(arrive([port], page, options.sessions))
            process.kill()
        print(said(f"{page}, before", there))
        with gallery(port, warm=False):
            print(said(f"{page}, again", asyncio.run(come_back(port, page, options.sessions))), flush=True)
