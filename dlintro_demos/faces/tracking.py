"""Faces over time: found in every n-th frame, linked into tracks, tracks of one person joined."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from PIL import Image, ImageDraw
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from dlintro_demos.faces.face import Box, Face
from dlintro_demos.faces.lettering import draw_text, text_box, written
from dlintro_demos.gallery.intake.contained import decode_video
from dlintro_demos.gallery.intake.video import Clip, VideoLimits, encode_webm
from dlintro_demos.gallery.runtime.jobs import Progress

EVERY_SECONDS = 0.12  # between frames that are looked at
BRIDGED_SECONDS = 1.0  # a face may be missed for so long
FAR = 1e3


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """One person over time.

    `boxes` by frame are interpolated in time between looks, and kept up to the looks that missed the person,
    so that hiding them leaves no frame out. `face` is the likeliest, with the mean embedding of all `looks`;
    one look alone may be a mistake of the detector: hide it, but do not count it.
    """

    key: str
    looks: int
    boxes: Mapping[int, Box]
    face: Face

    def stretches(self) -> list[tuple[int, int]]:
        """First and last frame of each time that the person is to be seen."""
        frames = sorted(self.boxes)
        starts = [f for k, f in enumerate(frames) if not k or f > frames[k - 1] + 1]
        ends = [f for k, f in enumerate(frames) if k + 1 == len(frames) or frames[k + 1] > f + 1]
        return list(zip(starts, ends, strict=True))


@dataclass(frozen=True, kw_only=True, eq=False)
class VideoFaces:
    """A video file and who is in it; `looks` of its frames, `width` x `height` px, were looked at.

    `times` are when each frame is shown, and `ends` when the last one has been: seconds since the first.
    The frames are not kept: they would take a hundred times the file's memory, and are decoded in a second.
    """

    data: bytes
    limits: VideoLimits
    digest: str
    times: np.ndarray
    ends: float
    width: int
    height: int
    tracks: tuple[Track, ...]
    looks: int
    seconds: Mapping[str, float]

    def stretches(self, track: Track) -> list[tuple[float, float]]:
        """From when to when somebody is to be seen, each time, in seconds."""
        edges = [*self.times.tolist(), self.ends]
        return [(edges[start], edges[end + 1]) for start, end in track.stretches()]


@dataclass(eq=False)
class _Open:
    looks: list[tuple[int, Face]]

    @property
    def last(self) -> tuple[int, Face]:
        return self.looks[-1]


def analyse_video(
    data: bytes,
    limits: VideoLimits,
    find: Callable[[str, np.ndarray], Sequence[Face]],
    *,
    same_below: float,
) -> Iterator[Progress | VideoFaces]:
    """Decode, find faces in every n-th frame, link. Raises `UnreadableMedia`, and what `find` raises."""
    started = time.perf_counter()
    for step in decode_video(data, limits):
        if isinstance(step, Progress):
            yield Progress(step.done * 0.2, step.total, step.note)
    assert isinstance(step, Clip)
    clip, decoded = step, time.perf_counter()
    seen: list[tuple[int, Sequence[Face]]] = []
    for frame in _to_look_at([*clip.times.tolist(), clip.seconds]):
        yield Progress(0.2 + 0.8 * frame / len(clip.frames), 1, "looking for faces")
        seen.append((frame, find(f"{clip.digest}/{frame}", clip.frames[frame])))
    tracks = link(seen, clip.times, same_below=same_below)
    ended = time.perf_counter()
    yield VideoFaces(
        data=data,
        limits=limits,
        digest=clip.digest,
        times=clip.times,
        ends=clip.seconds,
        width=clip.frames[0].shape[1],
        height=clip.frames[0].shape[0],
        tracks=tracks,
        looks=len(seen),
        seconds={"decode": decoded - started, "find and link": ended - decoded},
    )


def _to_look_at(edges: Sequence[float]) -> Iterator[int]:
    """Frames about `EVERY_SECONDS` apart; `edges` are when each is shown, and when the last one ends."""
    due = -math.inf
    for frame, (start, end) in enumerate(pairwise(edges)):
        if (start + end) / 2 >= due:  # the next one would be further from the time that is due
            due = start + EVERY_SECONDS
            yield frame


def link(
    seen: Sequence[tuple[int, Sequence[Face]]],
    times: np.ndarray,
    *,
    bridged: float = BRIDGED_SECONDS,
    same_below: float,
) -> tuple[Track, ...]:
    """Tracks out of faces by frame, in the order of appearance.

    `times` (N,) are when each frame of the clip is shown, in seconds; a face may be missed for `bridged`.
    """
    if not seen:
        return ()
    open_: list[_Open] = []
    closed: list[_Open] = []
    for frame, faces in seen:
        gone = [each for each in open_ if times[frame] - times[each.last[0]] > bridged + 1e-6]
        closed += gone
        open_ = [each for each in open_ if each not in gone]
        open_ = _extend(open_, frame, faces, same_below)
    joined = _join([*closed, *open_], same_below)
    looks = [frame for frame, _ in seen]
    return tuple(_track(number, group, looks, times) for number, group in enumerate(joined))


def _extend(open_: list[_Open], frame: int, faces: Sequence[Face], same_below: float) -> list[_Open]:
    cost = np.full((len(open_), len(faces)), FAR)
    for row, track in enumerate(open_):
        for column, face in enumerate(faces):
            distance = float(np.linalg.norm(track.last[1].embedding - face.embedding))
            overlap = iou(track.last[1].box, face.box)
            if distance < same_below or (overlap > 0.4 and distance < 1.5 * same_below):
                cost[row, column] = distance - overlap
    used = set()
    for row, column in zip(*linear_sum_assignment(cost), strict=True):
        if cost[row, column] < FAR:
            open_[row].looks.append((frame, faces[column]))
            used.add(column)
    return open_ + [_Open([(frame, face)]) for column, face in enumerate(faces) if column not in used]


def _join(tracks: list[_Open], same_below: float) -> list[list[_Open]]:
    """Groups of tracks that are one person at different times: the nearest first, never two at one time.

    Average linkage: two groups are as far apart as their faces are on average. The table of distances is
    updated as in Lance and Williams (1967): faces missed and found again in a crowd make hundreds of tracks.
    """
    if not tracks:
        return []
    tracks = sorted(tracks, key=lambda each: each.looks[0][0])
    groups = [[track] for track in tracks]
    sizes = np.array([len(track.looks) for track in tracks])
    firsts, lasts = (np.array([track.looks[end][0] for track in tracks]) for end in (0, -1))
    embeddings = [np.stack([face.embedding for _, face in track.looks]) for track in tracks]
    everybody, starts = np.concatenate(embeddings), np.cumsum(sizes) - sizes
    rows = [np.add.reduceat(cdist(each, everybody).mean(axis=0), starts) / sizes for each in embeddings]
    distances = np.array(rows)
    distances[(firsts[:, None] <= lasts) & (firsts <= lasts[:, None])] = np.inf
    while True:
        here, there = sorted(divmod(int(distances.argmin()), len(tracks)))
        if not distances[here, there] < same_below:
            return [group for group in groups if group]
        weights = sizes[[here, there]] / sizes[[here, there]].sum()
        distances[here] = distances[:, here] = weights @ distances[[here, there]]
        distances[there] = distances[:, there] = np.inf
        sizes[here] += sizes[there]
        groups[here] += groups[there]
        groups[there] = []


def _mean(group: list[_Open]) -> np.ndarray:
    return np.mean([face.embedding for track in group for _, face in track.looks], axis=0)


def _track(number: int, group: list[_Open], looks: Sequence[int], times: np.ndarray) -> Track:
    boxes: dict[int, Box] = {}
    for part in group:
        frames = [frame for frame, _ in part.looks]
        corners = np.array([face.box for _, face in part.looks])
        before = max((look for look in looks if look < frames[0]), default=-1)
        after = min((look for look in looks if look > frames[-1]), default=len(times))
        every = np.arange(before + 1, after)
        columns = [np.interp(times[every], times[frames], corners[:, k]) for k in range(4)]
        boxes |= {int(f): (a, b, c, d) for f, a, b, c, d in zip(every, *columns, strict=True)}
    best = max((face for part in group for _, face in part.looks), key=lambda face: face.probability)
    key = f"{best.key.split('/')[0]}/track-{number}"
    face = Face(
        key=key, box=best.box, landmarks=best.landmarks, probability=best.probability,
        embedding=_mean(group).astype(np.float32), chip=best.chip,
    )  # fmt: skip
    return Track(key=key, looks=sum(len(part.looks) for part in group), boxes=boxes, face=face)


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes."""
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, across) * max(0.0, down)
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / both if both > 0 else 0.0


