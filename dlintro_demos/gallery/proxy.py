"""Behind a proxy: who the visitor is, and where they came, as a trusted proxy says it."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

NOBODY = "nobody"  # an address that no connection has


class BehindProxy:
    """ASGI middleware: take address, scheme and host from the X-Forwarded headers of a trusted proxy.

    `trusted` lists addresses and networks, with commas between. From anybody else these headers mean nothing.
    """

    def __init__(self, app: ASGIApp, trusted: str):
        self.forwarded = ProxyHeadersMiddleware(app, trusted_hosts=trusted or NOBODY)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on as the visitor made it."""
        client = scope.get("client")
        if scope["type"] != "lifespan" and client and client[0] in self.forwarded.trusted_hosts:
            host = Headers(scope=scope).get("x-forwarded-host", "").split(",")[0].strip()
            if host:
                kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
                scope = {**scope, "headers": [*kept, (b"host", host.encode("latin-1"))]}
        await self.forwarded(scope, receive, send)  # type: ignore[arg-type]
