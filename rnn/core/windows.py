"""Windows over a series and their chronological split into training, validation and test."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config

Floats = NDArray[np.floating[Any]]
Starts = NDArray[np.intp]


@dataclass(frozen=True)
class Split:
    """How the windows of a series of `rows` records divide; window i reads the records i … i + window − 1.

    window: every record that a prediction reads, `config.reach`, which differencing and seasonal residuals make longer than
    the config's own window.

    Training takes windows 0 … train − 1, then come `validation` windows and, where there is a test part, the last `test`
    ones. The `gap` windows before each later part are left out: horizon − 1 of them because their targets would stand in
    both parts, the others because `config.gap` asks for it. leak: the scaler sees every row (`config.scaler_rows="all"`).
    """

    rows: int
    window: int
    horizon: int
    train: int
    gap: int
    validation: int
    test: int = 0
    leak: bool = False

    @property
    def first_validation_window(self) -> int:
        return self.train + self.gap

    @property
    def first_test_window(self) -> int:
        """Where there is no test part, the window that would come after the last one and the gap."""
        return self.first_validation_window + self.validation + self.gap

    @property
    def train_starts(self) -> Starts:
        """The first record of each training window."""
        return np.arange(self.train)

    @property
    def validation_starts(self) -> Starts:
        return self.first_validation_window + np.arange(self.validation)

    @property
    def test_starts(self) -> Starts:
        return self.first_test_window + np.arange(self.test)

    @property
    def seen_rows(self) -> int:
        """Rows that training may see, inputs and targets alike: the scaler is fitted on these and no others."""
        return self.train + self.window + self.horizon - 1

    @property
    def scaler_rows(self) -> int:
        """Rows, from the first on, that the scaler is fitted on: `seen_rows`, or all of them where a leak is asked for."""
        return self.rows if self.leak else self.seen_rows

    def train_rows(self, ahead: int = 0) -> slice:
        """The records that the training windows predict, `ahead` steps after the first (0 … horizon − 1)."""
        return self._predicted(0, self.train, ahead)

    def validation_rows(self, ahead: int = 0) -> slice:
        """The records that the validation windows predict, `ahead` steps after the first."""
        return self._predicted(self.first_validation_window, self.validation, ahead)

    def test_rows(self, ahead: int = 0) -> slice:
        """The records that the test windows predict, `ahead` steps after the first; empty where there is no test part."""
        return self._predicted(self.first_test_window, self.test, ahead)

    def again(self, config: Config) -> Split:
        """The split of the same series with other settings."""
        return split_windows(config, self.rows)

    def _predicted(self, first: int, count: int, ahead: int) -> slice:
        return slice(first + self.window + ahead, first + self.window + ahead + count)

    @property
    def train_records(self) -> slice:
        """All records of the training part, to be drawn: what its windows read and what they predict."""
        return slice(0, self.seen_rows)

    @property
    def validation_records(self) -> slice:
        """All records that validation windows predict, at any step ahead. They read records before these, too."""
        return slice(self.validation_rows().start, self.validation_rows(self.horizon - 1).stop)

    @property
    def test_records(self) -> slice:
        """All records that test windows predict, at any step ahead; empty, at the end, where there is no test part."""
        if not self.test:
            return slice(self.rows, self.rows)
        return slice(self.test_rows().start, self.test_rows(self.horizon - 1).stop)

    @property
    def left_out_records(self) -> tuple[slice, ...]:
        """The records of `config.gap`, between the parts: with these three the parts add up to all rows."""
        parts = (self.train_records, self.validation_records, self.test_records)
        gaps = (slice(before.stop, after.start) for before, after in itertools.pairwise(parts))
        return tuple(gap for gap in gaps if gap.stop > gap.start)


def split_windows(config: Config, rows: int) -> Split:
    """The split of a series of `rows` records. Raises ValueError saying what to change where nothing would be left."""
    parts = 3 if config.test else 2
    needed = config.reach + parts * config.horizon + (parts - 1) * config.gap
    if rows < needed:
        raise ValueError(_too_short(config, rows, needed))
    windows = rows - config.reach - config.horizon + 1
    validation = _windows_of(config.validation, windows)
    test = _windows_of(config.test, windows) if config.test else 0
    gap = config.horizon - 1 + config.gap
    train = windows - validation - test - (parts - 1) * gap
    if train < 1:
        raise ValueError(_none_to_train_on(config, windows, validation, test, (parts - 1) * gap))
    return Split(rows, config.reach, config.horizon, train, gap, validation, test, config.scaler_rows == "all")


def split_from(config: Config, rows: int, validation_from: int, test_from: int | None = None) -> Config:
    """The config whose validation part begins to predict at record `validation_from` (counted from 0) and whose test part
    at `test_from` (None: no test part): what a date, or a line dragged on a chart, comes to.

    Raises ValueError where a part would be empty.
    """
    end = rows if test_from is None else test_from - config.gap
    parts = [("validation", validation_from, end)]
    if test_from is not None:
        parts.append(("test", test_from, rows))
    counts = {"test": 0}
    for name, first, stop in parts:
        counts[name] = stop - first - config.horizon + 1
        if counts[name] < 1:
            raise ValueError(
                f"The {name} part from record {first + 1} to {stop} has no room for one prediction of "
                f"horizon={config.horizon}; let it begin earlier, or take a shorter horizon{' or gap' if config.gap else ''}."
            )
    return config.replace(**counts)


def _windows_of(asked: int | float, windows: int) -> int:
    """A share of the windows, or a count of them; at least one."""
    return max(1, round(asked * windows)) if asked < 1 else int(asked)


def _none_to_train_on(config: Config, windows: int, validation: int, test: int, between: int) -> str:
    apart = f"horizon={config.horizon}" + (f" with gap={config.gap}" if config.gap else "")
    left_out = f" and {apart} leaves {between} out between the parts" if between else ""
    tested = f"{' and' if not between else ','} test={config.test:g} keeps {test}" if test else ""
    most = windows - between - test - 1
    # With a test part that leaves not even one window to validate, that part has to shrink first.
    change = f"validation to at most {most}" if most >= 1 else f"test to at most {windows - between - 2}"
    return (
        f"validation={config.validation:g} keeps {validation}{tested} of {windows} windows back{left_out}, so none is left to "
        f"train on; set {change} records."
    )


def _too_short(config: Config, rows: int, needed: int) -> str:
    beyond = config.reach - config.window
    longest = config.window - (needed - rows)
    change = f"a window of at most {longest}" if longest >= 1 else "a longer series"
    before = (
        f" (of which difference={config.difference!r} and residual={config.residual!r} with season={config.season} take "
        f"{beyond} before the window)"
        if beyond
        else ""
    )
    asked = [f"window={config.window}", f"horizon={config.horizon}"]
    asked += [f"gap={config.gap}"] if config.gap else []
    asked += ["a test part"] if config.test else []
    smaller = " or a shorter horizon" if config.horizon > 1 else ""
    smaller += " or a smaller gap" if config.gap else ""
    return (
        f"The series has {rows} records; {', '.join(asked[:-1])} and {asked[-1]} need at least {needed}{before}. "
        f"Take {change}{smaller}."
    )


def gather_targets(values: Floats, starts: NDArray[np.intp], window: int, horizon: int) -> Floats:
    """What each window predicts: values (N, K) → (B, horizon · K), all targets of the first step ahead first."""
    ahead = np.arange(window, window + horizon)
    targets: Floats = values[starts[:, None] + ahead].reshape(len(starts), -1)
    return targets


def chunks(count: int, size: int) -> list[slice]:
    """0 … count in slices of at most `size`."""
    return [slice(first, min(first + size, count)) for first in range(0, count, size)]


def even_parts(count: int, most: int) -> list[slice]:
    """0 … count in slices of at most `most`, as few and as even as can be: of two sizes at most."""
    parts = max(1, -(-count // most))
    ends = [count * number // parts for number in range(parts + 1)]
    return [slice(first, end) for first, end in itertools.pairwise(ends)]
