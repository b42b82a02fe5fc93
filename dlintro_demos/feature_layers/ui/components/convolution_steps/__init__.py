"""Convolution, step by step: one pixel of a feature map, from the window it looks through to its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlintro_demos.gallery.ui.components.component import component
from dlintro_demos.gallery.ui.show import address

if TYPE_CHECKING:
    from dlintro_demos.feature_layers.convolution import Filter, FirstLayer

_mount = component(__file__)


def show_convolution(layer: FirstLayer, shown: Filter, *, key: str) -> None:
    """Let the visitor choose pixels of a channel's feature map and watch how each is computed.

    The browser fetches the picture once, as bytes, and computes with them itself, so nothing comes back,
    however long the visitor plays. The pixel chosen survives another channel or picture under the same `key`.
    """
    _mount(
        key=key,
        data={
            "pixels": address(layer.pixels),
            "height": layer.height,
            "width": layer.width,
            "rows": layer.rows,
            "columns": layer.columns,
            "stride": layer.stride,
            "pad": list(layer.pad),
            "channel": shown.channel,
            "kernel": list(shown.kernel),
            "scale": shown.scale,
            "shift": shown.shift,
        },
    )
