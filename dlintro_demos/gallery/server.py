"""What stands around the Streamlit app: headers, a cap on visitors, health, and friendly error pages."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import html
import logging
import os
import secrets
import signal
import socket
import threading
import time
import traceback
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dlintro_demos.gallery.intake import contained
from dlintro_demos.gallery.live_route import LIVE_ROUTE
from dlintro_demos.gallery.process import engine, import_demos, ready
from dlintro_demos.gallery.runtime import memory, shown
from dlintro_demos.gallery.runtime.model_cards import WEIGHTS, ModelUnavailable, check_sha256
from dlintro_demos.gallery.scores import desk
from dlintro_demos.gallery.scores.route import BOARD_ROUTE
from dlintro_demos.gallery.words import counted
from dlintro_demos.gallery.worksheet import WORKSHEETS

log = logging.getLogger("dlintro")
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
QUIET_SECONDS = 1.0  # without a job and a page that runs, before a gallery that was told to end does so
_warm = threading.Event()
logging.getLogger("streamlit.error_util").disabled = True  # `report` logs errors, without their words

# blob: for the scripts of v2 components, wasm for Graphviz; nothing from anywhere else. 'self' is our own
# websocket too, on whatever port the visitor came.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; "
    "script-src 'self' 'unsafe-inline' blob: 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
}

CLOSED = ("/_stcore/metrics", "/_stcore/agent/", "/auth/", "/oauth2callback")

# A drawing (SVG) that is opened by itself may not run or fetch anything.
PICTURE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}<style>
:root {{ color-scheme: light dark }}
body {{ font: 1.15rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1.2rem }}
h1 {{ font-size: 1.8rem }}</style></head>
<body><main><h1>{title}</h1><p>{text}</p><p><a href="/">Back to the gallery</a></p></main></body></html>"""


def friendly_page(title: str, text: str, status: int, *, retry_after: int | None = None) -> HTMLResponse:
    """A small page that needs nothing else, for when the app itself cannot answer."""
    refresh = f'<meta http-equiv="refresh" content="{retry_after}">' if retry_after else ""
    body = PAGE.format(title=html.escape(title), text=html.escape(text), refresh=refresh)
    return HTMLResponse(body, status, headers={"Retry-After": str(retry_after)} if retry_after else None)


class SecurityHeaders:
    """ASGI middleware: the headers of `HEADERS` on every answer."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, adding headers to the start of the response."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)


class SameOrigin:
    """ASGI middleware: refuse what another web site's page sends here.

    Streamlit would refuse it too, but only after asking the internet for this machine's address, on the event
    loop: five seconds in which nobody else is served. `allowed` lists exceptions.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str] = ()):
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on if its Origin is absent, this host, or listed."""
        headers = dict(scope.get("headers", ()))
        origin = headers.get(b"origin", b"").decode("latin-1")
        ours = bool(origin) and _host(origin) == headers.get(b"host", b"").decode("latin-1")
        if not origin or ours or origin in self.allowed:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await _refuse(receive, send)
        else:
            await Response("Another site's page may not use this gallery.", 403)(scope, receive, send)


class ClosedDoors:
    """ASGI middleware: what Streamlit serves beside the pages, and nobody needs here, is not there.

    Its metrics are open to whoever asks, its interface for programs and its login are for other apps.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404, or pass the call on."""
        if scope["type"] == "http" and scope["path"].startswith(CLOSED):
            await PlainTextResponse("Nothing is here.", 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class SecureCookies:
    """ASGI middleware: over https, a cookie is for https alone. Streamlit does not know what a proxy does."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, marking cookies at the start of the response."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, value + b"; Secure" if name == b"set-cookie" and b"Secure" not in value else value)
                    for name, value in message["headers"]
                ]
            await send(message)

        https = scope["type"] == "http" and scope["scheme"] == "https"
        await self.app(scope, receive, marked if https else send)


def _host(origin: str) -> str | None:
    """Host and port of an origin; None where it is no address at all."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:  # http://[
        return None


async def _refuse(receive: Receive, send: Send) -> None:
    """Close a websocket before it opens: the browser sees 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1013})


class VisitorCap:
    """ASGI middleware: so many live connections and no more; who comes then is told to wait."""

    def __init__(self, app: ASGIApp, limit: int):
        self.app = app
        self.limit = limit
        self.connected = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a websocket over the limit, and answer a page load with a page that tries again."""
        if scope["type"] == "websocket" and scope["path"].endswith("/_stcore/stream"):
            if self.connected >= self.limit:
                await _refuse(receive, send)
                return
            self.connected += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self.connected -= 1
            return
        if scope["type"] == "http" and self.connected >= self.limit and _wants_page(scope):
            full = friendly_page(
                "The gallery is full",
                f"{counted(self.limit, 'visitor is', 'visitors are')} in, which is the limit. "
                "This page tries again by itself.",
                503,
                retry_after=15,
            )
            await full(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _wants_page(scope: Scope) -> bool:
    accept = dict(scope["headers"]).get(b"accept", b"")
    return b"text/html" in accept and "/_stcore/" not in scope["path"] and scope["path"] != "/readyz"


async def readyz(_request: Request) -> Response:
    """200 once the demos are warm, 503 before; liveness is Streamlit's own `/_stcore/health`."""
    ready = _warm.is_set()
    return JSONResponse({"ready": ready}, 200 if ready else 503)


