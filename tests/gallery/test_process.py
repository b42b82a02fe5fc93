"""The engine of this process is built once, whoever asks first."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dlintro_demos.gallery import process
from dlintro_demos.gallery.runtime import engine as building
from dlintro_demos.gallery.settings import REPOSITORY


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


@pytest.fixture
def slow_modules(monkeypatch):
    """Imports that take their time; how many went on at once, and in which order."""
    under_way, most, seen = set(), [], []

    def import_slowly(name):
        under_way.add(threading.get_ident())
        most.append(len(under_way))
        seen.append(name)
        threading.Event().wait(0.02)
        under_way.discard(threading.get_ident())

    monkeypatch.setattr(process, "_imported", threading.Event())
    monkeypatch.setattr(process.importlib, "import_module", import_slowly)
    return most, seen


@pytest.mark.reports
def test_pages_and_the_warm_up_import_one_after_the_other(slow_modules):
    """“Partially initialized module”: two pages imported torchvision at the same time."""
    most, seen = slow_modules
    threads = [threading.Thread(target=process.import_demos)]
    threads += [threading.Thread(target=process.import_page, args=(slug,)) for slug in process.SLUGS[:4]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert {name for name in seen if not name.endswith(".ui")} == {
        f"dlintro_demos.{slug}" for slug in process.SLUGS
    }
    assert process.imported()


def test_the_other_demos_wait_while_somebody_opens_a_page(slow_modules):
    _, seen = slow_modules
    with process.opening("faces"):
        behind = threading.Thread(target=process.import_demos)
        behind.start()
        process.import_page("faces")
        assert seen == ["dlintro_demos.faces.ui"]
    behind.join()
    assert process.imported()


def test_they_do_not_wait_for_ever(slow_modules, monkeypatch):
    monkeypatch.setattr(process, "PATIENCE", 0.05)
    with process.opening("faces"):
        process.import_demos()
    assert process.imported()


def test_the_status_page_and_the_wall_have_no_demo_to_import(slow_modules):
    process.import_page("status")
    process.import_page("")
    assert slow_modules[1] == []


FIRST_RESULT = """
import sys
heavy = {"torch", "cv2", "timm", "torchvision", "torch._dynamo", "sklearn", "matplotlib", "captum"}
heavy |= {"spandrel", "facenet_pytorch", "onnxruntime", "pandas", "ctranslate2", "scipy.stats"}
import app
print(sorted(heavy & sys.modules.keys()))
from dlintro_demos.gallery.catalogue import demos
from dlintro_demos.gallery.process import engine, import_page
engine()
demos()
import_page("super_resolution")
before = set(sys.modules)
import pages.super_resolution  # runs without a visitor, as far as its words
print(sorted(name for name in sys.modules.keys() - before if name.startswith("dlintro_demos")))
from dlintro_demos.super_resolution.experiment import Request, enlarge
from dlintro_demos.super_resolution.samples import SAMPLES
request, first = Request(method="ours", scale=4, faithful=True), SAMPLES[0]
for _ in enlarge(first.load(), None, first.truth(), None, request, engine().cache):
    pass
print(sorted(heavy & sys.modules.keys()))
"""


def test_the_first_page_and_its_first_result_import_only_what_they_need():
    ran = subprocess.run(
        [sys.executable, "-c", FIRST_RESULT], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    at_the_start, by_the_script, in_the_end = ran.stdout.splitlines()
    assert at_the_start == "[]"
    assert by_the_script == "[]"
    assert in_the_end == "['cv2', 'torch']"


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
    for _ in process._imports(demo.name):
        pass
    imported = {name.removeprefix(demo.name) for name in sys.modules if name.startswith(demo.name)}
    assert imported == {"", ".logic", ".deep", ".deep.inner", ".later"}
