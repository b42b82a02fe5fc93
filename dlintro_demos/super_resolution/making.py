"""How was a picture made small? A phone, a browser and a photo program each do it in their own way.

What is left between neighbouring pixels tells: a network that knows the way adds back what it took.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn

KERNELS = (
    "area",
    "bicubic",
    "bilinear",
    "Lanczos",
    "bicubic, no antialiasing",
    "narrow Gaussian",
    "wide Gaussian",
)
"""What is told apart; a Gaussian lies between the last two (`WIDTHS`)."""
Shares = tuple[float, ...]
"""How likely each of `KERNELS` is, or for a Gaussian how near it is to either; adds up to 1."""
EVEN: Shares = (1 / len(KERNELS),) * len(KERNELS)
LOOK_AT = 384
"""Pixels of the longest side that is read."""
LEAST = 32
"""Pixels of the shortest side: smaller ones are not read, and every kernel is as likely."""
LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601
FAINTEST = 2 / 255
"""Contrast, standard deviation around a pixel, below which it is not made up for."""
AREA: Shares = (1.0,) + (0.0,) * (len(KERNELS) - 1)
"""The mean of squares of pixels, for certain."""
NEAR_AVERAGE = ("area", "narrow Gaussian")
"""Kernels that are for the network which learned mostly from averaged pictures."""
DOUBT, SURE, MOST = 0.6, 0.9, 0.6
"""Between these shares of all other kernels their weights count more and more, up to `MOST`.

Chosen on the held-out photographs, where up to 0.5, 0.75 and 1 were tried.
"""
REACH = 3
"""Small pixels to either side that a kernel sees: Lanczos's three."""
ROWS = 64
"""Small pixels that are made at a time."""
FAINT = 1e-3
"""A weight that is not worth the time."""
WIDTHS = (0.25, 0.55)
"""Standard deviations of the two Gaussians, in pixels of the small picture."""


