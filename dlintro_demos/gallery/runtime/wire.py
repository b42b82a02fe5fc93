"""Work and results as bytes, between processes of this gallery: no pickle, so reading them runs no code.

A message is JSON that says what everything is, and behind it the bytes of arrays and files. In it may stand
plain values, containers, arrays, tensors, moments and paths; enums, functions, exceptions and objects of this
package, by their name and their attributes; and what each process has of its own, by name alone.
"""

from __future__ import annotations

import builtins
import dataclasses
import functools
import importlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path, PurePath
from types import FunctionType, MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import torch

PACKAGE = "dlintro_demos"
_Cached = type(functools.cache(len))
_HEAD = 8  # bytes at the start: how long the JSON is
_NOBODY: Mapping[str, object] = MappingProxyType({})


class CannotTravel(TypeError):
    """Something that stays in its process, or a message that is none of ours."""


def pack(thing: Any, residents: Mapping[str, object] = _NOBODY) -> bytes:
    """`thing` as a message; a value of `residents` goes as its key. Raises `CannotTravel`."""
    packer = _Packer({id(value): name for name, value in residents.items()})
    try:
        tree = packer.tree(thing)
    except RecursionError:
        raise CannotTravel("It is too deep, or holds itself.") from None
    sizes = [len(each) for each in packer.buffers]
    head = json.dumps([tree, sizes], separators=(",", ":")).encode()
    return b"".join((len(head).to_bytes(_HEAD, "big"), head, *packer.buffers))


def unpack(message: bytes, residents: Mapping[str, object] = _NOBODY) -> Any:
    """What `pack` made. Raises `CannotTravel` for what it cannot have made."""
    try:
        start = _HEAD + int.from_bytes(message[:_HEAD], "big")
        tree, sizes = json.loads(message[_HEAD:start])
        buffers = []
        for size in sizes:
            buffers.append(message[start : start + size])
            start += size
        return _Unpacker(buffers, residents).thing(tree)
    except (ValueError, LookupError, AttributeError, TypeError, ImportError) as error:
        raise CannotTravel(f"No message of this gallery: {type(error).__name__}.") from error


def address_of(thing: Any) -> str:
    """Where a class or function of this package is found. Raises `CannotTravel`."""
    name = f"{thing.__module__}:{thing.__qualname__}"
    if _find(name) is not thing:
        raise CannotTravel(f"{name} is not found by its name.")
    return name


def _find(name: str) -> Any:
    module, _, qualname = name.partition(":")
    if module.partition(".")[0] != PACKAGE:
        raise CannotTravel(f"{name} is none of ours.")
    try:
        found = functools.reduce(getattr, qualname.split("."), importlib.import_module(module))
    except (ImportError, AttributeError):
        raise CannotTravel(f"There is no {name}.") from None
    if (found.__module__, found.__qualname__) != (module, qualname):
        raise CannotTravel(f"{name} is not at home there.")  # as `os` is in a module that imports it
    return found


class _Way(NamedTuple):
    """How things of a `kind` travel: their `parts`, which travel too, and what `build` makes of those."""

    kind: type | tuple[type, ...]
    parts: Callable[[Any], tuple[Any, ...]]
    build: Callable[..., Any]


def _array_parts(array: np.ndarray) -> tuple[Any, ...]:
    if array.dtype.hasobject or array.dtype.names:
        raise CannotTravel(f"An array of {array.dtype} stays.")
    return array.dtype.str, array.shape, array.tobytes()


def _array(dtype: str, shape: tuple[int, ...], raw: bytes) -> np.ndarray:
    return np.frombuffer(bytearray(raw), dtype).reshape(shape)  # a bytearray, for it may be written to


def _moment_parts(moment: datetime | time) -> tuple[Any, ...]:
    return moment.replace(tzinfo=None).isoformat(), moment.tzinfo, moment.fold


def _datetime(text: str, zone: ZoneInfo | None, fold: int) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def _time(text: str, zone: ZoneInfo | None, fold: int) -> time:
    return time.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def _partial(work: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    return functools.partial(work, *args, **named)


def _object_parts(thing: Any) -> tuple[Any, ...]:
    kind = type(thing)
    name = address_of(kind)
    if hasattr(kind, "__setstate__"):
        return name, thing.__getstate__()
    if dataclasses.is_dataclass(thing):
        state = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}
    elif kind.__base__ is object and "__slots__" not in vars(kind):
        state = dict(vars(thing))
    else:
        raise CannotTravel(f"{name} is no plain object.")
    return name, state


def _object(name: str, state: dict[str, Any]) -> Any:
    thing = object.__new__(_class(name))
    if hasattr(thing, "__setstate__"):
        thing.__setstate__(state)
        return thing
    for attribute, value in state.items():
        object.__setattr__(thing, attribute, value)  # frozen ones, too
    return thing


def _class(name: str, of: type = object) -> Any:
    found = _find(name)
    if not (isinstance(found, type) and issubclass(found, of)):
        raise CannotTravel(f"{name} is no such class.")
    return found


