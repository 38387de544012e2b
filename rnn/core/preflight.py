"""What a run would take, before anyone starts it: windows, parameters, memory, time."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from rnn.core.config import Config
from rnn.core.network import Network, Workspace
from rnn.core.windows import Split, split_windows

# A trial of the training step stays within this many multiply-adds and numbers, so that it takes milliseconds.
TRIAL_FLOPS = 1e8
TRIAL_NUMBERS = 2_000_000
# The article's rule, measured per record and step of the window at hidden 100; it grows with hidden².
PUBLISHED_SECONDS = 1.2e-5


@dataclass(frozen=True)
class Preflight:
    """split: the windows of each part. parameters: weights to learn. memory_bytes: what training will hold, about."""

    split: Split
    parameters: int
    memory_bytes: int


def preflight(config: Config, rows: int, n_inputs: int, n_targets: int) -> Preflight:
    """For a series of `rows` records. Raises ValueError saying what to change where the settings are impossible."""
    split = split_windows(config, rows)
    size = Network(config, n_inputs, n_targets).size
    itemsize = np.dtype(config.dtype).itemsize
    batch = min(config.batch, split.train)
    # The state buffer [h | x | 1] and the errors, for the full batch and for the last, smaller one.
    buffers = 2 * (config.window + 1) * batch * (2 * config.hidden + n_inputs + 1) * itemsize
    predictions = (split.train + split.validation) * config.horizon * n_targets * (3 * 8 + itemsize)
    series = rows * n_inputs * (2 * 8 + itemsize)
    # Weights, gradient, two optimiser moments, best weights, one temporary.
    return Preflight(split, size, int(6 * size * itemsize + buffers + predictions + series))


def seconds_per_epoch(config: Config, split: Split, n_inputs: int, n_targets: int) -> float:
    """Measured: one training step on numbers of the run's own shape, cut short where it would take long, scaled up."""
    if config.gradient == "published":
        return split.train * config.window * PUBLISHED_SECONDS * max(1.0, (config.hidden / 100) ** 2)
    batch = min(config.batch, split.train)
    flops_a_step = 6 * batch * config.hidden * (config.hidden + n_inputs)
    numbers_a_step = 2 * batch * (config.hidden + n_inputs)
    steps = int(max(2, min(config.window, TRIAL_FLOPS // flops_a_step, TRIAL_NUMBERS // numbers_a_step)))
    scale = config.window / min(steps, config.window)
    trial_batch = min(batch, max(1, int(TRIAL_NUMBERS // (2 * (config.hidden + n_inputs)))))
    scale *= batch / trial_batch
    trial = config.replace(window=min(steps, config.window), truncate=None)
    seconds = _time_one_step(trial, trial_batch, n_inputs, n_targets) * scale
    batches = -(-split.train // batch)
    # Measuring the losses is a forward pass over both parts: about a third of a training step's work a window.
    return seconds * batches * (1 + (split.train + split.validation) / split.train / 3)


def _time_one_step(config: Config, batch: int, n_inputs: int, n_targets: int) -> float:
    network = Network(config, n_inputs, n_targets)
    rng = np.random.default_rng(0)
    work = Workspace(network, batch, params=network.flat(network.init(rng)))
    x = rng.standard_normal((batch, n_inputs)).astype(config.dtype)
    y = np.zeros((batch, network.outputs), config.dtype)
    times = []
    for _ in range(3):
        started = time.perf_counter()
        work.forward(lambda t, out: np.copyto(out, x))
        work.backward(y)
        times.append(time.perf_counter() - started)
    return min(times)
