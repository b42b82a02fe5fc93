"""Which device the networks run on, and what it has."""

from __future__ import annotations

import functools
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import torch


class NoSuchDevice(ValueError):
    """`DLINTRO_DEVICE` names a device this machine lacks."""


@dataclass(frozen=True)
class DeviceInfo:
    """A device in words; memory in bytes, None where the system does not tell."""

    device: str
    name: str
    total_memory: int | None
    free_memory: int | None


def pick_device(choice: str = "auto") -> torch.device:
    """CUDA if there, else MPS, else the CPU; or the one that is named.

    Raises `NoSuchDevice` for a name that torch does not know or a device that is not there.
    """
    if choice == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", torch.cuda.current_device())
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(choice)
    except RuntimeError:
        raise NoSuchDevice(f"Device {choice!r} is unknown: use auto, cpu, cuda, cuda:1 or mps.") from None
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not there.get(device.type, False):
        raise NoSuchDevice(f"Device {choice!r} is not on this machine: use auto or cpu.")
    return torch.device("cuda", device.index or 0) if device.type == "cuda" else device


def describe(device: torch.device) -> DeviceInfo:
    """The device's name and memory."""
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return DeviceInfo(str(device), torch.cuda.get_device_name(device), total, free)
    name = _processor_name() + f", {torch.get_num_threads()} threads"
    return DeviceInfo(str(device), name, *_system_memory())


@functools.cache
def _processor_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _system_memory() -> tuple[int | None, int | None]:
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        return page * os.sysconf("SC_PHYS_PAGES"), page * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None, None
