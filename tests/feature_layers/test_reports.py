"""What people ran into: lessons that did not happen, look-alikes that were none, numbers that differed."""

import dataclasses
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from dlintro_demos.feature_layers import DEMO
from dlintro_demos.feature_layers.evidence import CELLS, explain
from dlintro_demos.feature_layers.experiment import hide
from dlintro_demos.feature_layers.fooling import CHANGES, sweep
from dlintro_demos.feature_layers.guesses import name_of
from dlintro_demos.feature_layers.look_alikes import NEAR, look_alikes
from dlintro_demos.feature_layers.samples import LIMITS, SAMPLES, pictures
from dlintro_demos.feature_layers.ui.changes import AIMS, flipping
from dlintro_demos.feature_layers.ui.walk_through import DEPTHS
from dlintro_demos.shared.imagenet import STOPS
from tests.feature_layers.test_page import words
from tests.visiting import visit

pytestmark = pytest.mark.reports
HARDLY_SEEN = 4  # grey levels
every_sample = pytest.mark.parametrize("sample", [*SAMPLES, *LIMITS], ids=lambda sample: sample.key)


def last(steps):
    *_, result = steps
    return result


@every_sample
def test_noise_fools_it_on_every_picture_that_is_offered(cache, sample):
    """“Fool it” never fooled it on the apple, which stands there first, nor on the panda."""
    way = next(iter(CHANGES))
    swept = last(sweep(sample.load(), way, None, cache))
    assert 0 < swept.flips <= HARDLY_SEEN
    assert " enough" in flipping(swept, CHANGES[way], None)


@every_sample
def test_what_the_noise_aims_at_is_what_it_says_in_the_end(cache, monkeypatch, sample):
    """The page offered “toaster” and came to “tabby”, at 2 %."""
    strongest = dataclasses.replace(CHANGES["pgd"], amounts=(0.0, CHANGES["pgd"].amounts[-1]))
    monkeypatch.setitem(CHANGES, "pgd", strongest)
    for aim in AIMS.values():
        if aim is not None:
            swept = last(sweep(sample.load(), "pgd", aim, cache))
            assert swept.steps[-1].top[0].index == aim
            assert f"says “{name_of(aim)}”" in flipping(swept, strongest, aim)


def test_only_noise_that_can_hit_something_is_aimed(cache):
    aiming = [key for key, change in CHANGES.items() if change.aims]
    assert aiming == ["pgd"]


def test_the_talking_points_come_true_when_they_are_played(open_page, cache):
    walking, covering, fooling = DEMO.talking_points
    assert "edges, then textures, then parts, then things" in walking
    stops = [min(depth.first + 1, len(STOPS)) for depth in DEPTHS]
    for stop, kind in zip(stops, ("Edges", "Textures", "Parts", "Things"), strict=True):
        assert f"**{kind}" in words(open_page("feature_layers", layer=str(stop)))

    assert "cover that with the brush" in covering
    first = SAMPLES[0].load()
    untouched = last(hide(first, np.zeros((CELLS, CELLS), bool), (948,), cache))
    answer = untouched.best.index
    reason = last(explain(first, answer, cache)).reasons["occlusion"]
    dark = np.zeros(CELLS * CELLS, bool)
    dark[np.argsort(-reason.cells.ravel())[: CELLS * CELLS // 3]] = True
    covered = last(hide(first, dark.reshape(CELLS, CELLS), (answer,), cache))
    assert covered.probabilities[0] < untouched.probabilities[0] - 0.1

    assert "aim the noise at “toaster”" in fooling
    at = open_page("feature_layers", look="Fool it")
    at.button_group(key="aim").set_value("towards “toaster”").run()
    assert not at.exception
    assert "the first amount tried at which it says “toaster”" in words(at)
    slider = next(slider for slider in at.select_slider if slider.label.startswith("How much"))
    assert float(slider.value) <= HARDLY_SEEN


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
