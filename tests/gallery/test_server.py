import hashlib
import logging

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dlintro_demos.gallery import server
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable, read_cards
from dlintro_demos.gallery.settings import REPOSITORY


async def hello(request):
    return PlainTextResponse("hello")


async def stream(websocket):
    await websocket.accept()
    await websocket.receive()


async def broken(request):
    raise ValueError("the visitor wrote: my secret")


def client(limit=1):
    app = Starlette(
        routes=[
            Route("/", hello),
            Route("/broken", broken),
            Route("/readyz", server.readyz),
            Route(f"{server.PLAYERS}/{{key}}.safetensors", server.player_weights),
            WebSocketRoute("/_stcore/stream", stream),
        ],
        middleware=[
            Middleware(server.SecurityHeaders),
            Middleware(server.SameOrigin),
            Middleware(server.VisitorCap, limit=limit),
        ],
        exception_handlers={500: server.server_error},
    )
    return TestClient(app, raise_server_exceptions=False)


def test_every_answer_has_the_security_headers():
    headers = client().get("/").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_another_sites_page_is_refused():
    visitors = client()
    assert visitors.get("/", headers={"origin": "https://elsewhere.example"}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        visitors.websocket_connect("/_stcore/stream", headers={"origin": "https://elsewhere.example"}),
    ):
        pass


def test_our_own_page_is_let_in():
    visitors = client()
    assert visitors.get("/", headers={"origin": "http://testserver"}).text == "hello"
    with visitors.websocket_connect("/_stcore/stream", headers={"origin": "http://testserver"}) as visit:
        visit.send_text("bye")


def test_a_full_gallery_says_so_and_tries_again():
    visitors = client(limit=1)
    with visitors.websocket_connect("/_stcore/stream"):
        late = visitors.get("/", headers={"accept": "text/html"})
        assert late.status_code == 503
        assert "The gallery is full" in late.text
        assert late.headers["retry-after"] == "15"
        assert visitors.get("/_stcore/health").status_code != 503


def test_a_connection_over_the_limit_is_refused():
    visitors = client(limit=1)
    with (
        visitors.websocket_connect("/_stcore/stream"),
        pytest.raises(WebSocketDisconnect),
        visitors.websocket_connect("/_stcore/stream"),
    ):
        pass


def test_a_place_is_free_again_when_a_visitor_leaves():
    visitors = client(limit=1)
    for _ in range(3):
        with visitors.websocket_connect("/_stcore/stream") as visit:
            visit.send_text("bye")
    assert visitors.get("/", headers={"accept": "text/html"}).text == "hello"


def test_a_players_weights_are_given_to_be_kept_and_nothing_else_is():
    visitors = client()
    answer = visitors.get("/players/flappy_bird_untrained.safetensors")
    card = read_cards(REPOSITORY / "models")["flappy_bird_untrained"]
    assert hashlib.sha256(answer.content).hexdigest() == card.files[0].sha256
    assert "immutable" in answer.headers["cache-control"]
    assert server.player_address(card).startswith("/players/flappy_bird_untrained.safetensors?")
    assert visitors.get("/players/dlib_face_recognition.safetensors").status_code == 404


def test_a_player_that_is_missing_is_said_and_not_kept(monkeypatch):
    def missing(key):
        raise ModelUnavailable("restore it from the repository")

    monkeypatch.setattr(server, "_checked", missing)
    answer = client().get("/players/flappy_bird_best.safetensors")
    assert (answer.status_code, answer.text) == (503, "restore it from the repository")
    assert "cache-control" not in answer.headers


def test_not_ready_until_warm(monkeypatch):
    server._warm.clear()
    assert client().get("/readyz").status_code == 503
    monkeypatch.setattr(server._warm, "is_set", lambda: True)
    assert client().get("/readyz").json() == {"ready": True}


def test_an_error_shows_a_friendly_page_and_never_what_the_visitor_wrote(caplog):
    with caplog.at_level(logging.DEBUG, logger="dlintro"):
        answer = client().get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "secret" not in answer.text
    assert "secret" not in caplog.text
    assert "ValueError" in caplog.text
    assert "broken" in caplog.text


def test_words_on_an_error_page_are_escaped():
    assert b"<script>" not in server.friendly_page("<script>", "<script>", 500).body
