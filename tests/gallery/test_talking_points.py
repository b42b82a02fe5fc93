"""What the presenter's notes promise comes true when it is played on the page."""

import json
import re

import numpy as np
import pytest

from dlintro_demos.classical_vs_deep import layer_stack
from dlintro_demos.classical_vs_deep.findings import apart, leader
from dlintro_demos.classical_vs_deep.learning_curves import summarise
from dlintro_demos.classical_vs_deep.recorded import MNIST1D_FILE, MNIST_FILE, recorded
from dlintro_demos.classical_vs_deep.ui import stack_of_layers
from dlintro_demos.faces.people import name_faces
from dlintro_demos.feature_layers.evidence import CELLS, occlusion
from dlintro_demos.feature_layers.experiment import hide
from dlintro_demos.feature_layers.samples import SAMPLES as PICTURES
from dlintro_demos.feature_layers.ui.walk_through import DEPTHS
from dlintro_demos.flappy_bird.ages import AGES, BEST, key_of
from dlintro_demos.flappy_bird.experiment import TRIAL_LEVELS
from dlintro_demos.flappy_bird.ui.players import facts_of
from dlintro_demos.frameworks.drawn import ask_all
from dlintro_demos.frameworks.known import FRAMEWORKS, ideas
from dlintro_demos.frameworks.running import recorded as recorded_frameworks
from dlintro_demos.frameworks.samples import SEVEN
from dlintro_demos.gallery.catalogue import SLUGS, find
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.sketch import picture_of
from dlintro_demos.lip_reading.quiz import OPENING
from dlintro_demos.lip_reading.quiz import ask as ask_for_lips
from dlintro_demos.shared.imagenet import MODEL, STOPS, prepare
from dlintro_demos.super_resolution import samples as small
from dlintro_demos.super_resolution.upscale import upscale
from dlintro_demos.teach_a_child.lesson import Lesson, teach
from dlintro_demos.teach_a_child.tray import TrayThing, look_at_things
from tests.reading import words

pytestmark = pytest.mark.reports
NOTHING = "says nothing that the demo could fail to do"
HARDLY_SEEN = 4  # grey levels

