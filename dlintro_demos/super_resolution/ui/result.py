"""The result beside plain enlargement, the way home with it, and how far it can be trusted."""

from __future__ import annotations

import math
from collections.abc import Hashable

import streamlit as st

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.comparer import View, comparer
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import Visitor, visitor
from dlintro_demos.gallery.ui.show import show_pictures
from dlintro_demos.super_resolution.experiment import SHOWN, Outcome, Shown, look_closer, make_whole
from dlintro_demos.super_resolution.ui.fitting import ask_where
from dlintro_demos.super_resolution.upscale import METHODS


def show_result(outcome: Outcome, fingerprint: Hashable, *, alt: str, shared: bool) -> None:
    """Plain enlargement against the result, under a divider, and the download.

    `fingerprint` is that of the job that gave the outcome, `shared` whether all visitors have it.
    """
    title = METHODS[outcome.request.method].title
    comparer(
        _view("Plain enlargement", outcome.before, f"Enlarged by bicubic interpolation: {alt}"),
        _view(title, outcome.after, f"Enlarged by {title}: {alt}"),
        key="comparer",
        width=outcome.after.width,
        height=outcome.after.height,
    )
    if outcome.note:
        st.caption(outcome.note)
    me = visitor()
    st.download_button(
        "Download the result (PNG)",
        lambda: _whole(outcome, me),
        file_name=f"sharpened-{outcome.request.method}-{outcome.request.scale}x.png",
        mime="image/png",
        on_click="ignore",
        icon=":material/download:",
    )
    if max(outcome.size) > SHOWN:
        _show_window(outcome, fingerprint, shared=shared)


def show_evidence(outcome: Outcome) -> None:
    """How true the result is: to its input always, to the original where there is one."""
    st.subheader("How far can you trust it?", anchor=False)
    row = st.container(horizontal=True)  # columns cost a message each
    row.metric(
        "True to the photo it came from",
        decibels(outcome.consistency),
        help="PSNR between your photo and the result made small again. Above 40 dB you see no difference.",
    )
    if not outcome.figures:
        st.info(
            "How near this is to what the camera would have seen, nobody can say: there is no larger "
            "original. Try it where there is one: a sample, or “Blur it first, then repair it”.",
            icon=":material/help:",
        )
        return
    ours, plain = outcome.figures["Result"], outcome.figures["Bicubic"]
    row.metric("PSNR against the original", decibels(ours.psnr), f"{ours.psnr - plain.psnr:+.2f} dB")
    row.metric("SSIM against the original", f"{ours.ssim:.3f}", f"{ours.ssim - plain.ssim:+.3f}")
    st.caption("The small numbers: better or worse than bicubic enlargement, which knows no pictures.")
    _show_departures(outcome)


def decibels(psnr: float) -> str:
    """A PSNR in words."""
    return "no difference" if math.isinf(psnr) else f"{psnr:.2f} dB"


def _whole(outcome: Outcome, me: Visitor) -> bytes:
    """Every pixel of the result; made when somebody wants it, in the queue where the network has to run."""
    if outcome.whole is not None:
        return outcome.whole
    return me.errand(make_whole, outcome, engine().cache)


def _show_window(outcome: Outcome, fingerprint: Hashable, *, shared: bool) -> None:
    """A window at real pixels, where the whole is shown smaller than it is."""
    width, height = outcome.size
    st.caption(
        f"The result has {width} x {height} pixels and is shown smaller above; the download has all of them. "
        "Here is a window at real pixels."
    )
    centre = ask_where("window")
    seen = run_job(
        "window", (fingerprint, centre), look_closer, outcome, centre, engine().cache,
        label="Looking closer", shared=shared,
    )  # fmt: skip
    if seen is not None:
        comparer(
            _view("Plain enlargement", seen.before, "A window of the plain enlargement"),
            _view("Result", seen.after, "The same window of the result"),
            key="window",
            width=seen.after.width,
            height=seen.after.height,
        )


def _show_departures(outcome: Outcome) -> None:
    """Original, spoilt, plain and result side by side, and the map of invented detail."""
    beside = outcome.beside
    assert beside is not None
    plain, ours = outcome.figures["Bicubic"], outcome.figures["Result"]
    pictures = [
        (beside.truth, "The original", "what it should be"),
        (beside.degraded, "What the network got", f"{outcome.request.scale} times smaller"),
        (beside.plain, "Bicubic", f"{decibels(plain.psnr)}, SSIM {plain.ssim:.3f}"),
        (beside.result, "Result", f"{decibels(ours.psnr)}, SSIM {ours.ssim:.3f}"),
        (beside.invented, "Invented detail", "the brighter, the further from the original"),
    ]
    show_pictures(
        [(picture, title) for picture, title, _ in pictures],
        width=208,
        captions=[f"{title}: {words}" for _, title, words in pictures],
    )


def _view(label: str, shown: Shown, alt: str) -> View:
    return View(label=label, picture=shown.webp, alt=alt)
