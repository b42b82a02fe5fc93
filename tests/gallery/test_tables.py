"""The door for tables: what it reads, what it refuses, and in which words."""

import contextlib
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlintro_demos.gallery.intake.images import UnreadableMedia
from dlintro_demos.gallery.intake.tables import (
    BadCell,
    BadRow,
    NotATable,
    TableLimits,
    TableTooLarge,
    WrongColumns,
    number,
    read_table,
    without_formula,
    write_table,
)

COLUMNS = ("radius", "area")


def known(name):
    name = name.strip().lower()
    return name if name in COLUMNS else None


def read(text, **limits):
    data = text if isinstance(text, bytes) else text.encode()
    return read_table(data, known, COLUMNS, TableLimits(**limits))


def test_columns_may_stand_in_any_order_and_others_are_named():
    table = read("area,note,Radius\n7,x,3\n")
    assert table.rows[0].cells["radius"] == "3"
    assert table.rows[0].line == 2
    assert (table.columns, table.ignored) == (("area", "radius"), ("note",))


@pytest.mark.parametrize(
    "data",
    [
        b"radius;area\n1;2\n",
        "radius\tarea\r\n1\t2\r\n".encode("utf-16"),
        "\ufeffradius,area\n1,2\n".encode(),
        "radius,area,Größe\n1,2,3\n".encode("cp1252"),
    ],
)
def test_what_spreadsheet_programs_write_is_read(data):
    assert dict(read(data).rows[0].cells)["area"] == "2"


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", NotATable, "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", NotATable, "a picture"),
        (b"PK\x03\x04rest", NotATable, "spreadsheet program's own file"),
        (b"%PDF-1.7", NotATable, "PDF"),
        (b"radius,area\n1,\x00\n", NotATable, "not text"),
        (b"radius,area\n", NotATable, "no row"),
        (b'radius,area\n"1,2\n', NotATable, "quotation mark"),
        (b"radius\n1\n", WrongColumns, "1 column is missing: area"),
        (b"<b>,x\n1,2\n", WrongColumns, "2 columns are missing: radius, area"),
        (b"radius,area,area\n1,2,3\n", WrongColumns, "there twice"),
    ],
)
def test_what_is_no_such_table_is_refused_in_words(data, error, words):
    with pytest.raises(error, match=words):
        read(data)


def test_a_file_over_a_limit_is_refused_with_the_limit():
    rows = "radius,area\n" + "1,2\n" * 100_000
    with pytest.raises(TableTooLarge, match="more than 10,000 rows"):
        read(rows)
    with pytest.raises(TableTooLarge, match=r"limit is 0.1"):
        read(rows, max_bytes=104_858)
    with pytest.raises(TableTooLarge, match="600 columns"):
        read(",".join(["radius"] * 600) + "\n1\n")


def test_a_row_with_too_many_cells_is_named_by_its_line_and_the_others_are_read():
    table = read("radius,area\n1,2\n17,99,2\n\n3,4\n")
    bad = table.rows[1]
    assert isinstance(bad, BadRow)
    assert bad.line == 3
    assert "commas for decimals" in bad.why
    assert table.rows[2].line == 5


@pytest.mark.parametrize(("cell", "value"), [("17.99", 17.99), (" 1e-3 ", 0.001), ("-2", -2), (".5", 0.5)])
def test_numbers(cell, value):
    assert number(cell) == value


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("17,99", "a point for the decimals"),
        ("1,234.5", "none for thousands"),
        ("", "empty"),
        ("large", "no number"),
        ("nan", "no number"),
        ("inf", "no number"),
        ("1e999", "too large"),
        ("1_000", "no number"),
        ("０1", "no number"),
        ("<script>alert(1)</script>", "no number"),
    ],
)
def test_what_is_no_number_is_said(cell, words):
    with pytest.raises(BadCell, match=words):
        number(cell)


def test_the_quoted_part_of_a_cell_is_short():
    with pytest.raises(BadCell) as caught:
        number("x" * 900)
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "|cmd"])
def test_no_spreadsheet_takes_a_cell_for_a_formula(cell):
    assert without_formula(cell) == f"'{cell}"
    written = write_table(("case",), [[cell]]).decode("utf-8-sig")
    assert written.splitlines()[1].startswith("\"'")


def test_numbers_are_written_as_numbers_and_texts_in_quotation_marks():
    assert write_table(("a", "b"), [[-1.5, "x;=1"]]) == b'\xef\xbb\xbf"a","b"\r\n-1.5,"x;=1"\r\n'


@given(st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_or_refused_in_words(data):
    with contextlib.suppress(UnreadableMedia):  # any other exception fails
        assert read_table(b"radius,area\n" + data, known, COLUMNS).rows


@given(st.text(max_size=40))
@settings(max_examples=30, deadline=None)
def test_any_text_that_is_written_is_one_cell_again(text):
    rows = list(csv.reader(io.StringIO(write_table(("a",), [[text]]).decode("utf-8-sig"), newline="")))
    assert rows[1][0].removeprefix("'") == text.removeprefix("'") or rows[1][0] == text
