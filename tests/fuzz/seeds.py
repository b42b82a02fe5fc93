"""Valid files of every format that a door takes, small, and made here."""

from __future__ import annotations

import functools
import io
import os
import struct
import zipfile
from collections.abc import Callable

import av
import numpy as np
from PIL import Image, ImageCms

from dlintro_demos.gallery.intake.sounds import encode_wav
from tests.gallery.hostile_files import encoded, heic, photo, png, png_chunk

Seeds = tuple[bytes, ...]
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@functools.cache
def pictures() -> Seeds:
    """At least one of each format of `picture_formats.FORMATS`, in its common and its odd spellings."""
    image = photo()
    grey, glass, sixteen = image.convert("L"), image.convert("RGBA"), np.arange(64 * 48, dtype=np.uint16)
    glass.putalpha(grey)
    deep = Image.fromarray(sixteen.reshape(48, 64) * 20)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    others = [image.rotate(turn) for turn in (90, 180)]
    several = {"save_all": True, "append_images": others, "duration": 40}
    rows = b"".join(bytes(1) + bytes(range(64)) * 6 for _ in range(48))
    jpegs = (
        encoded(image, "JPEG", exif=exif.tobytes(), icc_profile=SRGB),
        encoded(image, "JPEG", progressive=True, quality=60),
        encoded(image.convert("CMYK"), "JPEG"),
        encoded(grey, "JPEG", restart_marker_blocks=2),
    )
    pngs = (
        encoded(image, "PNG", icc_profile=SRGB, exif=exif.tobytes()),
        encoded(glass, "PNG"),
        encoded(deep, "PNG"),
        encoded(image.convert("P"), "PNG", transparency=3),
        encoded(image.convert("1"), "PNG"),
        encoded(image, "PNG", **several),
        png((64, 48), rows, bits=16, chunks=(png_chunk(b"gAMA", struct.pack(">I", 100_000)),)),
    )
    ways = ("raw", "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")
    tiffs = (
        *(encoded(image, "TIFF", compression=way) for way in ways),
        encoded(deep, "TIFF"),
        encoded(Image.fromarray(sixteen.reshape(48, 64).astype(np.float32)), "TIFF"),
        encoded(image.convert("CMYK"), "TIFF", compression="tiff_lzw"),
        encoded(image.convert("1"), "TIFF", compression="group4"),
        encoded(image, "TIFF", save_all=True, append_images=others),
        encoded(image, "TIFF", big_tiff=True),
    )
    return (
        *jpegs,
        *pngs,
        *tiffs,
        encoded(image, "WEBP", exif=exif.tobytes()),
        encoded(glass, "WEBP", lossless=True, icc_profile=SRGB),
        encoded(image, "WEBP", **several),
        encoded(image, "AVIF", speed=10),
        encoded(glass, "AVIF", speed=10, icc_profile=SRGB, exif=exif.tobytes()),
        encoded(image, "AVIF", speed=10, **several),
        heic("photo"),
        heic("turned"),
        heic("glass"),
        encoded(image, "GIF"),
        encoded(image, "GIF", **several),
        encoded(image, "BMP"),
        encoded(image.convert("P"), "BMP"),
        encoded(image, "DIB"),
    )


@functools.cache
def videos() -> Seeds:
    """MP4 with each codec that is taken, in fragments and with an edit list; WebM; an old MPEG."""
    return (
        _video("mp4", "libx264"),
        _video("mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
        _video("mp4", "libx264", {"use_editlist": "1"}, frames=30),
        _video("mp4", "libx265"),
        _video("mp4", "mpeg4"),
        _video("mp4", "libsvtav1"),
        _video("webm", "libvpx"),
        _video("webm", "libvpx-vp9"),
        _video("webm", "libvpx", {"live": "1"}),
        _video("mpeg", "mpeg1video"),
        _video("mpeg", "mpeg2video"),
    )


def _video(kind: str, codec: str, options: dict[str, str] | None = None, frames: int = 8) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=kind, options=options or {}) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        if codec in ("libx265", "libx264", "libsvtav1"):
            quick = "12" if codec == "libsvtav1" else "ultrafast"
            stream.options = {"preset": quick, "x265-params": "log-level=none", "svtav1-params": "lp=1"}
        y, x = np.mgrid[:64, :96]
        for number in range(frames):
            rgb = np.stack([x * 2 + 9 * number, y * 3, x + y], -1).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    if codec == "libsvtav1" and hasattr(os, "sched_setscheduler"):  # as root it took real-time priority
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return file.getvalue()


