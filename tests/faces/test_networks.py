import re

import dlib
import numpy as np
import pytest
import torch

from dlintro_demos.faces.dlib_network import DlibFaceNetwork
from dlintro_demos.faces.dlib_weights import DlibFormatError, read_dlib
from dlintro_demos.faces.embedders import DLIB, EMBEDDERS, VGGFACE2, pick_embedder, thresholds
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable, read_cards
from tests.faces.fakes import CARDS, astronaut, real_cache


@pytest.fixture(scope="module")
def weights():
    (path,) = CARDS[DLIB].locate()
    return path


@pytest.fixture(scope="module")
def network(weights):
    return DlibFaceNetwork(read_dlib(weights.read_bytes())).eval()


@torch.inference_mode()
def embed(network, chip):
    return network(torch.from_numpy(chip.copy()).permute(2, 0, 1)[None].float())[0].numpy()


@pytest.mark.parametrize("chip", ["photo", "noise", "dark"])
def test_the_network_gives_the_numbers_that_dlib_gives(weights, network, chip):
    chips = {
        "photo": np.ascontiguousarray(astronaut()[30:180, 150:300]),
        "noise": np.random.default_rng(0).integers(0, 255, (150, 150, 3), dtype=np.uint8),
        "dark": np.zeros((150, 150, 3), np.uint8),
    }
    theirs = dlib.face_recognition_model_v1(str(weights)).compute_face_descriptor(chips[chip])
    np.testing.assert_allclose(embed(network, chips[chip]), np.array(theirs), atol=1e-5)


@pytest.mark.parametrize("cut", [0, 200, 10_000, 22_400_000])
def test_a_truncated_file_is_refused_by_name(weights, cut):
    with pytest.raises(DlibFormatError):
        read_dlib(weights.read_bytes()[:cut])


def test_the_card_counts_the_parameters(network):
    assert CARDS[DLIB].parameters == sum(each.numel() for each in network.parameters())
    module = real_cache().get("mtcnn").module
    assert CARDS["mtcnn"].parameters == sum(each.numel() for each in module.parameters())


def test_a_face_and_its_mirror_image_have_one_embedding():
    chip = np.ascontiguousarray(astronaut()[30:180, 150:300])
    one, other = EMBEDDERS[DLIB].embed(np.stack([chip, chip[:, ::-1]]), real_cache())
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_a_batch_gives_what_single_faces_give():
    chips = np.random.default_rng(1).integers(0, 255, (35, 150, 150, 3), dtype=np.uint8)
    together = EMBEDDERS[DLIB].embed(chips, real_cache())
    alone = EMBEDDERS[DLIB].embed(chips[33:34], real_cache())
    np.testing.assert_allclose(together[33], alone[0], atol=1e-5)


def test_thresholds_come_from_the_card():
    assert thresholds(real_cache()).sure == CARDS[DLIB].thresholds["sure"]
    assert [thresholds(real_cache()).level(d) for d in (0.3, 0.52, 0.9)] == ["sure", "maybe", "unknown"]


@pytest.fixture
def with_vggface2(tmp_path):
    """Builds a cache in which an operator has put a file where the optional network's weights belong."""

    def build(state):
        card = (CARDS[VGGFACE2].folder / "card.toml").read_text(encoding="utf-8")
        (tmp_path / VGGFACE2).mkdir()
        (tmp_path / VGGFACE2 / "card.toml").write_text(card, encoding="utf-8")
        torch.save(state, tmp_path / VGGFACE2 / CARDS[VGGFACE2].files[0].path)
        return ModelCache(read_cards(tmp_path))

    return build


def test_the_optional_network_is_used_when_its_weights_are_there(with_vggface2):
    from facenet_pytorch import InceptionResnetV1

    torch.manual_seed(0)
    published = InceptionResnetV1(pretrained=None).state_dict() | {"logits.weight": torch.zeros(8631, 512)}
    cache = with_vggface2(published)
    embedder = pick_embedder(cache)
    assert embedder.key == VGGFACE2
    found = embedder.embed(np.zeros((2, 150, 150, 3), np.uint8), cache)
    assert found.shape == (2, 512)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_a_wrong_file_in_its_place_is_refused_in_words(with_vggface2):
    cache = with_vggface2({"nonsense": torch.zeros(1)})
    with pytest.raises(ModelUnavailable, match=re.escape("InceptionResnetV1")):
        cache.get(VGGFACE2)


def test_without_them_dlib_is_used_and_nothing_counts_as_missing():
    cache = real_cache()
    assert pick_embedder(cache).key == DLIB
    states = {each.key: each.state for each in cache.status()}
    assert states[VGGFACE2] == "optional"
