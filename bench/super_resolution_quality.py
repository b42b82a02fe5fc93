"""How near each super-resolution method comes to the truth, and whether the situation is told rightly."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.super_resolution.degrade import Degradation, degrade
from dlintro_demos.super_resolution.quality import psnr, ssim
from dlintro_demos.super_resolution.situation import Situation, read_situation
from dlintro_demos.super_resolution.upscale import Scale, Upscaled, upscale
from training.photographs import Package, Split, averaged_down, fetch, load

CARDS = read_cards(REPOSITORY / "models")
SIDE = 512  # px: the middle of each photograph
SPOILED = Degradation(blur_sigma=0.8, noise=4.0, jpeg_quality=75)
UNSEEN = Path(__file__).with_name("unseen_photographs.toml")
PHOTOS = (  # every colour photograph that scikit-image installs and nothing learned; of the stereo pair one
    "astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png",
    "hubble_deep_field.jpg", "ihc.png",
)  # fmt: skip
PICTURED = 96  # px of the small picture: the crops that are written


@dataclass(frozen=True, kw_only=True)
class Way:
    """A method with its settings, as a row of a table."""

    name: str
    method: str
    faithful: bool = False


QUICK = (
    Way(name="bicubic", method="bicubic"),
    Way(name="Lanczos", method="lanczos"),
    Way(name="ours", method="ours"),
    Way(name="ours, faithful", method="ours", faithful=True),
    Way(name="compact", method="compact"),
    Way(name="compact, faithful", method="compact", faithful=True),
)
SLOW = (
    Way(name="photographic", method="photographic"),
    Way(name="photographic, faithful", method="photographic", faithful=True),
)


def print_quality() -> None:
    """PSNR and SSIM x4 on scikit-image's photographs, made small; the slow network on smaller crops."""
    for side, ways in ((SIDE, QUICK), (160, QUICK + SLOW)):
        truths = [photo(name, side) for name in PHOTOS]
        _print_table(
            f"{len(truths)} photos of scikit-image, middle {side} px, clean", truths, Degradation(), ways
        )


def print_held_out() -> None:
    """The same on the held-out photographs, for each of our networks."""
    print_photos([rgb for _, rgb in load("held_out")], "held-out photos")


def print_folder(folder: Path) -> None:
    """The same on any photographs: those that nobody has trained on, or looked at, tell most."""
    pictures = []
    for path in sorted(folder.iterdir()):
        with Image.open(path) as picture:
            pictures.append(np.asarray(picture.convert("RGB")))
    print_photos(pictures, f"photos of {folder}")


def print_unseen() -> None:
    """The same on the photographs of `unseen_photographs.toml`."""
    print_photos([rgb for _, rgb in unseen()], "unseen photos", QUICK[:4])


def unseen() -> Iterator[tuple[str, np.ndarray]]:
    """Names and pixels of the photographs of `unseen_photographs.toml`, fetched where they are missing."""
    for name, entry in tomllib.loads(UNSEEN.read_text(encoding="utf-8"))["packages"].items():
        package = Package(
            name=name, registry="debian", version=entry["version"], release=entry["release"], statement=""
        )
        for path in entry["paths"]:
            with Image.open(fetch(package) / path) as picture:
                yield Path(path).stem, averaged_down(np.asarray(picture.convert("RGB")))


def print_photos(pictures: Sequence[np.ndarray], what: str, ways: Sequence[Way] = QUICK) -> None:
    """A table for each of our networks; photographs as large as they are given."""
    truths = [middle(rgb, SIDE) for rgb in pictures]
    scales: tuple[Scale, ...] = (4, 2)
    for scale in scales:
        for name, degradation in (("clean", Degradation()), ("blur 0.8, noise 4, JPEG 75", SPOILED)):
            title = f"{len(truths)} {what}, middle {SIDE} px, {name}"
            _print_table(title, truths, replace(degradation, scale=scale), ways)


