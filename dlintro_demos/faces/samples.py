"""The bundled pictures: two people whose photos may be shown, in our variations, and what must fail."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from dlintro_demos.faces.tracking import moving_photos
from dlintro_demos.gallery.intake.images import encode_jpeg

EILEEN, GRACE = "Eileen Collins", "Grace Hopper"
CREDITS = {
    EILEEN: "Photo: Eileen Collins, by NASA, public domain",
    GRACE: "Photo: Grace Hopper, by the US Navy, public domain",
}
ORIGINS = {
    EILEEN: ("skimage", "data/astronaut.png", "scikit-image"),
    GRACE: ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", "matplotlib"),
}
BOXES = {EILEEN: (60, 0, 440, 440), GRACE: (60, 0, 460, 480)}  # left, top, right, bottom: head and shoulders
OUR_OWN = "Drawing: drawn by this gallery's own program, CC0"
Change = Callable[[np.ndarray], np.ndarray]


class SamplesUnavailable(RuntimeError):
    """The bundled photographs are not where they should be; the message says the way out."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A bundled picture; `who` stands in it, from left to right. `lesson` says what fails, if anything."""

    key: str
    title: str
    alt: str
    credit: str
    who: tuple[str, ...]
    make: Callable[[], np.ndarray] = field(repr=False)
    lesson: str = ""

    def load(self) -> np.ndarray:
        """(H, W, 3) uint8 sRGB, read-only. May raise `SamplesUnavailable`."""
        return _made(self.make)


@cache
def _made(make: Callable[[], np.ndarray]) -> np.ndarray:
    return _read_only(make())


def _read_only(rgb: np.ndarray) -> np.ndarray:
    rgb.setflags(write=False)
    return rgb


@cache
def portrait(name: str) -> np.ndarray:
    """Head and shoulders of one of the two, (H, W, 3) uint8, read-only. Its package is not imported."""
    module, path, package = ORIGINS[name]
    spec = importlib.util.find_spec(module)
    file = (
        Path(spec.submodule_search_locations[0]) / path if spec and spec.submodule_search_locations else None
    )
    if file is None or not file.is_file():
        raise SamplesUnavailable(f"A sample photograph comes with {package}: run: pip install {package}")
    with Image.open(file) as image:
        return _read_only(np.array(image.convert("RGB").crop(BOXES[name])))


def dark(rgb: np.ndarray) -> np.ndarray:
    """As with too little light: darker, with noise."""
    noise = np.random.default_rng(1).normal(0, 8, rgb.shape)
    return np.clip(255 * (rgb / 255.0) ** 1.6 * 0.35 + noise, 0, 255).astype(np.uint8)


def old(rgb: np.ndarray) -> np.ndarray:
    """As an old print: sepia, soft, with grain."""
    grey = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), 1.2)[..., None] * 0.8 + 30
    grain = np.random.default_rng(2).normal(0, 9, (*rgb.shape[:2], 1))
    return np.clip((grey + grain) * [1.0, 0.86, 0.66], 0, 255).astype(np.uint8)


def turned(rgb: np.ndarray, degrees: float = 30) -> np.ndarray:
    """Turned about its middle, with the edges repeated."""
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def in_profile(rgb: np.ndarray, degrees: float = 70) -> np.ndarray:
    """As if the picture were pasted on a column and that turned: (H, W, 3) uint8, grey where nothing is."""
    height, width = rgb.shape[:2]
    across = (np.arange(width) + 0.5) / width * 2 - 1
    angle = np.arcsin(across) - np.radians(degrees)
    source = np.where(np.abs(angle) <= np.pi / 2, (np.sin(angle) + 1) / 2 * width - 0.5, -2.0)
    columns = np.tile(source.astype(np.float32), (height, 1))
    rows = np.tile(np.arange(height, dtype=np.float32)[:, None], width)
    return cv2.remap(rgb, columns, rows, cv2.INTER_LINEAR, borderValue=(127, 127, 127))


def half_hidden(rgb: np.ndarray) -> np.ndarray:
    """With a grey board before the right of the face."""
    hidden = rgb.copy()
    hidden[:, round(rgb.shape[1] * 0.47) :] = (120, 110, 100)
    return hidden


