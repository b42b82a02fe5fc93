"""Widgets of the super-resolution page: the size that fits, the comparison, the departures from truth."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.comparer import View, comparer
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.super_resolution.degrade import Degradation
from dlintro_demos.super_resolution.experiment import SHOWN, Outcome, Request, Shown, detail
from dlintro_demos.super_resolution.pace import PACE, crop, plan_fit, shrink
from dlintro_demos.super_resolution.quiz import make_pair
from dlintro_demos.super_resolution.samples import LIMITS, SAMPLES
from dlintro_demos.super_resolution.situation import Situation, read_situation
from dlintro_demos.super_resolution.upscale import METHODS, Scale, Upscaled

SPOIL_AT_MOST = 512  # px on a side: an original of the visitor's that is spoilt and repaired
TITLES = {method.title: key for key, method in METHODS.items()}
GUESS = "Let the machine tell"
CONDITIONS: dict[str, Situation | None] = {
    GUESS: None,
    "Only small": "clean",
    "Blurred, noisy, JPEG": "degraded",
}
SCALES: dict[str, Scale] = {"2x": 2, "4x": 4}
KNOWN = {sample.key: sample for sample in (*SAMPLES, *LIMITS)}


def choice(label: str, options: list[str], key: str, default: str) -> str:
    """One of a few words, kept in the URL."""
    return st.segmented_control(label, options, default=default, required=True, key=key, bind="query-params")


def ask_how(*, guess: Situation, why: str, scale: Scale | None) -> Request:
    """Method, scale, situation, faithfulness and strength; `why` is the reason of the `guess`."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = METHODS[TITLES[choice("Method", list(TITLES), "method", next(iter(TITLES)))]]
        if scale is None:
            scale = SCALES[choice("Larger by", list(SCALES), "scale", "4x")]
        said = choice("The photo is", list(CONDITIONS), "photo_is", GUESS) if method.chooses else GUESS
        situation = CONDITIONS[said] or guess
        clean = situation == "clean"
        faithful = st.toggle(
            "Stay faithful to the photo",
            value=clean,
            key="faithful" if clean else "faithful_to_spoilt",
            bind="query-params",
            disabled=method.model is None,
            help="Corrects the result so that, made small again, it gives the photo back. Good for clean "
            "photos; where there is noise, it brings the noise back too.",
        )
        strength = st.slider(
            "Strength, %", 0, 100, 100, 5, key="strength", bind="query-params", width=220,
            disabled=method.model is None, help="How much of what the network adds is kept; 0 is bicubic.",
        )  # fmt: skip
    st.caption(f"{method.about} {why}" if method.chooses and said == GUESS else method.about)
    return Request(
        method=method.key, scale=scale, faithful=faithful, situation=situation, strength=strength / 100
    )


def guess_from_spoiling(spoil: Degradation) -> tuple[Situation, str]:
    """What ails a photo that the visitor spoilt so."""
    if spoil.blur_sigma or spoil.noise or spoil.jpeg_quality is not None:
        return "degraded", "You spoilt it."
    return "clean", "You only made it smaller."


def guess_from_pixels(rgb: np.ndarray) -> tuple[Situation, str]:
    """What ails a photo, and the measurement that says so."""
    reading = read_situation(rgb)
    finding = "only small" if reading.situation == "clean" else "noisy or compressed"
    return reading.situation, (
        f"Measured: noise {reading.noise:.1f} of 255, edges of JPEG squares {reading.blocks:.2f} times the "
        f"rest. So the photo seems {finding}."
    )


def ask_what_to_spoil() -> Degradation:
    """How the photo is spoilt before the network repairs it."""
    columns = st.columns(4)
    with columns[0]:
        scale = SCALES[choice("Make it smaller by", list(SCALES), "smaller", "4x")]
    blur = columns[1].slider("Blur, pixels", 0.0, 4.0, 0.8, 0.1, key="blur", bind="query-params")
    noise = columns[2].slider("Noise, of 255", 0, 40, 0, key="noise", bind="query-params")
    jpeg = columns[3].slider("JPEG quality (100: none)", 10, 100, 100, 5, key="jpeg", bind="query-params")
    return Degradation(scale=scale, blur_sigma=blur, noise=noise, jpeg_quality=None if jpeg == 100 else jpeg)


def decibels(psnr: float) -> str:
    """A PSNR in words."""
    return "no difference" if math.isinf(psnr) else f"{psnr:.2f} dB"


