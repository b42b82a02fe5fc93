"""The gallery as an ASGI app: `python app.py`, or any ASGI server with `app:app`."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from dlintro_demos.gallery import server
from dlintro_demos.gallery.proxy import BehindProxy
from dlintro_demos.gallery.runtime.descriptors import make_room
from dlintro_demos.gallery.scores.store import database_url
from dlintro_demos.gallery.settings import REPOSITORY, BadSetting, settings
from dlintro_demos.gallery.stage_route import stage_route
from dlintro_demos.gallery.ui import references, uploads
from dlintro_demos.gallery.ui.errors import script_error
from dlintro_demos.gallery.ui.leaving import seeing_out
from dlintro_demos.gallery.ui.messages import PageMessages
from dlintro_demos.gallery.ui.session import present
from dlintro_demos.gallery.ui.theme import keep_theme

try:
    limits = settings()
    database_url(limits.database_url)
except BadSetting as error:
    sys.exit(f"The gallery cannot start: {error}")

room = make_room(limits.sessions)
if room.sessions < room.wanted:
    server.log.warning("Visitors: %s", room)
uploads.never_to_disk()
uploads.expect_what_is_announced()
keep_theme()
references.drop_orphans()


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """What runs beside the visits."""
    async with server.lifespan(app), seeing_out(limits.reconnect_seconds):
        yield


app = st.App(
    REPOSITORY / "dlintro_demos" / "gallery" / "ui" / "shell.py",
    lifespan=lifespan,
    routes=(*server.ROUTES, stage_route(lambda: len(present))),
    middleware=[
        Middleware(server.SecurityHeaders),
        Middleware(BehindProxy, trusted=limits.trusted_proxies),
        Middleware(server.ClosedDoors),
        Middleware(server.SecureCookies),
        Middleware(server.SameOrigin, allowed=st.get_option("server.corsAllowedOrigins")),
        Middleware(server.VisitorCap, limit=room.sessions),
        Middleware(PageMessages),
        Middleware(uploads.UploadBounds, settings=limits),
    ],
    on_script_error=script_error,
    exception_handlers={500: server.server_error},
)

if __name__ == "__main__":
    os.environ["FORWARDED_ALLOW_IPS"] = ""  # what to believe of proxies is for `BehindProxy` to say
    app.run(
        config={
            "server.address": limits.address,
            "server.port": limits.port,
            "server.maxUploadSize": limits.upload_mb + uploads.ROOM_FOR_FORM_MB,
            # Streamlit must not end a visit before we do, or nobody would clean up after it.
            "server.disconnectedSessionTTL": round(limits.reconnect_seconds) + 60,
        }
    )
