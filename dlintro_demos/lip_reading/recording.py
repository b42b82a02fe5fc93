"""From the bytes of a video to a clip that can be read, or to words that say what to do instead.

A face is followed from frame to frame, and what cannot be read is named: nobody, two people, a face that is
turned away or too small, a mouth that is out of the picture.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from dlintro_demos.gallery.intake.contained import decode_video
from dlintro_demos.gallery.intake.video import Clip as Video
from dlintro_demos.gallery.intake.video import VideoLimits
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import MB, settings
from dlintro_demos.lip_reading.clip import FEWEST, MOST, RATE, Clip, ClipError
from dlintro_demos.lip_reading.landmarks import LEFT_EYE, LIPS, POINTS, RIGHT_EYE, opening_and_width
from dlintro_demos.lip_reading.mouths import HEIGHT, WIDTH, cut_mouths, lips_in_crops
from dlintro_demos.lip_reading.pose import Pose, pose_of
from dlintro_demos.shared.face_detector import MODEL as DETECTOR
from dlintro_demos.shared.face_mesh import MODEL as MESH
from dlintro_demos.shared.face_mesh import Mesh, find, find_all, follow

MODELS = (DETECTOR, MESH)
"""What it takes to open a video of a face, beside a reader."""
SIDE = 640  # px, the frames' longer side
SLOWEST = 12.0  # frames a second, below which too little of a mouth is seen
APART = 24.0  # px: the least distance of the eyes' outer corners
MISSED = 0.2  # share of frames in which the face may be lost, and its landmarks filled in
OUTSIDE = 0.1  # share of frames in which a lip may be out of the picture
COVERED = 20.0  # log-odds of a face: below, something may be before it (bench/lip_reading.py)
TURNED, RAISED = 25.0, 35.0  # degrees of yaw and pitch, as the mesh has them: some 0.6 of the true ones
COMPARABLE = 0.5  # of the largest face: a smaller one is a bystander's
LOOKS = RATE  # frames from one look for other people to the next
QUARTERS = {
    0: "",
    2: "The video stood on its head and was turned.",
    1: "The video lay on its side and was turned.",
    3: "The video lay on its side and was turned.",
}


class NoFace(ClipError):
    """Nobody is in the picture, or not long enough."""


class TwoFaces(ClipError):
    """It cannot be known whose lips are meant."""


class FaceTooSmall(ClipError):
    """The mouth has too few pixels."""


class HeadTurned(ClipError):
    """The mouth is seen from the side."""


class MouthOutside(ClipError):
    """The mouth is out of the picture."""


class TooFewFrames(ClipError):
    """Too few pictures a second."""


class NoMouthCrop(ClipError):
    """What should be a mouth crop has another shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Recording:
    """A video made ready to be read, and what can be shown of it; T frames, 25 a second.

    `opening` and `width` (T,) float32 of the mouth, in distances of the eyes. `lips` (T, 40, 2) float32: the
    mesh's lips in pixels of `clip.mouths`, 20 points around the outer edge, then 20 around the inner one.
    `presence` (T,) float32: log-odds that the mesh sees a face. These and `pose` are None where the video was
    a mouth crop already. `notes` are sentences about what was changed on the way, `seconds` by stage.
    """

    clip: Clip
    opening: np.ndarray | None = None
    width: np.ndarray | None = None
    lips: np.ndarray | None = None
    presence: np.ndarray | None = None
    pose: Pose | None = None
    fps: float
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float]


def video_limits() -> VideoLimits:
    """What a video may be, by the settings of now: ten seconds, of up to 60 frames, whatever its size."""
    return VideoLimits(
        max_bytes=settings().upload_mb * MB,
        max_seconds=MOST / RATE,
        max_frames=round(60 * MOST / RATE * 1.05),
        side=SIDE,
        rate=RATE,
        formats=("MP4", "WebM", "MPEG"),
    )


