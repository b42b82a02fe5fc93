"""One cache for every model: lazy, one load per model, a memory budget, the GPU when there is one."""

from __future__ import annotations

import importlib
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import numpy as np
import torch

from dlintro_demos.gallery.runtime import memory
from dlintro_demos.gallery.runtime.importing import LOCK
from dlintro_demos.gallery.runtime.model_cards import ModelCard, ModelUnavailable, check_sha256

T = TypeVar("T")
State = Literal["missing", "optional", "ready", "loading", "loaded"]  # optional: missing, and may be
CPU = torch.device("cpu")


@dataclass(frozen=True, kw_only=True, eq=False)
class Loaded:
    """A model ready to run: the module in eval mode on its device, and its card.

    `note` says where the device is not the one asked for, and why. `bytes` counts parameters and buffers.
    """

    module: torch.nn.Module
    card: ModelCard
    device: torch.device
    bytes: int
    seconds: float
    note: str = ""


Compute = Callable[[Loaded, np.ndarray], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class ModelStatus:
    """One line of the status page. `bytes` are those in memory when loaded, else those on disk."""

    key: str
    title: str
    state: State
    device: str
    bytes: int
    seconds: float | None
    calls: int
    pinned: bool
    note: str


@dataclass(eq=False)
class _Slot:
    """What the cache knows of one card; `lock` makes loading single-flight."""

    card: ModelCard
    lock: threading.Lock = field(default_factory=threading.Lock)
    loading: bool = False
    pinned: bool = False
    calls: int = 0
    verified: bool = False
    failure: str = ""


class ModelCache:
    """Models by key.

    Args:
        cards: what may be loaded.
        device: where models go; the CPU is the way back when it has no memory left.
        budget: bytes that loaded models may take together; least recently used ones are let go.
    """

    def __init__(self, cards: Mapping[str, ModelCard], *, device: torch.device = CPU, budget: int = 4 << 30):
        self.device = device
        self.budget = budget
        self.gather: Callable[[str, Compute, np.ndarray], np.ndarray] | None = None
        self._slots = {key: _Slot(card) for key, card in cards.items()}
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()  # least recently used first
        self._lingering: weakref.WeakSet[Loaded] = weakref.WeakSet()  # let go, but a job still holds it
        self._incoming: dict[str, int] = {}  # bytes promised to models that are loading
        self._lock = threading.RLock()

    def get(self, key: str) -> Loaded:
        """The model, loaded on first use however many threads ask.

        Raises `ModelUnavailable`, with the way out, for an unknown key, missing or altered weights, or a
        model that does not fit the budget.
        """
        slot = self._slot(key)
        if loaded := self._hit(slot, key):
            return loaded
        with slot.lock:
            if loaded := self._hit(slot, key):
                return loaded
            loaded = self._load_and_keep(slot, self.device)
            slot.calls += 1
            return loaded

    def run(self, key: str, work: Callable[[Loaded], T]) -> T:
        """`work(model)`; where the GPU runs out of memory, again with other models gone, then on the CPU."""
        for _ in range(2):
            try:
                return work(self.get(key))
            except torch.OutOfMemoryError:
                pass  # act after this block: the exception holds the tensors that are in the way
            self._make_room(None, keep=key)
        return work(self._move_to_cpu(key))

    def together(self, key: str, compute: Compute, rows: np.ndarray) -> np.ndarray:
        """`compute(model, rows)`, which answers each row by itself: those of several jobs may go in one run.

        In this process they don't; see `gather`. Raises `ModelUnavailable`.
        """
        if self.gather is not None:
            return self.gather(key, compute, rows)
        return self.run(key, lambda model: compute(model, rows))

    def warm(self, keys: Iterable[str]) -> None:
        """Load and pin models: they are never let go for room. Raises `ModelUnavailable` like `get`."""
        for key in keys:
            self.get(key)
            self._slot(key).pinned = True

    def release(self, key: str) -> None:
        """Let a model go and give its memory back to the system; harmless if it is not loaded."""
        with self._lock:
            self._let_go(key)
        memory.give_back(self.device)

    @property
    def cards(self) -> list[ModelCard]:
        """The cards of all models."""
        return [slot.card for slot in self._slots.values()]

    def card(self, key: str) -> ModelCard:
        """The card of a model; raises `ModelUnavailable` for an unknown key."""
        return self._slot(key).card

    @property
    def used(self) -> int:
        """Bytes of the models in memory, with those that are loading and those let go but still in a job."""
        with self._lock:
            held = (*self._loaded.values(), *self._lingering)
            return sum(model.bytes for model in held) + sum(self._incoming.values())

    def status(self) -> list[ModelStatus]:
        """One `ModelStatus` per card; loads nothing, and checks only that files are there."""
        return [self._status(key, slot) for key, slot in self._slots.items()]

    def _status(self, key: str, slot: _Slot) -> ModelStatus:
        with self._lock:
            loaded = self._loaded.get(key)
        state: State = "ready"
        note = ""
        if loaded:
            state, note = "loaded", loaded.note
        elif slot.loading:
            state = "loading"
        else:
            try:
                slot.card.locate()
                note = slot.failure
            except ModelUnavailable as error:
                note = str(error)
            if note:
                state = "optional" if slot.card.optional else "missing"
        return ModelStatus(
            key=key,
            title=slot.card.title,
            state=state,
            device=str(loaded.device if loaded else self.device),
            bytes=loaded.bytes if loaded else slot.card.bytes,
            seconds=loaded.seconds if loaded else None,
            calls=slot.calls,
            pinned=slot.pinned,
            note=note,
        )

    def _slot(self, key: str) -> _Slot:
        try:
            return self._slots[key]
        except KeyError:
            raise ModelUnavailable(f"No model card for {key!r}: add models/{key}/card.toml.") from None

    def _hit(self, slot: _Slot, key: str) -> Loaded | None:
        with self._lock:
            if loaded := self._loaded.get(key):
                self._loaded.move_to_end(key)
                slot.calls += 1
            return loaded

    def _load_and_keep(self, slot: _Slot, device: torch.device, note: str = "") -> Loaded:
        key = slot.card.key
        slot.loading, slot.failure = True, ""
        try:
            loaded = self._load(slot, device, note)
            with self._lock:
                self._loaded[key] = loaded
            return loaded
        except ModelUnavailable as error:
            slot.failure = str(error)
            raise
        finally:
            slot.loading = False
            with self._lock:
                self._incoming.pop(key, None)

    def _load(self, slot: _Slot, device: torch.device, note: str) -> Loaded:
        card = slot.card
        started = time.perf_counter()
        paths = card.locate()
        if not slot.verified:
            check_sha256(card, paths)
            slot.verified = True
        needed = 4 * card.parameters
        if needed > self.budget:
            raise ModelUnavailable(
                f"{card.title} needs {needed / 2**20:.0f} MB, more than the whole budget of "
                f"{self.budget / 2**20:.0f} MB. Raise DLINTRO_MODEL_MEMORY_MB."
            )
        self._make_room(needed, keep=card.key)
        with torch.inference_mode(mode=False):  # or who asks first decides whether others get gradients
            module = _find(card.loader)(paths).eval().requires_grad_(requires_grad=False)
        module, device, moved = self._place(module, device, card.key)
        return Loaded(
            module=module,
            card=card,
            device=device,
            bytes=_bytes_of(module),
            seconds=time.perf_counter() - started,
            note=moved or note,
        )

    def _place(
        self, module: torch.nn.Module, device: torch.device, key: str
    ) -> tuple[torch.nn.Module, torch.device, str]:
        """Move to the device; without memory there, let the others go and try once more, then use the CPU."""
        for _ in range(2):
            try:
                return module.to(device), device, ""
            except torch.OutOfMemoryError:
                self._make_room(None, keep=key)
        return module.to(CPU), CPU, _OUT_OF_MEMORY

    def _move_to_cpu(self, key: str) -> Loaded:
        """Load the model again, on the CPU, in place of the one that found no memory."""
        slot = self._slot(key)
        with slot.lock:
            with self._lock:
                loaded = self._loaded.get(key)
                if loaded and loaded.device == CPU:
                    return loaded
                self._let_go(key)
            memory.give_back(self.device)
            return self._load_and_keep(slot, CPU, note=_OUT_OF_MEMORY)

    def _make_room(self, needed: int | None, *, keep: str) -> None:
        """Let go of the least recently used models until `needed` bytes fit; of all but `keep` for None."""
        gone = 0
        with self._lock:
            for key in list(self._loaded):
                if needed is not None and self.used + needed <= self.budget:
                    break
                if key != keep and not self._slots[key].pinned:
                    self._let_go(key)
                    gone += 1
            if needed is not None:
                self._incoming[keep] = needed
        if gone or needed is None:
            memory.give_back(self.device)

    def _let_go(self, key: str) -> None:
        if loaded := self._loaded.pop(key, None):
            self._lingering.add(loaded)


_OUT_OF_MEMORY = "The GPU was out of memory, so this runs on the CPU: same answer, slower."


def _find(loader: str) -> Callable[[Any], torch.nn.Module]:
    """The function that a card names as "module:function"."""
    module, _, name = loader.partition(":")
    with LOCK:
        return getattr(importlib.import_module(module), name)


def _bytes_of(module: torch.nn.Module) -> int:
    tensors = {id(tensor): tensor for tensor in (*module.parameters(), *module.buffers())}
    beside: int = getattr(module, "bytes_beside", 0)  # of what it makes from another model when first used
    return beside + sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
