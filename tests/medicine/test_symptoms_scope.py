"""What a complaint denies, leaves behind or only says so raises no alarm; its grave twin does."""

import time

import pytest

from dlintro_demos.gallery.process import engine
from dlintro_demos.medicine.symptoms.alarms import covered_places, find_alarms
from dlintro_demos.medicine.symptoms.reading import read_complaint, said_plainly
from dlintro_demos.medicine.symptoms.scope import find_cues
from dlintro_demos.medicine.symptoms.spelling import plain_text, words_of
from dlintro_demos.shared.sentence_embeddings import whole_words


def words(text):
    return words_of(plain_text(text), whole_words(engine().cache))


def ruled(text):
    """The kinds of emergencies that rules alone find."""
    return [each.kind for each in find_alarms(words(text))]


def left(text):
    """What the detector reads."""
    read = words(text)
    return said_plainly(read, covered_places(read, find_cues(read)))


@pytest.mark.parametrize(
    ("calm", "grave"),
    [
        ("I hit my head but I wasn't knocked out", "I hit my head and was knocked out"),
        ("I hit my head and have not been sick", "I hit my head and have been sick"),
        ("I did not hit my head, I am sick from the bus", "I did not hit my head hard, but I am sick"),
        ("face drooping - no, weak arm - no, itchy ear - yes", "face drooping - yes, weak arm - yes"),
        ("seizure, no. weak legs, no. restless legs, yes", "seizure, yes. weak legs, yes."),
        ("throat closing...no. hives...no. sneezing...yes", "throat closing...yes. hives...yes."),
        ("numb legs or weak bladder: all normal", "numb legs and weak bladder: yes"),
        ("chest pain? no, all is fine", "chest pain? no, a crushing pressure in my breastbone"),
        ("an overdose? heavens, no", "an overdose? heavens, yes"),
        ("nobody in our house has fainted", "nobody noticed, but she has fainted"),
        ("nothing in my stomach is hard or agonising", "my stomach is hard and the pain is agonising"),
        ("at no time did he stop breathing", "he did stop breathing"),
        ("she never went limp", "she went limp"),
        ("no warning signs like weak legs or numb saddle", "weak legs and a numb saddle"),
        ("we don't think she ate any berries", "we think she ate red berries from the hedge"),
        ("my back is stiff but I have not wet myself", "my back is stiff and I have wet myself"),
        ("the sting has not made my face puff up", "the wasp sting has made my face swell up"),
        ("the baby is moving nicely, no bleeding", "pregnant, no movement of the baby since noon"),
        ("the baby is seven weeks and has no temperature", "the baby is seven weeks and has a temperature"),
        ("the rash fades when I push a glass on it, she isn't ill", "the rash stays when I push a glass"),
        ("the newborn isn't floppy and isn't hot", "the newborn is floppy and hot"),
        ("a bit of a hangover and a dry mouth", "his mouth hangs"),
        ("not wheezing, only stuffed up", "wheezing so badly, not getting better"),
        ("the cut isn't deep, the bleeding stopped in a minute", "the cut is deep and bleeding"),
        ("he has a blue spot on his shin", "he turned blue"),
        ("vomiting, no; black stools, no; bloating, yes", "vomiting, no; black stools, yes; bloating, yes"),
        ("loss of sight no, pain no, a floater yes", "sudden loss of sight yes, pain no"),
        ("stiff neck no, rash no, light hurts eyes no", "stiff neck yes, rash no, light hurts eyes yes"),
        ("moving yes, breathing yes, cold no", "moving no, breathing no, cold yes"),
        ("No: fever, stiff neck, rash. Yes: sniffles", "No: my chest hurts, I cannot breathe"),
        ("none of these: chest pain, fainting, fever", "none of these: he isn't breathing"),
        ("negative for fever, rash and stiff neck", "negative for flu and coughing up blood"),
        ("can't say I'm short of breath", "can't say how bad it hurts, crushing in my chest"),
        ("no pain in the head, chest, shoulder, arm or jaw", "no pain in the head, my chest hurts though"),
        ("fever - n, seizures - n, cough - y", "fever - n, seizures - y, cough - y"),
        ("fainted: no / fits: no / ear wax: yes", "fainted: yes / fits: no / ear wax: yes"),
        ("not one drop of blood, not a single dizzy spell", "not a drop of urine, numb between the legs"),
        ("nothing flew into my eye", "nothing like it, a nail flew into my eye"),
        ("legs strong, no numbness between the legs", "legs weak, numb between the legs"),
        ("he didn't knock himself out", "he didn't knock the ladder, he was knocked out"),
    ],
)  # fmt: skip
def test_what_is_denied_raises_no_alarm_and_its_twin_does(calm, grave):
    assert ruled(calm) == []
    assert ruled(grave)


