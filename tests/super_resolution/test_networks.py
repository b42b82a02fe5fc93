"""The reader of ncnn's weights and the networks filled from it."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch

from dlintro_demos.super_resolution.explain import _activations
from dlintro_demos.super_resolution.ncnn import NcnnFormatError, read_ncnn
from dlintro_demos.super_resolution.networks import forward_in_steps, load_compact, load_photographic
from tests.super_resolution.fakes import small_compact, small_rrdb, weights

LOADERS = {"realesrgan_compact": load_compact, "realesrgan_photographic": load_photographic}


@functools.cache
def loaded(key: str) -> torch.nn.Module:
    return LOADERS[key](weights(key))


@pytest.fixture(params=LOADERS)
def model(request):
    """The files of a model and our module of it."""
    return weights(request.param), loaded(request.param)


def ncnn_blobs(files, names: list[str], x: np.ndarray) -> list[np.ndarray]:
    """What ncnn computes for blobs of the network, in float32; x is (3, h, w)."""
    ncnn = pytest.importorskip("ncnn")
    net = ncnn.Net()
    for option in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage", "winograd_convolution"):
        setattr(net.opt, f"use_{option}", False)
    net.opt.lightmode = False
    net.opt.num_threads = 2
    assert net.load_param(str(files[0])) == 0
    assert net.load_model(str(files[1])) == 0
    with net.create_extractor() as extractor:
        extractor.input("data", ncnn.Mat(x).clone())
        return [np.array(extractor.extract(name)[1].clone()) for name in names]


def assert_agree(ours: torch.Tensor, theirs: np.ndarray, name: str) -> None:
    """Within 1e-5 of the largest value: hidden features are not in 0..1."""
    assert ours[0].shape == theirs.shape
    assert np.abs(ours[0].numpy() - theirs).max() <= 1e-5 * np.abs(theirs).max(), name


def random_input(side: int) -> np.ndarray:
    return np.random.default_rng(0).random((3, side, side), dtype=np.float32)


def test_the_output_is_that_of_ncnn(model):
    files, module = model
    x = random_input(16)
    with torch.inference_mode():
        ours = module(torch.from_numpy(x)[None])[0].numpy()
    (theirs,) = ncnn_blobs(files, ["output"], x)
    assert np.abs(ours - theirs).max() <= 1e-4


def test_each_layer_of_the_compact_network_is_that_of_ncnn():
    files = weights("realesrgan_compact")
    module = loaded("realesrgan_compact")
    rows = [line.split() for line in files[0].read_text().splitlines()[2:]]
    blobs = [row[5] for row in rows if row[0] in ("Convolution", "PReLU")]
    assert len(blobs) == len(module.body)
    x = random_input(12)
    features = torch.from_numpy(x)[None]
    for layer, blob, theirs in zip(module.body, blobs, ncnn_blobs(files, blobs, x), strict=True):
        features = layer(features)
        assert_agree(features, theirs, blob)


def test_each_block_of_the_photographic_network_is_that_of_ncnn():
    files = weights("realesrgan_photographic")
    head, trunk, *_ = loaded("realesrgan_photographic").model
    rows = [line.split() for line in files[0].read_text().splitlines()[2:]]
    # three dense blocks and the sum around them: every fourth addition ends a block
    blobs = [row[6] for row in rows if row[0] == "Eltwise"][3::4]
    *blocks, _ = trunk.sub
    x = random_input(10)
    features = head(torch.from_numpy(x)[None])
    for block, blob, theirs in zip(blocks, blobs, ncnn_blobs(files, blobs, x), strict=True):
        features = block(features)
        assert_agree(features, theirs, blob)


def test_networks_are_ready_to_run_and_not_to_train(model):
    _, module = model
    assert not module.training
    assert not any(parameter.requires_grad for parameter in module.parameters())
    assert {parameter.dtype for parameter in module.parameters()} == {torch.float32}
    kernels = [parameter for parameter in module.parameters() if parameter.ndim == 4]
    assert all(kernel.is_contiguous(memory_format=torch.channels_last) for kernel in kernels)


@pytest.mark.parametrize("make", [small_compact, small_rrdb])
def test_steps_give_the_very_output_of_the_network(make):
    module, x = make(), torch.rand(1, 3, 20, 14)
    *shares, output = forward_in_steps(module, x)
    with torch.inference_mode():
        assert torch.equal(output, module(x))
    assert shares == sorted(shares)
    assert all(0 < share < 1 for share in shares)


def test_the_real_networks_give_the_same_in_steps(model):
    _, module = model
    x = torch.from_numpy(random_input(8))[None]
    *shares, output = forward_in_steps(module, x)
    with torch.inference_mode():
        assert torch.equal(output, module(x))
    assert len(shares) > 15


def test_the_caller_is_not_in_inference_mode_between_steps():
    for _ in forward_in_steps(small_rrdb(), torch.rand(1, 3, 8, 8)):
        assert not torch.is_inference_mode_enabled()


def test_an_unknown_network_runs_in_one_step():
    module = torch.nn.Upsample(scale_factor=4)
    (output,) = forward_in_steps(module, torch.ones(1, 3, 4, 4))
    assert output.shape == (1, 3, 16, 16)


@pytest.mark.parametrize("make", [small_compact, small_rrdb])
def test_looking_inside_does_not_change_the_output(make):
    module, x = make(), torch.rand(1, 3, 16, 12)
    with torch.inference_mode():
        early, late, output = _activations(module, x)
        torch.testing.assert_close(output, module(x))
    assert early.shape[1] == late.shape[1] == 8


def broken(files, tmp_path, param=lambda text: text, binary=lambda data: data):
    """Copies of the two files, changed."""
    changed = tmp_path / "m.param", tmp_path / "m.bin"
    changed[0].write_bytes(param(files[0].read_bytes()))
    changed[1].write_bytes(binary(files[1].read_bytes()))
    return changed


COMPACT_BREAKS = {
    "cut short": {"binary": lambda data: data[:-5]},
    "empty": {"binary": lambda data: b""},
    "too long": {"binary": lambda data: data + b"\0\0\0\0"},
    "no tag": {"binary": lambda data: b"\xff\xff\xff\xff" + data[4:]},
    "not a .param": {"param": lambda text: b"<html>" + text},
    "no .param": {"param": lambda text: b""},
    "no counts": {"param": lambda text: text.split(b"\n")[0]},
    "a layer fewer": {"param": lambda text: b"\n".join(text.splitlines()[:-1])},
    "strange layer": {"param": lambda text: text.replace(b"PReLU ", b"Mystery ")},
    "no shape": {"param": lambda text: text.replace(b"6=1728", b"")},
    "negative size": {"param": lambda text: text.replace(b"6=1728", b"6=-1728")},
    "indivisible": {"param": lambda text: text.replace(b"6=1728", b"6=1727")},
    "binary": {"param": lambda text: bytes(range(256)) * 8},
}


@pytest.mark.parametrize("how", COMPACT_BREAKS)
def test_broken_files_are_refused(how, tmp_path):
    files = broken(weights("realesrgan_compact"), tmp_path, **COMPACT_BREAKS[how])
    with pytest.raises(NcnnFormatError, match=r"\S"):
        load_compact(files)


def test_the_other_networks_weights_are_refused(tmp_path):
    with pytest.raises(NcnnFormatError):
        load_photographic(weights("realesrgan_compact"))
    with pytest.raises(NcnnFormatError):
        load_compact(weights("realesrgan_photographic"))


def test_every_weight_of_the_file_is_in_the_network(model):
    files, module = model
    layers = read_ncnn(*files)
    values = sum(layer.weight.size + (0 if layer.bias is None else layer.bias.size) for layer in layers)
    assert values == sum(parameter.numel() for parameter in module.parameters())
