"""`machine`: how fast this machine multiplies."""

from __future__ import annotations

import argparse

from dlintro_demos.gallery.command_line import Commands, add, engine_of_its_own, fail, last


def add_to(commands: Commands) -> None:
    """Add `machine`."""
    add(commands, "machine", machine, help="measure how fast this machine multiplies, and what that is worth")


def machine(options: argparse.Namespace) -> int:
    """Measure matrices, convolutions, memory and a training step; print the figures."""
    from dlintro_demos.gallery.runtime.device import NoSuchDevice
    from dlintro_demos.why_now.history import in_words, seconds_to_train, systems
    from dlintro_demos.why_now.latest import as_json
    from dlintro_demos.why_now.measuring import measure

    try:
        device = engine_of_its_own().cache.device
    except NoSuchDevice as error:
        return fail(str(error))
    found = last(measure(device))
    if options.json:
        print(as_json(found))
        return 0
    for each in found.speeds:
        print(f"{each.operation:15} {each.dtype:9} {each.size:5}: {each.flops / 1e9:10.2f} GFLOP/s")
    print(
        f"Memory {found.copied / 1e9:.1f} GB/s; a training step reaches {found.utilisation:.0%} of the best."
    )
    busy = "" if found.busy is None else f", {found.busy:.0%} of it in use by others just before"
    print(f"{found.device}{busy}; measured in {found.seconds:.1f} s.")
    for system in systems():
        seconds = seconds_to_train(system.flop, found.peak, found.utilisation)
        print(f"{system.year} {system.name:20} {in_words(seconds)}")
    return 0