@functools.cache
def sounds() -> Seeds:
    """Every format and codec of `intake/sounds.py`, half a second each."""
    tone = (0.3 * np.sin(np.arange(8_000) * 0.15)).astype(np.float32)
    ways = (
        ("wav", "pcm_s16le", 16_000, "mono"),
        ("wav", "pcm_f32le", 48_000, "stereo"),
        ("wav", "pcm_u8", 8_000, "mono"),
        ("wav", "pcm_alaw", 8_000, "mono"),
        ("flac", "flac", 16_000, "mono"),
        ("ogg", "libopus", 48_000, "stereo"),
        ("ogg", "vorbis", 44_100, "stereo"),
        ("webm", "libopus", 48_000, "mono"),
        ("mp4", "aac", 44_100, "stereo"),
        ("ipod", "alac", 16_000, "mono"),
        ("adts", "aac", 16_000, "mono"),
        ("mp3", "libmp3lame", 44_100, "mono"),
    )
    return (encode_wav(tone), *(_sound(tone, *way) for way in ways))


def _sound(tone: np.ndarray, kind: str, codec: str, rate: int, layout: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout, options={"strict": "experimental"})
        frame = av.AudioFrame.from_ndarray(tone[None], format="fltp", layout="mono")
        frame.sample_rate = 16_000
        to = av.AudioResampler(
            format=stream.format, layout=layout, rate=rate, frame_size=stream.frame_size or 0
        )
        for part in (*to.resample(frame), *to.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


@functools.cache
def archives() -> Seeds:
    """Zips as people and programs make them, and as nobody should."""
    small = encoded(photo(16, 12), "PNG")
    names = (
        "a.png",
        "folder/b.png",
        "../../etc/passwd",
        "C:\\x.png",
        "\u202eg.png",
        "__MACOSX/._a",
        "a" * 300,
    )
    zips = [
        _zip(dict.fromkeys(names, small), method)
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    ]
    return (
        *zips,
        _zip({"zeros": bytes(1 << 20), "a.xmp": b"<x/>"}, zipfile.ZIP_DEFLATED),
        _zip({"inside.zip": zips[0]}, zipfile.ZIP_STORED),
        _zip({}, zipfile.ZIP_STORED),
    )


def _zip(files: dict[str, bytes], method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


@functools.cache
def lessons() -> Seeds:
    """A lesson with pictures and one without, as the page saves them."""
    from dlintro_demos.gallery.intake.images import encode_jpeg
    from dlintro_demos.teach_a_child.lesson import FEATURES, Example, Lesson, Seen
    from dlintro_demos.teach_a_child.lesson_file import save

    random = np.random.default_rng(5)
    picture = encode_jpeg(np.asarray(photo(64, 64)))
    examples = []
    for number in range(4):
        row = random.normal(size=FEATURES).astype(np.float32)
        row /= np.linalg.norm(row)
        seen = Seen(key=f"{number:064x}", embedding=row, thumbnail=picture, alt="a cup")
        examples.append(
            Example(seen=seen, name=("cup", "pen")[number % 2], said="cup", right=number % 2 == 0)
        )
    lesson = Lesson(examples=tuple(examples))
    return tuple(save(lesson, "logistic", pictures=pictures) for pictures in (True, False))


@functools.cache
def sidecars() -> Seeds:
    """XMP with named regions."""
    from dlintro_demos.faces.xmp import sidecar

    faces = [((10.0, 10.0, 40.0, 50.0), "Ana"), ((60.0, 5.0, 90.0, 40.0), None)]
    return (
        *(sidecar(faces, 120, 80, orientation=turn) for turn in (1, 6)),
        b'<x xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:li><r:Description/></r:li></x>',
    )


@functools.cache
def tables() -> Seeds:
    """The template of the risk table filled in, with each delimiter and encoding that is read."""
    from dlintro_demos.medicine.risk.table import COLUMNS

    lines = [
        ",".join(COLUMNS),
        *(",".join(f"{row + 0.5 + place}" for place in range(len(COLUMNS))) for row in range(5)),
    ]
    text = "\n".join(lines)
    return (
        text.encode(),
        text.replace(",", ";").encode("utf-8-sig"),
        text.replace(",", "\t").encode("utf-16"),
        (text + '\n"=1+1",' + "1," * 29).encode(),
    )


SEEDS: dict[str, Callable[[], Seeds]] = {
    "pictures": pictures,
    "videos": videos,
    "sounds": sounds,
    "archives": archives,
    "lessons": lessons,
    "sidecars": sidecars,
    "tables": tables,
}
