"""The five things to do with Flappy Bird: watch it learn, look inside, race it, break it, train one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dlintro_demos.flappy_bird.ages import AGES, BEST, key_of
from dlintro_demos.flappy_bird.checkpoints import EARLY, Checkpoint, read_checkpoint, read_curve
from dlintro_demos.flappy_bird.experiment import LOOK_PIPES, TRIAL_LEVELS, TRIAL_PIPES, Look, look, trial
from dlintro_demos.flappy_bird.game import Rules, Shades
from dlintro_demos.flappy_bird.scores import Score, ScoreBoard, SessionScores, judge
from dlintro_demos.flappy_bird.state_player import SCORED_PIPES, TOLD, Learned, Point, learn
from dlintro_demos.flappy_bird.ui.components.flappy_game import (
    Colours,
    Finished,
    Lane,
    LaneResult,
    flappy_game,
)
from dlintro_demos.flappy_bird.ui.pictures import curve_so_far, learning_curve
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import private_key

NAMES = {
    "untrained": "Untrained",
    "2min": "2 minutes",
    "5min": "5 minutes",
    "10min": "10 minutes",
    "25min": "25 minutes",
    BEST: "The best",
}
RACE_PIPES = 100
CURVE_CUT = 1_000  # pipes at which a game of the learning curve ends


@dataclass(frozen=True, kw_only=True)
class Paint:
    """How the game looks, to the visitor and to the agent."""

    colours: Colours
    shades: Shades


PAINTS = {
    "As it knows it": Paint(colours=Colours(), shades=Shades()),
    "Pale pipes": Paint(colours=Colours(pipe="#a8d5b5"), shades=Shades(pipe=60)),
    "Dark bird": Paint(colours=Colours(bird="#8a5a00"), shades=Shades(bird=75)),
    "Bird and pipes swapped": Paint(
        colours=Colours(bird="#3fa35b", pipe="#ffc93c"), shades=Shades(bird=120, pipe=135)
    ),
    "Night": Paint(
        colours=Colours(sky="#101a3a", bird="#b08a2a", pipe="#1f5230", ground="#4b3c25"),
        shades=Shades(bird=60, pipe=45, ground=30),
    ),
}
BREAKS: Mapping[str, Mapping[str, object]] = {
    "The moon": {"gravity": 0.5},
    "A narrow gap": {"gap": 80},
    "Faster": {"speed": 5.0},
    "Night": {"paint": "Night"},
    "As usual": {},
}
USUAL: Mapping[str, object] = {"gravity": 1.0, "gap": 100, "speed": 4.0, "paint": "As it knows it"}


def facts_of(age: str) -> Checkpoint:
    """What was measured of a checkpoint."""
    return read_checkpoint(engine().cache.card(key_of(age)))


def lane_of(age: str) -> Lane:
    """A field where a checkpoint plays."""
    return Lane(key=age, title=NAMES[age], weights=engine().cache.card(key_of(age)).address)


def ask_age(label: str, key: str, default: str) -> str:
    """The slider over the checkpoints."""
    return st.select_slider(label, AGES, default, format_func=NAMES.__getitem__, key=key, bind="query-params")


def ask_level() -> int:
    """One of the fresh levels."""
    return st.number_input(
        "Level",
        0,
        99,
        3,
        key="level",
        bind="query-params",
        width=160,
        help="Levels that the agent was neither trained on nor chosen by.",
    )


def say_how_it_plays(age: str, level: int | None = None) -> None:
    """The figures of a checkpoint, and on this level."""
    facts = facts_of(age)
    here = ""
    if level is not None:
        score = facts.scores[level]
        here = f" On this one: **{score:,}**{' or more' if score >= facts.max_pipes else ''}."
    st.markdown(
        f"**{NAMES[age]}**: {facts.frames:,} frames seen in {facts.minutes:.0f} minutes of training. "
        f"On {len(facts.scores)} new levels it passed **{facts.median:,.0f}** pipes (median; mean "
        f"{facts.mean:,.0f}, worst {facts.least:,}, games cut at {facts.max_pipes:,}); on **{facts.early}** "
        f"of them it crashed within {EARLY}.{here}"
    )


def watch() -> tuple[str, int]:
    """One checkpoint or all on the same level, and where they stand on the learning curve."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        age = ask_age("Trained for", "age", BEST)
        level = ask_level()
        together = st.toggle("All six at once", key="together", bind="query-params")
    ages = AGES if together else (age,)
    flappy_game([lane_of(each) for each in ages], seed=level, key="watch", autoplay=True)
    say_how_it_plays(age, level)
    st.altair_chart(
        learning_curve(
            read_curve(engine().cache.card(key_of(BEST))), [facts_of(each) for each in ages], CURVE_CUT
        ),
        alt="Learning curve: pipes passed against frames seen, with the chosen checkpoints marked",
    )
    st.caption(
        "Blue: games on 32 levels that the best one was chosen by. Orange: the checkpoints shown above, on "
        "100 levels kept aside. It is told nothing but four pictures, +1 for a pipe and -1 for a crash. The "
        "curve is not smooth: what it learns about one gap can spoil another for a while. So the best one is "
        "the mean of the weights of many later checkpoints, which forgets less."
    )
    return age, level


