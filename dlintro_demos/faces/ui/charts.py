"""The charts of the faces page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from dlintro_demos.faces.experiment import Pairs
from dlintro_demos.faces.face import Face, Thresholds
from dlintro_demos.faces.tracking import VideoFaces
from dlintro_demos.gallery.ui.charts import BLUE, GREEN, GREY, KINDS, ORANGE, RED, layer, show_chart
from dlintro_demos.gallery.ui.show import address
from dlintro_demos.gallery.words import counted

FURTHEST = 1.2  # distance at the right end of the bar
ZONES = {"sure": GREEN, "maybe": ORANGE, "not known": GREY}


def show_distances(named: Sequence[tuple[float, str]], bounds: Thresholds, pairs: Pairs | None) -> None:
    """The zones of the thresholds, over them pairs of strangers and the `named` faces: distance and name."""
    edges = (0, bounds.sure, bounds.maybe, FURTHEST)
    zones = [
        {"from": start, "to": end, "zone": zone}
        for start, end, zone in zip(edges[:-1], edges[1:], ZONES, strict=True)
    ]
    distance = {"field": "distance", "type": "quantitative"}
    layers = [
        layer(
            {"type": "bar", "opacity": 0.55},
            zones,
            x={
                "field": "from", "type": "quantitative", "title": "distance between two faces",
                "scale": {"domain": [0, FURTHEST]},
            },
            x2={"field": "to"},
            color={
                "field": "zone", "type": "nominal", "legend": {"orient": "bottom", "title": None},
                "scale": {"domain": list(ZONES), "range": list(ZONES.values())},
            },
        )
    ]  # fmt: skip
    if pairs is not None:
        layers.append(
            layer(
                {"type": "tick", "thickness": 1, "color": RED},
                _lines(pairs),
                x=distance,
                opacity={"field": "ink", "type": "quantitative", "scale": None, "legend": None},
            )
        )
    layers.append(
        layer(
            {"type": "point", "filled": True, "size": 140, "color": BLUE, "opacity": 1, "stroke": "white"},
            [{"distance": min(FURTHEST, round(each, 3)), "who": name} for each, name in named],
            x=distance,
            tooltip=[{"field": "who", "type": "nominal"}, distance],
        )
    )
    nearest = "; ".join(f"{name} at {each:.2f}" for each, name in named[:6]) or "none yet"
    alt = f"Sure below {bounds.sure:.2f}, maybe to {bounds.maybe:.2f}, then not known. Named faces: {nearest}"
    show_chart(*layers, alt=alt, height=150)


@lru_cache(maxsize=4)
def _lines(pairs: Pairs) -> list[dict[str, float]]:
    """A line for each distance between strangers, the darker the more pairs are so far apart."""
    places, counts = np.unique(pairs.different.round(2), return_counts=True)
    return [
        {"distance": place, "ink": round(1 - 0.65**count, 2)}
        for place, count in zip(places.tolist(), counts.tolist(), strict=True)
    ]


def show_map(places: np.ndarray, faces: Sequence[Face], names: Sequence[str]) -> None:
    """Faces with their names, each at its place (N, 2)."""
    rows = [
        {"x": x, "y": y, "who": name, "face": address(face.chip)}
        for (x, y), name, face in zip(places.round(4).tolist(), names, faces, strict=True)
    ]
    at = {
        axis: {
            "field": axis, "type": "quantitative", "scale": {"padding": 30},
            "axis": {"labels": False, "ticks": False, "title": None},
        }
        for axis in ("x", "y")
    }  # fmt: skip
    who = {"field": "who", "type": "nominal"}
    face = {"field": "face", "type": "nominal"}
    show_chart(
        layer({"type": "image", "width": 36, "height": 36}, rows, **at, url=face, tooltip=[who]),
        layer({"type": "text", "dy": 28, "fontSize": 12, "color": GREY}, rows, **at, text=who),
        alt=f"{counted(len(rows), 'face')}, alike ones near each other: {', '.join(sorted(set(names)))}",
        height=380,
    )


def show_timeline(video: VideoFaces, names: dict[str, str]) -> None:
    """A line for each track in `names`, a bar for each time that somebody is to be seen."""
    rows = [
        {"who": names[track.key], "from": round(start, 2), "to": round(end, 2)}
        for track in video.tracks
        if track.key in names
        for start, end in video.stretches(track)
    ]
    bars = layer(
        {"type": "bar", "height": 18, "cornerRadius": 4},
        rows,
        x={"field": "from", "type": "quantitative", "title": "seconds"},
        x2={"field": "to"},
        y={"field": "who", "type": "nominal", "title": None},
        color={"field": "who", "type": "nominal", "legend": None, "scale": {"range": list(KINDS)}},
    )
    spoken = "; ".join(f"{row['who']} from {row['from']:.1f} to {row['to']:.1f} s" for row in rows)
    show_chart(bars, alt=f"Who is to be seen when: {spoken}", height=44 * len(names) + 60)
