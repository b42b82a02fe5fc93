"""New sentences from two of the same speaker: the first words of one clip, the last words of another.

T. Lam et al., "On-the-fly aligned data augmentation for sequence-to-sequence ASR", Interspeech 2021. A few
hundred clips say each letter between a few other words only; so does a network remember it. Where words end
is what LipNet's letters say, by an alignment of each clip with its own sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dlintro_demos.lip_reading.decoder import Graph
from dlintro_demos.lip_reading.grammar import SLOTS, WORDS
from dlintro_demos.lip_reading.lipnet import LipNet, both_sides, classes_of, load_lipnet
from training.lip_reading.lipnet_clips import LipClips

LIPNET = Path(__file__).parents[2] / "models/lipnet/weights.safetensors"
APART = 12
"""Frames by which the places in two clips may differ."""
SOFT = 0.7
"""Frames in which one clip goes over into the other."""


@torch.inference_mode()
def word_ends(lipnet: LipNet, clips: LipClips) -> np.ndarray:
    """Where one word goes over into the next: (N, 5) frames, nan where the letters do not say."""
    moving = bool(lipnet.shape["moving"])
    found = np.empty((len(clips), len(SLOTS) - 1), np.float32)
    for index, (pictures, sentence) in enumerate(zip(clips.pictures, clips.sentences.tolist(), strict=True)):
        logits = lipnet(both_sides(pictures.numpy(), moving=moving)).log_softmax(2).mean(dim=0)
        words = [words[each] for words, each in zip(WORDS, sentence, strict=True)]
        timeline = Graph([[classes_of(word)] for word in words]).decode(logits.numpy()).timeline
        said = timeline > 0.5
        first = [int(np.argmax(slot)) for slot in said.T]
        last = [len(slot) - 1 - int(np.argmax(slot[::-1])) for slot in said.T]
        ends = np.array([(last[slot] + first[slot + 1]) / 2 for slot in range(len(SLOTS) - 1)])
        found[index] = ends if said.any(axis=0).all() and (np.diff(ends) > 0).all() else np.nan
    return found


def kept_word_ends(kept: Path, clips: LipClips) -> np.ndarray:
    """`word_ends` of clips as the LipNet in use has them, from the file `kept` where there is one."""
    if not kept.is_file():
        np.save(kept, word_ends(load_lipnet([LIPNET]), clips))
    return np.load(kept)


@dataclass(frozen=True, eq=False)
class Seams:
    """How N clips go over into others: `one` and `other` (N, T) say which frames are seen, `share` (N, T) how
    much of the other clip. `kept` (N, 6) is True where a word is the first clip's. `ends` (N, 5) is where
    words end then.
    """

    one: torch.Tensor
    other: torch.Tensor
    share: torch.Tensor
    kept: torch.Tensor
    ends: np.ndarray

    def splice(self, first: torch.Tensor, second: torch.Tensor, *, pictures: bool = False) -> torch.Tensor:
        """Two clips each, (N, T, ...), as one; of `pictures` the second ones in the first ones' light."""
        rows = torch.arange(len(first))[:, None]
        first, second = first.float(), second.float()
        if pictures:
            second = second + first.mean(dim=1, keepdim=True) - second.mean(dim=1, keepdim=True)
        share = self.share.reshape(*self.share.shape, *[1] * (first.ndim - 2))
        return torch.lerp(first[rows, self.one], second[rows, self.other], share)

    def clips(self, first: LipClips, second: LipClips) -> LipClips:
        """What LipNet sees, spliced."""
        return LipClips(
            self.splice(first.pictures, second.pictures, pictures=True),
            self.splice(first.lips, second.lips),
            self.said(first.sentences, second.sentences),
        )

    def said(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """What they say then; sentences (N, 6)."""
        return torch.where(self.kept, first, second)


def seams(first: np.ndarray, second: np.ndarray, frames: int, part: float, random: torch.Generator) -> Seams:
    """Seams for a `part` of clips, at any of the five places; `first` and `second` (N, 5) of `word_ends`."""
    count, places = first.shape
    place = torch.randint(places, (count,), generator=random)
    both = torch.from_numpy(first), torch.from_numpy(second)
    here, there = (each.gather(1, place[:, None])[:, 0] for each in both)
    spliced = (torch.rand(count, generator=random) < part) & ((here - there).abs() <= APART)
    here, there = here.nan_to_num(), there.nan_to_num()
    seam = ((here + there) / 2).round()
    time = torch.arange(frames)
    later = [(each - seam).round().long()[:, None] for each in (here, there)]
    one, other = ((time + each).clamp(0, frames - 1) for each in later)
    before, behind = (each - by for each, by in zip(both, later, strict=True))
    number, at = torch.arange(places), place[:, None]
    ends = torch.where(number < at, before, torch.where(number > at, behind, seam[:, None]))
    ends = torch.where(spliced[:, None], ends, both[0]).numpy()
    share = torch.sigmoid((time - seam[:, None]) / SOFT) * spliced[:, None]
    kept = (torch.arange(places + 1) <= place[:, None]) | ~spliced[:, None]
    return Seams(torch.where(spliced[:, None], one, time), other, share, kept, ends)
