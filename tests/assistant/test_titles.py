"""What an appointment is called, what to be reminded of, what to buy."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from dlintro_demos.assistant.dialogue import Dialogue
from dlintro_demos.assistant.tables import SHOPPING
from dlintro_demos.assistant.tagger import Tagged, of_words
from dlintro_demos.gallery.process import engine
from training.assistant.titles import measured, spans

NOW = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_word_is_as_likely_as_its_tokens():
    places = [(0, 0), (0, 4), (5, 8), (8, 9), (9, 11), (11, 12), (0, 0)]
    words = of_words("call mum's, ", places, [0.9, 0.2, 1.0, 0.5, 0.0, 0.7, 0.9])
    assert words == (
        Tagged(start=0, end=4, probability=0.2),
        Tagged(start=5, end=10, probability=0.5),
    )


def test_a_title_is_found_again_in_another_form_of_its_sentence():
    import numpy as np

    whole, other = "remind me to call mum at five", "Hey, remind me to cal mum, um, at five."
    marked = np.zeros(len(whole), bool)
    marked[whole.index("call") : whole.index(" at")] = True
    assert [other[slice(*span)] for span in spans(whole, marked, other)] == ["cal", "mum"]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Dinner at Leo's place on Saturday at seven, note it in my diary.", "Dinner at Leo's place"),
        ("I suppose I should have the car inspection in there, maybe Tuesday at eight?", "Car inspection"),
        ("Do me a favor and schedule a checkup for next Monday at 8.", "Checkup"),
        ("My driving lesson is on Tuesday at 3. Please enter.", "Driving lesson"),
        ("Parents' evening on Thursday at 19:30, note it please", "Parents' evening"),
        ("I always forget to water the plants, so nudge me about it tomorrow evening.", "water the plants"),
        ("Um, hey, so I gotta pay the gas bill on Friday. Don't let me like forget.", "pay the gas bill"),
        ("I have to take the cake out in 20 minutes, say something then.", "take the cake out"),
    ],
)  # fmt: skip
def test_the_order_and_the_time_are_no_part_of_a_title(said, title):
    turn = Dialogue(engine().cache, NOW).say(said)
    assert f"“{title}”" in turn.answer
    assert title in [slot.value for slot in turn.slots if slot.kind == "title"]


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("We need butter and onions. Write it please on the list.", ["butter", "onions"]),
        ("Um, chuck, like, some bananas and, uh, yoghurt on the shopping list.", ["bananas", "yoghurt"]),
        ("On the list as well, two packs of spaghetti.", ["spaghetti"]),
        ("Put eggs tonight and butter on the shopping list", ["eggs", "butter"]),
        ("We need milk today, bread tomorrow", ["milk", "bread"]),
    ],
)  # fmt: skip
def test_only_things_to_buy_go_onto_the_list(said, items):
    dialogue = Dialogue(engine().cache, NOW)
    dialogue.say(said)
    rows = dialogue.store.read(select(SHOPPING).order_by(SHOPPING.c.id))
    assert [row["item"] for row in rows[4:]] == items


@pytest.mark.parametrize(
    ("said", "answer", "title", "when"),
    [
        ("Add shift handover to my calendar", "Friday evening at six", "Shift handover", "18:00"),
        ("Add grandpa's eightieth to my calendar", "tomorrow at ten", "Grandpa's eightieth", "10:00"),
        ("Add grandpa's eightieth to my calendar", "1030", "Grandpa's eightieth", "10:30"),
    ],
)
def test_a_time_that_is_said_later_takes_nothing_from_the_title(said, answer, title, when):
    dialogue = Dialogue(engine().cache, NOW)
    dialogue.say(said)
    told = dialogue.say(answer).answer
    assert f"“{title}”" in told
    assert when in told


def test_an_evening_begins_in_the_evening():
    assert (
        "tomorrow at 17:00"
        in Dialogue(engine().cache, NOW).say("Remind me to call mum tomorrow evening").answer
    )


def test_figures_on_the_card_are_those_of_the_weights():
    cache = engine().cache
    card = {figure.name: figure.value for figure in cache.card("assistant_titles").figures}
    assert card == dict(measured(cache))
