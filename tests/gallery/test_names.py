"""Names as people type them, in every script; and those that would do harm."""

import pytest

from dlintro_demos.gallery.intake.archive import safe_name
from dlintro_demos.gallery.intake.names import BadName, clean_name, folded
from dlintro_demos.teach_a_child.lesson import Lesson, known_name

pytestmark = pytest.mark.reports


@pytest.mark.parametrize(
    "name",
    [
        "نمی‌دانم",  # Persian, with a joiner that keeps two letters apart
        "ශ්‍රී ලංකා",  # Sinhala, with one that joins
        "क्‍ष",
        "👩‍👩‍👧‍👦",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # Scotland's flag
        "☎︎ Ana",
        "\U0001faea",  # of a Unicode newer than this Python
        "\U0001fac6 Ben",
        "\ue000",  # a letter of somebody's own
        "神\ufa19",  # a family's own way to write it
        "𠮷野家",
        "O'Neil-Ünal <3 & C°",
    ],
)
def test_a_name_stays_as_it_was_typed(name):
    """Joiners were cut out, and new emoji were "no name"."""
    assert clean_name(f"  {name}\n") == name
    assert known_name(Lesson(), name) == name
    assert safe_name(f"{name.replace('<', '')}.jpg") == f"{name.replace('<', '')}.jpg"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("An\u202ena", "Anna"),
        ("\u2066Anna\u2069", "Anna"),
        ("An\u0000\u0007\u009bna", "Anna"),
        ("An\ufeff\ufff9na\U0010ffff", "Anna"),
        ("An\ud800na", "Anna"),
        ("An\u2029\u202a na", "An na"),
    ],
)
def test_what_would_change_the_text_around_a_name_is_cut_out(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "name",
    ["\u3164", "\u115f", "\u1160 \uffa0", "\u200d\u200c", "\u2800", "\u00ad", "\u180e", "\ufe0f",
     "\U000e0041", "\u2060\u2063", "\u034f", "\u17b4"],
)  # fmt: skip
def test_a_name_that_nobody_can_see_is_refused_in_words(name):
    """Somebody was called nothing, and could not be found again."""
    with pytest.raises(BadName, match="Nobody could see that name"):
        clean_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Zoë", "Zoe\u0308"), ("Anna", "ANNA\u200d"), ("An\u3164na", "Anna"), ("Straße", "STRASSE")],
)
def test_names_that_look_the_same_are_one(one, other):
    assert folded(one) == folded(other)


def test_names_that_are_told_apart_by_what_is_seen_are_two():
    assert len({folded(name) for name in ("Anna", "Ann", "Аnna", "Änna")}) == 4
