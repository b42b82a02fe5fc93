import io
import os
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from dlintro_demos.gallery.process import engine
from dlintro_demos.shared.tiles import Box
from dlintro_demos.super_resolution.pace import PACE
from dlintro_demos.super_resolution.quiz import ROUNDS, Pair
from dlintro_demos.super_resolution.samples import LIMITS, SAMPLES
from dlintro_demos.super_resolution.ui import fitting, fool_me, several
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


@pytest.fixture
def strict(monkeypatch):
    """A gallery in which a result may have a megapixel."""
    limited = SimpleNamespace(
        cache=engine().cache, settings=replace(engine().settings, output_megapixels=1.0)
    )
    monkeypatch.setattr(fitting, "engine", lambda: limited)


def take_part(at, box):
    """As the frame would have it kept."""
    at.session_state["framed-0"] = ((digest_of(at), (1200, 200)), box)
    return at.run()


def digest_of(at):
    return at.session_state["super_resolution_fit"][0][0]


def test_a_photo_too_large_comes_back_whole_and_its_part_fully(strict, open_page, monkeypatch):
    at = open_page("super_resolution", method="Bicubic")
    upload(at, "large.jpg", photo(1200, 200, "JPEG"), "image/jpeg")
    assert "0.24 megapixels in, 0.96 out: the whole of your photo, enlarged 2x" in words(at)
    assert "All of it 4x would pass the limit of 1 megapixels; a smaller part would not." in words(at)
    assert metrics(at)["True to the photo it came from"]
    me = at.session_state["visitor"].id
    whole, jobs = engine().results.used(me), engine().queue.counts["submitted"]

    monkeypatch.setitem(PACE._pace, "bicubic", 1e4)  # what a run has taught does not change its picture
    at.run()
    assert engine().queue.counts["submitted"] == jobs
    monkeypatch.setitem(PACE._pace, "bicubic", 0.05)

    take_part(at, Box(100, 50, 300, 150))
    assert "200 x 100 pixels of your photo, enlarged 4x: 800 x 400" in words(at)
    assert engine().queue.counts["submitted"] == jobs + 1
    assert engine().results.used(me) > whole
    take_part(at, Box(0, 0, 1000, 200))
    assert "0.2 megapixels in, 0.8 out: all that is in the frame, enlarged 2x" in words(at)
    assert not at.exception


def test_a_photo_larger_than_any_result_may_be_is_made_smaller_and_the_line_says_so(strict, open_page):
    at = open_page("super_resolution", method="Bicubic")
    upload(at, "large.png", photo(1250, 1000))
    said = re.search(
        r"1.25 megapixels in, (0.\d+|1) out: the whole of your photo, made (\d+) x (\d+) first", words(at)
    )
    assert float(said[1]) == pytest.approx(int(said[2]) * int(said[3]) * 4 / 1e6, abs=0.006)
    assert "That is smaller than it was" in words(at)


def test_several_photos_that_do_not_fit_into_a_visits_share_say_so(open_page, monkeypatch):
    at = open_page("super_resolution", method="Bicubic")
    small = SimpleNamespace(
        settings=replace(engine().settings, session_results_mb=0.2),
        **{name: getattr(engine(), name) for name in ("cache", "decoding")},
    )
    monkeypatch.setattr(several, "engine", lambda: small)
    at.button_group(key="source").set_value("several").run()
    files = [(f"{letter}.png", photo(130, 100), "image/png") for letter in "ab"]
    at.file_uploader[0].set_value(files).run()
    assert "a.png: 130 x 100 became 520 x 400" in words(at)
    assert "1 photo of 2 done." in words(at)
    assert "There is no more room: its result has 0.1 MB" in words(at)

    at.file_uploader[0].set_value(files[1:]).run()  # the first is taken away: the second has its turn
    assert "b.png: 130 x 100 became 520 x 400" in words(at)
    assert not at.warning
    assert not at.exception


def test_what_is_blurred_first_is_all_of_a_photo_or_the_part(page):
    page.button_group(key="mode").set_value("Blur it first, then repair it").run()
    upload(page, "large.png", photo(1200, 200))
    assert "The whole of your photo, 1,200 x 200 pixels, made 512 x 85 for this experiment." in words(page)
    take_part(page, Box(0, 0, 300, 200))
    assert "The part in the frame, 300 x 200 pixels." in words(page)
    assert "SSIM against the original" in metrics(page)


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
