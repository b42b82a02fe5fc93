"""Lines of a table of seconds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def said(name: str, seconds: Sequence[float]) -> str:
    """A line of a table."""
    return (
        f"{name:28} {statistics.median(seconds):7.2f} {quantile(seconds, 0.95):7.2f} {max(seconds):7.2f} "
        f"{len(seconds):6}"
    )


HEAD = f"{'seconds':28} {'median':>7} {'p95':>7} {'most':>7} {'n':>6}"
