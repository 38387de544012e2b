"""The verdict as one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rnn.forecast.noise import BETTER, LEVEL, MATTERS

# Half a baseline's error and less is far better than it.
FAR = 0.5
NAMES = {
    "naive": "naive", "seasonal": "seasonal naive", "drift": "drift", "linear": "linear autoregression",
}  # fmt: skip


def sentence_of(error: float, skill: Mapping[str, float], marks: Mapping[str, str], copies: bool) -> str:
    """skill, marks: baseline → as in a Verdict, in the same order."""
    if not np.isfinite(error):
        return "Its predictions are no longer finite numbers, so they beat nothing."
    if not skill:
        return "There is no baseline to compare with."
    if marks.get("naive", BETTER) != BETTER:
        what = ": it mostly copies the last value" if copies else ", which repeats the last value"
        return f"No better than naive{what} ({_beside(skill['naive'], marks['naive'])})."
    if copies:
        return f"It mostly copies the last value: it errs only {percent(skill['naive'])} less than naive, which does just that."
    far = [name for name in skill if marks[name] == BETTER and skill[name] >= FAR]
    ahead = [name for name in skill if marks[name] == BETTER and skill[name] < FAR]
    if len(far) + len(ahead) == len(skill):
        return _ahead_of_all(skill, "Better" if ahead else "Far better")
    groups = [
        _group("far better than", far, skill),
        _group("better than", ahead, skill),
        _level([name for name in skill if marks[name] == LEVEL], skill),
        *(f"but worse than {NAMES[name]} ({_beside(skill[name], marks[name])})" for name in _worse(skill, marks)[:1]),
    ]
    sentence = ", ".join(filter(None, groups))
    return f"{sentence[0].upper()}{sentence[1:]}."


def _ahead_of_all(skill: Mapping[str, float], how: str) -> str:
    best = min(skill, key=lambda name: skill[name])
    if len(skill) == 1:
        return f"{how} than {NAMES[best]} ({_beside(skill[best], BETTER)})."
    return f"{how} than every baseline: {percent(skill[best])} less error than the best of them, {NAMES[best]}."


def _worse(skill: Mapping[str, float], marks: Mapping[str, str]) -> list[str]:
    """The baselines that are ahead of the network, the one furthest ahead first."""
    return sorted((name for name in skill if marks[name] not in (BETTER, LEVEL)), key=lambda name: skill[name])


def _group(how: str, names: Sequence[str], skill: Mapping[str, float]) -> str:
    if not names:
        return ""
    least = percent(min(skill[name] for name in names))
    among = "at least " if len(names) > 1 and least[0].isdigit() else ""
    return f"{how} {listed([NAMES[name] for name in names])} ({among}{least} less error)"


def _level(names: Sequence[str], skill: Mapping[str, float]) -> str:
    if not names:
        return ""
    apart = max(abs(skill[name]) for name in names)
    how = "the same error" if apart == 0 else "under 1% apart" if apart < MATTERS else "within noise"
    return f"level with {listed([NAMES[name] for name in names])} ({how})"


def _beside(skill: float, mark: str) -> str:
    """How the network's error compares, as a share of the baseline's."""
    if not np.isfinite(skill):
        return "which is exact"
    if skill == 0:
        return "the same error"
    within = ", within noise" if mark == LEVEL and abs(skill) >= MATTERS else ""
    if skill < -1:
        return f"{times(1 - skill)} its error{within}"
    return f"{percent(abs(skill))} {'less' if skill > 0 else 'more'} error{within}"


def times(ratio: float) -> str:
    """How many times as much: 0.87 times, 3.13 times, 1,234 times; what is beyond imagining without its digits."""
    if ratio > 1e6:
        return "over a million times"
    if ratio < 0.005:
        return "under 0.01 times"
    return f"{ratio:.3g} times" if ratio < 100 else f"{ratio:,.0f} times"


def percent(share: float) -> str:
    """A share of an error, never rounded to nothing or to all of it."""
    if share < 0.01:
        return "under 1%"
    return f"{share:.0%}" if share < 0.995 else "over 99%"


def listed(names: Sequence[str], last: str = "and") -> str:
    """a · a and b · a, b and c"""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
