from __future__ import annotations

import warnings
from types import SimpleNamespace

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from dlintro_demos.flappy_bird.environment import FlappyBirdEnv
from dlintro_demos.flappy_bird.game import (
    BIRD_HEIGHT,
    BIRD_WIDTH,
    BIRD_X,
    CELL_HEIGHT,
    CELL_WIDTH,
    GROUND_ROW,
    LEFT,
    PIPE_WIDTH,
    SIDE,
    TOP,
    FlappyBird,
    Rules,
    Shades,
    gap_tops,
)


def sensible_flap(game: FlappyBird) -> np.ndarray:
    """Flaps below the next gap's lower part: enough to get through many pipes, not through all."""
    ahead = np.where(game.pipe_x + PIPE_WIDTH > BIRD_X, game.pipe_x, np.inf).argmin(1)
    top = game.pipe_top[np.arange(game.games), ahead]
    return game.y + BIRD_HEIGHT > top + game.rules.gap - 8


def theirs_on_our_level(monkeypatch: pytest.MonkeyPatch, seed: int) -> gymnasium.Env:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import flappy_bird_gymnasium  # noqa: F401 - it registers itself

        made = gymnasium.make("FlappyBird-v0", use_lidar=False, normalize_obs=False).unwrapped
    places = iter(((gap_tops(np.array([seed]), np.arange(2000)) - 100) // 10).astype(int).tolist())
    made._np_random = SimpleNamespace(integers=lambda *_: next(places))
    made.reset()
    return made


def test_every_step_is_flappy_bird_gymnasiums(monkeypatch):
    rng = np.random.default_rng(3)
    crashes = passed = 0
    for seed in range(25):
        theirs, ours = theirs_on_our_level(monkeypatch, seed), FlappyBird(1)
        ours.reset(np.array([seed]))
        for _ in range(400):
            careless = rng.random() < 0.02
            flap = bool(rng.random() < 0.5) if careless else bool(sensible_flap(ours)[0])
            _, reward, crashed, _, info = theirs.step(int(flap))
            more, over = ours.step(np.array([flap]))
            assert (theirs._player_y, theirs._player_vel_y) == (ours.y[0], ours.velocity[0])
            assert [pipe["x"] for pipe in theirs._upper_pipes] == ours.pipe_x[0].tolist()
            assert [pipe["y"] + 320 for pipe in theirs._upper_pipes] == ours.pipe_top[0].tolist()
            assert (info["score"], crashed) == (ours.score[0], over[0])
            assert not more[0] or reward == 1 or crashed
            passed += int(more[0])
            if crashed:
                crashes += 1
                break
    assert crashes > 12
    assert passed > 20


def test_gaps_come_from_mulberry32():
    def mulberry32(state: int, k: int) -> int:
        t = (state + (k + 1) * 0x6D2B79F5) % 2**32
        t = (t ^ t >> 15) * (t | 1) % 2**32
        t ^= (t + (t ^ t >> 7) * (t | 61)) % 2**32
        return t ^ t >> 14

    seeds = np.array([0, 1, 2**31, 2**32 - 1])
    tops = gap_tops(seeds[:, None], np.arange(50))
    assert tops.tolist() == [[100 + 10 * (mulberry32(int(s), k) >> 29) for k in range(50)] for s in seeds]
    assert mulberry32(0, 0) == 1144304738  # the generator's well-known first output for seed 0
    assert set(tops.ravel()) == set(range(100, 180, 10))


def test_a_level_depends_on_its_seed_and_not_on_what_the_bird_does():
    rng = np.random.default_rng(0)
    game = FlappyBird(64)
    game.reset(np.full(64, 11))
    for _ in range(1500):
        game.step(sensible_flap(game) ^ (rng.random(64) < 0.005))
    assert len(set(game.score.tolist())) > 5
    known = gap_tops(np.array([11]), np.arange(100))
    for made, tops in zip(game.made, game.pipe_top, strict=True):
        assert sorted(tops) == sorted(known[made - 3 : made])


def test_a_crashed_game_stands_still_until_it_is_reset():
    game = FlappyBird(2)
    while game.alive[0]:
        game.step(np.array([False, bool(sensible_flap(game)[1])]))
    before = game.snapshot(0)
    passed, crashed = game.step(np.array([True, False]))
    assert game.snapshot(0) == before
    assert (passed[0], crashed[0]) == (0, False)
    game.reset(np.array([5]), np.array([0]))
    fresh = FlappyBird(1)
    fresh.reset(np.array([5]))
    assert game.alive[0]
    assert game.snapshot(0) == fresh.snapshot(0)


def test_a_restored_game_goes_on_as_it_went_on_before():
    game, other = FlappyBird(1), FlappyBird(3)
    for _ in range(300):
        game.step(sensible_flap(game))
    other.restore(1, game.snapshot(0))
    for _ in range(300):
        game.step(sensible_flap(game))
        other.step(sensible_flap(other))
    assert game.snapshot(0) == other.snapshot(1)


def fall(rules: Rules) -> FlappyBird:
    game = FlappyBird(1, rules)
    for _ in range(5):
        game.step(np.array([False]))
    return game


def test_gravity_gap_and_speed_change_the_game():
    usual = fall(Rules())
    assert fall(Rules(gravity=0.5)).y[0] < usual.y[0] < fall(Rules(gravity=2)).y[0]
    assert usual.pipe_x[0, 0] - fall(Rules(speed=6)).pipe_x[0, 0] == 10
    scores = []
    for gap in (60, 100, 200):
        game = FlappyBird(50, Rules(gap=gap))
        game.reset(np.arange(50))
        for _ in range(500):
            game.step(sensible_flap(game))
        scores.append(game.score.mean())
    assert scores[0] < scores[1] < scores[2]


@pytest.mark.parametrize("wrong", [{"gravity": 0}, {"gap": 30}, {"speed": 17}, {"gravity": float("nan")}])
def test_rules_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="gravity"):
        Rules(**wrong)


def test_shades_that_would_not_be_whole_numbers_are_refused():
    with pytest.raises(ValueError, match="multiples of 15"):
        Shades(bird=100)


def px_picture(game: FlappyBird) -> np.ndarray:
    """The module's drawing rule, px by px, for one game."""
    field = np.zeros((SIDE * CELL_HEIGHT, SIDE * CELL_WIDTH), np.int64)
    y, x = np.mgrid[TOP : TOP + len(field), LEFT : LEFT + field.shape[1]]
    for pipe_x, top in zip(game.pipe_x[0], game.pipe_top[0], strict=True):
        inside = (x >= int(pipe_x)) & (x < int(pipe_x) + PIPE_WIDTH) & (y < GROUND_ROW)
        field += game.shades.pipe * (inside & ~((y >= top) & (y < top + game.rules.gap)))
    bird_y = int(np.floor(game.y[0]))
    field += game.shades.bird * (
        (x >= BIRD_X) & (x < BIRD_X + BIRD_WIDTH) & (y >= bird_y) & (y < bird_y + BIRD_HEIGHT)
    )
    field += game.shades.ground * (y >= GROUND_ROW)
    sums = field.reshape(SIDE, CELL_HEIGHT, SIDE, CELL_WIDTH).sum((1, 3))
    assert not (sums % 15).any()
    return sums // 15


@pytest.mark.parametrize("rules", [Rules(), Rules(gravity=0.7, gap=130, speed=5.5)])
def test_a_picture_is_what_its_rule_says(rules):
    game = FlappyBird(1, rules, Shades(bird=90, pipe=150, ground=30))
    rng = np.random.default_rng(1)
    for tick in range(600):
        game.step(sensible_flap(game) | (rng.random(1) < 0.03))
        if tick % 7 == 0 or not game.alive[0]:
            np.testing.assert_array_equal(game.frames()[0], px_picture(game))
        if not game.alive[0]:
            game.reset(rng.integers(1000, size=1))


def test_gymnasium_finds_nothing_wrong_with_the_environment():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*(render_mode|not using|spec).*")
        check_env(FlappyBirdEnv(render_mode="rgb_array"), skip_render_check=False)


def test_the_environment_plays_the_level_of_its_seed():
    env, game = FlappyBirdEnv(), FlappyBird(1)
    picture, info = env.reset(seed=46)
    game.reset(np.array([46]))
    assert info == {"score": 0, "level": 46}
    total, crashed = 0.0, False
    while not crashed:
        np.testing.assert_array_equal(picture, game.frames()[0])
        flap = sensible_flap(game) & (game.score < 3)
        game.step(flap)
        picture, reward, crashed, _, info = env.step(int(flap[0]))
        total += reward
    assert info["score"] == game.score[0] >= 1
    assert total == info["score"] - 1
