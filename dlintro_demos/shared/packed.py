"""Convolutions as oneDNN computes them fastest on a CPU: weights packed once, what follows in the same call.

These are the operators that `torch.compile` would choose, without a compiler on the machine. They are
PyTorch's own affair, in some builds only, and know no gradients. So the plain convolution stays, for
everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Self

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

Activation = Literal["none", "relu", "relu6"]
_HOW: dict[Activation, tuple[str, list[float]]] = {
    "none": ("none", []),
    "relu": ("relu", []),
    "relu6": ("hardtanh", [0.0, 6.0]),
}


def available() -> bool:
    """Whether this build of PyTorch has the operators."""
    names = ("_convolution_pointwise", "_reorder_convolution_weight")
    return torch.backends.mkldnn.is_available() and all(hasattr(torch.ops.mkldnn, name) for name in names)


def pack(
    conv: nn.Conv2d, norm: nn.Module | None = None, activation: Activation = "none", *, far: bool = False
) -> None:
    """Give a convolution a `packed` form of itself and what follows it; none where there are no operators.

    `norm` is a batch norm with its running statistics. `far` is for one of stride 2 that pads as TensorFlow
    does, more at the far sides: its packed form is for pictures of even sides.
    """
    if available():
        conv.add_module("packed", _Packed(conv, norm, activation, far=far))


def packed(conv: nn.Module, x: torch.Tensor) -> bool:
    """Whether the packed form of a convolution is there and may be called on `x`.

    That is on the CPU, where no gradient is asked for, and nobody exports or compiles.
    """
    if getattr(getattr(conv, "packed", None), "weight", None) is None or x.device.type != "cpu":
        return False
    return not (torch.is_grad_enabled() and x.requires_grad) and not torch.compiler.is_compiling()


def call(conv: nn.Module, x: torch.Tensor, add: torch.Tensor | None = None) -> torch.Tensor:
    """The packed form: activation(convolution(x) + add), (N, C, H, W) float32. No sum before a ReLU6."""
    form: Any = conv.packed
    return form(x, add)


class _Packed(nn.Module):
    """A convolution, the batch norm behind it folded into its weights, a sum, and an activation: one call.

    Moved from the CPU, cast, or copied (somebody may train the copy), it is empty. Its weights are buffers,
    and so among a model's bytes.
    """

    weight: torch.Tensor | None
    bias: torch.Tensor | None

    def __init__(self, conv: nn.Conv2d, norm: Any, activation: Activation, *, far: bool) -> None:
        super().__init__()
        weight, bias = conv.weight.detach(), None if conv.bias is None else conv.bias.detach()
        if norm is not None:
            statistics = (norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias)
            weight, bias = (each.detach() for each in fuse_conv_bn_weights(weight, bias, *statistics))
        padding = list(conv.padding)
        if far:  # a row and a column of zeros before the kernel cost less than a copy with padding
            weight = nn.functional.pad(weight, (1, 0, 1, 0))
            padding = [side // 2 for side in conv.kernel_size]
        self._geometry = (padding, list(conv.stride), list(conv.dilation), conv.groups)
        self._how = _HOW[activation]
        weight = torch.ops.mkldnn._reorder_convolution_weight(weight, *self._geometry)
        self.register_buffer("weight", weight, persistent=False)
        self.register_buffer("bias", bias, persistent=False)

    def forward(self, x: torch.Tensor, add: torch.Tensor | None = None) -> torch.Tensor:
        """See `call`."""
        run: Any = torch.ops.mkldnn._convolution_pointwise
        how, numbers = self._how
        if add is None:
            return run(x, self.weight, self.bias, *self._geometry, how, numbers, "")
        then = (None, [], None) if how == "none" else (how, numbers, "")
        return run.binary(x, add, self.weight, self.bias, *self._geometry, "add", 1.0, *then)

    def __deepcopy__(self, memo: dict[int, Any]) -> nn.Module:
        return nn.Module()

    def _apply(self, fn: Callable[..., torch.Tensor], recurse: bool = True) -> Self:  # noqa: ARG002 - nn's
        """Moves and casts come here; packed weights know neither."""
        there = fn(torch.empty(0))
        if there.device.type != "cpu" or there.dtype != torch.float32:
            self.weight = self.bias = None
        return self
