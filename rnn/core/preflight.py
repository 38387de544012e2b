"""What a run would take, before anyone starts it: windows, parameters, memory, time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.learner import EVALUATION_WINDOWS, make_learner
from rnn.core.network import Network
from rnn.core.scaling import fit_scaler
from rnn.core.series import Series
from rnn.core.windows import Split, split_windows

# A trial of the training step stays within these, so that it takes milliseconds and megabytes whatever the settings.
TRIAL_FLOPS, TRIAL_NUMBERS, TRIAL_HIDDEN = 2e8, 2_000_000, 1024
TRIAL_SECONDS = 0.04
USUAL_BATCH = 32
# In multiply-adds: what the calls of one time step cost, and what the activation of one unit costs.
STEP_OVERHEAD, UNIT_OVERHEAD = 100_000, 30
# Seconds for each predicted number of an evaluation, which passes over it about ten times.
SECONDS_A_NUMBER = 3e-8
# The time that this thread computed, wherever it is counted finely: what else the machine does is no part of the answer.
_clock = time.thread_time if time.get_clock_info("thread_time").resolution < 1e-5 else time.perf_counter


@dataclass(frozen=True)
class Preflight:
    """split: the windows of each part. parameters: weights to learn. memory_bytes: what training will hold, about."""

    split: Split
    parameters: int
    memory_bytes: int


def preflight(
    config: Config, rows: int, n_inputs: int, n_targets: int, *, memory_limit: int | None = None
) -> Preflight:
    """For a series of `rows` records. memory_limit: bytes that may be used (None: any).

    Raises ValueError saying what to change where the settings are impossible or would pass the limit.
    """
    if config.gradient == "published" and n_inputs > 1:
        raise ValueError(f"gradient='published' (the article's algorithm) takes one column, got {n_inputs}.")
    split = split_windows(config, rows)
    size = Network(config, n_inputs, n_targets).size
    memory = _memory_bytes(config, split, n_inputs, n_targets)
    if memory_limit is not None and memory > memory_limit:
        raise ValueError(_too_large(config, split, n_inputs, n_targets, memory, memory_limit))
    return Preflight(split, size, memory)


def _memory_bytes(config: Config, split: Split, n_inputs: int, n_targets: int) -> int:
    itemsize = np.dtype(config.dtype).itemsize
    size = Network(config, n_inputs, n_targets).size
    predicted = split.train * config.horizon * n_targets
    # Predictions and actual values in float64 with the temporaries of their errors, one part at a time.
    evaluation = predicted * (40 + itemsize) + (split.validation * config.horizon * n_targets) * 12
    series = split.rows * n_inputs * (2 * 8 + itemsize)
    if config.gradient == "published":
        return int(3 * size * 8 + max(4 * split.train * config.hidden * 8, evaluation) + series)
    batch = min(config.batch, split.train)
    # The states [h | x | 1] and the errors of every step, for the full batch and for the last, smaller one.
    windows = batch + split.train % batch
    buffers = (config.window + 1) * windows * (2 * config.hidden + n_inputs + 1) + 4 * config.hidden**2
    # Weights, gradient, two moments, best weights; then the optimiser's temporary or an evaluation.
    return int(5 * size * itemsize + buffers * itemsize + max(size * itemsize, evaluation) + series)


def _too_large(config: Config, split: Split, n_inputs: int, n_targets: int, memory: int, limit: int) -> str:
    """The sentence for settings that do not fit: the first change that makes them, by one field or beside a usual batch."""

    def fits(changes: dict[str, int]) -> bool:
        if config.truncate is not None:
            changes = {"truncate": min(config.truncate, changes.get("window", config.window)), **changes}
        changed = config.replace(**changes)
        return _memory_bytes(changed, split_windows(changed, split.rows), n_inputs, n_targets) <= limit

    batch = min(config.batch, split.train)
    # The article's algorithm has no choice of batch.
    fields = [] if config.gradient == "published" else [("batch", batch)]
    fields += [("window", config.window), ("hidden", config.hidden)]
    for beside in ({}, {"batch": min(batch, USUAL_BATCH)}) if batch > 1 else ({},):
        others = "".join(f"{name}={value} and " for name, value in beside.items())
        for field, highest in fields:
            if field not in beside and fits(beside | {field: 1}):
                largest = _largest(field, highest, beside, fits)
                return f"{_too_much(memory, limit)}; take {others}{field}={largest} or less."
    return f"{_too_much(memory, limit)}; take a shorter series, a shorter horizon and fewer hidden units."


def _largest(field: str, high: int, beside: dict[str, int], fits: Callable[[dict[str, int]], bool]) -> int:
    """The largest value of the field from 1, which fits, to `high`, by bisection."""
    low = 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(beside | {field: middle}) else (low, middle - 1)
    return low


def _too_much(memory: int, limit: int) -> str:
    return f"Training would hold about {_in_words(memory)} of memory, more than {_in_words(limit)}"


def _in_words(count: int) -> str:
    number, unit = (count / 1e9, "GB") if count >= 1e9 else (count / 1e6, "MB")
    return f"{number:,.0f} {unit}" if number >= 100 else f"{number:.2g} {unit}"


def seconds_per_epoch(config: Config, split: Split, n_inputs: int, n_targets: int) -> float:
    """Measured: an update and an evaluation on numbers of the run's own shape, cut short where they would take long,
    then scaled up by their work."""
    batch = min(config.batch, split.train)
    trial, trial_batch = _trial(config, batch, n_inputs, n_targets)
    evaluated = min(
        EVALUATION_WINDOWS, split.train + split.validation, max(1, _affordable(trial, n_inputs) // trial.window)
    )
    seconds_update, seconds_predict = _measure(trial, trial_batch, evaluated, n_inputs, n_targets)
    update = seconds_update * _work(config, batch, n_inputs, n_targets) / _work(trial, trial_batch, n_inputs, n_targets)
    predict = (
        seconds_predict * _work(config, evaluated, n_inputs, n_targets) / _work(trial, evaluated, n_inputs, n_targets)
    )
    windows = split.train + split.validation
    numbers = windows * config.horizon * n_targets
    return update * split.train / batch + predict * windows / evaluated + numbers * SECONDS_A_NUMBER


def _trial(config: Config, batch: int, n_inputs: int, n_targets: int) -> tuple[Config, int]:
    """The config and batch to measure with: the run's own where they are small enough."""
    hidden = min(config.hidden, TRIAL_HIDDEN, max(1, TRIAL_NUMBERS // n_inputs))
    batch = min(batch, max(16, _affordable(config.replace(hidden=hidden), n_inputs) // 2))
    steps = max(2, _affordable(config.replace(hidden=hidden), n_inputs) // batch)
    if config.input_weights == "per_step":
        steps = max(2, min(steps, TRIAL_NUMBERS // (n_inputs * hidden)))
    window = min(config.window, steps)
    horizon = min(config.horizon, max(1, TRIAL_NUMBERS // (max(hidden, batch) * n_targets)))
    truncate = config.truncate and max(1, round(config.truncate * window / config.window))
    # An orthogonal start takes long to find where there are many hidden units, and changes nothing in the time.
    init = "glorot" if config.init == "orthogonal" else config.init
    return config.replace(hidden=hidden, window=window, horizon=horizon, truncate=truncate, init=init), batch


def _affordable(config: Config, n_inputs: int) -> int:
    """How many windows times steps a trial may have."""
    columns = config.hidden + n_inputs
    return int(max(1, min(TRIAL_FLOPS // (6 * config.hidden * columns), TRIAL_NUMBERS // (2 * columns))))


def _work(config: Config, batch: int, n_inputs: int, n_targets: int) -> float:
    """What a pass over `batch` windows costs, in multiply-adds."""
    unit = config.hidden + n_inputs + UNIT_OVERHEAD
    layer = config.window * (STEP_OVERHEAD + batch * config.hidden * unit)
    size = Network(config, n_inputs, n_targets).size
    return layer + batch * config.hidden * config.horizon * n_targets + UNIT_OVERHEAD * size


def _measure(config: Config, batch: int, evaluated: int, n_inputs: int, n_targets: int) -> tuple[float, float]:
    """Seconds of one update and of predicting `evaluated` windows, on made-up numbers."""
    rng = np.random.default_rng(0)
    rows = max(batch, evaluated) + config.window + config.horizon
    names = [f"column{k}" for k in range(n_inputs)]
    series = Series.from_values(rng.standard_normal((rows, n_inputs)), names, names[:n_targets])
    network = Network(config, n_inputs, n_targets)
    scaler = fit_scaler(config.scaling, series.values, rows)
    learner = make_learner(config, network, series, scaler, network.init(rng))
    starts = np.arange(max(batch, evaluated))
    update = _usual(lambda: learner.update(starts[:batch], 0.0, 1))
    return update, _usual(lambda: learner.predict(starts[:evaluated]))


def _usual(call: Callable[[], object]) -> float:
    """The median of a few runs, the shorter of two: the first one allocates, and others are disturbed."""
    times: list[float] = []
    while len(times) < 2 or (len(times) < 8 and sum(times) < TRIAL_SECONDS):
        started = _clock()
        call()
        times.append(_clock() - started)
    return statistics.median_low(times)