def boxes_at(tracks: Sequence[Track], frame: int) -> dict[str, Box]:
    """Where everybody is in a frame, by track."""
    return {track.key: track.boxes[frame] for track in tracks if frame in track.boxes}


def redraw(
    video: VideoFaces, draw: Callable[[np.ndarray, dict[str, Box]], np.ndarray]
) -> Iterator[Progress | bytes]:
    """The video again as WebM, each frame drawn anew with the boxes in it."""
    for step in decode_video(video.data, video.limits):
        if isinstance(step, Progress):
            yield Progress(step.done * 0.2, step.total, step.note)
    assert isinstance(step, Clip)
    drawn = (draw(rgb, boxes_at(video.tracks, number)) for number, rgb in enumerate(step.frames))
    length = len(step.frames)
    for part in encode_webm(drawn, step.fps, times=step.times, seconds=step.seconds, total=length):
        if isinstance(part, Progress):
            yield Progress(0.2 + 0.8 * part.fraction, 1, part.note)
        else:
            yield part


def draw_names(rgb: np.ndarray, boxes: Mapping[str, Box], names: Mapping[str, str]) -> np.ndarray:
    """A copy of (H, W, 3) uint8 with the boxes, and below each, or above at the bottom edge, its name.

    `names` are of everybody in the video: one that our fonts lack letters for gets its number among them.
    """
    image = Image.fromarray(rgb)
    draw, size = ImageDraw.Draw(image), max(10, image.height // 24)
    numbers = {key: number for number, key in enumerate(names, start=1)}
    for key, (x0, y0, x1, y1) in boxes.items():
        draw.rectangle((x0, y0, x1, y1), outline=(255, 196, 0), width=3)
        name = " ".join(names.get(key, "").split())[:40]
        if not name:
            continue
        name = written(name, numbers[key])
        left, top, right, bottom = text_box(name, size)
        below = y1 + bottom - top + 6 <= image.height
        y = y1 + 2 - top if below else max(-top, y0 - bottom - 6)
        x = min(max(x0, 3.0), max(3.0, image.width - right - 3.0))
        draw.rectangle((x + left - 3, y + top - 2, x + right + 3, y + bottom + 2), fill=(0, 0, 0))
        draw_text(draw, x, y, name, size, "white")
    return np.array(image)


def moving_photos(first: np.ndarray, second: np.ndarray, *, fps: int = 12, side: int = 360) -> bytes:
    """A synthetic video, WebM: the camera moves over one photo, then another, then both side by side."""
    frames = [_move(first, k / 18, side) for k in range(18)]
    frames += [_move(second, k / 18, side) for k in range(18)]
    half = side * 8 // 9
    frames += [
        np.concatenate([_square(first, half, k / 18), _square(second, half, 1 - k / 18)], axis=1)
        for k in range(18)
    ]
    wide = [cv2.resize(frame, (half * 2, half)) for frame in frames]
    *_, data = encode_webm(wide, fps)
    assert isinstance(data, bytes)
    return data


def _move(rgb: np.ndarray, share: float, side: int) -> np.ndarray:
    """A photo on a wall, the camera coming nearer and moving sideways."""
    wall = np.full((side, side * 2, 3), (70, 74, 84), np.uint8)
    photo = _square(rgb, round(side * (0.7 + 0.25 * share)), 0)
    left = round((side * 2 - photo.shape[1]) * (0.2 + 0.5 * share))
    top = (side - photo.shape[0]) // 2
    wall[top : top + photo.shape[0], left : left + photo.shape[1]] = photo
    return wall


def _square(rgb: np.ndarray, side: int, share: float) -> np.ndarray:
    length = min(rgb.shape[:2])
    margin = round(0.08 * length * share)
    return cv2.resize(
        rgb[margin : length - margin, margin : length - margin], (side, side), interpolation=cv2.INTER_AREA
    )
