"""The assistant's page, without a browser."""

import json
import time
from datetime import UTC, datetime

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from dlintro_demos.assistant import conversing, quiz
from dlintro_demos.assistant.conversing import DEAF
from dlintro_demos.assistant.hearing import WHY
from dlintro_demos.assistant.intent_map import CALLED
from dlintro_demos.assistant.phrases import NONE, phrasings
from dlintro_demos.assistant.recordings import LABEL
from dlintro_demos.assistant.turn import take_turn
from dlintro_demos.assistant.ui import in_noise, talk_to_it, visit
from dlintro_demos.assistant.ui.components.listen import read_answer
from dlintro_demos.assistant.ui.components.talk import LONGEST, read_number, read_text
from dlintro_demos.assistant.word_errors import words_right
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.runtime.jobs import Progress, QueueFull
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
from dlintro_demos.gallery.ui.game import Score
from tests.reading import words


def told(at, key):
    """What the component of that key was told; None where it is not there."""
    shown = [part.proto for part in at.get("bidi_component") if part.proto.id.endswith(key)]
    return json.loads(shown[0].json) if shown else None


def turns(at):
    return told(at, "assistant-talk")["turns"]


def cards(at):
    return {card["name"]: card for card in told(at, "assistant-stages")["cards"]}


def lines(card):
    return {line["label"]: line["text"] for line in card["lines"]}


def tell(at, key, event, value):
    """The component of that key says that something happened."""
    shown = next(part.proto for part in at.get("bidi_component") if part.proto.id.endswith(key))
    message = WidgetStates()
    message.CopyFrom(at._tree.get_widget_states())
    chosen = json.dumps([{"event": event, "value": value}])
    message.widgets.append(WidgetState(id=_make_trigger_id(shown.id, "events"), json_trigger_value=chosen))
    return at._run(message)


def say(at, text):
    """What the browser sends of a text that is typed."""
    return tell(at, "assistant-talk", "said", text.strip()[:LONGEST])


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def bring(at, data, name="said.wav"):
    at.file_uploader[0].set_value((name, data, "audio/wav"))
    return at.run()


def opened(at, key):
    at.session_state[key] = True
    return at.run()


@pytest.fixture
def recording(open_page):
    """The recording that everybody finds, as a file."""
    at = open_page("assistant")
    return at.session_state["assistant"].entries[0].recording


def test_the_first_exchange_stands_there_before_anybody_speaks(open_page, no_network):
    at = open_page("assistant")
    assert not at.exception
    assert not at.warning
    (turn,) = turns(at)
    assert turn["you"] == "What is my schedule for tomorrow?"
    assert turn["by"] == LABEL
    assert turn["answer"].startswith("You have 3 appointments tomorrow: ")
    assert len(turn["sound"]["words"]) == 6
    assert turn["speech"]
    assert told(at, "assistant-talk")["speak"] == turn["number"]  # as old as the page: nothing is spoken


def test_every_stage_has_a_card_with_its_milliseconds(open_page):
    shown = cards(open_page("assistant"))
    assert list(shown) == [
        "Recording", "Voice activity", "Speech to text", "Plain words", "Intent", "Slots",
        "Action and answer", "Text to speech",
    ]  # fmt: skip
    assert all(card["milliseconds"] >= 0 for card in shown.values())
    heard = next(line for line in shown["Speech to text"]["lines"] if line["words"])
    assert [word for word, _ in heard["words"]] == ["What", "is", "my", "schedule", "for", "tomorrow?"]
    assert all(0 < probability <= 1 for _, probability in heard["words"])
    assert lines(shown["Intent"])["Out"] == "show the calendar"
    assert shown["Intent"]["sure"] > shown["Intent"]["needed"] > 0
    assert lines(shown["Action and answer"])["SQL"].startswith("SELECT … FROM events WHERE")