class Reader(nn.Module):
    """Four convolutions on contrast, and what their answers are like over the whole picture.

    Input (N, 3, H, W) float32 RGB in 0..1, output (N, `scales`, kernels): logits, one row for each number of
    times that the picture was larger once.
    """

    def __init__(self, scales: int = 1) -> None:
        """Not yet trained."""
        super().__init__()
        channels = (1, 16, 24, 32, 32)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 5 if before == 1 else 3, stride=2 if before == 24 else 1, bias=False)
            for before, after in pairwise(channels)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(after) for after in channels[1:])
        self.summary_norm = nn.BatchNorm1d(2 * channels[-1] + 1)
        self.hidden = nn.Linear(2 * channels[-1] + 1, 48)
        self.answer = nn.Linear(48, scales * len(KERNELS))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits."""
        grey = torch.einsum("nchw,c->nhw", x, x.new_tensor(LUMINANCE))[:, None]
        detail = grey - F.avg_pool2d(grey, 5, 1, 2, count_include_pad=False)
        contrast = F.avg_pool2d(detail.square(), 9, 1, 4, count_include_pad=False).sqrt()
        features = detail / (contrast + FAINTEST)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            features = F.relu(norm(convolution(features)))
        mean, root = features.mean((2, 3)), features.square().mean((2, 3)).add(1e-8).sqrt()
        strength = contrast.mean((1, 2, 3)).add(1e-4).log()[:, None]
        summary = self.summary_norm(torch.cat([mean, root, strength], 1))
        return self.answer(F.relu(self.hidden(summary))).unflatten(1, (-1, len(KERNELS)))

    def of_scale(self, number: int) -> Reader:
        """A reader with one of the rows."""
        one = Reader()
        state = self.state_dict()
        rows = slice(number * len(KERNELS), (number + 1) * len(KERNELS))
        one.load_state_dict(
            state | {name: state[name][rows].clone() for name in ("answer.weight", "answer.bias")}
        )
        return one.eval().requires_grad_(requires_grad=False)


def liveliest(rgb: np.ndarray) -> np.ndarray:
    """Of (H, W, 3) at most `LOOK_AT` pixels a side: of nine places the one where brightness changes most."""
    places = [
        (int(top), int(left))
        for top in np.unique(np.linspace(0, max(0, len(rgb) - LOOK_AT), 3))
        for left in np.unique(np.linspace(0, max(0, rgb.shape[1] - LOOK_AT), 3))
    ]
    windows = [rgb[top : top + LOOK_AT, left : left + LOOK_AT] for top, left in places]
    if len(windows) == 1:
        return windows[0]
    return max(windows, key=lambda window: np.abs(np.diff(window[..., 1].astype(np.int16))).mean())


@torch.inference_mode()
def read_making(reader: Reader, rgb: np.ndarray) -> Shares:
    """How likely each of `KERNELS` made (H, W, 3) uint8, by a reader of one scale."""
    if min(rgb.shape[:2]) < LEAST:
        return EVEN
    pixels = torch.tensor(np.ascontiguousarray(liveliest(rgb))).to(reader.answer.weight.device)
    return tuple(reader(pixels.permute(2, 0, 1)[None].float() / 255)[0, 0].softmax(0).tolist())


def apart(shares: Shares) -> tuple[Shares, float]:
    """The shares of the kernels that are not near averaging, which add up to 1, and how much they count.

    To take an averaged picture for another costs most: so it is believed only where it is likely.
    """
    rest = [0.0 if name in NEAR_AVERAGE else share for name, share in zip(KERNELS, shares, strict=True)]
    total = sum(rest)
    if shares == EVEN or total <= DOUBT:
        return EVEN, 0.0
    amount = MOST * min(1.0, (total - DOUBT) / (SURE - DOUBT))
    return tuple(share / total for share in rest), amount


def downscaling_kernel(shares: Shares, scale: int) -> torch.Tensor:
    """Weights of the pixels in a row or column around a small pixel; they sum to 1.

    `scale` of them at least, 2 * REACH * scale at most. Of several kernels the weighted mean. With
    antialiasing a kernel is stretched by the scale, as Pillow does it; without, OpenCV's cubic one is not.
    """
    at = torch.arange(2 * REACH * scale, dtype=torch.float64) - REACH * scale + 0.5  # pixels off the middle
    small = at.abs() / scale
    lines = {
        "area": (small < 0.5).double(),
        "bicubic": cubic(small, -0.5),
        "bilinear": (1 - small).clamp(min=0),
        "Lanczos": torch.where(small < REACH, torch.sinc(small) * torch.sinc(small / REACH), 0.0),
        "bicubic, no antialiasing": cubic(at.abs(), -0.75),
        # A blur, and the mean of the two pixels in the middle.
        "narrow Gaussian": _gaussian(at - 0.5, WIDTHS[0] * scale) + _gaussian(at + 0.5, WIDTHS[0] * scale),
        "wide Gaussian": _gaussian(at - 0.5, WIDTHS[1] * scale) + _gaussian(at + 0.5, WIDTHS[1] * scale),
    }
    weighted = (share * lines[name] / lines[name].sum() for share, name in zip(shares, KERNELS, strict=True))
    kernel = torch.stack(list(weighted)).sum(0)
    outer = int((kernel.abs() < FAINT).cumprod(0).sum())
    kernel = kernel[outer : len(kernel) - outer]
    return (kernel / kernel.sum()).float()


def downscaled(picture: torch.Tensor, kernel: torch.Tensor, scale: int) -> torch.Tensor:
    """(N, C, scale * H, scale * W) to (N, C, H, W); at the border what is inside counts, as in Pillow."""
    small = picture.contiguous().flatten(0, 1)[:, None]
    around, kernel = (len(kernel) - scale) // 2, kernel.to(picture)
    for rows in (True, False):
        weights = kernel.view(1, 1, -1, 1) if rows else kernel.view(1, 1, 1, -1)
        stride, padding = ((scale, 1), (around, 0)) if rows else ((1, scale), (0, around))
        inside = torch.ones_like(small[:1, :, :, :1] if rows else small[:1, :, :1])
        sums = F.conv2d(small, weights, stride=stride, padding=padding)
        small = sums / F.conv2d(inside, weights, stride=stride, padding=padding)
    return small.unflatten(0, picture.shape[:2]).squeeze(2)


def downscaled_rgb(rgb: np.ndarray, shares: Shares, scale: int) -> np.ndarray:
    """The same of (scale * H, scale * W, 3) uint8, (H, W, 3) uint8; some rows at a time."""
    kernel = downscaling_kernel(shares, scale)
    height, width = rgb.shape[0] // scale, rgb.shape[1] // scale
    small = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, ROWS):
        first, last = max(0, top - REACH), min(height, top + ROWS + REACH)
        pixels = torch.tensor(rgb[first * scale : last * scale, : width * scale])
        strip = downscaled(pixels.permute(2, 0, 1)[None].float(), kernel, scale)
        strip = strip[..., top - first : min(height, top + ROWS) - first, :]
        small[top : top + ROWS] = strip[0].clamp(0, 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    return small


def cubic(distance: torch.Tensor, sharpness: float) -> torch.Tensor:
    """Keys' cubic convolution at distances of at least 0; `sharpness` is his parameter."""
    near = (sharpness + 2) * distance**3 - (sharpness + 3) * distance**2 + 1
    far = sharpness * (distance**3 - 5 * distance**2 + 8 * distance - 4)
    return torch.where(distance <= 1, near, torch.where(distance < 2, far, 0.0))


def _gaussian(distance: torch.Tensor, sigma: float) -> torch.Tensor:
    return torch.exp(-(distance**2) / (2 * sigma**2))
