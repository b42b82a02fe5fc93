import io
import os
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.gallery.process import engine
from dlintro_demos.super_resolution.pace import PACE
from dlintro_demos.super_resolution.quiz import ROUNDS, Pair
from dlintro_demos.super_resolution.samples import LIMITS, SAMPLES
from dlintro_demos.super_resolution.ui import fitting, fool_me
from tests.reading import words


def photo(width=40, height=30, fmt="PNG", mode="RGB"):
    rng = np.random.default_rng(7)
    pixels = rng.integers(0, 255, (height, width, len(mode)), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels, mode if mode == "RGBA" else None).save(file, fmt)
    return file.getvalue()


def upload(at, name, data, mime="image/png"):
    at.button_group(key="source").set_value("upload").run()
    at.file_uploader[0].set_value((name, data, mime))
    return at.run()


def metrics(at):
    return {metric.label: metric.value for metric in at.metric}


@pytest.fixture
def page(open_page):
    return open_page("super_resolution")


def gain(at):
    """dB by which the result is nearer to the original than bicubic enlargement."""
    (delta,) = [metric.delta for metric in at.metric if metric.label == "PSNR against the original"]
    return float(delta.split()[0])


def test_our_own_network_sharpens_a_sample_before_anyone_clicks(page):
    assert not page.exception
    assert page.button_group(key="method").value == "Our own network"
    assert gain(page) > 0.5
    assert page.get("bidi_component")


def test_being_less_faithful_and_less_strong_ends_at_plain_enlargement(page):
    faithful = gain(page)
    page.toggle(key="faithful").set_value(False).run()
    assert 0.05 < gain(page) < faithful
    page.slider(key="strength").set_value(0).run()
    assert abs(gain(page)) < 0.05


@pytest.mark.parametrize("sample", [*SAMPLES, *LIMITS], ids=lambda sample: sample.key)
def test_a_link_opens_every_sample(open_page, sample):
    at = open_page("super_resolution", sample=sample.key)
    assert not at.exception
    assert sample.credit in words(at)
    assert sample.lesson in words(at)
    assert "PSNR against the original" in metrics(at)


def test_a_link_opens_the_same_settings(open_page):
    at = open_page("super_resolution", sample="coffee", method="Lanczos", scale="2x")
    assert "Rachel Michetti" in words(at)
    assert at.button_group(key="method").value == "Lanczos"
    assert at.button_group(key="scale").value == "2x"


def test_a_link_to_a_sample_nobody_knows_opens_the_first(open_page):
    at = open_page("super_resolution", sample="<script>", method="nonsense")
    assert not at.exception
    assert "Eileen Collins" in words(at)


@pytest.mark.parametrize("data", [photo(mode="RGBA"), photo(1, 1)], ids=["transparent", "one pixel"])
def test_an_uploaded_photo_comes_back_and_says_that_nobody_knows_the_truth(page, data):
    at = upload(page, "me.png", data)
    assert not at.exception
    assert list(metrics(at)) == ["True to the photo it came from"]
    assert "there is no larger original" in words(at)


def test_a_file_that_is_no_picture_is_refused_in_words(page):
    at = upload(page, "page.png", b"<!doctype html><script>alert(1)</script>")
    assert not at.exception
    assert not at.error
    assert len(at.warning) == 1
    assert "alert" not in words(at)
    assert not metrics(at)


def size_offered(at):
    said = re.search(r"take (\d+) x (\d+) pixels", words(at))
    return int(said[1]), int(said[2])


