"""The deep road: a small convolutional network that finds its own features in the same pictures."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from safetensors.torch import load_file, save_file
from torch import nn

from dlintro_demos.classical_vs_deep import drawn, feature_pictures
from dlintro_demos.classical_vs_deep.drawn import Answer, Report, pictures
from dlintro_demos.gallery.intake.images import encode_png
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache

MODEL = "things_cnn"
FILTERS = (16, 32, 64)  # of the three layers
EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 20, 32, 1e-2, 0.05
SHIFT = 3  # px that a picture moves at most while it is learned
_seeding = threading.Lock()  # of PyTorch's random numbers, which all threads share


class SmallCNN(nn.Module):
    """Three convolutions, then of each filter its mean and its strongest answer, then one linear layer.

    Input (N, 3, 32, 32) float32, -0.5 to 0.5; output (N, 8) logits. It carries what the familiar looks like
    to it, for `strangeness`: the training pictures' summaries, standardised.
    """

    memory: torch.Tensor
    middle: torch.Tensor
    spread: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        sizes = zip((3, *FILTERS), FILTERS, (5, 3, 3), strict=False)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, kernel, padding=kernel // 2) for before, after, kernel in sizes
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(count) for count in FILTERS)
        self.classes = nn.Linear(2 * FILTERS[-1], len(drawn.KINDS))
        summaries, learned = 2 * sum(FILTERS), len(drawn.KINDS) * drawn.TRAINING
        self.register_buffer("memory", torch.zeros(learned, summaries, dtype=torch.float16))
        self.register_buffer("middle", torch.zeros(summaries))
        self.register_buffer("spread", torch.ones(summaries))

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What each layer answers, after the ReLU: (N, 16, 32, 32), (N, 32, 16, 16), (N, 64, 8, 8)."""
        found: list[torch.Tensor] = []
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = F.relu(norm(convolution(F.max_pool2d(found[-1], 2) if found else x)))
            found.append(x)
        return found

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits."""
        return self.classes(_summary(self.maps(x)[-1:]))

    def filters(self) -> np.ndarray:
        """Of the first layer, (16, 5, 5, 3) float32: what each compares the colours of a place with."""
        first = self.convolutions[0]
        assert isinstance(first, nn.Conv2d)
        return first.weight.detach().permute(0, 2, 3, 1).cpu().numpy().copy()

    def strangeness(self, maps: Sequence[torch.Tensor]) -> np.ndarray:
        """How far the pictures are, in all layers, from the nearest that it learned from: (N,).

        After deep nearest neighbours (Sun et al. 2022), over all layers as by Lee et al. (2018).
        """
        features = ((_summary(maps) - self.middle) / self.spread).detach().cpu().numpy()
        return drawn.distances(features, self.memory.float().cpu().numpy())

    @torch.inference_mode()
    def remember(self, x: torch.Tensor) -> None:
        """Take these pictures, the training set, for the familiar."""
        summary = _summary(self.maps(x))
        self.middle.copy_(summary.mean(0))
        self.spread.copy_(summary.std(0).clamp_min(1e-3))
        self.memory.copy_((summary - self.middle) / self.spread)


def _summary(maps: Sequence[torch.Tensor]) -> torch.Tensor:
    """Mean and maximum of every map, side by side."""
    return torch.cat([part for each in maps for part in (each.mean((2, 3)), each.amax((2, 3)))], 1)


def to_tensor(rgb: np.ndarray) -> torch.Tensor:
    """(N, 32, 32, 3) uint8 to (N, 3, 32, 32) float32, -0.5 to 0.5."""
    return torch.tensor(rgb).permute(0, 3, 1, 2).float() / 255 - 0.5


def load_small_cnn(files: Sequence[Path]) -> SmallCNN:
    """The network of a card's one file, ready to run."""
    network = SmallCNN()
    network.load_state_dict(load_file(files[0]), strict=False)
    return network.eval()


def save_small_cnn(network: SmallCNN, path: Path) -> None:
    """Weights, running statistics and memory, as safetensors."""
    tensors = {key: value.contiguous() for key, value in network.state_dict().items()}
    save_file({key: value for key, value in tensors.items() if "num_batches" not in key}, path)


@dataclass(frozen=True, kw_only=True, eq=False)
class Epoch:
    """After so many rounds through the training pictures: how it does on the test set, and its filters.

    `filters` (16, 5, 5, 3) float32 are the first layer's.
    """

    number: int
    report: Report
    filters: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson:
    """A training so far, from `seed`: the state before any learning (number 0) and after each epoch."""

    seed: int
    epochs: tuple[Epoch, ...]


