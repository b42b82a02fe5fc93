"""What the figures say, in sentences: written from the results at hand, so they hold for any run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlintro_demos.classical_vs_deep.layer_stack import Stack
from dlintro_demos.classical_vs_deep.learners import LEARNERS
from dlintro_demos.classical_vs_deep.learning_curves import Summary

# A learner has levelled off that gains less of the accuracy, and of its mistakes, by the last step of sizes.
CLIMB, LEVEL = 0.05, 0.1


@dataclass(frozen=True, kw_only=True)
class DepthSummary:
    """Of one depth: mean and standard deviation over seeds of the accuracy on new curves; mean on its own."""

    depth: int
    width: int
    weights: int
    mean: float
    deviation: float
    learned: float
    seeds: int


def summarise_stacks(stacks: Sequence[Stack]) -> list[DepthSummary]:
    """By depth."""
    found = []
    for depth in sorted({stack.depth for stack in stacks}):
        group = [stack for stack in stacks if stack.depth == depth]
        accuracy = [stack.accuracy for stack in group]
        found.append(
            DepthSummary(
                depth=depth,
                width=group[0].width,
                weights=group[0].weights,
                mean=float(np.mean(accuracy)),
                deviation=float(np.std(accuracy, ddof=len(group) > 1)),
                learned=float(np.mean([stack.learned for stack in group])),
                seeds=len(group),
            )
        )
    return found


def name_of(learner: str) -> str:
    """As it stands within a sentence."""
    title = LEARNERS[learner].title
    return title[0].lower() + title[1:]


def findings(summaries: Sequence[Summary], things: str = "curves") -> list[str]:
    """Sentences on who leads, who still gains, and what examples can replace; `things` are what is learned.

    Only sizes at which every learner has been measured count; none, where there is no such size.
    """
    by = {(each.learner, each.size): each for each in summaries}
    learners = list(dict.fromkeys(each.learner for each in summaries))
    sizes = [
        size
        for size in sorted({each.size for each in summaries})
        if all((learner, size) in by for learner in learners)
    ]
    if not sizes or len(learners) < 2:
        return []
    ends = dict.fromkeys((sizes[0], sizes[-1]))
    said = [_leader([by[learner, size] for learner in learners], things) for size in ends]
    if len(sizes) > 1:
        said.append(_gains([(by[learner, sizes[-2]], by[learner, sizes[-1]]) for learner in learners]))
        said += _replaced(by, learners, sizes)
    return said


def leader(summaries: Sequence[Summary], size: int) -> list[Summary]:
    """The learners at a size, the best first."""
    return sorted((each for each in summaries if each.size == size), key=lambda each: -each.mean)


def apart(first: Summary | DepthSummary, second: Summary | DepthSummary) -> bool:
    """Whether two means differ by more than both deviations, and by at least a point in a hundred."""
    return abs(first.mean - second.mean) > max(first.deviation + second.deviation, 0.01)


def _leader(group: Sequence[Summary], things: str) -> str:
    best, second, *_ = leader(group, group[0].size)
    at = f"With {best.size:,} examples"
    if not apart(best, second):
        return (
            f"{at} it is too close to call: {name_of(best.learner)} {best.mean:.0%}, "
            f"{name_of(second.learner)} {second.mean:.0%}."
        )
    return (
        f"{at} the {name_of(best.learner)} leads: it names {best.mean:.0%} of new {things} rightly. "
        f"Next is the {name_of(second.learner)} with {second.mean:.0%}."
    ).replace("the logistic", "logistic")


def _gains(steps: Sequence[tuple[Summary, Summary]]) -> str:
    small, large = steps[0][0].size, steps[0][1].size
    words = []
    for before, after in steps:
        gain = after.mean - before.mean
        fewer = gain / max(1 - before.mean, 1e-9)
        kind = _kind(before, after)
        mistakes = f", {fewer:.0%} fewer mistakes" if gain > 0 else ""
        words.append(f"{name_of(after.learner)} {kind} ({gain * 100:+.1f} points{mistakes})")
    return f"From {small:,} to {large:,} examples: {'; '.join(words)}."


def _kind(before: Summary, after: Summary) -> str:
    """One rule for all: it climbs by more than the repeats differ, and by five points or a tenth of what it
    gets wrong."""
    gain = after.mean - before.mean
    enough = gain >= CLIMB or gain / max(1 - before.mean, 1e-9) >= LEVEL
    return "still climbs" if enough and apart(before, after) else "has levelled off"


def _replaced(by: dict[tuple[str, int], Summary], learners: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """What the best learner needs fewer examples for: one sentence on the one that comes second."""
    last = sizes[-1]
    best, second, *_ = leader([by[learner, last] for learner in learners], last)
    fewest = next(size for size in sizes if by[best.learner, size].mean >= second.mean)
    if fewest == last or not apart(best, second):
        return []
    return [
        f"What the {name_of(second.learner)} reaches with {last:,} examples, the {name_of(best.learner)} "
        f"reaches with {fewest:,}.".replace("the logistic", "logistic")
    ]


def verdict(summaries: Sequence[Summary], bet: str) -> str:
    """Whether the learner that was bet on is the best with the most examples.

    There is none before every learner has been measured there, equally often: a run may have been stopped.
    """
    largest = max(each.size for each in summaries)
    order = leader(summaries, largest)
    if {each.learner for each in order} != set(LEARNERS) or len({each.seeds for each in order}) > 1:
        return (
            f"There is no result yet that decides your bet: not every learner has learned from "
            f"{largest:,} examples equally often."
        )
    place = next((place for place, each in enumerate(order) if each.learner == bet), None)
    if place is None:
        return "There is no result yet that decides your bet."
    yours, best = order[place], order[0]
    with_ = f"With {largest:,} examples the {name_of(best.learner)} is best ({best.mean:.0%})"
    with_ = with_.replace("the logistic", "logistic")
    if place == 0:
        close = "" if apart(best, order[1]) else ", though it is close"
        return f"**You were right{close}.** {with_}."
    if not apart(best, yours):
        return f"**Nearly.** {with_}, but yours is as good as that ({yours.mean:.0%})."
    return f"**Not this time.** {with_}; yours came to {yours.mean:.0%}, place {place + 1} of {len(order)}."


def depth_findings(summaries: Sequence[DepthSummary]) -> list[str]:
    """Whether a hidden layer helps, whether more of them do, and how much is learning by heart."""
    by = {each.depth: each for each in summaries}
    hidden = [each for each in summaries if each.depth > 0]
    if 0 not in by or 1 not in by:
        return []
    none, first = by[0], by[1]
    gain = (first.mean - none.mean) * 100
    said = [
        f"Without a hidden layer: {none.mean:.0%} of new curves. With one: {first.mean:.0%} "
        f"({gain:+.0f} points)."
    ]
    if len(hidden) > 1:
        best, deepest = max(hidden, key=lambda each: each.mean), hidden[-1]
        if apart(deepest, first) and deepest.mean > first.mean:
            said.append(f"Deeper helps here: with {deepest.depth} hidden layers it is {deepest.mean:.0%}.")
        elif apart(deepest, best):
            said.append(
                f"Deeper is not always better here: the best is {best.depth} hidden "
                f"({best.mean:.0%}), with {deepest.depth} it is {deepest.mean:.0%}."
            )
        else:
            low, high = min(each.mean for each in hidden), best.mean
            said.append(
                f"More hidden layers than one change little here: all lie between {low:.0%} and {high:.0%}."
            )
    most = max(hidden, key=lambda each: each.learned - each.mean)
    said.append(
        f"On the curves that it was shown, the network of depth {most.depth} gets {most.learned:.0%}, on "
        f"new ones {most.mean:.0%}: the difference is what it learned by heart."
    )
    return said
