"""The job that answers the visitor, and how a picture too large for it becomes one that fits."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.super_resolution.degrade import Degradation
from dlintro_demos.super_resolution.experiment import Request, enlarge, repair
from dlintro_demos.super_resolution.pace import PACE, Fit, Part, plan_fit
from dlintro_demos.super_resolution.samples import LIMITS, SAMPLES

SPOIL_AT_MOST = 512  # px on a side: an original of the visitor's that is spoilt and repaired
TRUTHS = {sample.key: sample.truth for sample in (*SAMPLES, *LIMITS)}
WAYS = {"cut": "Cut {size} out of it", "shrink": "Shrink it to {size} first"}


def plan(chosen: Chosen, spoil: Degradation | None, asked: Request) -> tuple[Hashable, tuple[Any, ...]]:
    """What the job's result depends on, and the work with its arguments; asks how to fit a large picture."""
    cache = engine().cache
    height, width = chosen.rgb.shape[:2]
    truth = TRUTHS[chosen.sample]() if chosen.sample else None
    parts: tuple[Part, ...]
    if spoil is None:
        parts = fit((width, height), asked, digest=chosen.digest)
        work = (enlarge, chosen.rgb, chosen.alpha, None if parts else truth, parts, asked, cache)
        return (chosen.digest, parts, asked), work
    if truth is not None:
        (height, width), parts = truth.shape[:2], ()
    else:
        truth, width, height = chosen.rgb, min(width, SPOIL_AT_MOST), min(height, SPOIL_AT_MOST)
        parts = (Part(size=(width, height), centre=(0.5, 0.5)),)
    parts += fit((width, height), asked, digest=chosen.digest, spoilt_by=spoil.scale)
    return (chosen.digest, parts, spoil, asked), (repair, truth, parts, spoil, asked, cache)


def fit(size: tuple[int, int], request: Request, *, digest: str, spoilt_by: int = 1) -> tuple[Part, ...]:
    """What to take of a picture of `size` (width, height) so that it is within the limits, as asked for.

    `spoilt_by` is how many times smaller the picture will be made before the method gets it.
    """
    width, height = (max(1, side // spoilt_by) for side in size)
    found = _plan_once(digest, width, height, request)
    if found.obstacle == "none":
        if found.seconds > 2:
            st.caption(f"{width} x {height} pixels: {seconds_in_words(found.seconds)} on this machine.")
        return ()
    limits = engine().settings
    if found.obstacle == "too large":
        why = (
            f"the result would have {width * height * request.scale**2 / 1e6:.0f} megapixels, "
            f"and the limit is {limits.output_megapixels:.0f}"
        )
    else:
        seconds = seconds_in_words(PACE.estimate(request.method, width, height))
        why = f"it would take {seconds}, and the limit is {limits.job_seconds:.0f} s"
    words = f"{found.size[0]} x {found.size[1]}"
    st.info(
        f"Your picture has {width} x {height} pixels: {why}. "
        f"So take {words} pixels of it: {seconds_in_words(found.seconds)}.",
        icon=":material/crop:",
    )
    way = st.segmented_control(
        "How?", list(WAYS), format_func=lambda key: WAYS[key].format(size=words), default="cut",
        required=True, key="way",
    )  # fmt: skip
    target = (found.size[0] * spoilt_by, found.size[1] * spoilt_by)
    return (Part(size=target, centre=ask_where("cut") if way == "cut" else None),)


def ask_where(name: str) -> tuple[float, float]:
    """A place in a picture: 0 to 1 from left to right, and from top to bottom."""
    left, top = st.columns(2)
    return (
        left.slider("From left to right, %", 0, 100, 50, key=f"{name}_x") / 100,
        top.slider("From top to bottom, %", 0, 100, 50, key=f"{name}_y") / 100,
    )


def seconds_in_words(seconds: float) -> str:
    """About as exact as an estimate is."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {seconds / 60:.0f} minutes"


def _plan_once(digest: str, width: int, height: int, request: Request) -> Fit:
    """What was planned for the picture on the screen stays, though its own run teaches the pace."""
    asked = (digest, width, height, request.method, request.scale)
    kept = st.session_state.get("super_resolution_fit")
    if kept is None or kept[0] != asked:
        limits = engine().settings
        found = plan_fit(
            width,
            height,
            method=request.method,
            scale=request.scale,
            max_output_pixels=limits.output_megapixels * 1e6,
            deadline_s=limits.job_seconds,
        )
        kept = st.session_state.super_resolution_fit = (asked, found)
    return kept[1]
