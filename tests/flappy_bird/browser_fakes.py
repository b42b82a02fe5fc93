"""What both tests of the Flappy Bird game need: untrained players, and games flown well."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from dlintro_demos.flappy_bird.game import FlappyBird, Rules, Shades
from dlintro_demos.flappy_bird.network import SKIP, Player, save_player
from dlintro_demos.flappy_bird.state_player import StatePlayer
from tests.flappy_bird.fakes import sensible_flap

SEED = 11
# Notes what is heard.
NOTES = """() => {
window.notes = [];
window.contexts = 0;
const Real = AudioContext;
window.AudioContext = class extends Real {
  constructor() { super(); contexts += 1; }
  createOscillator() {
    const tone = super.createOscillator();
    const start = tone.start.bind(tone);
    tone.start = (when) => (notes.push(tone.type), start(when));
    return tone;
  }
};
}"""
FLAP, POINT, CRASH = "triangle", "sine", "sawtooth"


def network(*, flaps: bool) -> Player:
    """Random but for its last bias, which decides."""
    torch.manual_seed(4)
    player = Player()
    with torch.no_grad():
        player.values.bias.copy_(torch.tensor([0.0, 3.0] if flaps else [3.0, 0.0]))
    return player


def pupil(*, flaps: bool) -> StatePlayer:
    """The same of the easier player, which is told numbers and thinks a hundred times faster."""
    torch.manual_seed(3)
    player = StatePlayer()
    with torch.no_grad():
        player.values.bias.copy_(torch.tensor([0.0, 3.0] if flaps else [3.0, 0.0]))
    return player


def begun(seed: int, rules: Rules | None = None, shades: Shades | None = None) -> FlappyBird:
    game = FlappyBird(1, rules, shades)
    game.reset(np.array([seed]))
    return game


def states_and_pictures(
    seed: int, rules: Rules, shades: Shades, ticks: int
) -> tuple[list[bool], list[list[float]], np.ndarray]:
    """A game flown well, with a careless moment now and then; a crashed one stands still."""
    rng = np.random.default_rng(seed % 2**31)
    game = begun(seed, rules, shades)
    flaps, states, pictures = [], [], []
    for _ in range(ticks):
        flap = bool(rng.random() < 0.3) if rng.random() < 0.04 else sensible_flap(game)
        game.step(np.array([flap]))
        flaps.append(flap)
        states.append(
            [game.y[0], game.velocity[0], *game.pipe_x[0], *game.pipe_top[0], game.score[0], game.alive[0]]
        )
        pictures.append(game.frames()[0])
    return flaps, np.array(states, float).tolist(), np.stack(pictures)


def save_weights(folder: Path) -> Path:
    """Players who always flap: from pictures, in float16, and told numbers; and one who always glides."""
    save_player(network(flaps=True), folder / "flapper.safetensors")
    save_player(pupil(flaps=True), folder / "told-flapper.safetensors")
    save_player(pupil(flaps=False), folder / "glider.safetensors")
    halves = {name: value.half().contiguous() for name, value in network(flaps=True).state_dict().items()}
    save_file(halves, folder / "halves.safetensors")
    return folder


def fate(*, flaps: bool) -> int:
    """Ticks until the crash of who always flaps, or always glides."""
    game = begun(SEED)
    ticks = 0
    while game.alive[0]:
        game.step(np.array([flaps and ticks % SKIP == 0]))
        ticks += 1
    return ticks
