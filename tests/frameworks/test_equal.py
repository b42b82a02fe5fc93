"""One network in three frameworks is the same network: outputs, gradients, ten steps, files.

TensorFlow and JAX are not among the gallery's requirements: `make test-frameworks` installs them and runs
this with `DLINTRO_REQUIRE_FRAMEWORKS=1`. Without, those that are not installed are skipped, and said so.
"""

import os

import numpy as np
import pytest
import torch
import torch._dynamo  # before TensorFlow and JAX: their LLVM and its own end the process the other way round
from safetensors.numpy import load_file

from dlintro_demos.frameworks.drawn import MODEL
from dlintro_demos.frameworks.known import FRAMEWORKS, FrameworkUnavailable, find, load
from dlintro_demos.frameworks.task import batches, digits, first_weights
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import REPOSITORY

STEPS = 10


@pytest.fixture(params=[each.key for each in FRAMEWORKS])
def language(request):
    try:
        return load(find(request.param))
    except FrameworkUnavailable as error:
        if os.environ.get("DLINTRO_REQUIRE_FRAMEWORKS"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def torch_way():
    return load(find("torch"))


@pytest.fixture(scope="module")
def batch():
    return next(batches(1))


def most_apart(one, other):
    assert one.keys() == other.keys()
    return max(float(np.abs(one[name] - other[name]).max()) for name in one)


def report(name, language, apart, allowed):
    print(f"{language.__name__.rpartition('.')[2]:9} {name:24} {apart:.1e} (at most {allowed:.0e})")
    assert apart <= allowed


def test_the_same_weights_give_the_same_outputs(language, torch_way, batch):
    weights = first_weights()
    one, other = (each.logits(each.build(weights), batch[0]) for each in (language, torch_way))
    assert one.shape == (len(batch[1]), 10)
    report("outputs", language, float(np.abs(one - other).max()), 1e-5)


def test_the_first_gradients_are_the_same(language, torch_way, batch):
    weights = first_weights()
    one, other = (each.gradients(each.build(weights), *batch) for each in (language, torch_way))
    size = max(float(np.abs(value).max()) for value in other.values())
    report("gradients, relative", language, most_apart(one, other) / size, 1e-5)


@pytest.mark.parametrize("compile", [False, True], ids=["eager", "compiled"])
def test_ten_steps_give_the_same_losses_and_weights(language, torch_way, compile):
    if compile and language is torch_way:
        pytest.skip("torch.compile needs a C++ compiler, which a machine need not have")
    one = language.Trainer(first_weights(), compile=compile)
    other = torch_way.Trainer(first_weights())
    losses = [(one.step(x, y), other.step(x, y)) for x, y in batches(STEPS)]
    assert losses[-1][0] < losses[0][0]
    report("losses of ten steps", language, max(abs(a - b) for a, b in losses), 1e-4)
    report("weights after ten steps", language, most_apart(one.weights(), other.weights()), 1e-4)


def test_a_network_saved_and_loaded_answers_the_same(language, batch, tmp_path):
    network = language.build(first_weights())
    path = tmp_path / f"network{language.SUFFIX}"
    language.save(network, path)
    assert np.array_equal(language.logits(language.load(path), batch[0]), language.logits(network, batch[0]))


def test_all_get_the_same_answers_out_of_one_file(language):
    _, held_out = digits()
    weights = load_file(REPOSITORY / "models/digits_net/weights.safetensors")
    found = language.logits(language.build(weights), held_out.x)
    (exported,) = engine().cache.get(MODEL).module.session.run(None, {"pictures": held_out.x})
    report("ONNX Runtime's outputs", language, float(np.abs(found - exported).max()), 1e-4)
    assert (found.argmax(1) == exported.argmax(1)).all()


def test_the_exported_network_equals_pytorch_to_the_fifth_digit():
    _, held_out = digits()
    model = engine().cache.get(MODEL).module
    (exported,) = model.session.run(None, {"pictures": held_out.x})
    with torch.inference_mode():
        ours = model(torch.from_numpy(held_out.x)).numpy()
    assert np.abs(ours - exported).max() / np.abs(ours).max() <= 1e-5
