import hashlib
import logging
import socket

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dlintro_demos.gallery import server
from dlintro_demos.gallery.runtime import shown
from dlintro_demos.gallery.runtime.model_cards import ModelCard, ModelUnavailable, read_cards
from dlintro_demos.gallery.settings import REPOSITORY

CARDS = read_cards(REPOSITORY / "models")


async def hello(request):
    return PlainTextResponse("hello")


async def stream(websocket):
    await websocket.accept()
    await websocket.receive()


async def broken(request):
    raise ValueError("the visitor wrote: my secret")


def client(limit=1, allowed=()):
    app = Starlette(
        routes=[
            *server.ROUTES,
            Route("/", hello),
            Route("/broken", broken),
            WebSocketRoute("/_stcore/stream", stream),
        ],
        middleware=[
            Middleware(server.SecurityHeaders),
            Middleware(server.SameOrigin, allowed=allowed),
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


def test_a_site_that_the_operator_allows_is_let_in_and_no_other():
    visitors = client(allowed=["https://school.example"])
    assert visitors.get("/", headers={"origin": "https://school.example"}).text == "hello"
    assert visitors.get("/", headers={"origin": "https://school.example.elsewhere"}).status_code == 403


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


@pytest.mark.parametrize("key", [key for key, card in CARDS.items() if card.public])
def test_the_weights_of_a_public_card_are_given_to_be_kept(key):
    answer = client().get(CARDS[key].address)
    assert hashlib.sha256(answer.content).hexdigest() == CARDS[key].files[0].sha256
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    "key", [*(key for key, card in CARDS.items() if not card.public), "%2e%2e", "no-such"]
)
def test_no_other_weights_are_given(key):
    answer = client().get(f"{server.WEIGHTS}/{key}")
    assert answer.status_code == 404
    assert "cache-control" not in answer.headers


def test_weights_that_changed_have_another_address():
    card = next(card for card in CARDS.values() if card.public)
    assert card.address.endswith(f"/{card.key}?{card.files[0].sha256[:16]}")


def test_weights_that_were_swapped_while_the_gallery_runs_are_not_given(monkeypatch, tmp_path):
    card = next(card for card in CARDS.values() if card.public)
    (place,) = card.locate()
    copy = tmp_path / place.name
    copy.write_bytes(place.read_bytes())
    monkeypatch.setattr(ModelCard, "locate", lambda _: (copy,))
    assert client().get(card.address).status_code == 200
    changed = bytearray(copy.read_bytes())
    changed[-1] ^= 1
    copy.write_bytes(changed)
    answer = client().get(card.address)
    assert answer.status_code == 503
    assert "is not the file it should be" in answer.text


def test_a_player_that_is_missing_is_said_and_not_kept(monkeypatch):
    def missing(key):
        raise ModelUnavailable("restore it from the repository")

    monkeypatch.setattr(server, "_checked", missing)
    answer = client().get("/weights/flappy_bird_best")
    assert (answer.status_code, answer.text) == (503, "restore it from the repository")
    assert "cache-control" not in answer.headers


DRAWING = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def test_what_a_visitor_is_shown_is_kept_by_nobody():
    screen = shown.Shown()
    address = screen.address(DRAWING)
    answer = client().get(address)
    assert (answer.status_code, answer.text) == (200, DRAWING)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cache-control"] == "private, no-store"
    screen.forget()
    assert client().get(address).status_code == 404


def test_a_picture_of_the_gallerys_own_is_given_to_be_kept():
    answer = client().get(shown.bundled(b"\x89PNG own"))
    assert (answer.status_code, answer.content) == (200, b"\x89PNG own")
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]


def test_a_drawing_that_is_opened_by_itself_runs_nothing_and_is_for_this_site_alone():
    screen = shown.Shown()
    headers = client().get(screen.address(DRAWING)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "sandbox" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/shown/a/b", "/shown/a", "/pictures/b", "/shown/../../etc/passwd/x"])
def test_a_picture_that_is_not_there_is_not_found_and_not_remembered(address):
    answer = client().get(address)
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


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


def test_the_listening_socket_answers_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as other:
        server.answer_at_once()
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert not other.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert listening.fileno() >= 0
        with socket.create_connection(listening.getsockname()) as visitor:
            answering, _ = listening.accept()
            with answering:
                assert answering.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                answering.sendall(b"hello")
                assert visitor.recv(5) == b"hello"
