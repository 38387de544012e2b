"""What a run would take, before anyone starts it: windows, parameters, memory. How long, is in `rnn.core.pace`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.network import Network, beside
from rnn.core.panel import AnySplit, split_panel
from rnn.core.ridge import sample_rows
from rnn.core.windows import even_parts, split_windows


@dataclass(frozen=True)
class Columns:
    """How many columns a series has, of which so many are targets, so many static and so many known ahead."""

    inputs: int
    targets: int
    static: int
    known: int

    def network(self, config: Config) -> Network:
        return Network(config, self.inputs - self.static, self.targets, beside(config, self.static, self.known))

    def width(self, config: Config) -> int:
        """Columns of a time step, about."""
        return config.patch * self.inputs + config.horizon * self.known


@dataclass(frozen=True)
class Preflight:
    """split: the windows of each part. parameters: weights to learn. memory_bytes: what training will hold, about."""

    split: AnySplit
    parameters: int
    memory_bytes: int


def preflight(
    config: Config,
    rows: int,
    n_inputs: int,
    n_targets: int,
    *,
    n_static: int = 0,
    n_known: int = 0,
    lengths: Sequence[int] = (),
    ids: Sequence[str] = (),
    memory_limit: int | None = None,
) -> Preflight:
    """For a series of `rows` records of n_inputs columns, n_static of them static and n_known known ahead. memory_limit:
    bytes that may be used (None: any). lengths, ids: of many series in one.

    Raises ValueError saying what to change where the settings are impossible or would pass the limit.
    """
    if config.gradient == "published" and (n_inputs > 1 or lengths):
        wrong = f"one column, got {n_inputs}" if n_inputs > 1 else f"a single series, got {len(lengths)}"
        raise ValueError(f"gradient='published' (the article's algorithm) takes {wrong}.")
    split = split_panel(config, lengths, ids) if lengths else split_windows(config, rows)
    columns = Columns(n_inputs, n_targets, n_static, n_known)
    size = columns.network(config).size * config.seeds
    memory = _memory_bytes(config, split, columns)
    if memory_limit is not None and memory > memory_limit:
        raise ValueError(_too_large(config, split, columns, memory, memory_limit))
    return Preflight(split, size, memory)


def _memory_bytes(config: Config, split: AnySplit, columns: Columns) -> int:
    itemsize = np.dtype(config.dtype).itemsize
    network = columns.network(config)
    predicted = split.train * config.horizon * columns.targets
    # Predictions and actual values in float64 with the temporaries of their errors, one part at a time.
    evaluation = predicted * (40 + itemsize * network.levels * (config.seeds + 1))
    evaluation += (split.validation + split.test) * config.horizon * columns.targets * 12
    series = split.rows * columns.inputs * (3 * 8 + itemsize * config.seeds)
    if config.gradient == "published":
        return int(3 * network.size * 8 + max(4 * split.train * config.hidden * 8, evaluation) + series)
    batch = min(config.batch, split.train)
    # Tiles of the full batch, of the last, smaller one, and of an evaluation, which keeps no errors.
    trained = _tiles_kept(network, batch) + _tiles_kept(network, split.train % batch)
    evaluated = _tiles_kept(network, max(split.train, split.validation, split.test), 2)
    buffers = (sum(trained) + sum(evaluated) * 0.5) * network.numbers_a_window
    # Weights, gradient, two moments, the optimiser's own vector, best weights; the layers' inner copies for each tile size.
    weights = network.size * (6 + 3 * len(trained) + 2 * len(evaluated))
    return int(config.seeds * (weights + buffers) * itemsize + max(evaluation, _ridge_bytes(network, split)) + series)


def _tiles_kept(network: Network, windows: int, tiles: int = 1) -> list[int]:
    """The sizes of the tiles that so many windows are cut into, once for each lane that meets them: buffers are kept."""
    sizes = [part.stop - part.start for part in even_parts(windows, tiles * network.tile)]
    return [size for lane in (sizes[0::2], sizes[1::2]) for size in set(lane) - {0}]


def _ridge_bytes(network: Network, split: AnySplit) -> int:
    """What the start of a linear skip takes, for a moment: its windows, their centred copy and its Gram matrix."""
    if "skip.W" not in network.shapes:
        return 0
    regressors = network.shapes["skip.W"][0]
    rows = len(sample_rows(split.train, regressors, network.points))
    return 8 * 4 * rows * (regressors + network.points)


def _too_large(config: Config, split: AnySplit, columns: Columns, memory: int, limit: int) -> str:
    """The sentence for settings that do not fit: the first change of one field that makes them. The batch is none: it goes
    through in tiles, so a smaller one takes no less memory."""
    for field, unit in (("window", config.patch), ("hidden", 1), ("seeds", 1)):

        def fits(size: int, field: str = field) -> bool:
            changed = _with_size(config, field, size)
            return _memory_bytes(changed, split.again(changed), columns) <= limit

        if fits(1):
            largest = unit * _largest(getattr(config, field) // unit, fits)
            return f"{_too_much(memory, limit)}; take {field}={largest} or less."
    return f"{_too_much(memory, limit)}; take a shorter series, a shorter horizon and fewer hidden units."


def _with_size(config: Config, field: str, size: int) -> Config:
    """The config with a field of this size; a window's size is counted in steps, and the truncation goes with it."""
    if field != "window":
        return config.replace(**{field: size})
    truncate = config.truncate and min(config.truncate, size)
    return config.replace(window=size * config.patch, truncate=truncate)


def _largest(high: int, fits: Callable[[int], bool]) -> int:
    """The largest size from 1, which fits, to `high`, by bisection."""
    low = 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _too_much(memory: int, limit: int) -> str:
    return f"Training would hold about {_in_words(memory)} of memory, more than {_in_words(limit)}"


def _in_words(count: int) -> str:
    number, unit = (count / 1e9, "GB") if count >= 1e9 else (count / 1e6, "MB")
    return f"{number:,.0f} {unit}" if number >= 100 else f"{number:.2g} {unit}"
