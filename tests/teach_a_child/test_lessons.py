import numpy as np
import pytest
import torch

from dlintro_demos.gallery.intake.brought import Brought
from dlintro_demos.gallery.intake.images import UnreadableMedia, decode_image, encode_png
from dlintro_demos.gallery.intake.names import BadName
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.shared.imagenet import MODEL
from dlintro_demos.shared.things import THINGS, draw
from dlintro_demos.teach_a_child.lesson import (
    FEATURES,
    MOST_CLASSES,
    MOST_EXAMPLES,
    Lesson,
    LessonFull,
    Seen,
    confusions,
    running_accuracy,
    teach,
)
from dlintro_demos.teach_a_child.picture_map import draw_map
from dlintro_demos.teach_a_child.seeing import THUMBNAIL, barcode, look, look_at_files, nothing_on, see
from dlintro_demos.teach_a_child.story import SHOWN, TRUTH, tell_story
from dlintro_demos.teach_a_child.tray import BEGIN, TRAYS, begin, tray


@pytest.fixture(scope="module")
def cache():
    return ModelCache(read_cards(REPOSITORY / "models"))


def last(steps):
    *_, result = steps
    return result


def seen(number, towards=0):
    """A made-up picture whose embedding points mostly along one axis."""
    row = np.random.default_rng(number).random(FEATURES).astype(np.float32) * 0.01
    row[towards] += 1
    return Seen(key=f"{number:064x}", embedding=row / np.linalg.norm(row))


def lesson_of(*named):
    lesson = Lesson()
    for number, (name, said) in enumerate(named):
        lesson = teach(lesson, {seen(number): said}, name)
    return lesson


def test_a_word_is_kept_as_it_was_first_written():
    lesson = lesson_of(("Apple", None), ("  aPPLE ", "Apple"), ("ball", "Apple"))
    assert lesson.names == ("Apple", "ball")
    assert lesson.labels.tolist() == [0, 0, 1]


@pytest.mark.parametrize("name", ["", "   ", "\x00\x07", "x" * 61])
def test_a_word_that_is_none_changes_nothing(name):
    with pytest.raises(BadName):
        teach(Lesson(), {seen(1): None}, name)


def test_each_picture_is_tested_before_it_is_learned():
    lesson = lesson_of(
        ("apple", None), ("apple", "apple"), ("ball", "apple"), ("ball", None), ("ball", "ball")
    )
    assert [example.right for example in lesson.examples] == [None, True, False, False, True]
    assert running_accuracy(lesson) == [(2, 1.0), (3, 0.5), (4, 1 / 3), (5, 0.5)]


def test_never_seen_is_right_for_the_first_of_a_new_word_only():
    lesson = lesson_of(("apple", None), ("ball", None), ("ball", None))
    assert [example.right for example in lesson.examples] == [None, True, False]


def test_pictures_given_together_are_all_tested_before_any_is_learned():
    lesson = lesson_of(("apple", None))
    lesson = teach(lesson, {seen(10): None, seen(11): None, seen(12): "apple"}, "ball")
    assert [example.right for example in lesson.examples] == [None, True, True, False]


def test_what_is_taught_without_asking_counts_for_nothing():
    lesson = teach(lesson_of(("apple", None)), {seen(5): None}, "ball", test=False)
    assert running_accuracy(lesson) == []


def test_the_same_picture_in_two_classes_has_the_name_that_was_said_last():
    lesson = lesson_of(("apple", None), ("ball", "apple"))
    lesson = teach(lesson, {seen(1): "ball"}, "apple")
    assert lesson.called(seen(1).key) == "apple"
    assert len(lesson.examples) == 2
    assert lesson.names == ("apple",)
    # what the machine said at the first sight of it still counts, against its new name
    assert [example.right for example in lesson.examples] == [None, True]


