"""The shipped players, what the server does with them, and the score table."""

from __future__ import annotations

import itertools
import json
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from safetensors.torch import load

from dlintro_demos.flappy_bird.ages import AGES, BEST, key_of
from dlintro_demos.flappy_bird.checkpoints import read_checkpoint, read_curve
from dlintro_demos.flappy_bird.drawings import ENLARGED, what_it_expected
from dlintro_demos.flappy_bird.experiment import TRIAL_LEVELS, Look, Trial, look, trial
from dlintro_demos.flappy_bird.game import BIRD_X, FlappyBird, Rules, Shades
from dlintro_demos.flappy_bird.network import play
from dlintro_demos.flappy_bird.scores import KEPT, Score, SessionScores, Verdict, judge
from dlintro_demos.flappy_bird.state_player import (
    UPDATES_A_STEP,
    Course,
    Learned,
    StatePlayer,
    learn,
    observe,
)
from dlintro_demos.gallery.intake.images import decode_image
from dlintro_demos.gallery.runtime.jobs import Progress
from dlintro_demos.gallery.runtime.model_cache import ModelCache
from dlintro_demos.gallery.runtime.model_cards import ModelUnavailable, read_cards
from dlintro_demos.gallery.settings import REPOSITORY
from tests.flappy_bird.fakes import flown


@pytest.fixture(scope="module")
def cache() -> ModelCache:
    return ModelCache(read_cards(REPOSITORY / "models"))


def last(steps):
    *_, result = steps
    return result


@pytest.mark.parametrize("age", AGES)
def test_ten_levels_played_again_give_the_scores_on_the_card(cache, age):
    facts = read_checkpoint(cache.card(key_of(age)))
    cut = min(20, facts.max_pipes)  # pipes, so that the test ends
    again = play(cache.get(key_of(age)).module, range(10), max_pipes=cut)
    known = np.minimum(facts.scores[:10], cut)
    # Rounding differs between processors, and one decision otherwise is another game: most are the same.
    assert (again == known).mean() >= 0.8
    assert abs(again.mean() - known.mean()) <= 0.15 * cut


def test_the_players_are_of_one_run_each_older_than_the_one_before(cache):
    facts = [read_checkpoint(cache.card(key_of(age))) for age in AGES]
    frames = [each.frames for each in facts]
    assert frames == sorted(set(frames))
    assert frames[0] == 0
    assert facts[0].median < facts[2].median <= facts[-1].median
    assert all(len(each.scores) == 100 for each in facts)
    assert max(point.frames for point in read_curve(cache.card(key_of(BEST)))) >= facts[-1].frames


def test_a_missing_score_file_is_said(cache, tmp_path):
    folder = tmp_path / "flappy_bird_best"
    folder.mkdir()
    (folder / "card.toml").write_text((REPOSITORY / "models/flappy_bird_best/card.toml").read_text())
    card = read_cards(tmp_path)["flappy_bird_best"]
    with pytest.raises(ModelUnavailable, match=r"scores\.json"):
        read_checkpoint(card)


def picture(png):
    """Without its enlargement."""
    return decode_image(png).rgb[::ENLARGED, ::ENLARGED].astype(int)


def test_a_look_shows_what_the_last_decision_was_made_of(cache):
    seen = last(look(cache, key_of("2min"), 0))
    assert isinstance(seen, Look)
    assert seen.crashed
    network = cache.get(key_of("2min")).module
    assert seen.pipes == play(network, [0], max_pipes=10)[0]
    strip = picture(seen.saw)[2:-2, :, 0].reshape(84, 4, 88)[:, :, 2:-2]
    frames = torch.from_numpy(strip.transpose(1, 0, 2)[None].astype(np.uint8))
    with torch.inference_mode():
        glide, flap = network(frames)[0].tolist()
    assert (seen.glide, seen.flap) == (pytest.approx(glide, abs=1e-5), pytest.approx(flap, abs=1e-5))
    red, _, blue = np.moveaxis(picture(seen.looked), 2, 0)
    assert (red - blue).max() > 200  # somewhere it is as orange as can be
    assert np.median(red - blue) < 60  # and grey in most places
    assert min(seen.stages.values()) > 0


def test_a_look_at_a_long_game_ends_after_ten_pipes(cache):
    seen = last(look(cache, key_of(BEST), 3))
    assert (seen.pipes, seen.crashed) == (10, False)


def test_what_it_expected_is_a_line_that_ends_at_the_last_decision():
    values = np.array([[0.5, 0.0], [0.0, 1.5], [-1.0, -0.5]])
    drawing = ElementTree.fromstring(what_it_expected(values))
    zero, line, end = drawing
    points = [tuple(map(float, point.split(","))) for point in line.get("points").split()]
    assert points == [(20, 160), (320, 20), (620, 300)]  # 0.5, 1.5 and -0.5
    assert zero.get("d") == "M20 230.0H620"
    assert (float(end.get("cx")), float(end.get("cy"))) == points[-1]
    assert len(ElementTree.fromstring(what_it_expected(np.zeros((999, 2))))[1].get("points").split()) == 150
    assert ElementTree.fromstring(what_it_expected(values[:1]))[2].get("cx") == "320.0"


