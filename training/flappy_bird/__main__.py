"""Train the Flappy Bird player from pixels: double DQN on one thread; resumable and seeded.

    python -m training.flappy_bird                             # train, or go on where it stopped
    python -m training.flappy_bird --average 30                # is the mean from minute 30 on the best?
    python -m training.flappy_bird --evaluate --max-pipes 2000 # 100 fresh levels for each checkpoint: a table
    python -m training.flappy_bird --save                      # models/flappy_bird_<name>, from that table

The player is told four pictures and its reward: +1 for a pipe, -1 for a crash, nothing else. Checkpoints and
the log (CSV) lie in `~/.cache/dlintro/checkpoints/flappy_bird` (`DLINTRO_CHECKPOINTS`). Training, the
choice of the best checkpoint and the final table use levels of their own each. Minutes are the process's
own time on its one core, without evaluations. The replay buffer is not kept: after a stop it is filled anew
by the player as it then is, so a resumed run goes another way than one that was never stopped.

What it learns last can spoil what it knew: single checkpoints swing between 200 and 800 pipes. The mean of
the weights of many of them (Izmailov et al., "Averaging weights leads to wider optima", 2018) does not.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from dlintro_demos.flappy_bird.ages import BEST, key_of
from dlintro_demos.flappy_bird.game import SIDE, FlappyBird, Snapshot
from dlintro_demos.flappy_bird.network import FRAMES, SKIP, Player, load_player, play, save_player

CHECKPOINTS = Path(os.environ.get("DLINTRO_CHECKPOINTS", Path.home() / ".cache/dlintro/checkpoints"))
FOLDER = CHECKPOINTS / "flappy_bird"
MODELS = Path(__file__).parents[2] / "models"
FRESH_LEVELS = range(100)  # the final table's; never trained on, never chosen on
TRAINING_LEVELS = (10**6, 2**31)
EVALUATION_LEVELS = 2**31  # the first of those that the best checkpoint is chosen on


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """Everything that a training run depends on."""

    games: int = 8
    """Played side by side; each takes one decision an update."""
    updates: int = 120_000
    """Gradient steps; the learning rate falls to its last value at the last one. A run may go on to more."""
    batch: int = 32
    """Decisions an update."""
    replay: int = 12_000
    """Decisions of each game that are remembered (7 kB each)."""
    warm_up: int = 500
    """Decisions of each game before the first update."""
    discount: float = 0.98
    """Worth of a reward one decision later."""
    n_step: int = 3
    """Decisions whose rewards are summed before the target network is asked."""
    learning_rate: float = 3e-4
    """Adam's step size at first."""
    last_learning_rate: float = 1e-5
    """And at last."""
    clip: float = 10.0
    """Largest norm of the gradient."""
    target_rate: float = 0.005
    """Share of the network that moves into the target network at each update."""
    ema_decay: float = 0.999
    """Weight of the past in the running mean of the weights, which is what is saved."""
    explore: int = 2_000
    """Updates in which the share of random decisions falls from one."""
    last_epsilon: float = 0.02
    """Of the boldest game; the first game takes no random decision any more, the others lie between."""
    flap_share: float = 0.25
    """Of random decisions."""
    hard_starts: float = 0.5
    """Share of games that begin three pipes before an earlier crash, where there was one."""
    training_pipes: int = 60
    """A training game ends here at the latest, so that new beginnings do not die out."""
    evaluate_minutes: float = 5.0
    """Between evaluations."""
    named_minutes: tuple[float, ...] = (2.0, 5.0, 10.0, 25.0)
    """Of the checkpoints that are shown; they are evaluated as well."""
    evaluation_games: int = 32
    """Levels that the best checkpoint is chosen on."""
    evaluation_pipes: int = 1_000
    """An evaluation game ends here at the latest."""
    seed: int = 7
    """Of the weights, the levels and the random decisions."""
    report_every: int = 1_000
    """Updates between lines of the log."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A line of the log. `frames` are pictures seen, one a decision; scores are pipes; None: not measured."""

    updates: int
    frames: int
    minutes: float
    loss: float
    learning_rate: float
    recent_mean: float | None = None
    """Of the last 50 training games from a level's beginning, with their random decisions and cut short."""
    mean: float | None = None
    median: float | None = None
    least: int | None = None


