"""One loop for every game: guess, truth, score, next round."""

import pytest
from streamlit.testing.v1 import AppTest

from dlintro_demos.gallery.ui.game import Score, Verdict, _note


def numbers_game():
    """Is the number even? The machine says so of multiples of four, and does not know where 3 divides it."""
    import streamlit as st

    from dlintro_demos.gallery.ui.game import Game, Verdict, play

    numbers = [4, 6, 7]

    def ask(score):
        if st.session_state.get("nothing left"):
            st.warning("No question today.")
            return None
        st.session_state.seeds = {*st.session_state.get("seeds", ()), score.seed}
        return numbers[score.round]

    def put(number, said, say):
        if said is None:
            st.write(f"Is {number} even?")
            st.button("Even", on_click=say, args=(True,))
            st.button("Odd", on_click=say, args=(False,))
        else:
            st.write(f"{number}: you said {said}")

    def judge(number, said):
        even = number % 2 == 0
        return Verdict(right=said == even, machine=None if number % 3 == 0 else (number % 4 == 0) == even)

    def tally(score):
        return f"After {score.played}: you {score.yours}, machine {score.machine}, unsure {score.unsure}"

    play(
        Game(
            name="numbers", rounds=3, round_title="Number", intro="Even or odd?",
            ask=ask, put=put, judge=judge, tally=tally,
        )
    )  # fmt: skip


@pytest.fixture
def at():
    return AppTest.from_function(numbers_game).run()


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def words(at):
    return [element.value for element in at.markdown]


def labels(at):
    return [button.label for button in at.button]


def test_nothing_is_asked_before_the_visitor_wants_to_play(at):
    assert at.caption[0].value == "Even or odd?"
    assert (labels(at), words(at)) == (["Play"], [])


def test_the_visitor_guesses_first_and_then_sees_the_truth_and_the_score(at):
    press(at, "Play")
    assert words(at) == ["**Number 1 of 3**", "Is 4 even?"]
    assert labels(at) == ["Even", "Odd"]
    press(at, "Even")
    assert words(at) == ["**Number 1 of 3**", "4: you said True", "After 1: you 1, machine 1, unsure 0"]
    assert labels(at) == ["Next number"]


def test_the_score_stays_from_round_to_round_to_the_end_and_begins_anew(at):
    press(at, "Play")
    press(at, "Odd")
    assert words(at)[1:] == ["4: you said False", "After 1: you 0, machine 1, unsure 0"]
    press(at, "Next number")
    assert words(at)[1:] == ["Is 6 even?", "After 1: you 0, machine 1, unsure 0"]
    press(at, "Even")
    assert words(at)[1:] == ["6: you said True", "After 2: you 1, machine 1, unsure 1"]
    press(at, "Next number")
    press(at, "Odd")
    assert words(at)[1:] == ["7: you said False", "After 3: you 2, machine 2, unsure 1"]
    assert labels(at) == ["Play again"]
    press(at, "Play again")
    assert labels(at) == ["Play"]
    press(at, "Play")
    assert words(at) == ["**Number 1 of 3**", "Is 4 even?"]
    assert len(at.session_state["seeds"]) == 2  # another game


def game_at_once():
    """Two numbers are asked for, and each counts; everybody's first game has seed 7."""
    import streamlit as st

    from dlintro_demos.gallery.ui.game import Game, Verdict, play

    def put(seed, said, say):
        st.write(f"seed {seed}" if said is None else f"you said {said}")
        st.button("Both", on_click=say, args=(2,))

    play(
        Game(
            name="pairs", rounds=1, round_title="Pair", intro="", ask=lambda score: score.seed, put=put,
            judge=lambda seed, said: Verdict(right=said, machine=1),
            tally=lambda score: f"you {score.yours}, machine {score.machine}",
            after=lambda seed, said: st.write(f"after {said}"), opening=7,
        )
    )  # fmt: skip


def test_a_game_may_stand_there_at_once_the_same_for_everybody_and_count_several_things_a_round():
    at = AppTest.from_function(game_at_once).run()
    assert words(at) == ["**Pair 1 of 1**", "seed 7"]
    press(at, "Both")
    assert words(at) == ["**Pair 1 of 1**", "you said 2", "you 2, machine 1", "after 2"]
    press(at, "Play again")
    assert words(at)[0] == "**Pair 1 of 1**"
    assert words(at)[1] != "seed 7"


def test_a_second_click_on_an_answered_question_counts_nothing():
    score, right = Score(), Verdict(right=True, machine=True)
    _note(score, 0, "Even", right)
    _note(score, 0, "Odd", right)  # both were on their way before the page had changed
    assert (score.said, score.yours, score.machine, score.played) == ("Even", 1, 1, 1)
    score.round, score.said = 1, None
    _note(score, 0, "Odd", right)  # on the question before
    assert (score.said, score.yours, score.played) == (None, 1, 1)


def test_a_game_without_a_question_says_why_and_asks_nothing(at):
    press(at, "Play")
    at.session_state["nothing left"] = True
    at.run()
    assert at.warning[0].value == "No question today."
    assert labels(at) == []


def test_rounds_are_counted_when_they_are_answered():
    score = Score()
    assert score.played == 0
    score.said = False  # an answer, too
    assert score.played == 1
    assert Score().seed != Score().seed
