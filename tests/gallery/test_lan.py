"""The address that phones in the room use, and its QR code."""

import xml.etree.ElementTree as ET
from collections import namedtuple
from socket import AF_INET, AF_INET6

import cv2
import numpy as np
import pytest

from dlintro_demos.gallery import lan
from dlintro_demos.gallery.lan import gallery_address, lan_address
from dlintro_demos.gallery.qr import qr_svg
from dlintro_demos.gallery.settings import Settings

Entry = namedtuple("Entry", "family address")
State = namedtuple("State", "isup")


@pytest.fixture
def networks(monkeypatch):
    """Says which networks this computer is in."""

    def set_(**found):
        monkeypatch.setattr(
            lan.psutil, "net_if_addrs", lambda: {n: [Entry(*e) for e in es] for n, (_, *es) in found.items()}
        )
        monkeypatch.setattr(
            lan.psutil, "net_if_stats", lambda: {n: State(up) for n, (up, *_) in found.items()}
        )

    return set_


def test_the_rooms_network_comes_before_docker_and_what_is_down(networks):
    networks(
        lo=(True, (AF_INET, "127.0.0.1")),
        docker0=(True, (AF_INET, "172.17.0.1")),
        eth0=(False, (AF_INET, "10.0.0.7")),
        wlan0=(True, (AF_INET6, "fe80::1%wlan0"), (AF_INET, "169.254.3.4"), (AF_INET, "192.168.1.5")),
    )
    assert lan_address() == "192.168.1.5"


def test_a_computer_in_no_network_has_no_address_for_phones(networks):
    networks(lo=(True, (AF_INET, "127.0.0.1")))
    assert lan_address() is None
    assert gallery_address(Settings(address="0.0.0.0")) is None


@pytest.mark.parametrize(
    ("settings", "seen", "expected"),
    [
        ({"address": "0.0.0.0", "port": 9000}, "", "http://192.168.1.5:9000"),
        ({"address": "::"}, "http://localhost:8501/scoreboard", "http://192.168.1.5:8501"),
        ({"address": "0.0.0.0"}, "http://127.0.0.1:8501/", "http://192.168.1.5:8501"),
        ({"address": "10.1.2.3"}, "", "http://10.1.2.3:8501"),
        ({"address": "fd00::2"}, "", "http://[fd00::2]:8501"),
        ({"address": "gallery.local"}, "", "http://gallery.local:8501"),
        ({"address": "127.0.0.1"}, "", None),
        ({"address": "127.0.0.1"}, "http://127.9.9.9:8501/", None),
        ({"address": "127.0.0.1"}, "https://ai.example:8443/scoreboard?a=1", "https://ai.example:8443"),
        ({"address": "127.0.0.1"}, "https://me:secret@ai.example/", "https://ai.example"),
        ({"address": "127.0.0.1"}, "javascript:alert(1)", None),
        ({"address": "127.0.0.1"}, "http://[", None),
        ({"public_address": "https://ai.example/"}, "http://10.0.0.1/", "https://ai.example"),
    ],
)  # fmt: skip
def test_phones_are_shown_the_address_that_reaches_the_gallery(networks, settings, seen, expected):
    networks(wlan0=(True, (AF_INET, "192.168.1.5")))
    assert gallery_address(Settings(**settings), seen) == expected


def test_a_camera_reads_the_code():
    address = "http://192.168.1.5:8501/scoreboard?room=KQWXZ"
    drawn = ET.fromstring(qr_svg(address))
    side = int(drawn.attrib["viewBox"].split()[2])
    assert cv2.QRCodeDetector().detectAndDecode(modules(drawn, side))[0] == address


def modules(drawn, side, scale=8):
    """Pixels of the dark path: runs `m x y h length`, each move relative to the end of the last."""
    pixels = np.full((side, side), 255, np.uint8)
    dark = next(path for path in drawn.iter() if path.attrib.get("stroke"))
    x, y = 0.0, 0.0
    for part in dark.attrib["d"].lower().replace("m", " m ").replace("h", " h ").split(" m ")[1:]:
        move, run = part.split(" h ", 1)
        dx, dy = (float(number) for number in move.split())
        x, y = x + dx, y + dy
        for piece in run.split(" h "):
            pixels[int(y), int(x) : int(x + float(piece))] = 0
            x += float(piece)
    return np.kron(pixels, np.ones((scale, scale), np.uint8))


def test_an_address_too_long_to_be_read_from_the_back_row_is_refused():
    with pytest.raises(ValueError, match="300"):
        qr_svg("http://gallery/" + "a" * 300)
