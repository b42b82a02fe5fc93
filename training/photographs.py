"""The photographs that our own networks learn from and are measured on, fetched from packages, never shipped.

    python -m training.photographs                 # fetch, check the licences, count
    python -m training.photographs --sheet all.jpg # and a contact sheet, to look at them

Debian packages are downloaded and unpacked, not installed; `photographs.toml` names each photograph's
package, author, licence and split. Run as root where apt wants it. Everything lies in
`~/.cache/dlintro/photographs` (`DLINTRO_PHOTOGRAPHS` for another folder), and nothing is fetched twice.
"""

from __future__ import annotations

import argparse
import importlib
import math
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal, get_args

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.feature_layers.qt_bundles import qt_bundle

CACHE = Path(os.environ.get("DLINTRO_PHOTOGRAPHS", Path.home() / ".cache/dlintro/photographs"))
LIST = Path(__file__).with_name("photographs.toml")
SMALL = Path(__file__).parent / "feature_layers" / "pictures.toml"  # most of them are: 640 px and less
LONGEST_SIDE = 2000  # px; wallpapers are soft at full size, so they are averaged down by a whole factor
LARGE = 700_000  # pixels, as fetched
PERMISSIVE = {
    "BSD-3-Clause", "CC-BY-2.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "public-domain",
}  # fmt: skip

Split = Literal["train", "held_out"]


class LicenceNotProven(ValueError):
    """A package's own statement does not say what `photographs.toml` says."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """Where photographs come from; `statement` is the file in it that declares their licences.

    A suffix as `statement` means the file of that suffix beside the photograph. `release` is Debian's code
    name; `proof` are strings that stand in one paragraph of the statement.
    """

    name: str
    registry: Literal["debian", "pip"]
    version: str
    statement: str
    release: str = ""
    proof: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Photograph:
    """One photograph: `path` in its package, or the file called `inside` in the bundle at that path."""

    package: Package
    path: str
    author: str
    licence: str
    split: Split
    inside: str = ""
    proof: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Unique: the package and the file without its suffix."""
        return f"{self.package.name}-{Path(self.inside or self.path).stem}"

    @property
    def prepared(self) -> Path:
        """Where `prepare` puts it: PNG, RGB."""
        return CACHE / "prepared" / f"{self.name}.png"


def read_list(path: Path = LIST) -> list[Photograph]:
    """All photographs of the list; raises `LicenceNotProven` where one's licence is not a permissive one."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    packages = {
        name: Package(name=name, **{**entry, "proof": tuple(entry["proof"])})
        for name, entry in table["packages"].items()
    }
    photographs = []
    for entry in table["photographs"]:
        fields = {**entry, "package": packages[entry["package"]], "proof": tuple(entry.get("proof", ()))}
        photograph = Photograph(**fields)
        if photograph.licence not in PERMISSIVE or photograph.split not in get_args(Split):
            raise LicenceNotProven(f"{photograph.name}: {photograph.licence}, {photograph.split}")
        photographs.append(photograph)
    return photographs


def load(split: Split) -> Iterator[tuple[Photograph, np.ndarray]]:
    """The prepared photographs of a split, (H, W, 3) uint8 RGB, in the order of the lists."""
    for photograph in (*read_list(), *read_list(SMALL)):
        if photograph.split == split:
            with Image.open(photograph.prepared) as image:
                yield photograph, np.asarray(image.convert("RGB"))


def fetch(package: Package) -> Path:
    """The folder that the package is unpacked in; downloads it first where it is missing."""
    folder = CACHE / "unpacked" / f"{package.name}_{package.version}"
    if folder.is_dir():
        return folder
    downloads = CACHE / "downloads" / folder.name
    for parent in (downloads, folder.parent):
        parent.mkdir(parents=True, exist_ok=True)
    if package.registry == "debian":
        _apt_get(package.release, "download", f"{package.name}={package.version}", folder=downloads)
        (archive,) = downloads.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
    else:
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(downloads)]
        subprocess.run([*pip, f"{package.name}=={package.version}"], check=True)
        (archive,) = downloads.glob("*.whl")
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
    return folder


def _apt_get(release: str, *arguments: str, folder: Path) -> None:
    """apt-get with package lists of its own for a release, from the archive that this machine uses."""
    state = CACHE / "apt" / release
    first = not (state / "sources.list").is_file()
    for part in ("lists/partial", "cache/archives/partial"):
        (state / part).mkdir(parents=True, exist_ok=True)
    options = [
        f"Dir::Etc::sourcelist={state}/sources.list",
        "Dir::Etc::sourceparts=/dev/null",
        f"Dir::State::lists={state}/lists",
        f"Dir::Cache={state}/cache",
        "APT::Sandbox::User=root",
        "Acquire::Languages=none",
    ]
    command = ["apt-get", "-qq", *(part for option in options for part in ("-o", option))]
    if first:
        line = f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {_mirror()} {release} main\n"
        (state / "sources.list").write_text(line)
        subprocess.run([*command, "update"], check=True)
    subprocess.run([*command, *arguments], check=True, cwd=folder)


def _mirror() -> str:
    """Address of the archive that this machine installs from."""
    lines = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    if not lines:
        raise RuntimeError("This machine has no Debian archive in its sources; run apt-get update first.")
    return lines[0]


def check_licence(photograph: Photograph, folder: Path) -> None:
    """Raises `LicenceNotProven` unless the package's statement holds the proof in one paragraph."""
    statement = (folder / _statement(photograph)).read_text(encoding="utf-8")
    paragraphs = re.split(r"\n\s*\n", statement)
    proofs = [proof for proof in (photograph.package.proof, photograph.proof) if proof]
    for proof in proofs:
        if not any(all(words in paragraph for words in proof) for paragraph in paragraphs):
            raise LicenceNotProven(f"{photograph.name}: {proof} is not in {_statement(photograph)}")
    if not proofs:
        raise LicenceNotProven(f"{photograph.name}: the list gives no proof")


