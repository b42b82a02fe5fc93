"""The route of a board: what a big screen asks for every two seconds, without a visit's script."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.scores import desk
from dlintro_demos.gallery.scores.rooms import OPEN
from dlintro_demos.gallery.scores.store import Board

_ROOM = re.compile(r"[A-Z]{5}|open")


async def board(request: Request) -> Response:
    """The board of a room, to whose page the gallery gave this address."""
    name, signature = request.path_params["room"], request.path_params["signature"]
    room = OPEN if name == "open" else name
    if not _ROOM.fullmatch(name) or not desk.desk().signed(room, signature):
        return PlainTextResponse("No such board.", 404)
    clerk = desk.desk().clerk
    condition = clerk.condition()
    content = in_words(clerk.board(room)) | {
        "down": condition.down,
        "waiting": condition.waiting,
        "lost": condition.lost,
    }
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def in_words(board: Board | None) -> dict[str, object]:
    """A board as the browser draws it: demos in the order of the course, the best players first."""
    if board is None:
        return {"ready": False, "players": 0, "demos": [], "lines": []}
    titles = {demo.slug: demo.title for demo in demos()}
    order = list(titles)
    lines = sorted(
        (line for line in board.demos if line.demo in titles), key=lambda line: order.index(line.demo)
    )
    return {
        "ready": True,
        "players": board.players,
        "demos": [
            {
                "title": titles[line.demo],
                "rounds": line.rounds,
                "yours": round(100 * line.yours),
                "machine": round(100 * line.machine),
                "unsure": line.unsure,
            }
            for line in lines
        ],
        "lines": [
            {"name": line.nickname, "rounds": line.rounds, "points": line.points, "machine": line.machine}
            for line in board.lines
        ],
    }


BOARD_ROUTE = Route(desk.ROUTE + "/{room}/{signature}", board)
