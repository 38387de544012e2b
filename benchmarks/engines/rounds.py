"""Taking time: contenders in turn, round after round, so that whatever else the machine does falls on all of them."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

SHORTEST = 0.04  # seconds: a round repeats its work until it has lasted this long
FEWEST_ROUNDS, MOST_ROUNDS = 3, 15
TRIAL = 0.15  # seconds for one setting of a contender

Work = tuple[AbstractContextManager[object], Callable[[], object]]  # what holds while it runs, and one run of it


@dataclass(frozen=True)
class Timing:
    """Seconds: median and quartiles over the rounds. busy: processor seconds a second, 1 for a single busy thread.
    scaled: only part of the work was done, and its time scaled to the whole."""

    median: float
    low: float
    high: float
    rounds: int
    busy: float
    scaled: bool = False

    @property
    def spread(self) -> float:
        """The interquartile range as a share of the median."""
        return (self.high - self.low) / self.median

    def times(self, factor: float) -> Timing:
        """Scaled from a part of the work to the whole."""
        if factor == 1:
            return self
        scaled = {name: getattr(self, name) * factor for name in ("median", "low", "high")}
        return dataclasses.replace(self, **scaled, scaled=True)


def quickest(work: Callable[[], object], seconds: float = TRIAL) -> float:
    """The shortest of several runs: what else goes on makes a run only longer. The first, which warms up, does not count,
    unless it takes longer than all that was allowed for."""
    best, end = float("inf"), 0.0
    while True:
        start = time.perf_counter()
        work()
        now = time.perf_counter()
        if end == 0 and now - start < seconds:
            end = now + seconds
            continue
        best = min(best, now - start)
        if now >= end:
            return best


def in_turn(programs: Mapping[str, Work], seconds: float, *, processor: bool = False) -> dict[str, Timing]:
    """One run of each program, timed in alternating rounds of about `seconds` in all for each of them.

    processor: take the time that the processor was at work for this process, which others on the machine hardly touch.
    """
    repeats, rounds = {}, MOST_ROUNDS
    for name, (mode, work) in programs.items():
        with mode:
            once = quickest(work, 0.02)
        repeats[name] = max(1, round(SHORTEST / once))
        rounds = min(rounds, max(FEWEST_ROUNDS, int(seconds / (once * (repeats[name] + 1)))))
    taken: dict[str, list[float]] = {name: [] for name in programs}
    busy: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, (mode, work) in programs.items():
            with mode:
                if repeats[name] > 1:
                    work()  # brings its data back into the cache that the one before has filled
                start, worked = time.perf_counter(), time.process_time()
                for _ in range(repeats[name]):
                    work()
                wall, work_time = time.perf_counter() - start, time.process_time() - worked
            taken[name].append((work_time if processor else wall) / repeats[name])
            busy[name].append(work_time / wall)
    return {name: _timing(times, statistics.median(busy[name])) for name, times in taken.items()}


def _timing(times: list[float], busy: float) -> Timing:
    low, _, high = statistics.quantiles(times, n=4, method="inclusive")
    return Timing(statistics.median(times), low, high, len(times), busy)
