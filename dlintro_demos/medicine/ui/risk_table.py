"""Many cases at once: a CSV file in, a CSV file out, nothing kept."""

from __future__ import annotations

import streamlit as st

from dlintro_demos.gallery.intake.tables import TableLimits
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.frame import table
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.uploader import bring_file
from dlintro_demos.gallery.words import counted, per_cent, plain
from dlintro_demos.medicine.risk.table import ANSWERS, Batch, Line, schema, template, weigh_table

SHOWN = 10  # rows, and rows that could not be read


def many_at_once(threshold: float) -> None:
    """The template, the file, the answers."""
    limits = TableLimits(max_bytes=engine().settings.upload_mb * MB, max_rows=engine().settings.table_rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "The template, with three cases", template, file_name="template.csv", mime="text/csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        described = st.toggle("What the columns mean", key="risk-schema")
    if described:
        table(("Columns", "Unit", "Measure"), schema())
        st.caption(
            "`case` may hold a name of your own. The order is free; other columns are not read. Numbers with "
            "a point for the decimals. Names as `radius_mean` and `radius_se` are understood, too."
        )
    given = bring_file(
        f"A CSV file, up to {limits.max_bytes // MB} MB and {limits.max_rows:,} rows. It stays in this visit",
        name="risk-csv",
    )
    if given is None:
        return
    batch: Batch | None = run_job(
        "risk-table", given.file_id, weigh_table, given.getvalue(), limits, engine().cache,
        label="Weighing the rows",
    )  # fmt: skip
    if batch is not None:
        _show(batch, threshold)


def _show(batch: Batch, threshold: float) -> None:
    counts = batch.counts(threshold)
    parts = [f"**{counts[answer]:,}** {words}" for answer, words in ANSWERS.items() if counts[answer]]
    if counts[None]:
        parts.append(f"**{counts[None]:,}** not read")
    rows = counted(len(batch.lines), "row")
    st.markdown(f"{rows} at a threshold of {threshold:.0%}: {'; '.join(parts)}.")
    if batch.in_doubt:
        st.warning(
            f"Half of the rows were refused for the {batch.in_doubt}, or more. Is it in another unit?",
            icon=":material/help:",
        )
    if batch.ignored:
        st.caption(f"Not read: {', '.join(plain(name) for name in batch.ignored[:5])}.")
    _show_unread(batch.unread)
    table(
        ("Line", "Case", "Answer", "Malignant", "Why"),
        [_row(line, threshold) for line in batch.lines[:SHOWN]],
    )
    if len(batch.lines) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(batch.lines):,} rows. The file has all.")
    st.download_button(
        "All answers as CSV",
        lambda: batch.as_csv(threshold),
        file_name="answers.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_unread(unread: list[Line]) -> None:
    if not unread:
        return
    said = [f"Line {line.line}: {plain(line.error)}" for line in unread[:SHOWN]]
    if len(unread) > SHOWN:
        said.append(f"And {len(unread) - SHOWN:,} more; the file of answers names them all.")
    st.warning("\n\n".join(said), icon=":material/error:")


def _row(line: Line, threshold: float) -> tuple[str, str, str, str, str]:
    answer, verdict = line.answer(threshold), line.verdict
    if verdict is None or answer is None:
        return str(line.line), plain(line.name), "Not read", "", plain(line.error)
    probability = "" if verdict.probability is None else per_cent(verdict.probability)
    why = verdict.strange.why if verdict.strange else line.reason_words
    return str(line.line), plain(line.name), ANSWERS[answer], probability, plain(why)
