"""The result beside plain enlargement, the way home with it, and how far it can be trusted."""

from __future__ import annotations

import math

import streamlit as st

from dlintro_demos.gallery.runtime.jobs import LONG_SECONDS
from dlintro_demos.gallery.ui.components.comparer import View, comparer
from dlintro_demos.gallery.ui.frame import first_result
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import visitor
from dlintro_demos.gallery.ui.show import figure, show_pictures
from dlintro_demos.super_resolution.experiment import SHOWN, Glance, Outcome, Shown
from dlintro_demos.super_resolution.saying import in_pixels, in_words
from dlintro_demos.super_resolution.ui.fitting import Plan
from dlintro_demos.super_resolution.upscale import METHODS


def enlarge_in_sight(planned: Plan, glance: Glance, chosen: Chosen) -> Outcome | None:
    """Do what is planned. Until then the photo is there, here or in its frame, and what is done of it."""
    if planned.said:
        st.caption(planned.said)
    above, place = st.container(), st.empty()
    seen = False

    def show(picture: bytes, state: str) -> None:
        nonlocal seen
        seen = True
        place.html(f'<div class="growing">{figure(picture, alt=f"{chosen.alt}, {state}")}</div>')

    with above:
        outcome: Outcome | None = run_job(
            "enlarge", planned.fingerprint, *planned.work,
            label=METHODS[planned.method].title,
            shared=bool(chosen.sample),
            long=planned.seconds > LONG_SECONDS,
            watch=lambda so_far: show(so_far, "as far as it is enlarged"),
            meanwhile=(lambda: show(glance.jpeg, "before it is enlarged")) if planned.full is None else None,
        )  # fmt: skip
    if seen:
        place.empty()
    return outcome


def show_result(outcome: Outcome, planned: Plan, *, alt: str) -> None:
    """Plain enlargement against the result, under a divider, and the way home with it."""
    title = METHODS[outcome.request.method].title
    with first_result():
        comparer(
            _view("Plain enlargement", outcome.before, f"Enlarged by bicubic interpolation: {alt}"),
            _view(title, outcome.after, f"Enlarged by {title}: {alt}"),
            key="comparer",
            width=outcome.after.width,
            height=outcome.after.height,
        )
    if outcome.note:
        st.caption(outcome.note)
    with st.container(horizontal=True, vertical_alignment="center"):
        _offer(outcome, planned)
        if max(outcome.size) > SHOWN:
            st.caption(f"The file has all {in_pixels(outcome.size)} pixels; here they are shown smaller.")


def _offer(outcome: Outcome, planned: Plan) -> None:
    """The result as a file: at once, or where it was not kept made again when somebody wants it."""
    me, whole = visitor(), outcome.whole
    name = f"sharpened-{outcome.request.method}-{outcome.request.scale}x"
    if outcome.jpeg is not None:
        jpeg = outcome.jpeg
        st.download_button(
            f"Download the result (JPEG, {len(jpeg) / 1e6:.0f} MB)",
            lambda: jpeg,
            file_name=f"{name}.jpg",
            mime="image/jpeg",
            on_click="ignore",
            icon=":material/download:",
        )
    st.download_button(
        "Download the result (PNG)",
        lambda: me.errand(*planned.again) if whole is None else whole,
        file_name=f"{name}.png",
        mime="image/png",
        on_click="ignore",
        icon=":material/download:",
    )


def show_evidence(outcome: Outcome) -> None:
    """How true the result is: to its input always, to the original where there is one."""
    st.subheader("How far can you trust it?", anchor=False)
    row = st.container(horizontal=True)  # columns cost a message each
    row.metric(
        "True to the photo it came from",
        decibels(outcome.consistency),
        help="PSNR between your photo and the result made small again: in the way that the network read from "
        "the photo, else by averaging. Above 40 dB you see no difference.",
    )
    read = "" if outcome.making is None else in_words(outcome.making)
    if not outcome.figures:
        if read:
            st.caption(read)
        st.info(
            "How near this is to what the camera would have seen, nobody can say: there is no larger "
            "original. Try it where there is one: a sample, or “Blur it first, then repair it”.",
            icon=":material/help:",
        )
        return
    ours, plain = outcome.figures["Result"], outcome.figures["Bicubic"]
    row.metric("PSNR against the original", decibels(ours.psnr), f"{ours.psnr - plain.psnr:+.2f} dB")
    row.metric("SSIM against the original", f"{ours.ssim:.3f}", f"{ours.ssim - plain.ssim:+.3f}")
    small = "The small numbers: better or worse than bicubic enlargement, which knows no pictures."
    st.caption(f"{small} {read}")
    _show_departures(outcome)


def decibels(psnr: float) -> str:
    """A PSNR in words."""
    return "no difference" if math.isinf(psnr) else f"{psnr:.2f} dB"


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
