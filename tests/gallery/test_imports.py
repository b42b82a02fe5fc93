"""Who may import whom: every file is read, so that a new one is held to the rules by being there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.settings import REPOSITORY

OURS = "dlintro_demos"
GALLERY, SHARED, DEMO, TOP = range(4)  # imports go down, never up; a demo's neighbour is another demo
NOT_IN_PAGES = {"torch", "torchvision", "cv2", "numpy", "sklearn", "facenet_pytorch"}


@dataclass(frozen=True)
class Place:
    """Where a module stands: its floor, its demo, and whether it is among widgets."""

    floor: int
    demo: str
    ui: bool


def place_of(module: str) -> Place:
    """A module's place by its dotted name; `pages.faces` is a page."""
    parts = module.split(".")
    if parts[0] == "pages":
        return Place(TOP, parts[1], ui=True)
    part = parts[1] if parts[0] == OURS and len(parts) > 1 else ""
    floor = {"gallery": GALLERY, "shared": SHARED, "": TOP, "__main__": TOP}.get(part, DEMO)
    return Place(floor, part if floor == DEMO else "", ui="ui" in parts[2:])


def imports_of(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of all that a file imports, at its top, within functions, or only for types."""
    package = path.relative_to(root).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join((*package[: len(package) - node.level + 1],) if node.level else ())
            module = ".".join(filter(None, (start, node.module or "")))
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def complaint(here: Place, name: str) -> str:
    """What is wrong with importing `name` there, or nothing."""
    package = name.partition(".")[0]
    if package == "streamlit" and not here.ui:
        return "only paths with /ui/ in them import Streamlit"
    if package == "pages":
        return "nobody imports a page"
    if package in NOT_IN_PAGES and here.floor == TOP and here.ui:
        return "a page holds widgets and words, no arrays and no networks"
    if package != OURS:
        return ""
    there = place_of(name)
    if there.demo and here.demo and there.demo != here.demo:
        return "a demo never imports another"
    if there.floor > here.floor:
        return "imports go down: page, demo, shared, gallery"
    if there.ui and not here.ui:
        return "logic knows no widgets"
    return ""


def complaints(root: Path) -> list[str]:
    """Every import below `root` that the design forbids, with its file and line."""
    found = []
    for path in sorted((*(root / "pages").rglob("*.py"), *(root / OURS).rglob("*.py"))):
        relative = path.relative_to(root)
        here = place_of(".".join(relative.with_suffix("").parts))
        for line, name in imports_of(path, root):
            if what := complaint(here, name):
                found.append(f"{relative.as_posix()}:{line} imports {name}: {what}")
    return found


def test_imports_run_one_way():
    assert complaints(REPOSITORY) == []


def test_the_rules_look_at_every_demo():
    seen = {place_of(f"{OURS}.{path.name}").demo for path in (REPOSITORY / OURS).iterdir() if path.is_dir()}
    assert set(SLUGS) <= seen


SOUND = {
    "pages/cats.py": "import streamlit, dlintro_demos.cats.purr\nfrom dlintro_demos.cats.ui import board",
    "pages/home.py": "import streamlit\nfrom dlintro_demos.gallery.ui import frame",
    "dlintro_demos/__main__.py": "from dlintro_demos.cats import command",
    "dlintro_demos/cats/__init__.py": "from dlintro_demos.gallery.catalogue import Demo\nfrom . import purr",
    "dlintro_demos/cats/purr.py": "import torch\nfrom dlintro_demos.shared import paw\nfrom . import purr",
    "dlintro_demos/cats/ui/board.py": "import numpy, streamlit\nfrom .. import purr",
    "dlintro_demos/cats/ui/tail.py": "from dlintro_demos.gallery.ui.show import show_picture",
    "dlintro_demos/cats/ui/components/ball/__init__.py": "from dlintro_demos.cats.ui import board",
    "dlintro_demos/shared/paw.py": "import cv2\nfrom dlintro_demos.gallery.runtime import jobs",
    "dlintro_demos/gallery/server.py": "import starlette\nfrom dlintro_demos.gallery import process",
    "dlintro_demos/gallery/ui/show.py": "import streamlit\nfrom dlintro_demos.gallery.process import engine",
}


@pytest.fixture
def tree(tmp_path):
    """A small gallery in order, and a way to add a file with an import that may not be."""

    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    for path, text in SOUND.items():
        write(path, text)
    return tmp_path, write


def test_what_is_allowed_is_not_complained_of(tree):
    root, _ = tree
    assert complaints(root) == []


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("dlintro_demos/cats/tail.py", "import streamlit as st", "import Streamlit"),
        (
            "dlintro_demos/cats/tail.py",
            "def f():\n    from streamlit import util",
            "import Streamlit",
        ),
        ("dlintro_demos/gallery/tail.py", "if TYPE_CHECKING:\n    import streamlit", "import Streamlit"),
        ("dlintro_demos/shared/tail.py", "import streamlit", "import Streamlit"),
        (
            "dlintro_demos/guide/tail.py",
            "import streamlit",
            "import Streamlit",
        ),  # "ui" in a name is no folder
        ("dlintro_demos/cats/tail.py", "from dlintro_demos.dogs import bark", "never imports another"),
        ("dlintro_demos/cats/ui/tail.py", "import dlintro_demos.dogs.ui.bone", "never imports another"),
        ("dlintro_demos/cats/tail.py", "from dlintro_demos import dogs", "never imports another"),
        ("dlintro_demos/cats/tail.py", "from ..dogs import bark", "never imports another"),
        ("pages/cats.py", "from dlintro_demos.dogs.ui import bone", "never imports another"),
        ("dlintro_demos/gallery/tail.py", "from dlintro_demos.cats import purr", "imports go down"),
        ("dlintro_demos/gallery/tail.py", "from dlintro_demos.shared import paw", "imports go down"),
        ("dlintro_demos/gallery/ui/tail.py", "import dlintro_demos.cats", "imports go down"),
        ("dlintro_demos/shared/tail.py", "def f():\n    import dlintro_demos.cats.purr", "imports go down"),
        ("dlintro_demos/cats/tail.py", "from dlintro_demos.__main__ import main", "imports go down"),
        ("dlintro_demos/cats/tail.py", "import pages.cats", "nobody imports a page"),
        ("dlintro_demos/cats/tail.py", "from dlintro_demos.cats.ui import board", "knows no widgets"),
        ("dlintro_demos/cats/tail.py", "from .ui.board import board", "knows no widgets"),
        ("dlintro_demos/cats/tail.py", "from dlintro_demos.cats import ui", "knows no widgets"),
        ("dlintro_demos/cats/tail.py", "from dlintro_demos.gallery.ui import show", "knows no widgets"),
        ("dlintro_demos/gallery/tail.py", "from dlintro_demos.gallery.ui import show", "knows no widgets"),
        ("dlintro_demos/__main__.py", "from dlintro_demos.cats.ui import board", "knows no widgets"),
        *(("pages/cats.py", f"import {name}", "widgets and words") for name in sorted(NOT_IN_PAGES)),
        ("pages/cats.py", "from sklearn.svm import SVC", "widgets and words"),
    ],
)
def test_what_is_forbidden_is_found(tree, path, text, rule):
    root, write = tree
    write(path, text)
    (found,) = complaints(root)
    assert found.startswith(path)
    assert rule in found


def test_files_of_visitors_come_in_by_one_door():
    """Elsewhere nobody would say on the page why one was refused."""
    widgets = ("st.file_uploader(", "st.camera_input(", "st.audio_input(", "st.chat_input(")
    paths = [*(REPOSITORY / "pages").rglob("*.py"), *(REPOSITORY / OURS).rglob("*.py")]
    users = {path.name for path in paths if any(each in path.read_text(encoding="utf-8") for each in widgets)}
    assert users == {"uploader.py"}


def test_only_the_board_of_scores_asks_for_the_time_of_day():
    """A clock that is set meanwhile shortens no job, no lease and no lock."""
    asks = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / OURS).rglob("*.py")
        if re.search(r"\btime\.time\b", path.read_text(encoding="utf-8"))
    }
    assert asks == {
        "dlintro_demos/gallery/scores/desk.py",
        "dlintro_demos/gallery/scores/store.py",
    }
