"""Which learning rate is best for each way to learn of `why_now/causes.py`, so that the comparison is fair.

    python -m training.why_now rates
    python -m training.why_now record     # the run that the page opens with

Tried on curves drawn from other seeds, learned from and judged by, than those that the page shows.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace

import numpy as np

from dlintro_demos.shared.mnist1d import Examples, make
from dlintro_demos.why_now.causes import RECORDED, TEST_CURVES, WAYS, Way, compare, findings, learn

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
LEARN_SEEDS, VALIDATION_SEED = (101, 102), 2 * 10**6


def main() -> None:
    """Do what the command says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=("rates", "record"))
    if parser.parse_args().command == "record":
        record()
    else:
        rates()


def record() -> None:
    """Learn in all ways with seed 0, write the curves and print what they say."""
    *_, curves = compare(0)
    assert isinstance(curves, tuple)
    RECORDED.write_text(json.dumps([asdict(each) for each in curves], indent=1) + "\n", encoding="utf-8")
    print(*findings(curves), sep="\n")


def rates() -> None:
    """Print the mean accuracy of every way at every rate, and which is best."""
    validation = make(TEST_CURVES, VALIDATION_SEED)
    for way in WAYS:
        found = {
            rate: np.mean([_ended(way, rate, seed, validation) for seed in LEARN_SEEDS]) for rate in RATES
        }
        best = max(found, key=lambda rate: found[rate])
        shown = ", ".join(f"{rate:g}: {share:.1%}" for rate, share in found.items())
        print(f"{way.title}: best {best:g}, in use {way.learning_rate:g} ({shown})", flush=True)


def _ended(way: Way, rate: float, seed: int, validation: Examples) -> float:
    *_, curve = learn(replace(way, learning_rate=rate), seed, validation)
    return curve.accuracy[-1]


if __name__ == "__main__":
    main()
