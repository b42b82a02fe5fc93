"""Two ways inside the classifier: from layer to layer, and one convolution step by step."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dlintro_demos.feature_layers.convolution import FirstLayer, first_layer
from dlintro_demos.feature_layers.experiment import Looked
from dlintro_demos.feature_layers.ui.components.convolution_steps import show_convolution
from dlintro_demos.feature_layers.walk import Closer, Layer, Seen, look_closer, walk
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.components.samples import Tile, choose_tile
from dlintro_demos.gallery.ui.pictures import Chosen
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key
from dlintro_demos.gallery.ui.show import address, show_picture, show_pictures
from dlintro_demos.shared.imagenet import FIRST_SHOWN, STOPS

ORDERS = {"What is special here": "outstanding", "Strongest": "strongest"}
TILE = 100  # px: three in a row on a phone
CROP = 80  # px


@dataclass(frozen=True, kw_only=True)
class Depth:
    """What channels answer to from the stop `first` on."""

    first: int
    title: str
    words: str


DEPTHS = (
    Depth(
        first=0,
        title="Edges and colours",
        words="These channels see a few pixels. They answer to an edge in one direction, to light or dark, "
        "to one colour.",
    ),
    Depth(
        first=3,
        title="Textures",
        words="Edges that repeat: stripes, fur, a net, grass. Small patches, wherever they lie.",
    ),
    Depth(
        first=6,
        title="Parts",
        words="Textures in a certain order: an eye, a rim, a corner of a window. It takes a part, wherever "
        "it lies in the picture.",
    ),
    Depth(
        first=12,
        title="Things",
        words="Parts in a certain order. These channels see most of the picture, and many answer to one kind "
        "of thing only: a muzzle, a wheel, a flower.",
    ),
)


def depth_of(number: int) -> Depth:
    """The words for the stop of that number, from 0."""
    return [depth for depth in DEPTHS if depth.first <= number][-1]


def walk_through(chosen: Chosen, _looked: Looked) -> None:
    """A slider over the layers, the channels that answer to this picture, and one of them closer."""
    number = st.slider(
        "From the first layer to the last", 1, len(STOPS), FIRST_SHOWN, key="layer", bind="query-params"
    )
    name, depth = STOPS[number - 1], depth_of(number - 1)
    order = st.segmented_control(
        "Channels", list(ORDERS), default=next(iter(ORDERS)), required=True, key="order", bind="query-params"
    )
    st.markdown(f"**{depth.title}.** {depth.words}")
    cache, shared = engine().cache, bool(chosen.sample)
    layer: Layer | None = run_job(
        "walk", (chosen.digest, name, order), walk, chosen.rgb, name, ORDERS[order], cache,
        label="Through the layers", shared=shared,
    )  # fmt: skip
    if layer is None:
        return
    st.caption(
        f"{layer.stop.channels} channels, of which {layer.silent} see nothing here. A place of these maps "
        f"looks at about {layer.reach} of the 448 pixels across. Bright: where the channel answers. "
        "“Special here” are those that answer more than they do on our other pictures."
    )
    channel = _gallery(layer.seen)
    closer = run_job(
        "closer", (chosen.digest, name, channel), look_closer, chosen.rgb, name, channel, cache,
        label="A closer look", shared=shared,
    )  # fmt: skip
    if closer is not None:
        seen = next(each for each in layer.seen if each.channel == channel)
        _show_closer(closer, seen, chosen.alt)


def _gallery(seen: tuple[Seen, ...]) -> int:
    """The channels as tiles; the one that is chosen, else the first whose preferred input is drawn."""
    asked = st.query_params.get("channel", "")
    tiles = [
        Tile(key=str(each.channel), title=f"No. {each.channel}", source=address(each.lit)) for each in seen
    ]
    first = next((each for each in seen if each.drawn), seen[0])
    channel = int(asked) if asked in {tile.key for tile in tiles} else first.channel
    choose_tile(
        tiles,
        chosen=str(channel),
        query="channel",
        label="Channels, bright where they answer",
        side=TILE,
        wrap=True,
    )
    return channel


def _show_closer(closer: Closer, seen: Seen, alt: str) -> None:
    st.subheader(f"Channel {seen.channel}", anchor=False)
    here, others, likes = st.columns([3, 3, 2])
    with here:
        st.markdown("**In this picture**")
        show_picture(closer.lit, alt=f"Lit where channel {seen.channel} answers: {alt}")
        if closer.crops:
            show_pictures(
                [
                    (crop, f"A place that excites it, number {number}")
                    for number, crop in enumerate(closer.crops, 1)
                ],
                width=CROP,
            )
            st.caption("The places that excite it most, as large as what it looks at.")
        else:
            st.caption("It sees nothing here.")
    with others:
        st.markdown("**What else it likes**")
        show_picture(
            closer.nine,
            alt=closer.nine_alt,
            caption="Of the bundled pictures, the nine places that excite it most. What have they in common?",
        )
    with likes:
        st.markdown("**What it likes best**")
        if closer.preferred:
            show_picture(
                closer.preferred,
                alt="A synthetic pattern of colours and lines: its preferred input",
                caption="Synthetic: noise, changed step by step until this channel answered as strongly as "
                "it can.",
            )
        else:
            st.caption("For this channel we have not drawn it: only for those that answer often.")


def step_by_step(chosen: Chosen, _looked: Looked) -> None:
    """The first convolution: every product, the sum, the activation."""
    st.markdown(
        "A convolution lays a small window over the picture, multiplies 27 numbers with 27 weights, adds up, "
        "and writes one pixel. Then the window moves on. All the network does is this, millions of times."
    )
    layer: FirstLayer | None = run_job(
        "first", chosen.digest, first_layer, chosen.rgb, engine().cache,
        label="The first layer", shared=bool(chosen.sample),
    )  # fmt: skip
    if layer is None:
        return
    known = {each.channel: each for each in layer.filters}
    channel = st.segmented_control(
        "Which filter?", list(known), default=next(iter(known)), required=True, key=private_key("filter"),
        format_func=lambda number: f"No. {number}",
    )  # fmt: skip
    show_convolution(layer, known[channel], key="convolution")
