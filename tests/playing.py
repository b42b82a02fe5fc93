"""What a visitor does on a page, for tests that run it without a browser."""

import json
from urllib.parse import parse_qsl

from dlintro_demos.gallery.catalogue import find


def last(steps):
    """The result of a job's generator."""
    *_, result = steps
    return result


def go(at, **query):
    """The same visit at another address of the page."""
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def press(at, label):
    """Press the first button of that label."""
    return next(button for button in at.button if button.label == label).click().run()


def told(at, key):
    """What the component of that key was told."""
    shown = next(part.proto for part in at.get("bidi_component") if part.proto.id.endswith(key))
    return json.loads(shown.json)


def open_stop(open_page, slug, number=0):
    """The page of a demo as the tour opens it at the demo's stop of that number, from 0."""
    return open_page(slug, **dict(parse_qsl(find(slug).stops[number].query)))
