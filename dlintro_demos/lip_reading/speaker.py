"""Somebody who is drawn: face, colours, light, camera and manner of speaking, all from one number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlintro_demos.lip_reading.speaking import ARTICULATORS, REST, VISEMES, Manner

SKINS = ((68, 43, 33), (108, 71, 52), (152, 106, 80), (196, 150, 120), (224, 182, 155), (240, 208, 190))
"""From dark to light, RGB; a skin lies between two of them."""
_LIPSTICK = 0.12  # share of speakers
_BEARDED = 0.4
_BENT = 0.06  # deviation of how somebody's visemes differ from the table's

Colour = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """Lengths are in units of the distance between the outer corners of the eyes, angles in radians."""

    seed: int
    half: float
    """Half the mouth's width at rest."""
    upper: float
    lower: float
    """Heights of the lips."""
    bow: float
    """Depth of the dip in the upper lip."""
    corner: float
    """How much lower the corners are than the middle."""
    slant: float
    """How much lower one corner is than the other."""
    mouth: float
    """How far the mouth is below the eyes."""
    chin: float
    jaw: float
    """How far the chin is below the mouth, and half the width of the jaw."""
    nose: float
    """How far the nose ends above the mouth."""
    depth: float
    """How much nearer the lips' middle is than their corners."""
    skin: Colour
    lips: Colour
    teeth: Colour
    tongue: Colour
    beard: float
    moustache: float
    """How dense, 0 to 1."""
    hair: Colour
    backdrop: Colour
    incisors: float
    """How far the upper teeth reach below the line of the lips."""
    gloss: float
    side: float
    """Where the light is: -1 left to 1 right."""
    shade: float
    """How much darker the face is away from the light, 0 to 1."""
    lamp: Colour
    """Colour and strength of the light, 1 is white."""
    yaw: float
    pitch: float
    roll: float
    sway: float
    """Deviation of the head's angles while it speaks."""
    eyes_apart: float
    """In pixels of a frame of 360 x 288."""
    blur: float
    grain: float
    """Deviation of the camera's blur (pixels) and noise (of 255)."""
    manner: Manner

    @classmethod
    def of(cls, seed: int) -> Speaker:
        """Draw somebody; the same number is the same person."""
        random = np.random.default_rng([0x11B5, seed])

        def between(low: float, high: float) -> float:
            return float(random.uniform(low, high))

        tone = between(0, len(SKINS) - 1.001)
        darker, lighter = np.array(SKINS[int(tone)]), np.array(SKINS[int(tone) + 1])
        skin = darker + (lighter - darker) * (tone % 1) + random.normal(0, [4, 4, 5])
        redness = between(0.55, 0.8)
        lips = skin * (between(0.88, 1.0), redness, redness * between(0.98, 1.12))
        if random.random() < _LIPSTICK:
            paint = np.array([between(150, 210), between(20, 70), between(40, 95)])
            lips = lips * 0.3 + paint * 0.7 * (0.6 + 0.08 * tone)
        bearded = random.random() < _BEARDED
        hair = np.array([45, 34, 28]) + between(0, 1) ** 3 * np.array([110, 85, 55])
        lamp = between(0.8, 1.15) * (1 + random.normal(0, 0.04) * np.array([1.0, 0.1, -1.0]))
        amplitude = random.normal(1.0, 0.12, len(ARTICULATORS)).clip(0.75, 1.3) * between(0.8, 1.15)
        amplitude[4:6] = 1.0
        amplitude[7:] = amplitude[7:].clip(0.85, 1.1)
        return cls(
            seed=seed,
            half=between(0.25, 0.32),
            upper=between(0.045, 0.1),
            lower=between(0.085, 0.15),
            bow=between(0.0, 0.3),
            corner=between(-0.02, 0.02),
            slant=random.normal(0, 0.007),
            mouth=between(0.74, 0.88),
            chin=between(0.4, 0.52),
            jaw=between(0.62, 0.78),
            nose=between(0.23, 0.3),
            depth=between(0.1, 0.2),
            skin=_colour(skin),
            lips=_colour(lips),
            teeth=_colour(np.array([226, 218, 198]) * between(0.8, 1.05) * (1, 1, between(0.9, 1.06))),
            tongue=_colour(np.array([188, 92, 92]) * between(0.85, 1.1)),
            beard=between(0.15, 0.9) if bearded else 0.0,
            moustache=between(0.15, 0.9) if bearded and random.random() < 0.8 else 0.0,
            hair=_colour(hair),
            backdrop=_colour(random.uniform(20, 220, 3)),
            incisors=between(0.008, 0.03),
            gloss=between(0.05, 0.5),
            side=between(-1, 1),
            shade=between(0.05, 0.4),
            lamp=tuple(lamp.tolist()),
            yaw=float(np.clip(random.normal(0, 0.12), -0.3, 0.3)),
            pitch=float(np.clip(random.normal(0, 0.08), -0.2, 0.2)),
            roll=random.normal(0, 0.05),
            sway=between(0.004, 0.025),
            eyes_apart=between(55, 95),
            blur=between(0.3, 1.1),
            grain=between(0.8, 4.0),
            manner=Manner(
                rate=between(0.62, 0.95),
                amplitude=tuple(amplitude.tolist()),
                bends=_bends(random),
                reach=between(0.8, 1.25),
            ),
        )


def _bends(random: np.random.Generator) -> dict[str, tuple[float, ...]]:
    """A way of one's own to make each sound; what a viseme does not use at all stays unused."""
    return {
        name: tuple((random.normal(0, _BENT, len(look)) * (np.array(look) != 0)).tolist())
        for name, look in VISEMES.items()
        if name not in {REST, "p"}
    }


def _colour(values: np.ndarray) -> Colour:
    red, green, blue = np.clip(values, 4, 250).tolist()
    return red, green, blue
