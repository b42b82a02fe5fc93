"""What comes over the websocket, and how: crafted messages, silence, false addresses, and open files."""

import resource
import threading

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from dlintro_demos.gallery import server
from dlintro_demos.gallery.proxy import BehindProxy
from dlintro_demos.gallery.runtime import descriptors
from dlintro_demos.gallery.ui.messages import OF_A_PAGE, PageMessages, kind_of

pytestmark = pytest.mark.reports


def crafted():
    """One message of each kind in Streamlit's protocol, by what it asks for."""
    messages = {}
    for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields:
        message = BackMsg()
        if field.message_type is None:
            setattr(message, field.name, True)
            messages[field.name] = message
        elif field.name == "backend_operation_request":
            for payload in field.message_type.oneofs_by_name["payload"].fields:
                message = BackMsg()
                getattr(message.backend_operation_request, payload.name).SetInParent()
                messages[payload.name] = message
        else:
            getattr(message, field.name).SetInParent()
            messages[field.name] = message
    return messages


async def echo(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "bytes": message.get("bytes")})


def visit(patience=5.0):
    return TestClient(PageMessages(echo, patience)).websocket_connect("/_stcore/stream")


@pytest.mark.parametrize("kind", sorted(OF_A_PAGE))
def test_what_a_page_sends_is_let_in(kind):
    message = crafted()[kind].SerializeToString()
    with visit() as line:
        line.send_bytes(message)
        assert line.receive_bytes() == message


@pytest.mark.parametrize("kind", sorted(set(crafted()) - OF_A_PAGE))
def test_a_message_that_no_page_sends_ends_the_connection(kind):
    """`clear_cache` from any browser reset the engine for everybody."""
    with visit() as line:
        line.send_bytes(crafted()[kind].SerializeToString())
        with pytest.raises(WebSocketDisconnect) as ended:
            line.receive_bytes()
    assert ended.value.code == 1008


@pytest.mark.parametrize("data", [b"", b"\xff\xff\xff", b"\x9a\x06\x01x", BackMsg().SerializeToString()])
def test_a_message_that_is_none_ends_the_connection(data):
    with visit() as line:
        line.send_bytes(data)
        with pytest.raises(WebSocketDisconnect):
            line.receive_bytes()


@pytest.mark.parametrize("name", ["visitor", "", "a name that no page has", "$$I"])
def test_a_value_for_what_is_no_widget_ends_the_connection(name):
    """Found by `make fuzz`: it stood among the script's own values, and reading these failed from then on."""
    message = BackMsg()
    message.rerun_script.widget_states.widgets.add(id="$$ID-1-x", bool_value=True)
    assert kind_of(message.SerializeToString()) == "rerun_script"
    message.rerun_script.widget_states.widgets.add(id=name, double_value=1)
    with visit() as line:
        line.send_bytes(message.SerializeToString())
        with pytest.raises(WebSocketDisconnect):
            line.receive_bytes()


def test_a_text_ends_the_connection():
    with visit() as line:
        line.send_text("hello")
        with pytest.raises(WebSocketDisconnect):
            line.receive_bytes()


def test_the_dangerous_messages_are_known_by_name():
    assert {"clear_cache", "debug_shutdown_runtime", "install_skills"} <= set(crafted()) - OF_A_PAGE
    assert kind_of(crafted()["clear_cache"].SerializeToString()) == "clear_cache"


def test_a_connection_that_never_says_anything_is_closed():
    """Silent connections filled the gallery."""
    with visit(patience=0.1) as line, pytest.raises(WebSocketDisconnect) as ended:
        line.receive_bytes()
    assert ended.value.code == 1008


def test_who_has_spoken_may_be_silent():
    message = crafted()["rerun_script"].SerializeToString()
    with visit(patience=0.1) as line:
        line.send_bytes(message)
        line.receive_bytes()
        threading.Event().wait(0.3)
        line.send_bytes(message)
        assert line.receive_bytes() == message


async def say(scope, receive, send):
    host = dict(scope["headers"]).get(b"host", b"").decode()
    text = f"{scope['scheme']} {scope['client'][0]} {host}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text})


@pytest.mark.parametrize("origin", ["http://[", "http://]", "http://[::1", "//", "null", "http://", "ws:"])
def test_an_origin_that_is_no_address_is_refused(origin):
    """`Origin: http://[` made the check raise: an error of ours for whoever sends it."""
    answer = TestClient(server.SameOrigin(say)).get("/", headers={"origin": origin})
    assert answer.status_code == 403


def test_a_page_may_connect_to_this_host_and_no_other():
    (sources,) = [
        part
        for part in server.HEADERS["Content-Security-Policy"].split("; ")
        if part.startswith("connect-src")
    ]
    assert set(sources.split()[1:]) == {"'self'", "data:", "blob:"}


FORWARDED = {
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "gallery.example:8443",
    "origin": "https://gallery.example:8443",
    "host": "127.0.0.1:8501",
}


def from_(peer, trusted):
    app = BehindProxy(server.SameOrigin(say), trusted)
    return TestClient(app, client=(peer, 50000)).get("/", headers=FORWARDED)


@pytest.mark.parametrize("trusted", ["10.0.0.2", "10.0.0.0/8", "192.0.2.1, 10.0.0.2"])
def test_a_trusted_proxy_says_who_comes_and_where(trusted):
    assert from_("10.0.0.2", trusted).text == "https 203.0.113.7 gallery.example:8443"


@pytest.mark.parametrize("trusted", ["", "10.0.0.3", "192.0.2.0/24"])
def test_nobody_else_is_believed(trusted):
    assert from_("10.0.0.2", trusted).status_code == 403
    assert from_("127.0.0.1", "").status_code == 403


@pytest.fixture
def limit():
    """`limit(files)`: what this process may open, until the test ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield lambda files: resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_limit_of_open_files_is_raised_to_what_the_visitors_need(limit):
    """With 1,024 open files the gallery was dead at visitor 254, though 400 were let in."""
    limit(1024)
    room = descriptors.make_room(400)
    assert room.sessions == 400
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= descriptors.needed(400) > 1024
    assert str(room).startswith("400 at once")


def test_where_it_cannot_be_raised_fewer_are_let_in_and_it_is_said(monkeypatch):
    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda _: (1024, 1024))
    monkeypatch.setattr(descriptors.resource, "setrlimit", lambda *_: None)
    room = descriptors.make_room(400)
    assert room.sessions == (1024 - descriptors.OURS) // descriptors.PER_VISITOR < 254
    assert "not 400 (1,024 open files allowed)" in str(room)
    assert f"DLINTRO_SESSIONS={room.sessions}" in str(room)
