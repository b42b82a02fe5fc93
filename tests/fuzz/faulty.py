"""Doors with a fault, so that it is known that a fault would be found."""

import ctypes
import os

from tests.fuzz.doors import Door


def _number(random):
    return random.randrange(100)


def _raise(number):
    return 1 / (number - 50) > 0


def _hoard(number):
    return len(bytearray((number == 50) * (300 << 20))) == 0


def _spin(number):
    return sum(range((number == 50) * 60_000_000)) == 0


def _crash(number):
    if number == 50 and os.environ.get("FUZZ_FAULTY"):
        ctypes.string_at(0)
    return True


raising = Door(name="tests.fuzz.faulty:raising", make=_number, knock=_raise)
hoarding = Door(name="tests.fuzz.faulty:hoarding", make=_number, knock=_hoard, megabytes=100)
spinning = Door(name="tests.fuzz.faulty:spinning", make=_number, knock=_spin, seconds=0.2)
crashing = Door(name="tests.fuzz.faulty:crashing", make=_number, knock=_crash)