# Every point as it stands in the notes, and what of it is played below; a new one fails until it is decided.
POINTS = {
    "super_resolution": {
        "Drag the handle slowly across an eye or an edge: the network has seen thousands of edges, so it "
        "knows what a sharp one looks like.": "edges are sharper than enlarged ones, and nearer to the truth",
        "Ask before you show it: can a computer put back what the camera never saw? Then open “Blur it "
        "first, then repair it” and look at the map of invented detail.": "the map stands there",
        "Put “Small text” on the projector and read the lowest line: confident, sharp and wrong. That is "
        "why an enhanced picture is no evidence in court.": "the lowest line is sharp, and wrong",
    },
    "faces": {
        "Find and recognise are two networks: the first says where a face is, the second turns it into "
        "128 numbers. Nobody's name is in either of them.": "two networks, 128 numbers",
        "Name both people in “Together”, then open “Dark” and “Upside down”: the distance grows, and past "
        "the threshold the machine says that it does not know. Slide the threshold: strangers get tagged.": (
            "all of it"
        ),
        "Ask who may do this to whose photos. Then press “Forget this person”.": "the button forgets",
    },
    "feature_layers": {
        "Push the slider from the first layer to the last, slowly: edges, then textures, then parts, "
        "then things. Nobody told it that there are eyes or wheels; it needed them.": "four kinds, in order",
        "Ask which part of the picture convinced it, let somebody cover that with the brush, and see "
        "what it says then.": "it is less sure then",
        "Open “Fool it”, aim the noise at “toaster”, and ask who sees a difference. Then hand the laptop "
        "round for “You against it”.": "it says “toaster” after noise that is hardly seen",
    },
    "flappy_bird": {
        "Start with all six at once: the same network at six ages, on the same level. Nobody "
        "programmed the difference; it comes from crashes alone.": "six fields, one network, a difference",
        "Let somebody race the ten-minute one. Then ask how many games they needed to understand the "
        "rules, and how many frames the agent needed: the figure stands below the game.": "the figure",
        "Open “Break it” and press “The moon”. A child copes at once, the agent does not: it learned "
        "this game, not what falling is.": "it fails",
    },
    "teach_a_child": {
        "Play “The red ball” together: let the room shout what the machine will say before you press the "
        "button. The first answer is wrong, and nobody wonders; so would a child.": "it is wrong",
        "Then “Teach it”, with the camera: somebody's keys, somebody's cup. Three pictures of each are "
        "enough. Hold up something new and wait for “I have never seen this”.": "all but the camera",
        "Ask what it learned from so few. Not to see: that took 1.3 million photographs, before. Only "
        "the word.": NOTHING,
    },
    "lip_reading": {
        "Let the room read the first sentence together, by show of hands, before the machine answers. "
        "Everybody's first ten sentences are the same.": "they are",
        "Open “Say something” and press “Look-alikes”: “b” or “p”? Here the two films are the same, to "
        "the pixel. What lips don't show, no network can read.": "not a grey level of difference",
        "Press “Backwards”: that is no sentence, and all that it knows are sentences. Ask what it should "
        "say, then look: “I don't know”.": "it says so",
    },
    "assistant": {
        "Ask the room what happens between “What is my schedule for tomorrow?” and the answer, before you "
        "point at the cards: five networks, rules, one line of SQL, and the milliseconds of each.": (
            "five networks, one line, and milliseconds"
        ),
        "Say something that is not meant for it, or play it music. Assistants at home act on noise; this one "
        "says that it does not know.": "both, and nothing ran",
        "Take a sentence that nobody wrote rules for, and open “Against the classical way”. Then ask where "
        "you would still prefer rules: dates, and money.": "rules fail where it does not",
    },
    "medicine": {
        "Ask for a guess before anybody counts: how many nuclei are there? Then open “Tap the nuclei”: "
        "thirty seconds against a network and against the classical way.": "thirty seconds, both ways",
        "Open “Drawn, in shadow”: everybody sees sixty nuclei, and the network finds most of them. One "
        "threshold for the whole picture sees a dark half.": "the network finds most, the threshold does not",
        "Open “A cat”, then “Galaxies”: it refuses the cat, and counts the galaxies. Knowing when to say no "
        "is learned, too, and never complete.": "one is refused, the other counted",
        "Open “Weigh the risk”, then “A close call”: ten networks disagree, and it says “I don't know”. Move "
        "the threshold down: fewer are missed, more frightened for nothing. No network chooses "
        "that.": "a lower threshold misses fewer",
        "Open “Say how you feel”: “An emergency” and “Not one” speak of the same chest pain; one denies it. "
        "Then let somebody describe an emergency: of the last 136 it missed one. The price is false "
        "alarms.": "one alarms, the other does not; 135 of 136",
        "Open “Your own model”: none is there, and the page says why. Ask what they would want to see "
        "before they believe one that somebody brings.": "none is mounted, and why",
    },
    "classical_vs_deep": {
        "Open “More data” and let everybody bet before the network's line appears. Then ask why the line "
        "of logistic regression is nearly flat: it has 410 numbers, and they are set.": "flat, 410 numbers",
        "Show the real digits next: with 100 examples no learner is clearly ahead. Deep learning is not "
        "always the better tool; it depends on the data and on how much there is.": "no learner is ahead",
        "In “Stack of layers” ask for a show of hands: are four layers better than one? Then look, and "
        "at what the network gets on the curves that it has seen.": "both figures stand there",
    },
    "frameworks": {
        "Ask what will differ before you show the three curves: the same first weights and the same batches "
        "give the same curve, three times over.": "three curves, one on the other",
        "Open “Line by line” and point at a step of learning: all three ask for gradients, each in its own "
        "way. Whoever understands one reads the others.": "three steps, three ways",
        "Let somebody draw a seven with a bar through it. Whatever they say, they all say the same.": (
            "they say the same"
        ),
    },
    "why_now": {
        "Measure the machine that runs this, in front of everybody, and look for it on the chart: which "
        "processor since 2006 is nearest to it?": "it is on the chart",
        "Open “Sixty years” and drag the year from 2006 on. Ask when AlexNet, which won in 2012, comes into "
        "reach of one processor and one day: in 2017.": "not in 2016, in 2017",
        "In “Three causes” let the room bet what hurts most: a hundredth of the data, of the computing, or "
        "the ideas of 1998. Then look at which of the ideas mattered here, and which did not.": (
            "all three hurt; some idea mattered, and some did not"
        ),
    },
}  # fmt: skip


