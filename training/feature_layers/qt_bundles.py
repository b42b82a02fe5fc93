"""Files in Qt resource bundles (.rcc), in which some packages keep their pictures.

Format: qtbase, src/corelib/io/qresource.cpp. Big-endian; a tree of nodes, each with an offset to its name
(UTF-16), flags, and an offset to its content or its range of children.
"""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

COMPRESSED, FOLDER, ZSTANDARD = 1, 2, 4  # flags


class NotAQtBundle(ValueError):
    """A file that should be a Qt resource bundle, and is not one; the message names it."""


@functools.cache
def qt_bundle(path: Path) -> dict[str, bytes]:
    """The files of a bundle by their path in it, without those in Zstandard. Raises `NotAQtBundle`."""
    data = path.read_bytes()
    if data[:4] != b"qres":
        raise NotAQtBundle(f"{path} is no Qt resource bundle.")
    version, tree, contents, names = struct.unpack_from(">IIII", data, 4)
    node_bytes = 14 if version == 1 else 22

    def walk(node: int, folder: str) -> Iterator[tuple[str, bytes]]:
        name_at, flags, first, second = struct.unpack_from(">IHII", data, tree + node * node_bytes)
        (length,) = struct.unpack_from(">H", data, names + name_at)
        start = names + name_at + 6
        inside = folder + data[start : start + 2 * length].decode("utf-16-be") if node else ""
        if flags & FOLDER:
            for child in range(second, second + first):
                yield from walk(child, f"{inside}/" if inside else "")
        elif not flags & ZSTANDARD:
            (size,) = struct.unpack_from(">I", data, contents + second)
            content = data[contents + second + 4 : contents + second + 4 + size]
            yield inside, zlib.decompress(content[4:]) if flags & COMPRESSED else content

    return dict(walk(0, ""))
