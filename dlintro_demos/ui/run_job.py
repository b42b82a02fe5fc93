"""Run heavy work from a page: queue, progress, time left, cancel, and errors in plain words."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

import streamlit as st

from dlintro_demos.media import UnreadableMedia
from dlintro_demos.runtime.jobs import Job, JobError, Progress
from dlintro_demos.runtime.model_cards import ModelUnavailable
from dlintro_demos.ui.session import Seat, engine, visitor

T = TypeVar("T")
QUIET_SECONDS = 0.4  # a job that is done by then shows no progress bar
POLL_SECONDS = 0.25


def run_job(
    slot: str,
    fingerprint: Hashable,
    work: Callable[..., Iterator[Progress | T]],
    *args: Any,
    label: str,
    shared: bool = False,
    watch: Callable[[Any], None] | None = None,
) -> T | None:
    """The result of `work(*args)`: one that is kept, that of a job under way, or of a new one.

    Args:
        slot: what the page uses the job for; a new fingerprint in a slot drops the old job.
        fingerprint: everything that the result depends on.
        shared: the inputs are bundled samples, so all visitors share one job and its result.
        watch: shows what there is of the result so far (`Progress.so_far`), whenever there is more.

    Returns None after saying why on the page: cancelled, queue full, too slow, no model, unreadable.
    """
    me = visitor()
    me.asked.add(slot)
    kept = engine().results.get(me.id, (slot, fingerprint))
    if kept is not None:
        return kept
    seat = me.seats.get(slot)
    if seat and seat.stopped and seat.fingerprint == fingerprint:
        st.info("Cancelled, as you asked.", icon=":material/cancel:")
        st.button(
            "Start again", key=f"restart-{slot}", on_click=me.leave, args=(slot,), icon=":material/refresh:"
        )
        return None
    try:
        seat = _take_seat(slot, fingerprint, work, args, shared)
        result = _wait(slot, seat.job, label, watch)
    except (JobError, ModelUnavailable, UnreadableMedia) as error:
        me.leave(slot)
        st.warning(str(error), icon=":material/error:")
        st.button("Try again", key=f"again-{slot}", icon=":material/refresh:")
        return None
    if not shared:
        engine().results.put(me.id, (slot, fingerprint), result)
        me.leave(slot)
    return result


def _take_seat(
    slot: str, fingerprint: Hashable, work: Callable[..., Any], args: tuple[Any, ...], shared: bool
) -> Seat:
    me = visitor()
    seat = me.seats.get(slot)
    if seat and seat.fingerprint == fingerprint and seat.job.cancel_reason is None:
        return seat
    me.leave(slot)
    key = (slot, fingerprint, None if shared else me.id)
    job = engine().shared_jobs.join(key, me.id, lambda: engine().queue.submit(work, *args, visitor=me.id))
    me.seats[slot] = Seat(fingerprint, key, job, shared)
    return me.seats[slot]


def _wait(slot: str, job: Job[T], label: str, watch: Callable[[Any], None] | None) -> T:
    if not job.wait(QUIET_SECONDS):
        place = st.empty()
        with place.container(horizontal=True, vertical_alignment="center"):
            bar = st.progress(0.0, text=label)
            st.button("Cancel", key=f"cancel-{slot}", on_click=visitor().stop, args=(slot,))
        shown = None
        while not job.wait(POLL_SECONDS):
            bar.progress(job.progress.fraction, text=f"{label}: {_where(job)}")
            so_far = job.progress.so_far
            if watch and so_far is not None and so_far != shown:
                watch(so_far)
                shown = so_far
        place.empty()
    return job.result()


def _where(job: Job[Any]) -> str:
    if job.state == "waiting":
        return f"number {job.place} in the queue"
    left = job.eta
    time_left = "estimating the time left" if left is None else f"about {max(1, round(left))} s left"
    return f"{job.progress.note}, {time_left}" if job.progress.note else time_left
