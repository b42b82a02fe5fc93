"""Complaints: emergencies, what is denied, patterns, and when it cannot tell."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from bench.medicine_symptoms import ROUNDS, composed
from dlintro_demos.gallery.process import engine
from dlintro_demos.medicine.symptoms.alarms import find_alarms, rules
from dlintro_demos.medicine.symptoms.examples import EXAMPLES
from dlintro_demos.medicine.symptoms.head import MODEL
from dlintro_demos.medicine.symptoms.quiz import ask, complaints
from dlintro_demos.medicine.symptoms.reading import EFFORT, EMPTY, LONGEST, NOT_ENGLISH, read_complaint
from dlintro_demos.medicine.symptoms.spelling import plain_text, put_right, words_of
from dlintro_demos.medicine.symptoms.written import (
    emergencies,
    patterns,
    questions,
    read,
    written_words,
    yes_shares,
)
from dlintro_demos.shared.sentence_embeddings import whole_words
from training.medicine.symptoms.detector import ROUNDS as LEARNED

BENCH = Path(__file__).parents[2] / "bench"


def phrases(name):
    """The test phrases of a file in bench/."""
    text = (BENCH / f"medicine_symptoms_{name}.toml").read_text(encoding="utf-8")
    return list(chain.from_iterable(tomllib.loads(text).values()))


def read_(complaint, *, pulls=False):
    *_, found = read_complaint(complaint, engine().cache, pulls=pulls)
    return found


def spelt(text):
    return put_right(text, words_of(text, whole_words(engine().cache)))


def ruled(text):
    """The kinds of emergencies that rules alone find."""
    return [each.kind for each in find_alarms(words_of(plain_text(text), whole_words(engine().cache)))]


def test_no_test_phrase_is_learned_from():
    flags, more, off_topic = read("red_flag_phrases"), read("red_flag_more"), read("symptom_off_topic")
    voices, besides, last = read("red_flag_voices"), read("red_flag_everyday"), read("red_flag_calm")
    denials = read("red_flag_denials")
    learned = {
        line.lower()
        for line in chain(
            *flags["learn"].values(), flags["calibrate"]["all"], *flags["quiet"].values(), *more.values(),
            *voices["urgent"].values(), *voices["calm"].values(), *off_topic.values(),
            *chain.from_iterable(
                each.values() for each in (*besides.values(), *last.values(), *denials.values())
            ),
            *(each.phrasings for each in patterns()),
            *(phrases(f"{kind}_{number}") for kind in ("red_flags", "no_alarm") for number in LEARNED),
        )
    }  # fmt: skip
    rounds = (f"{kind}_{number}" for kind in ("red_flags", "no_alarm") for number in ROUNDS)
    tests = ("paraphrases", "paraphrases_2", "off_topic", *rounds)
    assert [line for name in tests for line in phrases(name) if line.lower() in learned] == []


@pytest.mark.parametrize(
    ("complaint", "kind"),
    [
        ("cant breath", "breathing"),
        ("my chest feels like an elephant is sitting on it", "chest_pain"),
        ("face drooping on one side", "stroke"),
        ("i want to end it all", "suicide"),
        ("throat closing up after peanuts", "anaphylaxis"),
        ("wosrt headake of my life", "worst_headache"),
        ("baby wont wake up", "unconscious"),
        ("took too many pills", "poisoning"),
        ("black tarry stool", "bleeding"),
        ("cant feel my legs and lost control of bladder", "cauda_equina"),
    ],
)
def test_an_emergency_is_noticed_by_rules_however_it_is_written(complaint, kind):
    assert kind in ruled(complaint)


@pytest.mark.parametrize(
    "complaint",
    [
        "no chest pain",
        "my father had a stroke years ago",
        "chest pain is gone since last year",
        "I am afraid of strokes",
        "not suicidal",
        "I have a cough but no chest pain and no trouble breathing",
        "we watched a film about a poisoning",
        "my feet are killing me",
        "chest pain? no, never",
        "fainting: no, palpitations: no",
        "short of breath when I climb five floors",
        "I get breathless after sprinting",
        "he choked with laughter",
        "Il fait beau",
        "chest pain no, fever no, cough yes",
        "my knee hurts, my chest does not hurt",
        "never had a fit",
        "my neighbour died of a heart attack and since then I sleep badly",
        "my grandmother had a stroke at 80",
        "if I ever got chest pain, who should I call?",
        "we learned in first aid class how to help somebody who chokes",
        "I stubbed my toe",
        "chopping onions makes my eyes water",
    ],
)
def test_what_is_denied_over_feared_or_told_raises_no_alarm(complaint):
    assert read_(complaint).alarms == ()


@pytest.mark.parametrize(
    "complaint",
    [
        "I don't know why but my chest hurts",
        "no fever, but my face is drooping on one side",
        "I had a stroke years ago and now my arm is suddenly numb again",
        "it is not just a cold, I cannot breathe",
        "he is not breathing",
        "I have never had such a headache, the worst of my life",
        "No. My chest hurts and my left arm is numb.",
        "I am scared that I am having a heart attack",
        "pressure in my chest that will not go away",
        "the bleeding has not really stopped",
        "chest pain? no, a crushing pressure in my breastbone",
        "Chest pain? No. But I cannot breathe",
        "is he breathing? no",
        "can she speak? no, and her face hangs down",
        "short of breath since I climbed five floors",
        "breathless when I run, and my chest is tight",
        "short of breath when I walk to the kitchen",
        "my arm does not hurt and my chest is tight",
        "she never had a fit before and now she is having one",
        "not fit to stand, and my chest hurts",
        "my father died of a heart attack and now I have pain in my chest",
        "cough no, fever no, but I cannot breathe",
        "he had meningitis as a baby, and today he has a fever and a stiff neck",
        "my son had a fit about ten minutes ago and will not wake up",
        "she had a fit over an hour ago and has not come round",
        "I was reading with my son when half of my face went numb",
        "blood pressure reading is 210 with crushing chest pain",
        "my dad had a collapse at 70 he is on the floor",
        "seizure ended no, awake no",
        "lifts both arms no, speaks clearly no",
        "my chest does not hurt any less after the tablets",
        "Chest pain? nope. Arm pain? nope. Talking? also nope, only sounds come out since 8 this morning.",
        "Is an optician the right place if one eye went completely dark half an hour ago?",
    ],
)
def test_a_denial_of_something_else_does_not_hide_an_emergency(complaint):
    assert read_(complaint).alarms


@pytest.mark.parametrize(
    "complaint",
    [
        "my mum had a stroke at 10 past three",
        "chest pain which stopped no, got better no",
        pytest.param(
            "My chest doesn't hurt at rest, only on stairs",
            marks=pytest.mark.xfail(reason="silent since the readers of the whole count most", strict=True),
        ),
    ],
)
def test_what_reads_like_a_memory_or_a_denial_could_be_urgent_all_the_same(complaint):
    assert read_(complaint).alarms or read_(complaint).maybe


@pytest.mark.parametrize(
    ("complaint", "kind", "call"),
    [
        ("Ich bekomme keine Luft mehr", "breathing", "Rufen Sie"),
        ("j'ai tres mal a la poitrine", "chest_pain", "Appelez"),
        ("Quiero suicidarme", "suicide", "Llame"),
        ("胸が痛い", "chest_pain", "電話"),
        ("Help, no puedo respirar", "breathing", "Llame"),
    ],
)
def test_an_emergency_in_another_language_is_noticed_and_answered_in_it(complaint, kind, call):
    found = read_(complaint)
    assert [alarm.kind for alarm in found.alarms] == [kind]
    assert call in found.alarms[0].call
    assert not found.known


@pytest.mark.parametrize("number", [9, 10])
def test_of_other_languages_emergencies_alone_raise_an_alarm(number):
    text = (BENCH / f"medicine_symptoms_languages_{number}.toml").read_text(encoding="utf-8")
    for kind, lines in tomllib.loads(text).items():
        found = [read_(line) for line in lines]
        assert [each.text for each in found if bool(each.alarms) != (kind == "emergencies")] == []
        assert not any(each.known for each in found)


@pytest.mark.parametrize("number", [16, 17])
def test_every_emergency_of_the_rounds_that_were_learned_from_is_noticed(number):
    lines = phrases(f"red_flags_{number}")
    assert len(lines) >= 130
    assert [line for line in lines if not read_(line).alarms] == []


@pytest.mark.parametrize("number", [16, 17])
def test_everyday_complaints_of_the_rounds_that_were_learned_from_raise_hardly_any_alarm(number):
    text = (BENCH / f"medicine_symptoms_no_alarm_{number}.toml").read_text(encoding="utf-8")
    quiet = [bool(read_(line).alarms) for line in tomllib.loads(text)["everyday"]]
    assert sum(quiet) <= 0.05 * len(quiet)


def test_a_plain_denial_raises_no_alarm_but_the_lack_of_what_is_vital_does():
    denials, lacks = composed()
    alarms = [line for line in denials[::7] if read_(line).alarms]
    assert len(alarms) <= 0.01 * len(denials[::7]), alarms
    silent = [line for line in lacks[::5] if not (read_(line).alarms or read_(line).maybe)]
    assert len(silent) <= 0.05 * len(lacks[::5]), silent


def test_the_card_counts_the_last_rounds_as_the_figures_do():
    card = engine().cache.card(MODEL)
    last = f" of rounds {ROUNDS[0]} to {ROUNDS[-1]}"
    words = " ".join(card.limits)
    counted = re.findall(r"(\d+) of (\d+) (denials|memories|sayings|everyday)", words)
    assert len(counted) == 4
    figures = {figure.name: figure.value for figure in card.figures}
    for part, whole, kind in counted:
        (value,) = (
            value for name, value in figures.items()
            if name.startswith(f"False alarms, {whole} {kind}") and name.endswith(last)
        )  # fmt: skip
        assert value == f"{int(part) / int(whole):.1%}"
    noticed, of = re.findall(r"(\d+) of the (\d+) of the last three", words)[0]
    assert figures[f"Emergencies noticed, {of} test phrases{last}"] == f"{int(noticed) / int(of):.1%}"


def test_what_is_unsure_could_be_urgent_and_raises_no_alarm():
    found = read_("mouth feels furry since the antibiotics, finished them last week")
    assert found.alarms == ()
    assert found.maybe
    assert found.maybe.by == "detector"


@pytest.mark.parametrize(
    "complaint",
    [
        "short of breath when I climb five floors",
        "I puff a bit going uphill",
        "my heart races when I run upstairs",
    ],
)
def test_what_an_effort_does_is_like_no_pattern(complaint):
    found = read_(complaint)
    assert not found.alarms
    assert not found.known
    assert found.problem == EFFORT


def test_an_alarm_names_the_words_that_raised_it():
    (alarm,) = read_("since noon I am coughing up blood").alarms
    assert (alarm.kind, alarm.by) == ("bleeding", "rule")
    assert alarm.words == ("coughing", "blood")
    assert alarm.title == emergencies()["bleeding"].title


def test_an_emergency_far_down_in_a_long_text_is_noticed():
    found = read_("My nose runs and I sneeze. " * 300 + "And now I cannot breathe.")
    assert [alarm.kind for alarm in found.alarms] == ["breathing"]
    assert not found.known
    assert f"{LONGEST:,} characters" in found.problem


def test_misspelt_words_are_put_right_and_others_stay():
    assert spelt("terible hedache and diarhea") == "terrible headache and diarrhoea"
    assert spelt("The weather in Reykjavik") == "The weather in Reykjavik"
    assert "headache" in written_words()


def test_the_right_pattern_is_among_the_first_three_for_what_was_written_apart():
    text = (BENCH / "medicine_symptoms_paraphrases_2.toml").read_text(encoding="utf-8")
    asked = [(line, key) for key, lines in tomllib.loads(text).items() for line in lines[:1]]
    right = [key in dict(read_(line).patterns) for line, key in asked]
    assert sum(right) >= 0.85 * len(right)


def test_what_is_no_complaint_is_refused():
    lines = phrases("off_topic")
    assert len(lines) >= 100
    refused = [not read_(line).known for line in lines[::3]]
    assert sum(refused) >= 0.9 * len(refused)


@pytest.mark.parametrize(
    ("complaint", "problem"),
    [
        ("", EMPTY),
        (" \n\t ", EMPTY),
        ("Ich habe seit gestern starke Kopfschmerzen", NOT_ENGLISH),
        ("У меня болит голова", NOT_ENGLISH),
        ("🤒🤒🤒", NOT_ENGLISH),
        ("<script>alert(1)</script>", NOT_ENGLISH),
        ("\ud800", EMPTY),
        ("a" * 10_000, "characters"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(complaint, problem):
    found = read_(complaint)
    assert not found.known
    assert found.patterns == ()
    assert problem in found.problem


def test_the_examples_do_what_their_buttons_say():
    found = {name: read_(text) for name, text in EXAMPLES.items()}
    assert found["Spinning"].patterns[0][0] == "vertigo"
    assert {key for key, _ in found["Sneezing"].patterns[:2]} == {"hay_fever", "common_cold"}
    assert found["Misspelt"].patterns[0][0] == "migraine"
    assert [name for name, each in found.items() if each.alarms] == ["An emergency"]
    assert [name for name, each in found.items() if not each.known and not each.alarms] == [
        "Too little", "Not for it",
    ]  # fmt: skip


def test_the_word_that_pulls_most_is_the_one_that_matters():
    found = read_("for three days now it burns when I pee", pulls=True)
    assert found.patterns[0][0] == "urinary_infection"
    strongest = max(found.pulls, key=lambda pull: pull.bits[0])
    assert found.text[strongest.begin : strongest.end] in ("burns", "pee")


def test_every_pattern_has_phrasings_sources_and_answers():
    assert len(patterns()) >= 30
    assert all(len(each.phrasings) >= 20 and each.sources and each.answers for each in patterns())
    assert {name for each in patterns() for name in each.answers} == {each.key for each in questions()}
    assert yes_shares().shape == (len(questions()), len(patterns()))
    assert {rule.kind for rule in rules()} == set(emergencies())


def test_nothing_that_is_written_names_a_treatment():
    written = " ".join(
        [each.description for each in patterns()] + [each.why for each in emergencies().values()]
    ).lower()
    for word in ("ibuprofen", "paracetamol", "antibiotic", "aspirin", "dose of", "you should take", "tablet"):
        assert word not in written


def test_a_riddle_has_its_truth_among_the_choices():
    *_, riddle = ask(1, 0, engine().cache)
    assert riddle.truth in riddle.choices
    assert len(set(riddle.choices)) == 4
    assert dict(complaints())[riddle.complaint] == riddle.truth