class Replay:
    """The last decisions of every game in a ring: pictures once each, stacks and returns made when asked."""

    def __init__(self, settings: TrainingSettings) -> None:
        self._settings = settings
        length, games = settings.replay, settings.games
        self._frames = np.zeros((length, games, SIDE, SIDE), np.uint8)
        self._actions = np.zeros((length, games), np.int64)
        self._rewards = np.zeros((length, games), np.float32)
        self._crashed = np.zeros((length, games), bool)
        self._cut = np.zeros((length, games), bool)
        self._age = np.zeros((length, games), np.int64)
        self.size = 0

    def add(
        self,
        frames: np.ndarray,
        age: np.ndarray,
        actions: np.ndarray,
        rewards: np.ndarray,
        crashed: np.ndarray,
    ) -> None:
        """One decision of each game, (N, ...): the last picture, how many came before it, and so on."""
        at = self.size % len(self._frames)
        self._frames[at], self._age[at], self._actions[at] = frames, age.clip(max=FRAMES - 1), actions
        self._rewards[at], self._crashed[at], self._cut[at] = rewards, crashed, False
        self.size += 1

    def cut(self, which: np.ndarray) -> None:
        """The last decision of these games is followed by another game, though they did not crash."""
        self._cut[(self.size - 1) % len(self._frames)] |= which

    def sample(self, rng: np.random.Generator) -> tuple[torch.Tensor, ...]:
        """Stacks, actions, n-step returns, stacks n decisions later, their discounts, weights."""
        settings, length = self._settings, len(self._frames)
        oldest = max(0, self.size - length) + FRAMES - 1
        at = rng.integers(oldest, self.size - settings.n_step, settings.batch)
        game = rng.integers(0, settings.games, settings.batch)
        returns = np.zeros(settings.batch, np.float32)
        going, weight = np.ones(settings.batch, np.float32), np.ones(settings.batch, np.float32)
        for step in range(settings.n_step):
            now = (at + step) % length
            returns += settings.discount**step * going * self._rewards[now, game]
            weight[(going > 0) & self._cut[now, game]] = 0
            going *= ~self._crashed[now, game]
        later = at + settings.n_step
        return (
            self._stacks(at, game),
            torch.from_numpy(self._actions[at % length, game]),
            torch.from_numpy(returns),
            self._stacks(later, game),
            torch.from_numpy(going * np.float32(settings.discount**settings.n_step)),
            torch.from_numpy(weight),
        )

    def _stacks(self, at: np.ndarray, game: np.ndarray) -> torch.Tensor:
        length = len(self._frames)
        back = np.minimum(self._age[at % length, game][:, None], np.arange(FRAMES - 1, -1, -1))
        stacks = self._frames[(at[:, None] - back) % length, game[:, None]]
        return torch.from_numpy(stacks).contiguous(memory_format=torch.channels_last)


