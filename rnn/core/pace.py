"""How long a run would take, before anyone starts it: measured by a trial of milliseconds, then scaled up."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.evaluation import Evaluator
from rnn.core.framing import Framing
from rnn.core.panel import AnySplit
from rnn.core.preflight import Columns
from rnn.core.series import Series
from rnn.core.start import Start, make_learner, network_for

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
class Pace:
    """Seconds of one core. epoch: an epoch of the run, its evaluation included. again: an epoch of the second training, on all
    records and measured by nothing; 0 where there is none."""

    epoch: float
    again: float

    def seconds(self, epochs: int) -> float:
        """A run of so many epochs, and the second training after it, which takes no more of them."""
        return epochs * (self.epoch + self.again)


def pace_of(
    config: Config, split: AnySplit, n_inputs: int, n_targets: int, *, n_static: int = 0, n_known: int = 0
) -> Pace:
    """Measured: an update and an evaluation on numbers of the run's own shape, cut short where they would take long,
    then scaled up by their work. n_inputs, n_static, n_known: as for `preflight`."""
    columns = Columns(n_inputs, n_targets, n_static, n_known)
    batch = min(config.batch, split.train)
    trial, trial_batch = _trial(config, batch, columns)
    windows = split.train + split.validation
    evaluated = min(EVALUATED_WINDOWS, windows, max(1, _affordable(trial, columns) // trial.steps))
    seconds_update, seconds_evaluate = _measure(trial, trial_batch, evaluated, columns)
    update = seconds_update * _work(config, batch, columns) / _work(trial, trial_batch, columns)
    evaluate = seconds_evaluate * _work(config, evaluated, columns) / _work(trial, evaluated, columns)
    numbers = windows * config.horizon * columns.targets * config.seeds
    learning = config.seeds * update / batch
    epoch = learning * split.train + config.seeds * evaluate * windows / evaluated + numbers * SECONDS_A_NUMBER
    return Pace(epoch, learning * (windows + split.test) if config.refit else 0.0)


def seconds_per_epoch(
    config: Config, split: AnySplit, n_inputs: int, n_targets: int, *, n_static: int = 0, n_known: int = 0
) -> float:
    """Of the run itself, without a second training; as `pace_of`."""
    return pace_of(config, split, n_inputs, n_targets, n_static=n_static, n_known=n_known).epoch


def _trial(config: Config, batch: int, columns: Columns) -> tuple[Config, int]:
    """The config and batch to measure with: the run's own where they are small enough, without what costs no time."""
    hidden = min(config.hidden, TRIAL_HIDDEN, max(1, TRIAL_NUMBERS // columns.width(config)))
    config = config.replace(hidden=hidden, seeds=1, log=False, refit=False, difference="none")
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
    # A shorter window may not reach back to the season.
    residual = config.residual if config.residual == "none" or steps == config.steps else "last"
    cut = {"window": steps * config.patch, "horizon": horizon, "truncate": truncate, "init": init, "residual": residual}
    return config.replace(**cut), batch


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
    """Seconds of one update, and of predicting `evaluated` windows and measuring the errors, on made-up numbers."""
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
    starts, evaluator = np.arange(evaluated), Evaluator(config, series, framing)
    # Weights that start too large overflow, here as in the run itself.
    with np.errstate(all="ignore"):
        update = _usual(lambda: learner.update(0, 0, 0.0, 1))
        return update, _usual(lambda: evaluator.evaluate(starts, learner.predict(starts)))


def _usual(call: Callable[[], object]) -> float:
    """The median of a few runs, the shorter of two: the first one allocates, and others are disturbed."""
    times: list[float] = []
    while len(times) < 2 or (len(times) < 8 and sum(times) < TRIAL_SECONDS):
        started = _clock()
        call()
        times.append(_clock() - started)
    return statistics.median_low(times)
