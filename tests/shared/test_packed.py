"""Packed convolutions answer what plain ones do, and step aside where they cannot."""

import copy
import gc
import weakref

import pytest
import torch
from timm.layers import Conv2dSame
from torch import nn

from dlintro_demos.gallery.process import engine
from dlintro_demos.shared import imagenet, packed
from dlintro_demos.shared.imagenet import MODEL, STOPS, run

needs_operators = pytest.mark.skipif(not packed.available(), reason="this PyTorch has no such operators")
AFTER = {"none": nn.Identity(), "relu": nn.ReLU(), "relu6": nn.ReLU6()}


def layer(**settings):
    """A convolution and a batch norm that does something."""
    torch.manual_seed(0)
    conv, norm = nn.Conv2d(8, 16, 3, **settings), nn.BatchNorm2d(16)
    for values in (norm.running_mean, norm.weight.data, norm.bias.data):
        values.normal_()
    return conv.eval(), norm.eval()


def picture(*, channels_last=True):
    x = torch.rand(2, 8, 13, 9, generator=torch.Generator().manual_seed(1))
    return x.to(memory_format=torch.channels_last) if channels_last else x


@needs_operators
@pytest.mark.parametrize("activation", AFTER)
@pytest.mark.parametrize("channels_last", [True, False])
@pytest.mark.parametrize(
    "settings", [{"padding": 1}, {"stride": 2}, {"groups": 8, "padding": 1}, {"bias": False}], ids=str
)
@torch.inference_mode()
def test_convolution_norm_and_activation_in_one_call(activation, channels_last, settings):
    conv, norm = layer(**settings)
    packed.pack(conv, norm, activation)
    x = picture(channels_last=channels_last)
    assert packed.packed(conv, x)
    torch.testing.assert_close(conv.packed(x), AFTER[activation](norm(conv(x))), atol=1e-5, rtol=1e-5)


@needs_operators
@pytest.mark.parametrize("activation", ["none", "relu"])
@torch.inference_mode()
def test_a_sum_comes_before_the_activation(activation):
    conv, norm = layer(padding=1)
    packed.pack(conv, norm, activation)
    x = picture()
    more = torch.randn(2, 16, 13, 9).to(memory_format=torch.channels_last)
    expected = AFTER[activation](norm(conv(x)) + more)
    torch.testing.assert_close(conv.packed(x, more), expected, atol=1e-5, rtol=1e-5)


@needs_operators
@pytest.mark.parametrize("kernel", [3, 5])
@torch.inference_mode()
def test_padding_at_the_far_sides_is_that_of_timm(kernel):
    conv = Conv2dSame(8, 16, kernel, stride=2)
    packed.pack(conv, far=True)
    x = torch.rand(1, 8, 12, 10)
    torch.testing.assert_close(conv.packed(x), conv(x), atol=1e-5, rtol=1e-5)


@needs_operators
def test_who_asks_for_gradients_gets_the_plain_convolution():
    conv, _ = layer()
    packed.pack(conv)
    x = picture().requires_grad_()
    assert not packed.packed(conv, x)
    with torch.no_grad():
        assert packed.packed(conv, x)


@needs_operators
@pytest.mark.parametrize("move", [{"device": "meta"}, {"dtype": torch.float64}], ids=["device", "type"])
def test_moved_or_cast_nothing_of_it_is_left(move):
    conv, _ = layer()
    packed.pack(conv)
    conv.to(**move)
    assert not packed.packed(conv, picture())
    assert conv.packed.weight is None
    assert [name for name, _ in conv.named_buffers()] == []


@needs_operators
def test_its_bytes_count_and_go_with_the_convolution():
    conv, _ = layer()
    packed.pack(conv)
    assert sum(each.numel() for each in conv.buffers()) == conv.weight.numel() + conv.bias.numel()
    assert set(conv.state_dict()) == {"weight", "bias"}
    gone = weakref.ref(conv.packed.weight)
    del conv
    gc.collect()
    assert gone() is None


@needs_operators
def test_a_copy_is_plain_for_its_weights_may_change():
    conv, _ = layer()
    packed.pack(conv)
    assert not packed.packed(copy.deepcopy(conv), picture())
    assert packed.packed(conv, picture())


def test_without_the_operators_there_is_only_the_plain_convolution(monkeypatch):
    monkeypatch.setattr(packed, "available", lambda: False)
    conv, norm = layer()
    packed.pack(conv, norm, "relu6")
    assert not hasattr(conv, "packed")
    assert not packed.packed(conv, picture())


@pytest.fixture(scope="module")
def pictures():
    torch.manual_seed(2)
    return torch.rand(2, 3, 224, 224).sub(0.5).mul(2).to(memory_format=torch.channels_last)


@needs_operators
@torch.inference_mode()
def test_the_classifier_answers_the_same(pictures, monkeypatch):
    network = engine().cache.get(MODEL).module
    fast = run(network, pictures, look=STOPS)
    monkeypatch.setattr(imagenet, "packed", lambda *_: False)
    plain = run(network, pictures, look=STOPS)
    torch.testing.assert_close(plain.logits, network(pictures))
    torch.testing.assert_close(fast.logits, plain.logits, atol=1e-4, rtol=0)
    torch.testing.assert_close(fast.embedding, plain.embedding, atol=1e-4, rtol=0)
    for stop in STOPS:
        torch.testing.assert_close(fast.maps[stop], plain.maps[stop], atol=1e-4, rtol=0)
    assert not torch.equal(fast.logits, plain.logits)  # else one of them did not run


@torch.inference_mode()
def test_a_picture_of_odd_sides_goes_the_plain_way():
    network, x = engine().cache.get(MODEL).module, torch.rand(1, 3, 225, 190)
    torch.testing.assert_close(run(network, x).logits, network(x))


def test_gradients_pass_through_the_classifier(pictures):
    network = engine().cache.get(MODEL).module
    x = pictures[:1].clone().requires_grad_()
    run(network, x).logits.amax().backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0
