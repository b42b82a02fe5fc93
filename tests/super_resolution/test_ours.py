from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from dlintro_demos.super_resolution.making import EVEN, KERNELS, Reader
from dlintro_demos.super_resolution.ours import Adaptive, Ours, OursFormatError, load_ours, read, save_ours
from tests.super_resolution.fakes import small_adaptive, small_ours
from training.photographs import LicenceNotProven, Photograph, check_licence, read_list
from training.super_resolution import __main__ as training

TINY = training.TrainingSettings(
    width=4, depth=3, drawn=0, steps=4, batch=2, side=8, warm_up=1, threads=1, report_every=2, save_every=2
)


def _picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return np.asarray(Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("scale", [2, 4])
def test_untrained_it_is_bicubic_interpolation_as_pillow_has_it(scale: int) -> None:
    small = _picture(24, 32)
    ours = training.enlarge(Ours(scale=scale, width=4, depth=2), small)
    pillow = np.asarray(Image.fromarray(small).resize((32 * scale, 24 * scale), Image.Resampling.BICUBIC))
    inside = slice(2 * scale, -2 * scale)
    difference = np.abs(ours.astype(int) - pillow)[inside, inside]
    assert difference.max() <= 1


@pytest.mark.parametrize("scale", [2, 4])
def test_saved_and_loaded_it_gives_the_same_picture(scale: int, tmp_path: Path) -> None:
    network = small_ours(scale)
    save_ours(network, tmp_path / "weights.safetensors")
    loaded = load_ours([tmp_path / "weights.safetensors"])
    small = _picture(16, 24)
    assert np.array_equal(training.enlarge(network, small), training.enlarge(loaded, small))
    assert not any(weights.requires_grad for weights in loaded.parameters())


def test_an_output_pixel_sees_as_many_pixels_as_there_are_convolutions() -> None:
    network = small_ours(2)
    x = torch.full((1, 3, 1, 32), 0.5)
    changed = x.clone()
    changed[..., 20] = 1.0
    with torch.inference_mode():
        columns = (network(x) != network(changed)).any(dim=(0, 1, 2)).nonzero().flatten() // 2
    assert columns.min() >= 20 - network.depth
    assert columns.max() <= 20 + network.depth


@pytest.mark.parametrize("content", [b"", b"not a weights file", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_file_that_is_not_ours_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    with pytest.raises(OursFormatError, match=r"weights\.safetensors"):
        load_ours([path])


@pytest.fixture
def photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    def two(_: str) -> list[tuple[None, np.ndarray]]:
        return [(None, _picture(96, 80, seed)) for seed in range(2)]

    monkeypatch.setattr(training, "load", two)


@pytest.mark.usefixtures("photographs")
@pytest.mark.parametrize(
    "settings",
    [TINY, replace(TINY, situation="degraded"), replace(TINY, told=True, branches=False)],
    ids=["clean", "degraded", "told"],
)
def test_training_stopped_and_taken_up_again_ends_with_the_same_weights(
    settings: training.TrainingSettings, tmp_path: Path
) -> None:
    reports = list(training.train(settings, tmp_path / "whole"))
    assert [report.step for report in reports] == [2, 4]
    next(training.train(settings, tmp_path / "halves"))
    (resumed,) = training.train(settings, tmp_path / "halves")
    assert resumed.step == 4
    whole, halves = ((tmp_path / name / "weights.safetensors").read_bytes() for name in ("whole", "halves"))
    assert whole == halves


@pytest.mark.usefixtures("photographs")
def test_one_that_is_told_learns_something_for_each_kernel(tmp_path: Path) -> None:
    list(training.train(replace(TINY, told=True, branches=False), tmp_path))
    learned = load_ours([tmp_path / "weights.safetensors"])
    assert isinstance(learned, Adaptive)
    assert any(changes.abs().max() > 0 for changes in learned.changes)
    assert learned.reader is None
    assert read(learned, _picture(40, 40)) == EVEN


@pytest.mark.parametrize(
    "wrong",
    [{"branches": True}, {"situation": "degraded"}, {"halved": 0.5}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_settings_that_cannot_be_told_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="told"):
        training.begin(replace(TINY, **{"told": True, "branches": False} | wrong))


def test_it_goes_on_from_a_plain_network_of_its_scale_alone(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    for other in (small_ours(2), small_adaptive(4)):
        save_ours(other, path)
        with pytest.raises(ValueError, match="no plain network x4"):
            training.begin(replace(TINY, start=str(path)))


@pytest.mark.usefixtures("photographs")
def test_what_is_told_is_saved_with_the_reader_of_its_scale(tmp_path: Path) -> None:
    settings = replace(TINY, told=True, branches=False)
    list(training.train(settings, tmp_path))
    reader = Reader(2).eval()
    save_file(reader.state_dict(), tmp_path / "reader.safetensors")
    learned = training.finished(
        settings, tmp_path / "weights.safetensors", 1.0, tmp_path / "reader.safetensors"
    )
    assert isinstance(learned, Adaptive)
    assert learned.reader is not None
    assert torch.equal(learned.reader.answer.bias, reader.answer.bias[len(KERNELS) :])


@pytest.mark.usefixtures("photographs")
def test_a_checkpoint_of_other_settings_is_not_gone_on_with(tmp_path: Path) -> None:
    next(training.train(TINY, tmp_path))
    with pytest.raises(ValueError, match="other settings"):
        next(training.train(replace(TINY, width=5), tmp_path))


def test_every_photograph_is_permissive_and_in_one_split() -> None:
    photographs = read_list()
    assert len({photograph.name for photograph in photographs}) == len(photographs)
    assert sum(photograph.split == "held_out" for photograph in photographs) >= 12


def test_a_licence_that_the_package_does_not_declare_is_refused(tmp_path: Path) -> None:
    photograph: Photograph = next(photograph for photograph in read_list() if photograph.proof)
    statement = tmp_path / photograph.package.statement
    statement.parent.mkdir(parents=True)
    statement.write_text("\n".join((*photograph.package.proof, *photograph.proof)))
    check_licence(photograph, tmp_path)
    statement.write_text(f"{photograph.proof[0]}\n\n{photograph.proof[-1]}")
    with pytest.raises(LicenceNotProven, match=photograph.name):
        check_licence(photograph, tmp_path)