async def weights(request: Request) -> Response:
    """The file of a public model, to be kept: it runs in the visitor's browser."""
    key = request.path_params["key"]
    if key not in {card.key for card in engine().cache.cards if card.public}:
        return PlainTextResponse("No such model for browsers.", 404)
    try:
        path = await asyncio.to_thread(_checked, key)
    except ModelUnavailable as error:
        return PlainTextResponse(str(error), 503)
    return FileResponse(path, media_type="application/octet-stream", headers=FOREVER)


async def shown_picture(request: Request) -> Response:
    """A picture on one visitor's screen: nobody keeps it but them."""
    found = shown.find(request.path_params["token"], request.path_params["name"])
    if found is None:
        return PlainTextResponse("No such picture, or no longer.", 404)
    return Response(found[0], media_type=found[1], headers=PICTURE | {"Cache-Control": "private, no-store"})


async def bundled_picture(request: Request) -> Response:
    """A picture of the gallery's own, to be kept."""
    found = shown.find_bundled(request.path_params["name"])
    if found is None:
        return PlainTextResponse("No such picture.", 404)
    return Response(found[0], media_type=found[1], headers=PICTURE | FOREVER)


def _checked(key: str) -> Path:
    paths = engine().cache.card(key).locate()
    _check_once(key, tuple((path, path.stat().st_mtime_ns) for path in paths))
    return paths[0]


@functools.cache
def _check_once(key: str, files: tuple[tuple[Path, int], ...]) -> None:
    """Again where another file was put in its place meanwhile."""
    check_sha256(engine().cache.card(key), tuple(path for path, _ in files))


ROUTES = (
    Route("/readyz", readyz),
    Route(WEIGHTS + "/{key}", weights),
    Route(shown.SHOWN + "/{token}/{name}", shown_picture),
    Route(shown.BUNDLED + "/{name}", bundled_picture),
    LIVE_ROUTE,
    BOARD_ROUTE,
    *WORKSHEETS,
)


async def server_error(_request: Request, error: Exception) -> Response:
    """The page for an error in the server itself; the log gets the traceback, the visitor a number."""
    number = report(error)
    return friendly_page(
        "Something went wrong here",
        "It is our fault, not yours. Load the page again; if it comes back, "
        f"tell the operator number {number}.",
        500,
    )


def report(error: Exception) -> str:
    """Log where an error arose, not what it says: a message may quote a visitor's own words."""
    number = secrets.token_hex(3)
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    log.error("error %s: %s at %s", number, type(error).__name__, places)
    return number


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Warm up beside the first visitors, so that the wall is open at once; end the jobs at the end."""
    memory.keep_pages()
    answer_at_once()
    drain_at_sigterm()
    desk.desk()  # the tables are made, or a database that is down is noticed, before anybody plays
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield
    await asyncio.to_thread(desk.close)
    if ready():
        await asyncio.to_thread(engine().queue.shutdown)
    await asyncio.to_thread(contained.close)


def drain_at_sigterm() -> None:
    """Before the server ends by SIGTERM, let the running jobs end; a second SIGTERM ends it at once."""
    if threading.current_thread() is not threading.main_thread():  # a test's server, which nobody signals
        return
    ending = signal.getsignal(signal.SIGTERM)

    def drain() -> None:
        if _warm.is_set():
            _warm.clear()  # a proxy sends nobody here any more
            until = time.monotonic() + engine().settings.drain_seconds
            engine().queue.drain(engine().settings.drain_seconds)
            quiet = time.monotonic()
            # A page that waited for a job shows it now, or begins the next one; its words go out after that.
            while time.monotonic() < min(until, quiet + QUIET_SECONDS):
                if _a_page_runs() or engine().queue.status()["running"]:
                    quiet = time.monotonic()
                time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    def begin(_number: int, _frame: object) -> None:
        signal.signal(signal.SIGTERM, ending)
        threading.Thread(target=drain, name="drain", daemon=True).start()

    signal.signal(signal.SIGTERM, begin)


def _a_page_runs() -> bool:
    return any(thread.name == "ScriptRunner.scriptThread" for thread in threading.enumerate())


def answer_at_once() -> None:
    """Send small messages without waiting for more: Streamlit's own socket would hold them back for 40 ms."""
    with contextlib.suppress(OSError):  # no /proc: as slow as without
        for entry in Path("/proc/self/fd").iterdir():
            if not os.readlink(entry).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(entry.name))) as found:
                if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _warm_up() -> None:
    try:
        gallery = engine()
    except ValueError as error:  # a device that is not there, or a card that cannot be read
        log.critical("The gallery cannot start: %s", error)
        os.kill(os.getpid(), signal.SIGTERM)
        return
    contained.warm()
    import_demos()
    for slug, outcome in gallery.warm_up().items():
        if isinstance(outcome, str):
            log.warning("%s cannot run: %s", slug, outcome)
        else:
            log.info("%s is warm after %.1f s", slug, outcome)
    _warm.set()
    gallery.measure()