def train(seed: int = 0, epochs: int = EPOCHS) -> Iterator[Progress | tuple[Lesson, SmallCNN]]:
    """Train from random weights on the training pictures, mirrored and moved by chance; the same by seed.

    Each `Progress` carries the `Lesson` so far; the network comes only at the end.
    """
    with _seeding, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = SmallCNN()
    chance = torch.Generator().manual_seed(seed)
    data = pictures("training")
    x, y = to_tensor(data.rgb), torch.from_numpy(data.kinds)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = epochs * (len(y) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    lesson = Lesson(seed=seed, epochs=(_look_back(network, 0),))
    for number in range(epochs):
        order = torch.randperm(len(y), generator=chance)
        for step, some in enumerate(order.split(BATCH), start=1):
            if step % 5 == 1:
                done = number + step * BATCH / len(y)
                yield Progress(done, epochs, f"round {number + 1} of {epochs}", so_far=lesson)
            optimizer.zero_grad()
            F.cross_entropy(network(_moved(x[some], chance)), y[some]).backward()
            optimizer.step()
            schedule.step()
        lesson = Lesson(seed=seed, epochs=(*lesson.epochs, _look_back(network, number + 1)))
    network.eval().requires_grad_(requires_grad=False)
    network.remember(x)
    yield lesson, network


@dataclass(frozen=True, kw_only=True, eq=False)
class Watched:
    """A training so far, as it is shown: the share of the test pictures that was named rightly before any
    learning and after each epoch, the latest report, and the latest filters of the first layer (PNG).
    """

    shares: tuple[float, ...]
    report: Report
    filters: bytes


def watch_it_learn(seed: int) -> Iterator[Progress | Watched]:
    """A job: `train` for those who look on; the network itself is let go."""
    watched: Watched | None = None
    for step in train(seed):
        epochs = (step.so_far if isinstance(step, Progress) else step[0]).epochs
        if watched is None or len(watched.shares) < len(epochs):
            watched = Watched(
                shares=tuple(epoch.report.accuracy for epoch in epochs),
                report=epochs[-1].report,
                filters=encode_png(feature_pictures.filters(epochs[-1].filters)),
            )
        yield dataclasses.replace(step, so_far=watched) if isinstance(step, Progress) else watched


def _moved(x: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Half of the pictures as in a mirror, all of them a few pixels aside."""
    mirrored = torch.rand(len(x), 1, 1, 1, generator=chance) < 0.5
    wide = F.pad(torch.where(mirrored, x.flip(3), x), (SHIFT,) * 4, mode="replicate")
    top, left = torch.randint(0, 2 * SHIFT + 1, (2,), generator=chance).tolist()
    return wide[:, :, top : top + drawn.SIDE, left : left + drawn.SIDE]


def _look_back(network: SmallCNN, number: int) -> Epoch:
    was = network.training
    epoch = Epoch(number=number, report=examine(network.eval()), filters=network.filters())
    network.train(was)
    return epoch


@torch.inference_mode()
def logits_of(network: SmallCNN, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Logits (N, 8) and strangeness (N,) of a whole set."""
    device = network.middle.device
    maps = network.maps(to_tensor(pictures(part).rgb).to(device))
    return network.classes(_summary(maps[-1:])).cpu().numpy(), network.strangeness(maps)


def examine(network: SmallCNN) -> Report:
    """How a network does on the test set."""
    with torch.inference_mode():
        said = network(to_tensor(pictures("test").rgb).to(network.middle.device)).argmax(1).cpu().numpy()
    return drawn.report(pictures("test").kinds, said)


def calibrate(network: SmallCNN) -> tuple[float, float]:
    """Temperature of its probabilities and limit of strangeness, from pictures that it did not learn from."""
    logits, strangeness = logits_of(network, "calibration")
    temperature = drawn.fit_temperature(logits, pictures("calibration").kinds)
    return temperature, float(np.quantile(strangeness, drawn.STRANGE))


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What the network says of a picture and what happens inside.

    `filters` (16, 5, 5, 3), `first` (16, 32, 32) and `second` (32, 16, 16) answers, all float32.
    """

    answer: Answer
    filters: np.ndarray
    first: np.ndarray
    second: np.ndarray


def recognise(rgb: np.ndarray, cache: ModelCache) -> Seen:
    """Of a (32, 32, 3) uint8 picture, by the network that ships. Raises `ModelUnavailable`."""
    limits = cache.card(MODEL).thresholds

    def look(network: nn.Module) -> Seen:
        assert isinstance(network, SmallCNN)
        return look_at(network, rgb, limits["temperature"], limits["strangeness"])

    return cache.run(MODEL, lambda model: look(model.module))


@torch.inference_mode()
def look_at(network: SmallCNN, rgb: np.ndarray, temperature: float, limit: float) -> Seen:
    """As `recognise`, by any network."""
    maps = network.maps(to_tensor(rgb[None]).to(network.middle.device))
    logits = network.classes(_summary(maps[-1:])).cpu().numpy()
    return Seen(
        answer=Answer(
            probabilities=drawn.softmax(logits, temperature)[0],
            strangeness=drawn.strangeness_of(rgb, float(network.strangeness(maps)[0])),
            limit=limit,
        ),
        filters=network.filters(),
        first=maps[0][0].cpu().numpy().copy(),
        second=maps[1][0].cpu().numpy().copy(),
    )


def shipped_report(cache: ModelCache) -> Report:
    """The test set, by the network that ships. Raises `ModelUnavailable`."""
    module = cache.get(MODEL).module
    assert isinstance(module, SmallCNN)
    return examine(module)


def examine_shipped(cache: ModelCache) -> Iterator[Report]:
    """A job: `shipped_report`."""
    yield shipped_report(cache)
