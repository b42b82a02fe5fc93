"""Pairs, clusters and group photos of the faces bench: who is taken for whom."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bench.face_peers import CARDS, DLIB, OURS, dlib_describe
from bench.face_photographs import Labelled, groups, labelled
from dlintro_demos.faces import samples
from dlintro_demos.faces.analysis import find_faces
from dlintro_demos.faces.embedders import thresholds
from dlintro_demos.faces.evidence import cluster, equal_error_rate, pair_distances, purity, roc_auc
from dlintro_demos.gallery.runtime.model_cache import ModelCache

Embed = Callable[[np.ndarray], np.ndarray | None]
EDGES = np.round(np.arange(0, 1.3001, 0.02), 2)  # of the histogram of distances
DLIB_THRESHOLD = 0.60  # face_recognition's usual tolerance


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """Embeddings of those photos in which a face was found, (N, D); `where` are the photos' numbers."""

    embeddings: np.ndarray
    people: Sequence[str]
    where: Sequence[int]

    def among(self, where: set[int]) -> Known:
        """The same for some of the photos."""
        kept = [row for row, number in enumerate(self.where) if number in where]
        return Known(
            embeddings=self.embeddings[kept],
            people=[self.people[row] for row in kept],
            where=[self.where[row] for row in kept],
        )


def print_errors() -> None:
    """Pairs and clusters of the labelled photos, ours and dlib's, and the bundled variations."""
    photos = labelled()
    bundled = [Labelled(rgb=rgb, person=who, split="choosing") for rgb, who in samples.labelled()]
    sets = {
        "for choosing": [photo for photo in photos if photo.split == "choosing"],
        "kept aside": [photo for photo in photos if photo.split == "aside"],
        "bundled, varied": bundled,
    }
    cache = ModelCache(CARDS)
    ways: dict[str, Embed] = {OURS: partial(likeliest, cache=cache), DLIB: partial(largest, dlib_describe())}
    for name, chosen in sets.items():
        print(f"\nErrors, {name}: {len(chosen)} photos of {len({photo.person for photo in chosen})} people")
        known = {way: know(chosen, embed) for way, embed in ways.items()}
        common = set.intersection(*(set(each.where) for each in known.values()))
        for way, each in known.items():
            print_pairs(way, each, cache)
        print(f"  on the {len(common)} photos in which both find a face:")
        for way, each in known.items():
            print_pairs(way, each.among(common), cache)


def print_groups() -> None:
    """How many faces of group photos are found, and how near two of one photo, so two people, come."""
    photos, faces = groups()
    print(f"\nGroups: {len(photos)} photos with {faces} faces; two in one photo are two people")
    cache, describe = ModelCache(CARDS), dlib_describe()
    limits = thresholds(cache)
    ways: dict[str, Callable[[np.ndarray], list[np.ndarray]]] = {
        OURS: lambda rgb: [face.embedding for face in find_faces("photo", rgb, cache).faces],
        "ours, high detail": lambda rgb: [
            face.embedding for face in find_faces("photo", rgb, cache, detail="high").faces
        ],
        DLIB: lambda rgb: [embedding for _, embedding in describe(rgb)],
    }
    for name, embed_all in ways.items():
        found = [np.stack(each) for each in map(embed_all, photos) if each]
        pairs = [pair_distances(each, range(len(each)))[1] for each in found]
        different = np.concatenate(pairs)
        print(
            f"  {name:24} {sum(map(len, found))} faces, {len(different)} pairs, "
            f"nearest {different.min():.3f}; "
            f"sure {(different < limits.sure).sum()}, maybe {(different < limits.maybe).sum()}, "
            f"below dlib's {DLIB_THRESHOLD:.2f} {(different < DLIB_THRESHOLD).sum()}"
        )


def print_histogram() -> None:
    """Our distances between photos for choosing, of one person and of two, as JSON."""
    photos = [photo for photo in labelled() if photo.split == "choosing"]
    known = know(photos, partial(likeliest, cache=ModelCache(CARDS)))
    same, different = pair_distances(known.embeddings, known.people)
    last = EDGES[-1] - 1e-9  # the last bin also counts what lies beyond it
    print(
        json.dumps(
            {
                "photos": len(known.people),
                "people": len(set(known.people)),
                "auc": round(roc_auc(same, different), 6),
                "edges": EDGES.tolist(),
                "same": np.histogram(np.minimum(same, last), EDGES)[0].tolist(),
                "different": np.histogram(np.minimum(different, last), EDGES)[0].tolist(),
            }
        )
    )


def likeliest(rgb: np.ndarray, *, cache: ModelCache) -> np.ndarray | None:
    """Our embedding of the likeliest face."""
    faces = find_faces("photo", rgb, cache).faces
    return max(faces, key=lambda face: face.probability).embedding if faces else None


def largest(
    describe: Callable[[np.ndarray], list[tuple[int, np.ndarray]]], rgb: np.ndarray
) -> np.ndarray | None:
    """dlib's numbers of the largest face."""
    found = describe(rgb)
    return max(found, key=lambda each: each[0])[1] if found else None


def know(photos: Sequence[Labelled], embed: Embed) -> Known:
    """Embeddings of all photos that have one."""
    every = [(number, embed(photo.rgb)) for number, photo in enumerate(photos)]
    found = [(number, embedding) for number, embedding in every if embedding is not None]
    return Known(
        embeddings=np.stack([embedding for _, embedding in found]),
        people=[photos[number].person for number, _ in found],
        where=[number for number, _ in found],
    )


def print_pairs(name: str, known: Known, cache: ModelCache) -> None:
    """A line of errors, a line of what the thresholds do, a line of clusters."""
    same, different = pair_distances(known.embeddings, known.people)
    limits = thresholds(cache)
    print(
        f"  {name:24} faces in {len(known.where)} photos, {len(same)} pairs of one, {len(different)} of two: "
        f"AUC {roc_auc(same, different):.5f}, EER {equal_error_rate(same, different):.2%}"
    )
    levels = {"sure": limits.sure, "maybe": limits.maybe, "dlib's": DLIB_THRESHOLD}
    tagged = (
        f"{level} {each:.2f}: {(different < each).mean():.2%} / {(same < each).mean():.1%}"
        for level, each in levels.items()
    )
    print(f"  {'':24} pairs of strangers / of friends below {', '.join(tagged)}")
    few, many = (strangers_nearest(known, kept) for kept in (1, None))
    print(
        f"  {'':24} strangers tagged as sure beside one named photo of each other person: "
        f"{(few < limits.sure).mean():.2%}, beside all their photos: {(many < limits.sure).mean():.2%}"
    )
    for threshold in (limits.sure, limits.maybe):
        clusters = cluster(known.embeddings, threshold).tolist()
        pure, inverse = purity(clusters, known.people)
        print(
            f"  {'':24} clusters at {threshold:.2f}: {len(set(clusters))} of {len(set(known.people))}, "
            f"purity {pure:.3f}, inverse purity {inverse:.3f}"
        )


def strangers_nearest(known: Known, kept: int | None) -> np.ndarray:
    """Each face (N,) to the nearest other person: mean distance to the first `kept` of their faces."""
    people = np.array(known.people)
    distances = np.linalg.norm(known.embeddings[:, None] - known.embeddings[None], axis=2)
    nearest = np.full(len(people), np.inf)
    for person in set(known.people):
        named = np.flatnonzero(people == person)[:kept]
        others = people != person
        nearest[others] = np.minimum(nearest[others], distances[others][:, named].mean(axis=1))
    return nearest
