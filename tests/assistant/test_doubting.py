"""What is asked first: which words go into the store, and how sure of them the ears were."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dlintro_demos.assistant.asking import Ask
from dlintro_demos.assistant.doubting import Heard, believed, doubtful, stored_words
from dlintro_demos.assistant.slots import extract
from dlintro_demos.assistant.store import Store
from dlintro_demos.assistant.tagger import tag
from dlintro_demos.gallery.process import engine

NOW = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Berlin"))
CARD = {"ask_word": 0.5, "ask_intent": 0.7, "unsure": 0.6, "unsure_intent": 0.8}


def ask(intent, text):
    slots, tagged = extract(text, NOW, intent=intent), tag(text, intent, engine().cache)
    return Ask(intent=intent, text=text, slots=slots, store=Store(NOW), now=NOW, tagged=tagged)


@pytest.mark.parametrize(
    ("intent", "text", "words"),
    [
        ("shopping_add", "add caviar and six eggs to my shopping list", {"caviar", "six", "eggs"}),
        ("reminder_add", "remind me at five to call mum", {"five", "call", "mum"}),
        ("calendar_add", "add a meeting with Sarah tomorrow", {"meeting", "with", "sarah", "tomorrow"}),
        ("calendar_move", "move the dentist to four", {"move", "dentist", "four"}),
    ],
)
def test_words_that_go_into_the_store(intent, text, words):
    assert stored_words(ask(intent, text)) == words


def test_the_least_sure_of_these_words_decides():
    caviar = ask("shopping_add", "add caviar to my shopping list")

    def heard(**sure):
        words = ((word, sure.get(word.strip("."), 0.95)) for word in ["Add", "caviar", "to", "my", "list."])
        return Heard(words=tuple(words), confidence=0.9)

    assert doubtful(caviar, heard(caviar=0.3), 0.99, CARD)
    assert not doubtful(caviar, heard(list=0.3), 0.99, CARD)
    assert doubtful(caviar, heard(), 0.65, CARD)
    assert not doubtful(caviar, heard(), 0.99, CARD)


def test_what_harms_nobody_is_not_asked():
    shown = ask("calendar_show", "what is my schedule for tomorrow")
    assert not doubtful(shown, Heard(words=(("tomorrow", 0.1),), confidence=0.9), 0.6, CARD)


@pytest.mark.parametrize(
    ("ears", "intent", "taken"), [(0.9, 0.61, True), (0.4, 0.61, False), (0.4, 0.95, True), (0.6, 0.61, True)]
)
def test_what_was_heard_unsurely_must_fit_an_intent_all_the_better(ears, intent, taken):
    assert believed(Heard(words=(), confidence=ears), intent, CARD) is taken