def _error_parts(error: BaseException) -> tuple[Any, ...]:
    """Its class, where that is ours, else the nearest that everybody has; its words; what else it holds."""
    try:
        return address_of(type(error)), tuple(map(str, error.args)), dict(vars(error))
    except CannotTravel:
        kinds = (kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
        known = next(kinds) if isinstance(error, Exception) else RuntimeError
        return known.__name__, tuple(map(str, error.args)), {}


def _error(name: str, words: tuple[str, ...], state: dict[str, Any]) -> BaseException:
    kind = _class(name, Exception) if ":" in name else getattr(builtins, name)
    if not issubclass(kind, Exception):
        raise CannotTravel(f"{name} is no error.")
    error: Exception = kind.__new__(kind, *words)
    error.args = words
    vars(error).update(state)
    return error


# Tried in this order, so what is a kind of another stands before it; the last takes all that is left.
_WAYS: dict[str, _Way] = {
    "enum": _Way(Enum, lambda it: (address_of(type(it)), it.name), lambda name, key: _class(name, Enum)[key]),
    "text": _Way(str, lambda it: (str.__str__(it),), str),  # of a kind of its own, as a table's name
    "buffer": _Way(bytearray, lambda it: (bytes(it),), bytearray),
    "array": _Way(np.ndarray, _array_parts, _array),
    "number": _Way(np.generic, lambda it: (np.asarray(it),), lambda array: array[()]),
    "tensor": _Way(torch.Tensor, lambda it: (it.detach().cpu().numpy(),), torch.from_numpy),
    "dict": _Way(dict, lambda it: (list(it), list(it.values())), lambda *it: dict(zip(*it, strict=True))),
    "set": _Way(set, lambda it: (list(it),), set),
    "frozenset": _Way(frozenset, lambda it: (list(it),), frozenset),
    "datetime": _Way(datetime, _moment_parts, _datetime),
    "date": _Way(date, lambda it: (it.isoformat(),), date.fromisoformat),
    "time": _Way(time, _moment_parts, _time),
    "span": _Way(timedelta, lambda it: (it.days, it.seconds, it.microseconds), timedelta),
    "zone": _Way(ZoneInfo, lambda it: (it.key,), ZoneInfo),
    "path": _Way(PurePath, lambda it: (str(it),), Path),
    "named": _Way((FunctionType, type, _Cached), lambda it: (address_of(it),), _find),
    "partial": _Way(functools.partial, lambda it: (it.func, it.args, it.keywords), _partial),
    "error": _Way(BaseException, _error_parts, _error),
    "object": _Way(object, _object_parts, _object),
}  # fmt: skip
_AS_THEY_ARE = (bool, int, float, str, type(None))
_EXACT = (dict, set, frozenset, bytearray)  # a subclass of these may hold more than its items


class _Packer:
    """Writes one message. What stands in several places goes once, and is one thing again at the end."""

    def __init__(self, residents: Mapping[int, str]) -> None:
        self.buffers: list[bytes] = []
        self._residents = residents
        self._places: dict[int, tuple[Any, int]] = {}  # by id: the thing, which so lives on, and its number

    def tree(self, thing: Any) -> Any:
        """Plain values as they are, all others as a list: the name of their way, and their parts."""
        if type(thing) in _AS_THEY_ARE:
            return thing
        if name := self._residents.get(id(thing)):
            return ["resident", name]
        if type(thing) in (list, tuple):
            return [type(thing).__name__, *map(self.tree, thing)]
        if id(thing) in self._places:
            return ["same", self._places[id(thing)][1]]
        tree = ["bytes", self._buffer(thing)] if type(thing) is bytes else self._by_its_way(thing)
        self._places[id(thing)] = thing, len(self._places)
        return tree

    def _by_its_way(self, thing: Any) -> list[Any]:
        for name, way in _WAYS.items():
            if isinstance(thing, way.kind) and (way.kind not in _EXACT or type(thing) is way.kind):
                return [name, *map(self.tree, way.parts(thing))]
        raise AssertionError("the last way takes everything")

    def _buffer(self, thing: bytes) -> int:
        self.buffers.append(thing)
        return len(self.buffers) - 1


class _Unpacker:
    """Reads one message, in the order in which it was written."""

    def __init__(self, buffers: list[bytes], residents: Mapping[str, object]) -> None:
        self._buffers = buffers
        self._residents = residents
        self._places: list[Any] = []

    def thing(self, tree: Any) -> Any:
        """What `_Packer.tree` was given."""
        if not isinstance(tree, list):
            return tree
        name, *parts = tree
        if name == "resident":
            return self._residents[parts[0]]
        if name == "same":
            return self._places[parts[0]]
        if name == "bytes":
            thing: Any = self._buffers[parts[0]]
        else:
            things = [self.thing(part) for part in parts]
            if name in ("list", "tuple"):
                return things if name == "list" else tuple(things)
            thing = _WAYS[name].build(*things)
        self._places.append(thing)
        return thing
