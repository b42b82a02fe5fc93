import numpy as np
import pytest

from dlintro_demos.faces.face import Book, Face, Person, Thresholds
from dlintro_demos.faces.people import (
    History,
    look_alikes,
    merge,
    name_faces,
    refuse,
    rename,
    split,
    strays,
    suggest,
    tag,
    untag,
)
from dlintro_demos.gallery.intake.names import BadName, clean_name

LIMITS = Thresholds(sure=0.5, maybe=0.55)


def face(key, *numbers):
    return Face(
        key=key,
        box=(0, 0, 10, 10),
        landmarks=np.zeros((5, 2), np.float32),
        probability=1.0,
        embedding=np.array(numbers, np.float32),
        chip=b"",
    )


ANNA, LIKE_ANNA, ALMOST_ANNA = face("1/0", 0, 0), face("2/0", 0.3, 0), face("2/1", 0.4, 0)
STRANGER, BEN = face("3/0", 0, 2), face("1/1", 1, 1)
KNOWN = {each.key: each for each in (ANNA, LIKE_ANNA, ALMOST_ANNA, STRANGER, BEN)}


def who(book, suggestion):
    return suggestion.person and book.people[suggestion.person].name


def test_nobody_is_suggested_before_anybody_is_named():
    answer = suggest(Book(), [ANNA], KNOWN, LIMITS)["1/0"]
    assert (answer.person, answer.level, answer.candidates) == (None, "unknown", ())


def test_a_named_face_is_suggested_in_the_next_photo():
    book = name_faces(Book(), ["1/0"], "Anna")
    answer = suggest(book, [LIKE_ANNA], KNOWN, LIMITS)["2/0"]
    assert (who(book, answer), answer.level) == ("Anna", "sure")
    assert answer.distance == pytest.approx(0.3)


def test_a_stranger_is_unknown_and_the_nearest_person_is_told():
    book = name_faces(Book(), ["1/0"], "Anna")
    answer = suggest(book, [STRANGER], KNOWN, LIMITS)["3/0"]
    assert (answer.person, answer.level) == (None, "unknown")
    assert answer.candidates[0].distance == pytest.approx(2)


def test_a_person_stands_in_a_photo_once_and_the_nearer_face_gets_the_name():
    book = name_faces(Book(), ["1/0"], "Anna")
    answers = suggest(book, [ALMOST_ANNA, LIKE_ANNA], KNOWN, LIMITS)
    assert who(book, answers["2/0"]) == "Anna"
    assert answers["2/1"].person is None
    assert answers["2/1"].taken


def test_somebody_already_tagged_in_the_photo_is_not_suggested_again():
    book = name_faces(Book(), ["1/0", "2/0"], "Anna")
    assert suggest(book, [LIKE_ANNA, ALMOST_ANNA], KNOWN, LIMITS)["2/1"].person is None


def test_a_no_is_remembered():
    book = name_faces(Book(), ["1/0"], "Anna")
    anna = next(iter(book.people))
    book = refuse(book, "2/0", anna)
    answer = suggest(book, [LIKE_ANNA], KNOWN, LIMITS)["2/0"]
    assert (answer.person, answer.refused) == (None, True)


def test_a_no_makes_the_machine_less_sure_of_faces_that_look_like_the_refused_one():
    book = name_faces(Book(), ["1/0"], "Anna")
    book = refuse(book, "2/0", next(iter(book.people)))
    answer = suggest(book, [ALMOST_ANNA], KNOWN, LIMITS)["2/1"]
    assert (who(book, answer), answer.level, answer.refused) == ("Anna", "maybe", True)


def test_a_yes_after_a_no_counts():
    book = name_faces(Book(), ["1/0"], "Anna")
    anna = next(iter(book.people))
    book = tag(refuse(book, "2/0", anna), "2/0", anna)
    assert book.tags["2/0"] == anna
    assert not book.refusals


def test_a_name_in_other_capitals_is_the_same_person():
    book = name_faces(name_faces(Book(), ["1/0"], "Anna"), ["2/0"], " ANNA ")
    assert len(book.people) == 1


def test_two_names_that_look_like_one_person_are_noticed_and_can_be_merged():
    book = name_faces(name_faces(Book(), ["1/0"], "Anna"), ["2/0"], "Ann")
    ((one, other, distance),) = look_alikes(book, KNOWN, LIMITS)
    assert distance == pytest.approx(0.3)
    merged = merge(book, one, other)
    assert len(merged.people) == 1
    assert set(merged.tags) == {"1/0", "2/0"}


def test_one_name_for_two_people_is_noticed_and_can_be_split():
    book = name_faces(Book(), ["1/0", "2/0", "3/0"], "Anna")
    ((stray, _, distance),) = strays(book, KNOWN, LIMITS)
    assert stray == "3/0"
    assert distance > 1
    book = split(book, ["3/0"], "Anna Smith")
    assert len(book.people) == 2
    assert strays(book, KNOWN, LIMITS) == []


def test_splitting_needs_another_name():
    with pytest.raises(BadName, match="taken"):
        split(name_faces(Book(), ["1/0"], "Anna"), ["1/0"], "anna")


def test_renaming_to_somebody_elses_name_merges():
    book = name_faces(name_faces(Book(), ["1/0"], "Anna"), ["1/1"], "Ben")
    anna = book.tags["1/0"]
    assert len(rename(book, anna, "Ben").people) == 1
    assert rename(book, anna, "Hannah").people[anna].name == "Hannah"


def test_a_person_without_faces_is_gone():
    book = name_faces(Book(), ["1/0"], "Anna")
    assert untag(book, {"1/0"}).people == {}


def test_everything_can_be_undone():
    history = History()
    books = [history.book]
    for key, name in (("1/0", "Anna"), ("1/1", "Ben"), ("2/0", "Anna")):
        history.do(f"named {name}", name_faces(history.book, [key], name))
        books.append(history.book)
    for book in books[-2::-1]:
        history.undo()
        assert history.book == book
    assert history.last is None
    history.undo()


def test_forgetting_a_person_leaves_nothing_to_undo_back_to():
    history = History()
    history.do("named Anna", name_faces(history.book, ["1/0"], "Anna"))
    history.do("named Ben", name_faces(history.book, ["1/1"], "Ben"))
    history.forget(history.book.tags["1/0"])
    said = []
    while history.last:
        said.append(history.last)
        history.undo()
        assert "Anna" not in str(history.book)
    assert "Anna" not in " ".join(said)


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u0007", "x" * 61])
def test_a_name_that_is_none_is_refused_in_words(text):
    with pytest.raises(BadName, match="name"):
        clean_name(text)


def test_a_name_keeps_its_letters_and_loses_control_characters():
    assert clean_name(" Zoë\n  \u202eO'Neil<b> ") == "Zoë O'Neil<b>"


@pytest.mark.reports
def test_a_second_click_on_undo_takes_nothing_more_back():
    """“Undo” clicked twice while the server was busy took back what nobody had seen."""
    history = History()
    first, second = (
        Book(people={"a": Person(key="a", name="Ada")}),
        Book(people={"b": Person(key="b", name="Bo")}),
    )
    history.do("first", first)
    history.do("second", second)
    for _ in range(2):
        history.undo(second)
        assert history.book is first
    history.undo(first)
    assert history.book == Book()
