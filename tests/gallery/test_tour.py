"""The tour: its stops in the order of the course, each opened as it says, and the questions at its end."""

import json
from urllib.parse import parse_qsl

import pytest

from dlintro_demos.gallery.catalogue import SLUGS, Part
from dlintro_demos.gallery.tour import (
    ASKED,
    MINUTES,
    QUESTIONS,
    TOURS,
    look_again,
    places,
    query_of,
    questions,
)
from dlintro_demos.gallery.ui.tour import TITLES
from tests.reading import words

every_tour = pytest.mark.parametrize("tour", TOURS)


def bar_of(at):
    """What the bar of the tour is given; None where there is none."""
    shown = [part.proto for part in at.get("bidi_component") if part.proto.id.endswith("rail")]
    return json.loads(shown[0].json) if shown else None


@pytest.mark.parametrize(("tour", "minutes"), [("short", 15), ("full", 60)])
def test_a_tour_takes_as_long_as_it_says(tour, minutes):
    assert len(places(tour)) * MINUTES == minutes


@every_tour
def test_the_stops_come_in_the_order_of_the_course_and_are_numbered(tour):
    parts = [list(Part).index(place.stop.part) for place in places(tour)]
    assert parts == sorted(parts)
    assert [place.number for place in places(tour)] == list(range(1, len(parts) + 1))


def test_the_full_tour_has_every_demo_every_part_and_all_of_the_short_one():
    full = places("full")
    assert {place.demo.slug for place in full} == set(SLUGS)
    assert {place.stop.part for place in full} == set(Part)
    assert {place.stop for place in places("short")} < {place.stop for place in full}


@pytest.mark.parametrize("place", places("full"), ids=lambda place: f"{place.number}-{place.demo.slug}")
def test_a_stop_opens_its_page_as_it_says_with_its_sentence_above(open_page, place):
    at = open_page("tour", **query_of(place.tour, place.number))
    assert not at.exception
    assert [title.value for title in at.title] == [place.demo.title]
    said = bar_of(at)
    assert (said["at"], said["part"], said["time"]) == (place.number, place.stop.part, "3 minutes")
    assert place.stop.words in words(at)
    # What a page does not know, or what is its default, would not stay in the address.
    asked = dict(parse_qsl(place.stop.query))
    assert {name: at.query_params[name] for name in place.query} == place.query
    strips = [json.loads(part.proto.json) for part in at.get("bidi_component") if "strip-sample" in str(part)]
    if "sample" in asked:
        assert [strip["chosen"] for strip in strips] == [asked["sample"]]


@pytest.mark.parametrize(
    "query",
    [
        {"tour": "short", "stop": "0"},
        {"tour": "short", "stop": "7"},
        {"tour": "short", "stop": "-1"},
        {"tour": "short", "stop": "²"},
        {"tour": "short"},
        {"tour": "long", "stop": "1"},
        {"tour": "<b>", "stop": "1e3"},
        {"tour": "", "stop": ""},
    ],
)
def test_a_place_that_no_tour_has_opens_the_list_of_stops(open_page, query):
    at = open_page("tour", **query)
    assert not at.exception
    assert at.title[0].value == "The tour"
    assert bar_of(at) is None


def test_a_page_that_is_not_the_stop_of_its_address_has_the_menu(open_page):
    at = open_page("why_now", tour="short", stop="1")
    assert bar_of(at) is None
    assert any(part.proto.id.endswith("menu") for part in at.get("bidi_component"))


@every_tour
def test_five_questions_are_on_parts_that_were_seen_and_lead_back_to_one(tour):
    seen = {place.stop.part for place in places(tour)}
    for seed in range(20):
        asked = questions(tour, seed)
        assert len({question.part for question, _ in asked}) == ASKED
        for question, answers in asked:
            assert sorted(answers) == sorted(question.answers)
            assert question.part in seen
            assert look_again(tour, question.part).stop.part == question.part


def test_the_right_answer_stands_in_every_place_and_every_question_is_asked():
    rounds = [asked for seed in range(50) for asked in questions("full", seed)]
    assert {answers.index(question.answers[0]) for question, answers in rounds} == {0, 1, 2}
    assert {question.asks for question, _ in rounds} == {question.asks for question in QUESTIONS}


def test_the_score_counts_right_answers_and_says_what_to_look_at_again(open_page):
    at = open_page("tour", **query_of("short", 6))
    assert len(at.radio) == ASKED
    right = {question.asks: question.answers[0] for question in QUESTIONS}
    for radio in at.radio[:2]:
        radio.set_value(right[radio.label])
    at.radio[2].set_value(next(each for each in at.radio[2].options if each != right[at.radio[2].label]))
    at.button[0].click().run()  # two are left without an answer
    assert not at.exception
    assert at.subheader[0].value == "2 of 5 right"
    again = [link.proto.label for link in at.get("page_link")]
    assert len(again) == 3
    assert all(label.startswith("Look again at stop ") for label in again)
    at.button[1].click().run()
    assert [radio.value for radio in at.radio] == [None] * ASKED
    assert not at.subheader


def test_nothing_answered_is_no_score_and_tells_nothing(open_page):
    at = open_page("tour", **query_of("short", 6))
    at.button[0].click().run()
    assert not at.subheader
    assert not [link for link in at.get("page_link") if "Look again" in link.proto.label]
    assert any("Choose an answer first" in each.value for each in at.markdown)


def test_the_list_leads_to_every_stop_of_both_tours(open_page):
    at = open_page("tour")
    assert [each.value for each in at.subheader] == list(TITLES.values())
    links = [link.proto.query_string for link in at.get("page_link")]
    assert links == [f"tour={tour}&stop={place.number}" for tour in TOURS for place in places(tour)]