def test_a_photo_whose_result_would_be_too_large_is_offered_cut_or_shrunk(open_page, monkeypatch):
    strict = SimpleNamespace(cache=engine().cache, settings=replace(engine().settings, output_megapixels=1.0))
    monkeypatch.setattr(fitting, "engine", lambda: strict)
    at = open_page("super_resolution", method="Bicubic")
    upload(at, "large.jpg", photo(1200, 200, "JPEG"), "image/jpeg")
    assert "the result would have 4 megapixels, and the limit is 1" in words(at)
    width, height = offered = size_offered(at)
    assert width * height * 16 <= 1e6
    me = at.session_state["visitor"].id
    seen, jobs = {engine().results.used(me)}, engine().queue.counts["submitted"]

    monkeypatch.setitem(PACE._pace, "bicubic", 1e4)  # what a run has taught does not change its picture
    at.run()
    assert size_offered(at) == offered
    at.slider(key="window_x").set_value(100).run()
    assert engine().queue.counts["submitted"] == jobs + 1  # a look closer, and no other enlargement

    at.slider(key="cut_x").set_value(0).run()
    seen.add(engine().results.used(me))
    at.button_group(key="way").set_value("shrink").run()
    seen.add(engine().results.used(me))
    assert len(seen) == 3
    assert metrics(at)
    assert not at.exception


def test_blurring_first_shows_how_near_the_repair_comes(page):
    at = page
    at.button_group(key="mode").set_value("Blur it first, then repair it").run()
    assert not at.exception
    clean = float(metrics(at)["SSIM against the original"])
    at.slider(key="noise").set_value(30).run()
    assert float(metrics(at)["SSIM against the original"]) < clean


def test_forgetting_drops_the_upload_and_everything_kept(page):
    at = upload(page, "me.png", photo())
    me = at.session_state["visitor"]
    assert engine().results.used(me.id) > 0
    next(button for button in at.button if "Forget everything" in button.label).click().run()
    assert engine().results.used(me.id) == 0
    assert me.seats == {}
    assert "Eileen Collins" in words(at)


def test_the_game_counts_what_was_found_and_what_fooled(page, monkeypatch):
    pair = Pair(real=photo(), made=photo(40, 31), title="Noise")
    monkeypatch.setattr(fool_me, "make_pair", lambda number, cache: iter([pair]))
    page.button(key="game-fool_me-play").click().run()
    for _ in ROUNDS[1:]:
        page.button(key="fool_me-A").click().run()
        page.button(key="game-fool_me-next").click().run()
    score = page.session_state["game-fool_me"]
    assert score.round == len(ROUNDS) - 1
    assert score.yours == sum((score.seed >> turn & 1) == 0 for turn in range(score.round))
    assert score.yours + score.machine == score.round
    page.button(key="fool_me-B").click().run()
    assert f"You found **{score.yours}**" in " ".join(each.value for each in page.markdown)
    page.button(key="game-fool_me-next").click().run()
    assert page.button(key="game-fool_me-play")  # after the last round one may play again


def test_a_visit_writes_nothing_to_a_disk_and_nothing_of_it_to_a_log(page, written, caplog):
    at = upload(page, "my-secret-holiday.png", photo(90, 60))
    assert metrics(at)
    at = upload(page, "my-secret-page.png", b"<html>my secret</html>")
    assert [path for path in written if not path.endswith(".pyc") and path != os.devnull] == []
    assert "secret" not in caplog.text


def test_the_file_watch_of_the_test_above_does_see_a_file(tmp_path, written):
    (tmp_path / "seen").write_text("x")
    assert written == [str(tmp_path / "seen")]


def test_the_machine_says_why_it_takes_a_photo_for_clean_or_not(page):
    assert "So the photo seems only small." in words(page)
    noise = np.random.default_rng(1).normal(128, 12, (96, 96, 3)).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    upload(page, "noisy.png", file.getvalue())
    assert "So the photo seems noisy or compressed." in words(page)
    assert page.toggle(key="faithful_to_spoilt").value is False
    page.button_group(key="photo_is").set_value("Only small").run()
    assert page.toggle(key="faithful").value is True
    assert not page.exception


def test_what_was_spoilt_goes_to_the_network_for_spoilt_photos(open_page):
    at = open_page("super_resolution", mode="Blur it first, then repair it", noise="10")
    assert not at.exception
    assert "You spoilt it." in words(at)
