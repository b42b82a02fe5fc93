"""The game alone on a page, without Streamlit around it, on a clock that only the tests move on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from dlintro_demos.flappy_bird.ui.components import flappy_game as component
from dlintro_demos.flappy_bird.ui.components.flappy_game import Finished, Lane, flappy_game, read_finished
from dlintro_demos.gallery.ui.components import component as components
from tests.flappy_bird.browser_fakes import SEED, save_weights

ADDRESS = "http://127.0.0.1:9"  # answered by the test itself
PAGE = """<!doctype html><html lang="en"><head><title>The game</title>
<meta name="viewport" content="width=device-width"><style>
:root { --st-text-color: #222; --st-background-color: #fff; --st-primary-color: #4a7dfc }
body { margin: 1rem }</style></head><body><main id="host"></main></body></html>"""
# In a shadow root, as Streamlit does it.
MOUNT = """async ([html, css, script]) => {
  const parentElement = document.querySelector("#host").attachShadow({ mode: "open" });
  parentElement.innerHTML = `<style>${css}</style>${html}`;
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const { default: mount } = await import(address);
  window.told = [];
  const setTriggerValue = (name, value) => told.push([name, value]);
  window.show = (data) => void mount({ data, parentElement, setTriggerValue });
}"""
DESK = {"viewport": {"width": 1000, "height": 600}}


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def parts() -> tuple[str, str, str]:
    """HTML, CSS and JavaScript of the component."""
    shared, own = Path(components.__file__).parent, Path(component.__file__).parent
    css = (shared / "base.css", own / "flappy_game.css")
    scripts = (shared / "mount.js", *(own / f"{script}.js" for script in component.SCRIPTS))
    html, css, script = (
        "\n".join(path.read_text(encoding="utf-8") for path in paths)
        for paths in ((own / "flappy_game.html",), css, scripts)
    )
    return html, css, script


class Stage:
    """One game on a page: what Python sends it, and what it tells Python."""

    def __init__(self, page: Page, sent: Callable[..., dict[str, Any]]) -> None:
        self.page, self._sent = page, sent
        self.game = page.locator(".flappy")

    def show(self, kinds: str = "you", *, title: str = "", **options: Any) -> None:
        """As a run of the page does; `kinds` of lanes are "you" or names of weights."""
        self.lanes = [
            Lane(
                key=f"{kind} {i}",
                title=title or kind,
                weights=None if kind == "you" else f"/weights/{kind}.safetensors",
                learning=kind == "pupil",
            )
            for i, kind in enumerate(kinds.split())
        ]
        self.page.evaluate("show", self._sent(self.lanes, **{"seed": SEED, "key": "game"} | options))

    def button(self, name: str) -> Locator:
        return self.game.get_by_role("button", name=name, exact=True)

    def start(self) -> None:
        self.button("Start").click()

    def run(self, seconds: float = 8) -> None:
        """Let time pass on the page: the longest game here crashes within eight seconds."""
        self.page.clock.run_for(int(1000 * seconds))

    def hide(self, hidden: bool) -> None:
        """As another tab in front of it does."""
        self.page.evaluate(
            """(value) => {
              Object.defineProperty(document, "hidden", { value, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            hidden,
        )

    def told(self) -> list[Finished | None]:
        """The games that the page was told of."""
        return [
            read_finished(value, self.lanes, seed=SEED, max_pipes=100)
            for name, value in self.page.evaluate("told")
            if name == "finished"
        ]


@pytest.fixture
def open_stage(
    new_page: Callable[..., Page],
    weights: Path,
    parts: tuple[str, str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Stage]:
    """`open_stage(kinds, **arguments of flappy_game)`: the game, loaded; `on` are options of the page."""

    def sent(lanes: list[Lane], **options: Any) -> dict[str, Any]:
        given: dict[str, Any] = {}

        def mount(**arguments: Any) -> SimpleNamespace:
            given.update(arguments["data"])
            return SimpleNamespace(finished=None)

        monkeypatch.setattr(component, "_mount", mount)
        flappy_game(lanes, **options)
        return given

    def answer(route: Route) -> None:
        file = weights / Path(route.request.url).name
        if route.request.url == f"{ADDRESS}/":
            route.fulfill(body=PAGE, content_type="text/html")
        else:
            route.fulfill(path=file) if file.is_file() else route.fulfill(status=404)

    def open_(kinds: str = "you", *, on: dict[str, Any] | None = None, **options: Any) -> Stage:
        page = new_page(clocked=True, **on or DESK)
        page.route("**", answer)
        page.clock.install(time=0)
        page.goto(f"{ADDRESS}/")
        page.clock.pause_at(3_600_000)
        page.evaluate(MOUNT, parts)
        stage = Stage(page, sent)
        stage.show(kinds, **options)
        expect(stage.button("Loading…")).to_have_count(0)
        return stage

    return open_
