"""Convolution, step by step: one pixel of a feature map, from the window it looks through to its value."""

from __future__ import annotations

import base64

from dlintro_demos.feature_layers.convolution import Convolution
from dlintro_demos.gallery.ui.components.component import component

_mount = component(__file__)


def show_convolution(convolution: Convolution, *, key: str) -> None:
    """Let the visitor choose pixels of `convolution`'s feature map and watch how each is computed.

    The numbers go to the browser once and it computes with them itself, so nothing comes back, however long
    the visitor plays. The pixel chosen survives another channel or picture under the same `key`.
    """
    height, width = convolution.picture.shape[:2]
    rows, columns = convolution.feature_map.shape
    _mount(
        key=key,
        data={
            "pixels": base64.b64encode(convolution.picture.tobytes()).decode("ascii"),
            "height": height,
            "width": width,
            "rows": rows,
            "columns": columns,
            "channel": convolution.channel,
            "kernel": convolution.kernel.astype(float).ravel().tolist(),
            "scale": convolution.scale,
            "shift": convolution.shift,
            "stride": convolution.stride,
            "pad": list(convolution.pad),
        },
    )
