"""What the presenter's notes promise comes true when it is played on the page."""

import re

import pytest

from dlintro_demos.faces.people import name_faces
from dlintro_demos.gallery.catalogue import find
from tests.playing import go, press
from tests.reading import words

pytestmark = pytest.mark.reports


def test_what_the_presenters_notes_promise_comes_true(open_page):
    assert len(find("faces").models) == 2
    at = open_page("faces", sample="together")
    visit = at.session_state["face_visit"]
    known = sorted(visit.known().values(), key=lambda face: face.box[0])
    assert [face.embedding.shape for face in known] == [(128,), (128,)]
    for face, name in zip(known, ("Eileen", "Grace"), strict=True):
        visit.history.do("named somebody", name_faces(visit.history.book, [face.key], name))
    distances = []
    for sample, name in (("astronaut", "Eileen"), ("dark", "Eileen"), ("upside-down", "Grace")):
        said = words(go(at, sample=sample))
        found = re.search(rf"faces of {name} is (\d\.\d+)|nearest is {name}, at (\d\.\d+)", said)
        distances.append(float(found[1] or found[2]))
    assert distances == sorted(distances)
    assert distances[2] > distances[1] + 0.1
    assert "I don't know this person" in said
    at = go(at, why="What if the threshold moves?")
    tagged = []
    for threshold in (at.slider(key="threshold").value, 1.0):
        at.slider(key="threshold").set_value(threshold).run()
        strangers = next(metric for metric in at.metric if metric.label == "Strangers tagged")
        tagged.append(int(strangers.value.split()[0]))
    assert tagged[0] == 0 < tagged[1]
    (grace,) = [key for key, person in visit.history.book.people.items() if person.name == "Grace"]
    at.session_state[f"change-{grace}"] = True
    press(at.run(), "Forget this person")
    assert [person.name for person in visit.history.book.people.values()] == ["Eileen"]