class Games:
    """The games that the player learns from, begun again whenever one ends."""

    def __init__(self, settings: TrainingSettings, rng: np.random.Generator) -> None:
        self._settings, self._rng = settings, rng
        self._game = FlappyBird(settings.games)
        self._past: list[deque[Snapshot]] = [deque(maxlen=3) for _ in range(settings.games)]
        self._hard: deque[Snapshot] = deque(maxlen=200)
        self._first_score = np.zeros(settings.games, np.int64)
        self._from_start = np.zeros(settings.games, bool)
        self.recent: deque[int] = deque(maxlen=50)
        self.age = np.zeros(settings.games, np.int64)
        for game in range(settings.games):
            self._begin(game)
        self.stacks = np.repeat(self._game.frames()[:, None], FRAMES, 1)

    def step(self, flaps: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One decision of each game; gives rewards, who crashed and who was cut short, each (N,)."""
        passed, crashed = self._game.step(flaps)
        for _ in range(SKIP - 1):
            more, later = self._game.step(np.zeros_like(flaps))
            passed, crashed = passed + more, crashed | later
        cut = ~crashed & (self._game.score - self._first_score >= self._settings.training_pipes)
        for game in np.nonzero(passed)[0]:
            self._past[game].append(self._game.snapshot(int(game)))
        for game in np.nonzero(crashed | cut)[0]:
            self._end(int(game), crashed=bool(crashed[game]))
        frames = self._game.frames()
        self.stacks = np.concatenate([self.stacks[:, 1:], frames[:, None]], 1)
        self.age += 1
        for game in np.nonzero(crashed | cut)[0]:
            self.stacks[game], self.age[game] = frames[game], 0
        return passed.astype(np.float32) - crashed, crashed, cut

    def _end(self, game: int, *, crashed: bool) -> None:
        if self._from_start[game]:
            self.recent.append(int(self._game.score[game]))
        if crashed and self._past[game]:
            self._hard.append(self._past[game][0])
        self._begin(game)

    def _begin(self, game: int) -> None:
        hard = bool(self._hard) and self._rng.random() < self._settings.hard_starts
        if hard:
            self._game.restore(game, self._hard[int(self._rng.integers(len(self._hard)))])
        else:
            self._game.reset(self._rng.integers(*TRAINING_LEVELS, 1), np.array([game]))
        self._past[game].clear()
        self._from_start[game], self._first_score[game] = not hard, self._game.score[game]


class Learner:
    """The network, its slowly following target, the running mean that is saved, and the optimizer."""

    def __init__(self, settings: TrainingSettings) -> None:
        torch.manual_seed(settings.seed)
        self._settings = settings
        self.network, self.target, self.mean = Player(), Player(), Player()
        for other in (self.target, self.mean):
            other.load_state_dict(self.network.state_dict())
            other.requires_grad_(requires_grad=False)
        for each in (self.network, self.target, self.mean):
            each.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), lr=settings.learning_rate, eps=1e-5, fused=True
        )
        self.updates = 0

    def learning_rate(self) -> float:
        """Falls in a straight line."""
        settings = self._settings
        share = min(1.0, self.updates / settings.updates)
        return settings.learning_rate + share * (settings.last_learning_rate - settings.learning_rate)

    def update(self, batch: tuple[torch.Tensor, ...]) -> float:
        """One gradient step on what `Replay.sample` gave; the loss (Huber's)."""
        stacks, actions, returns, later, discounts, weights = batch
        with torch.no_grad():
            chosen = self.network(later).argmax(1, keepdim=True)
            goal = returns + discounts * self.target(later).gather(1, chosen)[:, 0]
        values = self.network(stacks).gather(1, actions[:, None])[:, 0]
        loss = (F.smooth_l1_loss(values, goal, reduction="none") * weights).mean()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate()
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self._settings.clip)
        self.optimizer.step()
        self.updates += 1
        # The mean forgets its untrained beginnings sooner than `ema_decay` alone would let it.
        decay = min(self._settings.ema_decay, (1 + self.updates) / (10 + self.updates))
        _follow(self.target, self.network, self._settings.target_rate)
        _follow(self.mean, self.network, 1 - decay)
        return loss.item()

    @torch.inference_mode()
    def decide(self, stacks: np.ndarray, epsilon: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Who flaps, (N,) bool: the better action, or with chance `epsilon` (N,) a random one."""
        pictures = torch.from_numpy(stacks).contiguous(memory_format=torch.channels_last)
        greedy = self.network(pictures).argmax(1).numpy().astype(bool)
        chance, flap = rng.random((2, len(stacks)))
        return np.where(chance < epsilon, flap < self._settings.flap_share, greedy)


def _follow(follower: Player, leader: Player, rate: float) -> None:
    with torch.no_grad():
        torch._foreach_lerp_(list(follower.parameters()), list(leader.parameters()), rate)


def epsilons(settings: TrainingSettings, updates: int) -> np.ndarray:
    """Share of random decisions of each game, (N,)."""
    last = settings.last_epsilon * np.linspace(0, 1, settings.games) ** 2
    return np.maximum(last, 1 - updates / settings.explore)


class Clock:
    """Minutes of this process on its core; `rewind` takes evaluations out."""

    def __init__(self, minutes: float = 0.0) -> None:
        self._before, self._started = minutes, time.process_time()

    def minutes(self) -> float:
        """So far."""
        return self._before + (time.process_time() - self._started) / 60

    def rewind(self, minutes: float) -> None:
        """Take back what has passed since the clock stood there."""
        self._before, self._started = minutes, time.process_time()


def train(settings: TrainingSettings, folder: Path) -> Iterator[Report]:
    """Train until the last update, yielding a `Report` now and then; checkpoints go to `folder`.

    Goes on from the checkpoint that lies there. Raises `ValueError` where that has other settings.
    """
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    learner = Learner(settings)
    state = _resume(settings, folder, learner)
    frames, best = state["frames"], state["best"]
    rng = np.random.default_rng([settings.seed, learner.updates])
    games, replay, losses = Games(settings, rng), Replay(settings), deque[float](maxlen=settings.report_every)
    clock = Clock(state["minutes"])
    if not learner.updates:
        _save_named(folder, "untrained", learner, frames=0, minutes=0.0)
    due = _next_evaluation(settings, clock.minutes())

    while learner.updates < settings.updates:
        epsilon = epsilons(settings, learner.updates)
        pictures, age = games.stacks[:, -1], games.age.copy()
        flaps = learner.decide(games.stacks, epsilon, rng)
        rewards, crashed, cut = games.step(flaps)
        replay.add(pictures, age, flaps.astype(np.int64), rewards, crashed)
        replay.cut(cut)
        frames += settings.games
        if replay.size < settings.warm_up:
            continue
        losses.append(learner.update(replay.sample(rng)))

        minutes, done = clock.minutes(), learner.updates == settings.updates
        report = Report(
            updates=learner.updates,
            frames=frames,
            minutes=minutes,
            loss=float(np.mean(losses)) if losses else 0.0,
            learning_rate=learner.learning_rate(),
            recent_mean=float(np.mean(games.recent)) if games.recent else None,
        )
        if minutes >= due or done:
            report = _evaluate(settings, learner.mean, report)
            name = f"minute_{due:g}" if not done else "last"
            _save_named(folder, name, learner, frames=frames, minutes=minutes)
            assert report.mean is not None
            if report.mean > best:
                best = report.mean
                _save_named(folder, "best", learner, frames=frames, minutes=minutes)
            _save_checkpoint(settings, folder, learner, frames=frames, minutes=minutes, best=best)
            clock.rewind(minutes)
            due = _next_evaluation(settings, minutes)
            yield report
        elif learner.updates % settings.report_every == 0:
            yield report


def _evaluate(settings: TrainingSettings, network: torch.nn.Module, report: Report) -> Report:
    scores = play(network, _choice_levels(settings.evaluation_games), max_pipes=settings.evaluation_pipes)
    return replace(
        report, mean=float(scores.mean()), median=float(np.median(scores)), least=int(scores.min())
    )


def _next_evaluation(settings: TrainingSettings, minutes: float) -> float:
    """The next of the named minutes and of the multiples of `evaluate_minutes`."""
    regular = (int(minutes / settings.evaluate_minutes) + 1) * settings.evaluate_minutes
    return min([regular, *(named for named in settings.named_minutes if named > minutes)])


def _resume(settings: TrainingSettings, folder: Path, learner: Learner) -> dict[str, Any]:
    """Fill the learner from the checkpoint, if there is one; gives frames, minutes and the best mean."""
    path = folder / "checkpoint.pt"
    if not path.is_file():
        return {"frames": 0, "minutes": 0.0, "best": -1.0}
    state: dict[str, Any] = torch.load(path, weights_only=True)
    if state["settings"] != _known(settings):
        raise ValueError(f"{path} was made with other settings; remove it to begin anew.")
    for part in ("network", "target", "mean", "optimizer"):
        getattr(learner, part).load_state_dict(state[part])
    learner.updates = state["updates"]
    return state


def average(settings: TrainingSettings, folder: Path, first_minute: float, levels: int) -> None:
    """Make the mean of the checkpoints from a minute on the best one, if it is, on the choice's levels."""
    torch.set_num_threads(1)
    ages = {path: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("minute_*.json")}
    chosen = [path for path in ages if ages[path]["minutes"] >= first_minute]
    states = [load_player([path.with_suffix(".safetensors")]).state_dict() for path in chosen]
    mean = Player().eval()
    mean.load_state_dict({key: torch.stack([state[key] for state in states]).mean(0) for key in states[0]})
    best = load_player([folder / "best.safetensors"])
    scores = {}
    for name, network in (("best so far", best), (f"mean of {len(states)}", mean)):
        scores[name] = play(rounded(network), _choice_levels(levels), max_pipes=settings.evaluation_pipes)
        print(f"{name:12} {_described(scores[name])}", flush=True)
    before, after = (each.mean() for each in scores.values())
    if after > before:
        facts = max((ages[path] for path in chosen), key=lambda age: age["updates"])
        save_player(mean, folder / "best.safetensors")
        facts |= {"averaged": len(states), "from_minute": first_minute}
        (folder / "best.json").write_text(json.dumps(facts), encoding="utf-8")


def rounded(network: torch.nn.Module) -> torch.nn.Module:
    """The same network, its weights rounded to float16 as they will be shipped."""
    return network.half().float()


def _choice_levels(count: int) -> range:
    return range(EVALUATION_LEVELS, EVALUATION_LEVELS + count)


def _described(scores: np.ndarray) -> str:
    return (
        f"mean {scores.mean():.1f}, median {np.median(scores):g}, min {scores.min()}; "
        f"{(scores > 100).sum()} of {len(scores)} past 100 pipes"
    )


def _known(settings: TrainingSettings) -> dict[str, Any]:
    return asdict(replace(settings, updates=0, report_every=0))


def _save_checkpoint(
    settings: TrainingSettings, folder: Path, learner: Learner, *, frames: int, minutes: float, best: float
) -> None:
    """All that is needed to go on, as a whole file or none."""
    state = {part: getattr(learner, part).state_dict() for part in ("network", "target", "mean", "optimizer")}
    state |= {"settings": _known(settings), "updates": learner.updates}
    torch.save(state | {"frames": frames, "minutes": minutes, "best": best}, folder / "checkpoint.part")
    (folder / "checkpoint.part").replace(folder / "checkpoint.pt")


def _save_named(folder: Path, name: str, learner: Learner, *, frames: int, minutes: float) -> None:
    """The running mean of the weights, and beside it what went into them."""
    save_player(learner.mean, folder / f"{name}.part")
    (folder / f"{name}.part").replace(folder / f"{name}.safetensors")
    facts = {"updates": learner.updates, "frames": frames, "minutes": minutes}
    (folder / f"{name}.json").write_text(json.dumps(facts), encoding="utf-8")


def shown(settings: TrainingSettings) -> dict[str, str]:
    """The checkpoints that are shown: name of the folder after `flappy_bird_`, and of the file here."""
    named = {f"{minutes:g}min": f"minute_{minutes:g}" for minutes in settings.named_minutes}
    return {"untrained": "untrained", **named, "best": "best"}


def evaluate(settings: TrainingSettings, folder: Path, max_pipes: int) -> None:
    """Play the fresh levels with every checkpoint shown, print the table and keep it beside them."""
    torch.set_num_threads(1)
    table: dict[str, Any] = {}
    print(f"{len(FRESH_LEVELS)} fresh levels, a game ends at {max_pipes} pipes at the latest")
    print(f"{'checkpoint':12} {'frames':>10} {'minutes':>8} {'mean':>7} {'median':>7} {'min':>5} {'>100':>5}")
    for name, file in shown(settings).items():
        if not (folder / f"{file}.safetensors").is_file():
            continue
        facts = json.loads((folder / f"{file}.json").read_text(encoding="utf-8"))
        network = rounded(load_player([folder / f"{file}.safetensors"]))
        scores = play(network, FRESH_LEVELS, max_pipes=max_pipes)
        mean, median = float(scores.mean()), float(np.median(scores))
        above = int((scores > 100).sum())
        table[name] = facts | {"file": file, "max_pipes": max_pipes, "scores": scores.tolist()}
        print(
            f"{name:12} {facts['frames']:10,} {facts['minutes']:8.1f} {mean:7.1f} {median:7.1f} "
            f"{scores.min():5} {above:5}",
            flush=True,
        )
    (folder / "evaluation.json").write_text(json.dumps(table), encoding="utf-8")


def save(folder: Path, models: Path) -> None:
    """Write weights, card and scores under `models` for each checkpoint that `evaluate` measured.

    The best one gets the learning curve too. Raises `FileNotFoundError` where nothing was measured.
    """
    path = folder / "evaluation.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; run --evaluate first")
    with (folder / "log.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    counts = [int(row["updates"]) for row in rows]
    resumed = sum(later <= earlier for earlier, later in pairwise(counts))
    for name, facts in json.loads(path.read_text(encoding="utf-8")).items():
        target = models / key_of(name)
        target.mkdir(parents=True, exist_ok=True)
        weights = target / "weights.safetensors"
        save_player(load_player([folder / f"{facts['file']}.safetensors"]).half(), weights)
        data = weights.read_bytes()
        (target / "card.toml").write_text(_card(name, facts, data, resumed), encoding="utf-8")
        measured = {key: facts[key] for key in ("frames", "minutes", "updates", "max_pipes", "scores")}
        (target / "scores.json").write_text(json.dumps(measured) + "\n", encoding="utf-8")
        print(target)
    _write_curve(rows, models / key_of(BEST) / "curve.csv")


def _write_curve(rows: list[dict[str, str]], path: Path) -> None:
    """The evaluations of the log, each once."""
    evaluated = {int(row["frames"]): row for row in rows if row["mean"]}
    with path.open("w", newline="", encoding="utf-8") as stream:
        fields = ["frames", "minutes", "mean", "median", "least"]
        curve = csv.DictWriter(stream, fields, extrasaction="ignore", lineterminator="\n")
        curve.writeheader()
        curve.writerows(evaluated[frames] for frames in sorted(evaluated))


def _card(name: str, facts: dict[str, Any], weights: bytes, resumed: int) -> str:
    scores, cut = np.array(facts["scores"]), facts["max_pipes"]
    value = _described(scores)
    mean = ""
    if "averaged" in facts:
        since = f"minute {facts['from_minute']:g} on"
        mean = f"; the mean of the weights of {facts['averaged']} checkpoints from {since}"
    title = {"untrained": "Flappy Bird player, untrained", "best": "Flappy Bird player, the best"}
    effort = (
        f"{facts['frames']:,} pictures seen, {facts['updates']:,} updates, {facts['minutes']:.1f} minutes"
    )
    return f'''title = "{title.get(name, f"Flappy Bird player after {name.removesuffix('min')} minutes")}"
task = "reinforcement learning"
loader = "dlintro_demos.flappy_bird.network:load_player"
licence = "MIT"
source = "Trained for this gallery by training/flappy_bird: a deep Q-network on four 84 x 84 pictures"
trained_on = "{facts["frames"]:,} pictures of games that it played itself"
good_for = "Flappy Bird by the usual rules, at a decision every second tick"
limits = [
    "Trained at one gravity, gap, speed and colour; it may fail at any other.",
    "Its score varies from level to level; the figures are of 100 levels that it was not trained on.",
]
parameters = {sum(value.numel() for value in Player().parameters())}
public = true

[[files]]
path = "weights.safetensors"
sha256 = "{hashlib.sha256(weights).hexdigest()}"
bytes = {len(weights)}

[[figures]]
name = "Pipes on {len(scores)} fresh levels (seeds 0 to {len(scores) - 1}), games cut at {cut}"
value = "{value}"
source = "python -m training.flappy_bird --evaluate --max-pipes {cut}"

[[figures]]
name = "Training"
value = "{effort} on one core, in one run that was stopped and resumed {resumed} times{mean}"
source = "training/flappy_bird (log.csv beside the checkpoint)"
'''


def main() -> None:
    """Train, and write every report to the log and the terminal; or evaluate; or save."""
    defaults = TrainingSettings()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for key, value in asdict(defaults).items():
        if isinstance(value, int | float):
            parser.add_argument(f"--{key.replace('_', '-')}", type=type(value), default=value)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the checkpoints lie")
    parser.add_argument("--evaluate", action="store_true", help="measure the checkpoints on fresh levels")
    parser.add_argument("--average", type=float, metavar="MINUTE", help="try the mean of those from then on")
    parser.add_argument("--levels", type=int, default=64, help="that --average chooses on")
    parser.add_argument("--save", action="store_true", help="write the measured checkpoints to models/")
    parser.add_argument("--max-pipes", type=int, default=2000, help="a measured game ends here at the latest")
    arguments = vars(parser.parse_args())
    folder, measure, keep, cut = (arguments.pop(key) for key in ("folder", "evaluate", "save", "max_pipes"))
    first_minute, levels = arguments.pop("average"), arguments.pop("levels")
    settings = TrainingSettings(**arguments)
    if first_minute is not None:
        average(settings, folder, first_minute, levels)
    elif measure:
        evaluate(settings, folder, cut)
    elif keep:
        save(folder, MODELS)
    else:
        _train_and_log(settings, folder)


def _train_and_log(settings: TrainingSettings, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.csv").open("a", newline="") as stream:
        log = csv.DictWriter(stream, list(Report.__dataclass_fields__))
        if not stream.tell():
            log.writeheader()
        for report in train(settings, folder):
            log.writerow(asdict(report))
            stream.flush()
            print(report, flush=True)


if __name__ == "__main__":
    main()
