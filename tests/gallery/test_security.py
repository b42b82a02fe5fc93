"""`SECURITY.md` is true: its tests exist, its endpoints are those served; and some of its promises."""

import ast
import json
import math
import os
import pickle
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch
from packaging.version import Version
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_routes import create_health_routes

from dlintro_demos.gallery import server, stage
from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.runtime import live, shown
from dlintro_demos.gallery.settings import REPOSITORY
from dlintro_demos.gallery.ui.menu import OTHERS
from dlintro_demos.gallery.words import plain
from dlintro_demos.shared.imagenet import ClassifierFormatError, load_lite0
from tests.gallery.hostile_files import encoded, photo
from tests.gallery.test_addresses import bound_names

PAGE = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"
LINK = "[press](javascript:alert(3)) :red[x] ![y](http://offsite.example/z.png)"
SOURCES = sorted(
    [
        *(REPOSITORY / "dlintro_demos").rglob("*.py"),
        *(REPOSITORY / "pages").glob("*.py"),
        REPOSITORY / "app.py",
    ]
)


def test_every_test_that_the_page_names_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)
    assert len(named) > 30
    lacking = [
        f"{path}::{name}"
        for path, name in named
        if f"def {name}(" not in (REPOSITORY / path).read_text(encoding="utf-8")
    ]
    assert lacking == []


LIST_ROUTES = """
import json, app
print(json.dumps([route.path or "/{path}" for route in app.app._build_starlette_app().routes]))
"""


def test_the_endpoints_on_the_page_are_those_that_are_served():
    answer = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    served = set(json.loads(answer.stdout.splitlines()[-1]))
    listed = set(re.findall(r"^\| `(/[^`]*)` \|", PAGE, re.MULTILINE))
    assert listed == served
    closed = set(re.findall(r"^\| `(/[^`]*)` \| nobody", PAGE, re.MULTILINE))
    assert closed == {path for path in served if path.startswith(server.CLOSED)}


@pytest.mark.parametrize("path", re.findall(r"^\| `(/[^`]*)` \| nobody", PAGE, re.MULTILINE))
def test_what_nobody_may_call_is_not_there(path):
    app = Starlette(
        routes=[Route(path, lambda request: PlainTextResponse("open"), methods=["GET", "POST"])],
        middleware=[Middleware(server.ClosedDoors)],
    )
    for method in ("GET", "POST", "OPTIONS"):
        assert TestClient(app).request(method, path).status_code == 404


class Ready:
    """Streamlit's answer that it is."""

    def __await__(self):
        yield from ()
        return True, "ok"


def test_the_cookie_is_for_this_site_and_over_https_for_https_alone():
    routes = create_health_routes(SimpleNamespace(is_ready_for_browser_connection=Ready()), None)
    app = Starlette(routes=routes, middleware=[Middleware(server.SecureCookies)])
    for address, secure in (("http://gallery", False), ("https://gallery", True)):
        answer = TestClient(app, base_url=address).get("/_stcore/health")
        (cookie,) = answer.headers.get_list("set-cookie")
        assert cookie.startswith("_streamlit_xsrf=")
        assert "SameSite=Lax" in cookie
        assert cookie.endswith("; Secure") == secure


RUN = {"eval", "exec", "compile", "__import__"}
UNPACK = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "jsonpickle"}


def runs_data(tree):
    """Lines that run code out of data, or unpack objects that may."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            )
            for name in names:
                if name.partition(".")[0] in UNPACK - {"pickle"}:
                    yield node.lineno, f"import {name}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "pickle" and node.attr != "UnpicklingError":
                yield node.lineno, f"pickle.{node.attr}"
            if (node.value.id, node.attr) in {("os", "system"), ("os", "popen")}:
                yield node.lineno, f"os.{node.attr}"
        if isinstance(node, ast.Call):
            told = {each.arg: getattr(each.value, "value", None) for each in node.keywords}
            called = ast.unparse(node.func)
            if called in RUN:
                yield node.lineno, called
            if called == "torch.load" and told.get("weights_only") is not True:
                yield node.lineno, "torch.load"
            if told.get("allow_pickle") or told.get("shell"):
                yield node.lineno, f"{called}(allow_pickle or shell)"


def test_no_data_is_run():
    found = [
        f"{path.relative_to(REPOSITORY)}:{line} {what}"
        for path in SOURCES
        for line, what in runs_data(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "import yaml",
        "from joblib import load",
        "pickle.loads(data)",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path, allow_pickle=True)",
        "eval(text)",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
    ],
)
def test_what_runs_data_would_be_seen(line):
    assert list(runs_data(ast.parse(line)))


class Harm:
    """What a pickle could do: it makes a folder."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_torch_loads_nothing_but_weights(tmp_path):
    file = tmp_path / "weights.pth"
    harm = tmp_path / "harm"
    torch.save({"weight": Harm(harm)}, file)
    with pytest.raises(ClassifierFormatError):
        load_lite0([file])
    file.write_bytes(pickle.dumps(Harm(harm)))
    with pytest.raises(ClassifierFormatError):
        load_lite0([file])
    assert not harm.exists()
    pickle.loads(file.read_bytes())
    assert harm.exists(), "it would have run"


