"""What came of a run, as a table."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """An input that got something else than a result or a named error."""

    number: int
    what: str


@dataclass(kw_only=True)
class Tried:
    """One door: `slowest` in seconds of CPU (on a running gallery: until it answered), `memory` in MB."""

    name: str
    inputs: int = 0
    taken: int = 0
    slowest: float = 0.0
    memory: float = 0.0
    contained: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


HEADING = ("door", "inputs", "refused", "taken", "slowest", "worst memory", "contained", "faults")


def as_table(found: list[Tried]) -> str:
    """A line a door."""
    rows = [
        (
            each.name,
            f"{each.inputs:,}",
            f"{each.inputs - each.taken:,}",
            f"{each.taken:,}",
            f"{each.slowest:.2f} s",
            f"{each.memory:.0f} MB",
            f"{len(each.contained)}",
            f"{len(each.faults)}",
        )
        for each in found
    ]
    widths = [max(map(len, column)) for column in zip(HEADING, *rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (HEADING, *rows)
    )
