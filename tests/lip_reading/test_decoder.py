"""The decoder against every sentence and every alignment, one by one."""

import itertools

import numpy as np
import pytest

from dlintro_demos.lip_reading.decoder import Graph, greedy, likeliest, word_errors
from dlintro_demos.lip_reading.grammar import BLANK, WORDS, class_of

# Words that share tokens, repeat one, and end as the next one begins.
SMALL = {
    "words": [[(1,), (2,)], [(3,), (4,)], [(5,)]],
    "spelled": [[(1,), (1, 2), (2, 2)], [(2, 1), (3,)]],
    "repeated": [[(1, 1), (2,)], [(1,), (2, 1)]],
}


def log_softmax(rng, frames, classes):
    logits = 2 * rng.standard_normal((frames, classes))
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def collapsed(path):
    return tuple(token for token, _ in itertools.groupby(path) if token != BLANK)


def by_hand(tokens, log_probabilities):
    """The probability of each sentence: all paths, those that collapse to its tokens summed."""
    frames, classes = log_probabilities.shape
    labels = {}
    for path in itertools.product(range(classes), repeat=frames):
        probability = np.exp(sum(log_probabilities[frame, each] for frame, each in enumerate(path)))
        labels[collapsed(path)] = labels.get(collapsed(path), 0.0) + probability
    sentences = itertools.product(*(range(len(words)) for words in tokens))
    return {
        sentence: labels.get(sum((tuple(tokens[slot][word]) for slot, word in enumerate(sentence)), ()), 0.0)
        for sentence in sentences
    }


@pytest.mark.parametrize("name", SMALL)
def test_sums_are_those_over_every_sentence_and_path(name):
    tokens = SMALL[name]
    classes = 1 + max(token for words in tokens for word in words for token in word)
    log_probabilities = log_softmax(np.random.default_rng(3), 6, classes)
    truth = by_hand(tokens, log_probabilities)
    graph = Graph(tokens)
    decoding = graph.decode(log_probabilities)

    total = sum(truth.values())
    assert decoding.in_grammar == pytest.approx(np.log(total))
    for slot, words in enumerate(tokens):
        for word in range(len(words)):
            share = sum(p for sentence, p in truth.items() if sentence[slot] == word) / total
            assert decoding.posteriors[slot][word] == pytest.approx(share)


def test_the_timeline_says_when_a_word_was_said():
    log_probabilities = np.log(np.full((7, 4), 1e-6))
    for frame, token in enumerate([0, 1, 1, 0, 2, 3, 0]):
        log_probabilities[frame, token] = np.log(1 - 3e-6)
    timeline = Graph([[(1,)], [(2,)], [(3,)]]).decode(log_probabilities).timeline
    assert timeline.round(3).tolist() == [
        [0, 0, 0],
        [1, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
    ]


def test_a_sure_network_is_read_word_for_word():
    sentence = (2, 0, 3, 11, 7, 2)
    frames = np.full((75, 52), -20.0)
    frames[:, BLANK] = 0.0
    for slot, word in enumerate(sentence):
        frames[10 + 9 * slot, [BLANK, class_of(slot, word)]] = -20.0, 0.0
    graph = Graph(
        [[(class_of(slot, word),) for word in range(len(words))] for slot, words in enumerate(WORDS)]
    )
    decoding = graph.decode(frames)
    assert tuple(int(each.argmax()) for each in decoding.posteriors) == sentence
    assert [class_of(slot, word) for slot, word in enumerate(sentence)] == greedy(frames)
    assert all(each.sum() == pytest.approx(1) for each in decoding.posteriors)


def test_a_clip_too_short_for_a_sentence_is_refused():
    graph = Graph([[(1,)], [(2,)], [(3,)]])
    with pytest.raises(ValueError, match="short"):
        graph.decode(np.log(np.full((2, 4), 0.25)))


def test_the_likeliest_sentences_come_in_order():
    rng = np.random.default_rng(0)
    posteriors = [rng.dirichlet(np.ones(size)) for size in (3, 2, 4)]
    every = {
        words: np.prod([each[word] for each, word in zip(posteriors, words, strict=True)])
        for words in itertools.product(range(3), range(2), range(4))
    }
    found = likeliest(posteriors, 6)
    assert [words for words, _ in found] == sorted(every, key=every.get, reverse=True)[:6]
    assert [p for _, p in found] == pytest.approx([every[words] for words, _ in found])


@pytest.mark.parametrize(
    ("said", "truth", "errors"),
    [
        ("abc", "abc", 0),
        ("abd", "abc", 1),
        ("ab", "abc", 1),
        ("xabc", "abc", 1),
        ("", "abc", 3),
        ("bca", "abc", 2),
    ],
)
def test_errors_are_words_to_change(said, truth, errors):
    assert word_errors(said, truth) == errors