SCRIPT_OUT_OF_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
)


def test_no_script_of_ours_makes_elements_out_of_text():
    scripts = list((REPOSITORY / "dlintro_demos").rglob("*.js"))
    assert len(scripts) > 10
    assert [
        path.name for path in scripts if SCRIPT_OUT_OF_TEXT.search(path.read_text(encoding="utf-8"))
    ] == []


def html_of(at):
    """All that a page hands to the browser as HTML."""
    for each in at.get("html"):
        yield each.proto.body
    for each in at.get("markdown"):
        if each.proto.allow_html:
            yield each.proto.body


def as_markdown(at):
    """All that a page hands to the browser as Markdown."""
    for kind in ("markdown", "alert", "caption"):
        yield from (each.proto.body for each in at.get(kind))
    for kind in ("success", "warning", "error", "info"):
        yield from (each.value for each in getattr(at, kind))


@pytest.mark.parametrize("slug", [*OTHERS, *SLUGS])
def test_markup_in_an_address_is_never_part_of_a_page(open_page, slug):
    names = bound_names(slug) if slug in SLUGS else ["room", "tour", "stop", "stage", "key"]
    at = open_page(slug, **dict.fromkeys(names, MARKUP + LINK))
    assert not at.exception
    assert all("onerror=alert" not in body and "javascript:" not in body for body in html_of(at))
    assert all(MARKUP not in body and LINK not in body for body in as_markdown(at))


def test_markup_in_a_file_name_or_a_name_is_shown_as_it_is(open_page):
    at = open_page("super_resolution", method="Bicubic")
    at.button_group(key="source").set_value("several").run()
    file = encoded(photo(), "PNG")
    at.file_uploader[0].set_value(
        [(f"{MARKUP[:28]}.png", file, "image/png"), (f"{LINK[:28]}.png", b"none", "image/png")]
    )
    at.run()
    assert not at.exception
    shown_as_html = "".join(html_of(at))
    assert "<img src=x" not in shown_as_html
    assert all("](javascript" not in body for body in as_markdown(at))
    assert "](" not in plain(LINK).replace("\\]\\(", "")


_opened: list[str] | None = None


def _note_opening(event, arguments):
    if event in ("open", "os.listdir", "os.scandir", "os.remove", "os.rename") and _opened is not None:
        _opened.append(str(arguments[0]))


sys.addaudithook(_note_opening)  # for good: Python has no way to take one off
LEADS_AWAY = (
    "../../../../etc/dlintro-passwd",
    "/etc/dlintro-passwd",
    "..%2f..%2fdlintro-passwd",
    "C:\\dlintro-passwd",
)


def test_no_words_of_a_visitor_become_a_path(open_page):
    global _opened
    client = TestClient(Starlette(routes=server.ROUTES), raise_server_exceptions=False)
    _opened = []
    try:
        for slug in SLUGS:
            open_page(slug, **dict.fromkeys(bound_names(slug), LEADS_AWAY[0]))
        for words in LEADS_AWAY:
            for place in ("weights", "pictures", "shown/a", "board/open", "worksheet", "worksheet/faces"):
                assert client.get(f"/{place}/{words}").status_code in (403, 404)
        seen = _opened
    finally:
        _opened = None
    assert [path for path in seen if "dlintro-passwd" in path] == []
    assert seen, "the hook hears what is opened"


def test_tokens_are_long_enough_to_need_no_limit():
    tokens = [live.Watcher().token, shown.Shown().token, stage.Lock("correct horse").key]
    assert all(len(token) * math.log2(64) >= 128 for token in tokens)
    assert len({live.Watcher().token for _ in range(100)}) == 100


PIN = re.compile(r"^([\w.-]+)(?:\[\w+\])?==([\w.]+)", re.MULTILINE)


def pins(name):
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    return {re.sub(r"[-_.]+", "-", name).lower(): Version(version) for name, version in PIN.findall(text)}


def test_every_file_of_the_image_but_torchs_is_known_by_its_sum():
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    lines = [line for line in lock.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"\S+==\S+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    wanted = pins("requirements.txt") | pins("requirements-weights.txt")
    locked = pins("requirements.lock")
    lacking = {name: version for name, version in wanted.items() if locked.get(name) != version}
    assert lacking.keys() == {"torch", "torchvision"}, "make lock"
    also = {name: version for name, version in pins("constraints.txt").items() if name in locked}
    assert {name: locked[name] for name in also} == also
    assert "--no-deps --require-hashes -r /tmp/requirements.lock" in (REPOSITORY / "Dockerfile").read_text()


def test_the_container_may_do_little():
    compose = (REPOSITORY / "compose.yaml").read_text(encoding="utf-8")
    for line in (
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        "mem_limit:",
        "pids_limit:",
    ):
        assert line in compose
    assert "privileged: true" not in compose
    assert "seccomp" not in compose, "the engine's default profile holds"
    image = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001:10001$", image, re.MULTILINE)
    assert "HEALTHCHECK" in image
