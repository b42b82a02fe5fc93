"""Many cases as a CSV file, on the page's job and on the command line."""

import argparse
import csv
import io
import json

import numpy as np
import pytest

from dlintro_demos.gallery.intake.tables import TableLimits, TableTooLarge, WrongColumns
from dlintro_demos.gallery.process import engine
from dlintro_demos.medicine.risk import command
from dlintro_demos.medicine.risk.measures import NAMES, cases
from dlintro_demos.medicine.risk.network import MODEL
from dlintro_demos.medicine.risk.samples import SAMPLES
from dlintro_demos.medicine.risk.table import COLUMNS, HEADING, column_of, schema, template, weigh_table


def table_of(rows, columns=COLUMNS):
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue().encode()


def weighed(data, **limits):
    *_, batch = weigh_table(data, TableLimits(**limits), engine().cache)
    return batch


@pytest.fixture
def row():
    return list(SAMPLES[0].values())


@pytest.fixture
def risk(monkeypatch, capsys):
    """Runs the command in this process; its exit code, its lines, and what it complained about."""
    monkeypatch.setattr(command, "engine_of_its_own", engine)

    def run(*arguments):
        parser = argparse.ArgumentParser()
        command.add_to(parser.add_subparsers())
        options = parser.parse_args(["risk", *map(str, arguments)])
        code = options.command(options)
        out, complaints = capsys.readouterr()
        return code, out.splitlines(), complaints

    return run


def test_the_template_is_a_table_that_is_read_and_its_columns_are_those_of_the_schema():
    batch = weighed(template())
    assert [line.line for line in batch.lines] == [2, 3, 4]
    assert not batch.unread
    described = ", ".join(columns for columns, *_ in schema())
    assert all(f"`{column}`" in described for column in COLUMNS)


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("worst concave points", "worst_concave_points"),
        ("Radius_Mean", "mean_radius"),
        ("radius_se", "radius_error"),
        ("Fractal-Dimension Worst", "worst_fractal_dimension"),
        ("ID", "case"),
        ("diagnosis", None),
    ],
)
def test_columns_are_known_by_the_names_they_have_elsewhere(written, column):
    assert column_of(written) == column


def test_the_order_of_the_columns_does_not_matter(row):
    order = np.random.default_rng(1).permutation(30)
    shuffled = table_of([[row[place] for place in order]], [COLUMNS[place] for place in order])
    assert weighed(shuffled).lines == weighed(table_of([row])).lines


def test_a_bad_row_is_named_by_its_line_and_the_others_are_weighed(row):
    text, comma, markup = row.copy(), row.copy(), row.copy()
    text[0], comma[1], markup[2] = "large", "17,99", "<img src=x onerror=alert(1)>"
    batch = weighed(table_of([row, text, comma, markup, row]))
    said = {line.line: line.error for line in batch.unread}
    assert said[3] == "mean_radius is “large”, which is no number."
    assert said[4].startswith("mean_texture is “17,99”: write a point")
    assert said[5].startswith("mean_perimeter is “<img")
    assert [line.answer(0.5) for line in batch.lines] == ["malignant", None, None, None, "malignant"]


def test_decimal_commas_in_a_table_of_semicolons_are_said_with_the_line(row):
    german = ";".join(COLUMNS) + "\n" + ";".join(str(each).replace(".", ",") for each in row)
    (line,) = weighed(german.encode()).lines
    assert line.line == 2
    assert "write a point for the decimals" in line.error


def test_columns_that_are_missing_and_too_many_rows_are_refused(row):
    with pytest.raises(WrongColumns, match="1 column is missing: worst_fractal_dimension"):
        weighed(table_of([row[:-1]], COLUMNS[:-1]))
    with pytest.raises(TableTooLarge, match="more than 10,000 rows"):
        weighed(table_of([[1] * 30] * 100_000))


def test_a_column_in_another_unit_is_named_for_the_whole_table():
    values = cases().values[cases().held_out][:8].copy()
    values[:, NAMES.index("worst area")] /= 100
    batch = weighed(table_of(values.tolist()))
    assert batch.in_doubt == "worst area"
    assert batch.counts(0.5)["strange"] == 8
    assert weighed(table_of(cases().values[:8].tolist())).in_doubt == ""


def test_the_answers_are_a_table_of_as_many_rows_without_formulas(row):
    wrong = row.copy()
    wrong[0] = '=HYPERLINK("x")'
    data = table_of([["=1+1", *row], ["+b", *wrong], ["c", *SAMPLES[4].values()]], ["case", *COLUMNS])
    answers = list(csv.DictReader(io.StringIO(weighed(data).as_csv(0.5).decode("utf-8-sig"))))
    assert tuple(answers[0]) == HEADING
    assert [each["case"] for each in answers] == ["'=1+1", "'+b", "c"]
    assert [each["answer"].split(":")[0] for each in answers] == ["malignant", "not read", "I don't know"]
    assert float(answers[0]["low"]) < float(answers[0]["probability_malignant"]) < float(answers[0]["high"])
    assert answers[0]["reasons"].count(";") == 2
    assert answers[2]["strange_measure"] in NAMES
    assert not any(cell.startswith(("=", "+", "-", "@")) for each in answers for cell in each.values())


def test_nothing_of_a_table_is_written_to_disk(row, written):
    weighed(table_of([row] * 3))
    assert written == []


def test_the_command_gives_an_object_a_line_and_names_what_could_not_be_read(risk, tmp_path, row):
    wrong = row.copy()
    wrong[3] = "-"
    path, out = tmp_path / "cases.csv", tmp_path / "answers.csv"
    path.write_bytes(table_of([["a", *row], ["b", *wrong], ["c", *SAMPLES[4].values()]], ["case", *COLUMNS]))
    code, lines, _ = risk(path, "--json", "--out", out)
    first, second, third = map(json.loads, lines)
    assert code == 1
    assert (first["line"], first["case"], first["known"], first["answer"]) == (2, "a", True, "malignant")
    assert first["threshold"] == engine().cache.card(MODEL).thresholds["malignant"]
    assert 0.9 < first["probability"] <= 1
    assert len(first["reasons"]) == 3
    assert second == {
        "line": 3,
        "case": "b",
        "known": False,
        "error": "mean_area is “-”, which is no number.",
    }
    assert (third["known"], third["answer"]) == (False, "strange")
    assert third["strange"] in NAMES
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 4


def test_the_command_says_it_in_words_and_what_is_wrong_with_a_file(risk, tmp_path, row):
    path = tmp_path / "cases.csv"
    path.write_bytes(table_of([row]))
    code, (line,), _ = risk(path, "--threshold", "0.5")
    assert code == 0
    assert line.startswith("line 2: malignant, ")
    code, lines, complaint = risk(tmp_path / "none.csv")
    assert (code, lines) == (1, [])
    assert "none.csv" in complaint
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "This is a picture, not a table" in risk(path)[2]
