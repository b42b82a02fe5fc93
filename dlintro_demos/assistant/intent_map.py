"""What each intent is called, where it belongs, and the map on which the training phrasings lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from dlintro_demos.assistant.intents import MODEL, IntentHead
from dlintro_demos.assistant.phrases import NONE, written
from dlintro_demos.gallery.runtime.jobs import Progress

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

# By use, in the order of the page; each intent as the page calls it.
USES: Mapping[str, Mapping[str, str]] = {
    "calendar": {
        "calendar_show": "show the calendar",
        "calendar_add": "add an appointment",
        "calendar_cancel": "delete an appointment",
        "calendar_move": "move an appointment",
        "calendar_free": "find free time",
    },
    "flights": {
        "flights_show": "show booked flights",
        "flights_find": "find flights",
        "flight_status": "status of a flight",
    },
    "food": {
        "menu_show": "show the menu",
        "food_order": "order food",
        "table_book": "book a table",
        "orders_show": "show orders and bookings",
        "orders_cancel": "cancel an order or a booking",
    },
    "commute": {"trains_find": "find trains", "weather": "weather", "clock": "time and date"},
    "shopping": {
        "shopping_add": "add to the shopping list",
        "shopping_show": "show the shopping list",
        "shopping_remove": "take off the shopping list",
    },
    "reminders": {
        "reminder_add": "set a reminder",
        "reminder_show": "show reminders",
        "reminder_cancel": "delete a reminder",
    },
    "follow-ups": {
        "follow_time": "the same for another time",
        "follow_choice": "choose one of them",
        "follow_count": "another number of it",
        "follow_cancel": "delete one of them",
        "book_it": "book that one",
        "yes": "yes",
        "no": "no",
        "undo": "undo",
        "repeat": "say it again",
        "cancel": "stop that",
    },
    "small talk": {"greeting": "greeting", "thanks": "thanks", "goodbye": "goodbye", "help": "help"},
}
CALLED = {intent: words for intents in USES.values() for intent, words in intents.items()} | {
    NONE: "not for me"
}
USE_OF = {intent: use for use, intents in USES.items() for intent in intents}

SIZE, MARGIN = (360, 200), 24  # px of the small map


@dataclass(frozen=True, kw_only=True)
class IntentMap:
    """`places` are (phrase, intent, x, y) of every written phrasing.

    `share` is the part of the variance of their 384 numbers that the plane shows, from 0 to 1.
    """

    places: tuple[tuple[str, str, float, float], ...]
    share: float


def place_svg(place: tuple[float, float], intent: str, cache: ModelCache) -> str:
    """A small map as SVG: the middle of each intent's phrasings, and a sentence among them.

    Raises `ModelUnavailable`.
    """
    found = cache.run(MODEL, lambda model: _map(model.module))
    middles = {
        each: np.mean([[x, y] for _, of, x, y in found.places if of == each], axis=0)
        for each in CALLED
        if each != NONE
    }
    corners = np.array([*middles.values(), place])
    low, high = corners.min(0), corners.max(0)

    def at(point: np.ndarray | tuple[float, float]) -> tuple[int, int]:
        x, y = MARGIN + (np.array(point) - low) / (high - low) * (np.array(SIZE) - 2 * MARGIN)
        return round(x), round(SIZE[1] - y)

    parts = [f'<rect width="{SIZE[0]}" height="{SIZE[1]}" rx="12" fill="#fff"/>']
    for each, middle in middles.items():
        x, y = at(middle)
        colour = "#4a2fbd" if each == intent else "#b9b9c6"
        parts.append(f'<circle cx="{x}" cy="{y}" r="6" fill="{colour}"/>')
    x, y = at(place)
    parts.append(f'<path d="M{x - 9} {y - 9}l18 18m0 -18l-18 18" stroke="#d0342c" stroke-width="4"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE[0]} {SIZE[1]}">'
    return f"{head}{''.join(parts)}</svg>"


def draw_map(cache: ModelCache) -> Iterator[Progress | IntentMap]:
    """A job: the phrasings in the plane of the head, the two principal components of the intents' means.

    Raises `ModelUnavailable`.
    """
    yield Progress(0, 1, "the phrasings")
    yield cache.run(MODEL, lambda model: _map(model.module))


def _map(module: torch.nn.Module) -> IntentMap:
    assert isinstance(module, IntentHead)
    if hasattr(module, "drawn"):
        return module.drawn
    apart = (module.phrases - module.centre).cpu().numpy()
    flat = apart @ module.plane.cpu().numpy()
    module.drawn = IntentMap(
        places=tuple(
            (*each, round(float(x), 3), round(float(y), 3))
            for each, (x, y) in zip(written(), flat, strict=True)
        ),
        share=float(np.square(flat).sum() / np.square(apart).sum()),
    )
    return module.drawn