def open_recording(data: bytes, cache: ModelCache) -> Iterator[Progress | Recording]:
    """A job: from the bytes of a video of a face to a clip with landmarks and mouth crops.

    Raises `ClipError`, one of its kinds above, for a face that cannot be read, `UnreadableMedia` for a file
    that cannot, and `ModelUnavailable`.
    """
    clock = _Clock()
    video = yield from _decoded(data, video_limits())
    frames, notes = list(video.frames[:MOST]), [*_about_rate(video)]
    clock.stop("decode")
    yield Progress(3, 10, "looking for the face")
    turns, first = _upright(frames, cache)
    if turns:
        frames = [np.ascontiguousarray(np.rot90(frame, turns)) for frame in frames]
        notes.append(QUARTERS[turns])
    notes += _alone(frames, cache)
    clock.stop("detect")
    meshes = []
    for number, mesh in enumerate(follow(frames, cache, first)):
        meshes.append(mesh)
        if number % 10 == 0:
            yield Progress(4 + 5 * number / len(frames), 10, "following the lips")
    seen = np.array([mesh is not None for mesh in meshes])
    if seen.mean() < 1 - MISSED:
        raise NoFace(
            f"A face was in the picture for {seen.mean():.0%} of the time only. "
            "Stay before the camera, well lit, from the first word to the last."
        )
    track = _filled([mesh.points[list(POINTS)] if mesh else None for mesh in meshes])
    clock.stop("mesh")
    presence = np.array([mesh.presence if mesh else -np.inf for mesh in meshes], np.float32)
    pose = pose_of(track)
    _check(track, pose, frames[0].shape[:2])
    if (presence < COVERED).mean() > MISSED:
        notes.append("Something may be before the mouth, or it is too dark to see it well.")
    clip = Clip(track, cut_mouths(frames, track))
    opening, width = opening_and_width(track)
    yield Recording(
        clip=clip,
        opening=opening,
        width=width,
        lips=lips_in_crops(track),
        presence=presence,
        pose=pose,
        fps=video.fps,
        notes=tuple(notes),
        seconds=clock.stop("crop"),
    )


def open_mouth_crop(data: bytes) -> Iterator[Progress | Recording]:
    """A job: from a video that shows a mouth alone, twice as wide as high, to a clip without landmarks.

    Raises `ClipError` and `UnreadableMedia`.
    """
    clock = _Clock()
    video = yield from _decoded(data, video_limits())
    height, width = video.frames[0].shape[:2]
    if not 0.9 < width / height / (WIDTH / HEIGHT) < 1.1:
        raise NoMouthCrop(
            f"A mouth crop is twice as wide as high, like {WIDTH} x {HEIGHT} pixels; this video is "
            f"{width} x {height}. For a whole face, leave the crop to the gallery."
        )
    size, method = (WIDTH, HEIGHT), cv2.INTER_AREA if width > WIDTH else cv2.INTER_LINEAR
    mouths = np.stack([cv2.resize(frame, size, interpolation=method) for frame in video.frames[:MOST]])
    yield Recording(
        clip=Clip(None, mouths), fps=video.fps, notes=_about_rate(video), seconds=clock.stop("decode")
    )


class _Clock:
    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def stop(self, stage: str) -> dict[str, float]:
        now = time.perf_counter()
        self._seconds[stage], self._last = now - self._last, now
        return self._seconds


def _decoded(data: bytes, limits: VideoLimits) -> Generator[Progress, None, Video]:
    """Decode, and check what needs no face. Returns the video."""
    for step in decode_video(data, limits):
        if isinstance(step, Progress):
            yield Progress(3 * step.fraction, 10, step.note)
    assert isinstance(step, Video)
    if len(step.frames) < FEWEST:
        raise ClipError(
            f"The video lasts {step.seconds:.1f} s; it has to last at least one second, and a sentence takes "
            "about three. Record it again, from before the first word to after the last."
        )
    if step.fps < SLOWEST:
        raise TooFewFrames(
            f"The video has {step.fps:.0f} pictures a second; lips need at least {SLOWEST:.0f}. "
            "Record in better light, or with a faster camera."
        )
    return step


