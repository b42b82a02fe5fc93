"""What people ran into: lessons that did not happen, look-alikes that were none, numbers that differed."""

import dataclasses
import io
import itertools
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from dlintro_demos.feature_layers.fooling import CHANGES, sweep
from dlintro_demos.feature_layers.guesses import name_of
from dlintro_demos.feature_layers.look_alikes import NEAR, look_alikes
from dlintro_demos.feature_layers.samples import LIMITS, SAMPLES, pictures
from dlintro_demos.feature_layers.ui.changes import AIMS, flipping
from tests.feature_layers.test_page import words
from tests.visiting import visit

pytestmark = pytest.mark.reports
HARDLY_SEEN = 4  # grey levels
every_sample = pytest.mark.parametrize("sample", [*SAMPLES, *LIMITS], ids=lambda sample: sample.key)


def last(steps):
    *_, result = steps
    return result


@pytest.fixture
def swept_at(cache, monkeypatch):
    """`swept_at(amount, sample, aim)`: the page's sweep with one amount of noise; all cost much."""

    def sweep_at(amount, sample, aim=None):
        only = dataclasses.replace(CHANGES["pgd"], amounts=(float(amount),))
        monkeypatch.setitem(CHANGES, "pgd", only)
        swept = last(sweep(sample.load(), "pgd", aim, cache))
        return swept, flipping(swept, only, aim)

    return sweep_at


@every_sample
def test_noise_fools_it_on_every_picture_that_is_offered(swept_at, sample):
    """“Fool it” never fooled it on the apple, which stands there first, nor on the panda."""
    swept, said = swept_at(HARDLY_SEEN, sample)
    assert swept.flips == HARDLY_SEEN
    assert " enough" in said


@pytest.mark.parametrize(
    ("sample", "aim"),
    list(zip([*SAMPLES, *LIMITS], itertools.cycle(filter(None, AIMS.values())))),  # all pairs take a minute
    ids=lambda each: getattr(each, "key", each),
)
def test_what_the_noise_aims_at_is_what_it_says_in_the_end(swept_at, sample, aim):
    """The page offered “toaster” and came to “tabby”, at 2 %."""
    swept, said = swept_at(CHANGES["pgd"].amounts[-1], sample, aim)
    assert swept.steps[-1].top[0].index == aim
    assert f"says “{name_of(aim)}”" in said


def test_the_page_tries_these_amounts():
    assert next(iter(CHANGES)) == "pgd"
    assert HARDLY_SEEN in CHANGES["pgd"].amounts


def test_only_noise_that_can_hit_something_is_aimed(cache):
    aiming = [key for key, change in CHANGES.items() if change.aims]
    assert aiming == ["pgd"]


def test_one_grey_level_is_one():
    """“1 grey levels are enough”."""
    noise, turn, crop = CHANGES["pgd"], CHANGES["rotation"], CHANGES["crop"]
    assert [noise.say(amount) for amount in (0.5, 1.0, 2.0)] == [
        "0.5 grey levels", "1 grey level", "2 grey levels",
    ]  # fmt: skip
    assert (turn.say(15.0), crop.say(1.0), crop.say(8.0)) == ("15 degrees", "1 % cut off", "8 % cut off")


def copies(rgb):
    """The same photograph as people have it: saved again, made smaller, cut a little."""
    image = Image.fromarray(rgb)
    for scale, quality in ((1.0, 60), (1.5, 90), (0.8, 85)):
        file = io.BytesIO()
        size = (round(image.width * scale), round(image.height * scale))
        image.resize(size, Image.Resampling.LANCZOS).save(file, "JPEG", quality=quality)
        yield np.array(Image.open(file))


@pytest.mark.parametrize(("sample", "itself"), [("coffee", "coffee"), ("cat", "chelsea-the-cat")])
def test_a_sample_is_not_its_own_look_alike(cache, sample, itself):
    """The coffee's nearest look-alike was the same photograph of the coffee."""
    rgb = next(each for each in SAMPLES if each.key == sample).load()
    for alike in last(look_alikes(rgb, cache)).values():
        assert itself not in [each.picture.key for each in alike]


@pytest.mark.parametrize("picture", pictures()[7::24], ids=lambda picture: picture.key)
def test_a_copy_of_a_bundled_picture_is_not_its_own_look_alike(cache, picture):
    for copy in copies(picture.load()):
        for alike in last(look_alikes(copy, cache)).values():
            assert picture.key not in [each.picture.key for each in alike]


def test_where_nothing_has_the_same_meaning_the_page_says_so(open_page, cache):
    """“The last layer finds meaning” showed a drum and a volleyball for a cat, at 0.14."""
    assert "Nothing is near it here" in words(open_page("feature_layers", look="Look-alikes", sample="cat"))
    for sample in ("black-hammer", "louvre"):  # those that the page names
        at = open_page("feature_layers", look="Look-alikes", sample=sample)
        assert "Nothing is near" not in words(at)
        rgb = next(each for each in SAMPLES if each.key == sample).load()
        late = last(look_alikes(rgb, cache))["late"]
        assert late[0].likeness >= NEAR


@pytest.mark.browser
def test_a_channel_has_one_number(gallery, page):
    """“No. 20” was called channel 21 beside its picture."""
    visit(page, f"{gallery}/feature_layers?look=One+convolution")
    chosen = page.get_by_role("radio", name=re.compile(r"^No\. \d+"), checked=True)
    number = chosen.inner_text().strip().removeprefix("No. ")
    expect(page.locator(".convolution .legend")).to_contain_text(f"channel {number}.", timeout=60_000)
