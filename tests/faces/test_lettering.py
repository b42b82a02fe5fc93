"""Names on a video, in the scripts that people are named in."""

from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy.ndimage import label

from dlintro_demos.faces import lettering
from dlintro_demos.faces.lettering import draw_text, text_box, written
from dlintro_demos.faces.tracking import draw_names

pytestmark = pytest.mark.reports
BOX = {"key": (20.0, 10.0, 120.0, 40.0)}
NAMES = {
    "Latin": ("Chloé", "Chloè"),
    "Vietnamese": ("Nguyễn", "Nguyên"),
    "Cyrillic": ("Ђорђе", "Љиља"),
    "Greek": ("Νίκος", "Μαρία"),
    "Arabic": ("محمد", "أحمد"),
    "Persian": ("می‌خواهم", "میخواهم"),
    "Hebrew": ("שרה", "רחל"),
    "Devanagari": ("अनीता", "सुनीता"),
    "Chinese": ("张伟", "張偉"),
    "Japanese": ("さくら", "サクラ"),
    "Korean": ("김민준", "박서연"),
    "mixed": ("王 Zoë", "王 Zoé"),
}


def drawn(name, number=1):
    """What is drawn for somebody, the first of all or one further on."""
    rgb = np.full((120, 320, 3), 120, np.uint8)
    names = {f"other {count}": "Ann" for count in range(number - 1)} | {"key": name}
    return draw_names(rgb, BOX, names)


@pytest.mark.parametrize("script", NAMES)
def test_names_are_written_in_their_own_letters(script):
    """Every letter outside ASCII was a box."""
    one, other = NAMES[script]
    assert (written(one, 1), written(other, 1)) == (one, other)
    assert not np.array_equal(drawn(one), drawn(other))


def test_no_letter_is_drawn_as_the_box_for_letters_that_a_font_lacks():
    for font in range(len(lettering.FONTS)):
        lacking = bytes(lettering._font(font, 24).getmask("\U0010fffd"))
        for letter in {
            letter for pair in NAMES.values() for name in pair for letter in name if letter.strip()
        }:
            if lettering._runs(letter) == [(font, letter)]:
                assert bytes(lettering._font(font, 24).getmask(letter)) != lacking, letter


@pytest.mark.skipif(not lettering.SHAPED, reason="this Pillow found no FriBiDi")
@pytest.mark.parametrize("name", ["محمد", "क्षत्रिय"])
def test_letters_are_joined_as_they_are_in_handwriting(name):
    """The shapes of letters that stand alone, from left to right, are no Arabic."""
    together, apart = (Image.new("L", (200, 60)) for _ in range(2))
    draw_text(ImageDraw.Draw(together), 5.0, 40, name, 24, "white")
    at = 5.0
    for letter in name:
        draw_text(ImageDraw.Draw(apart), at, 40, letter, 24, "white")
        at += text_box(letter, 24)[2]
    pieces = [label(np.array(each) > 60)[1] for each in (together, apart)]
    assert pieces[0] < pieces[1]


@pytest.mark.parametrize(
    ("name", "instead"), [("𞤀𞤣𞤤𞤢𞤥", "No. 3"), ("🩷 Ana", "Ana (3)"), ("🩷🩷", "No. 3"), ("\ue000", "No. 3")]
)
def test_a_name_that_no_font_has_gets_its_number(name, instead):
    assert written(name, 3) == instead


def test_names_that_no_font_has_are_told_apart():
    pictures = [drawn("🩷 Ana", 1), drawn("🩵 Ana", 2), drawn("🩷", 3), drawn("🩵", 4)]
    assert not any(np.array_equal(one, other) for one, other in combinations(pictures, 2))


def test_without_shaping_a_name_that_needs_it_gets_its_number(monkeypatch):
    monkeypatch.setattr(lettering, "SHAPED", False)
    assert [written(name, 2) for name in ("محمد", "अनीता", "Zoë")] == ["No. 2", "No. 2", "Zoë"]


def test_a_long_name_in_any_script_stays_in_the_picture():
    for name in ("王" * 40, "م" * 40, "W" * 40):
        assert drawn(name).shape == (120, 320, 3)
