"""Which frameworks there are, which of them are installed here, and what is said where one is not."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

IDEAS = {
    "layers": "The layers",
    "forward": "From a picture to ten numbers",
    "loss": "How wrong is it?",
    "step": "A step of learning",
    "compile": "Make it faster",
    "save": "Save and load",
}


@dataclass(frozen=True, kw_only=True)
class Framework:
    """`module` holds the network; `packages` are what has to be installed, the first names the version."""

    key: str
    title: str
    module: str
    packages: tuple[str, ...]
    imports: str

    @property
    def here(self) -> bool:
        """Whether it runs in the gallery's own process, which has it anyway."""
        return self.key == "torch"

    @property
    def file(self) -> Path:
        """Its source."""
        return Path(__file__).with_name("languages") / f"{self.module}.py"


FRAMEWORKS = (
    Framework(key="torch", title="PyTorch", module="in_torch", packages=("torch",), imports="torch"),
    Framework(
        key="keras", title="TensorFlow with Keras", module="in_keras",
        packages=("tensorflow-cpu", "keras"), imports="tensorflow",
    ),
    Framework(key="jax", title="JAX", module="in_jax", packages=("jax",), imports="jax"),
)  # fmt: skip


class FrameworkUnavailable(RuntimeError):
    """A framework that is not installed, or does not start; the message says which, and what to do."""


def find(key: str) -> Framework:
    """Raises `StopIteration` for a key that is none."""
    return next(each for each in FRAMEWORKS if each.key == key)


def missing(framework: Framework) -> str:
    """What is said of one that is not installed."""
    return (
        f"{framework.title} is not installed here. An operator can add it: "
        "pip install -r requirements-frameworks.txt"
    )


@cache
def version(framework: Framework) -> str | None:
    """What is installed, or None; nothing is imported."""
    if importlib.util.find_spec(framework.imports) is None:
        return None
    for package in (framework.packages[0], framework.imports):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def load(framework: Framework) -> ModuleType:
    """Import the network of a framework, into this process. Raises `FrameworkUnavailable`."""
    if version(framework) is None:
        raise FrameworkUnavailable(missing(framework))
    try:
        return importlib.import_module(f"dlintro_demos.frameworks.languages.{framework.module}")
    except Exception as error:
        raise FrameworkUnavailable(
            f"{framework.title} {version(framework)} is installed here, but does not start "
            f"({type(error).__name__}). The network was written for the version of the recorded run."
        ) from error


@cache
def ideas(framework: Framework) -> dict[str, str]:
    """The lines of its source, by idea; where two ideas share lines, they stand with both."""
    found: dict[str, list[str]] = {}
    name = None
    for line in framework.file.read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("# idea: "):
            name = line.strip().removeprefix("# idea: ")
        elif name in IDEAS:
            found.setdefault(name, []).append(line)
    return {name: "\n".join(lines).strip("\n") for name, lines in found.items()}


def lines_of_code(framework: Framework) -> int:
    """Lines of all ideas, without empty ones, comments and docstrings of a line."""
    lines = "\n".join(ideas(framework).values()).splitlines()
    kept = [line.strip() for line in lines if line.strip()]
    return sum(not (line.startswith(("#", '"""'))) for line in kept)
