"""One network for all tests of this demo."""

import pytest

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.shared.imagenet import MODEL


@pytest.fixture(scope="session")
def cache():
    return ModelCache(read_cards(REPOSITORY / "models"))


@pytest.fixture(scope="session")
def network(cache):
    return cache.get(MODEL).module
