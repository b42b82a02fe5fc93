"""What the visitor asks for: how the photo is spoilt, and how it is enlarged."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.super_resolution.degrade import Degradation
from dlintro_demos.super_resolution.experiment import Glance, Request, examine
from dlintro_demos.super_resolution.situation import Situation
from dlintro_demos.super_resolution.upscale import METHODS, Scale

TITLES = {method.title: key for key, method in METHODS.items()}
GUESS = "Let the machine tell"
CONDITIONS: dict[str, Situation | None] = {
    GUESS: None,
    "Only small": "clean",
    "Blurred, noisy, JPEG": "degraded",
}
SCALES: dict[str, Scale] = {"2x": 2, "4x": 4}


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What ails a photo, and why one thinks so."""

    situation: Situation
    why: str


def choice(label: str, options: list[str], key: str, default: str) -> str:
    """One of a few words, kept in the URL."""
    return st.segmented_control(label, options, default=default, required=True, key=key, bind="query-params")


def ask_what_to_spoil() -> Degradation:
    """How the photo is spoilt before the network repairs it."""
    columns = st.columns(4)
    with columns[0]:
        scale = SCALES[choice("Make it smaller by", list(SCALES), "smaller", "4x")]
    blur = columns[1].slider("Blur, pixels", 0.0, 4.0, 0.8, 0.1, key="blur", bind="query-params")
    noise = columns[2].slider("Noise, of 255", 0, 40, 0, key="noise", bind="query-params")
    jpeg = columns[3].slider("JPEG quality (100: none)", 10, 100, 100, 5, key="jpeg", bind="query-params")
    return Degradation(scale=scale, blur_sigma=blur, noise=noise, jpeg_quality=None if jpeg == 100 else jpeg)


def glance_at(chosen: Chosen | None) -> Glance | None:
    """A first look at a photo; None where there is none yet, or after saying why there was no look."""
    if chosen is None:
        return None
    return run_job(
        "examine",
        chosen.digest,
        examine,
        chosen.rgb,
        label="Looking at the photo",
        shared=bool(chosen.sample),
    )


def guess_what_ails(glance: Glance | None, spoil: Degradation | None) -> Guess | None:
    """By how the visitor spoils the photo, else by its pixels; None where there is no photo yet."""
    if spoil is not None:
        if spoil.blur_sigma or spoil.noise or spoil.jpeg_quality is not None:
            return Guess(situation="degraded", why="You spoilt it.")
        return Guess(situation="clean", why="You only made it smaller.")
    if glance is None:
        return None
    reading = glance.reading
    finding = "only small" if reading.situation == "clean" else "noisy or compressed"
    why = (
        f"Measured: noise {reading.noise:.1f} of 255, edges of JPEG squares {reading.blocks:.2f} times the "
        f"rest. So the photo seems {finding}."
    )
    return Guess(situation=reading.situation, why=why)


def left_to_the_machine(asked: Request) -> bool:
    """Whether the photo's pixels are to decide which network is for it."""
    return METHODS[asked.method].chooses and st.session_state.get("photo_is", GUESS) == GUESS


def ask_how(guess: Guess | None, *, scale: Scale | None) -> Request:
    """Method, scale (unless it is given), situation, faithfulness and strength."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = METHODS[TITLES[choice("Method", list(TITLES), "method", next(iter(TITLES)))]]
        if scale is None:
            scale = SCALES[choice("Larger by", list(SCALES), "scale", "4x")]
        said = choice("The photo is", list(CONDITIONS), "photo_is", GUESS) if method.chooses else GUESS
        situation = CONDITIONS[said] or (guess.situation if guess else "clean")
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
    guessed = guess is not None and method.chooses and said == GUESS
    st.caption(f"{method.about} {guess.why}" if guess and guessed else method.about)
    return Request(
        method=method.key, scale=scale, faithful=faithful, situation=situation, strength=strength / 100
    )