def _statement(photograph: Photograph) -> str:
    statement = photograph.package.statement
    return str(Path(photograph.path).with_suffix(statement)) if statement.startswith(".") else statement


def prepare(photograph: Photograph) -> tuple[int, int]:
    """Fetch, check, decode, average down, save as PNG; gives width and height as fetched."""
    folder = fetch(photograph.package)
    check_licence(photograph, folder)
    data = (folder / photograph.path).read_bytes()
    if photograph.path.endswith(".rcc"):
        data = qt_bundle(folder / photograph.path)[photograph.inside]
    elif photograph.inside:
        data = data[data.index(b"\xff\xd8\xff", data.index(photograph.inside.encode())) :]
    rgb = _decode_jxl(data) if photograph.path.endswith(".jxl") else _decode(data)
    photograph.prepared.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(averaged_down(rgb)).save(photograph.prepared, compress_level=1)
    return rgb.shape[1], rgb.shape[0]


def averaged_down(rgb: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 made smaller by a whole factor, so that no side is longer than `LONGEST_SIDE`."""
    height, width = rgb.shape[:2]
    factor = math.ceil(max(width, height) / LONGEST_SIDE)
    rgb = rgb[: height // factor * factor, : width // factor * factor]
    return cv2.resize(rgb, (width // factor, height // factor), interpolation=cv2.INTER_AREA)


def _decode(data: bytes) -> np.ndarray:
    """RGB, on white where it is transparent."""
    with Image.open(BytesIO(data)) as image:
        if not image.has_transparency_data:
            return np.asarray(image.convert("RGB"))
        white = Image.new("RGBA", image.size, "white")
        return np.asarray(Image.alpha_composite(white, image.convert("RGBA")).convert("RGB"))


def _decode_jxl(data: bytes) -> np.ndarray:
    """JPEG XL, with imagecodecs (BSD-3), put beside the photographs: the gallery has no need of it."""
    python = CACHE / "python"
    if not (python / "imagecodecs").is_dir():
        install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(python)]
        subprocess.run([*install, "imagecodecs==2026.3.6"], check=True)
    if str(python) not in sys.path:
        sys.path.append(str(python))
    decoded: np.ndarray = importlib.import_module("imagecodecs").jpegxl_decode(data)
    return np.ascontiguousarray(decoded[..., :3])


def contact_sheet(photographs: list[Photograph], columns: int = 8) -> Image.Image:
    """All of them as thumbnails of at most 196 x 156 px, with split and name."""
    cell = (200, 174)
    rows = math.ceil(len(photographs) / columns)
    sheet = Image.new("RGB", (columns * cell[0], rows * cell[1]))
    draw = ImageDraw.Draw(sheet)
    for number, photograph in enumerate(photographs):
        x, y = number % columns * cell[0], number // columns * cell[1]
        with Image.open(photograph.prepared) as image:
            image.thumbnail((196, 156))
            sheet.paste(image, (x, y))
        label = photograph.name.removeprefix(f"{photograph.package.name}-")
        colour = "white" if photograph.split == "train" else "orange"
        draw.text((x, y + 158), label[:30], fill=colour)
    return sheet


def main() -> None:
    """Prepare all photographs and print how many there are by licence and split."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sheet", type=Path, help="write a contact sheet")
    arguments = parser.parse_args()
    photographs = [*read_list(), *read_list(SMALL)]
    large: Counter[Split] = Counter()
    for photograph in photographs:
        width, height = prepare(photograph)
        large[photograph.split] += width * height >= LARGE
        print(f"{photograph.split:8} {photograph.licence:13} {width:4} x {height:4}  {photograph.name}")
    for split in get_args(Split):
        licences = Counter(photograph.licence for photograph in photographs if photograph.split == split)
        kinds = ", ".join(f"{count} {licence}" for licence, count in sorted(licences.items()))
        print(f"{split}: {licences.total()} photographs, {large[split]} of them large ({kinds})")
    if arguments.sheet:
        contact_sheet(photographs).save(arguments.sheet)


if __name__ == "__main__":
    main()
