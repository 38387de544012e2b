"""Windows over a series and their chronological split into training and validation."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Split:
    """How the windows of a series of `rows` records divide; window i reads the records i … i + window − 1.

    window: every record that a prediction reads, `config.reach`, which differencing and seasonal residuals make longer than
    the config's own window.

    Training takes windows 0 … train − 1; the last `validation` windows validate; the `gap` windows between them
    are left out because their targets would stand in both parts (horizon − 1 of them, at most).
    """

    rows: int
    window: int
    horizon: int
    train: int
    gap: int
    validation: int

    @property
    def first_validation_window(self) -> int:
        return self.train + self.gap

    @property
    def scaler_rows(self) -> int:
        """Rows that training may see, inputs and targets alike: the scaler is fitted on these and no others."""
        return self.train + self.window + self.horizon - 1

    def train_rows(self, ahead: int = 0) -> slice:
        """The records that the training windows predict, `ahead` steps after the first (0 … horizon − 1)."""
        return slice(self.window + ahead, self.window + ahead + self.train)

    def validation_rows(self, ahead: int = 0) -> slice:
        """The records that the validation windows predict, `ahead` steps after the first."""
        first = self.first_validation_window + self.window + ahead
        return slice(first, first + self.validation)


def split_windows(config: Config, rows: int) -> Split:
    """The split of a series of `rows` records. Raises ValueError saying what to change where nothing would be left."""
    needed = config.reach + 2 * config.horizon
    if rows < needed:
        raise ValueError(_too_short(config, rows, needed))
    windows = rows - config.reach - config.horizon + 1
    asked = config.validation
    validation = max(1, round(asked * windows)) if asked < 1 else int(asked)
    gap = config.horizon - 1
    train = windows - validation - gap
    if train < 1:
        left_out = f" and horizon={config.horizon} leaves {gap} out between the parts" if gap else ""
        raise ValueError(
            f"validation={asked:g} keeps {validation} of {windows} windows back{left_out}, so none is left to train on; "
            f"set validation to at most {windows - gap - 1} records."
        )
    return Split(rows, config.reach, config.horizon, train, gap, validation)


def _too_short(config: Config, rows: int, needed: int) -> str:
    beyond = config.reach - config.window
    longest = rows - 2 * config.horizon - beyond
    change = f"a window of at most {longest}" if longest >= 1 else "a longer series"
    before = (
        f" (of which difference={config.difference!r} and residual={config.residual!r} with season={config.season} take "
        f"{beyond} before the window)"
        if beyond
        else ""
    )
    return (
        f"The series has {rows} records; window={config.window} and horizon={config.horizon} need at least {needed}{before}. "
        f"Take {change}{' or a shorter horizon' if config.horizon > 1 else ''}."
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
