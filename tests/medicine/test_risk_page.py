"""“Weigh the risk” on the page, without a browser."""

import csv
import io
import re

import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.words import per_cent
from dlintro_demos.medicine.risk.measures import NAMES, spans
from dlintro_demos.medicine.risk.network import MODEL
from dlintro_demos.medicine.risk.quiz import ROUNDS
from dlintro_demos.medicine.risk.samples import SAMPLES
from dlintro_demos.medicine.risk.table import COLUMNS
from dlintro_demos.medicine.risk.weighing import weigh as weigh_case
from tests.reading import words

DO = "Weigh the risk"


@pytest.fixture
def weigh(open_page):
    """Opens the view, perhaps at another case."""
    return lambda **query: open_page("medicine", do=DO, **query)


def chosen(at, key, value):
    at.session_state[key] = value
    return at.run()


def opened(at, panel):
    return chosen(at, panel, True)


def charts(at):
    return " ".join(element.proto.alt for element in at.get("vega_lite_chart"))


def pictures(at):
    return " ".join(element.proto.body for element in at.get("html"))


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def slider(at, label):
    return next(each for each in at.slider if each.label == label)


def table_of(rows):
    file = io.StringIO()
    csv.writer(file).writerows([("case", *COLUMNS), *rows])
    return file.getvalue().encode()


def test_it_opens_with_a_case_drawn_its_probability_and_an_answer(weigh, no_network):
    at = weigh()
    assert not at.exception
    assert not at.warning
    assert "Not for diagnosis" in words(at)
    assert "### Malignant" in words(at)
    assert "Its ten networks leave room for" in words(at)
    assert "A drawing after its measures, no photograph." in words(at)
    assert "The laboratory found: **malignant**" in words(at)
    assert "Probabilities of malignant by ten networks" in charts(at)


@pytest.mark.parametrize("sample", [each.key for each in SAMPLES])
def test_every_sample_is_shown_and_what_is_strange_is_not_answered(weigh, sample):
    at = weigh(sample=sample)
    assert not at.exception
    unknown = sample in ("close", "noise", "unit", "swapped")
    assert ("I don't know" in words(at)) == unknown
    assert bool(at.warning) == (sample in ("noise", "unit", "swapped"))
    assert not re.search(r"(over 99 %|under 1 %) to \1", words(at))


def test_the_networks_disagreement_is_said_alike_at_the_answer_and_in_the_steps(weigh):
    said = words(weigh(sample="close"))
    sample = next(each for each in SAMPLES if each.key == "close")
    *_, weighed = weigh_case(sample.values(), (), False, engine().cache)
    verdict = weighed.verdict
    open_ = f"{per_cent(verdict.low)} to {per_cent(verdict.high)}"
    ends = f"{per_cent(verdict.networks[0])} to {per_cent(verdict.networks[-1])}"
    assert open_ != ends
    assert f"Its ten networks leave room for {open_}, and the threshold of 19% lies within." in said
    assert f"say {ends}, on average" in said
    assert f"answers were right: {open_}." in said


def test_nonsense_in_the_address_does_no_harm(weigh):
    assert "### Malignant" in words(weigh(sample="<script>"))


def test_the_threshold_moves_the_answer_and_the_counts(weigh):
    at = weigh(sample="close")
    assert "### I don't know" in words(at)
    at.slider(key="risk-threshold").set_value(1).run()
    assert not at.exception
    assert "### Malignant" in words(at)
    low = pictures(at)
    at.slider(key="risk-threshold").set_value(99).run()
    assert "### Benign" in words(at)
    assert pictures(at) != low


def test_what_thresholds_chosen_by_each_fold_did_stands_below_the_counts(weigh):
    figures = {figure.name: figure.value for figure in engine().cache.card(MODEL).figures}
    found, let_go = (
        float(value) for name, value in figures.items() if "at the chosen threshold, networks" in name
    )
    said = words(weigh())
    assert f"each fold chose its own on the others, {found:.1%} were found and {let_go:.1%} let go" in said


def test_the_prevalence_moves_who_is_frightened_for_nothing(weigh):
    at = weigh()
    at.slider(key="risk-prevalence").set_value(1).run()
    assert "1,000 dots: 10 found, 0 missed" in pictures(at)
    at.slider(key="risk-prevalence").set_value(50).run()
    assert "of 1,000 women" in words(at).lower()
    assert "1,000 dots: 10 found" not in pictures(at)