def last(steps):
    *_, result = steps
    return result


def go(at, **query):
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


@pytest.mark.parametrize("slug", SLUGS)
def test_somebody_decided_what_each_point_promises(slug):
    assert tuple(POINTS[slug]) == find(slug).talking_points


def test_frameworks(open_page):
    at = open_page("frameworks")
    (differ,) = re.findall(r"the losses differ by at most \*\*(.*?)\*\*", words(at))
    assert float(differ) < 1e-3
    assert [each.key for each in FRAMEWORKS] == [cost.framework for cost in recorded_frameworks().costs]
    for framework, gradients in zip(
        FRAMEWORKS, ("backward()", "tape.gradient", "value_and_grad"), strict=True
    ):
        assert gradients in ideas(framework)["step"]
    barred = picture_of(SEVEN).rgb.copy()
    barred[46:54, 34:76] = 0
    answers = last(ask_all(barred, engine().cache))
    spoken = [each.probabilities for each in answers.each if each.probabilities]
    assert len(spoken) >= 2
    assert len({int(np.argmax(each)) for each in spoken}) == 1


def test_why_now(open_page):
    at = open_page("why_now")
    (chart,) = [each for each in at.get("vega_lite_chart") if "Peak float32" in each.proto.alt]
    assert "FLOP/s" in chart.proto.alt.rpartition("logarithmic axis. ")[2]
    for year, reached in (("2016", False), ("2017", True)):
        said = words(open_page("why_now", do="Sixty years", year=year))
        assert ("Not a year before: **AlexNet" in said) is reached
    said = words(open_page("why_now", do="Three causes")).splitlines()
    for cause in ("1/100 of the data", "1/100 of the computing", "The ideas of 1998"):
        assert any(cause in line and "points fewer" in line for line in said), said
    ideas = [line for line in said if "- Only " in line]
    assert any("points fewer" in line for line in ideas)
    assert any("no difference" in line for line in ideas)


