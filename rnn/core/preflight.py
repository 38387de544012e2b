"""What a run would take, before anyone starts it: windows, parameters, memory, time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.framing import Framing
from rnn.core.network import Network, beside
from rnn.core.panel import AnySplit, split_panel
from rnn.core.ridge import sample_rows
from rnn.core.series import Series
from rnn.core.start import Start, make_learner, network_for
from rnn.core.windows import even_parts, split_windows

# A trial of the training step stays within these, so that it takes milliseconds and megabytes whatever the settings.
TRIAL_FLOPS, TRIAL_NUMBERS, TRIAL_HIDDEN = 2e8, 2_000_000, 1024
TRIAL_SECONDS = 0.04
# Windows that the trial of an evaluation predicts at most.
EVALUATED_WINDOWS = 256
# In multiply-adds: what the calls of one time step cost, and what the activation of one unit costs.
STEP_OVERHEAD, UNIT_OVERHEAD = 100_000, 30
# Seconds for each predicted number of an evaluation, which passes over it about ten times.
SECONDS_A_NUMBER = 3e-8
# The time that this thread computed, wherever it is counted finely: what else the machine does is no part of the answer.
_clock = time.thread_time if time.get_clock_info("thread_time").resolution < 1e-5 else time.perf_counter


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


def seconds_per_epoch(
    config: Config, split: AnySplit, n_inputs: int, n_targets: int, *, n_static: int = 0, n_known: int = 0
) -> float:
    """Measured: an update and an evaluation on numbers of the run's own shape, cut short where they would take long,
    then scaled up by their work. n_inputs, n_static, n_known: as for `preflight`."""
    columns = Columns(n_inputs, n_targets, n_static, n_known)
    batch = min(config.batch, split.train)
    trial, trial_batch = _trial(config, batch, columns)
    windows = split.train + split.validation
    evaluated = min(EVALUATED_WINDOWS, windows, max(1, _affordable(trial, columns) // trial.steps))
    seconds_update, seconds_predict = _measure(trial, trial_batch, evaluated, columns)
    update = seconds_update * _work(config, batch, columns) / _work(trial, trial_batch, columns)
    predict = seconds_predict * _work(config, evaluated, columns) / _work(trial, evaluated, columns)
    numbers = windows * config.horizon * columns.targets
    passes = update * split.train / batch + predict * windows / evaluated
    return config.seeds * passes + numbers * SECONDS_A_NUMBER


def _trial(config: Config, batch: int, columns: Columns) -> tuple[Config, int]:
    """The config and batch to measure with: the run's own where they are small enough, without what costs no time."""
    hidden = min(config.hidden, TRIAL_HIDDEN, max(1, TRIAL_NUMBERS // columns.width(config)))
    config = config.replace(hidden=hidden, seeds=1, log=False, residual="none", difference="none")
    batch = min(batch, max(16, _affordable(config, columns) // 2))
    steps = max(2, _affordable(config, columns) // batch)
    if config.input_weights == "per_step":
        steps = max(2, min(steps, TRIAL_NUMBERS // (columns.width(config) * hidden)))
    steps = min(config.steps, steps)
    horizon = min(config.horizon, max(1, TRIAL_NUMBERS // (max(hidden, batch) * columns.targets)))
    if columns.known:
        horizon = min(horizon, max(1, TRIAL_NUMBERS // (columns.known * batch * steps)))
    truncate = config.truncate and max(1, round(config.truncate * steps / config.steps))
    # An orthogonal start takes long to find where there are many hidden units, and changes nothing in the time.
    init = "glorot" if config.init == "orthogonal" else config.init
    return config.replace(window=steps * config.patch, horizon=horizon, truncate=truncate, init=init), batch


def _affordable(config: Config, columns: Columns) -> int:
    """How many windows times steps a trial may have."""
    gated = CELLS[config.cell].gates * config.layers
    width = config.hidden + columns.width(config)
    return int(max(1, min(TRIAL_FLOPS // (6 * gated * config.hidden * width), TRIAL_NUMBERS // (2 * gated * width))))


def _work(config: Config, batch: int, columns: Columns) -> float:
    """What a pass over `batch` windows costs, in multiply-adds."""
    network = columns.network(config)
    layers = sum(
        config.steps
        * (STEP_OVERHEAD + batch * network.cell.gates * spec.hidden * (spec.hidden + spec.inputs + UNIT_OVERHEAD))
        for spec in network.specs
    )
    skipped = config.window * columns.inputs + config.horizon * columns.known
    outputs = config.hidden + (skipped if config.skip != "none" else 0)
    return layers + batch * outputs * network.outputs + UNIT_OVERHEAD * network.size


def _measure(config: Config, batch: int, evaluated: int, columns: Columns) -> tuple[float, float]:
    """Seconds of one update and of predicting `evaluated` windows, on made-up numbers."""
    rng = np.random.default_rng(0)
    windows = max(batch, evaluated)
    rows = windows + config.reach + config.horizon
    names = [f"column{k}" for k in range(columns.inputs)]
    dynamic = columns.inputs - columns.static
    static, known = names[dynamic:], names[dynamic - columns.known : dynamic]
    values = rng.standard_normal((rows, columns.inputs))
    series = Series.from_values(values, names, names[: columns.targets], static=static, known=known)
    config = config.replace(batch=batch)
    network = network_for(config, series)
    framing = Framing.fit(config, series, rows)
    start = Start(network.init(rng))
    # One thread, as a worker beside its server has: the clock counts no other.
    learner = make_learner(config, network, series, framing, np.arange(batch), start, threads=1)
    starts = np.arange(evaluated)
    update = _usual(lambda: learner.update(0, 0, 0.0, 1))
    return update, _usual(lambda: learner.predict(starts))


def _usual(call: Callable[[], object]) -> float:
    """The median of a few runs, the shorter of two: the first one allocates, and others are disturbed."""
    times: list[float] = []
    while len(times) < 2 or (len(times) < 8 and sum(times) < TRIAL_SECONDS):
        started = _clock()
        call()
        times.append(_clock() - started)
    return statistics.median_low(times)