def inside() -> tuple[str, int]:
    """The four frames, both Q-values, where it looks, and what it expects before a crash."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        age = ask_age("Whose head?", "age", BEST)
        level = ask_level()
        st.button(
            "Show me a crash",
            on_click=_go_to_a_crash,
            icon=":material/warning:",
            help="A younger one, on a level where it crashes soon.",
        )
    flappy_game([lane_of(age)], seed=level, key="inside", inside=True, autoplay=True)
    say_how_it_plays(age, level)
    st.caption(
        "A Q-value is the reward it expects from here on, later pipes counting less. Watch the curve before "
        "a crash: it falls, often a second before the bird hits anything, when no flap can save it any more."
    )
    return age, level


def _go_to_a_crash() -> None:
    """A checkpoint and a level where it crashes after at least 3 pipes, and before the look ends."""
    found = [
        (age, level)
        for age in ("2min", "5min", "10min")
        for level, pipes in enumerate(facts_of(age).scores)
        if 3 <= pipes < LOOK_PIPES
    ]
    if found:
        st.session_state.age, st.session_state.level = secrets.choice(found)


def look_back(age: str, level: int) -> Look | None:
    """The same game played on the server, for the explanation."""
    work = (look, engine().cache, key_of(age), level)
    return run_job("look", (age, level), *work, label="Playing it once more", shared=True)


def race() -> None:
    """The visitor against a checkpoint on one level, and the table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        age = ask_age("Against", "against", "10min")
        st.button("Another level", on_click=_new_level, icon=":material/casino:")
    seed = st.session_state.setdefault(private_key("race-level"), secrets.randbits(32))
    you = Lane(key="you", title="You")
    told = flappy_game([you, lane_of(age)], seed=seed, key="race", max_pipes=RACE_PIPES)
    waiting: list[tuple[Finished, str]] = st.session_state.setdefault(private_key("race-told"), [])
    if told:
        waiting.append((told, age))
    board: ScoreBoard = st.session_state.setdefault(private_key("race-board"), SessionScores())
    while waiting and _settle(*waiting[0], board):
        waiting.pop(0)
    _show_board(board)


def _new_level() -> None:
    st.session_state[private_key("race-level")] = secrets.randbits(32)


def _settle(told: Finished, age: str, board: ScoreBoard) -> bool:
    """Have the referee play the visitor's flaps again; False while that cannot be done."""
    you, agent = told.lanes
    work = (judge, told.seed, you.pipes, you.flaps, you.ticks, RACE_PIPES)
    verdict = run_job("referee", told.game, *work, label="The referee plays your flaps again")
    if verdict is None:
        return False
    if not verdict.accepted:
        st.warning(f"This game does not count. {verdict.reason}", icon=":material/gavel:")
        return True
    score = Score(game=told.game, level=told.seed, pipes=you.pipes, opponent=NAMES[age], theirs=agent.pipes)
    if board.add(score):
        pipes = "pipe" if you.pipes == 1 else "pipes"
        st.markdown(f"**You passed {you.pipes} {pipes}. {_outcome(you, agent)}**")
    return True


def _outcome(you: LaneResult, agent: LaneResult) -> str:
    if you.pipes > agent.pipes:
        return "You win!"
    if you.pipes == agent.pipes and you.alive == agent.alive:
        return "A draw."
    if agent.alive:
        return f"It wins: {agent.pipes} in the same time, and still flying."
    return f"It wins: {agent.pipes}."