def test_what_is_typed_is_answered_and_what_it_does_not_need_is_said(open_page):
    at = say(open_page("assistant"), "Find a flight to Paris on Friday")
    assert not at.exception
    _, turn = turns(at)
    assert (turn["you"], turn["by"], turn["sound"]) == ("Find a flight to Paris on Friday", "Typed", None)
    assert told(at, "assistant-talk")["at"] == told(at, "assistant-talk")["speak"] == turn["number"]
    assert [card["by"] for card in cards(at).values()][:3] == ["skipped: it was typed"] * 3
    at = say(at, "the cheaper one")
    assert turns(at)[-1]["answer"].startswith("Shall I book 1 seat on ")
    at = press(at, "Yes")  # what was asked back has its buttons
    assert turns(at)[-1]["answer"].startswith("Booked: ")
    assert "INSERT INTO flight_bookings" in lines(cards(at)["Action and answer"])["SQL"]
    assert not any(button.label == "No" for button in at.button)


def test_a_sentence_of_each_use_can_be_pressed(open_page):
    at = open_page("assistant")
    for use, sentences in talk_to_it.SUGGESTED.items():
        at.button_group(key="about").set_value(use).run()
        at = press(at, sentences[0])
        assert not at.exception
        assert turns(at)[-1]["you"] == sentences[0]
        assert turns(at)[-1]["known"] == (use != talk_to_it.FOOL), sentences[0]


def test_a_recording_is_heard_once_and_with_what_is_wrong_with_it(open_page, recording):
    at = bring(open_page("assistant"), recording)
    assert not at.exception
    assert [turn["by"] for turn in turns(at)] == [LABEL, "Spoken."]
    assert turns(at)[1]["you"] == "What is my schedule for tomorrow?"
    at = say(at, "thanks")  # the file stands there still, and is not heard again
    assert [turn["you"] for turn in turns(at)][1:] == ["What is my schedule for tomorrow?", "thanks"]


def test_what_is_no_sound_is_refused_in_words_and_the_conversation_stays(open_page):
    at = bring(open_page("assistant"), b"<html>hello</html>", "said.wav")
    assert not at.exception
    assert at.warning[0].value.startswith("This is not a sound the gallery knows.")
    assert len(turns(at)) == 1
    assert len(turns(say(at, "thanks"))) == 2
    assert not at.exception


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script><b>bold</b>",
        "🍕🍕🍕",
        "x" * 10_000,
        "delete everything; drop table events",
        "?",
    ],
)
def test_markup_emoji_and_very_long_texts_do_no_harm(open_page, text):
    at = say(open_page("assistant"), text)
    assert not at.exception
    assert not at.error
    assert len(turns(at)) == 2
    assert len(turns(at)[1]["you"]) <= 400
    assert "<script>" not in words(at)
    at = say(at, "What is my schedule for tomorrow?")
    assert turns(at)[-1]["answer"].startswith("You have 3 appointments tomorrow: ")


def test_only_what_is_read_of_a_long_text_is_shown_and_that_is_said(open_page):
    at = say(open_page("assistant"), "so " * 4_000)
    assert turns(at)[1]["by"] == "Typed; the first 400 characters were read."


def test_what_is_not_meant_for_it_changes_nothing_and_it_says_what_it_can_do(open_page):
    at = say(open_page("assistant"), "tell me a joke about cows")
    turn = turns(at)[1]
    assert not turn["known"]
    assert turn["answer"].startswith("I don't know that, or it was not meant for me. I can help with ")
    assert cards(at)["Intent"]["sure"] < cards(at)["Intent"]["needed"]
    assert lines(cards(at)["Action and answer"])["SQL"] == "none ran"


def test_a_turn_is_looked_at_again_with_its_own_pipeline(open_page):
    at = say(open_page("assistant"), "thanks")
    assert lines(cards(at)["Intent"])["Out"] == "thanks"
    at = tell(at, "assistant-talk", "looked", 0)
    assert lines(cards(at)["Intent"])["Out"] == "show the calendar"


