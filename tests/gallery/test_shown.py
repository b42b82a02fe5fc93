"""Pictures at addresses: nobody guesses one, and they go with their visitor."""

import gc
import re

import pytest

from dlintro_demos.gallery.runtime import shown
from dlintro_demos.gallery.runtime.shown import BUNDLED, SHOWN, Shown, bundled, find, find_bundled

PNG, JPEG, WEBP = b"\x89PNG\r\n\x1a\n one", b"\xff\xd8\xff one", b"RIFF\0\0\0\0WEBP one"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text>Größe</text></svg>'


def fetched(address):
    """What a browser that asks for the address is given."""
    start, token, name = address.rsplit("/", 2)
    assert start == SHOWN
    return find(token, name)


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (b"RIFF\0\0\0\0WAVE one", "audio/wav"),
        (b"?", "application/octet-stream"),
    ],
)
def test_a_picture_is_found_at_its_address_with_its_type(picture, kind):
    screen = Shown()
    assert fetched(screen.address(picture)) == (picture, kind)


def test_a_drawing_is_text_and_comes_as_utf_8():
    screen = Shown()
    assert fetched(screen.address(SVG)) == (SVG.encode(), "image/svg+xml")


def test_the_same_picture_has_one_address_and_another_has_another():
    screen = Shown()
    assert screen.address(PNG) == screen.address(bytes(bytearray(PNG)))
    assert len({screen.address(picture) for picture in (PNG, JPEG, WEBP, SVG)}) == 4


def test_an_address_cannot_be_guessed_from_the_picture_or_from_another_visitors():
    ann, bob = Shown(), Shown()
    tokens = {ann.address(PNG).split("/")[2], bob.address(PNG).split("/")[2]}
    assert len(tokens) == 2
    for token in tokens:
        assert re.fullmatch(r"[A-Za-z0-9_-]{24}", token)  # 144 bits of chance
    (name,) = {screen.address(PNG).split("/")[3] for screen in (ann, bob)}
    assert fetched(f"{SHOWN}/{'A' * 24}/{name}") is None


@pytest.mark.parametrize("token", ["", "..", "a" * 65, "a/b", "ä", "%2e%2e", "a\n"])
def test_what_is_no_token_finds_nothing(token):
    assert find(token, "0-0") is None


def test_a_forgotten_picture_is_gone():
    screen = Shown()
    address = screen.address(PNG)
    screen.forget()
    assert fetched(address) is None
    assert fetched(screen.address(PNG)) is not None


def test_pictures_go_with_their_visitor():
    screen = Shown()
    address = screen.address(PNG)
    assert fetched(address)
    del screen
    gc.collect()
    assert fetched(address) is None


def test_what_was_shown_first_gives_way():
    screen = Shown(most=10)
    first, second, third = (screen.address(bytes([number]) * 4) for number in (1, 2, 3))
    assert [fetched(address) is not None for address in (first, second, third)] == [False, True, True]


def test_what_is_shown_again_stays():
    screen = Shown(most=10)
    first, second = (screen.address(bytes([number]) * 4) for number in (1, 2))
    screen.address(b"\1" * 4)
    screen.address(b"\3" * 4)
    assert [fetched(address) is not None for address in (first, second)] == [True, False]


def test_a_file_that_changes_has_one_address_and_takes_the_room_of_one():
    screen = Shown(most=10)
    other = screen.address(PNG[:4])
    addresses = {screen.put("newest", bytes([step]) * 4) for step in range(9)}
    (address,) = addresses
    assert fetched(address)[0] == b"\x08" * 4
    assert fetched(other) is not None


def test_a_picture_larger_than_the_screens_share_is_shown_alone():
    screen = Shown(most=10)
    small = screen.address(b"\1" * 4)
    assert fetched(screen.address(b"\2" * 40)) is not None
    assert fetched(small) is None


def test_room_is_counted_right_after_many_pictures():
    screen = Shown(most=1000)
    for round_ in range(3):
        for number in range(200):
            screen.address(bytes([number, round_]) * 25)
        assert 0 < sum(map(len, screen._pictures.values())) == screen._used <= 1000
        if round_ == 1:
            screen.forget()
            assert screen._used == 0


def test_a_bundled_picture_is_for_everybody_at_an_address_that_means_no_other():
    address = bundled(PNG)
    assert address == bundled(bytes(bytearray(PNG))) != bundled(JPEG)
    assert find_bundled(address.removeprefix(f"{BUNDLED}/")) == (PNG, "image/png")
    assert find_bundled("0" * 32) is None


def test_bundled_pictures_are_bounded_and_the_oldest_gives_way(monkeypatch):
    monkeypatch.setattr(shown, "MOST_BUNDLED", 3)
    monkeypatch.setattr(shown, "_bundled", type(shown._bundled)())
    names = [bundled(bytes([number])).removeprefix(f"{BUNDLED}/") for number in (1, 2, 3, 1, 4)]
    assert [find_bundled(name) is not None for name in names] == [True, False, True, True, True]
