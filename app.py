"""The gallery as an ASGI app: `python app.py`, or any ASGI server with `app:app`."""

import sys

import streamlit as st
from starlette.middleware import Middleware

from dlintro_demos.gallery import server
from dlintro_demos.gallery.settings import REPOSITORY, BadSetting, settings
from dlintro_demos.gallery.ui.errors import script_error
from dlintro_demos.gallery.ui.theme import keep_theme

try:
    settings()
except BadSetting as error:
    sys.exit(f"The gallery cannot start: {error}")

keep_theme()
app = st.App(
    REPOSITORY / "dlintro_demos" / "gallery" / "ui" / "shell.py",
    lifespan=server.lifespan,
    routes=server.ROUTES,
    middleware=[
        Middleware(server.SecurityHeaders),
        Middleware(server.SameOrigin, allowed=st.get_option("server.corsAllowedOrigins")),
        Middleware(server.VisitorCap, limit=settings().sessions),
    ],
    on_script_error=script_error,
    exception_handlers={500: server.server_error},
)

if __name__ == "__main__":
    app.run(
        config={
            "server.address": settings().address,
            "server.port": settings().port,
            "server.maxUploadSize": settings().upload_mb,
        }
    )