def test_a_lesson_has_a_last_word():
    lesson = lesson_of(*((f"word {number}", None) for number in range(MOST_CLASSES)))
    with pytest.raises(LessonFull, match=str(MOST_CLASSES)):
        teach(lesson, {seen(99): None}, "one more")
    assert len(teach(lesson, {seen(99): None}, "WORD 3").examples) == MOST_CLASSES + 1


def test_a_lesson_has_a_last_example():
    lesson = teach(Lesson(), {seen(number): None for number in range(MOST_EXAMPLES - 1)}, "apple")
    with pytest.raises(LessonFull, match="room for 1 more"):
        teach(lesson, {seen(1000): None, seen(1001): None}, "ball")
    full = teach(lesson, {seen(1000): None}, "ball")
    assert len(full.examples) == MOST_EXAMPLES
    assert len(teach(full, {seen(1000): None}, "apple").examples) == MOST_EXAMPLES  # renaming needs no room


def test_cells_hold_what_was_called_what():
    cells = confusions(lesson_of(("apple", None), ("ball", "apple"), ("ball", None), ("ball", "apple")))
    assert {cell: len(found) for cell, found in cells.items()} == {("ball", "apple"): 2, ("ball", None): 1}


def test_the_map_keeps_what_is_alike_together_and_does_not_flip():
    before = Lesson()
    for number in range(8):
        before = teach(before, {seen(number, towards=number % 2): None}, f"word {number % 2}")
    after = teach(before, {seen(50, towards=1): None}, "word 1")
    drawn = draw_map(after)
    moved, now = drawn.moved_from(draw_map(before)), drawn.place(seen(60, towards=0).embedding)
    first, second = (drawn.examples[after.labels == label] for label in (0, 1))
    between = np.linalg.norm(first.mean(0) - second.mean(0))
    assert max(first.std(), second.std()) < between
    assert np.isnan(moved[-1]).all()
    assert np.abs(moved[:-1] - drawn.examples[:-1]).max() < 0.2 * between
    assert np.linalg.norm(now - drawn.means[0]) < np.linalg.norm(now - drawn.means[1])
    assert 0 < drawn.kept <= 1


def test_the_map_keeps_the_two_directions_in_which_examples_differ_most():
    lesson = lesson_of(*(("apple", None) for _ in range(6)))
    drawn = draw_map(lesson)
    apart = lesson.embeddings - lesson.embeddings.mean(0, dtype=np.float64)
    _, strengths, rows = np.linalg.svd(apart, full_matrices=False)
    assert np.abs(drawn.axes.T @ rows[:2].T) == pytest.approx(np.eye(2), abs=1e-5)
    assert np.abs(drawn.examples) == pytest.approx(np.abs(apart @ rows[:2].T), abs=1e-5)
    assert drawn.kept == pytest.approx((strengths[:2] ** 2).sum() / (strengths**2).sum())


def test_a_map_is_drawn_once_a_lesson():
    lesson = lesson_of(("apple", None))
    assert draw_map(lesson) is draw_map(lesson)
    assert draw_map(lesson) is not draw_map(lesson_of(("apple", None)))


@pytest.mark.parametrize("numbers", [(1,), (1, 2), (1, 1, 1)])
def test_a_map_of_next_to_nothing(numbers):
    lesson = Lesson()
    for place, number in enumerate(numbers):
        same = Seen(key=str(place), embedding=seen(number).embedding)
        lesson = teach(lesson, {same: None}, "apple")
    drawn = draw_map(lesson)
    assert np.isfinite(drawn.examples).all()
    assert drawn.examples.shape == (len(numbers), 2)
    assert drawn.kept == pytest.approx(1)


def test_the_same_picture_is_the_same_example(cache):
    rgb = draw("cup", 5)
    one, two = (last(look(rgb, "a cup", cache)).seen[0] for _ in range(2))
    assert one.key == two.key
    assert np.linalg.norm(one.embedding) == pytest.approx(1)
    assert decode_image(one.thumbnail).rgb.shape == (THUMBNAIL, THUMBNAIL, 3)


