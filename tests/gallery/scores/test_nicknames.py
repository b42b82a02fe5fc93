"""What a visitor may be called."""

import pytest

from dlintro_demos.gallery.scores.nicknames import BadNickname, clean_nickname, rude, skeleton


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("O'Brien-Smith Jr.", "O'Brien-Smith Jr."),
        ("Jose\u0301", "José"),
        ("ＡＤＡ", "ADA"),  # full width
        ("李雷", "李雷"),
        ("ליאור", "ליאור"),
        ("Team 4", "Team 4"),
        ("x" * 20, "x" * 20),
        ("Cassandra", "Cassandra"),
        ("Scunthorpe", "Scunthorpe"),
        ("Matsushita", "Matsushita"),
    ],
)
def test_names_of_all_scripts_are_taken(typed, kept):
    assert clean_nickname(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "a",
        "x" * 21,
        "x" * 200,
        "x" * 1_000_000,
        "<b>Ada</b>",
        "<img src=x onerror=alert(1)>",
        "[Ada](http://x)",
        "Ada`Ada",
        "$x^2$",
        ":material/home:",
        "a\u200bb",  # zero width space
        "a\u200db",  # joiner
        "\u202eadA",  # right to left override
        "\u2066Ada\u2069",
        "\ufeffAda",
        "\u3164\u3164\u3164",  # letters that are blank
        "\xad\xad\xad",
        "A\x00da",
        "Ada\nAda",
        "A\u0301\u0302\u0303\u0304da",  # marks piled up
        "\u0301\u0302",
        "...",
        "'' --",
        "😀😀",
        "\ud800\ud800",
        "machine",
        "The Machine",
        "m4chine",
        "аdmin",  # the first letter is Cyrillic
        "f.u.c.k",
        "FU CK",
        "fuuck fuck",
        "ｆｕｃｋ",
    ],
)
def test_what_would_do_harm_on_a_wall_is_refused_in_words(typed):
    with pytest.raises(BadNickname, match=r"^[A-Z].*\.$"):
        clean_nickname(typed)


@pytest.mark.parametrize(
    "other",
    ["ada", "A d a", "A.D.A", "Àdà", "Аdа", "ＡＤＡ", "Α_d-a"],
)
def test_names_that_look_alike_are_one(other):
    assert skeleton(other) == skeleton("Ada")


@pytest.mark.parametrize(
    ("one", "other"), [("Ada", "Adam"), ("Team 4", "Team A"), ("Team 1", "Team 2"), ("李雷", "韩梅")]
)
def test_names_that_differ_are_two(one, other):
    assert skeleton(one) != skeleton(other)


def test_a_code_that_says_something_rude_is_known():
    assert rude("XFUCK")
    assert not rude("KQWXY")
