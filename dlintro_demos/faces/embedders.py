"""Face networks behind one small interface: aligned chips in, embeddings out, thresholds from the card."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import torch
from facenet_pytorch.models.inception_resnet_v1 import InceptionResnetV1
from torch import nn

from dlintro_demos.faces.alignment import SIDE
from dlintro_demos.faces.face import Thresholds
from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

BATCH = 32
DLIB, VGGFACE2 = "dlib_face_recognition", "facenet_vggface2"


@dataclass(frozen=True, kw_only=True)
class Embedder:
    """How a network wants its faces. `prepare` takes (N, 3, S, S) float32 in 0..255."""

    key: str
    side: int
    prepare: Callable[[torch.Tensor], torch.Tensor]
    unit_length: bool

    def embed(self, chips: np.ndarray, cache: ModelCache) -> np.ndarray:
        """Embeddings (N, D) float32 of chips (N, S, S, 3) uint8: the mean of each and its mirror image.

        Raises `ModelUnavailable`.
        """
        parts = [chips[start : start + BATCH] for start in range(0, len(chips), BATCH)]
        found = [cache.together(self.key, self._run, part) for part in parts]
        return np.concatenate(found) if found else np.empty((0, 128), np.float32)

    @torch.inference_mode()
    def _run(self, loaded: Loaded, chips: np.ndarray) -> np.ndarray:
        if chips.shape[1] != self.side:
            size = (self.side, self.side)
            chips = np.stack([cv2.resize(chip, size, interpolation=cv2.INTER_AREA) for chip in chips])
        both = torch.from_numpy(np.concatenate([chips, chips[:, :, ::-1]])).to(loaded.device)
        x = both.permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
        straight, mirrored = loaded.module(self.prepare(x)).chunk(2)
        mean = (straight + mirrored) / 2
        if self.unit_length:
            mean = torch.nn.functional.normalize(mean)
        return mean.cpu().numpy()


EMBEDDERS = {
    VGGFACE2: Embedder(key=VGGFACE2, side=160, prepare=lambda x: (x - 127.5) / 128, unit_length=True),
    DLIB: Embedder(key=DLIB, side=SIDE, prepare=lambda x: x, unit_length=False),
}


@lru_cache(maxsize=4)
def pick_embedder(cache: ModelCache) -> Embedder:
    """The optional network where an operator has put its weights in place, else dlib's.

    Looked up once for each cache: faces of two networks cannot be compared.
    """
    try:
        cache.card(VGGFACE2).locate()
    except ModelUnavailable:
        return EMBEDDERS[DLIB]
    return EMBEDDERS[VGGFACE2]


def thresholds(cache: ModelCache, key: str = DLIB) -> Thresholds:
    """Distances from the embedder's card. Raises `ModelUnavailable` for an unknown card."""
    return Thresholds(**cache.card(key).thresholds)


def load_vggface2(files: Sequence[Path]) -> nn.Module:
    """facenet-pytorch's InceptionResnetV1 with an operator's file. Raises `ModelUnavailable`."""
    (path,) = files
    module = InceptionResnetV1(pretrained=None)
    try:
        state = torch.load(path, weights_only=True)
        module.load_state_dict({key: value for key, value in state.items() if not key.startswith("logits.")})
    except (AttributeError, RuntimeError, pickle.UnpicklingError, EOFError, OSError) as error:
        raise ModelUnavailable(
            f"{path.name} does not hold InceptionResnetV1's weights: remove it, or put the right file there."
        ) from error
    return module
