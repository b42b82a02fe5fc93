"""A digit that somebody draws, as the digits of the data set are; and who says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file
from torch import nn

from dlintro_demos.frameworks.known import FRAMEWORKS, Framework, FrameworkUnavailable, load, version
from dlintro_demos.frameworks.languages.in_torch import Network, build
from dlintro_demos.frameworks.task import MOST_INK, SIDE
from dlintro_demos.frameworks.workers import worker_of
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache

MODEL = "digits_net"
CELLS = 32
"""The data set's digits were drawn on so many cells a side; a pixel is the ink in 4 x 4 of them."""
ONNX = "ONNX Runtime"


class DigitsNet(nn.Module):
    """The trained network, and `session`, which runs the same one from its ONNX file."""

    def __init__(self, network: Network, session: onnxruntime.InferenceSession) -> None:
        super().__init__()
        self.network = network
        self.session = session

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, 1, 8, 8) to (N, 10) logits."""
        return self.network(x)


def load_digits_net(files: Sequence[Path]) -> DigitsNet:
    """The network of a card's two files: safetensors and ONNX."""
    weights, graph = files
    network = build({name: value.numpy() for name, value in load_file(weights).items()})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return DigitsNet(network.eval().requires_grad_(requires_grad=False), session)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one of them says: `probabilities` of the ten digits; or why it says nothing, in `fault`."""

    who: str
    version: str
    probabilities: tuple[float, ...] = ()
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """All answers to one drawing; `seen` is it as they get it, PNG; two logits differ by `apart` at most."""

    each: tuple[Answer, ...]
    seen: bytes
    apart: float


def as_digit(rgb: np.ndarray) -> np.ndarray:
    """A drawing on white, (H, W, 3) uint8, as a picture of the data set: (1, 8, 8) float32, 0 to 1.

    What is drawn is cut out, made 30 cells high (or wide), and put into the middle of 32 x 32; a pixel is the
    share of ink in 4 x 4 cells. After E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits",
    UCI, 1998, who did not keep the proportions. Raises `ValueError` where nothing is drawn.
    """
    ink = (rgb.astype(int).sum(axis=2) < 3 * 200).astype(np.uint8)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        raise ValueError("Nothing is drawn.")
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = (CELLS - 2) / max(cut.shape)
    size = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
    small = cv2.resize(255 * cut, size, interpolation=cv2.INTER_AREA) / 255
    paper = np.zeros((CELLS, CELLS), np.float32)
    top, left = (CELLS - size[1]) // 2, (CELLS - size[0]) // 2
    paper[top : top + size[1], left : left + size[0]] = small
    counted = paper.reshape(SIDE, 4, SIDE, 4).sum(axis=(1, 3))
    return (np.round(counted) / MOST_INK).astype(np.float32)[None]


def ask_all(rgb: np.ndarray, cache: ModelCache) -> Iterator[Progress | Answers]:
    """A job: everybody here answers; `Progress.so_far` are the `Answers` so far, those of this process first.

    Raises `ModelUnavailable`.
    """
    x = as_digit(rgb)[None]
    seen = encode_png(np.repeat((255 * (1 - x[0, 0])).astype(np.uint8)[:, :, None], 3, axis=2))
    model: DigitsNet = cache.get(MODEL).module  # type: ignore[assignment]
    weights = {name: value.numpy() for name, value in _named(model.network).items()}
    (exported,) = model.session.run(None, {"pictures": x})
    logits: list[np.ndarray] = [exported]
    each = [Answer(who=ONNX, version=onnxruntime.__version__, probabilities=_softmax(exported))]

    def so_far() -> Answers:
        return Answers(each=tuple(each), seen=seen, apart=float(np.ptp(np.stack(logits), axis=0).max()))

    for place, framework in enumerate(FRAMEWORKS):
        yield Progress(place, len(FRAMEWORKS), framework.title, so_far())
        here = version(framework) or ""
        try:
            found = _logits(framework, weights, x)
        except FrameworkUnavailable as error:
            each.append(Answer(who=framework.title, version=here, fault=str(error)))
            continue
        logits.append(found)
        each.append(Answer(who=framework.title, version=here, probabilities=_softmax(found)))
    yield so_far()


def _logits(framework: Framework, weights: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    if framework.here:
        language = load(framework)
        return language.logits(language.build(weights), x)
    sent = {"weights": {name: value.tolist() for name, value in weights.items()}, "x": x.tolist()}
    (reply,) = worker_of(framework).ask(sent)
    return np.asarray(reply["logits"], np.float32)


def _named(network: nn.Module) -> dict[str, torch.Tensor]:
    return {
        name.removesuffix(".weight").replace(".bias", "_bias"): value
        for name, value in network.state_dict().items()
    }


def _softmax(logits: Any) -> tuple[float, ...]:
    raised = np.exp(logits[0] - logits[0].max())
    return tuple((raised / raised.sum()).tolist())
