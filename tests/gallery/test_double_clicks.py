"""A double click while the server is busy: the second one comes for a page that is gone, and does nothing."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

import dlintro_demos
from dlintro_demos.faces.people import name_faces
from dlintro_demos.gallery.scores.desk import Desk

pytestmark = pytest.mark.reports


def send(at, message):
    """What the browser sent, once more or for the first time."""
    at._run(message)
    assert not at.exception


def click(at, label):
    """Click the first button of that label; gives what the browser sent."""
    button = next(button for button in at.button if label in (button.label, button.key)).click()
    message = WidgetStates()
    message.CopyFrom(at._tree.get_widget_states())
    button.set_value(False)
    send(at, message)
    return message


def told(at, key):
    """What a component was told, as the browser has it."""
    return next(each.proto for each in at.get("bidi_component") if each.proto.id.endswith(key))


def tell(at, shown, event, value):
    """A component says that something happened; gives what the browser sent."""
    chosen = {"event": event, "value": value}
    message = WidgetStates()
    message.CopyFrom(at._tree.get_widget_states())
    message.widgets.append(
        WidgetState(id=_make_trigger_id(shown.id, "events"), json_trigger_value=json.dumps([chosen]))
    )
    send(at, message)
    return message


def choose(at, round_number):
    """Choose the first of five names in the game of half a second."""
    chosen = {"round": round_number, "choice": 0, "milliseconds": 700}
    return tell(at, told(at, "flash"), "answer", chosen)


def say_six_words(at, _):
    """Say the first word of each slot."""
    film = told(at, "lips-read-along")
    return tell(at, film, "chosen", {"number": json.loads(film.json)["number"], "words": [0] * 6})


def type_what_was_heard(at, _):
    """Answer in the game of sentences in noise."""
    asked = told(at, "assistant-listen")
    return tell(at, asked, "answered", {"number": json.loads(asked.json)["number"], "text": "the sun"})


def game_of(at, name):
    """The score of a game; None where none is on."""
    return next((at.session_state[key] for key in [f"game-{name}"] if key in at.session_state), None)


def begin(at, name):
    """Begin a game with a double click, where it does not stand there at once; gives its score."""
    if name in FOLDED:
        at.session_state[FOLDED[name]] = True
        at.run()
    if game_of(at, name) is None:
        begun = click(at, f"game-{name}-play")
        score = game_of(at, name)
        send(at, begun)
        assert game_of(at, name) is score
    return game_of(at, name)


def tap_twice(at, round_number):
    """Tap two places in the game of nuclei."""
    return tell(at, told(at, "tap"), "tapped", {"round": round_number, "taps": [[0.5, 0.5], [0.1, 0.2]]})


def press_first(prefix):
    """Press the first button whose key begins so."""
    return lambda at, _: click(at, next(each.key for each in at.button if each.key.startswith(prefix)))


FOLDED = {"risk-ten-cases": "risk-game", "symptoms": "symptoms-game"}  # the panel that a game is folded into
GAMES = {
    "which is real": ("super_resolution", {}, "fool_me", lambda at, _: click(at, "A is real")),
    "same or not": ("faces", {}, "same-or-not", lambda at, _: click(at, "Two people")),
    "half a second": ("feature_layers", {"look": "You against it"}, "half_a_second", choose),
    "in noise": ("assistant", {"do": "Who hears more?"}, "who_hears_more", type_what_was_heard),
    "tap the nuclei": ("medicine", {"do": "Tap the nuclei"}, "tap_the_nuclei", tap_twice),
    "which came first": ("why_now", {"do": "Guess the order"}, "order", press_first("order-")),
    "ten cases": ("medicine", {"do": "Weigh the risk"}, "risk-ten-cases", press_first("risk-ten-cases-")),
    "complaints": ("medicine", {"do": "Say how you feel"}, "symptoms", press_first("riddle-")),
    "six words": ("lip_reading", {}, "read_along", say_six_words),
}


def test_no_game_is_forgotten():
    files = Path(dlintro_demos.__file__).parent.rglob("*.py")
    assert sum("gallery.ui.game import" in path.read_text("utf-8") for path in files) == len(GAMES)


@pytest.mark.parametrize(("slug", "query", "name", "answer"), GAMES.values(), ids=GAMES.keys())
def test_a_double_click_in_a_game_counts_once(open_page, monkeypatch, slug, query, name, answer):
    """“You 2 right” after one pair, and “Pair 11 of 10”; on the board of scores, too."""
    on_the_board = []
    monkeypatch.setattr(Desk, "record", lambda *told: on_the_board.append(told[2:]))
    at = open_page(slug, **query)
    at.session_state["visitor"].play_as(SimpleNamespace(id="ada", nickname="Ada", room=""))
    score = begin(at, name)
    for number in range(2):
        answered = answer(at, number + 1)
        counted = (score.yours, score.machine, score.unsure, score.played)
        assert counted[3] == number + 1
        send(at, answered)
        assert (score.yours, score.machine, score.unsure, score.played) == counted
        gone_on = click(at, f"game-{name}-next")
        send(at, gone_on)
        assert (score.yours, score.machine, score.unsure, score.round) == (*counted[:3], number + 1)
    assert [outcome.demo for outcome, _ in on_the_board] == [slug, slug]
    assert all(0 <= outcome.yours <= 1 and 0 <= (outcome.machine or 0) <= 1 for outcome, _ in on_the_board)
    assert len({question for _, question in on_the_board}) == 2


@pytest.mark.parametrize(("slug", "query", "name", "answer"), GAMES.values(), ids=GAMES.keys())
def test_a_double_click_at_the_end_of_a_game_begins_no_other(open_page, slug, query, name, answer):
    at = open_page(slug, **query)
    score = begin(at, name)
    score.round = {"fool_me": 5, "who_hears_more": 7, "tap_the_nuclei": 2, "order": 7, "symptoms": 7}.get(
        name, 9
    )
    at.run()
    answer(at, score.round + 1)
    again = click(at, f"game-{name}-next")
    following = game_of(at, name)
    assert following is not score
    send(at, again)
    assert game_of(at, name) is following
    assert following is None or (following.round, following.played) == (0, 0)


def test_a_double_click_on_undo_takes_back_one_change_of_a_lesson(open_page):
    """“Undo” twice was an error page, or took back what nobody had seen."""
    at = open_page("teach_a_child")
    visit = at.session_state["taught"]
    begun = visit.lesson
    for size in (3, 2):
        visit.set(type(begun)(examples=begun.examples[:size]))
    at.run()
    clicked = click(at, "Undo")
    send(at, clicked)
    assert len(visit.lesson.examples) == 3
    click(at, "Undo")
    assert visit.lesson is begun


def test_a_double_click_on_undo_takes_back_one_name(open_page):
    at = open_page("faces", sample="astronaut")
    visit = at.session_state["face_visit"]
    (face,) = visit.known()
    for name in ("Eileen", "Grace"):
        visit.history.do("named somebody", name_faces(visit.history.book, [face], name))
    at.run()
    clicked = click(at, "Undo")
    send(at, clicked)
    assert visit.name_of(visit.history.book.tags[face]) == "Eileen"
    click(at, "Undo")
    assert not visit.history.book.tags
