"""Somebody decided what each talking point promises; `tests/<slug>/test_talking_points.py` plays it."""

import pytest

from dlintro_demos.gallery.catalogue import SLUGS, find
from dlintro_demos.gallery.tour import places

NOTHING = "says nothing that the demo could fail to do"

# Every point as it stands in the notes, and what of it is played; a new one fails until it is decided.
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

AT_STOPS = {
    "feature_layers": {
        "Ask for a rule that finds every apple, and break each one that is named. This network was given "
        "none: it was shown 1.3 million photographs with the names of what is on them.": "as its card says",
        "Open “Purple apple”: it still says “Granny Smith”, its only word for an apple. What shape and "
        "shine say counts for more than the colour.": "of a thousand names, one",
        "Stop at one pixel and let the room reckon: 27 numbers of the picture times 27 weights, added up, "
        "make one number of the map.": "27 weights",
        "Choose another filter: other weights, another map of the same apple. Ask who chose them. Nobody: "
        "they were learned, as all its 4.7 million numbers.": "other weights, and as many as its card says",
        "Ask first what makes it an apple. Then compare with the two maps, which were found in different "
        "ways.": "two maps",
        "Can one believe them? The check stands beside them: pieces are covered, the brightest first, and "
        "the apple is gone sooner than in a random order.": "both beat a random order",
        "Let somebody cover the apple with the brush: how much has to go before it says something else?": (
            "it says something else, long before all of it is covered"
        ),
        "Let the room guess how many of the 1,152 channels carry the apple. Without these ten it is hardly "
        "sure any more; without ten others, drawn at random, as sure as ever.": "both",
        "Switch some of the ten on again: how few must be off until it is less than half sure?": (
            "one is too few, the first five are enough"
        ),
        "It opens with half a grey level of noise: ask who sees it, and read what the network says now. "
        "Then push the slider back to 0.": "so it opens, with another answer",
        "Aim the noise at “toaster”, and read how few grey levels it takes.": "it takes few",
        "Then “Turn it” and “Take the colour”: it still says “Granny Smith”. What fools it best was made "
        "for it, and would fool nobody in the room.": "it does, at every amount",
    },
    "classical_vs_deep": {
        "Switch all features off: the road by hand can only guess. Then let the room choose what to "
        "measure, and watch what it gets right.": "it guesses, and gets better",
        "Ask who chose the network's features. Nobody: its 16 filters began as random numbers. “Train a "
        "network now” shows it.": "16 filters that were found from chance, and the button",
        "Let everybody bet before the network's line appears.": "it is missing, and comes with a bet",
        "Ask why the line of logistic regression is nearly flat: it has 410 numbers, and they are set.": (
            "flat, 410 numbers"
        ),
        "Show the real digits next: with 100 examples no learner is clearly ahead. It depends on the data "
        "and on how much there is.": "no learner is ahead",
        "Ask for a show of hands: are four layers better than one? Then push the slider and read both "
        "figures.": "both figures stand there",
        "Read what it gets on the curves that it was shown: to know those by heart is no use on new ones.": (
            "more than on new ones"
        ),
        "Further down, compare the two sheets: without a hidden layer every border is straight.": (
            "two sheets; every border is straight"
        ),
    },
    "teach_a_child": {
        "It calls the first red ball an apple, and nobody wonders: of a child that knows apples, one would "
        "expect the same. Ask what it will say to the next one before you press.": "an apple, and the next",
        "After the fifth, ask what it learned from so few. Not to see: that took 1.3 million photographs, "
        "before. Only the word.": "after the fifth, the page says it, too",
        "Take the camera: somebody's keys, somebody's cup. Three pictures of each are enough.": (
            "all but the camera"
        ),
        "Then hold up something new, and wait for “I have never seen this”.": "it says so",
    },
    "flappy_bird": {
        "One network at six ages, all on the same level. Ask what taught it: four pictures, +1 for a pipe "
        "and -1 for a crash, nothing else.": "six fields, one network, one level, and the page says what",
        "Open “Race it” and let somebody race the ten-minute one. How many games did they need to "
        "understand the rules, and how many frames did it see?": "the figure",
        "Ask who copes with the moon, a child or the agent. Then press “The moon”: it fails.": "it fails",
        "Press “As usual”, and it plays as before. It learned this game, not what falling is.": "it copes",
    },
    "assistant": {
        "Before you point at the cards, ask what happens between “What is my schedule for tomorrow?” and "
        "the answer: five networks, rules, one line of SQL.": "this question, five networks, one line",
        "Press “Add two cartons of milk and some apples”: it finds both things and the number, and the SQL "
        "puts them on the list.": "both, and the number",
        "Say something that is not meant for it. It says that it does not know, and does nothing.": "both",
    },
    "medicine": {
        "Open “Drawn, in shadow”: everybody sees sixty nuclei, and the network finds most of them. One "
        "threshold for the whole picture sees a dark half.": "the network finds most, the threshold does not",
        "Open “A cat”, then “Galaxies”: it refuses the cat, and counts the galaxies. Knowing when to say no "
        "is learned, too, and never complete.": "one is refused, the other counted",
        "Open “Say how you feel”: “An emergency” and “Not one” speak of the same chest pain; one denies "
        "it. Ask which mistake costs more.": "one alarms, the other does not",
    },
    "why_now": {
        "Ask when AlexNet, which won in 2012, comes into reach of one processor and one day. Then drag the "
        "year: in 2017.": "the stop does not give it away; not in 2016, in 2017",
        "Further down: the error of each year's best fell most in 2012, when a deep network won for the "
        "first time.": "it did",
        "Ask what the room would give up: data, computing or ideas. Then read what each is worth here: all "
        "three cost.": "all three do",
        "Of the ideas of 1998, ask which one hurts alone. Some do, and some make no difference that one "
        "could tell from chance.": "some idea did, and some did not",
        "One run is no proof: “Run it here, with another seed”.": "the button",
    },
    "frameworks": {
        "Point at a step of learning: all three ask for gradients, each in its own way. Whoever "
        "understands one reads the others.": "three steps, three ways",
        "Ask what will differ in what they learn. Then open “The same curve”: three curves, one on the "
        "other.": "three curves, one on the other",
    },
}  # fmt: skip
"""Points of single stops; those of a stop without any are its demo's."""


@pytest.mark.parametrize("slug", SLUGS)
def test_somebody_decided_what_each_point_promises(slug):
    assert tuple(POINTS[slug]) == find(slug).talking_points


@pytest.mark.parametrize("slug", SLUGS)
def test_somebody_decided_what_each_point_of_a_stop_promises(slug):
    said = tuple(point for stop in find(slug).stops for point in stop.talking_points)
    assert tuple(AT_STOPS.get(slug, ())) == said


def test_a_presenter_has_two_or_three_points_at_every_stop_and_others_at_the_next():
    points = [place.talking_points for place in places("full")]
    assert {len(each) for each in points} == {2, 3}
    assert len({point for each in points for point in each}) == sum(map(len, points))