def seconds_in_words(seconds: float) -> str:
    """About as exact as an estimate is."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {seconds / 60:.0f} minutes"


def truth_of(chosen: Chosen) -> Chosen:
    """The large original to spoil: a sample's own, or the middle of the visitor's picture."""
    if chosen.sample:
        return dataclasses.replace(chosen, rgb=KNOWN[chosen.sample].truth(), alpha=None)
    height, width = chosen.rgb.shape[:2]
    size = (min(width, SPOIL_AT_MOST), min(height, SPOIL_AT_MOST))
    return dataclasses.replace(chosen, rgb=crop(chosen.rgb, None, size)[0], alpha=None)


def fit(chosen: Chosen, request: Request, *, spoilt_by: int = 1) -> Chosen:
    """The picture as it can be enlarged within the limits: as it is, cut, or shrunk, as the visitor likes.

    `spoilt_by` is how many times smaller the picture will be made before the method gets it.
    """
    limits = engine().settings
    height, width = (max(1, side // spoilt_by) for side in chosen.rgb.shape[:2])
    plan = plan_fit(
        width,
        height,
        method=request.method,
        scale=request.scale,
        max_output_pixels=limits.output_megapixels * 1e6,
        deadline_s=limits.job_seconds,
    )
    if plan.obstacle == "none":
        if plan.seconds > 2:
            st.caption(f"{width} x {height} pixels: {seconds_in_words(plan.seconds)} on this machine.")
        return chosen
    if plan.obstacle == "too large":
        why = (
            f"the result would have {width * height * request.scale**2 / 1e6:.0f} megapixels, "
            f"and the limit is {limits.output_megapixels:.0f}"
        )
    else:
        seconds = seconds_in_words(PACE.estimate(request.method, width, height))
        why = f"it would take {seconds}, and the limit is {limits.job_seconds:.0f} s"
    size = f"{plan.size[0]} x {plan.size[1]}"
    st.info(
        f"Your picture has {width} x {height} pixels: {why}. "
        f"So take {size} pixels of it: {seconds_in_words(plan.seconds)}.",
        icon=":material/crop:",
    )
    ways = {f"Cut {size} out of it": crop, f"Shrink it to {size} first": shrink}
    way = st.segmented_control("How?", list(ways), default=next(iter(ways)), required=True, key="way")
    target = (plan.size[0] * spoilt_by, plan.size[1] * spoilt_by)
    if ways[way] is shrink:
        rgb, alpha = shrink(chosen.rgb, chosen.alpha, target)
    else:
        rgb, alpha = crop(chosen.rgb, chosen.alpha, target, _where("cut"))
    digest = f"{chosen.digest}:{way}:{st.session_state.get('cut_x')}:{st.session_state.get('cut_y')}"
    return dataclasses.replace(chosen, rgb=rgb, alpha=alpha, digest=digest)


def compare(outcome: Outcome, *, alt: str) -> None:
    """Plain enlargement against the result, under a divider."""
    title = METHODS[outcome.upscaled.method].title
    comparer(
        _view("Plain enlargement", outcome.before, f"Enlarged by bicubic interpolation: {alt}"),
        _view(title, outcome.after, f"Enlarged by {title}: {alt}"),
        key="comparer",
        width=outcome.after.width,
        height=outcome.after.height,
    )
    if outcome.upscaled.note:
        st.caption(outcome.upscaled.note)


def real_and_made(number: int) -> tuple[bytes, bytes] | None:
    """A round of the game, as a job that all visitors share."""
    pair = run_job("quiz", number, make_pair, number, engine().cache, label="The network paints", shared=True)
    return None if pair is None else (pair.real, pair.made)


def show_window(rgb: np.ndarray, upscaled: Upscaled) -> None:
    """A window at real pixels, where the whole is shown smaller than it is."""
    height, width = upscaled.rgb.shape[:2]
    if max(height, width) <= SHOWN:
        return
    st.caption(
        f"The result has {width} x {height} pixels and is shown smaller above; the download has all of them. "
        "Here is a window at real pixels."
    )
    plain, result = detail(rgb, upscaled, _where("window"))
    comparer(
        _view("Plain enlargement", plain, "A window of the plain enlargement"),
        _view("Result", result, "The same window of the result"),
        key="window",
        width=result.width,
        height=result.height,
    )


def show_departures(outcome: Outcome) -> None:
    """Original, spoilt, plain and result side by side, and the map of invented detail."""
    beside = outcome.beside
    assert beside is not None
    plain, ours = outcome.figures["Bicubic"], outcome.figures["Result"]
    pictures = [
        (beside.truth, "The original", "what it should be"),
        (beside.degraded, "What the network got", f"{outcome.upscaled.scale} times smaller"),
        (beside.plain, "Bicubic", f"{decibels(plain.psnr)}, SSIM {plain.ssim:.3f}"),
        (beside.result, "Result", f"{decibels(ours.psnr)}, SSIM {ours.ssim:.3f}"),
        (beside.invented, "Invented detail", "the brighter, the further from the original"),
    ]
    for column, (picture, title, words) in zip(st.columns(len(pictures)), pictures, strict=True):
        column.image(picture, caption=f"{title}: {words}", alt=title, width="stretch")


def _where(name: str) -> tuple[float, float]:
    left, top = st.columns(2)
    return (
        left.slider("From left to right, %", 0, 100, 50, key=f"{name}_x") / 100,
        top.slider("From top to bottom, %", 0, 100, 50, key=f"{name}_y") / 100,
    )


def _view(label: str, shown: Shown, alt: str) -> View:
    return View(label=label, picture=shown.webp, mime="image/webp", alt=alt)
