"""Everything an operator can set: one class, one environment variable per field."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PREFIX = "DLINTRO_"
MB = 2**20
SHORTEST_PIN = 6
ENGINES = ("process", "ray")


class BadSetting(ValueError):
    """An environment variable that cannot be understood; names the variable and what it takes."""


def _about(text: str, default: Any, *, secret: bool = False) -> Any:
    return dataclasses.field(default=default, repr=not secret, metadata={"about": text})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Limits and choices of one running gallery; the field `upload_mb` is set by `DLINTRO_UPLOAD_MB`."""

    address: str = _about("network address the gallery listens on", "127.0.0.1")
    port: int = _about("port the gallery listens on", 8501)
    engine: str = _about("where heavy calls are computed: process, or ray", "process")
    ray_url: str = _about("where Ray Serve's workers answer", "http://127.0.0.1:8000")
    ray_listen: str = _about("network address on which they listen", "127.0.0.1")
    ray_secret: str = _about("what a gallery says to them, and they ask for", "", secret=True)
    ray_jobs: int = _about("heavy calls of this gallery running on Ray at once", 16)
    ray_workers: int = _about("most workers that Ray starts for one demo", 1)
    ray_jobs_per_worker: int = _about("heavy calls that one worker computes at once", 2)
    ray_jobs_waiting: int = _about("heavy calls waiting for one demo's workers before 'busy'", 40)
    ray_cpus: float = _about("processor cores that Ray counts for one worker", 1.0)
    ray_gpus: float = _about("share of a GPU that Ray counts for one worker, as 0.2; none by default", 0.0)
    device: str = _about("auto, cpu, cuda, cuda:1 or mps", "auto")
    models_dir: Path = _about("folder of model cards and weights", REPOSITORY / "models")
    upload_mb: int = _about("largest file a visitor may upload, MB", 20)
    input_megapixels: float = _about("most megapixels decoded", 40.0)
    decoder_mb: int = _about("memory of a process that decodes visitors' files, MB", 1536)
    decoder_seconds: float = _about("CPU time that one file may take to decode", 60.0)
    output_megapixels: float = _about("most megapixels a result may have", 50.0)
    jobs_at_once: int = _about("heavy calls running at once", 2)
    jobs_waiting: int = _about("heavy calls waiting before 'busy'", 40)
    jobs_per_visitor: int = _about("heavy calls of one browser and its tabs, running or waiting", 3)
    job_seconds: float = _about("longest a heavy call may run", 120.0)
    job_lease_seconds: float = _about("how long a job outlives a closed tab", 10.0)
    drain_seconds: float = _about("how long heavy calls may go on after SIGTERM", 20.0)
    model_memory_mb: int = _about("memory budget for loaded models, MB", 4096)
    session_results_mb: int = _about("results kept for one visitor, MB", 64)
    shared_results_mb: int = _about("results of bundled samples kept for everybody, MB", 256)
    all_results_mb: int = _about("results kept for all visitors together, MB", 2048)
    live_cameras: int = _about("visitors whose camera is live at once", 12)
    sessions: int = _about("visitors connected at once before 'full'", 400)
    reconnect_seconds: float = _about("how long what a visitor showed outlives their connection", 30.0)
    table_rows: int = _about("most rows of a table that a visitor brings", 10_000)
    own_model: str = _about("folder of a picture classifier of your own, for /medicine", "")
    visitor_uploads: int = _about("files of one visitor held at once", 200)
    visitor_uploads_mb: int = _about("files of one visitor held at once, MB", 200)
    all_uploads_mb: int = _about("files of all visitors held at once, MB", 2048)
    database_url: str = _about(
        "where scores are kept: sqlite:// is memory, sqlite:////a/file, postgresql://", "sqlite://"
    )
    public_address: str = _about("address that the QR codes show, as https://ai.example; else found", "")
    presenter_pin: str = _about("opens /presenter, six characters or more; shut without one", "", secret=True)
    trusted_proxies: str = _about("addresses or networks whose X-Forwarded headers are believed", "")

    def __post_init__(self) -> None:
        """Refuse a PIN that can be guessed, or what is no engine. Raises `BadSetting`, quoting no PIN."""
        if 0 < len(self.presenter_pin) < SHORTEST_PIN:
            raise BadSetting(f"{PREFIX}PRESENTER_PIN: use {SHORTEST_PIN} characters or more.")
        if self.engine not in ENGINES:
            raise BadSetting(f"{PREFIX}ENGINE={self.engine!r}: use {' or '.join(ENGINES)}.")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read `DLINTRO_*`; raises `BadSetting` for a value that does not fit."""
        fields = {PREFIX + field.name.upper(): field for field in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for variable, text in environ.items():
            if field := fields.get(variable):
                values[field.name] = _parse(variable, text, field.default)
        return cls(**values)


def _parse(variable: str, text: str, default: object) -> object:
    text, kind = text.strip(), type(default)
    if kind is bool:
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"0", "false", "no", "off", ""}:
            return False
        raise BadSetting(f"{variable}={text!r}: use 1 or 0.")
    if kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            raise BadSetting(f"{variable}={text!r}: use a number.") from None
        if not (0 < number < float("inf") or number == default == 0):
            raise BadSetting(f"{variable}={text!r}: use a number above zero.")
        return number
    if not text:
        raise BadSetting(f"{variable} is set but empty: give it a value, or unset it.")
    return Path(text) if issubclass(kind, Path) else text


@functools.cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.from_environ(os.environ)