def smaller(rgb: np.ndarray, width: int = 120) -> np.ndarray:
    """With fewer pixels."""
    return cv2.resize(rgb, (width, round(rgb.shape[0] * width / rgb.shape[1])), interpolation=cv2.INTER_AREA)


def squeezed(rgb: np.ndarray) -> np.ndarray:
    """A JPEG of very low quality."""
    data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 12])[1]
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1])


def blurred(rgb: np.ndarray) -> np.ndarray:
    """Out of focus."""
    return cv2.GaussianBlur(rgb, (0, 0), 3.5)


def mirrored(rgb: np.ndarray) -> np.ndarray:
    """As in a mirror."""
    return np.ascontiguousarray(rgb[:, ::-1])


def bright(rgb: np.ndarray) -> np.ndarray:
    """Over-exposed."""
    return np.clip(rgb * 1.5 + 25.0, 0, 255).astype(np.uint8)


def bluish(rgb: np.ndarray) -> np.ndarray:
    """Under a blue light."""
    return np.clip(rgb * [0.7, 0.85, 1.25], 0, 255).astype(np.uint8)


VARIATIONS: dict[str, Change] = {
    "as it is": np.copy,
    "dark": dark,
    "old": old,
    "turned": turned,
    "turned the other way": partial(turned, degrees=-25),
    "half hidden": half_hidden,
    "small": smaller,
    "a poor JPEG": squeezed,
    "blurred": blurred,
    "mirrored": mirrored,
    "bright": bright,
    "under blue light": bluish,
}


def labelled() -> list[tuple[np.ndarray, str]]:
    """Both people in every variation: pictures (H, W, 3) uint8 and who it is."""
    return [(change(portrait(name)), name) for name in (EILEEN, GRACE) for change in VARIATIONS.values()]


@cache
def sample_album() -> tuple[tuple[str, bytes], ...]:
    """A small album as files: names and JPEG bytes."""
    kinds = ("as it is", "dark", "old", "turned", "mirrored", "a poor JPEG")
    singles = [
        (f"{name.split()[0].lower()}-{kind.replace(' ', '-')}.jpg", VARIATIONS[kind](portrait(name)))
        for name in (EILEEN, GRACE)
        for kind in kinds
    ]
    together = [("together.jpg", _collage()), ("drawing.jpg", _drawing())]
    return tuple((name, encode_jpeg(rgb)) for name, rgb in (*together, *singles))


def sample_video() -> Iterator[bytes]:
    """A job: a synthetic video, WebM, of a camera that moves over the two photographs."""
    yield moving_photos(portrait(EILEEN), portrait(GRACE))


def _tile(rgb: np.ndarray, side: int = 320) -> np.ndarray:
    return cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA)


def _collage() -> np.ndarray:
    """The two side by side: two photographs, put together by a program."""
    sides = (portrait(EILEEN)[:380, :380], portrait(GRACE)[20:420, :400])
    return np.concatenate([_tile(side, 480) for side in sides], axis=1)


def _varied(name: str, change: Change) -> np.ndarray:
    return change(portrait(name))


def _upside_down() -> np.ndarray:
    return np.ascontiguousarray(portrait(GRACE)[::-1, ::-1])


def _tiny() -> np.ndarray:
    canvas = np.full((300, 400, 3), (200, 210, 200), np.uint8)
    small = smaller(portrait(EILEEN), 52)
    canvas[200 : 200 + small.shape[0], 180:232] = small
    return canvas


def _crowd() -> np.ndarray:
    """Eight rows of twelve faces: copies of two."""
    faces = [_tile(portrait(EILEEN)[20:260, 60:300], 100), _tile(portrait(GRACE)[60:330, 60:330], 100)]
    rows = [np.concatenate([faces[(row + column) % 2] for column in range(12)], axis=1) for row in range(8)]
    return np.concatenate(rows)