def test_a_measure_that_is_changed_changes_the_case_and_can_be_undone(weigh):
    at = opened(weigh(), "risk-measures")
    first = charts(at)
    slider(at, "Worst radius").set_value(spans()[NAMES.index("worst radius")].least).run()
    assert not at.exception
    assert "I don't know" in words(at)
    assert "The worst radius" in at.warning[0].value
    assert "You changed this case" in words(at)
    press(at, "Undo all changes")
    assert charts(at) == first


def test_the_others_may_follow_a_change(weigh):
    at = opened(weigh(), "risk-measures")
    number = NAMES.index("worst radius")
    slider(at, "Worst radius").set_value(SAMPLES[0].values()[number] * 0.75).run()
    assert "I don't know" in words(at)
    at.toggle(key="risk-follow").set_value(True).run()
    assert not at.exception
    assert not at.warning
    at = chosen(chosen(at, "risk-measures", False), "risk-measures", True)
    assert at.toggle(key="risk-follow").value
    assert not at.warning


def test_a_change_of_one_kind_outlives_a_look_at_another(weigh):
    at = opened(weigh(), "risk-measures")
    slider(at, "Worst texture").set_value(30.0).run()
    at = chosen(at, "risk-kind", "mean")
    assert not at.exception
    assert "You changed this case" in words(at)
    at = chosen(at, "risk-kind", "worst")
    assert slider(at, "Worst texture").value == 30.0


def test_reasons_neighbours_and_the_smallest_change_stand_in_their_panel(weigh):
    at = opened(weigh(), "risk-why")
    assert not at.exception
    assert "Log-odds that measures bring" in charts(at)
    assert pictures(at).count("A drawing of a known case") == 5
    assert "The smallest change" in words(at)
    assert "It is what the networks' answer hangs on" in words(at)


def test_a_case_that_cannot_be_is_not_explained(weigh):
    at = opened(weigh(sample="unit"), "risk-why")
    assert not at.exception
    assert "was not weighed" in words(at)


def test_how_far_to_believe_it_shows_calibration_use_and_the_card(weigh):
    at = opened(weigh(), "risk-believe")
    assert not at.exception
    assert "Expected calibration error" in charts(at)
    assert "before calibration" in charts(at)
    assert "Net benefit for 1,000 women" in charts(at)
    assert "they tie" in words(at)
    card = engine().cache.card(MODEL)
    assert all(figure.value in words(at) for figure in card.figures[:6])


def test_a_game_of_ten_cases_is_played_to_its_end(weigh):
    at = opened(weigh(), "risk-game")
    at = press(at, "Play")
    for number in range(ROUNDS):
        assert f"Case {number + 1} of {ROUNDS}" in words(at)
        at = press(at, "Malignant")
        assert not at.exception
        assert "The machine says" in words(at)
        if number + 1 < ROUNDS:
            at = press(at, "Next case")
    assert "you **5** right" in words(at)


def test_a_table_is_answered_row_by_row_and_markup_stays_text(weigh):
    at = opened(weigh(), "risk-table")
    good, bad = list(SAMPLES[0].values()), list(SAMPLES[1].values())
    bad[0] = "<b>large</b>"
    data = table_of([["<i>a</i>", *good], ["b", *bad], ["c", *SAMPLES[4].values()]])
    at.file_uploader[0].set_value(("cases.csv", data, "text/csv"))
    at.run()
    assert not at.exception
    assert "3 rows at a threshold of" in words(at)
    assert "**1** malignant" in words(at)
    assert "**1** not read" in words(at)
    assert "Line 3" in at.warning[0].value
    everything = " ".join(each.value for each in (*at.markdown, *at.warning))
    assert "<b>" not in everything
    assert "<i>" not in everything


def test_a_file_that_is_no_table_is_refused_in_words(weigh):
    at = opened(weigh(), "risk-table")
    at.file_uploader[0].set_value(("cases.csv", b"\x89PNG\r\n\x1a\n", "text/csv"))
    at.run()
    assert not at.exception
    assert "This is a picture, not a table" in at.warning[0].value
