"""You against the machine: a picture for half a second, five answers, then what each of you made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlintro_demos.gallery.ui.components.component import component, wait_for_the_run
from dlintro_demos.gallery.ui.show import address

ANSWERS = 5
SHOWN_MS = 500
LONGEST_MS = 600_000  # the slowest reaction that the browser tells

_mount = component(__file__)


@dataclass(frozen=True, kw_only=True)
class FlashResult:
    """Positions in the labels: what the visitor chose, what is right, and what the machine chose.

    `machine` is None where the machine named something that is not among the labels.
    """

    choice: int
    truth: int
    machine: int | None


@dataclass(frozen=True, kw_only=True)
class FlashAnswer:
    """What the visitor chose in a round, and how long after the picture had gone."""

    round_number: int
    choice: int
    milliseconds: int


def flash(
    picture: bytes,
    *,
    alt: str,
    round_number: int,
    labels: Sequence[str],
    result: FlashResult | None,
    key: str,
) -> FlashAnswer | None:
    """Play one round: a Start button, a countdown, `picture` for half a second, then five `labels` to choose.

    `picture` is an encoded file; `alt`, which names what it shows, is told only with the
    result. Gives the answer of this round, once, in the run that it caused. The page then gives `result`,
    with which the picture stands there again; another `round_number` begins anew.

    Raises:
        ValueError: there are not five different labels, or the result points to none of them.
    """
    _check(labels, result)
    sent = _mount(
        key=key,
        data={
            "picture": address(picture),
            "alt": alt if result else "",
            "round": round_number,
            "labels": list(labels),
            "milliseconds": SHOWN_MS,
            "result": _told(result) if result else None,
        },
        on_answer_change=wait_for_the_run,
    )
    return read_flash_answer(sent.answer, round_number) if result is None else None


def read_flash_answer(value: object, round_number: int) -> FlashAnswer | None:
    """Believe only what the browser could have sent in this round; anything else is None.

    That is `{"round": ..., "choice": ..., "milliseconds": ...}`, all integers: this round, one of the five
    labels, and at most `LONGEST_MS`.
    """
    if not isinstance(value, dict) or value.keys() != {"round", "choice", "milliseconds"}:
        return None
    played, choice, milliseconds = value["round"], value["choice"], value["milliseconds"]
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in value.values()):
        return None
    if played != round_number or not 0 <= choice < ANSWERS or not 0 <= milliseconds <= LONGEST_MS:
        return None
    return FlashAnswer(round_number=played, choice=choice, milliseconds=milliseconds)


def _check(labels: Sequence[str], result: FlashResult | None) -> None:
    if len(labels) != ANSWERS or len(set(labels)) != ANSWERS:
        raise ValueError(f"A round needs {ANSWERS} different labels.")
    if result is None:
        return
    places = [result.choice, result.truth, *([] if result.machine is None else [result.machine])]
    if not all(0 <= place < ANSWERS for place in places):
        raise ValueError("The result points to a label that is not there.")


def _told(result: FlashResult) -> dict[str, int | None]:
    return {"choice": result.choice, "truth": result.truth, "machine": result.machine}
