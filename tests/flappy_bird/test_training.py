from __future__ import annotations

import csv
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from dlintro_demos.flappy_bird.checkpoints import read_checkpoint, read_curve
from dlintro_demos.flappy_bird.game import FlappyBird, gap_tops
from dlintro_demos.flappy_bird.network import (
    FRAMES,
    SKIP,
    Player,
    PlayerFormatError,
    load_player,
    play,
    save_player,
)
from dlintro_demos.gallery.runtime.model_cards import check_sha256, read_cards
from training.flappy_bird import __main__ as training
from training.flappy_bird.__main__ import Learner, Replay, TrainingSettings, train

TINY = TrainingSettings(
    updates=6, replay=200, warm_up=20, batch=4, evaluation_games=2, evaluation_pipes=1, explore=10
)


class Careful(torch.nn.Module):
    """Flaps where the bird is below the picture's middle: passes a few pipes, depending on the level."""

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        frame = frames[:, -1].float()
        bird = (frame[:, :, 7:18] >= 100).float().mean(2)
        row = (bird * torch.arange(84)).sum(1) / bird.sum(1).clamp(min=1)
        return torch.stack([torch.full_like(row, 45.0), row], 1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    return folder, list(train(TINY, folder))


def test_training_changes_the_weights_and_reports_what_it_saw(trained):
    folder, reports = trained
    before, after = load_file(folder / "untrained.safetensors"), load_file(folder / "last.safetensors")
    assert all(not torch.equal(before[key], after[key]) for key in before)
    last = reports[-1]
    assert (last.updates, last.frames) == (6, (20 + 5) * TINY.games)
    assert np.isfinite(last.loss)
    assert 0 <= last.least <= last.median <= 1
    assert json.loads((folder / "last.json").read_text())["frames"] == last.frames


def test_the_same_seed_trains_the_same_weights(trained, tmp_path):
    list(train(TINY, tmp_path))
    ours, theirs = load_file(tmp_path / "last.safetensors"), load_file(trained[0] / "last.safetensors")
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


def test_a_stopped_run_resumes_with_its_weights_and_counts(trained, tmp_path, monkeypatch):
    assert list(train(TINY, trained[0])) == []
    stopped = tmp_path / "stopped"
    run = train(replace(TINY, evaluate_minutes=1e-9), stopped)
    first = next(run)
    run.close()
    learner = Learner(TINY)
    state = training._resume(replace(TINY, evaluate_minutes=1e-9), stopped, learner)
    saved = load_file(next(stopped.glob("minute_*.safetensors")))
    assert (state["updates"], state["frames"], learner.updates) == (
        first.updates,
        first.frames,
        first.updates,
    )
    assert all(torch.equal(saved[key], value) for key, value in learner.mean.state_dict().items())
    *_, last = train(replace(TINY, evaluate_minutes=1e-9), stopped)
    assert last.updates == TINY.updates
    assert last.minutes > first.minutes


def test_a_checkpoint_of_other_settings_is_refused(trained):
    with pytest.raises(ValueError, match="other settings"):
        next(train(replace(TINY, discount=0.5), trained[0]))


def test_replayed_stacks_and_returns_are_those_that_were_played():
    settings = replace(TINY, replay=60, batch=64, games=2, n_step=3, discount=0.5)
    replay, age = Replay(settings), np.zeros(2, np.int64)
    for t in range(150):  # game 0 crashes after every 10th decision, game 1 is cut short after every 14th
        pictures = np.full((2, 84, 84), t, np.uint8)
        pictures[:, 0, 1] = [0, 1]
        crashed, cut = np.array([t % 10 == 9, False]), np.array([False, t % 14 == 13])
        replay.add(pictures, age, np.array([t, t]), np.full(2, t, np.float32), crashed)
        replay.cut(cut)
        age = np.where(crashed | cut, 0, age + 1)
    stacks, actions, returns, later, discounts, weights = replay.sample(np.random.default_rng(0))
    for k, t in enumerate(actions.tolist()):
        game = int(stacks[k, 0, 0, 1])
        length = (10, 14)[game]
        first = t // length * length
        ends = t + 3 > first + length - 1
        assert 150 - 60 <= t < 150 - 3
        assert stacks[k, :, 0, 0].tolist() == [max(t - back, first) for back in (3, 2, 1, 0)]
        assert weights[k] == (0 if ends and game == 1 else 1)
        if weights[k]:
            assert returns[k] == sum(0.5**step * (t + step) for step in range(min(3, first + length - t)))
            assert discounts[k] == (0 if ends else 0.125)
            assert ends or later[k, -1, 0, 0] == t + 3
    assert set(discounts.tolist()) == {0, 0.125}
    assert 0 in weights


def test_random_decisions_fade_and_differ_between_games():
    settings = TrainingSettings()
    assert (training.epsilons(settings, 0) == 1).all()
    late = training.epsilons(settings, settings.explore)
    assert late[0] == 0
    assert late[-1] == settings.last_epsilon
    assert (np.diff(late) > 0).all()


def test_a_player_is_the_same_after_saving_and_loading(tmp_path):
    torch.manual_seed(0)
    network = Player()
    save_player(network, tmp_path / "weights.safetensors")
    loaded = load_player([tmp_path / "weights.safetensors"])
    frames = torch.randint(0, 256, (2, FRAMES, 84, 84), dtype=torch.uint8)
    with torch.no_grad():
        assert torch.equal(network(frames), loaded(frames))
    assert network(frames).shape == (2, 2)


def test_a_file_that_holds_no_player_is_refused(tmp_path):
    save_file({"conv1.weight": torch.zeros(1)}, tmp_path / "wrong.safetensors")
    (tmp_path / "noise.safetensors").write_bytes(b"noise")
    for name in ("wrong", "noise", "missing"):
        with pytest.raises(PlayerFormatError, match=name):
            load_player([tmp_path / f"{name}.safetensors"])


def test_many_games_score_as_each_does_alone_and_end_at_the_limit():
    seeds = list(range(8))
    together = play(Careful(), seeds, max_pipes=3)
    assert together.tolist() == [int(play(Careful(), [seed], max_pipes=3)[0]) for seed in seeds]
    assert len(set(together.tolist())) > 1
    assert together.max() <= 3


def test_a_score_is_that_of_the_game_played_tick_by_tick():
    scores = play(Careful(), range(5), max_pipes=50)
    for seed, score in enumerate(scores):
        game = FlappyBird(1)
        game.reset(np.array([seed]))
        while game.alive[0]:
            values = Careful()(torch.from_numpy(np.repeat(game.frames()[:, None], FRAMES, 1)))
            game.step(np.array([bool(values.argmax(1)[0])]))
            for _ in range(SKIP - 1):
                game.step(np.array([False]))
        assert score == game.score[0]


def test_fresh_and_evaluation_levels_are_not_trained_on():
    first, end = training.TRAINING_LEVELS
    assert first > max(training.FRESH_LEVELS)
    assert end <= training.EVALUATION_LEVELS
    levels = [gap_tops(np.array([level]), np.arange(12)).tolist() for level in training.FRESH_LEVELS]
    assert len(set(map(tuple, levels))) == len(levels)


@pytest.mark.parametrize("better", [True, False])
def test_the_mean_of_checkpoints_becomes_the_best_where_it_plays_better(tmp_path, monkeypatch, better):
    states = {}
    for seed, name in enumerate(["minute_5", "minute_10", "minute_15", "best"]):
        torch.manual_seed(seed)
        player = Player()
        states[name] = player.state_dict()
        save_player(player, tmp_path / f"{name}.safetensors")
        facts = {"updates": 100 * seed, "frames": 800 * seed, "minutes": 5.0 * (seed + 1)}
        (tmp_path / f"{name}.json").write_text(json.dumps(facts))
    scores = iter([np.array([5, 5]), np.array([5, 7 if better else 4])])
    monkeypatch.setattr(training, "play", lambda *_, **__: next(scores))
    training.average(TINY, tmp_path, 10.0, 2)
    best, facts = load_file(tmp_path / "best.safetensors"), json.loads((tmp_path / "best.json").read_text())
    mean = (states["minute_10"]["values.bias"] + states["minute_15"]["values.bias"]) / 2
    expected = mean if better else states["best"]["values.bias"]
    assert torch.allclose(best["values.bias"], expected, atol=1e-4)  # rounded to float16 on the way
    assert facts.get("averaged") == (2 if better else None)
    assert facts["updates"] == (200 if better else 300)


def test_saved_checkpoints_have_cards_with_the_measured_figures(trained, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(training, "FRESH_LEVELS", range(10))
    folder, _ = trained
    reports = [asdict(report) for report in trained[1]]
    with (folder / "log.csv").open("w", newline="") as stream:
        log = csv.DictWriter(stream, list(reports[0]))
        log.writeheader()
        log.writerows([*reports, *reports])  # as where a run went back to its checkpoint
    training.evaluate(TINY, folder, max_pipes=2)
    training.save(folder, tmp_path)
    cards = read_cards(tmp_path)
    assert list(cards) == ["flappy_bird_best", "flappy_bird_untrained"]
    best = cards["flappy_bird_best"]
    check_sha256(best, best.locate())
    scores = json.loads((folder / "evaluation.json").read_text())["best"]["scores"]
    assert len(scores) == 10
    assert best.public  # browsers play it
    facts = read_checkpoint(best)
    assert (facts.scores, facts.max_pipes) == (tuple(scores), 2)
    (point,) = read_curve(best)
    assert (point.frames, point.mean) == (trained[1][-1].frames, trained[1][-1].mean)
    assert "resumed 1 times" in best.figures[1].value
    assert best.bytes < 1_400_000
    assert (
        f"mean {np.mean(scores):.1f}, median {np.median(scores):g}, min {min(scores)}"
        in best.figures[0].value
    )
    assert "best" in capsys.readouterr().out


def test_saving_without_having_measured_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="--evaluate"):
        training.save(tmp_path, tmp_path)
