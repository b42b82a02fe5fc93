"""The gallery as an ASGI app: `python app.py`, or any ASGI server with `app:app`."""

import sys

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from dlintro_demos.settings import REPOSITORY, BadSetting, settings
from dlintro_demos.ui import server

try:
    settings()
except BadSetting as error:
    sys.exit(f"The gallery cannot start: {error}")

app = st.App(
    REPOSITORY / "dlintro_demos" / "ui" / "shell.py",
    lifespan=server.lifespan,
    routes=[
        Route("/readyz", server.readyz),
        Route(f"{server.PLAYERS}/{{key}}.safetensors", server.player_weights),
    ],
    middleware=[
        Middleware(server.SecurityHeaders),
        Middleware(server.SameOrigin),
        Middleware(server.VisitorCap, limit=settings().sessions),
    ],
    on_script_error=server.script_error,
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
