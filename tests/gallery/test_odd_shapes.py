"""Pictures that are very wide or very high: every page shows something of them, and itself."""

import io

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.reports
SHAPES = [(1700, 1), (1, 1461), (3000, 2)]


def file(width, height):
    data = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize(
    "slug", ["super_resolution", "faces", "feature_layers", "teach_a_child", "classical_vs_deep"]
)
def test_a_strip_of_a_picture_breaks_no_page(open_page, slug):
    """A panorama of 1461 x 1 pixels made a page say that it is its own fault."""
    at = open_page(slug)
    at.button_group(key="source").set_value("upload").run()
    for width, height in SHAPES:
        uploader = next(each for each in at.file_uploader if "photo" in each.label)
        uploader.set_value((f"{width}x{height}.png", file(width, height), "image/png"))
        at.run(timeout=60)
        assert not at.exception, (width, height)
        assert "our fault" not in str(at.main), (width, height)
