"""The figures behind a suggestion: distances of pairs, errors at a threshold, clusters, and the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

import cv2
import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

from dlintro_demos.faces.face import Face


def pair_distances(embeddings: np.ndarray, labels: Sequence[Hashable]) -> tuple[np.ndarray, np.ndarray]:
    """L2 distances of all pairs of (N, D): those of one label, and those of two."""
    distances = pdist(embeddings) if len(embeddings) > 1 else np.empty(0)
    first, second = np.triu_indices(len(embeddings), k=1)
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    alike = np.array([labels[a] == labels[b] for a, b in pairs], np.bool_)
    return distances[alike], distances[~alike]


def roc_auc(same: np.ndarray, different: np.ndarray) -> float:
    """The chance that a pair of one person is nearer than a pair of two (ties count half)."""
    order = np.sort(different)
    below = np.searchsorted(order, same, "left") + np.searchsorted(order, same, "right")
    return float(1 - below.sum() / (2 * len(same) * len(different)))


def equal_error_rate(same: np.ndarray, different: np.ndarray) -> float:
    """The error where as large a share of friends is missed as of strangers tagged."""
    edges = np.sort(np.concatenate([same, different]))
    missed = 1 - np.searchsorted(np.sort(same), edges, "right") / len(same)
    wrong = np.searchsorted(np.sort(different), edges, "right") / len(different)
    best = np.abs(missed - wrong).argmin()
    return float((missed[best] + wrong[best]) / 2)


def cluster(embeddings: np.ndarray, threshold: float) -> np.ndarray:
    """Groups (N,) int of (N, D): average linkage, merged while groups are nearer than `threshold`."""
    if len(embeddings) < 2:
        return np.zeros(len(embeddings), int)
    tree = linkage(embeddings, method="average")
    return fcluster(tree, np.nextafter(threshold, -np.inf), criterion="distance")


def purity(clusters: Sequence[Hashable], labels: Sequence[Hashable]) -> tuple[float, float]:
    """Share of faces in the commonest label of their cluster, and in the commonest cluster of their label."""

    def share(groups: Sequence[Hashable], members: Sequence[Hashable]) -> float:
        counts: dict[Hashable, Counter[Hashable]] = {}
        for group, member in zip(groups, members, strict=True):
            counts.setdefault(group, Counter())[member] += 1
        return sum(count.most_common(1)[0][1] for count in counts.values()) / max(1, len(members))

    return share(clusters, labels), share(labels, clusters)


def nearest(embedding: np.ndarray, others: Mapping[str, Face], k: int = 5) -> list[tuple[float, str]]:
    """The `k` nearest faces: distance and key."""
    if not others:
        return []
    distances = np.linalg.norm(np.stack([face.embedding for face in others.values()]) - embedding, axis=1)
    return sorted(zip(distances.tolist(), others, strict=True))[:k]


def embedding_map(embeddings: np.ndarray) -> np.ndarray:
    """(N, D) to (N, 2) by principal components, each pointing to its largest entry."""
    if len(embeddings) < 2:
        return np.zeros((len(embeddings), 2))
    centred = embeddings - embeddings.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:2]
    axes = axes * np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
    places = centred @ axes.T
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))


def barcode(embedding: np.ndarray, columns: int = 16, cell: int = 15) -> np.ndarray:
    """The numbers as coloured squares, (H, W, 3) uint8: blue below zero, white zero, orange above."""
    rows = -(-len(embedding) // columns)
    values = np.zeros(rows * columns, np.float32)
    values[: len(embedding)] = embedding / max(float(np.abs(embedding).max()), 1e-9)
    away = np.abs(values)[:, None]
    end = np.where(values[:, None] > 0, [230, 97, 1], [40, 80, 200])
    colours = (255 * (1 - away) + end * away).astype(np.uint8).reshape(rows, columns, 3)
    return cv2.resize(colours, (columns * cell, rows * cell), interpolation=cv2.INTER_NEAREST)
