"""The game's rules, pictures and networks in JavaScript, beside Python's."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import BrowserContext, Page
from safetensors.torch import save

from dlintro_demos.flappy_bird.game import SIDE, Rules, Shades, gap_tops
from dlintro_demos.flappy_bird.network import FRAMES, SKIP
from dlintro_demos.flappy_bird.state_player import observe
from dlintro_demos.flappy_bird.ui.components import flappy_game as module
from tests.flappy_bird.browser_fakes import begun, network, pupil, save_weights, states_and_pictures


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_weights(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def core(open_context: Callable[..., BrowserContext]) -> Page:
    """An empty page with flappy_core.js as `core`; it keeps nothing between two questions."""
    page = open_context().new_page()
    text = (Path(module.__file__).parent / "flappy_core.js").read_text(encoding="utf-8")
    address = "data:text/javascript;base64," + base64.b64encode(text.encode()).decode()
    page.evaluate("async (address) => { window.core = await import(address) }", address)
    return page


PLAY = """([seed, rules, shades, flaps]) => {
  const game = core.newGame(seed, rules);
  const states = [];
  const pictures = new Uint8Array(flaps.length * 84 * 84);
  flaps.forEach((flap, i) => {
    core.tick(game, flap);
    const velocity = game.alive ? game.velocity : 0; // a crashed bird has none, in Python
    states.push([game.y, velocity, ...game.pipeX, ...game.pipeTop, game.score, Number(game.alive)]);
    pictures.set(core.drawPicture(game, shades), i * 84 * 84);
  });
  let text = "";
  for (const byte of pictures) text += String.fromCharCode(byte);
  return [states, btoa(text)];
}"""


@pytest.mark.parametrize(
    ("seed", "rules", "shades"),
    [
        (0, Rules(), Shades()),
        (3, Rules(gap=150), Shades()),
        (10, Rules(gap=160, gravity=0.8, speed=3), Shades(bird=45, pipe=210, ground=0)),
        (2**32 - 1, Rules(gap=190, gravity=1.3, speed=5.7), Shades(bird=255, pipe=0, ground=255)),
    ],
)
def test_every_tick_and_every_picture_is_pythons(core: Page, seed: int, rules: Rules, shades: Shades) -> None:
    flaps, states, pictures = states_and_pictures(seed, rules, shades, 600)
    arguments = [
        seed,
        {"gravity": rules.gravity, "gap": rules.gap, "speed": rules.speed},
        {"bird": shades.bird, "pipe": shades.pipe, "ground": shades.ground},
        flaps,
    ]
    theirs, encoded = core.evaluate(PLAY, arguments)
    assert theirs == states
    drawn = np.frombuffer(base64.b64decode(encoded), np.uint8).reshape(-1, SIDE, SIDE)
    assert np.array_equal(drawn, pictures)
    passed = max(state[-2] for state in states)
    print(f"level {seed}: {passed:.0f} pipes, {sum(state[-1] for state in states):.0f} ticks equal")
    assert rules.gap == 100 or passed >= 3


def test_every_gap_is_pythons(core: Page) -> None:
    seeds = [0, 1, 7, 123_456_789, 2**31, 2**32 - 1]
    theirs = core.evaluate(
        "(seeds) => seeds.map((seed) => [...Array(500).keys()].map((pipe) => core.gapTop(seed, pipe)))", seeds
    )
    assert np.array_equal(theirs, gap_tops(np.array(seeds)[:, None], np.arange(500)))


def seen_by(seed: int, ticks: int) -> np.ndarray:
    """Four pictures from within a game, (4, 84, 84) uint8."""
    _, _, pictures = states_and_pictures(seed, Rules(gap=150), Shades(), ticks)
    return pictures[-1 - SKIP * (FRAMES - 1) :: SKIP]


THINK = """([weights, frames]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const player = core.readPlayer(bytes(weights).buffer);
  const seen = frames.map((text) => Float32Array.from(bytes(text)));
  const values = seen.map((greys) => core.qValues(player, greys));
  return { values, slopes: [...core.saliency(player, seen[0])] };
}"""


def think(core: Page, file: Path, frames: list[np.ndarray]) -> dict:
    encoded = [base64.b64encode(frame.tobytes()).decode() for frame in frames]
    return core.evaluate(THINK, [base64.b64encode(file.read_bytes()).decode(), encoded])


@pytest.mark.parametrize("name", ["flapper", "halves"])
def test_the_network_is_pytorchs(core: Page, weights: Path, name: str) -> None:
    frames = [seen_by(seed, 40 + seed) for seed in range(10)]
    noise = np.random.default_rng(1).integers(0, 256, (5, FRAMES, SIDE, SIDE)).astype(np.uint8)
    theirs = think(core, weights / f"{name}.safetensors", [*frames, *noise])
    player = network(flaps=True)
    if name == "halves":
        player = player.half().float()
    with torch.inference_mode():
        ours = player(torch.from_numpy(np.stack([*frames, *noise]))).numpy()
    difference = np.abs(np.array(theirs["values"]) - ours).max()
    print(f"{name}: JavaScript and PyTorch differ by {difference:.1e}")
    assert difference < 1e-4
    assert np.ptp(ours, 0).min() > 0.01  # not all the same


TELL = """([seed, flaps, weights]) => {
  const bytes = Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0));
  const player = core.readPlayer(bytes.buffer);
  const game = core.newGame(seed, { gravity: 1, gap: 100, speed: 4 });
  return flaps.map((flap) => {
    core.tick(game, flap);
    const told = core.tellState(game);
    return [player.told, [...told], core.qValues(player, told)];
  });
}"""


def test_the_easier_player_is_told_the_same_and_thinks_the_same(core: Page) -> None:
    player = pupil(flaps=True)
    weights = save({key: value.detach() for key, value in player.state_dict().items()})
    flaps, states, _ = states_and_pictures(3, Rules(), Shades(), 200)
    flying = int(sum(state[-1] for state in states))
    theirs = core.evaluate(TELL, [3, flaps[:flying], base64.b64encode(weights).decode()])
    game = begun(3)
    for flap, (kind, told, values) in zip(flaps, theirs, strict=False):
        game.step(np.array([flap]))
        assert kind is True
        np.testing.assert_array_equal(np.array(told, np.float32), observe(game)[0])
        with torch.inference_mode():
            np.testing.assert_allclose(values, player(torch.from_numpy(observe(game)))[0], atol=1e-5)
    assert flying > 100


def test_saliency_is_the_slope_that_pytorch_finds(core: Page, weights: Path) -> None:
    frames = seen_by(3, 50)
    theirs = think(core, weights / "flapper.safetensors", [frames])
    # The network divides by 255 itself: its slope by a grey of 0 to 1 is 255 times that by a byte.
    greys = torch.from_numpy(frames[None]).float().requires_grad_(True)
    network(flaps=True)(greys).max().backward()
    slopes = greys.grad.numpy().ravel() * 255
    assert np.abs(slopes).max() > 1e-3
    np.testing.assert_allclose(theirs["slopes"], slopes, atol=1e-6)


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"\x02" + b"\0" * 7 + b"{}"])
def test_a_file_that_is_no_player_is_refused(core: Page, content: bytes) -> None:
    message = core.evaluate(
        """(text) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          try { core.readPlayer(bytes.buffer); } catch (error) { return error.message; }
        }""",
        base64.b64encode(content).decode(),
    )
    assert message.startswith("The player's file")
