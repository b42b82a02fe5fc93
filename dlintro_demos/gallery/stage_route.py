"""The route that big screens and presenters ask every second: where the stage is, and how the gallery is."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.process import engine, ready
from dlintro_demos.gallery.stage import stage


def stage_route(visitors: Callable[[], int]) -> Route:
    """`/stage`: the state as JSON, nothing in it a secret; `visitors` counts those who are here."""

    async def look(_request: Request) -> Response:
        return JSONResponse(situation(visitors()), headers={"Cache-Control": "no-store"})

    return Route("/stage", look)


def situation(visitors: int) -> dict[str, object]:
    """The stage's state, and how many visitors and jobs there are; of each demo whether it is warm."""
    state = stage.look()
    said: dict[str, object] = {
        "version": state.version,
        "seconds": round(stage.seconds),
        "visitors": visitors,
    }
    if not ready():
        return said | {"running": 0, "waiting": 0, "paused": False, "warmth": dict.fromkeys(SLUGS, "cold")}
    queue = engine().queue
    jobs = queue.status()
    return said | {
        "running": jobs["running"],
        "waiting": jobs["waiting"],
        "paused": queue.paused,
        "warmth": {slug: _warmth(slug) for slug in SLUGS},
    }


def _warmth(slug: str) -> str:
    known = engine().warmth
    if slug not in known:
        return "cold"
    outcome = known[slug]
    if outcome is None:
        return "warming up"
    return outcome if isinstance(outcome, str) else f"warm ({outcome:.1f} s)"
