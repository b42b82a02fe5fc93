"""What the gallery runs on and whether anything is missing: for the status page and for `doctor`."""

from __future__ import annotations

import functools
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.runtime.device import DeviceInfo, describe
from dlintro_demos.gallery.runtime.engine import Engine
from dlintro_demos.gallery.runtime.model_cache import ModelStatus
from dlintro_demos.gallery.settings import MB

PACKAGES = ("streamlit", "torch", "torchvision", "numpy", "pillow", "opencv-python-headless", "spandrel")


@dataclass(frozen=True, kw_only=True)
class Report:
    """A look at one engine; `missing` names the models without which a demo on the wall cannot run."""

    device: DeviceInfo
    models: list[ModelStatus]
    queue: dict[str, int]
    versions: dict[str, str]
    missing: list[str]
    memory: str
    computed: dict[str, int]
    """Jobs by where they were computed; empty where that can only be this process."""
    notice: str
    """What is wrong with where jobs are computed, in words, or nothing."""

    def model_rows(self) -> list[tuple[str, str, str]]:
        """For each model its name, its state, and figures in words."""
        return [
            (
                model.title,
                model.state + (", kept" if model.pinned else ""),
                f"{model.bytes / MB:.1f} MB on {model.device}"
                + ("" if model.seconds is None else f", loaded in {model.seconds:.2f} s")
                + (f", used {model.calls} times" if model.calls > 1 else ", used once" * model.calls),
            )
            for model in self.models
        ]

    def as_dict(self) -> dict[str, Any]:
        """Everything, for `doctor --json`."""
        return asdict(self)


def examine(engine: Engine) -> Report:
    """Look at an engine; loads no model."""
    models = engine.cache.status()
    wanted = {key for demo in demos() for key in demo.models}
    absent = wanted - {model.key for model in models}
    return Report(
        device=describe(engine.cache.device),
        models=models,
        queue=engine.queue.status(),
        versions={"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        missing=[model.title for model in models if model.state == "missing"] + sorted(absent),
        computed=dict(engine.elsewhere.counts) if engine.elsewhere else {},
        notice=engine.elsewhere.notice if engine.elsewhere else "",
        memory=f"{engine.cache.used / MB:.0f} of {engine.cache.budget / MB:.0f} MB",
    )


@functools.cache  # reading a package's metadata takes a millisecond
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
