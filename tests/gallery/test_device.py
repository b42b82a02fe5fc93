import pytest
import torch

from dlintro_demos.gallery.runtime.device import NoSuchDevice, describe, pick_device


@pytest.fixture
def machine(monkeypatch):
    """A make-believe machine: how many CUDA devices, and whether MPS is there."""

    def build(*, cuda=0, mps=False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return build


@pytest.mark.parametrize(
    ("machine_has", "device"),
    [({"cuda": 1, "mps": True}, "cuda:0"), ({"mps": True}, "mps"), ({}, "cpu")],
)
def test_the_best_device_is_chosen(machine, machine_has, device):
    machine(**machine_has)
    assert str(pick_device("auto")) == device


def test_an_operator_may_choose_otherwise(machine):
    machine(cuda=2)
    assert str(pick_device("cpu")) == "cpu"
    assert str(pick_device("cuda")) == "cuda:0"
    assert str(pick_device("cuda:1")) == "cuda:1"


@pytest.mark.parametrize("choice", ["cuda", "cuda:3", "mps", "abacus", "meta"])
def test_a_device_that_is_not_there_is_refused_with_what_to_use(machine, choice):
    machine()
    with pytest.raises(NoSuchDevice, match="auto"):
        pick_device(choice)


def test_the_cpu_is_described_with_its_memory():
    info = describe(torch.device("cpu"))
    assert info.device == "cpu"
    assert "threads" in info.name
    assert 0 < info.free_memory < info.total_memory


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_is_described_with_its_memory():
    info = describe(pick_device("auto"))
    assert info.device.startswith("cuda")
    assert 0 < info.free_memory <= info.total_memory
