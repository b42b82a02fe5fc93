"""The engine of this process is built once, whoever asks first."""

import importlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dlintro_demos.gallery import process
from dlintro_demos.gallery.runtime import engine as building


@pytest.fixture
def builds(monkeypatch):
    """A process without an engine; each build is noted, and takes its time."""
    builds = []

    def build(_settings):
        builds.append(object())
        threading.Event().wait(0.05)  # for others to arrive meanwhile
        return builds[-1]

    monkeypatch.setattr(process, "_built", [])
    monkeypatch.setattr(building, "build_engine", build)
    return builds


def test_sixteen_threads_asking_at_once_get_the_same_engine(builds):
    barrier = threading.Barrier(16)

    def ask(_):
        barrier.wait()
        return process.engine()

    with ThreadPoolExecutor(16) as pool:
        engines = list(pool.map(ask, range(16)))
    assert set(engines) == set(builds)
    assert len(builds) == 1


def test_an_engine_that_could_not_be_built_is_built_by_the_next_who_asks(builds, monkeypatch):
    def fail(_settings):
        raise ValueError("no such device")

    with monkeypatch.context() as broken:
        broken.setattr(building, "build_engine", fail)
        with pytest.raises(ValueError, match="no such device"):
            process.engine()
    assert process.engine() is builds[0]


@pytest.mark.reports
def test_pages_that_need_the_demos_at_once_import_them_one_after_the_other_and_once(monkeypatch):
    """“Partially initialized module”: two pages imported torchvision at the same time."""
    under_way, most, seen = set(), [], []

    def import_slowly(slug):
        under_way.add(threading.get_ident())
        most.append(len(under_way))
        seen.append(slug)
        threading.Event().wait(0.02)
        under_way.discard(threading.get_ident())

    monkeypatch.setattr(process, "_imported", threading.Event())
    monkeypatch.setattr(process, "_import_modules", import_slowly)
    threads = [threading.Thread(target=process.import_demos) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert seen == list(process.SLUGS)


def test_logic_in_folders_of_a_demo_is_imported_too_but_neither_its_widgets_nor_its_templates(
    monkeypatch, tmp_path
):
    demo = tmp_path / "a_demo_of_folders"
    for path in (
        "__init__",
        "logic",
        "script_template",
        "deep/__init__",
        "deep/inner",
        "ui/__init__",
        "later/__init__",
        "later/inner",
    ):
        file = demo / f"{path}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("LATER = True" if path == "later/__init__" else "")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(process, "package_of", lambda slug: importlib.import_module(slug))
    process._import_modules(demo.name)
    imported = {name.removeprefix(demo.name) for name in sys.modules if name.startswith(demo.name)}
    assert imported == {"", ".logic", ".deep", ".deep.inner", ".later"}