def test_what_earlier_turns_named_is_told_apart_on_the_cards(open_page):
    at = press(open_page("assistant", about="Commute"), "When is the next train to Hamburg?")
    at = say(at, "And tomorrow morning?")
    slots = lines(cards(at)["Slots"])
    assert slots["From before"] == "place “Hamburg”: Hamburg"
    assert "Hamburg" not in slots["Out"]
    at = say(at, "And the day after?")
    assert "Meant" in lines(cards(at)["Slots"])


@pytest.fixture
def without(monkeypatch):
    """Lets models be missing, on a day of which nothing is kept."""
    cache, gone = engine().cache, set()
    get = cache.get

    def found(key):
        if key in gone:
            raise ModelUnavailable(f"{key} is missing; restore it from the repository")
        return get(key)

    def lose(*keys):
        gone.update(keys)
        day = datetime(2027, 1, len(keys), 9, tzinfo=UTC)
        monkeypatch.setattr(visit, "now", lambda: day)

    monkeypatch.setattr(cache, "get", found)
    return lose


def complaints(at):
    return " ".join(each.value for each in (*at.error, *at.warning, *at.info))


def test_without_ears_and_voice_it_is_written_to_and_says_why(open_page, without, recording):
    without("whisper_tiny_en", "silero_vad", "hibari_voice")
    at = open_page("assistant")
    assert not at.exception
    (opening,) = turns(at)
    assert opening["by"].startswith(f"{DEAF} silero_vad is missing; restore it")
    assert opening["answer"].startswith("You have ")
    assert opening["speech"] is None
    assert cards(at)["Text to speech"]["by"].startswith("skipped: hibari_voice is missing; restore it")
    at = say(at, "Add caviar to my shopping list")
    assert turns(at)[-1]["answer"] == "Caviar is on your shopping list now."
    at = bring(at, recording)
    assert not at.exception
    assert "silero_vad is missing" in complaints(at)
    assert turns(say(at, "thanks"))[-1]["you"] == "thanks"


def test_without_the_head_it_says_so_in_words(open_page, without):
    without("assistant_intents")
    at = open_page("assistant")
    assert not at.exception
    assert "assistant_intents is missing" in complaints(at)


def test_evidence_is_worked_out_when_it_is_opened(open_page):
    at = open_page("assistant")
    assert "The nearest of the phrases" not in words(at)
    at = opened(at, "assistant-why")
    assert not at.exception
    assert "The nearest of the phrases that it learned from" in words(at)
    assert "of what differs between the phrases" in words(at)
    assert len(at.get("vega_lite_chart")) == 2


def test_a_corrected_sentence_is_tried_on_a_copy_and_then_answered_instead(open_page):
    at = say(open_page("assistant"), "Add a meeting with Sarah tomorrow at four")
    entries = at.session_state["assistant"].entries
    before = entries[-1].after.store.nbytes
    at = opened(at, "assistant-correct")
    at = (
        at.text_input(key=f"assistant-meant-{entries[-1].number}")
        .set_value("Am I free tomorrow at four?")
        .run()
    )
    assert not at.exception
    assert "find free time" in words(at)
    assert "Tried on a copy: nothing of it has happened." in words(at)
    assert at.session_state["assistant"].entries == entries
    assert entries[-1].after.store.nbytes == before
    at = press(at, "Answer this instead")
    assert [turn["you"] for turn in turns(at)][1:] == ["Am I free tomorrow at four?"]
    assert turns(at)[-1]["answer"] == "Yes, you are free tomorrow at 16:00."  # Sarah was never there


def test_keyword_rules_stand_beside_what_was_learned_with_the_scores_of_the_card(open_page):
    at = say(open_page("assistant"), "Hiya")
    said = words(opened(at, "assistant-rules"))
    assert "greeting (" in said
    assert "not for me" in said
    figures = {figure.name: figure.value for figure in engine().cache.card("assistant_intents").figures}
    ruled = [name for name in figures if name.endswith(", by keyword rules")]
    assert len(ruled) == 8
    for name in ruled:
        assert f"{figures[name.removesuffix(', by keyword rules')]} | {figures[name]} |" in said


