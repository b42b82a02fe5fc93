"""The job that answers the visitor: their whole photo, or what is in the frame, as large as it may be."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.shared.tiles import Box
from dlintro_demos.super_resolution.degrade import Degradation
from dlintro_demos.super_resolution.experiment import SHOWN, Request, enlarge, make_whole, repair
from dlintro_demos.super_resolution.pace import SMALLEST, Fit, Part, plan_fit
from dlintro_demos.super_resolution.samples import LIMITS, SAMPLES
from dlintro_demos.super_resolution.saying import in_a_line, in_pixels
from dlintro_demos.super_resolution.ui.components.frame import chosen_box, frame
from dlintro_demos.super_resolution.upscale import Scale

SPOIL_AT_MOST = 512  # px on a side: an original of the visitor's that is spoilt and repaired
TRUTHS = {sample.key: sample.truth for sample in (*SAMPLES, *LIMITS)}
MY_SHARE = 0.8  # of a visitor's memory: what a photo and its result may fill together


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """What will be done: `work` with its arguments, and the `fingerprint` of its result.

    `again` makes the whole of a large result anew, as PNG. `said` is all of it in one line. `box` is what is
    taken of the photo, `full` how many pixels of it can be enlarged by each scale (None where there is no
    choosing), `seconds` how long it may take, `pace` those for a megapixel.
    """

    fingerprint: Hashable
    work: tuple[Any, ...]
    again: tuple[Any, ...]
    method: str
    said: str
    box: Box
    full: dict[Scale, int] | None
    seconds: float
    pace: float = 0.0


def plan(chosen: Chosen, spoil: Degradation | None, asked: Request) -> Plan:
    """What is to be done with a photo or a sample, within the limits."""
    return _to_enlarge(chosen, asked) if spoil is None else _to_repair(chosen, spoil, asked)


def ask_which_part(chosen: Chosen, picture: bytes, planned: Plan) -> None:
    """The photo itself, `picture` (JPEG) on the screen, with a frame around what is taken of it."""
    if planned.full is not None:
        height, width = chosen.rgb.shape[:2]
        frame(
            picture,
            size=(width, height),
            box=planned.box,
            full=planned.full,
            digest=chosen.digest,
            pace=planned.pace,
        )


def fit(digest: str, size: tuple[int, int], request: Request, scales: Sequence[Scale]) -> Fit:
    """`plan_fit` within this gallery's limits.

    What was planned for the picture on the screen stays, though its own run teaches the pace.
    """
    asked = (digest, size, request.method, tuple(scales))
    kept = st.session_state.get("super_resolution_fit")
    if kept is None or kept[0] != asked:
        kept = st.session_state.super_resolution_fit = (asked, fit_now(size, request.method, scales))
    return kept[1]


def fit_now(size: tuple[int, int], method: str, scales: Sequence[Scale]) -> Fit:
    """`plan_fit` by the pace of this moment."""
    limits = engine().settings
    return plan_fit(
        *size,
        method=method,
        scales=scales,
        max_output_pixels=limits.output_megapixels * 1e6,
        deadline_s=limits.job_seconds,
    )


def scales_up_to(scale: Scale) -> tuple[Scale, ...]:
    """That scale, and those to fall back on."""
    return (4, 2) if scale == 4 else (2,)


def _to_enlarge(chosen: Chosen, asked: Request) -> Plan:
    box, size = _taken(chosen)
    whole = box.size == size
    scales = scales_up_to(asked.scale)
    found = fit(chosen.digest, box.size, asked, scales)
    request = replace(asked, scale=found.scale)
    part = None if whole and found.size == size else Part(box=box, size=found.size)
    truth = TRUTHS[chosen.sample]() if chosen.sample and part is None else None
    given = (chosen.rgb, chosen.alpha)
    cache, limits = engine().cache, engine().settings
    share = limits.session_results_mb * MB
    held = chosen.rgb.nbytes if chosen.rgb.nbytes <= share else 0  # a larger photo is not kept at all
    room = round(share * MY_SHARE) - held
    choose = not whole or found.obstacle != "none" or max(size) * asked.scale > SHOWN
    return Plan(
        fingerprint=(chosen.digest, part, request),
        work=(enlarge, *given, truth, part, request, cache, room),
        again=(make_whole, *given, part, request, cache),
        method=asked.method,
        said=in_a_line(found, box.size, asked.scale, whole=whole, limits=limits),
        box=box,
        full={each: fit_now(size, asked.method, (each,)).pixels for each in scales}
        if choose and _may_choose(chosen)
        else None,
        seconds=found.seconds,
        pace=found.seconds / found.pixels * 1e6,
    )


def _to_repair(chosen: Chosen, spoil: Degradation, asked: Request) -> Plan:
    """A sample's original, or of a photo the whole or the part, made small enough for an experiment."""
    truth = TRUTHS[chosen.sample]() if chosen.sample else chosen.rgb
    box, size = _taken(chosen)
    most = min(1.0, SPOIL_AT_MOST / max(box.size))
    if chosen.sample:
        size = truth.shape[1], truth.shape[0]
        box, most = Box(0, 0, *size), 1.0
    across, down = (max(1, round(side * most)) for side in box.size)
    small = (max(1, across // spoil.scale), max(1, down // spoil.scale))
    found = fit(chosen.digest, small, asked, (spoil.scale,))
    taken = (across, down) if found.size == small else found.result
    part = None if taken == size else Part(box=box, size=taken)
    said = ""
    if part is not None:
        what = "The whole of your photo" if box.size == size else "The part in the frame"
        made = "" if taken == box.size else f", made {in_pixels(taken)} for this experiment"
        said = f"{what}, {in_pixels(box.size)} pixels{made}."
    return Plan(
        fingerprint=(chosen.digest, part, spoil, asked),
        work=(repair, truth, part, spoil, asked, engine().cache),
        again=(),
        method=asked.method,
        said=said,
        box=box,
        full={} if part is not None and _may_choose(chosen) else None,
        seconds=found.seconds,
    )


def _taken(chosen: Chosen) -> tuple[Box, tuple[int, int]]:
    """What is taken of a photo, and its width and height."""
    height, width = chosen.rgb.shape[:2]
    size = (width, height)
    whole = Box(0, 0, width, height)
    return (whole if chosen.sample else chosen_box(chosen.digest, size) or whole), size


def _may_choose(chosen: Chosen) -> bool:
    """A frame is for one's own photo, and has to be taken hold of."""
    return chosen.sample is None and min(chosen.rgb.shape[:2]) >= 2 * SMALLEST
