"""The frameworks' page, without a browser."""

import pytest

from dlintro_demos.frameworks import known
from dlintro_demos.frameworks.known import FRAMEWORKS
from dlintro_demos.frameworks.running import recorded


def texts(at):
    return " ".join(each.value for each in (*at.markdown, *at.caption, *at.info))


def test_three_recorded_curves_stand_there_at_once_labelled_with_date_and_machine(open_page):
    at = open_page("frameworks")
    assert not at.exception
    assert f"**Recorded** {recorded().when}, {recorded().machine}" in texts(at)
    for cost in recorded().costs:
        assert cost.version in texts(at)


def test_a_run_here_shows_what_is_installed_and_names_what_is_not(open_page, monkeypatch):
    monkeypatch.setattr(known, "version", lambda each: "9.9" if each.key == "torch" else None)
    for module in ("running", "drawn", "ui.same_curve"):
        monkeypatch.setattr(f"dlintro_demos.frameworks.{module}.version", known.version)
    at = open_page("frameworks")
    at.button(key="frameworks-start").click().run()
    assert not at.exception
    assert "**Measured here, now**: PyTorch 9.9" in texts(at)
    assert "Not installed here, so not in this run: TensorFlow with Keras, JAX" in texts(at)


def test_the_three_sources_stand_side_by_side_escaped(open_page):
    at = open_page("frameworks", do="Line by line")
    (shown,) = [each.proto.body for each in at.get("html") if "class=languages" in each.proto.body]
    for framework in FRAMEWORKS:
        assert framework.title in shown
    assert "-&gt; torch.Tensor" in shown
    assert "-> torch.Tensor" not in shown


def test_a_seven_of_ours_is_answered_before_anybody_draws(open_page):
    at = open_page("frameworks", do="Draw a digit")
    assert not at.exception
    assert "This is a seven of ours" in texts(at)
    assert "say **7**" in texts(at)


@pytest.mark.parametrize("mode", ["Which shall I learn?", "nothing"])
def test_every_other_address_opens(open_page, mode):
    assert not open_page("frameworks", do=mode).exception