@pytest.mark.parametrize("rgb", [np.zeros((1, 1, 3), np.uint8), np.full((40, 90, 3), 130, np.uint8)])
def test_a_picture_without_content_is_no_example(cache, rgb):
    assert nothing_on(rgb)
    looked = last(look(rgb, "nothing", cache))
    assert looked.seen == ()
    assert "one colour" in looked.left_out[0]


def test_a_line_is_looked_at(cache):
    rgb = np.random.default_rng(0).integers(0, 256, (2, 3000, 3)).astype(np.uint8)
    looked = last(look(rgb, "a line", cache))
    assert len(looked.seen) == 1
    assert decode_image(looked.shown).rgb.shape == (1, 800, 3)


def test_files_are_looked_at_once_each_and_bad_ones_left_out(cache):
    def decode(data):
        if data == b"bad":
            raise UnreadableMedia("This is no picture.")
        return decode_image(data).rgb

    good = [encode_png(draw("star", seed)) for seed in range(9)]
    plain = encode_png(np.full((30, 30, 3), 90, np.uint8))
    files = [
        Brought(f"picture {n}", lambda data=data: data)
        for n, data in enumerate([*good, b"bad", plain, good[0]])
    ]
    looked = last(look_at_files(files, decode, cache))
    assert len(looked.seen) == 9
    assert [sentence.split(" ")[1].rstrip(":") for sentence in looked.left_out[:2]] == ["9", "10"]
    assert looked.left_out[2].startswith("1 picture is there twice")
    single = last(look(draw("star", 3), "a star", cache)).seen[0]
    assert np.allclose(looked.seen[3].embedding, single.embedding, atol=1e-5)


def test_the_tray_has_all_things_and_each_is_described():
    for number in (1, TRAYS):
        things = tray(number)
        assert {thing.kind for thing in things} == set(THINGS)
        assert all(thing.alt.startswith("A drawing of ") for thing in things)
    assert {thing.key for thing in tray(1)}.isdisjoint(thing.key for thing in tray(2))


def test_a_lesson_begins_with_two_words(cache):
    lesson = last(begin(cache))
    assert lesson.names == ("apple", "ball")
    assert len(lesson.examples) == len(BEGIN)
    assert running_accuracy(lesson) == []


def test_the_first_red_ball_is_called_an_apple_and_the_fifth_a_ball(cache):
    rounds = last(tell_story(cache))
    assert len(rounds) == len(SHOWN) == 5
    assert rounds[0].guess.name == "apple"
    assert rounds[4].guess.name == TRUTH
    assert all(each.after.name == TRUTH for each in rounds)
    # no picture of the story is shown twice, so each guess is about something new
    assert len({each.seen.key for each in rounds}) == 5


def test_the_larger_a_number_the_brighter_is_its_square():
    row = np.zeros(FEATURES, np.float32)
    row[[41, 1279]] = 0.2, 0.8
    squares = decode_image(barcode(row)).rgb.reshape(32, 8, 40, 8, 3)
    assert (squares == squares[:, :1, :, :1]).all()
    brightness = squares[:, 0, :, 0].sum(-1).ravel()
    assert np.argsort(brightness)[-2:].tolist() == [41, 1279]
    assert len(np.unique(brightness)) == 3


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_the_gpu_sees_what_the_cpu_sees(cache):
    on_gpu = ModelCache(read_cards(REPOSITORY / "models"), device=torch.device("cuda"))
    pictures = [thing.load() for thing in tray(3)]
    alts = [""] * len(pictures)
    gpu, cpu = (
        np.stack([each.embedding for each in see(pictures, alts, models)]) for models in (on_gpu, cache)
    )
    assert on_gpu.get(MODEL).device.type == "cuda"
    assert (gpu * cpu).sum(1).min() > 0.999
    names = [[round_.guess.name for round_ in last(tell_story(models))] for models in (on_gpu, cache)]
    assert names[0] == names[1]
