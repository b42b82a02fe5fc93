"""What comes over the websocket: only what a visitor's page sends, and something soon."""

from __future__ import annotations

import asyncio

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.state.common import GENERATED_ELEMENT_ID_PREFIX
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX

STREAM = "/_stcore/stream"
FIRST_WORD_SECONDS = 10.0
NOT_ALLOWED = 1008  # of RFC 6455: a message that violates policy

# Others empty caches, stop the server, or start a program: for developers, and for whoever means harm.
OF_A_PAGE = frozenset({"rerun_script", "stop_script", "file_urls_request", "deferred_file"})

# How names of widgets begin. Under any other, a value would stand among those that the script itself keeps.
WIDGETS = (GENERATED_ELEMENT_ID_PREFIX, STREAMLIT_INTERNAL_KEY_PREFIX)


def kind_of(data: bytes | None) -> str:
    """What a message asks for, by its name in Streamlit's protocol; "" where it asks for nothing known."""
    message = BackMsg()
    try:
        message.ParseFromString(data or b"")
    except DecodeError:
        return ""
    kind = message.WhichOneof("type") or ""
    if not all(state.id.startswith(WIDGETS) for state in message.rerun_script.widget_states.widgets):
        return ""
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") or ""
    return kind


class PageMessages:
    """ASGI middleware: close a connection that sends what no page does, or nothing for `patience` seconds."""

    def __init__(self, app: ASGIApp, patience: float = FIRST_WORD_SECONDS):
        self.app = app
        self.patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a websocket on, message by message."""
        if scope["type"] != "websocket" or not scope["path"].endswith(STREAM):
            await self.app(scope, receive, send)
            return
        heard = closed = False

        async def close() -> Message:
            nonlocal closed
            closed = True
            await send({"type": "websocket.close", "code": NOT_ALLOWED})
            return {"type": "websocket.disconnect", "code": NOT_ALLOWED}

        async def checked() -> Message:
            nonlocal heard
            try:
                message = await (receive() if heard else asyncio.wait_for(receive(), self.patience))
            except TimeoutError:
                return await close()
            if message["type"] == "websocket.receive":
                heard = True
                if kind_of(message.get("bytes")) not in OF_A_PAGE:
                    return await close()
            return message

        async def unless_closed(message: Message) -> None:
            if not closed:
                await send(message)

        await self.app(scope, checked, unless_closed)
