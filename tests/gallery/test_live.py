"""Live frames: one at a time, bounded, for the right visitor, and kept nowhere."""

import asyncio
import gc
import io
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from dlintro_demos.gallery import live_route
from dlintro_demos.gallery.runtime import live
from dlintro_demos.gallery.runtime.jobs import PAUSED
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable


def jpeg(width=32, height=24, fmt="JPEG"):
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 90)).save(file, fmt)
    return file.getvalue()


def huge():
    """A small file that says it has 40 megapixels."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = (5000).to_bytes(2) + (8000).to_bytes(2)
    return bytes(data)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def watcher(monkeypatch):
    monkeypatch.setattr(live, "_all", weakref.WeakValueDictionary())
    watcher = live.Watcher(Clock())
    watcher.work = lambda rgb, said: {"shape": list(rgb.shape), **said}
    return watcher


def awaited(coroutine):
    """Its result, in a thread of its own: Playwright may occupy this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def look(watcher, data=None, said=(), most=3, busy=False):
    data = jpeg() if data is None else data
    return awaited(live.look(watcher, data, dict(said), most=most, busy=lambda: busy))


def status_of(*args, **options):
    with pytest.raises(live.NoAnswer) as refused:
        look(*args, **options)
    return refused.value.status, str(refused.value)


def test_a_frame_is_answered_by_what_the_page_does_with_it(watcher):
    answered = look(watcher, jpeg(64, 48), {"record": "on"})
    assert answered.answer == {"shape": [48, 64, 3], "record": "on"}
    assert answered.pause == 0


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 415, "JPEG"),
        (b"GET / HTTP/1.1", 415, "JPEG"),
        (jpeg(fmt="PNG"), 415, "JPEG"),
        (jpeg()[:200], 415, ""),
        (b"\xff\xd8\xff" + bytes(1000), 415, ""),
        (jpeg(1281, 10), 413, "1280 pixels"),
        (huge(), 413, "1280 pixels"),
        (jpeg() + bytes(1 << 20), 413, "1 MB"),
    ],
    ids=["nothing", "text", "png", "half", "noise", "wide", "40 megapixels", "heavy"],
)
def test_what_is_no_frame_is_refused_in_words_and_never_reaches_the_work(watcher, data, status, words):
    watcher.work = lambda *_: pytest.fail("reached")
    refused, said = status_of(watcher, data)
    assert refused == status
    assert words in said
    watcher.work = lambda rgb, said: {}
    assert look(watcher).answer == {}  # the next one is answered


def test_a_second_frame_of_a_visitor_does_not_wait_behind_the_first(watcher):
    started, go_on = threading.Event(), threading.Event()

    def slow(_rgb, _said):
        started.set()
        assert go_on.wait(10)
        return {}

    async def both():
        watcher.work = slow
        first = asyncio.create_task(live.look(watcher, jpeg(), {}, most=3, busy=lambda: False))
        await asyncio.to_thread(started.wait, 10)
        with pytest.raises(live.NoAnswer) as refused:
            await live.look(watcher, jpeg(), {}, most=3, busy=lambda: False)
        go_on.set()
        await first
        return refused.value.status

    assert awaited(both()) == 429


def test_who_leaves_in_the_middle_is_not_waited_for_and_may_come_back(watcher):
    started, go_on = threading.Event(), threading.Event()

    def slow(_rgb, _said):
        started.set()
        assert go_on.wait(10)
        return {}

    async def leave():
        watcher.work = slow
        frame = asyncio.create_task(live.look(watcher, jpeg(), {}, most=3, busy=lambda: False))
        await asyncio.to_thread(started.wait, 10)
        frame.cancel()
        with pytest.raises(asyncio.CancelledError):
            await frame
        go_on.set()

    awaited(leave())
    watcher.work = lambda rgb, said: {"words": "back"}
    assert look(watcher).answer == {"words": "back"}


