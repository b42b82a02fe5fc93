"""Run heavy work from a page: queue, progress, time left, cancel, and errors in plain words."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlintro_demos.gallery.intake.images import UnreadableMedia
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.jobs import PAUSED, DeadlineExceeded, Job, JobError, Progress
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.runtime.results import EVERYBODY
from dlintro_demos.gallery.runtime.running import name_of
from dlintro_demos.gallery.ui.components.leaving import warn_before_leaving
from dlintro_demos.gallery.ui.session import Seat, visitor

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
    long: bool = False,
    watch: Callable[[Any], None] | None = None,
    meanwhile: Callable[[], None] | None = None,
    wait: bool = True,
) -> T | None:
    """The result of `work(*args)`: one that is kept, that of a job under way, or of a new one.

    Args:
        slot: what the page uses the job for; a new fingerprint in a slot drops the old job.
        fingerprint: everything that the result depends on, but for the work itself.
        shared: the inputs are bundled samples, so all visitors share one job and its result.
        long: it takes more than `LONG_SECONDS`, and so leaves room for those that don't.
        watch: shows what there is of the result so far (`Progress.so_far`), whenever there is more.
        meanwhile: shows something until then; called once, where the result is not there at once.
        wait: False for a fragment that runs every second: it shows how far the job is, and the page goes on.
            The job then needs nobody who asks for it, as with `keep_running`.

    Returns None after saying why on the page: cancelled, queue full, too slow, no model, unreadable; or, with
    `wait=False`, not yet there.
    """
    me = visitor()
    since = me.forgotten
    me.asked.add(slot)
    owner = EVERYBODY if shared else me.id
    key = (name_of(work), fingerprint)
    if slot in me.spent and me.spent[slot][0] != key:
        del me.spent[slot]
    kept = engine().results.get(owner, key)
    if kept is not None:
        me.leave(slot)
        return kept
    seat = me.seats.get(slot)
    if seat and seat.key == (owner, *key) and (seat.stopped or seat.too_slow):
        _offer_again(slot, seat)
        return None
    try:
        seat = _take_seat(slot, (owner, *key), work, args, long=long)
        if not wait and not seat.job.ended:
            _show_how_far(slot, seat.job, label)
            if watch and seat.job.progress.so_far is not None:
                watch(seat.job.progress.so_far)
            seat.job.hold()
            return None
        own = me.brought and not shared
        result = _wait(slot, seat.job, label, watch, meanwhile, own=own)
    except DeadlineExceeded as error:
        assert seat is not None
        me.leave(slot, seat)
        ended = Seat(seat.key, seat.job, too_slow=str(error))
        me.seats.setdefault(slot, ended)
        _offer_again(slot, ended)
        return None
    except (JobError, ModelUnavailable, UnreadableMedia) as error:
        if seat:
            me.leave(slot, seat)
        st.warning(str(error), icon=":material/error:")
        if not isinstance(error, UnreadableMedia):
            st.button("Try again", key=f"again-{slot}", icon=":material/refresh:")
        return None
    if shared:
        engine().results.put(EVERYBODY, key, result)
    else:
        me.keep(key, result, since)
        if own and since == me.forgotten:
            me.spent[slot] = (key, time.monotonic() - seat.since)
    me.leave(slot, seat)
    return result


def _offer_again(slot: str, seat: Seat) -> None:
    """Say why a job ended. It does not start again by itself, which would cost as much once more."""
    if seat.stopped:
        st.info("Cancelled, as you asked.", icon=":material/cancel:")
    else:
        st.warning(seat.too_slow, icon=":material/error:")
    leave = visitor().leave
    st.button("Start again", key=f"restart-{slot}", on_click=leave, args=(slot,), icon=":material/refresh:")


def kept(fingerprint: Hashable, work: Callable[..., Iterator[Progress | T]]) -> T | None:
    """This visitor's result of a job, if it is there already; starts nothing."""
    return engine().results.get(visitor().id, (name_of(work), fingerprint))


def keep_running(slot: str) -> Job[Any] | None:
    """The job in a slot that this run of the page does not show: it goes on. None where there is none.

    For a demo whose modes a visitor may change meanwhile. It ends like any other at its deadline, on request,
    when the visitor leaves the demo, or with the visit.
    """
    me = visitor()
    seat = me.seats.get(slot)
    if seat is None or seat.stopped or seat.too_slow:
        return None
    me.asked.add(slot)
    seat.job.hold()
    return seat.job


def time_left(job: Job[Any]) -> str:
    """How much longer a job that runs takes, in words."""
    left = job.eta
    return "estimating the time left" if left is None else f"about {max(1, round(left))} s left"


def _take_seat(
    slot: str, key: Hashable, work: Callable[..., Any], args: tuple[Any, ...], *, long: bool
) -> Seat:
    me = visitor()
    seat = me.seats.get(slot)
    if seat and seat.key == key and seat.job.cancel_reason is None:
        return seat
    me.leave(slot)
    job = engine().running.join(
        key, me.id, lambda: engine().submit(work, *args, visitor=me.client, long=long), me.client
    )
    if me.client in engine().queue.first:
        job.hand_on(me.client)  # one that others wait for, too
    me.seats[slot] = Seat(key, job)
    return me.seats[slot]


def _wait(
    slot: str,
    job: Job[T],
    label: str,
    watch: Callable[[Any], None] | None,
    meanwhile: Callable[[], None] | None,
    *,
    own: bool,
) -> T:
    if not job.wait(QUIET_SECONDS):
        place = st.empty()
        with place.container():
            bar = _show_how_far(slot, job, label)
            warn_before_leaving(
                own,
                take_home="Closing or reloading this tab ends this, and forgets your file.",
                key=f"leaving-{slot}",
            )
        if meanwhile:
            meanwhile()
        shown = None
        while not job.wait(POLL_SECONDS):
            bar.progress(job.progress.fraction, text=f"{label}: {_where(job)}")
            so_far = job.progress.so_far
            if watch and so_far is not None and so_far != shown:
                watch(so_far)
                shown = so_far
        place.empty()
    return job.result()


def _show_how_far(slot: str, job: Job[Any], label: str) -> DeltaGenerator:
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(job.progress.fraction, text=f"{label}: {_where(job)}")
        st.button("Cancel", key=f"cancel-{slot}", on_click=visitor().stop, args=(slot,))
    return bar


def _where(job: Job[Any]) -> str:
    if job.paused:
        return PAUSED
    if job.state == "waiting":
        return f"number {job.place} in the queue"
    return f"{job.progress.note}, {time_left(job)}" if job.progress.note else time_left(job)