def _print_table(
    title: str, truths: Sequence[np.ndarray], degradation: Degradation, ways: Sequence[Way]
) -> None:
    print(f"\nQuality x{degradation.scale}, {title}: PSNR dB / SSIM, gain on bicubic: mean, median, least")
    cache = ModelCache(CARDS)
    situation: Situation = "degraded" if degradation.noise else "clean"
    smalls = [degrade(truth, degradation) for truth in truths]
    plain = np.zeros(len(truths))
    for way in ways:
        scores = np.array(
            [
                _score(truth, small, way, degradation.scale, situation, cache)
                for truth, small in zip(truths, smalls, strict=True)
            ]
        )
        if way.method == "bicubic":
            plain = scores[:, 0]
        gain = scores[:, 0] - plain
        print(
            f"{way.name:22} {scores[:, 0].mean():6.2f} / {scores[:, 1].mean():.3f}   "
            f"{gain.mean():+.2f} {np.median(gain):+.2f} {gain.min():+.2f}",
            flush=True,
        )


def _score(
    truth: np.ndarray, small: np.ndarray, way: Way, scale: Scale, situation: Situation, cache: ModelCache
) -> tuple[float, float]:
    result = run(small, way.method, faithful=way.faithful, cache=cache, scale=scale, situation=situation)
    return psnr(truth, result.rgb), ssim(truth, result.rgb)


def print_situations() -> None:
    """How many photographs are taken for degraded, by what was done to them; `train` chose the limits."""
    print("\nShare of photographs that are taken for noisy or compressed")
    kinds: dict[str, dict[str, Any]] = {
        "clean": {},
        "noise 4": {"noise": 4.0},
        "JPEG 75": {"jpeg_quality": 75},
        "JPEG 90": {"jpeg_quality": 90},
        "blur 0.8": {"blur_sigma": 0.8},
        "blur 0.8, noise 4, JPEG 75": {"blur_sigma": 0.8, "noise": 4.0, "jpeg_quality": 75},
    }
    splits: tuple[Split, ...] = ("train", "held_out")
    for split in splits:
        truths = [middle(rgb, 1024) for _, rgb in load(split)]
        scales: tuple[Scale, ...] = (4, 2)
        for scale in scales:
            shares = []
            for name, how in kinds.items():
                smalls = (degrade(truth, Degradation(scale=scale, **how)) for truth in truths)
                told = np.mean([read_situation(small).situation == "degraded" for small in smalls])
                shares.append(f"{name} {told:.0%}")
            print(f"{split:9} x{scale}, {len(truths)} photos: {', '.join(shares)}")


def write_pictures(folder: Path) -> None:
    """Original, small, bicubic, ours and photographic beside each other, for some held-out photographs."""
    folder.mkdir(parents=True, exist_ok=True)
    cache = ModelCache(CARDS)
    ways = (QUICK[0], QUICK[2], SLOW[0])
    for number, (photograph, rgb) in enumerate(load("held_out")):
        if number % 3:
            continue
        for name, degradation in (("clean", Degradation()), ("degraded", SPOILED)):
            truth = middle(rgb, PICTURED * 4)
            small = degrade(truth, degradation)
            situation: Situation = "degraded" if degradation.noise else "clean"
            row = [truth, cv2.resize(small, truth.shape[1::-1], interpolation=cv2.INTER_NEAREST)]
            row += [run(small, way.method, cache=cache, situation=situation).rgb for way in ways]
            Image.fromarray(np.hstack(row)).save(folder / f"{photograph.name}-{name}.png")


def run(
    rgb: np.ndarray,
    method: str,
    *,
    cache: ModelCache,
    faithful: bool = False,
    scale: Scale = 4,
    situation: Situation = "clean",
) -> Upscaled:
    """The last thing that `upscale` yields."""
    *_, result = upscale(rgb, method=method, scale=scale, faithful=faithful, cache=cache, situation=situation)
    assert isinstance(result, Upscaled)
    return result


def photo(name: str, side: int) -> np.ndarray:
    """The middle of a photograph of scikit-image: at most `side` pixels, sides multiples of four."""
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.submodule_search_locations
    with Image.open(Path(spec.submodule_search_locations[0]) / "data" / name) as image:
        return middle(np.asarray(image.convert("RGB")), side)


def middle(rgb: np.ndarray, side: int) -> np.ndarray:
    """At most `side` pixels from the middle, sides multiples of four."""
    height, width = (min(side, length) // 4 * 4 for length in rgb.shape[:2])
    top, left = (rgb.shape[0] - height) // 2, (rgb.shape[1] - width) // 2
    return np.ascontiguousarray(rgb[top : top + height, left : left + width])