def test_other_rules_are_tried_on_the_same_levels(cache):
    usual = read_checkpoint(cache.card(key_of(BEST))).scores
    steps = list(trial(cache, key_of(BEST), usual, Rules(gravity=0.3), Shades()))
    tried = steps[-1]
    assert isinstance(tried, Trial)
    assert all(isinstance(step, Progress) for step in steps[:-1])
    assert len(tried.scores) == len(tried.usual) == TRIAL_LEVELS
    assert sum(tried.scores) < sum(tried.usual)
    assert 0 <= tried.passed <= TRIAL_LEVELS


# The easier player


def test_what_the_player_is_told_is_where_things_are():
    game = FlappyBird(2)
    game.reset(np.array([4, 5]))
    for _ in range(90):
        game.step(game.y > 240)
    told = observe(game)
    assert told.shape == (2, 5)
    assert told.dtype == np.float32
    for index in range(2):
        ahead = sorted(
            (x, top)
            for x, top in zip(game.pipe_x[index], game.pipe_top[index], strict=True)
            if x + 52 > BIRD_X
        )
        (x, top), (_, following) = ahead[:2]
        y, velocity = game.y[index], game.velocity[index]
        expected = [(y - top) / 100, velocity / 10, (x - BIRD_X) / 100, (y - following) / 100, y / 200 - 1]
        np.testing.assert_allclose(told[index], expected, rtol=1e-6)


QUICK = Course(updates=1_200, scores=4, scored_pipes=5)


@pytest.fixture(scope="module")
def lesson():
    return list(learn(1, QUICK))


def test_it_learns_to_pass_pipes_and_shows_its_curve_on_the_way(lesson):
    learned = lesson[-1]
    assert isinstance(learned, Learned)
    assert learned.curve[0].mean <= 0.5
    assert learned.best.mean >= 1
    assert learned.best == max(learned.curve, key=lambda point: point.mean)
    curves = [step.so_far.curve for step in lesson[:-1]]
    assert [len(curve) for curve in curves] == sorted(len(curve) for curve in curves)
    assert curves[-1] == learned.curve
    assert learned.curve[-1].decisions == QUICK.decisions
    assert not learned.hurried


def test_the_weights_are_those_of_its_best_point(lesson):
    learned = lesson[-1]
    player = StatePlayer()
    player.load_state_dict(load(learned.weights))
    pipes = play(player, range(2**32 - 16, 2**32), max_pipes=QUICK.scored_pipes, observe=observe)
    assert float(pipes.mean()) == learned.best.mean


def test_on_the_way_it_shows_its_newest_weights_and_after_how_many_decisions(lesson):
    first, later = (step.so_far.weights for step in (lesson[0], lesson[5]))
    assert (decisions_of(first), decisions_of(later)) == (0, 5 * UPDATES_A_STEP * QUICK.games)
    before, after = (load(weights)["values.weight"] for weights in (first, later))
    assert not torch.equal(before, after)


def decisions_of(weights):
    """As the browser reads it."""
    long = int.from_bytes(weights[:8], "little")
    return int(json.loads(weights[8 : 8 + long])["__metadata__"]["decisions"])


def test_on_a_slow_computer_it_ends_in_time_with_what_it_has_learned():
    ticks = itertools.count()  # a second for each update
    *steps, learned = learn(1, QUICK, seconds=120, clock=lambda: next(ticks))
    assert [point.decisions for point in learned.curve] == [0, 120 * QUICK.games]
    assert learned.hurried
    assert [step.fraction for step in steps] == pytest.approx([0, 50 / 120, 100 / 120])


def test_the_same_seed_learns_the_same(lesson):
    few = Course(updates=20, scores=1)
    one, again, another = (last(learn(seed, few)).weights for seed in (3, 3, 4))
    assert one == again
    assert one != another


# The table


def score(game: str, pipes: int) -> Score:
    return Score(flaps=(game,), level=1, pipes=pipes, opponent="The best", theirs=9)


def test_the_best_games_come_first_and_each_counts_once():
    board = SessionScores()
    assert [board.add(score(game, pipes)) for game, pipes in [("a", 3), ("b", 5), ("c", 3)]] == [True] * 3
    assert not board.add(score("a", 99))
    assert [(each.flaps[0], each.pipes) for each in board.best(2)] == [("b", 5), ("c", 3)]


def test_the_table_keeps_so_many_and_no_more():
    board = SessionScores()
    for pipes in range(KEPT + 10):
        board.add(score(str(pipes), pipes))
    kept = board.best(10_000)
    assert len(kept) == KEPT
    assert kept[-1].pipes == 10
    assert not board.add(score("0", 99))  # one that gave way is not let in again


def test_an_honest_game_is_accepted_and_a_forged_one_is_not():
    flaps, ticks, _ = flown(5, 2)
    honest = last(judge(5, 2, flaps, ticks, 100))
    assert honest == Verdict(accepted=True)
    for seed, pipes, given, length in [
        (5, 3, flaps, ticks),
        (6, 2, flaps, ticks),
        (5, 2, flaps[:-4], ticks),
        (5, 2, flaps, ticks + 5),
        (5, 100, [], 200_000),
    ]:
        verdict = last(judge(seed, pipes, given, length, 100))
        assert not verdict.accepted, (seed, pipes, length)
        assert verdict.reason


def test_a_hundred_pipes_fit_into_the_longest_game_that_is_judged():
    game = FlappyBird(1)
    game.reset(np.array([1]))
    ticks = 0
    while game.score[0] < 100:
        game.alive[:], game.y[:] = True, 200.0
        game.step(np.array([True]))
        ticks += 1
    assert "do not take" not in last(judge(1, 100, [], ticks, 100)).reason
