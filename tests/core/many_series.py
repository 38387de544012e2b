"""Small series of different size and length, joined in one."""

from __future__ import annotations

import numpy as np

from rnn.core.series import Series


def wave(rows: int, size: float = 1.0, seed: int = 0, columns: int = 1) -> Series:
    """Positive, noisy waves with a little trend; the last column is no target where there are several."""
    k = np.arange(rows)
    rng = np.random.default_rng(seed)
    values = [size * (10 + np.sin(k / (2 + c)) + 0.02 * k + 0.1 * rng.standard_normal(rows)) for c in range(columns)]
    names = tuple(f"c{column}" for column in range(columns))
    return Series(np.arange(rows) + 1000 * seed, np.column_stack(values), names, names[: max(1, columns - 1)])


def three(columns: int = 1) -> Series:
    """80 records of about 10, 60 of about a million, 70 of about a thousandth."""
    return Series.joined(
        [wave(80, 1, 0, columns), wave(60, 1e5, 1, columns), wave(70, 1e-4, 2, columns)], ["north", "south", "west"]
    )
