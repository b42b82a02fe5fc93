"""What just happened, with the pictures of this very run."""

from __future__ import annotations

from dlintro_demos.gallery.ui.frame import Step, steps, under_the_hood
from dlintro_demos.super_resolution.experiment import Outcome

CODE = """low = torch.from_numpy(photo).permute(2, 0, 1)[None].float() / 255
with torch.inference_mode():
    high = network(low)                             # four (or two) times as many rows and columns
    missing = low - F.avg_pool2d(high, scale)       # where it is not true to the photo
    high += F.interpolate(missing, scale_factor=scale, mode="bicubic")
pixels = (high.clamp(0, 1) * 255).round().byte()"""
CODE_OF_ADAPTIVE = """low = torch.from_numpy(photo).permute(2, 0, 1)[None].float() / 255
with torch.inference_mode():
    shares = read(network, photo)                   # how it was made small, as its pixels tell
    high = network(low, shares)                     # four times as many rows and columns
    again = downscaled(high, downscaling_kernel(shares, scale), scale)
    high += F.interpolate(low - again, scale_factor=scale, mode="bicubic")  # what is not true to the photo
pixels = (high.clamp(0, 1) * 255).round().byte()"""


def show_explanation(outcome: Outcome) -> None:
    """Three steps, where a network ran, and what is under the hood."""
    inside = outcome.inside
    if inside is not None:
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
                    words="In the last layers the filters answer to longer lines, corners and textures, "
                    "which it met again and again in training.",
                    pictures=[(inside.late, "What nine late filters saw: lines, corners and textures")],
                ),
                Step(
                    title="It painted what is missing",
                    words="The last layer turns each pixel into sixteen. Orange is what it made brighter "
                    "than plain enlargement, blue what it made darker: learned, not seen by the camera.",
                    pictures=[(inside.added, "Brightness that the network added or took away")],
                ),
            ],
        )
    card = outcome.request.card
    under_the_hood(
        [card] if card else [],
        device=outcome.device,
        stages=outcome.stages,
        code=CODE if outcome.making is None else CODE_OF_ADAPTIVE,
    )