@pytest.mark.parametrize(
    ("calm", "grave"),
    [
        ("I was knocked out at school, decades ago, now it is just a stiff shoulder",
         "I was at school, decades ago, now I was knocked out"),
        ("had meningitis when I was three and now just a spot on my chin",
         "had meningitis when I was three and now the same again"),
        ("he had a stroke in 2003 and plays golf now", "he had a stroke in 2003 and falls now"),
        ("I did faint, but that was in 1998", "I did faint, and that was an hour ago"),
        ("last summer I was stung and my lips swelled, nothing since then",
         "last summer I moved, and my lips swelled after a sting today"),
        ("before many years I had an allergic shock", "before lunch I had an allergic shock"),
        ("treated for an overdose in 2009 and well ever since", "took an overdose and unwell ever since"),
        ("sudden loss of sight in 2011, lasered", "sudden loss of sight at 20:11"),
        ("two strokes, half a century ago", "two strokes, half an hour ago"),
        ("great-uncle fell off the roof in the war and lived to be ninety", "my uncle fell off the roof"),
        ("it is years since my suicide attempt", "it is an hour since my suicide attempt"),
        ("rough divorce six years back, I wanted to be dead then", "rough divorce, I want to be dead"),
        ("at fourteen I had a stroke", "at home I had a stroke"),
        ("a heart attack in 96", "a heart attack at 96"),
    ],
)  # fmt: skip
def test_what_was_long_ago_raises_no_alarm_and_what_is_now_does(calm, grave):
    assert ruled(calm) == []
    assert ruled(grave)


@pytest.mark.parametrize(
    ("calm", "grave"),
    [
        ("my boss will have a stroke when he sees the bill", "my boss had a stroke when he saw the bill"),
        ("I nearly had a heart attack when the bill came", "I had a heart attack when the bill came"),
        ("I laughed so hard I couldn't breathe", "I laughed, and now I can't breathe"),
        ("my head will explode if I have to read another form", "my head will explode, the worst headache"),
        ("my boss will kill me if the report is late", "my boss said I should kill myself"),
        ("she poisoned the atmosphere in the office", "she was poisoned in the office"),
        ("he was shot down in the debate", "he was shot in the debate"),
        ("he talks my ear off", "the dog bit my ear off"),
        ("a stabbing ache in the ear and I sleep badly", "I was stabbed"),
        ("she stabbed me in the back by telling the boss", "she stabbed me in the back"),
        ("the exam was suicide", "suicide is all I think about"),
        ("the traffic nearly gave me a stroke", "the clot gave me a stroke"),
        ("the goalkeeper was knocked out of the squad", "the goalkeeper was knocked out by the ball"),
        ("in the crime series the victim was strangled", "in the park my friend was strangled"),
        ("my legs are dead from leg day, I can't sit on the toilet", "my legs are dead on the toilet"),
        ("is it true that thunderclap headaches are rare?", "is it true that I have a thunderclap headache?"),
        ("do thunderclap headaches have to do with blood?", "does my chest pain have to do with my heart?"),
        ("how does an adrenaline pen work", "he needs his adrenaline pen"),
        ("the detective in my book was poisoned", "the detective in my house was poisoned"),
        ("my sister is a paramedic and had a bad night with overdoses", "my sister has taken an overdose"),
        ("my laptop collapses twice a day", "my daughter collapses twice a day"),
    ],
)  # fmt: skip
def test_a_saying_or_a_tale_raises_no_alarm_and_its_twin_does(calm, grave):
    assert ruled(calm) == []
    assert ruled(grave)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("he has a cough, but he isn't short of breath and there is no fever", ["he has a cough"]),
        ("My period is late, but I'm not pregnant, not dizzy and not in pain.", ["my period is late"]),
        ("Both arms are strong, his neck bends well and he breathes easily", []),
        ("my eyes see as sharply as ever", []),
        ("my speech hasn't changed and the pupils are equal", []),
        ("pulse calm, temperature 36.7, nose running like a tap", ["nose running like a tap"]),
        ("the headache is mild and did not come on suddenly", ["the headache is mild"]),
        ("the light doesn't bother me and nothing is swollen", []),
        ("I broke a leg in 1987, it healed without a trace, and today I sneeze", ["today i sneeze"]),
        ("I feel low but I would never do anything to myself", ["i feel low"]),
        ("there is nothing wrong with my chest", []),
    ],
)  # fmt: skip
def test_the_detector_reads_nothing_that_hangs_loose_where_something_was_cut_out(text, read):
    assert left(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "his breathing is not easy",
        "only one arm is strong",
        "both arms were strong until noon",
        "breathing is easy unless I lie down",
        "his temperature is 37.9",
        "it came on suddenly",
        "everything is dark",
    ],
)
def test_what_is_no_statement_of_health_stays(text):
    assert len(left(text)[0].split()) == len(words(text))