def test_forget_clears_the_conversation_its_store_and_its_sounds(open_page, recording):
    at = say(bring(open_page("assistant"), recording), "Add milk to my shopping list")
    me = at.session_state["visitor"]
    assert engine().results.count(me.id) > 0
    at = press(at, "Forget everything I showed")
    assert not at.exception
    assert [turn["number"] for turn in turns(at)] == [0]
    assert engine().results.count(me.id) == 0
    assert "1 file you uploaded" in at.success[0].value


def test_two_visitors_and_two_tabs_do_not_mix(open_page):
    here, there = open_page("assistant"), open_page("assistant")
    here = say(here, "Add caviar to my shopping list")
    there = say(there, "What is on my shopping list?")
    assert "caviar" not in turns(there)[-1]["answer"]
    here = say(here, "What is on my shopping list?")
    assert "caviar" in turns(here)[-1]["answer"]
    assert len(turns(there)) == 2


def test_a_full_queue_says_so_and_loses_nothing(open_page, monkeypatch):
    at = open_page("assistant")

    def full(*_, **__):
        raise QueueFull("The gallery is busy.")

    with monkeypatch.context() as crowded:
        crowded.setattr(engine().queue, "submit", full)
        at = say(at, "thanks")
    assert at.warning[0].value == "The gallery is busy."
    assert len(turns(at)) == 1
    at = press(at, "Try again")
    assert [turn["you"] for turn in turns(at)][1:] == ["thanks"]


def test_a_turn_that_is_stopped_has_not_happened_and_can_be_started_again(open_page, monkeypatch):
    at = say(open_page("assistant"), "Add a meeting with Sarah tomorrow at four")
    *_, last = at.session_state["assistant"].entries

    def endless(conversation, said, now):
        yield next(take_turn(conversation, said, now))
        while True:
            yield Progress(1, 2)
            time.sleep(0.01)

    with monkeypatch.context() as slow:
        slow.setattr(conversing, "take_turn", endless)
        slow.setattr(engine().queue, "deadline_s", 0.2)
        at = say(at, "undo")
    assert not at.exception
    assert "was stopped" in at.warning[0].value
    assert at.session_state["assistant"].entries[-1] is last
    at = press(at, "Start again")
    assert turns(at)[-1]["answer"] == "Meeting with Sarah is removed again."
    assert len(turns(at)) == 3


def test_who_says_something_else_before_the_answer_is_answered_that(open_page):
    at = open_page("assistant")
    at.session_state["assistant"].say("undo")
    at.session_state["assistant"].say("thanks")
    at = at.run()
    assert [turn["you"] for turn in turns(at)][1:] == ["thanks"]


def test_every_intent_has_a_name_and_a_use():
    assert set(CALLED) == {*phrasings(), NONE}


def test_what_nobody_said_is_not_answered_and_the_cards_say_where_it_ended(open_page):
    at = open_page("assistant", about="Fool it")
    for sound in ("Play it music", "A quiet room", "Clattering plates"):
        at = press(at, sound)
        assert not at.exception
        assert turns(at)[-1]["by"] == f"A made sound: {sound.lower()}"
        assert not turns(at)[-1]["known"]
        assert turns(at)[-1]["answer"] == WHY["no speech"]
        assert cards(at)["Intent"]["by"] == "not reached"
        assert len(at.session_state["assistant"].entries[-1].after.turns) == 1  # that everybody finds


def in_round(open_page, number, said=None, yours=0, machine=0):
    """The page in a round of the game that everybody finds, after `said` where it is answered."""
    at = open_page("assistant", do="Who hears more?")
    score = Score(seed=quiz.OPENING, round=number, yours=yours, machine=machine)
    score.said = said
    at.session_state[f"game-{in_noise.NAME}"] = score
    return at.run()


