"""Faces: speed, errors, clusters and memory of the demo, beside facenet-pytorch and face_recognition (dlib).

    python -m bench.faces                  # everything: some minutes on two cores
    python -m bench.faces --only speed     # or errors, groups, memory, album
    python -m bench.faces --calibrate      # a histogram of distances as JSON, to choose thresholds by

Photos come from packages (`face_photographs.py`). Times are of runs taken in turn: on a busy machine
milliseconds drift, ratios less. Look at the load that is printed: beside other programs the times say little.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch

from bench.face_errors import print_errors, print_groups, print_histogram
from bench.face_peers import CARDS, DLIB, FACENET, OURS, dlib_way, facenet
from bench.face_photographs import six_faces
from dlintro_demos.faces import samples
from dlintro_demos.faces.album import Album, read_album
from dlintro_demos.faces.analysis import analyse, find_faces
from dlintro_demos.faces.embedders import thresholds
from dlintro_demos.faces.evidence import cluster
from dlintro_demos.faces.face import PhotoFaces
from dlintro_demos.gallery.intake.images import DEFAULT_LIMITS, encode_jpeg
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.shared.face_detector import Detail

PARTS = ("speed", "errors", "groups", "memory", "album")
ALBUM_PHOTOS = 60
ALBUM_SIDE = 2048  # px


def main() -> None:
    """Print the tables that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--calibrate", action="store_true", help="print a histogram of distances as JSON")
    parser.add_argument("--child", choices=(OURS, FACENET, DLIB), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cv2.setNumThreads(arguments.threads)
    if arguments.child:
        print_peak_memory(arguments.child)
        return
    if arguments.calibrate:
        print_histogram()
        return
    print(
        f"{platform.machine()}, {arguments.threads} threads, torch {torch.__version__}, "
        f"load of the last minute {os.getloadavg()[0]:.1f}"
    )
    wanted = arguments.only or PARTS
    if "speed" in wanted:
        print_speed(arguments.repeats)
    if "errors" in wanted:
        print_errors()
    if "groups" in wanted:
        print_groups()
    if "memory" in wanted:
        print(
            "\nPeak resident memory of a process that looks at the photo of six faces three times", flush=True
        )
        for name in (OURS, FACENET, DLIB):
            command = [sys.executable, "-m", "bench.faces", "--threads", str(arguments.threads)]
            subprocess.run([*command, "--child", name], check=True, cwd=REPOSITORY)
    if "album" in wanted:
        print_album()


def print_speed(repeats: int) -> None:
    """Milliseconds for the photo of six faces from pixels to embeddings, and ours by stage."""
    rgb = six_faces()
    cache = ModelCache(CARDS)
    works: dict[str, Callable[[], int]] = {
        OURS: ours(rgb, cache, "normal"),
        FACENET: facenet(rgb),
        DLIB: dlib_way(rgb),
        "ours, high detail": ours(rgb, cache, "high"),
    }
    taken, counts = times_in_turn(works, repeats)
    print(f"\nSpeed, {rgb.shape[1]} x {rgb.shape[0]} px, pixels to embeddings, {repeats} runs in turn")
    for name, each in taken.items():
        median, least = statistics.median(each), min(each)
        ratio = median / statistics.median(taken[OURS])
        print(
            f"{name:24} median {median * 1e3:5.0f} ms, {ratio:4.2f} x ours   "
            f"least {least * 1e3:5.0f} ms, {least / min(taken[OURS]):4.2f} x ours   {counts[name]} faces"
        )
    runs = [find_faces("six", rgb, cache).seconds for _ in range(repeats)]
    stages = (f"{name} {statistics.median(run[name] for run in runs) * 1e3:.1f} ms" for name in runs[0])
    print(f"{'ours by stage':24} {', '.join(stages)}")


def ours(rgb: np.ndarray, cache: ModelCache, detail: Detail = "normal") -> Callable[[], int]:
    """All that the demo does with a photo; gives the number of faces."""
    return lambda: len(find_faces("six", rgb, cache, detail=detail).faces)


def times_in_turn(
    works: dict[str, Callable[[], int]], repeats: int
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Seconds of each run of each after one that warms up, and what it returned; one after the other."""
    counts = {name: work() for name, work in works.items()}
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - started)
    return taken, counts


def print_peak_memory(name: str) -> None:
    """In a process of its own."""
    rgb = six_faces()
    before = peak_megabytes()
    makers: dict[str, Callable[[], Callable[[], int]]] = {
        OURS: lambda: ours(rgb, ModelCache(CARDS)),
        FACENET: lambda: facenet(rgb),
        DLIB: lambda: dlib_way(rgb),
    }
    work = makers[name]()
    for _ in range(3):
        work()
    print(f"{name:24} {peak_megabytes():5.0f} MB ({before:.0f} MB with torch imported and the photo decoded)")


def peak_megabytes() -> float:
    """This process's peak; Linux's own count, as `getrusage` may start from the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_album() -> None:
    """Sixty photos as JPEG files, read, looked at, put away small, and clustered."""
    cache = ModelCache(CARDS)
    files = album_files()
    find_faces("warm", six_faces(), cache)
    started = time.perf_counter()
    *_, album = read_album(files, partial(analyse, cache=cache), DEFAULT_LIMITS)
    read = time.perf_counter() - started
    assert isinstance(album, Album)
    found: list[PhotoFaces] = [photo.found for photo in album.photos]
    faces = [face.embedding for each in found for face in each.faces]
    cluster(np.stack(faces), thresholds(cache).maybe)
    whole = time.perf_counter() - started
    network = sum(sum(each.seconds.values()) for each in found)
    print(
        f"\nAlbum of {len(found)} photos, longest side {ALBUM_SIDE} px, "
        f"{sum(len(data) for _, data in files) / 2**20:.0f} MB, {len(faces)} faces: {whole:.1f} s "
        f"({network:.1f} s faces, {read - network:.1f} s decoding and previews, "
        f"{(whole - read) * 1e3:.0f} ms clustering)"
    )


def album_files() -> list[tuple[str, bytes]]:
    """The photo of six faces and single portraits in turn, enlarged, each a little brighter than the last."""
    singles = [samples.portrait(name) for name in (samples.EILEEN, samples.GRACE)]
    sources = [six_faces(), singles[0], singles[1]]
    files = []
    for number in range(ALBUM_PHOTOS):
        rgb = sources[number % len(sources)]
        factor = ALBUM_SIDE / max(rgb.shape[:2])
        size = (round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))
        larger = cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC)
        brighter = cv2.convertScaleAbs(larger, alpha=0.8 + 0.005 * number)
        files.append((f"{number:02}.jpg", encode_jpeg(brighter, quality=90)))
    return files


if __name__ == "__main__":
    main()
