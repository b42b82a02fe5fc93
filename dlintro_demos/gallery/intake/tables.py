"""The only door for visitors' tables: CSV, limits first, in memory; and the way out, without formulas.

Whatever is wrong with the file as a whole, the answer is a kind of `UnreadableMedia`; what is wrong with a
row is noted by its line, and the other rows are read. Nothing is logged or written to disk.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dlintro_demos.gallery.intake.images import MediaTooLarge, UnreadableMedia, is_picture
from dlintro_demos.gallery.intake.names import harmless
from dlintro_demos.gallery.words import counted

DELIMITERS = ",;\t"
MOST_COLUMNS = 500
LONGEST_CELL = 1_000  # characters
SAID_OF_CELL = 30  # characters of one that are quoted
# What a spreadsheet may run once it opens the cell, wide letters too.
FORMULA = re.compile(r"^\s*[=+\-@|\t\r\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
WITH_COMMA = re.compile(r"[+-]?\d[\d.]*,\d+|[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
CHOOSE = "Save it as CSV (UTF-8) in a spreadsheet program, and try again."


class NotATable(UnreadableMedia):
    """A picture, a spreadsheet's own file, or anything else that is no CSV text."""


class TableTooLarge(MediaTooLarge):
    """More bytes, rows or columns than allowed."""


class WrongColumns(UnreadableMedia):
    """A column that is missing, or there twice."""


class BadCell(ValueError):
    """A cell that holds no number; the text says why."""


@dataclass(frozen=True, kw_only=True)
class TableLimits:
    """What is refused: bytes before anything is decoded, rows while they are read."""

    max_bytes: int = 20 * 2**20
    max_rows: int = 10_000


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row: the line of the file on which it ends, 1 is the first, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A row that could not be read, and why."""

    line: int
    why: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """`columns` as they were asked for, `ignored` those that nobody asked for; `digest` is its SHA-256."""

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: tuple[Row | BadRow, ...]
    digest: str


DEFAULT_LIMITS = TableLimits()


def read_table(
    data: bytes,
    known: Callable[[str], str | None],
    required: Sequence[str],
    limits: TableLimits = DEFAULT_LIMITS,
) -> Table:
    """Read a CSV file whose first line names its columns, in any order.

    `known` gives the column that a name of the file stands for, or None; `required` must all be there.

    Raises `NotATable`, `TableTooLarge` or `WrongColumns`, and no other exception.
    """
    if not data.strip():
        raise NotATable("The file is empty. Fill in the template, and try again.")
    if len(data) > limits.max_bytes:
        raise TableTooLarge(
            f"The file is too large: the limit is {limits.max_bytes / 2**20:.4g} MB. Split it, and try again."
        )
    text = _text(data)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        names = _columns(next(lines), known, required)
        rows = tuple(_rows(lines, names, limits))
    except (csv.Error, StopIteration):
        raise NotATable(
            f"Near line {lines.line_num} a quotation mark is not closed, or a cell is far too long. {CHOOSE}"
        ) from None
    if not rows:
        raise NotATable("The file has names of columns, but no row below them. Add some, and try again.")
    ignored = tuple(name for name in names if name.startswith("?"))
    return Table(
        columns=tuple(name for name in names if not name.startswith("?")),
        ignored=tuple(name[1:] for name in ignored),
        rows=rows,
        digest=hashlib.sha256(data).hexdigest(),
    )


def _text(data: bytes) -> str:
    if is_picture(data):
        raise NotATable(f"This is a picture, not a table. {CHOOSE}")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotATable(f"This is a spreadsheet program's own file, or an archive. {CHOOSE}")
    if data.startswith(b"%PDF-"):
        raise NotATable(f"This is a PDF document, not a table. {CHOOSE}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")  # what older spreadsheet programs write
    if "\0" in text:
        raise NotATable(f"This is not text, so it is no CSV file. {CHOOSE}")
    return text


def _delimiter(text: str) -> str:
    heading = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=heading.count)


def _columns(
    heading: Sequence[str], known: Callable[[str], str | None], required: Sequence[str]
) -> tuple[str, ...]:
    """What each column is called here; one that is not known gets a question mark before its name."""
    if len(heading) > MOST_COLUMNS:
        raise TableTooLarge(
            f"The file has {len(heading):,} columns; the limit is {MOST_COLUMNS}. Leave some out."
        )
    names = tuple(known(name) or f"?{quoted(name)}" for name in heading)
    missing = [name for name in required if name not in names]
    if missing:
        rest = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise WrongColumns(
            f"{counted(len(missing), 'column is', 'columns are')} missing: {', '.join(missing[:5])}{rest}. "
            "The first line must name the columns as the template does; their order is free."
        )
    twice = sorted({name for name in names if not name.startswith("?") and names.count(name) > 1})
    if twice:
        raise WrongColumns(f"The column {twice[0]} is there twice. Keep one of them, and try again.")
    return names


def _rows(
    lines: Iterator[Sequence[str]], names: Sequence[str], limits: TableLimits
) -> Iterator[Row | BadRow]:
    count = 0
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > limits.max_rows:
            raise TableTooLarge(
                f"The file has more than {limits.max_rows:,} rows, the limit. Split it, and try again."
            )
        line = lines.line_num  # type: ignore[attr-defined]
        if len(cells) != len(names):
            why = f"It has {counted(len(cells), 'cell')}, the first line has {len(names)}."
            if len(cells) > len(names):
                why += " Are there commas for decimals? Write 17.99, not 17,99."
            yield BadRow(line=line, why=why)
        elif any(len(cell) > LONGEST_CELL for cell in cells):
            yield BadRow(line=line, why=f"A cell has more than {LONGEST_CELL:,} characters.")
        else:
            yield Row(line=line, cells=dict(zip(names, cells, strict=True)))


def number(cell: str) -> float:
    """The number in a cell. Raises `BadCell`, saying what is wrong with it."""
    text = cell.strip()
    if not text:
        raise BadCell("is empty")
    if WITH_COMMA.fullmatch(text):
        raise BadCell(
            f"is “{quoted(text)}”: write a point for the decimals, as 17.99, and none for thousands"
        )
    if not NUMBER.fullmatch(text):
        raise BadCell(f"is “{quoted(text)}”, which is no number")
    value = float(text)
    if not math.isfinite(value):
        raise BadCell("is too large a number")
    return value


def quoted(cell: str) -> str:
    """The beginning of a cell, as it may stand in a sentence: still a visitor's words, so escape it there."""
    line = " ".join(harmless(cell).split())
    return line if len(line) <= SAID_OF_CELL else f"{line[:SAID_OF_CELL]}…"


def without_formula(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that could be gets an apostrophe before it."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def write_table(heading: Sequence[str], rows: Sequence[Sequence[str | float | int]]) -> bytes:
    """A CSV file in UTF-8; numbers as they are, texts `without_formula`.

    Texts stand in quotation marks: a program that takes semicolons for the borders of cells shall not find a
    formula behind one.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(heading)
    writer.writerows(
        [without_formula(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return file.getvalue().encode("utf-8-sig")
