"""LipNet, the second reader: a sentence, letter by letter, from the pixels of a mouth alone.

Y. Assael, B. Shillingford, S. Whiteson, N. de Freitas: "LipNet: End-to-End Sentence-level Lipreading", 2016
(arXiv 1611.01599). Parameters are named as in VIPL-Audio-Visual-Speech-Understanding/LipNet-PyTorch, so the
weights published there load; ours is the same network, narrower and with smaller pictures.
"""

from __future__ import annotations

import functools
import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.decoder import Graph, greedy
from dlintro_demos.lip_reading.grammar import BLANK, WORDS
from dlintro_demos.lip_reading.mouths import HEIGHT, WIDTH
from dlintro_demos.lip_reading.network import ReaderFormatError, Taught, not_fitted, prepare_pixels
from dlintro_demos.lip_reading.reading import Reading, compose, mixed

LIPNET = "lipnet"
CHARACTERS = " abcdefghijklmnopqrstuvwxyz"
"""What the classes from 1 on say; 0 is the blank."""
POWER = 0.8
"""How much the letters count, chosen on validation clips: 1 / temperature."""


class LipNet(nn.Module):
    """Three spatio-temporal convolutions, two bidirectional GRUs over time, a linear layer for CTC.

    The defaults are the paper's, and the published weights': `widths` of the convolutions, `hidden` of the
    GRUs. `size` is the height and width of the pictures, `view` what of a mouth crop they show (left, top,
    right, bottom). They are RGB from 0 to 1, or, where `moving`, what `network.prepare_pixels` makes of them.
    """

    def __init__(
        self,
        *,
        widths: Sequence[int] = (32, 64, 96),
        hidden: int = 256,
        size: Sequence[int] = (64, 128),
        view: Sequence[int] = (0, 0, WIDTH, HEIGHT),
        moving: bool = False,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.shape: dict[str, Any] = {
            "widths": list(widths),
            "hidden": hidden,
            "size": list(size),
            "view": list(view),
            "moving": moving,
        }
        first, second, third = widths
        self.conv1 = nn.Conv3d(3, first, (3, 5, 5), (1, 2, 2), (1, 2, 2))
        self.conv2 = nn.Conv3d(first, second, (3, 5, 5), (1, 1, 1), (1, 2, 2))
        self.conv3 = nn.Conv3d(second, third, (3, 3, 3), (1, 1, 1), (1, 1, 1))
        self.pool = nn.MaxPool3d((1, 2, 2))
        self.channels_dropout = nn.Dropout3d(dropout)
        self.dropout = nn.Dropout(dropout)
        seen = third * (size[0] // 16) * (size[1] // 16)
        self.gru1 = nn.GRU(seen, hidden, batch_first=True, bidirectional=True)
        self.gru2 = nn.GRU(2 * hidden, hidden, batch_first=True, bidirectional=True)
        self.FC = nn.Linear(2 * hidden, 1 + len(CHARACTERS))
        self.taught = Taught(2 * hidden)

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        """What the convolutions see: (N, 3, T, H, W) to (N, T, features)."""
        for convolution in (self.conv1, self.conv2, self.conv3):
            pictures = self.pool(self.channels_dropout(convolution(pictures).relu()))
        return pictures.transpose(1, 2).flatten(2)

    def states(self, features: torch.Tensor) -> torch.Tensor:
        """What the GRUs make of it over time: (N, T, 2 x hidden)."""
        state, _ = self.gru1(features)
        state, _ = self.gru2(self.dropout(state))
        return self.dropout(state)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures (N, 3, T, H, W) to logits (N, T, 28)."""
        return self.FC(self.states(self.features(pictures)))


def look_closely(mouths: np.ndarray, shape: Mapping[str, Any]) -> np.ndarray:
    """Crops (T, 64, 128, 3) uint8 to pictures (T, 3, H, W) uint8 RGB, `shape` being a `LipNet.shape`."""
    left, top, right, bottom = shape["view"]
    height, width = shape["size"]
    small = [
        cv2.resize(each[top:bottom, left:right], (width, height), interpolation=cv2.INTER_AREA)
        for each in mouths
    ]
    return np.stack(small).transpose(0, 3, 1, 2)


def prepare_pictures(pictures: torch.Tensor, *, moving: bool) -> torch.Tensor:
    """Whole clips (N, T, 3, H, W) of `look_closely` to what the network takes, (N, 3, T, H, W) float32."""
    prepared = prepare_pixels(pictures) if moving else pictures.float() / 255
    return prepared.transpose(1, 2)


def read_lipnet(clip: Clip, cache: ModelCache, model: str = LIPNET) -> Reading:
    """Read a clip; `model` is a card's key. Raises `ModelUnavailable`."""

    def work(loaded: Loaded) -> Reading:
        network = cast("LipNet", loaded.module)
        reading, states = read_pictures(network, look_closely(clip.mouths, network.shape), loaded.device)
        return replace(reading, distance=float(network.taught(states).mean()))

    return cache.run(model, work)


@torch.inference_mode()
def read_pictures(
    network: LipNet, pictures: np.ndarray, device: torch.device
) -> tuple[Reading, torch.Tensor]:
    """What pictures (T, 3, H, W) of `look_closely` say, and the mean state of each word (2, 6, C)."""
    states = network.states(
        network.features(both_sides(pictures, moving=bool(network.shape["moving"])).to(device))
    )
    reading = interpret_letters(network.FC(states))
    timeline = torch.from_numpy(reading.timeline).to(states)
    share = timeline / timeline.sum(dim=0).clamp(min=1e-6)
    return reading, torch.einsum("ts,ntc->nsc", share, states)


def both_sides(pictures: np.ndarray, *, moving: bool) -> torch.Tensor:
    """A clip (T, 3, H, W) and its mirror image, as the network takes them: (2, 3, T, H, W) float32."""
    return prepare_pictures(torch.from_numpy(np.stack([pictures, pictures[..., ::-1]])), moving=moving)


def interpret_letters(logits: torch.Tensor, power: float = POWER) -> Reading:
    """What the logits (views, T, 28) of one clip's views mean, all views counting the same.

    Raises `ValueError` where the clip is too short for the letters of a sentence.
    """
    frames = logits.float().log_softmax(2).cpu().numpy()
    decoded = [letters_graph().decode(each) for each in frames]
    return compose(
        mixed({"letters": [each.posteriors for each in decoded]}, {"letters": power}),
        in_grammar=float(np.mean([each.in_grammar for each in decoded])),
        greedy=" ".join(text_of(greedy(frames[0])).split()),
        timeline=decoded[0].timeline,
    )


def classes_of(text: str) -> tuple[int, ...]:
    """CTC classes of a text of small letters and spaces. Raises `ValueError` for any other."""
    return tuple(1 + CHARACTERS.index(each) for each in text)


def text_of(classes: Sequence[int]) -> str:
    """The text of CTC classes without blanks."""
    return "".join(CHARACTERS[each - 1] for each in classes if each != BLANK)


@functools.cache
def letters_graph() -> Graph:
    """The grammar, a token a letter; a word of any slot but the last ends with the space behind it."""
    ends = (" ", " ", " ", " ", " ", "")
    return Graph([[classes_of(word + end) for word in words] for words, end in zip(WORDS, ends, strict=True)])


def save_lipnet(network: LipNet, path: Path, dtype: torch.dtype = torch.float32) -> None:
    """Write the weights, and in the file's metadata what `load_lipnet` needs to build the network."""
    tensors = {key: value.detach().to(dtype).contiguous() for key, value in network.state_dict().items()}
    save_file(tensors, path, metadata={"lipnet": json.dumps(network.shape)})


def load_lipnet(files: Sequence[Path]) -> LipNet:
    """The network of a card's one file, in float32: a file of `save_lipnet`, or published weights (.pt).

    Published ones take blue, green and red in this order; they are turned to RGB. Raises `ReaderFormatError`.
    """
    (path,) = files
    try:
        network, tensors = _ours(path) if path.suffix == ".safetensors" else _published(path)
        network.load_state_dict({**not_fitted(network.taught), **tensors})
    except (
        SafetensorError,
        pickle.UnpicklingError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        EOFError,
        RuntimeError,
    ) as error:
        raise ReaderFormatError(f"{path.name} does not hold a LipNet: {error}") from error
    return network.eval().requires_grad_(requires_grad=False)


def _ours(path: Path) -> tuple[LipNet, dict[str, torch.Tensor]]:
    with safe_open(path, framework="pt") as file:
        shape = json.loads((file.metadata() or {})["lipnet"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no mapping
    return LipNet(**shape), tensors


def _published(path: Path) -> tuple[LipNet, dict[str, torch.Tensor]]:
    tensors = torch.load(path, map_location="cpu", weights_only=True)
    return LipNet(), {**tensors, "conv1.weight": tensors["conv1.weight"].flip(1)}
