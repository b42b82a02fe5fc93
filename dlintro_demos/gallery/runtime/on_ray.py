"""The demos' jobs on Ray Serve: one deployment for each demo. The only module that imports Ray.

`python -m dlintro_demos ray` deploys them on the Ray that this machine belongs to; galleries find them over
HTTP (`elsewhere.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import ray
from ray import serve
from ray.serve.config import HTTPOptions
from ray.serve.schema import LoggingConfig
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dlintro_demos.gallery.catalogue import SLUGS, package_of
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime import memory
from dlintro_demos.gallery.runtime.elsewhere import ALIVE_SECONDS, SIZE, Raised, family_of
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.runtime.wire import CannotTravel, pack, unpack
from dlintro_demos.gallery.settings import Settings, settings

BATCH = 16  # rows that one call of a network takes from several jobs
BATCH_SECONDS = 0.005  # how long the first of them waits for others


class Worker:
    """One process that computes the jobs of one demo, several at once."""

    def __init__(self, family: str):
        memory.keep_pages()
        self._family = family
        self._engine = engine()
        self._loop = asyncio.get_running_loop()
        self._jobs = 0
        with contextlib.suppress(ModelUnavailable):  # jobs say so, in words
            package_of(family).warm_up(self._engine.cache)
        self._engine.cache.gather = self._from_a_job

    async def __call__(self, request: Request) -> Response:
        """A job: its work and arguments as a message, answered by a stream of frames."""
        secret = settings().ray_secret
        if secret and not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {secret}"):
            return Response(status_code=403)
        message = await request.body()
        return StreamingResponse(self.frames(message), media_type="application/octet-stream")

    async def frames(self, message: bytes) -> AsyncIterator[bytes]:
        """What the job yields, as it comes. A closed stream cancels the job at its next chunk."""
        said: asyncio.Queue[bytes | None] = asyncio.Queue()  # None: there is no more
        cancelled = threading.Event()

        def say(data: bytes | None) -> None:
            framed = None if data is None else len(data).to_bytes(SIZE, "big") + data
            self._loop.call_soon_threadsafe(said.put_nowait, framed)

        self._jobs += 1
        threading.Thread(target=self._compute, args=(message, say, cancelled), daemon=True).start()
        try:
            while True:
                try:
                    frame = await asyncio.wait_for(said.get(), ALIVE_SECONDS)
                except TimeoutError:
                    frame = bytes(SIZE)
                if frame is None:
                    return
                yield frame
        finally:
            self._jobs -= 1
            cancelled.set()

    def _compute(
        self, message: bytes, say: Callable[[bytes | None], None], cancelled: threading.Event
    ) -> None:
        """In a thread of its own: every step of the job is said, then that there is no more."""
        residents = self._engine.residents
        try:
            work, args = unpack(message, residents)
            if family_of(work) != self._family:
                raise CannotTravel("This is another demo's work.")
            with contextlib.closing(work(*args)) as steps:
                for step in steps:
                    if cancelled.is_set():
                        break
                    say(pack(step, residents))
                    if not isinstance(step, Progress):
                        break
        except BaseException as error:  # noqa: BLE001 - whatever the work raises belongs to its caller
            say(pack(Raised(error), residents))
        finally:
            say(None)

    def _from_a_job(self, key: str, compute: Callable[..., np.ndarray], rows: np.ndarray) -> np.ndarray:
        """`ModelCache.gather`: called in a job's thread."""
        if self._jobs < 2:
            return self._engine.cache.run(key, lambda model: compute(model, rows))
        call = self._together((key, compute, rows))
        return asyncio.run_coroutine_threadsafe(call, self._loop).result()

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=BATCH_SECONDS)
    async def _together(
        self, calls: list[tuple[str, Callable[..., np.ndarray], np.ndarray]]
    ) -> list[np.ndarray]:
        return await asyncio.to_thread(in_one, self._engine.cache, calls)


def in_one(cache: Any, calls: list[tuple[str, Callable[..., np.ndarray], np.ndarray]]) -> list[np.ndarray]:
    """The answers to calls of `ModelCache.together`; those of one network and shape share one run of it."""
    answers: dict[int, np.ndarray] = {}
    groups: dict[Any, list[int]] = {}
    for number, (key, compute, rows) in enumerate(calls):
        groups.setdefault((key, compute, rows.shape[1:], rows.dtype), []).append(number)
    for (key, compute, *_), numbers in groups.items():
        rows = np.concatenate([calls[number][2] for number in numbers])
        found = cache.run(key, lambda model, compute=compute, rows=rows: compute(model, rows))
        ends = np.cumsum([len(calls[number][2]) for number in numbers])
        answers |= dict(zip(numbers, np.split(found, ends[:-1]), strict=True))
    return [answers[number] for number in range(len(calls))]


def deploy(chosen: Settings, families: Iterable[str] = SLUGS) -> None:
    """Have Ray serve these demos, as the settings say, and wait until all are ready.

    Raises `ConnectionError` where no Ray runs on this machine.
    """
    ray.init(address="auto", log_to_driver=False, ignore_reinit_error=True)
    options: dict[str, Any] = {
        "max_ongoing_requests": chosen.ray_jobs_per_worker,
        "max_queued_requests": chosen.ray_jobs_waiting,
        "ray_actor_options": {"num_cpus": chosen.ray_cpus, "num_gpus": chosen.ray_gpus},
        "health_check_period_s": 5,
        "graceful_shutdown_timeout_s": chosen.job_seconds,
        "logging_config": LoggingConfig(enable_access_log=False),
    }
    if chosen.ray_workers > 1:
        options["autoscaling_config"] = {
            "min_replicas": 1, "max_replicas": chosen.ray_workers, "target_ongoing_requests": 1,
        }  # fmt: skip
    served: Any = serve.deployment(Worker, **options)
    serve.start(
        proxy_location="EveryNode",
        http_options=HTTPOptions(host=chosen.ray_listen, port=urlsplit(chosen.ray_url).port or 80),
    )
    serve.run_many(
        [
            serve.RunTarget(served.options(name=slug).bind(slug), name=slug, route_prefix=f"/{slug}")
            for slug in families
        ]
    )
