"""One door in a process of its own: inputs one after the other, each timed and weighed.

The child gets what to do as arguments, and tells in lines of JSON how far it is. The number of the input that
is tried now stands in a file that both share, so that it is known which one ended the process.
"""

from __future__ import annotations

import importlib
import json
import mmap
import resource
import select
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

from tests.fuzz.doors import DOORS, Door
from tests.fuzz.table import Fault, Tried

ROOM = 8 << 30  # bytes of address space: a fault shall not take the machine down
WORDS = 8  # bytes of the number
PATIENCE = 90.0  # seconds without a word, after which an input is taken for endless
MOST_FAULTS = 20  # of a door, after which it is left


def door_of(name: str) -> Door:
    """One of `DOORS`, or of another module: `tests.fuzz.faulty:crash`."""
    module, _, attribute = name.partition(":")
    if attribute:
        return getattr(importlib.import_module(module), attribute)
    return next(each for each in DOORS if each.name == name)


def input_of(door: Door, seed: int, number: int) -> object:
    """The input of that number; the same every time."""
    return door.make(Random(f"{seed}/{door.name}/{number}"))


def try_door(door: Door, seed: int, seconds: float) -> Tried:
    """Try a door for so long; where an input ends the process, the next one starts another."""
    found = Tried(name=door.name)
    deadline = time.monotonic() + seconds
    with tempfile.NamedTemporaryFile() as shared:
        shared.write(bytes(WORDS))
        shared.flush()
        first = 0
        while (
            len(found.faults) + len(found.contained) < MOST_FAULTS
            and (left := deadline - time.monotonic()) > 0
        ):
            ended = _one_process(found, door, seed, first, left, Path(shared.name))
            number = int.from_bytes(Path(shared.name).read_bytes(), "little")
            if not ended:
                break
            (found.contained if door.contained else found.faults).append(Fault(number, ended))
            first = number + 1
    return found


def _one_process(found: Tried, door: Door, seed: int, first: int, seconds: float, shared: Path) -> str:
    """Run until the time is over, adding to what was found; how the process ended, "" if by itself."""
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.trying",
        door.name,
        str(seed),
        str(first),
        str(seconds),
        str(shared),
    ]
    before = found.inputs, found.taken
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        while select.select([process.stdout], [], [], PATIENCE)[0]:
            line = process.stdout.readline()
            if not line:
                code = process.wait()
                return f"the process ended with {code}" if code else ""
            said = json.loads(line)
            if "fault" in said:
                found.faults.append(Fault(said["number"], said["fault"]))
                continue
            found.inputs, found.taken = before[0] + said["inputs"], before[1] + said["taken"]
            found.slowest = max(found.slowest, said["slowest"])
            found.memory = max(found.memory, said["memory"])
        process.kill()
        return f"no answer within {PATIENCE:g} s"


def _memory() -> tuple[int, int]:
    """Memory held now and at most since `_begin_anew`, in kB."""
    status = Path("/proc/self/status").read_text()
    peak, now = (int(status.split(f"{name}:")[1].split()[0]) for name in ("VmHWM", "VmRSS"))
    return now, peak


def _begin_anew() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def main() -> None:
    """`python -m tests.fuzz.trying DOOR SEED FIRST SECONDS FILE`."""
    name, seed, first, seconds, shared = sys.argv[1:]
    door = door_of(name)
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Path(shared).open("r+b") as file:
        place = mmap.mmap(file.fileno(), WORDS)
    for number in range(5):  # what a first use loads is no input's fault
        door.knock(input_of(door, -1, number))
    held, _ = _memory()
    counts = {"inputs": 0, "taken": 0, "slowest": 0.0, "memory": 0.0}
    until, said = time.monotonic() + float(seconds), time.monotonic()
    number = int(first)
    while time.monotonic() < until:
        place[:WORDS] = number.to_bytes(WORDS, "little")
        fault, taken, spent, extra = tried(door, input_of(door, int(seed), number), held)
        counts["inputs"] += 1
        counts["taken"] += taken
        counts["slowest"] = max(counts["slowest"], spent)
        counts["memory"] = max(counts["memory"], extra)
        if fault:
            print(json.dumps({"fault": fault, "number": number}), flush=True)
        number += 1
        if time.monotonic() - said > 0.5:
            said = time.monotonic()
            print(json.dumps(counts), flush=True)
    print(json.dumps(counts), flush=True)


def tried(door: Door, given: object, held: int) -> tuple[str, bool, float, float]:
    """What was wrong, in a line, or ""; whether it was taken; seconds of CPU; MB over `held` kB."""
    fault, taken = "", False
    _begin_anew()
    started = time.process_time()
    try:
        taken = door.knock(given)
    except BaseException as error:  # noqa: BLE001 - every other exception is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__}: {str(error)[:200]} at {Path(place.filename).name}:{place.lineno}"
    spent = time.process_time() - started
    extra = (_memory()[1] - held) / 1024
    if spent > door.seconds:
        fault = fault or f"{spent:.1f} s of CPU, more than {door.seconds:g}"
    if extra > door.megabytes:
        fault = fault or f"{extra:.0f} MB, more than {door.megabytes:g}"
    return fault, taken, spent, extra


if __name__ == "__main__":
    main()
