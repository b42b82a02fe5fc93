"""A worksheet for each demo: one sheet of paper in the demo's own words; answers for presenters only."""

from __future__ import annotations

import html
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from dlintro_demos.gallery.catalogue import Demo, find
from dlintro_demos.gallery.stage import lock

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: worksheet</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
@page {{ size: A4; margin: 14mm }}
body {{ font: 11.5pt/1.4 system-ui, sans-serif; max-width: 182mm; margin: 1rem auto; padding: 0 1rem;
  color: #111; background: #fff; color-scheme: light }}
h1 {{ font-size: 20pt; line-height: 1.15; margin: 0 }}
h2 {{ font-size: 13pt; margin: 5mm 0 1mm }}
p {{ margin: 1mm 0 }}
ul {{ margin: 0; padding-left: 5mm }}
.who {{ margin: 0 0 4mm; text-align: right; overflow: hidden; white-space: nowrap }}
section {{ break-inside: avoid }}
.space {{ height: 36mm; background: repeating-linear-gradient(transparent 0 8.7mm, #888 8.7mm 9mm) }}
.answer {{ border-left: 1mm solid #555; padding-left: 3mm }}
nav {{ display: flex; gap: 1.5rem; margin-bottom: 1rem }}
@media print {{ nav {{ display: none }} body {{ margin: 0; padding: 0; max-width: none;
  print-color-adjust: exact; -webkit-print-color-adjust: exact }} }}
</style></head><body>
<nav><a href="/{slug}">Back to the demo</a><span>Print this page, or save it as a PDF: one sheet.</span></nav>
<main>{name}<h1>{title}</h1><p>{tagline}</p><p>Open {where} in the gallery.</p>
<h2>What to try</h2><ul>{tries}</ul>{questions}</main></body></html>"""
NAME = "<p class=who>Name: ____________________ Date: __________</p>"
FOR_THE_TEACHER = "<p class=who>Answers, for whoever teaches</p>"


def worksheet(demo: Demo, *, answers: bool) -> str:
    """The sheet as HTML: what to try, and questions with room to write, or with their answers."""
    questions = (
        f"<section><h2>{number}. {html.escape(question)}</h2>"
        + (f"<p class=answer>{html.escape(point)}</p>" if answers else "<div class=space></div>")
        + "</section>"
        for number, (question, point) in enumerate(
            zip(demo.questions, demo.talking_points, strict=False), start=1
        )
    )
    return PAGE.format(
        slug=demo.slug,
        title=html.escape(demo.title),
        tagline=html.escape(demo.tagline),
        where=f"“{html.escape(demo.title)}” (/{demo.slug})",
        name=FOR_THE_TEACHER if answers else NAME,
        tries="".join(f"<li>{html.escape(words)}</li>" for words in _tries(demo)),
        questions="".join(questions),
    )


def _tries(demo: Demo) -> Iterable[str]:
    yield from (stop.words for stop in demo.stops)
    if demo.modes:
        yield f"Then: {', '.join(f'“{mode}”' for mode in demo.modes)}."


async def show(request: Request) -> Response:
    """`/worksheet/<slug>`; with the key that presenters get, the answers."""
    try:
        demo = find(request.path_params["slug"])
    except KeyError:
        return PlainTextResponse("No such worksheet.", 404)
    key = request.path_params.get("key")
    if key is not None and not lock().is_key(key):
        return PlainTextResponse("The answers are for presenters: open them from /presenter.", 403)
    headers = {"Cache-Control": "no-store"}
    return HTMLResponse(worksheet(demo, answers=key is not None), headers=headers)


def answers_of(demo: Demo) -> str:
    """The address of a worksheet with its answers: for presenters, until the gallery ends."""
    return f"/worksheet/{demo.slug}/{lock().key}"


WORKSHEETS = (Route("/worksheet/{slug}", show), Route("/worksheet/{slug}/{key}", show))
