"""The folder that an operator mounts: a card, weights of a known architecture, labelled validation.

    model.toml              title, architecture (a name that timm knows), classes, positive, channels, side,
                            mean, std, source, licence
    weights.safetensors     that architecture's weights
    validation.csv          label, and either picture (a file in this folder) or a probability for each class

No code of the operator's is run: weights are numbers, and the architecture is chosen by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from dlintro_demos.gallery.intake.images import UnreadableMedia, decode_image
from dlintro_demos.gallery.intake.tables import BadCell, BadRow, Row, TableLimits, number, read_table
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable

CARD, WEIGHTS, VALIDATION = "model.toml", "weights.safetensors", "validation.csv"
LABEL, PICTURE = "label", "picture"
FEWEST = 40  # validation rows, of which at least a quarter of this is of the positive class and of the others
MOST_SIDE = 1_024  # px
AT_ONCE = 32


class BadModelFolder(ModelUnavailable):
    """A folder that is not as it must be; names the file and what to change."""


@dataclass(frozen=True, kw_only=True)
class OwnCard:
    """What `model.toml` says; `positive` is the class whose threshold the page moves; `side` in pixels."""

    title: str
    architecture: str
    classes: tuple[str, ...]
    positive: str
    source: str
    licence: str
    channels: int = 3
    side: int = 224
    mean: float = 0.5
    std: float = 0.5


def read_card(folder: Path) -> OwnCard:
    """The card. Raises `BadModelFolder`."""
    path = folder / CARD
    names = ", ".join(field.name for field in fields(OwnCard))
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        card = OwnCard(**{**table, "classes": tuple(map(str, table["classes"]))})
    except OSError:
        raise BadModelFolder(f"{path} cannot be read; put a card there. It has: {names}.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise BadModelFolder(f"{path}: {error}. A card has: {names}.") from None
    texts = (card.title, card.architecture, card.positive, card.source, card.licence)
    numbers = (card.channels, card.side, card.mean, card.std)
    if not all(isinstance(each, str) for each in texts):
        raise BadModelFolder(f"{path}: title, architecture, positive, source and licence are texts.")
    if not all(isinstance(each, int | float) for each in numbers) or not isinstance(card.side, int):
        raise BadModelFolder(f"{path}: channels, side, mean and std are numbers.")
    if len(set(card.classes)) < 2 or card.positive not in card.classes:
        raise BadModelFolder(f"{path}: name at least two classes, and one of them as positive.")
    if card.channels not in (1, 3) or not 1 <= card.side <= MOST_SIDE or card.std <= 0:
        raise BadModelFolder(f"{path}: channels is 1 or 3, side at most {MOST_SIDE}, std above zero.")
    if not timm.is_model(card.architecture):
        raise BadModelFolder(f"{path}: timm knows no architecture “{card.architecture}”.")
    return card


def load(folder: Path, card: OwnCard) -> torch.nn.Module:
    """The network with its weights, on the CPU. Raises `BadModelFolder`."""
    path = folder / WEIGHTS
    network = timm.create_model(
        card.architecture, pretrained=False, num_classes=len(card.classes), in_chans=card.channels
    )
    try:
        network.load_state_dict(load_file(path))
    except (OSError, SafetensorError):
        raise BadModelFolder(f"{path} is missing, or no safetensors file.") from None
    except RuntimeError:
        raise BadModelFolder(
            f"{path} has not the weights of {card.architecture} with {len(card.classes)} classes and "
            f"{card.channels} channels."
        ) from None
    return network.eval().requires_grad_(requires_grad=False)


def read_rows(folder: Path, card: OwnCard, limits: TableLimits) -> list[tuple[int, Row]]:
    """The rows of the validation file with the place of their label. Raises `BadModelFolder`."""
    path = folder / VALIDATION
    wanted = {LABEL, PICTURE, *card.classes}
    try:
        table = read_table(
            path.read_bytes(), lambda name: name.strip() if name.strip() in wanted else None, [LABEL], limits
        )
    except (OSError, UnreadableMedia) as error:
        raise BadModelFolder(f"{path}: {error}") from None
    if PICTURE not in table.columns and not set(card.classes) <= set(table.columns):
        raise BadModelFolder(
            f"{path}: it needs the column {PICTURE}, or one a class: {', '.join(card.classes)}."
        )
    rows = []
    for row in table.rows:
        if isinstance(row, BadRow):
            raise BadModelFolder(f"{path}, line {row.line}: {row.why}")
        label = row.cells[LABEL].strip()
        if label not in card.classes:
            raise BadModelFolder(f"{path}, line {row.line}: the label is none of {', '.join(card.classes)}.")
        rows.append((card.classes.index(label), row))
    positive = sum(label == card.classes.index(card.positive) for label, _ in rows)
    if min(positive, len(rows) - positive) < FEWEST // 4 or len(rows) < FEWEST:
        raise BadModelFolder(
            f"{path}: at least {FEWEST} rows are needed, {FEWEST // 4} of them of the positive class and as "
            "many of others."
        )
    return rows


def given_logits(path: Path, card: OwnCard, rows: Sequence[tuple[int, Row]]) -> np.ndarray:
    """Logarithms of the probabilities that the file itself gives, (N, classes). Raises `BadModelFolder`."""
    values = np.zeros((len(rows), len(card.classes)))
    for place, (_, row) in enumerate(rows):
        try:
            values[place] = [number(row.cells[name]) for name in card.classes]
        except BadCell as error:
            raise BadModelFolder(f"{path}, line {row.line}: a probability {error}.") from None
        if (values[place] < 0).any() or abs(values[place].sum() - 1) > 0.01:
            raise BadModelFolder(f"{path}, line {row.line}: probabilities are not below 0 and add up to 1.")
    return np.log(np.clip(values, 1e-9, 1))


def batches(folder: Path, rows: Sequence[tuple[int, Row]]) -> Iterator[list[np.ndarray]]:
    """The pictures of the rows, (h, w, 3) uint8, some at a time. Raises `BadModelFolder`."""
    for start in range(0, len(rows), AT_ONCE):
        yield [_picture(folder, row) for _, row in rows[start : start + AT_ONCE]]


def as_wanted(pictures: Sequence[np.ndarray], card: OwnCard) -> torch.Tensor:
    """Pictures (h, w, 3) uint8 as the network wants them, (n, channels, side, side)."""
    return torch.stack([_pixels(rgb, card) for rgb in pictures])


def _picture(folder: Path, row: Row) -> np.ndarray:
    path = (folder / row.cells[PICTURE].strip()).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadModelFolder(f"{VALIDATION}, line {row.line}: the picture lies outside of the folder.")
    try:
        return decode_image(path.read_bytes()).rgb
    except (OSError, UnreadableMedia) as error:
        raise BadModelFolder(f"{VALIDATION}, line {row.line}: {error}") from None


def _pixels(rgb: np.ndarray, card: OwnCard) -> torch.Tensor:
    scaled = cv2.resize(rgb, (card.side, card.side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if card.channels == 1:
        scaled = scaled.mean(2, keepdims=True)
    return torch.from_numpy((scaled - card.mean) / card.std).permute(2, 0, 1)


def facts(card: OwnCard) -> Mapping[str, str]:
    """What the page says of the model, besides its title."""
    return {
        "Architecture": card.architecture,
        "Classes": ", ".join(card.classes),
        "Positive class": card.positive,
        "Source": card.source,
        "Licence": card.licence,
    }
