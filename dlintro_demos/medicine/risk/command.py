"""`risk`: weigh the cases of a CSV file on the command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlintro_demos.gallery.command_line import Commands, add, engine_of_its_own, fail, last
from dlintro_demos.gallery.settings import MB, settings

if TYPE_CHECKING:
    from dlintro_demos.medicine.risk.table import Line


def add_to(commands: Commands) -> None:
    """Add `risk`."""
    parser = add(commands, "risk", risk, help="weigh cases of 30 measures of cell nuclei; not for diagnosis")
    parser.add_argument("csv", metavar="CSV", type=Path, help="a table as the template on the page")
    parser.add_argument(
        "--threshold", type=_share, help="probability from which a case is called malignant; else the card's"
    )
    parser.add_argument("--out", type=Path, help="write the answers here, as a CSV file")


def risk(options: argparse.Namespace) -> int:
    """A line for each row of the file; one that cannot be read is said, and does not stop the rest."""
    from dlintro_demos.gallery.intake.images import UnreadableMedia
    from dlintro_demos.gallery.intake.tables import TableLimits
    from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable
    from dlintro_demos.medicine.risk.network import MODEL
    from dlintro_demos.medicine.risk.table import weigh_table

    limits = TableLimits(max_bytes=settings().upload_mb * MB, max_rows=settings().table_rows)
    try:
        with options.csv.open("rb") as file:
            data = file.read(limits.max_bytes + 1)  # one too many is refused, in words
        cache = engine_of_its_own().cache
        batch = last(weigh_table(data, limits, cache))
        threshold = options.threshold or cache.card(MODEL).thresholds["malignant"]
    except (OSError, UnreadableMedia, ModelUnavailable) as error:
        return fail(f"{options.csv}: {error}")
    for line in batch.lines:
        print(json.dumps(facts(line, threshold)) if options.json else _words(line, threshold), flush=True)
    if options.out:
        options.out.write_bytes(batch.as_csv(threshold))
    return 1 if batch.unread else 0


def facts(line: Line, threshold: float) -> dict[str, Any]:
    """A row as JSON has it."""
    found: dict[str, Any] = {"line": line.line, "case": line.name}
    verdict, answer = line.verdict, line.answer(threshold)
    if verdict is None:
        return found | {"known": False, "error": line.error}
    found |= {"known": answer in ("malignant", "benign"), "answer": answer, "threshold": round(threshold, 4)}
    if verdict.strange:
        found |= {"strange": verdict.strange.name, "why": verdict.strange.why}
    if verdict.probability is not None:
        found |= {
            "probability": round(verdict.probability, 4),
            "low": round(verdict.low, 4),
            "high": round(verdict.high, 4),
            "logistic": round(verdict.logistic, 4),
            "reasons": [{"measure": name, "log_odds": round(share, 3)} for name, share in line.reasons],
        }
    return found


def _words(line: Line, threshold: float) -> str:
    from dlintro_demos.gallery.words import per_cent
    from dlintro_demos.medicine.risk.table import ANSWERS

    where = f"line {line.line}{f', {line.name}' if line.name else ''}"
    verdict, answer = line.verdict, line.answer(threshold)
    if verdict is None or answer is None:
        return f"{where}: not read. {line.error}"
    if verdict.strange:
        return f"{where}: {ANSWERS[answer]}. {verdict.strange.why}"
    assert verdict.probability is not None
    return f"{where}: {ANSWERS[answer]}, {per_cent(verdict.probability)} malignant"


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a probability between 0 and 1")
    return value
