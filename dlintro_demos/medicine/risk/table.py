"""Many cases as a CSV file: the schema, the template, and what is said of every row."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlintro_demos.gallery.intake.tables import (
    BadCell,
    BadRow,
    Row,
    TableLimits,
    number,
    quoted,
    read_table,
    write_table,
)
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.medicine.risk.measures import KINDS, MEASURES, cases
from dlintro_demos.medicine.risk.reasons import largest
from dlintro_demos.medicine.risk.weighing import AT_ONCE, Answer, Verdict, weigh_many

if TYPE_CHECKING:
    from dlintro_demos.gallery.runtime.model_cache import ModelCache

COLUMNS = tuple(measure.column for measure in MEASURES)
NAME = "case"  # a column that may be there: what the visitor calls a row
EXAMPLES = 3  # rows of the template
REASONS = 3  # measures named for each row
ANSWERS: dict[Answer, str] = {
    "malignant": "malignant",
    "benign": "benign",
    "unsure": "I don't know: too close to the threshold",
    "strange": "I don't know: not like the known cases",
}
HEADING = (
    "line", NAME, "answer", "probability_malignant", "low", "high", "logistic_regression",
    "strange_measure", "why", "reasons",
)  # fmt: skip
ELSEWHERE = {"se": "error", "sd": "error", "error": "error", "mean": "mean", "worst": "worst"}


@functools.cache
def _names() -> dict[str, str]:
    """Columns by what they may be called: as here, as in scikit-learn, and as in the data's own files."""
    names = {NAME: NAME, "id": NAME}
    for measure in MEASURES:
        quantity = measure.quantity.replace(" ", "_")
        names[measure.column] = measure.column
        for end, kind in ELSEWHERE.items():
            if kind == measure.kind:
                names[f"{quantity}_{end}"] = measure.column
    return names


def column_of(name: str) -> str | None:
    """The column that a heading stands for, whatever its capitals, spaces and hyphens; None if none."""
    return _names().get(re.sub(r"[\s\-_.]+", "_", name.strip().lower()).strip("_"))


@functools.cache
def template() -> bytes:
    """A CSV file with all columns and three known cases, to fill in."""
    everyone = cases()
    rows: list[list[str | float]] = [
        [f"example {place + 1}", *map(float, everyone.values[case])]
        for place, case in enumerate(everyone.known[:EXAMPLES])
    ]
    return write_table((NAME, *COLUMNS), rows)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the file: its verdict and the measures that brought most of it, or why there is none."""

    line: int
    name: str = ""
    verdict: Verdict | None = None
    reasons: tuple[tuple[str, float], ...] = ()
    error: str = ""

    def answer(self, threshold: float) -> Answer | None:
        """As `Verdict.answer`; None where the row could not be read."""
        return None if self.verdict is None else self.verdict.answer(threshold)

    @property
    def reason_words(self) -> str:
        """The measures, each with the log-odds that it brings: above zero for malignant."""
        return "; ".join(f"{name} {share:+.2f}" for name, share in self.reasons)


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """All rows, and names of columns of the file that nobody asked for."""

    lines: tuple[Line, ...]
    ignored: tuple[str, ...]

    def counts(self, threshold: float) -> Counter[Answer | None]:
        """How many rows got which answer; None counts those that could not be read."""
        return Counter(line.answer(threshold) for line in self.lines)

    @property
    def unread(self) -> list[Line]:
        """The rows that could not be read."""
        return [line for line in self.lines if line.verdict is None]

    @property
    def in_doubt(self) -> str:
        """A measure for which half of the rows were refused, as where all of it is in another unit; or ""."""
        strange = Counter(
            line.verdict.strange.name for line in self.lines if line.verdict and line.verdict.strange
        )
        most = strange.most_common(1)
        return most[0][0] if most and most[0][1] * 2 >= max(len(self.lines), 4) else ""

    def as_csv(self, threshold: float) -> bytes:
        """The answers as a CSV file, a row for each row of the file, in its order."""
        return write_table(HEADING, [_cells(line, threshold) for line in self.lines])


def weigh_table(data: bytes, limits: TableLimits, cache: ModelCache) -> Iterator[Progress | Batch]:
    """A job: weigh every row of a CSV file. Raises `UnreadableMedia` and `ModelUnavailable`."""
    yield Progress(0, 1, "reading")
    table = read_table(data, column_of, COLUMNS, limits)
    lines = [_read(row) for row in table.rows]
    good = [place for place, (_, values) in enumerate(lines) if values is not None]
    found = [line for line, _ in lines]
    for start in range(0, len(good), AT_ONCE):
        yield Progress(start, len(good), f"{start:,} of {len(good):,} rows")
        places = good[start : start + AT_ONCE]
        values = np.array([lines[place][1] for place in places], np.float64)
        for place, (verdict, shares) in zip(places, weigh_many(values, cache), strict=True):
            named = [(MEASURES[each].name, float(shares[each])) for each in largest(shares, REASONS)]
            found[place] = Line(
                line=found[place].line,
                name=found[place].name,
                verdict=verdict,
                reasons=tuple(named) if verdict.probability is not None else (),
            )
    yield Batch(lines=tuple(found), ignored=table.ignored)


def _read(row: Row | BadRow) -> tuple[Line, list[float] | None]:
    if isinstance(row, BadRow):
        return Line(line=row.line, error=row.why), None
    name = quoted(row.cells.get(NAME, ""))
    values = []
    for column in COLUMNS:
        try:
            values.append(number(row.cells[column]))
        except BadCell as error:
            return Line(line=row.line, name=name, error=f"{column} {error}."), None
    return Line(line=row.line, name=name), values


def _cells(line: Line, threshold: float) -> Sequence[str | float | int]:
    verdict = line.verdict
    if verdict is None:
        return (line.line, line.name, "not read", "", "", "", "", "", line.error, "")
    answer = verdict.answer(threshold)
    strange = verdict.strange
    numbers: tuple[str | float, ...] = ("", "", "", "")
    if verdict.probability is not None:
        four = (verdict.probability, verdict.low, verdict.high, verdict.logistic)
        numbers = tuple(round(each, 4) for each in four)
    return (
        line.line, line.name, ANSWERS[answer], *numbers,
        strange.name if strange else "", strange.why if strange else "", line.reason_words,
    )  # fmt: skip


def schema() -> list[tuple[str, str, str]]:
    """Column, unit and meaning of the ten quantities, with what their three columns are called."""
    ten = MEASURES[: len(MEASURES) // len(KINDS)]
    rows = []
    for place, measure in enumerate(ten):
        columns = [COLUMNS[place + 10 * kind] for kind in range(len(KINDS))]
        rows.append((", ".join(f"`{each}`" for each in columns), measure.unit, measure.about))
    return rows
