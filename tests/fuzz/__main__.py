"""`python -m tests.fuzz`: every door against files and messages that lie, for FUZZ_SECONDS (600).

Doors in children of this process first, each in one of its own, then a gallery that really runs. Prints a
table, and a line for every fault; ends with 1 where there is one.

    python -m tests.fuzz --only pictures --seed 7          one door, other inputs
    python -m tests.fuzz --only pictures --seed 7 --again 1234    one input, once more, with its traceback
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.fuzz.doors import DOORS
from tests.fuzz.running import RUNNING, attack
from tests.fuzz.table import Tried, as_table
from tests.fuzz.trying import input_of, try_door

SHARE_OF_RUNNING = 0.4  # of the time: a page takes longer than a file
KEPT = Path("build/fuzz")


def main() -> int:
    """Run, and say what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("FUZZ_SECONDS", "600")))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=[door.name for door in DOORS] + list(RUNNING), action="append")
    parser.add_argument("--again", type=int, help="number of one input of the door in --only")
    options = parser.parse_args()
    if options.again is not None:
        return _again(options.only[0], options.seed, options.again)
    doors = [door for door in DOORS if not options.only or door.name in options.only]
    running = [name for name in RUNNING if not options.only or name in options.only]
    in_running = options.seconds * (SHARE_OF_RUNNING if doors else 1.0) if running else 0.0
    weight = (options.seconds - in_running) / max(1, sum(door.weight for door in doors))
    found: list[Tried] = []
    for door in doors:
        found.append(try_door(door, options.seed, weight * door.weight))
        print(f"{door.name}: {found[-1].inputs:,} inputs", file=sys.stderr)
    if running:
        found += attack(running, options.seed, in_running)
    print(as_table(found))
    for each in found:
        for ended in each.contained:
            print(f"CONTAINED  {each.name}, input {ended.number} of seed {options.seed}: {ended.what}")
    faults = [(each.name, fault) for each in found for fault in each.faults]
    for name, fault in faults:
        print(f"FAULT  {name}, input {fault.number} of seed {options.seed}: {fault.what}")
    print(f"{sum(each.inputs for each in found):,} inputs, {len(faults)} faults")
    return 1 if faults else 0


def _again(name: str, seed: int, number: int) -> int:
    """One input, with the traceback; its bytes are kept in `KEPT`."""
    door = next(each for each in DOORS if each.name == name)
    given = input_of(door, seed, number)
    KEPT.mkdir(parents=True, exist_ok=True)
    file = KEPT / f"{name.replace(' ', '-')}-{seed}-{number}"
    file.write_bytes(given if isinstance(given, bytes) else repr(given).encode("utf-8", "backslashreplace"))
    print(file)
    print("taken" if door.knock(given) else "refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
