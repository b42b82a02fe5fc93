"""The demos, in the order of the course. A demo that is not finished is not listed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Chapter(StrEnum):
    """Where a demo stands in the course."""

    SEEING = "What machines see"


@dataclass(frozen=True, kw_only=True)
class Demo:
    """One entry on the wall; its package, page, address, thumbnail and tests are named by `slug`."""

    slug: str
    title: str
    tagline: str
    chapter: Chapter
    icon: str
    models: tuple[str, ...]
    talking_points: tuple[str, ...]
    minutes: int


DEMOS: tuple[Demo, ...] = (
    Demo(
        slug="super_resolution",
        title="Sharpen a blurry photo",
        tagline="A small photo comes back four times larger, and you can see what was recovered "
        "and what was made up.",
        chapter=Chapter.SEEING,
        icon=":material/photo_size_select_large:",
        models=("realesrgan_compact", "realesrgan_photographic"),
        talking_points=(
            "Drag the handle slowly across an eye or an edge: the network has seen thousands of edges, so it "
            "knows what a sharp one looks like.",
            "Ask before you show it: can a computer put back what the camera never saw? Then open “Blur it "
            "first, then repair it” and look at the map of invented detail.",
            "Put “Small text” on the projector and read the lowest line: confident, sharp and wrong. That is "
            "why an enhanced picture is no evidence in court.",
        ),
        minutes=6,
    ),
)


def find(slug: str) -> Demo:
    """The demo of that name; raises `KeyError`."""
    return {demo.slug: demo for demo in DEMOS}[slug]
