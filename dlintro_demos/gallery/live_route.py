"""The route of live frames: same port, same origin, so it passes every proxy that the pages pass."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime import live
from dlintro_demos.gallery.runtime.jobs import PAUSED

LONGEST_SAID = 200  # characters beside a frame


async def live_frame(request: Request) -> Response:
    """Answer a frame: `{"answer": ..., "pause": milliseconds}`, or `{"problem": sentence}` and a status."""
    try:
        watcher = live.find(request.path_params["token"])
        if engine().queue.paused and not watcher.on_stage:
            raise live.NoAnswer(503, PAUSED)
        data = await _body(request)
        said = {key: value for key, value in request.query_params.items() if len(value) <= LONGEST_SAID}
        answered = await live.look(watcher, data, said, most=engine().settings.live_cameras, busy=_busy)
    except live.NoAnswer as problem:
        return _answer({"problem": str(problem)}, problem.status)
    except ClientDisconnect:
        return Response(status_code=499)
    return _answer({"answer": answered.answer, "pause": round(1000 * answered.pause)}, 200)


async def _body(request: Request) -> bytes:
    """What was sent, as far as it may go."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > live.LIMITS.max_bytes:
            raise live.NoAnswer(413, f"A live picture has at most {live.LIMITS.max_bytes >> 20} MB.")
        parts.append(part)
    return b"".join(parts)


def _busy() -> bool:
    """Whether jobs are under way."""
    status = engine().queue.status()
    return bool(status["running"] or status["waiting"])


def _answer(content: dict[str, object], status: int) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


LIVE_ROUTE = Route(live.LIVE + "/{token}", live_frame, methods=["POST"])
