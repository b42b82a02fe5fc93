"""What a visitor of the mixed hour does on a page."""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from google.protobuf.json_format import MessageToJson
from PIL import Image
from skimage import data
from streamlit.proto.WidgetStates_pb2 import WidgetState

from bench.pages import MODES
from dlintro_demos.assistant.recordings import file_of, texts
from tests.gallery.tab import Tab

CHANGES = re.compile(r"[A-Za-z0-9_-]{24}(?![\w-])|\$\$ID-[0-9a-f]{32}|\b\d+ ms\b")


BUSY = ("The gallery is busy", "Your browser already has", "The gallery has just been opened")


@dataclass
class Journey:
    """What one visitor does on a page, from arriving to leaving; gives what stood there, or None."""

    name: str
    walk: Callable[[str], str | None]
    alone: str | None = None  # what one visitor alone was shown, where that is always the same
    seconds: float = 0.0  # that it takes one visitor alone


def shown(tab: Tab) -> str:
    """All that stands on a page, without what names the visitor, and how long anything took."""
    for error in tab.of("exception"):
        raise AssertionError(f"an exception on the page: {error.message}")
    elements = (
        MessageToJson(delta.new_element, indent=None)
        for _, delta in sorted(tab.places.items())
        if delta.new_element.WhichOneof("type") not in (None, "empty")
    )
    return CHANGES.sub("#", "\n".join(elements))


@contextlib.contextmanager
def tab_at(url: str, page: str, query: str = "") -> Iterator[Tab]:
    """A page opened in a browser of its own."""
    cookie = f"_streamlit_xsrf=2|00000000|{random.getrandbits(128):032x}|1"
    tab = Tab(url, "" if page == "home" else page, query, cookie=cookie)
    try:
        yield tab.run()
    finally:
        tab.close()


def _look(page: str, query: str) -> Callable[[str], str]:
    def walk(url: str) -> str:
        with tab_at(url, page, query) as tab:
            return shown(tab)

    return walk


def _bring(page: str, name: str, content: bytes) -> Callable[[str], str]:
    def walk(url: str) -> str:
        with tab_at(url, page) as tab:
            tab.choose("Which picture", "My photo")
            return shown(tab.show(name, content))

    return walk


def _leave_in_the_middle(name: str, content: bytes) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with tab_at(url, "super_resolution") as tab:
            tab.choose("Which picture", "My photo")
            tab.begin_show(name, content)
            time.sleep(0.5)

    return walk


def _forget(name: str, content: bytes) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with tab_at(url, "faces") as tab:
            tab.choose("Which picture", "My photo")
            tab.show(name, content)
            tab.press("Forget everything")
            if not any("1 file you uploaded" in alert.body for alert in tab.of("alert")):
                raise AssertionError("nothing says what was forgotten")

    return walk


def _live(frames: Sequence[bytes]) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with tab_at(url, "feature_layers") as tab:
            tab.choose("Which picture", "Live")
            (address,) = set(re.findall(r"/live/[A-Za-z0-9_-]+", "".join(map(str, tab.deltas))))
            for frame in frames:
                status, words = tab.http("POST", address, frame, {"Content-Type": "image/jpeg"})
                answer = json.loads(words)
                if status == 503 or (status == 429):
                    return
                if status != 200 or "answer" not in answer:
                    raise AssertionError(f"a live picture: {status}, {words[:200]}")
                time.sleep(answer["pause"] / 1000)

    return walk


def _play(page: str, query: str, key: str) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with tab_at(url, page, query) as tab:
            button = next(each for each in tab.of("button") if key in each.id)
            tab.states[button.id] = WidgetState(id=button.id, trigger_value=True)
            if "Next round" not in shown(tab.run()):
                raise AssertionError("the round was not judged")

    return walk


def _speak(name: str) -> Callable[[str], None]:
    def walk(url: str) -> None:
        with tab_at(url, "assistant") as tab:
            before = shown(tab).count(texts()[name])
            answers = shown(tab.show("said.ogg", file_of(name)))
            if answers.count(texts()[name]) <= before and not any(words in answers for words in BUSY):
                raise AssertionError("what was said was not heard")

    return walk


def _encoded(picture: np.ndarray, kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, quality=90)
    return file.getvalue()


def journeys() -> list[Journey]:
    """All of them: every page in every mode, and what can be brought."""
    cat, person = data.chelsea(), data.astronaut()
    small, face = _encoded(cat[40:200, 80:280]), _encoded(person)
    looked = [
        Journey(f"{page} {mode}".strip(), _look(page, query))
        for page in MODES
        if page != "status"  # says what the others do
        for mode, query in MODES[page].items()
    ]
    return [
        *looked,
        Journey("super_resolution, a photo", _bring("super_resolution", "cat.jpg", small)),
        Journey("faces, a photo", _bring("faces", "person.jpg", face)),
        Journey("feature_layers, a photo", _bring("feature_layers", "cat.jpg", small)),
        Journey("leaves in the middle", _leave_in_the_middle("large.jpg", _encoded(np.tile(cat, (4, 4, 1))))),
        Journey("forgets everything", _forget("person.jpg", face)),
        Journey("live", _live([small, face, small, face])),
        Journey("plays a round", _play("why_now", MODES["why_now"]["Guess the order"], "order-")),
        Journey("speaks", _speak(next(iter(texts())))),
    ]