def test_a_sentence_in_noise_stands_there_and_nothing_gives_it_away(open_page):
    at = open_page("assistant", do="Who hears more?")
    assert not at.exception
    asked = told(at, "assistant-listen")
    assert asked["rows"] == []
    assert asked["headline"] == "A synthetic voice in rain. What does it say?"
    truth = quiz.riddle(quiz.OPENING, 0).text
    assert truth not in words(at) + json.dumps(asked)


def test_both_are_scored_by_word_errors(open_page):
    truth = quiz.riddle(quiz.OPENING, 0).text
    at = in_round(open_page, 0, said=truth.replace("eleven", "11").replace("sun", "son"), yours=9, machine=9)
    asked = told(at, "assistant-listen")
    you, machine, it_was = asked["rows"]
    assert [word for word, right in you["words"] if not right] == ["son"]
    assert " ".join(word for word, _ in it_was["words"]) == "the baker sold 11 loaves before the sun came up"
    right = words_right(truth, " ".join(word for word, _ in machine["words"]))[0]
    assert asked["headline"].endswith(f"You have 9 of 10 words right, the machine {right}.")
    assert "After 1 sentence, 10 words: you **9**, the machine **9** right." in words(at)


def test_under_the_hood_of_the_noise_nothing_is_given_away_before_the_answer(open_page):
    truth = quiz.riddle(quiz.OPENING, 0)
    at = opened(opened(in_round(open_page, 0), "noise-how"), "hood")
    assert not at.exception
    assert f"**{truth.decibels:+g} dB**" in words(at)
    assert "each octave has the same power" in words(at)
    assert "Whisper tiny.en" in words(at)
    assert truth.text not in words(at)
    assert "**Whisper wrote**" not in words(at)


def test_word_errors_are_told_by_kind_when_the_truth_is_out(open_page):
    truth = quiz.riddle(quiz.OPENING, 0).text
    at = opened(in_round(open_page, 0, said=f"well {truth.replace('sun', 'son')}"), "noise-how")
    assert not at.exception
    assert "| You | 0 | 1 | 1 | 20% of 10 words |" in words(at)
    assert "**Whisper wrote** “" in words(at)


def test_after_the_last_sentence_both_error_rates_stand_beside_each_other(open_page):
    at = in_round(open_page, quiz.ROUNDS - 1, said="", yours=19, machine=38)
    all_words = quiz.words_in(quiz.OPENING, quiz.ROUNDS)
    assert f"| **You** | {1 - 19 / all_words:.0%} |" in words(at)
    assert f"| **The machine** (Whisper tiny.en) | {1 - 38 / all_words:.0%} |" in words(at)


def test_another_game_says_other_sentences():
    first, second = ({quiz.riddle(seed, number).text for number in range(quiz.ROUNDS)} for seed in (1, 2))
    assert len(first) == len(second) == quiz.ROUNDS
    assert first != second
    (*_, question) = quiz.ask(1, 6, engine().cache)
    assert question.machine > 0
    assert not question.shared


@pytest.mark.parametrize(
    "value", [None, "text", {"number": 0}, {"number": 1, "text": "a"}, {"number": 0, "text": 5},
              {"number": 0, "text": "a" * 201}, {"number": 0, "text": "a", "more": 1}]
)  # fmt: skip
def test_only_what_the_browser_could_have_typed_is_believed(value):
    assert read_answer({"number": 0, "text": "a"}, 0) == "a"
    assert read_answer(value, 0) is None


@pytest.mark.parametrize("value", [None, "1", 1.0, True, 7, [1], {"number": 1}])
def test_only_a_turn_that_stands_there_can_be_looked_at(value):
    assert read_number(1, [0, 1]) == 1
    assert read_number(value, [0, 1]) is None


@pytest.mark.parametrize("value", [None, 5, ["a"], "a" * (LONGEST + 1)])
def test_only_a_text_that_the_browser_could_have_sent_is_believed(value):
    assert read_text("a" * LONGEST) == "a" * LONGEST
    assert read_text(value) == ""
