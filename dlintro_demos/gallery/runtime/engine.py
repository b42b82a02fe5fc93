"""What one gallery process runs on: its settings, model cache, job queue and kept results."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from dlintro_demos.gallery.catalogue import SLUGS, package_of
from dlintro_demos.gallery.runtime.device import pick_device
from dlintro_demos.gallery.runtime.elsewhere import Elsewhere
from dlintro_demos.gallery.runtime.jobs import Job, JobQueue, Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable, read_cards
from dlintro_demos.gallery.runtime.results import ResultStore
from dlintro_demos.gallery.runtime.running import RunningJobs
from dlintro_demos.gallery.settings import MB, Settings

T = TypeVar("T")
COLLECT_AFTER = (20_000, 20, 20)  # a page makes thousands of small objects, hardly any of them in a circle
DECODERS = 2  # pictures decoded at the same time: each may take 200 MB for a moment


@dataclass(frozen=True, kw_only=True)
class Engine:
    """One per process; every part is safe to use from many threads.

    `warmth` says of each demo how the last warm-up ended: the seconds it took, or why it cannot run; None
    while it is under way.
    """

    settings: Settings
    cache: ModelCache
    queue: JobQueue
    results: ResultStore
    running: RunningJobs = field(default_factory=RunningJobs)
    warmth: dict[str, float | str | None] = field(default_factory=dict)
    warming: threading.Lock = field(default_factory=threading.Lock)
    decoding: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(DECODERS))

    elsewhere: Elsewhere | None = None
    """Where jobs are computed, if not in this process."""

    @property
    def residents(self) -> dict[str, object]:
        """What work is given by name when it travels: each process has its own."""
        return {"cache": self.cache, "decoding": self.decoding}

    def submit(
        self, work: Callable[..., Iterator[Progress | T]], /, *args: Any, visitor: str, long: bool = False
    ) -> Job[T]:
        """Queue `work(*args)`, wherever it will be computed; see `JobQueue.submit`."""
        if self.elsewhere is not None:
            return self.queue.submit(self.elsewhere.perform, work, *args, visitor=visitor, long=long)
        return self.queue.submit(work, *args, visitor=visitor, long=long)

    def warm_up(self) -> dict[str, float | str]:
        """Get every demo ready for its first visitor: seconds it took, or why it cannot run, by slug.

        A demo without its model does not close the gallery.
        """
        report: dict[str, float | str] = {}
        with self.warming:
            for slug in SLUGS:
                self.warmth[slug] = None
                started = time.perf_counter()
                try:
                    package_of(slug).warm_up(self.cache)
                    report[slug] = time.perf_counter() - started
                except ModelUnavailable as error:
                    report[slug] = str(error)
                self.warmth[slug] = report[slug]
        return report

    def warm_up_again(self) -> None:
        """Have `warm_up` done beside everything else, unless it is under way."""
        if not self.warming.locked():
            self.warmth.clear()
            threading.Thread(target=self.warm_up, name="warm-up-again", daemon=True).start()

    def measure(self) -> None:
        """What can wait until the first visitors are served: each demo's `measure`, where it has one."""
        for slug in SLUGS:
            getattr(package_of(slug), "measure", lambda _: None)(self.cache)
        gc.collect()
        gc.freeze()  # what is loaded now stays: later collections need not look at it
        gc.set_threshold(*COLLECT_AFTER)


def build_engine(settings: Settings) -> Engine:
    """Build the parts; loads no model. Raises `NoSuchDevice` for a device this machine lacks."""
    on_ray = settings.engine == "ray"
    gallery = Engine(
        settings=settings,
        cache=ModelCache(
            read_cards(settings.models_dir),
            device=pick_device(settings.device),
            budget=settings.model_memory_mb * MB,
        ),
        queue=JobQueue(
            at_once=settings.ray_jobs if on_ray else settings.jobs_at_once,
            waiting=settings.jobs_waiting,
            per_visitor=settings.jobs_per_visitor,
            deadline_s=settings.job_seconds,
            lease_s=settings.job_lease_seconds,
        ),
        results=ResultStore(
            per_visitor=settings.session_results_mb * MB,
            everybody=settings.shared_results_mb * MB,
            total=settings.all_results_mb * MB,
        ),
    )
    if not on_ray:
        return gallery
    elsewhere = Elsewhere(
        settings.ray_url,
        secret=settings.ray_secret,
        residents=gallery.residents,
        here=settings.jobs_at_once,
    )
    return replace(gallery, elsewhere=elsewhere)
