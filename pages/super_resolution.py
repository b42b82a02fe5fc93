"""Sharpen a blurry photo: enlarge one's own, or spoil one and repair it."""

import streamlit as st

from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.frame import Step, footer, hook, steps, under_the_hood
from dlintro_demos.gallery.ui.game import guess_the_real
from dlintro_demos.gallery.ui.pictures import choose_picture, choose_source
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.super_resolution.experiment import Outcome, enlarge, repair
from dlintro_demos.super_resolution.quiz import ROUNDS
from dlintro_demos.super_resolution.samples import LIMITS, SAMPLES
from dlintro_demos.super_resolution.ui.enlarging import (
    ask_how,
    ask_what_to_spoil,
    choice,
    compare,
    decibels,
    fit,
    guess_from_pixels,
    guess_from_spoiling,
    real_and_made,
    show_departures,
    show_window,
    truth_of,
)
from dlintro_demos.super_resolution.upscale import METHODS

ENLARGE, REPAIR = "Enlarge my photo", "Blur it first, then repair it"
CODE = """low = torch.from_numpy(photo).permute(2, 0, 1)[None].float() / 255
with torch.inference_mode():
    high = network(low)                                   # four (or two) times as many rows and columns
    missing = low - F.avg_pool2d(high, scale)               # where it is not true to the photo
    high += F.interpolate(missing, scale_factor=scale, mode="bicubic")
pixels = (high.clamp(0, 1) * 255).round().byte()"""


def show_evidence(outcome: Outcome) -> None:
    """How true the result is: to its input always, to the original where there is one."""
    st.subheader("How far can you trust it?", anchor=False)
    columns = st.columns(3)
    columns[0].metric(
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
    columns[1].metric("PSNR against the original", decibels(ours.psnr), f"{ours.psnr - plain.psnr:+.2f} dB")
    columns[2].metric("SSIM against the original", f"{ours.ssim:.3f}", f"{ours.ssim - plain.ssim:+.3f}")
    st.caption("The small numbers: better or worse than bicubic enlargement, which knows no pictures.")
    show_departures(outcome)


def show_explanation(outcome: Outcome) -> None:
    """Three steps with the pictures of this very run."""
    inside = outcome.inside
    steps(
        "What just happened?",
        [
            Step(
                title="It looked at edges",
                words="The first layer of our own network compares neighbouring pixels. Each grey "
                "picture is one of its filters at work on the liveliest part of this photo.",
                pictures=[
                    (inside.pixels, "A part of the photo, its pixels showing"),
                    (inside.early, "What six early filters saw: edges in different directions"),
                ],
            ),
            Step(
                title="Edges became parts",
                words="Eight layers later the filters answer to longer lines, corners and textures, which "
                "it met again and again in training.",
                pictures=[(inside.late, "What nine late filters saw: lines, corners and textures")],
            ),
            Step(
                title="It painted what is missing",
                words="The last layer turns each pixel into sixteen. Orange is what it made brighter than "
                "plain enlargement, blue what it made darker: learned, not seen by the camera.",
                pictures=[(inside.added, "Brightness that the network added or took away")],
            ),
        ],
    )


demo = find("super_resolution")
hook(demo, "You meet this in the zoom of a phone, in old films on new screens, and in every crime series.")
with st.container(horizontal=True):
    mode = choice("What to do?", [ENLARGE, REPAIR], "mode", ENLARGE)
    source = choose_source()
chosen = choose_picture(source, (*SAMPLES, *LIMITS))
if mode == REPAIR:
    spoil = ask_what_to_spoil()
    (guess, why), scale = guess_from_spoiling(spoil), spoil.scale
else:
    guess, why = guess_from_pixels(chosen.rgb) if chosen else ("clean", "")
    scale = None
asked = ask_how(guess=guess, why=why, scale=scale)

if chosen is not None:
    cache = engine().cache
    if mode == REPAIR:
        chosen = fit(truth_of(chosen), asked, spoilt_by=spoil.scale)
        fingerprint, work = (chosen.digest, spoil, asked), (repair, chosen.rgb, spoil, asked, cache)
    else:
        fitting = fit(chosen, asked)
        truth = truth_of(chosen).rgb if chosen.sample and fitting is chosen else None
        chosen, fingerprint = fitting, (fitting.digest, asked)
        work = (enlarge, chosen.rgb, chosen.alpha, truth, asked, cache)
    outcome = run_job(
        "enlarge", fingerprint, *work, label=METHODS[asked.method].title, shared=bool(chosen.sample)
    )
    if outcome is not None:
        compare(outcome, alt=chosen.alt)
        result = outcome.upscaled
        st.download_button(
            "Download the result (PNG)",
            lambda: encode_png(result.rgb, result.alpha),
            file_name=f"sharpened-{asked.method}-{result.scale}x.png",
            mime="image/png",
            on_click="ignore",
            icon=":material/download:",
        )
        show_window(chosen.rgb, result)
        show_evidence(outcome)
        model = asked.card
        if model:
            show_explanation(outcome)
        under_the_hood(
            [cache.card(model)] if model else [], device=result.device, stages=result.stages, code=CODE
        )

st.subheader("You against the machine: can it fool you?", anchor=False)
guess_the_real(
    "fool_me",
    real_and_made,
    rounds=len(ROUNDS),
    question="One is a piece of the photo, the other the network made of a sixteenth of its pixels. "
    "Which is real?",
)
footer(demo)