def _show_board(board: ScoreBoard) -> None:
    scores = board.best(10)
    st.subheader("Your best games of this visit", anchor=False)
    if not scores:
        st.caption("Nobody has played yet. A game counts when the referee has played your flaps again.")
        return
    lines = ["| | Pipes | Against | Its pipes when you ended | Level |", "|---|---|---|---|---|"]
    for place, score in enumerate(scores, start=1):
        lines.append(f"| {place} | **{score.pipes}** | {score.opponent} | {score.theirs} | {score.level} |")
    st.markdown("\n".join(lines))


def break_it() -> None:
    """Other rules and colours than it was trained by."""
    with st.container(horizontal=True):
        for name in BREAKS:
            st.button(name, key=f"break-{name}", on_click=_set_break, args=(name,))
    columns = st.columns(4)
    gravity = columns[0].slider("Gravity", 0.3, 2.0, 1.0, 0.1, key="gravity", bind="query-params")
    gap = columns[1].slider("Gap, px", 60, 160, 100, 10, key="gap", bind="query-params")
    speed = columns[2].slider("Speed", 2.0, 8.0, 4.0, 0.5, key="speed", bind="query-params")
    name = columns[3].selectbox("Colours", list(PAINTS), key="paint", bind="query-params")
    rules, paint = Rules(gravity=gravity, gap=gap, speed=speed), PAINTS[name]
    flappy_game(
        [lane_of(BEST)],
        seed=3,
        key="break",
        rules=rules,
        shades=paint.shades,
        colours=paint.colours,
        autoplay=True,
        inside=True,
    )
    usual = facts_of(BEST).scores
    work = (trial, engine().cache, key_of(BEST), usual, rules, paint.shades)
    tried = run_job("trial", (rules, paint.shades), *work, label="Trying 20 levels", shared=True)
    if tried is None:
        return
    normal = sum(score >= TRIAL_PIPES for score in tried.usual)
    left, right = st.columns(2)
    mean, before = (sum(scores) / TRIAL_LEVELS for scores in (tried.scores, tried.usual))
    left.metric(f"Levels of {TRIAL_LEVELS} with {TRIAL_PIPES} pipes", tried.passed, tried.passed - normal)
    right.metric(f"Pipes, mean (cut at {TRIAL_PIPES})", f"{mean:.1f}", f"{mean - before:+.1f}")
    if mean < before / 2:
        st.info(
            "It fails. It did not learn what a gap is: it learned which pictures go well with which key, and "
            "these are other pictures, or they move otherwise. A person would need three tries.",
            icon=":material/help:",
        )
    elif (rules, paint.shades) != (Rules(), Shades()):
        st.info("It copes: this is near enough to what it has seen.", icon=":material/check:")


def _set_break(name: str) -> None:
    for key, value in {**USUAL, **BREAKS[name]}.items():
        st.session_state[key] = value


def train_one() -> None:
    """A small player that learns while one watches, and then plays."""
    st.markdown(
        "This player is **told** numbers instead of seeing pictures: "
        + ", ".join(TOLD)
        + ". That is an easier task, so a minute is enough. The one from pictures had to find the bird first."
    )
    key = private_key("lesson")
    if key not in st.session_state:
        st.button("Start learning", on_click=_new_lesson, icon=":material/school:")
        return
    seed = st.session_state[key]
    place = st.empty()

    def show(curve: Sequence[Point]) -> None:
        place.altair_chart(curve_so_far(curve), alt="Pipes passed while it learns")

    learned: Learned | None = run_job(
        "learn",
        seed,
        learn,
        seed,
        label="Learning",
        watch=show,
    )
    if learned is None:
        return
    show(learned.curve)
    st.markdown(
        f"It made {learned.curve[-1].decisions:,} decisions. At its best, after {learned.best.decisions:,}, "
        f"it passed **{learned.best.mean:.1f}** pipes on average on 16 new levels (worst "
        f"{learned.best.least}, games cut at {SCORED_PIPES}). Race it:"
    )
    lanes = [Lane(key="you", title="You"), Lane(key="pupil", title="Your pupil", weights=learned.weights)]
    flappy_game(lanes, seed=seed, key="pupil", max_pipes=RACE_PIPES)
    st.button("Teach another one", on_click=_new_lesson, icon=":material/refresh:")


def _new_lesson() -> None:
    st.session_state[private_key("lesson")] = secrets.randbits(31)
