"""Videos for the lip reader's tests, made in memory: a photograph whose mouth opens and shuts."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache, lru_cache

import av
import cv2
import numpy as np
from scipy.interpolate import LinearNDInterpolator
from skimage import data

MOUTH = (228.0, 152.0)  # px, in the photograph
EYES = (222.0, 108.0)


@cache
def astronaut() -> np.ndarray:
    """Eileen Collins, by NASA, public domain: (512, 512, 3) uint8."""
    return np.ascontiguousarray(data.astronaut())


@lru_cache(100)
def speaking(moment: float) -> np.ndarray:
    """The photograph, the jaw down and up three times a second."""
    height, width = astronaut().shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    near = np.exp(-(((x - MOUTH[0]) / 28) ** 2) - (((y - MOUTH[1] - 12) / 18) ** 2))
    down = 9 * (0.5 - 0.5 * np.cos(6 * np.pi * moment)) * near * (y > MOUTH[1])
    return cv2.remap(astronaut(), x, (y - down).astype(np.float32), cv2.INTER_LINEAR)


def face(moment: float, *, width: int = 360, height: int = 288, across: float = 0.45) -> np.ndarray:
    """A frame with that face in the middle, swaying a little; `across` is its share of the height."""
    scale = across * height / 100
    sway = 6 * np.sin(2 * moment)
    matrix = np.array(
        [[scale, 0, width / 2 - scale * EYES[0] + sway], [0, scale, height * 0.45 - scale * EYES[1]]]
    )
    return cv2.warpAffine(speaking(moment), matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def video(frames, *, fps=25.0, kind="mp4", codec="", times=None, bit_rate=4_000_000) -> bytes:
    """The frames (H, W, 3) uint8 as a video, one after another or each at its time in seconds."""
    file = io.BytesIO()
    codec = codec or {"mp4": "libx264", "webm": "libvpx", "mpeg": "mpeg1video"}[kind]
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1001))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt, stream.bit_rate = "yuv420p", bit_rate
        quick = {"libx264": {"preset": "ultrafast"}, "libvpx": {"deadline": "realtime", "cpu-used": "8"}}
        stream.options = quick.get(codec, {})
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number, rgb in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            frame.pts = number
            if times is not None:
                frame.pts, frame.time_base = round(1000 * times[number]), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def filmed(seconds: float = 3.0, fps: float = 25.0, *, change=None, **how) -> bytes:
    """A video of the speaking photograph; `change` is done to each frame."""
    sizes = {name: how.pop(name) for name in ("width", "height", "across") if name in how}
    frames = [face(number / fps, **sizes) for number in range(round(seconds * fps))]
    return video([change(each) for each in frames] if change else frames, fps=fps, **how)


def turned(rgb: np.ndarray, points: np.ndarray, degrees: float) -> np.ndarray:
    """The face of a picture as seen from the side; `points` (468, 3) are its mesh. Around it is grey."""
    finer = 3
    hull = cv2.convexHull(points[:, :2].astype(np.float32) * finer)
    mask = np.zeros([finer * side for side in rgb.shape[:2]], np.uint8)
    cv2.fillConvexPoly(mask, hull.round().astype(np.int32), 1)
    y, x = np.nonzero(mask)
    depth = LinearNDInterpolator(points[:, :2], points[:, 2], fill_value=0)(x / finer, y / finer)
    middle, angle = points[:, 0].mean(), np.radians(degrees)
    across = middle + np.cos(angle) * (x / finer - middle) + np.sin(angle) * depth
    away = np.cos(angle) * depth - np.sin(angle) * (x / finer - middle)
    order = np.argsort(-away)  # the nearest is painted last
    seen = np.full_like(rgb, 127)
    columns = np.clip(across[order].round().astype(int), 0, rgb.shape[1] - 1)
    seen[y[order] // finer, columns] = rgb[y[order] // finer, x[order] // finer]
    return cv2.medianBlur(seen, 3)
