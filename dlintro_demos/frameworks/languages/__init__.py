"""One network in three frameworks; imported one by one, where a framework is installed and asked for."""

LATER = True
"""The gallery imports no module of this package by itself; see `gallery/process.py`."""
