"""The pictures on the wall, each made by its own demo; `python -m training.thumbnails` writes them anew.

Super-resolution: the middle of the cat's face as in the comparer. Left of the divider are the pixels that the
network gets, one block each; right of it is what the photographic network, kept faithful, makes of the same
pixels. Faces: the first sample with the boxes that the detector found. Classifier: the cat, and what six
channels like best. Flappy Bird: a moment of a game of the best player, and the four pictures that it sees
then. Teach it: a red ball and two speech bubbles, as in the story. Assistant: the bundled recording as a
spectrogram, what was heard in it, and the answer. Classical against deep: the recorded
learning curves, above some of the curves that were to be learned. Why now: what training milestones took.
Frameworks: the recorded curves, on each other. A second opinion: nuclei that our program drew, as tissue and
as fluorescence, with the network's outlines.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from dlintro_demos.assistant.conversing import Entry, open_for_everybody
from dlintro_demos.classical_vs_deep.learners import LEARNERS
from dlintro_demos.classical_vs_deep.learning_curves import summarise
from dlintro_demos.classical_vs_deep.plot import COLOURS
from dlintro_demos.classical_vs_deep.recorded import MNIST1D_FILE, read_points
from dlintro_demos.faces.analysis import find_faces
from dlintro_demos.faces.samples import SAMPLES as FACES
from dlintro_demos.feature_layers.preferred import preferred_input
from dlintro_demos.feature_layers.samples import SAMPLES as LAYERS
from dlintro_demos.flappy_bird.ages import BEST, key_of
from dlintro_demos.flappy_bird.game import (
    BIRD_HEIGHT,
    BIRD_WIDTH,
    BIRD_X,
    GROUND_Y,
    PIPE_WIDTH,
    FlappyBird,
)
from dlintro_demos.flappy_bird.game import WIDTH as FIELD_WIDTH
from dlintro_demos.flappy_bird.network import FRAMES, SKIP
from dlintro_demos.frameworks.running import recorded as recorded_frameworks
from dlintro_demos.gallery.catalogue import find
from dlintro_demos.gallery.runtime.engine import build_engine
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.settings import Settings
from dlintro_demos.medicine.nuclei.finding import Found
from dlintro_demos.medicine.nuclei.finding import find as find_nuclei
from dlintro_demos.medicine.nuclei.pictures import OURS
from dlintro_demos.medicine.nuclei.pictures import draw as draw_outlines
from dlintro_demos.medicine.nuclei.samples import sample
from dlintro_demos.shared.imagenet import MODEL
from dlintro_demos.shared.mnist1d import CLASSES
from dlintro_demos.shared.mnist1d import make as make_curves
from dlintro_demos.shared.things import draw
from dlintro_demos.super_resolution.samples import SAMPLES
from dlintro_demos.super_resolution.upscale import Upscaled, upscale
from dlintro_demos.why_now.history import systems

WIDTH, HEIGHT = 640, 400
QUALITY = 85  # of WebP, 1 to 100

BLOCK = 8  # px of the thumbnail for one pixel of the small picture
FACE = (14, 15)  # left, top in the cat's small picture: an eye on either side of the divider, the nose whole

FINE = 4  # the handle is drawn this many times larger, then averaged: smooth edges
DIVIDER = 4  # px wide
HANDLE = 29  # px, radius
INK = (27, 27, 38)
TOGETHER = FACES[0]
DAY = "2026-11-26"  # on which the assistant is asked
MOMENT = (3, 150)  # level and tick
LIKED = (  # stop and channel
    ("block 1.1", 11),
    ("block 2.0", 41),
    ("block 2.1", 97),
    ("block 4.0", 189),
    ("block 5.0", 18),
    ("block 5.0", 264),
)
CLOUDS = ((60, 60, 30), (95, 66, 22), (25, 68, 20), (420, 300, 36), (465, 308, 26), (380, 310, 24))


def super_resolution(cache: ModelCache) -> Image.Image:
    """Blocks at the left, the network's result at the right: RGB, 640 x 400 px.

    Raises `ModelUnavailable`, `SamplesUnavailable`.
    """
    cat = next(sample for sample in SAMPLES if sample.key == "cat").load()
    left, top = FACE
    small = cat[top : top + HEIGHT // BLOCK, left : left + WIDTH // BLOCK]
    *_, last = upscale(small, method="photographic", scale=4, faithful=True, cache=cache)
    assert isinstance(last, Upscaled)
    picture = Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)
    enlarged = Image.fromarray(last.rgb).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    middle = WIDTH // 2
    picture.paste(enlarged.crop((middle, 0, WIDTH, HEIGHT)), (middle, 0))
    return _with_divider(picture)


def faces(cache: ModelCache) -> Image.Image:
    """The two bundled people with the boxes, landmarks and names of the page: RGB, 640 x 400 px.

    Raises `ModelUnavailable`, `SamplesUnavailable`.
    """
    rgb = TOGETHER.load()
    picture = Image.fromarray(rgb)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(30)
    for face, name in zip(find_faces("thumbnail", rgb, cache).faces, TOGETHER.who, strict=True):
        draw.rounded_rectangle(face.box, 10, outline="white", width=5)
        for x, y in face.landmarks.tolist():
            draw.ellipse((x - 7, y - 7, x + 7, y + 7), fill=(0, 229, 255), outline=INK, width=2)
        left, bottom = face.box[0], face.box[3] + 10
        room = draw.textbbox((left + 12, bottom), name, font=font)
        draw.rounded_rectangle((room[0] - 12, room[1] - 8, room[2] + 12, room[3] + 10), 12, fill=INK)
        draw.text((left + 12, bottom), name, fill="white", font=font)
    return ImageOps.fit(picture, (WIDTH, HEIGHT), Image.Resampling.LANCZOS, centering=(0.5, 0.3))


def flappy_bird(cache: ModelCache) -> Image.Image:
    """A game as the visitor sees it, and at the right as the player does: RGB, 640 x 400 px.

    Raises `ModelUnavailable`.
    """
    player = cache.get(key_of(BEST)).module
    game = FlappyBird(1)
    game.reset(np.array([MOMENT[0]]))
    seen = np.repeat(game.frames()[:, None], FRAMES, 1)
    for tick in range(MOMENT[1]):
        flap = tick % SKIP == 0 and bool(player(torch.from_numpy(seen)).argmax())
        game.step(np.array([flap]))
        if tick % SKIP == SKIP - 1:
            seen = np.concatenate([seen[:, 1:], game.frames()[:, None]], 1)
    picture = Image.new("RGB", (WIDTH, HEIGHT), INK)
    picture.paste(_field(game, WIDTH - HEIGHT // FRAMES - 8), (0, 0))
    side = HEIGHT // FRAMES
    for row, frame in enumerate(seen[0]):
        small = Image.fromarray(frame).resize((side - 4, side - 4), Image.Resampling.LANCZOS)
        picture.paste(small.convert("RGB"), (WIDTH - side + 2, row * side + 2))
    return picture


def feature_layers(cache: ModelCache) -> Image.Image:
    """The cat, and what channels from the first layers to the last like best: RGB, 640 x 400 px.

    Raises `ModelUnavailable`, `SamplesUnavailable`.
    """
    card = cache.card(MODEL)
    cat = next(sample for sample in LAYERS if sample.key == "cat").load()
    picture = Image.new("RGB", (WIDTH, HEIGHT), INK)
    tall, wide = HEIGHT // 3, (WIDTH - HEIGHT) // 2
    picture.paste(ImageOps.fit(Image.fromarray(cat), (HEIGHT - 4, HEIGHT)), (0, 0))
    for place, (stop, channel) in enumerate(LIKED):
        liked = preferred_input(card, stop, channel)
        if liked is None:
            raise ValueError(f"nothing was drawn for channel {channel} of {stop}")
        tile = ImageOps.fit(liked, (wide - 4, tall - 4), Image.Resampling.LANCZOS)
        picture.paste(tile, (HEIGHT + place % 2 * wide, place // 2 * tall + 2))
    return picture


def teach_a_child(cache: ModelCache) -> Image.Image:  # noqa: ARG001 - it needs no model
    """A red ball, what the child says, and what it is told: RGB, 640 x 400 px."""
    picture = Image.fromarray(draw("ball", 6, side=WIDTH, colour="red")).crop((0, 150, WIDTH, 150 + HEIGHT))
    draw_on = ImageDraw.Draw(picture)
    font = ImageFont.load_default(34)
    for words, left, top, fill, ink in (
        ("An apple?", 40, 26, "white", INK),
        ("No, that's a ball.", 290, 318, (75, 50, 220), "white"),
    ):
        room = draw_on.textbbox((left, top), words, font=font)
        box = (room[0] - 20, room[1] - 14, room[2] + 20, room[3] + 16)
        draw_on.rounded_rectangle(box, 22, fill=fill)
        draw_on.text((left, top), words, fill=ink, font=font)
    return picture


def classical_vs_deep(cache: ModelCache) -> Image.Image:  # noqa: ARG001 - it has no model
    """Four learning curves as recorded, over ten of the curves to be learned: RGB, 640 x 400 px."""
    summaries = summarise(read_points(MNIST1D_FILE))
    fine = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), "#fbfaf7")
    draw = ImageDraw.Draw(fine)
    left, right, top, low = 48.0, WIDTH - 48.0, 36.0, 292.0

    def line(points: list[tuple[float, float]], colour: str, width: float, dots: float = 0) -> None:
        large = [(x * FINE, y * FINE) for x, y in points]
        draw.line(large, colour, round(width * FINE), joint="curve")
        for x, y in large if dots else ():
            draw.ellipse([x - dots * FINE, y - dots * FINE, x + dots * FINE, y + dots * FINE], colour)

    for share in (0, 0.25, 0.5, 0.75, 1):
        height = low + (top - low) * share
        line([(left, height), (right, height)], "#dedbd2", 1.5)
    sizes = sorted({each.size for each in summaries})
    span = math.log(sizes[-1] / sizes[0])
    for key in LEARNERS:
        mine = [each for each in summaries if each.learner == key]
        places = [
            (left + (right - left) * math.log(each.size / sizes[0]) / span, low + (top - low) * each.mean)
            for each in mine
        ]
        line(places, COLOURS[key], 6, 9)
    some = make_curves(40, 7)
    for kind in range(CLASSES):
        heights = some.x[int(np.flatnonzero(some.y == kind)[0])].tolist()
        start, wide = left + kind * (right - left) / CLASSES, (right - left) / CLASSES - 10
        points = [
            (start + wide * at / (len(heights) - 1), 348 - 34 * value) for at, value in enumerate(heights)
        ]
        line(points, "#55586a", 2.5)
    return fine.reduce(FINE)


def why_now(cache: ModelCache) -> Image.Image:  # noqa: ARG001 - it has no model
    """What training milestones took, from 1957 to today, on a logarithmic axis: RGB, 640 x 400 px."""
    fine = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), "#fbfaf7")
    draw_on, font = ImageDraw.Draw(fine), ImageFont.load_default(24 * FINE)
    left, right, top, low = 56, WIDTH - 40, 40, HEIGHT - 64
    for power in range(6, 27, 4):
        y = (low + (top - low) * (power - 5) / 22) * FINE
        draw_on.line([(left * FINE, y), (right * FINE, y)], "#dedbd2", 2 * FINE)
    for system in systems():
        x = (left + (right - left) * (system.year - 1955) / 72) * FINE
        y = (low + (top - low) * (math.log10(system.flop) - 5) / 22) * FINE
        reach = 9 * FINE
        new = system.year >= 2012
        draw_on.ellipse([x - reach, y - reach, x + reach, y + reach], "#4b32dc" if new else "#8a8a99")
    for year in (1957, 1986, 2012):
        x = (left + (right - left) * (year - 1955) / 72) * FINE
        draw_on.text((x, (low + 14) * FINE), str(year), fill=INK, font=font, anchor="ma")
    return fine.reduce(FINE)


def frameworks(cache: ModelCache) -> Image.Image:  # noqa: ARG001 - it needs no model
    """The recorded curves of three frameworks, each narrower than the one below it: RGB, 640 x 400 px."""
    fine = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), "#fbfaf7")
    draw_on = ImageDraw.Draw(fine)
    left, right, top, low = 48, WIDTH - 48, 44, HEIGHT - 48
    for cost, colour, width in zip(
        recorded_frameworks().costs, ("#0072b2", "#e69f00", "#4b32dc"), (26, 14, 5), strict=True
    ):
        most = max(cost.losses)
        points = [
            (
                (left + (right - left) * at / (len(cost.losses) - 1)) * FINE,
                (low + (top - low) * loss / most) * FINE,
            )
            for at, loss in enumerate(cost.losses)
            if at % 4 == 0
        ]
        draw_on.line(points, colour, width * FINE, joint="curve")
    return fine.reduce(FINE)


def medicine(cache: ModelCache) -> Image.Image:
    """Drawn tissue at the left, drawn fluorescence at the right, outlined: RGB, 640 x 400 px.

    Raises `ModelUnavailable`.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), INK)
    for place, key in enumerate(("tissue", "crowded")):
        rgb = sample(key).load()
        *_, found = find_nuclei(rgb, cache)
        assert isinstance(found, Found)
        outlined = Image.fromarray(draw_outlines(rgb, [(list(found.stars.outlines), OURS)]))
        half = ImageOps.fit(outlined, (WIDTH // 2 - 2, HEIGHT), Image.Resampling.LANCZOS)
        picture.paste(half, (place * (WIDTH // 2 + 2), 0))
    return picture


def assistant(cache: ModelCache) -> Image.Image:
    """A sentence as sound, as words, and its answer: RGB, 640 x 400 px. Raises `ModelUnavailable`."""
    *_, entry = open_for_everybody(DAY, "UTC", cache)
    assert isinstance(entry, Entry)
    assert entry.picture
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#f4f2fb")
    sound = Image.open(io.BytesIO(entry.picture.spectrogram))
    low, high = 152, 318
    picture.paste(sound.resize((WIDTH, high - low), Image.Resampling.BICUBIC), (0, low))
    draw_on, font = ImageDraw.Draw(picture), ImageFont.load_default(29)
    middle, wide = 112, WIDTH / len(entry.picture.peaks)
    for place, peak in enumerate(entry.picture.peaks):
        half = max(1.0, 0.32 * peak)
        draw_on.rectangle(
            (place * wide, middle - half, (place + 0.6) * wide, middle + half), fill=(75, 50, 220)
        )
    for words, top, fill, ink, right in (
        (entry.exchange.said, 18, (75, 50, 220), "white", True),
        (f"{entry.exchange.answer.partition(':')[0]}.", 344, "white", INK, False),
    ):
        room = draw_on.textbbox((0, top), words, font=font)
        left = WIDTH - 44 - room[2] if right else 44
        draw_on.rounded_rectangle((left - 18, top - 10, left + room[2] + 18, room[3] + 12), 20, fill=fill)
        draw_on.text((left, top), words, fill=ink, font=font)
    return picture


def _field(game: FlappyBird, width: int) -> Image.Image:
    """The part of the field around the bird, as wide as there is room; without the clouds and hills."""
    scale = FINE * width / FIELD_WIDTH
    top = float(game.y[0]) - 90
    fine = Image.new("RGB", (width * FINE, HEIGHT * FINE), "#7fc9ec")
    pen = 3 * FINE
    sky = ImageDraw.Draw(fine)
    for x, y, radius in CLOUDS:
        cloud = (x - radius, y - radius * 0.7, x + radius, y + radius * 0.7)
        sky.ellipse([round(value * FINE) for value in cloud], "#b9e2f4")
    draw = ImageDraw.Draw(fine)

    def block(left: float, upper: float, right: float, lower: float, colour: str, edge: int = 0) -> None:
        box = [round(value * scale) for value in (left, upper - top, right, lower - top)]
        if box[2] > box[0] and box[3] > box[1]:
            draw.rectangle(box, colour, INK if edge else None, edge)

    for x, gap_top in zip(game.pipe_x[0].tolist(), game.pipe_top[0].tolist(), strict=True):
        gap_end = gap_top + game.rules.gap
        for upper, lower, lip in ((-20, gap_top, gap_top - 24), (gap_end, 520, gap_end)):
            shaft, collar = (x + 3, upper, x + PIPE_WIDTH - 3, lower), (x, lip, x + PIPE_WIDTH, lip + 24)
            for left, high, right, low in (shaft, collar):
                block(left, high, right, low, "#3fa35b", pen)
                block(left + 6, high + 2, left + 12, low - 2, "#8fcf9f")
                block(right - 14, high + 2, right - 2, low - 2, "#2f8048")
    block(-9, GROUND_Y, width + 9, 600, "#d8b06a", pen)
    y = float(game.y[0]) - top
    draw.ellipse(
        [round(value * scale) for value in (BIRD_X, y, BIRD_X + BIRD_WIDTH, y + BIRD_HEIGHT)],
        "#ffc93c",
        INK,
        pen,
    )
    eye = (BIRD_X + 22, y + 4, BIRD_X + 31, y + 13)
    draw.ellipse([round(value * scale) for value in eye], "white", INK, FINE)
    beak = [(BIRD_X + 31, y + 11), (BIRD_X + 42, y + 15), (BIRD_X + 31, y + 19)]
    draw.polygon([(round(px * scale), round(py * scale)) for px, py in beak], "#ef6b3a", INK)
    return fine.reduce(FINE)


def _with_divider(picture: Image.Image) -> Image.Image:
    """The comparer's line and handle in the middle, with their shadow."""
    x, y = picture.width / 2, picture.height / 2
    line = (x - DIVIDER / 2, -DIVIDER, x + DIVIDER / 2, picture.height + DIVIDER)
    disc = (x - HANDLE, y - HANDLE, x + HANDLE, y + HANDLE)

    shadow = Image.new("L", picture.size)
    draw = ImageDraw.Draw(shadow)
    draw.rectangle(line, 150)
    draw.ellipse((disc[0], disc[1] + 4, disc[2], disc[3] + 4), 170)
    picture.paste((0, 0, 0), mask=shadow.filter(ImageFilter.GaussianBlur(7)))

    fine = picture.resize((picture.width * FINE, picture.height * FINE), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(fine)
    draw.rectangle([round(value * FINE) for value in line], "white")
    draw.ellipse([round(value * FINE) for value in disc], "white")
    for side in (-1, 1):
        chevron = [(x + side * 8, y - 9), (x + side * 17, y), (x + side * 8, y + 9)]
        points = [(px * FINE, py * FINE) for px, py in chevron]
        draw.line(points, INK, round(3.6 * FINE), joint="curve")
        radius = 1.8 * FINE
        for px, py in (points[0], points[-1]):
            draw.ellipse((px - radius, py - radius, px + radius, py + radius), INK)
    return fine.reduce(FINE)


def write(picture: Image.Image, path: Path) -> None:
    """Save as WebP; prints where and how many bytes."""
    picture.save(path, quality=QUALITY, method=6)
    print(f"{path}: {picture.width} x {picture.height} px, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    cache = build_engine(Settings()).cache
    for make in (
        super_resolution,
        faces,
        feature_layers,
        flappy_bird,
        teach_a_child,
        classical_vs_deep,
        assistant,
        why_now,
        frameworks,
        medicine,
    ):
        write(make(cache), find(make.__name__).thumbnail)