def test_so_many_cameras_and_no_more_until_one_stops(watcher):
    clock = watcher.clock
    others = [live.Watcher(clock) for _ in range(3)]
    for other in others:
        other.work = watcher.work
        look(other)
    status, said = status_of(watcher)
    assert status == 503
    assert said.startswith("3 cameras are live")
    assert look(others[0]).answer  # who is in stays in
    clock.now += live.LEAVES_AFTER
    assert look(watcher).answer
    status, said = status_of(others[0], most=1)
    assert said == "1 camera is live, which is the limit. This one waits for a place."


def test_frames_come_slower_the_more_watch_and_while_jobs_run(watcher):
    other = live.Watcher(watcher.clock)
    other.work = watcher.work
    look(other)
    assert look(watcher).pause == live.SHARE
    assert look(watcher, busy=True).pause == live.BESIDE_JOBS


def test_a_page_without_camera_and_a_missing_model_say_so(watcher):
    def missing(_rgb, _said):
        raise ModelUnavailable("No network here.")

    watcher.work = missing
    assert status_of(watcher) == (503, "No network here.")
    watcher.work = None
    assert status_of(watcher)[0] == 409


def test_the_token_is_the_only_way_in_and_ends_with_the_visit(watcher):
    token = watcher.token
    assert live.find(token) is watcher
    for wrong in ("", "x" * 32, token[:-1], token + "/..", "é" * 20):
        with pytest.raises(live.NoAnswer) as refused:
            live.find(wrong)
        assert refused.value.status == 404
    other = live.Watcher()
    gone = other.token
    del other
    gc.collect()
    with pytest.raises(live.NoAnswer):
        live.find(gone)


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setattr(live_route, "_busy", lambda: False)
    with TestClient(Starlette(routes=[live_route.LIVE_ROUTE])) as client:
        yield client


def test_the_route_answers_a_frame_and_nothing_may_be_kept(client, watcher):
    answer = client.post(watcher.address, content=jpeg(), params={"record": "on", "long": "x" * 500})
    assert answer.json() == {"answer": {"shape": [24, 32, 3], "record": "on"}, "pause": 0}
    assert answer.headers["cache-control"] == "no-store"


def test_while_heavy_demos_are_paused_only_the_stages_frames_are_answered(client, watcher):
    queue = live_route.engine().queue
    queue.pause(True)
    try:
        answer = client.post(watcher.address, content=jpeg())
        assert answer.status_code == 503
        assert answer.json()["problem"] == PAUSED
        watcher.on_stage = True
        assert client.post(watcher.address, content=jpeg()).status_code == 200
    finally:
        queue.pause(False)


def test_the_route_reads_no_more_than_a_frame_may_have(client, watcher):
    sent = []

    def endless():
        for _ in range(400):
            sent.append(1)
            yield bytes(1 << 16)

    answer = client.post(watcher.address, content=endless())
    assert answer.status_code == 413
    assert "at most 1 MB" in answer.json()["problem"]
    assert client.post(f"{live.LIVE}/{'x' * 32}", content=jpeg()).json() == {
        "problem": "This visit has ended. Load the page again."
    }
    assert client.get(watcher.address).status_code == 405


def test_a_browser_that_goes_while_it_sends_is_left_and_its_visitor_may_come_back(watcher):
    """Half a picture, and then the connection is gone."""
    scope = {
        "type": "http", "method": "POST", "path": watcher.address, "headers": [], "query_string": b"",
        "path_params": {"token": watcher.token},
    }  # fmt: skip
    messages = iter(
        [{"type": "http.request", "body": jpeg()[:99], "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive():
        return next(messages)

    assert awaited(live_route.live_frame(Request(scope, receive))).status_code == 499
    assert not watcher.active
    assert look(watcher).answer


def test_a_frame_is_gone_once_it_is_answered(watcher):
    seen = []
    watcher.work = lambda rgb, said: seen.append(weakref.ref(rgb)) or {}
    look(watcher)
    gc.collect()
    assert [frame() for frame in seen] == [None]
