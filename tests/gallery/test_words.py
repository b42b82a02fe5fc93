"""A number and its noun: one of a thing is one, on the page too."""

import io

import pytest
from PIL import Image

from dlintro_demos.faces.samples import EILEEN, portrait
from dlintro_demos.faces.ui import same_or_not
from dlintro_demos.faces.ui.albums import MINE
from dlintro_demos.feature_layers.ui import play
from dlintro_demos.gallery.ui.game import Score
from dlintro_demos.gallery.words import counted
from dlintro_demos.super_resolution.ui import fool_me

pytestmark = pytest.mark.reports


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 faces"),
        (1, "1 face"),
        (2, "2 faces"),
        (1.0, "1 face"),
        (0.5, "0.5 faces"),
        (1200, "1,200 faces"),
    ],
)
def test_one_is_one_and_everything_else_is_many(number, said):
    assert counted(number, "face") == said


def test_many_of_some_are_called_otherwise():
    assert (counted(1, "person", "people"), counted(3, "person", "people")) == ("1 person", "3 people")


def test_a_game_says_once_as_one_time():
    """“1 times “I don't know””."""
    score = Score(round=1, yours=1, machine=1, unsure=1, said=True)
    tallies = [game.tally(score) for game in (same_or_not.GAME, fool_me._GAME, play._GAME)]
    assert "1 time “I don't know”" in tallies[0]
    assert "it fooled you **1 time**" in tallies[1]
    assert not any(words in tally for tally in tallies for words in ("1 times", "1** times"))


def test_an_album_of_one_photo_has_one_photo(open_page):
    """“1 photos, 1 faces”."""
    file = io.BytesIO()
    Image.fromarray(portrait(EILEEN)).save(file, "JPEG", quality=92)
    at = open_page("faces").button_group(key="look-at").set_value("An album").run()
    at.button_group(key="album-of").set_value(MINE).run()
    at.file_uploader[0].set_value([("one.jpg", file.getvalue(), "image/jpeg")])
    at.run()
    assert not at.exception
    said = " ".join(each.value for kind in ("markdown", "caption", "info") for each in at.get(kind))
    assert "**1 photo, 1 face**" in said
