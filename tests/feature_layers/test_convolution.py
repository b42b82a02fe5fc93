import copy

import numpy as np
import pytest
import skimage.data
import torch

from dlintro_demos.feature_layers.convolution import (
    FILTERS,
    first_convolution,
    first_layer,
    liveliest,
    window,
)
from dlintro_demos.shared.imagenet import prepare

CHANNELS = 32
CORNERS = [(0, 0), (0, 111), (111, 0), (111, 111)]


@pytest.fixture(scope="module")
def exact(network):
    """conv_stem and batch norm without ReLU6, in float64, so that only our own arithmetic can be wrong."""
    norm = network.bn1
    plain = torch.nn.BatchNorm2d(CHANNELS, eps=norm.eps)
    plain.load_state_dict(norm.state_dict())
    return copy.deepcopy(network.conv_stem).double(), plain.double().eval()


@pytest.fixture(scope="module")
def pixels():
    return prepare(skimage.data.chelsea())


def places():
    """Some by chance, every corner, and one on each edge."""
    rng = np.random.default_rng(3)
    by_chance = [tuple(int(n) for n in rng.integers(0, 112, 2)) for _ in range(40)]
    return [*CORNERS, (0, 57), (111, 58), (59, 0), (60, 111), *by_chance]


def noise(seed, height=224, width=224):
    """A picture of pixels by chance, as the network gets it."""
    rng = np.random.default_rng(seed)
    grey = torch.from_numpy(rng.integers(0, 256, (1, 3, height, width))).float()
    return (grey - 127) / 128


@pytest.mark.parametrize("channel", range(CHANNELS))
def test_sum_batch_norm_and_activation_are_pytorchs(network, exact, channel):
    stem, norm = exact
    picture = noise(channel)
    convolution = first_convolution(network, picture, channel)
    with torch.inference_mode():
        sums = stem(picture.double())
        normalised = norm(sums)[0, channel].numpy()
        theirs = network.bn1(network.conv_stem(picture))[0, channel].numpy()
    for row, column in places():
        ours = window(convolution, row, column)
        assert ours.sum == pytest.approx(float(sums[0, channel, row, column]), abs=1e-9)
        assert ours.normalised == pytest.approx(normalised[row, column], abs=1e-9)
        assert ours.activation == pytest.approx(normalised[row, column].clip(0, 6), abs=1e-9)
        # The network adds up in float32, and batch norm multiplies its rounding by up to 5.
        assert ours.activation == pytest.approx(theirs[row, column], abs=1e-5, rel=1e-5)


@pytest.mark.parametrize("channel", [6, 22])  # many clipped pixels, few
def test_the_whole_map_is_the_networks_own(network, pixels, channel):
    convolution = first_convolution(network, pixels, channel)
    with torch.inference_mode():
        theirs = network.bn1(network.conv_stem(pixels))[0, channel].numpy()
    assert convolution.feature_map.shape == (112, 112)
    np.testing.assert_array_equal(convolution.feature_map, theirs)
    ours = [[window(convolution, row, column).activation for column in range(112)] for row in range(112)]
    np.testing.assert_allclose(ours, theirs, atol=1e-5, rtol=1e-5)


def test_a_window_shows_the_pixels_it_stands_on(network, pixels):
    convolution = first_convolution(network, pixels, 0)
    found = window(convolution, 20, 30)
    np.testing.assert_array_equal(found.window, convolution.pixels[40:43, 60:63])
    np.testing.assert_array_equal(found.products, found.window * convolution.kernel)


def test_beyond_the_edge_a_window_sees_zeros(network, pixels):
    convolution = first_convolution(network, pixels, 0)
    corner = window(convolution, 111, 111).window
    np.testing.assert_array_equal(corner[:2, :2], convolution.pixels[222:, 222:])
    assert not corner[2].any()
    assert not corner[:, 2].any()


@pytest.mark.parametrize(("height", "width", "pad"), [(225, 225, (1, 1)), (224, 31, (0, 1)), (7, 8, (1, 0))])
def test_pictures_of_odd_sides_are_padded_on_both(network, exact, height, width, pad):
    picture = noise(5, height, width)
    convolution = first_convolution(network, picture, 6)
    assert convolution.pad == pad
    with torch.inference_mode():
        sums = exact[0](picture.double())[0, 6].numpy()
    rows, columns = convolution.feature_map.shape
    for row, column in [(0, 0), (0, columns - 1), (rows - 1, 0), (rows - 1, columns - 1), (1, 2)]:
        assert window(convolution, row, column).sum == pytest.approx(sums[row, column], abs=1e-9)


def test_the_picture_is_the_prepared_one(network):
    grey = np.random.default_rng(1).integers(0, 256, (256, 256, 3)).astype(np.uint8)
    picture = prepare(grey)
    convolution = first_convolution(network, picture, 3)
    np.testing.assert_array_equal(convolution.picture, (picture[0] * 128 + 127).permute(1, 2, 0).numpy())
    np.testing.assert_array_equal(convolution.pixels, (convolution.picture.astype(np.float32) - 127) / 128)


def test_the_liveliest_channels_vary_most(network, pixels):
    spread = [first_convolution(network, pixels, channel).feature_map.std() for channel in range(CHANNELS)]
    found = liveliest(network, pixels, 5)
    assert len(set(found)) == 5
    assert [spread[channel] for channel in found] == pytest.approx(sorted(spread, reverse=True)[:5], rel=1e-4)
    assert len(liveliest(network, pixels, 99)) == CHANNELS


def test_a_browser_gets_the_numbers_of_the_liveliest_channels(cache, network, pixels):
    *_, layer = first_layer(skimage.data.chelsea(), cache)
    assert [each.channel for each in layer.filters] == liveliest(network, pixels, FILTERS)
    assert (layer.height, layer.width, layer.rows, layer.columns) == (224, 224, 112, 112)
    for each in layer.filters:
        convolution = first_convolution(network, pixels, each.channel)
        assert layer.pixels == convolution.picture.tobytes()
        assert (layer.stride, layer.pad) == (convolution.stride, convolution.pad)
        assert (each.scale, each.shift) == (convolution.scale, convolution.shift)
        assert np.reshape(each.kernel, (3, 3, 3)) == pytest.approx(convolution.kernel)


@pytest.mark.parametrize("channel", [-1, CHANNELS])
def test_a_channel_that_is_none_is_refused(network, pixels, channel):
    with pytest.raises(IndexError, match="none of the 32"):
        first_convolution(network, pixels, channel)


@pytest.mark.parametrize("place", [(-1, 0), (0, -1), (112, 0), (0, 112)])
def test_a_pixel_beyond_the_map_is_refused(network, pixels, place):
    with pytest.raises(IndexError, match="112 x 112"):
        window(first_convolution(network, pixels, 0), *place)


@pytest.mark.parametrize("shape", [(3, 224, 224), (2, 3, 224, 224), (1, 1, 224, 224)])
def test_only_one_picture_of_three_colours_is_taken(network, shape):
    for look in (
        lambda wrong: first_convolution(network, wrong, 0),
        lambda wrong: liveliest(network, wrong, 1),
    ):
        with pytest.raises(ValueError, match=r"\(1, 3, H, W\)"):
            look(torch.zeros(shape))
