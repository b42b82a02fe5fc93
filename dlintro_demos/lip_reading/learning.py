"""Learn one visitor: a copy of the reader's last layers adapts to five sentences, for one visit.

What the branches and the first GRU make of the five clips, bent in many ways, is computed once; only the
second GRU and the heads learn, for a few steps. The recipe was chosen on drawn strangers that are kept for
choosing; `python -m training.lip_reading learning` measures what it brings on others.
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import Loaded, ModelCache
from dlintro_demos.lip_reading.augmentation import Augmentation, Clips, augmented
from dlintro_demos.lip_reading.clip import Clip
from dlintro_demos.lip_reading.grammar import WORDS, spell
from dlintro_demos.lip_reading.landmarks import normalise
from dlintro_demos.lip_reading.losses import losses
from dlintro_demos.lip_reading.mouths import look
from dlintro_demos.lip_reading.network import Committee
from dlintro_demos.lip_reading.reading import MODEL, Reading, interpret, views

Sentence = tuple[int, ...]
SENTENCES = 5
"""How many different sentences are learned from."""
MEASURED = "Learning a stranger"
"""How the card's figure of it begins."""
ADAPTED = {"second", "words", "attention", "slots"}
"""The parts of the network that learn."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How five clips are learned from."""

    copies: int = 8
    """How often each clip is bent anew."""
    steps: int = 60
    """Gradient steps."""
    batch: int = 10
    """Bent clips a step."""
    learning_rate: float = 1e-3
    """AdamW's step size at first; it falls to zero."""
    warm_up: int = 5
    """Steps in which it grows from zero."""
    ctc: float = 0.2
    """Weight of the CTC loss beside the slots'."""
    smoothing: float = 0.1
    """Of the slots' labels."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    augmentation: Augmentation = Augmentation(
        speed=0.12, jitter=0.05, hidden=3, no_points=0.05, no_pixels=0.05
    )
    """How far the clips are bent."""


RECIPE = Recipe()


@dataclass(frozen=True, kw_only=True, eq=False)
class Kept:
    """A visitor's clip as the reader sees it, without the video: `points` (T, 59, 3) float32, `pixels`
    (T, 2, 24, 48) uint8, and the `sentence` that was asked for.
    """

    sentence: Sentence
    points: np.ndarray
    pixels: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Learned:
    """What was learned of a visitor: `weights` by name, which replace the reader's, `sentences` that it
    learned from, `seconds` that it took.
    """

    weights: Mapping[str, torch.Tensor]
    sentences: tuple[Sentence, ...]
    seconds: float


def keep(clip: Clip, sentence: Sentence) -> Kept:
    """What is kept of a clip with landmarks for learning. Raises `TrackError`."""
    assert clip.track is not None
    return Kept(sentence=sentence, points=normalise(clip.track), pixels=look(clip.mouths))


def next_sentence(said: Sequence[Sentence], seed: int | str) -> Sentence:
    """A sentence of the words said least so far: five hold every word but most letters and digits."""
    rng = random.Random(seed)  # noqa: S311 - which words to say is no secret
    chosen = []
    for slot, words in enumerate(WORDS):
        times = [sum(each[slot] == word for each in said) for word in range(len(words))]
        chosen.append(rng.choice([word for word, count in enumerate(times) if count == min(times)]))
    return tuple(chosen)


def learn(
    kept: Sequence[Kept], cache: ModelCache, recipe: Recipe = RECIPE, seed: int = 0
) -> Iterator[Progress | Learned]:
    """A job: adapt to clips, the same for the same ones. The reader that all visitors share stays as it is.

    Raises `ModelUnavailable`.
    """
    began = time.perf_counter()
    loaded = cache.get(MODEL)
    network = own_copy(loaded)
    random_numbers = torch.Generator().manual_seed(seed)
    clips = joined(kept)
    total = recipe.copies + recipe.steps
    features = []
    for done in range(recipe.copies):
        yield Progress(done, total, "bending your clips")
        bent = augmented(clips, recipe.augmentation, random_numbers)
        with torch.no_grad():
            parts = (bent.points, bent.pixels, bent.keep)
            features.append(network.features(*(each.to(loaded.device) for each in parts if each is not None)))
    seen, said = torch.cat(features), clips.sentences.repeat(recipe.copies, 1)
    names = [name for name, _ in network.named_parameters() if ADAPTED & set(name.split("."))]
    weights = [network.get_parameter(name).requires_grad_() for name in names]
    optimizer = torch.optim.AdamW(weights, weight_decay=0.0)
    for step in range(recipe.steps):
        yield Progress(recipe.copies + step, total, "learning you")
        chosen = torch.randperm(len(seen), generator=random_numbers)[: recipe.batch]
        truths = said[chosen].repeat(len(network.members), 1).to(loaded.device)
        each = losses(network.logits(seen[chosen]), truths, recipe.smoothing)
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate * _share(recipe, step)
        optimizer.zero_grad()
        (each["slots"] + recipe.ctc * each["words"]).backward()
        torch.nn.utils.clip_grad_norm_(weights, recipe.clip)
        optimizer.step()
    yield Learned(
        weights={name: network.get_parameter(name).detach().cpu() for name in names},
        sentences=tuple(one.sentence for one in kept),
        seconds=time.perf_counter() - began,
    )


def _share(recipe: Recipe, step: int) -> float:
    """Of the learning rate: up, and down to zero."""
    return min(1.0, (step + 1) / recipe.warm_up) * (1 - step / recipe.steps)


def read_learned(clip: Clip, learned: Learned, cache: ModelCache) -> Iterator[Progress | Reading]:
    """A job: read a clip with landmarks as the reader does that has learned.

    How sure it may be before it says so was not measured: the card's thresholds are the shared reader's.
    Raises `ModelUnavailable` and `TrackError`.
    """
    assert clip.track is not None
    yield Progress(0, 1, "reading the lips")
    both = views(normalise(clip.track), look(clip.mouths))
    network = own_copy(cache.get(MODEL))
    network.load_state_dict(learned.weights, strict=False)
    device = next(network.parameters()).device
    with torch.inference_mode():
        yield interpret(network(*(each.to(device) for each in both)))


def own_copy(loaded: Loaded) -> Committee:
    """A reader that nobody else reads with."""
    assert isinstance(loaded.module, Committee)
    return copy.deepcopy(loaded.module)


def joined(kept: Sequence[Kept]) -> Clips:
    """Clips as one batch: the last frame of shorter ones stands still."""
    frames = max(len(each.points) for each in kept)

    def longer(values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.concatenate([values, values[-1:].repeat(frames - len(values), 0)]))

    return Clips(
        tuple(spell(each.sentence) for each in kept),
        torch.stack([longer(each.points) for each in kept]),
        torch.stack([longer(each.pixels) for each in kept]),
        torch.tensor([each.sentence for each in kept]),
    )