def _drawing() -> np.ndarray:
    """A friendly face in a few strokes."""
    image = Image.new("RGB", (420, 420), (250, 244, 230))
    draw = ImageDraw.Draw(image)
    ink = (40, 40, 60)
    draw.ellipse((90, 60, 330, 360), fill=(255, 222, 190), outline=ink, width=5)
    for x in (160, 260):
        draw.ellipse((x - 22, 165, x + 22, 195), fill="white", outline=ink, width=4)
        draw.ellipse((x - 9, 171, x + 9, 189), fill=ink)
        draw.arc((x - 30, 130, x + 30, 170), 200, 340, fill=ink, width=6)
    draw.line((210, 190, 198, 245, 216, 248), fill=ink, width=5)
    draw.arc((155, 235, 265, 315), 20, 160, fill=(170, 50, 50), width=8)
    return np.array(image)


def _of(name: str, key: str, title: str, how: str, change: Change) -> Sample:
    return Sample(
        key=key,
        title=title,
        alt=f"{name}, {how}",
        credit=CREDITS[name] + ("" if change is np.copy else "; varied by this gallery"),
        who=(name,),
        make=partial(_varied, name, change),
    )


SAMPLES: tuple[Sample, ...] = (
    Sample(
        key="together",
        title="Together",
        alt="A smiling astronaut and a naval officer in uniform, side by side",
        credit="Eileen Collins, by NASA, Grace Hopper, by the US Navy, public domain; put together here",
        who=(EILEEN, GRACE),
        make=_collage,
    ),
    _of(EILEEN, "astronaut", "Astronaut", "smiling in an orange suit", np.copy),
    _of(GRACE, "admiral", "Admiral", "in uniform and cap", np.copy),
    _of(EILEEN, "dark", "Dark", "in very little light", dark),
    _of(GRACE, "old", "Old print", "as a faded print", old),
    _of(EILEEN, "turned", "Turned", "with the picture turned by 30 degrees", turned),
)

LIMITS: tuple[Sample, ...] = (
    Sample(
        key="half-hidden",
        title="Half hidden",
        alt="A naval officer, half of her face behind a grey board",
        credit=CREDITS[GRACE] + "; varied by this gallery",
        who=(GRACE,),
        make=partial(_varied, GRACE, half_hidden),
        lesson="With half the face behind a board no face is found here. Draw a box: does it know her then?",
    ),
    Sample(
        key="profile",
        title="In profile",
        alt="A naval officer, turned so far away that little more than half of her face is seen",
        credit=CREDITS[GRACE] + "; turned away by this gallery, which is not quite how a head turns",
        who=(GRACE,),
        make=partial(_varied, GRACE, in_profile),
        lesson="Turned this far, no face is found: the detector wants two eyes. Half as far, it still knows "
        "her.",
    ),
    Sample(
        key="upside-down",
        title="Upside down",
        alt="A naval officer, upside down",
        credit=CREDITS[GRACE] + "; turned by this gallery",
        who=(GRACE,),
        make=_upside_down,
        lesson="The face is found, but its eyes and mouth are not where they should be: its numbers are far "
        "from those of the same face upright, and the machine does not know her.",
    ),
    Sample(
        key="tiny",
        title="Tiny",
        alt="A small picture of an astronaut on a large grey wall, her face a dozen pixels wide",
        credit=CREDITS[EILEEN] + "; shrunk by this gallery",
        who=(EILEEN,),
        make=_tiny,
        lesson="A dozen pixels do not hold a face: it is missed, and if you draw the box, "
        "its numbers mean little.",
    ),
    Sample(
        key="drawing",
        title="Drawing",
        alt="A drawn, smiling face",
        credit=OUR_OWN,
        who=(),
        make=_drawing,
        lesson="Nobody stands here. The detector learned what faces look like, not what people are.",
    ),
    Sample(
        key="crowd",
        title="Crowd",
        alt="Ninety-six small faces in rows: copies of two people, put together by a program",
        credit="Synthetic: copies of two public-domain photos, put together by this gallery",
        who=(),
        make=_crowd,
        lesson="Copies of two people: but a person stands in a photo once, so one face gets the name "
        "and the others do not.",
    ),
)