def _about_rate(video: Video) -> tuple[str, ...]:
    if abs(video.fps - RATE) < 0.5:
        return ()
    return (f"The video has {video.fps:.0f} pictures a second; it is read at {RATE}, by their times.",)


def _upright(frames: Sequence[np.ndarray], cache: ModelCache) -> tuple[int, Mesh | None]:
    """Quarter turns to the left after which the face is upright, and the face in the first frame, if it is
    known and was so already. Raises `NoFace`.
    """
    looks = (0, len(frames) // 2, len(frames) - 1)
    for turns in QUARTERS:
        for number in looks:
            mesh = find(np.ascontiguousarray(np.rot90(frames[number], turns)), cache)
            if mesh:
                turns = (turns + round(mesh.region.turn / (np.pi / 2))) % 4
                return turns, None if turns or number else mesh
    raise NoFace(
        "No face was found in this video. Look into the camera, with the whole face in the picture and light "
        "on it."
    )


def _alone(frames: Sequence[np.ndarray], cache: ModelCache) -> Iterator[str]:
    """Raises `TwoFaces` where a second face is nearly as large as the first; smaller ones are said."""
    more = False
    for frame in frames[::LOOKS]:
        faces = list(find_all(frame, cache))
        if rivals(faces):
            raise TwoFaces(
                "Two faces are in the picture, and it cannot be known whose lips to read. "
                "Record one person alone."
            )
        more = more or len(faces) > 1
    if more:
        yield "The largest face is read; others are in the background."


def rivals(faces: Sequence[Mesh]) -> bool:
    """Whether a second face is nearly as large as the largest."""
    sides = sorted(face.region.side for face in faces)
    return len(sides) > 1 and sides[-2] > COMPARABLE * sides[-1]


def eyes_apart(track: np.ndarray) -> np.ndarray:
    """How far the outer corners of the eyes of (T, 59, 3) are from each other: (T,) pixels."""
    return np.linalg.norm(track[:, RIGHT_EYE, :2] - track[:, LEFT_EYE, :2], axis=1)


def mouth_outside(track: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """In which frames, height and width `size`, a lip of (T, 59, 3) is out of the picture: (T,) bool."""
    height, width = size
    lips = track[:, LIPS, :2]
    return np.asarray(((lips < 0) | (lips >= (width, height))).any(axis=(1, 2)))


def turned_away(pose: Pose) -> bool:
    """Whether lips cannot be read from there."""
    return abs(pose.yaw) > TURNED or abs(pose.pitch) > RAISED


def _filled(points: Sequence[np.ndarray | None]) -> np.ndarray:
    """The track (T, 59, 3) float32; landmarks of frames that lack them lie between their neighbours'."""
    at = [number for number, each in enumerate(points) if each is not None]
    known = np.stack([each for each in points if each is not None])
    flat = known.reshape(len(at), -1)
    moments = np.arange(len(points))
    columns = [np.interp(moments, at, column) for column in flat.T]
    return np.stack(columns, axis=1).reshape(len(points), *known.shape[1:]).astype(np.float32)


def _check(track: np.ndarray, pose: Pose, size: tuple[int, int]) -> None:
    """Raises a `ClipError` where the mouth cannot be seen well enough."""
    eyes = eyes_apart(track)
    if np.median(eyes) < APART:
        raise FaceTooSmall(
            f"The face is too small: its eyes are {np.median(eyes):.0f} pixels apart and have to be "
            f"{APART:.0f}. Come nearer to the camera."
        )
    out = mouth_outside(track, size)
    if out.mean() > OUTSIDE:
        raise MouthOutside(
            f"The mouth is out of the picture for {out.mean():.0%} of the time. "
            "Move so that the whole face is in it, and record again."
        )
    if turned_away(pose) or eyes.min() < 1:
        raise HeadTurned(
            "The head is turned away, and lips are read from the front. Look into the camera, and have it as "
            "high as your face."
        )
