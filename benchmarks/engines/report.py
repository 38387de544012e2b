"""From timings to Markdown: ratios, goals, and which of them are missed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.engines.rounds import Timing
from benchmarks.engines.task import Task

OURS, PEERS, LIMIT = "Unroll", ("PyTorch", "JAX"), "limit"


@dataclass(frozen=True)
class Result:
    """windows: of the epoch; None for a single step. timings, settings: by name of the contender."""

    task: Task
    windows: int | None
    timings: Mapping[str, Timing]
    settings: Mapping[str, str]

    def ratio(self, name: str) -> float | None:
        """How many times as long as ours; for the limit, its share of our time."""
        if name not in self.timings or OURS not in self.timings:
            return None
        return self.timings[name].median / self.timings[OURS].median

    def to_json(self) -> dict[str, object]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Result:
        task, windows, timings, settings = (values[key] for key in ("task", "windows", "timings", "settings"))
        return cls(Task(**task), windows, {name: Timing(**one) for name, one in timings.items()}, settings)


def goal(name: str, task: Task) -> float | None:
    """What the ratio should at least be; None where there is no goal."""
    elman = task.cell == "elman"
    if name == "PyTorch":
        return {"elman": 3.0 if task.hidden == 100 and task.batch <= 32 else 1.0, "gru": 1.5, "lstm": 1.0}[task.cell]
    if name == "JAX":
        if task.batch < 32:
            return None
        return (1.2 if task.hidden == 256 else 1.5) if elman else 1.4
    return (0.75 if task.hidden == 100 else None) if elman else 0.65


def missed(result: Result, name: str) -> bool:
    ratio, least = result.ratio(name), goal(name, result.task)
    return ratio is not None and least is not None and ratio < least


def markdown(results: list[Result]) -> str:
    """The table of the steps, that of the epochs, and what was missed."""
    parts = []
    for title, chosen in (
        ("One training step (ms)", [result for result in results if result.windows is None]),
        ("One epoch (ms)", [result for result in results if result.windows is not None]),
    ):
        if chosen:
            parts.append(f"### {title}\n\n{_table(chosen)}")
    parts.append(f"### Goals\n\n{_goals(results) or 'None concerns these results.'}")
    return "\n\n".join(parts)


def line(result: Result) -> str:
    """A result in one line, for whoever waits."""
    times = "  ".join(f"{name} {_time(timing)}" for name, timing in result.timings.items())
    ratios = "  ".join(_ratio(result, name) + f" {name}" for name in (*PEERS, LIMIT) if result.ratio(name) is not None)
    what = "step" if result.windows is None else f"epoch of {result.windows:,}"
    return f"{result.task}, {what}: {times} ms{' | ratios: ' if ratios else ''}{ratios}"


def _table(results: list[Result]) -> str:
    names = [name for name in (OURS, *PEERS, LIMIT) if any(name in result.timings for result in results)]
    rivals = [name for name in names if name != OURS]
    epochs = results[0].windows is not None
    titles = ["cell", "batch", "hidden", "window", *(["windows"] if epochs else []), *names]
    titles += [f"of the {name}" if name == LIMIT else f"× {name}" for name in rivals]
    lines = [_row(titles), _row(["---"] + ["---:"] * (len(titles) - 1))]
    for result in results:
        task = result.task
        cells = [task.cell, str(task.batch), str(task.hidden), str(task.window)]
        cells += [f"{result.windows:,}"] if epochs else []
        cells += [_time(result.timings[name]) if name in result.timings else "–" for name in names]
        lines.append(_row(cells + [_ratio(result, name) for name in rivals]))
    return "\n".join(lines)


def _goals(results: list[Result]) -> str:
    lines = []
    for name in (*PEERS, LIMIT):
        judged = [
            result for result in results if goal(name, result.task) is not None and result.ratio(name) is not None
        ]
        if judged:
            met = [result for result in judged if not missed(result, name)]
            lines.append(f"- {name}: {len(met)} of {len(judged)} goals met")
        for result in judged:
            if missed(result, name):
                what = "step" if result.windows is None else f"epoch of {result.windows:,}"
                lines.append(
                    f"  - missed: {result.task}, {what}: {result.ratio(name):.2f}, goal {goal(name, result.task)}"
                )
    return "\n".join(lines)


def settings(results: list[Result]) -> str:
    """How often each contender was found fastest with which settings."""
    lines = []
    for name in (*PEERS, LIMIT):
        counts: dict[str, int] = {}
        for result in results:
            if result.windows is None and name in result.settings:
                counts[result.settings[name]] = counts.get(result.settings[name], 0) + 1
        if counts:
            ranked = sorted(counts.items(), key=lambda one: -one[1])
            lines.append(f"- {name}: " + "; ".join(f"{what} ({count})" for what, count in ranked))
    return "\n".join(lines)


def busiest(results: list[Result]) -> str:
    """The most processor time a second that each contender took: above 1 it would not be on one thread."""
    most: dict[str, float] = {}
    for result in results:
        for name, timing in result.timings.items():
            most[name] = max(most.get(name, 0.0), timing.busy)
    return ", ".join(f"{name} {busy:.2f}" for name, busy in most.items())


def _time(timing: Timing) -> str:
    value = timing.median * 1e3
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2 if value >= 1 else 3
    return f"{'~' if timing.scaled else ''}{value:,.{digits}f} ±{timing.spread / 2:.0%}"


def _ratio(result: Result, name: str) -> str:
    ratio = result.ratio(name)
    if ratio is None:
        return "–"
    return f"**{ratio:.2f} ✗**" if missed(result, name) else f"{ratio:.2f}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
