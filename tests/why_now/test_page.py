"""Why now: the page, without a browser."""

import pytest

from dlintro_demos.why_now.history import processors, systems, training_sets, winners
from dlintro_demos.why_now.latest import LATEST, recorded
from dlintro_demos.why_now.quiz import OPENING, ask
from dlintro_demos.why_now.ui.charts import AT_THE_LEFT, CROWDED, LANDMARKS


def texts(at):
    return " ".join(each.value for each in (*at.markdown, *at.caption, *at.info))


def charts(at):
    return [each.proto.alt for each in at.get("vega_lite_chart")]


@pytest.fixture
def never_measured(monkeypatch):
    """As in a gallery that has just been opened."""
    monkeypatch.setattr(LATEST, "_found", None)
    monkeypatch.setattr(LATEST, "_number", 0)


def test_the_recorded_measurement_stands_there_at_once_and_is_labelled(open_page, never_measured):
    at = open_page("why_now")
    assert not at.exception
    assert f"Recorded on {recorded().when[:10]}" in texts(at)
    assert "GPT-3 (2020)" in texts(at)
    assert "A training step of a small network" in texts(at)


def test_the_latest_measurement_is_everybodys_with_its_age(open_page, never_measured):
    LATEST.over(1, recorded())
    at = open_page("why_now")
    assert "measured less than a second ago" in texts(at) or "ago" in texts(at)
    assert "Recorded on" not in texts(at)


def test_a_machine_that_others_use_says_how_busy_it_was(open_page, never_measured):
    from dataclasses import replace

    LATEST.over(1, replace(recorded(), busy=0.8))
    assert "Others used 80 % of the processor" in texts(open_page("why_now"))
    LATEST.over(1, replace(recorded(), busy=0.05))
    assert "Others used" not in texts(open_page("why_now"))


def test_dragging_the_year_changes_what_is_in_reach(open_page):
    at = open_page("why_now", do="Sixty years", year="2006")
    assert not at.exception
    assert "one GeForce 8800 GTX" in texts(at)
    at.slider(key="year").set_value(2024).run()
    assert "one B200" in texts(at)
    assert "**GPT" not in texts(at)  # one processor and one day are far from enough


@pytest.mark.parametrize("mode", ["This machine", "Sixty years"])
def test_no_point_of_a_chart_leads_out_of_the_visit(open_page, mode):
    shown = open_page("why_now", do=mode).get("vega_lite_chart")
    assert shown
    assert not any("href" in each.proto.spec for each in shown)


@pytest.mark.parametrize("mode", ["This machine", "Sixty years"])
def test_every_figure_has_its_source_one_click_away(open_page, mode):
    at = open_page("why_now", do=mode)
    at.session_state["sources"] = True
    said = texts(at.run())
    for system in systems():
        assert f"({system.paper})" in said


def test_the_causes_stand_there_recorded_and_say_what_makes_no_difference(open_page):
    at = open_page("why_now", do="Three causes")
    assert not at.exception
    assert "**Recorded**" in texts(at)
    assert "no difference" in texts(at)


def test_a_round_of_the_game_is_judged_and_the_rule_is_said_to_be_one(open_page):
    at = open_page("why_now", do="Guess the order")
    question = ask(OPENING, 0)
    at.button(key=f"order-{question.truth.name}").click().run()
    assert not at.exception
    assert f"It was **{question.truth.name}**. You were right" in texts(at)
    assert "no network here but a rule" in texts(at)


@pytest.mark.parametrize("year", ["1900", "x", "99999", ""])
def test_a_year_that_is_none_is_no_error(open_page, year):
    assert not open_page("why_now", do="Sixty years", year=year).exception


def test_names_that_have_a_place_of_their_own_in_a_chart_are_those_of_its_table():
    assert set(LANDMARKS) <= {each.name for each in (*systems(), *processors())}
    assert set(CROWDED) <= {each.name for each in winners()}
    assert set(AT_THE_LEFT) <= {each.name for each in training_sets()}