@pytest.mark.parametrize(
    "text",
    [
        "my voice has gone and my gums itch",
        "the feeling in my legs is gone",
        "the swelling has gone up to my face",
        "my arm has gone numb",
    ],
)
def test_what_has_gone_somewhere_or_should_not_be_gone_is_not_over(text):
    assert left(text) == [text]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("no more tomorrow for me", "suicide"),
        ("by the time you read this I am gone", "suicide"),
        ("my gums itch and my voice is hoarse", "anaphylaxis"),
        ("I see rainbows round the lamps and my eye is red", "vision"),
        ("my back is stiff and between my legs it is cotton wool", "cauda_equina"),
        ("our tiny one is hot and cries", "infant_fever"),
        ("I stand on the platform and lean forward", "suicide"),
        ("battle sign, csf rhinorrhoea", "head_injury"),
        ("my crown jewels are swollen", "torsion"),
        ("retinal detachment symptoms", "vision"),
        ("burns 25 % TBSA", "injury"),
        ("bruise behind the ear after a fall", "head_injury"),
        ("I have lost the tip of a finger", "injury"),
        ("my nose bled and never stopped", "bleeding"),
        ("a sore red leg, shivery, have not needed the loo", "sepsis"),
        ("I have saved up my sleeping tablets", "suicide"),
        ("face is not same on both sides", "stroke"),
    ],
)
def test_rules_find_what_the_detector_missed(text, kind):
    assert kind in ruled(text)


@pytest.mark.parametrize(
    "text",
    [
        "Breathing since he choked, none.",
        "Feeling ok? No: face drooping, arm weak, speech slurred.",
        "Tested negative for covid, crushing chest pain and sweating.",
        "Crushing pain in my chest that I can feel when I go upstairs.",
        "Can you tell me what the crushing chest pain is I have had for an hour?",
        "I can't say I am safe from killing myself tonight.",
        "It is nothing like the usual chest pain, it tears through to my back.",
        "I have no real control over my bladder and bowel since yesterday.",
        "No injury or fever or numbness before sudden worst headache of my life.",
        "Can he raise his left arm? No. It hangs, and he slurs.",
        "No sign of a pulse.",
        "My husband has no heart beat.",
        "I don't feel my face on the left.",
    ],
)
def test_an_emergency_that_looks_denied_is_found(text):
    *_, reading = read_complaint(text, engine().cache, pulls=False)
    assert reading.alarms


def test_long_lists_of_denials_are_read_in_time():
    texts = ["no fever or " * 1_600, "no: fever, " * 1_800, "no: " * 5_000]
    seconds = []
    for text in texts:
        read = words(text)
        started = time.process_time()
        find_cues(read)
        seconds.append(time.process_time() - started)
    plain = words("a slight fever in the evening and " * 600)
    started = time.process_time()
    find_cues(plain)
    assert max(seconds) < 3 * (time.process_time() - started)