def steepest(rgb):
    """Mean of the strongest twentieth of differences between neighbours, in grey levels."""
    steps = np.sort(np.abs(np.diff(rgb.mean(axis=2), axis=1)).ravel())
    return steps[-len(steps) // 20 :].mean()


def decibels(rgb, truth):
    return 10 * np.log10(255**2 / np.mean((rgb.astype(float) - truth) ** 2))


def sharpened(sample):
    """Original, result and plain enlargement."""
    result, plain = (
        last(upscale(sample.load(), method=method, scale=4, faithful=True, cache=engine().cache)).rgb
        for method in (sample.method, "bicubic")
    )
    return sample.truth(), result, plain


def test_super_resolution(open_page):
    truth, result, plain = sharpened(small.SAMPLES[0])
    assert steepest(result) > 1.2 * steepest(plain)
    assert decibels(result, truth) > decibels(plain, truth)
    assert "Invented detail" in words(open_page("super_resolution", mode="Blur it first, then repair it"))
    text = next(sample for sample in small.LIMITS if sample.title == "Small text")
    lines = {"first": slice(50, 140), "lowest": slice(358, 380)}
    first, lowest = ([each[rows] for each in sharpened(text)] for rows in lines.values())
    assert decibels(first[1], first[0]) > decibels(first[2], first[0]) + 2
    assert steepest(lowest[1]) > 1.5 * steepest(lowest[2])
    assert decibels(lowest[1], lowest[0]) < decibels(lowest[2], lowest[0]) + 0.5


def test_faces(open_page):
    assert len(find("faces").models) == 2
    at = open_page("faces", sample="together")
    visit = at.session_state["face_visit"]
    known = sorted(visit.known().values(), key=lambda face: face.box[0])
    assert [face.embedding.shape for face in known] == [(128,), (128,)]
    for face, name in zip(known, ("Eileen", "Grace"), strict=True):
        visit.history.do("named somebody", name_faces(visit.history.book, [face.key], name))
    distances = []
    for sample, name in (("astronaut", "Eileen"), ("dark", "Eileen"), ("upside-down", "Grace")):
        said = words(go(at, sample=sample))
        found = re.search(rf"faces of {name} is (\d\.\d+)|nearest is {name}, at (\d\.\d+)", said)
        distances.append(float(found[1] or found[2]))
    assert distances == sorted(distances)
    assert distances[2] > distances[1] + 0.1
    assert "I don't know this person" in said
    at = go(at, why="What if the threshold moves?")
    tagged = []
    for threshold in (at.slider(key="threshold").value, 1.0):
        at.slider(key="threshold").set_value(threshold).run()
        strangers = next(metric for metric in at.metric if metric.label == "Strangers tagged")
        tagged.append(int(strangers.value.split()[0]))
    assert tagged[0] == 0 < tagged[1]
    (grace,) = [key for key, person in visit.history.book.people.items() if person.name == "Grace"]
    at.session_state[f"change-{grace}"] = True
    press(at.run(), "Forget this person")
    assert [person.name for person in visit.history.book.people.values()] == ["Eileen"]


def test_feature_layers(open_page):
    stops = [min(depth.first + 1, len(STOPS)) for depth in DEPTHS]
    for stop, kind in zip(stops, ("Edges", "Textures", "Parts", "Things"), strict=True):
        assert f"**{kind}" in words(open_page("feature_layers", layer=str(stop)))

    first, cache = PICTURES[0].load(), engine().cache
    untouched = last(hide(first, np.zeros((CELLS, CELLS), bool), (948,), cache))
    answer = untouched.best.index
    reason = cache.run(MODEL, lambda model: occlusion(model, prepare(first), answer))
    dark = np.zeros(CELLS * CELLS, bool)
    dark[np.argsort(-reason.ravel())[: CELLS * CELLS // 3]] = True
    covered = last(hide(first, dark.reshape(CELLS, CELLS), (answer,), cache))
    assert covered.probabilities[0] < untouched.probabilities[0] - 0.1

    at = open_page("feature_layers")
    at.session_state["aim"] = "towards “toaster”"
    at.button_group(key="look").set_value("Fool it").run()
    assert at.button_group(key="aim").value == "towards “toaster”"
    assert "the first amount tried at which it says “toaster”" in words(at)
    slider = next(slider for slider in at.select_slider if slider.label.startswith("How much"))
    assert float(slider.value) <= HARDLY_SEEN


def test_flappy_bird(open_page):
    cache = engine().cache
    assert "six" in next(toggle.label for toggle in open_page("flappy_bird").toggle)
    assert len(AGES) == 6
    shapes = {tuple(part.shape for part in cache.get(key_of(age)).module.parameters()) for age in AGES}
    assert len(shapes) == 1
    assert facts_of("untrained").median < facts_of("10min").median < facts_of(BEST).median
    at = open_page("flappy_bird", do="Race it")
    assert at.select_slider(key="against").value == "10min"
    assert f"{facts_of('10min').frames:,} frames seen" in words(at)
    at = press(open_page("flappy_bird", do="Break it"), "The moon")
    assert "It fails" in words(at)
    assert int(at.metric[0].value) < TRIAL_LEVELS / 2


def test_teach_a_child(open_page):
    at = open_page("teach_a_child", teach="The red ball")
    assert "“An apple?”" in words(at)
    press(at, "No, that is a ball")
    things = [TrayThing(kind=kind, seed=seed) for kind in ("cup", "star") for seed in (501, 502, 503)]
    seen = last(look_at_things(tuple(things), engine().cache)).seen
    lesson = Lesson()
    for thing, each in zip(things, seen, strict=True):
        lesson = teach(lesson, {each: None}, thing.kind, test=False)
    at = open_page("teach_a_child")
    at.session_state["taught"].set(lesson)
    assert "“A cup?”" in words(go(at, sample="cup-1"))
    assert "“A star?”" in words(go(at, sample="star-1"))
    assert "“I have never seen this.”" in words(go(at, sample="fish-1"))


def test_classical_vs_deep(open_page, monkeypatch):
    curves = {
        file: {(each.learner, each.size): each for each in summarise(recorded(file))}
        for file in (MNIST1D_FILE, MNIST_FILE)
    }
    gains = {
        learner: curves[MNIST1D_FILE][learner, 3000].mean - curves[MNIST1D_FILE][learner, 100].mean
        for learner in ("linear", "forest", "svm", "cnn")
    }
    assert all(gains["linear"] < gain / 2 for learner, gain in gains.items() if learner != "linear")
    at = open_page("classical_vs_deep", part="More data")
    assert "line of the convolutional network is missing" in words(at)
    best, second, *_ = leader(list(curves[MNIST_FILE].values()), 100)
    assert not apart(best, second)
    at = open_page("classical_vs_deep", part="More data", learn="Real digits, recorded")
    assert "With 100 examples it is too close to call" in words(at)

    def quickly(size):
        return layer_stack.train_stacks(size, seeds=(0,), steps=8)

    monkeypatch.setattr(stack_of_layers, "train_stacks", quickly)
    said = words(open_page("classical_vs_deep", part="Stack of layers", hidden="0"))
    assert "410 weights" in said
    assert "On the curves that it was shown" in said
    said = words(open_page("classical_vs_deep", part="Stack of layers", hidden="4"))
    assert "**4 hidden layers, each" in said


def test_lip_reading(open_page):
    film, other = (shown_film(open_page("lip_reading"), "lips-read-along") for _ in range(2))
    assert film["films"][0]["frames"] == other["films"][0]["frames"] == 75
    assert all(last(ask_for_lips(OPENING, number, engine().cache)).shared for number in range(2))
    at = press(open_page("lip_reading", do="Say something"), "Look-alikes")
    assert [each["title"] for each in shown_film(at, "lips-twins")["films"]] == [
        "place red by b nine please",
        "place red by p nine please",
    ]
    assert "A pixel of one differs from the other's by 0.0 grey levels" in words(at)
    row = shown_film(press(at, "Backwards"), "lips-say")["rows"][0]
    assert len(row["words"]) == 6
    assert "“I don't know”" in row["aside"]


def shown_film(at, key):
    """What the lip film of that key was told."""
    shown = next(part.proto for part in at.get("bidi_component") if part.proto.id.endswith(key))
    return json.loads(shown.json)


def test_assistant(open_page):
    at = open_page("assistant", about="Fool it")
    cards = shown_film(at, "assistant-stages")["cards"]
    assert (
        sum(
            card["by"].count("a network") + card["by"].count("MiniLM and a linear head") * 2 for card in cards
        )
        == 5
    )
    assert all(card["milliseconds"] is not None for card in cards)
    assert [line["label"] for card in cards for line in card["lines"]].count("SQL") == 1
    for pressed in ("Tell me a joke about cows", "Play it music"):
        at = press(at, pressed)
        turn = shown_film(at, "assistant-talk")["turns"][-1]
        assert not turn["known"]
        ran = [line for card in shown_film(at, "assistant-stages")["cards"] for line in card["lines"]]
        assert not any(line["code"] for line in ran)
    at.session_state["assistant-rules"] = True
    at.session_state["assistant"].say("Hiya")
    at = at.run()
    assert "| greeting (" in words(at)
    assert "sure) | not for me |" in words(at)


def test_medicine(open_page):
    at = open_page("medicine", do="Tap the nuclei")
    game = next(part.proto for part in at.get("bidi_component") if part.proto.id.endswith("tap"))
    assert json.loads(game.json)["seconds"] == 30
    said = words(open_page("medicine", sample="shadow"))
    drawn, classical = (int(re.search(text, said)[1]) for text in (r"drew \*\*(\d+)", r"counts \*\*(\d+)"))
    network = int(re.search(r"### (\d+) nuclei", said)[1])
    assert drawn == 60
    assert 0.75 * drawn < network <= 1.1 * drawn
    assert classical < drawn / 2
    assert "I don't know" in words(open_page("medicine", sample="cat"))
    assert re.search(r"### \d+ nuclei", words(open_page("medicine", sample="galaxies")))
    at = open_page("medicine", do="Weigh the risk", sample="close")
    assert "### I don't know" in words(at)
    counts = r"\*\*(\d+) missed.*?\*\*(\d+) frightened"
    before = [int(each) for each in re.search(counts, words(at)).groups()]
    after = re.search(counts, words(at.slider(key="risk-threshold").set_value(5).run())).groups()
    assert int(after[0]) < before[0]
    assert int(after[1]) > before[1]
    call = "Call your emergency number"
    assert call in words(open_page("medicine", do="Say how you feel", feel="An emergency"))
    assert call not in words(open_page("medicine", do="Say how you feel", feel="Not one"))
    assert any("135 of 136" in limit for limit in engine().cache.card("medicine_symptoms").limits)
    own = words(open_page("medicine", do="Your own model"))
    assert "None is mounted" in own
    assert "ships with this gallery. None was found" in own
