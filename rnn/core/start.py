"""The weights that a run starts from, and the learner that trains them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core import article
from rnn.core.config import Config
from rnn.core.ensemble import EnsembleLearner, joined, member_configs, parted
from rnn.core.examples import Examples
from rnn.core.framing import Framing
from rnn.core.lanes import threads_allowed
from rnn.core.learner import GradientLearner, Learner, PublishedLearner, published_params
from rnn.core.network import Network, Params, beside
from rnn.core.optimisers import OPTIMISERS
from rnn.core.panel import split_series
from rnn.core.ridge import ridge_start, robust_start, sample_rows
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.windows import Starts

Floats = NDArray[np.floating[Any]]


def network_for(config: Config, series: Series) -> Network:
    """The network for the columns of this series."""
    static, known = len(series.static), len(series.known)
    return Network(config, len(series.names) - static, len(series.targets), beside(config, static, known))


# Losses that count errors by their size and not by its square; the line is solved for what they ask.
ROBUST = ("mae", "huber", "quantile")


@dataclass(frozen=True, eq=False)
class Start:
    """What a run begins with. params: fresh weights. pace: the factor on the learning rate of readout and skip. line: with
    skip="mean" the readout's and the skip's weights of the linear forecast, under the same names."""

    params: Params
    pace: float = 1.0
    line: Params | None = None

    @property
    def kept(self) -> Params:
        """The first weights that a run keeps as its best: those of the linear forecast where there is one."""
        return {**self.params, **(self.line or {})}


def start_of(config: Config, network: Network, series: Series, framing: Framing, windows: Starts) -> Start:
    """Fresh weights. windows: the first records of those that may be looked at.

    The article's come from NumPy's legacy generator, in the article's order. With a linear skip its weights are the ridge
    regression of the targets on the windows, and the readout starts at zero: before the first update the network *is* the
    linear forecast, and training adds what a line cannot do. So that it adds no more than that, readout and skip step at
    the pace of what the line leaves over: a step of Adam is as long as the learning rate however small the error is.

    With skip="mean" the line stands beside the network, whose output starts at zero and learns by itself.
    """
    if config.gradient == "published":
        return Start(published_params(article.initial_weights(config.seed, config.hidden, config.window)))
    members = [network.init(np.random.default_rng(member.seed)) for member in member_configs(config)]
    if config.skip == "none":
        return Start(joined(members))
    linear, left = _linear_start(config, network, series, framing, windows)
    linear["readout.W"] = np.zeros_like(members[0]["readout.W"])
    if config.skip == "mean":
        for params in members:
            params |= {name: np.zeros_like(array) for name, array in linear.items()}
        return Start(joined(members), line=joined([linear] * len(members)))
    for params in members:
        params |= linear
    return Start(joined(members), min(1.0, left))


def resumed(
    config: Config, network: Network, series: Series, framing: Framing, windows: Starts, state: TrainingState | None
) -> Start:
    """Where a run goes on from; None: fresh weights. A line that stands beside the network is not stored but solved again."""
    if state is None:
        return start_of(config, network, series, framing, windows)
    line = start_of(config, network, series, framing, windows).line if config.skip == "mean" else None
    return Start(state.params, state.pace, line)


def line_beside(config: Config, series: Series) -> Params | None:
    """The line that stands beside the networks of a run (skip="mean"), solved again; None where there is none."""
    if config.skip != "mean":
        return None
    split, network = split_series(config, series), network_for(config, series)
    framing = Framing.fit(config, series, split.scaler_rows)
    return start_of(config, network, series, framing, split.train_starts).line


def first_optimiser_state(config: Config, params: Params) -> dict[str, Floats]:
    """What the optimiser remembers of these weights before the first update."""
    if config.gradient == "published":
        return {}
    sizes = (sum(array.size for array in member.values()) for member in parted(params, config.seeds))
    return joined([OPTIMISERS[config.optimiser].init(size, config.dtype) for size in sizes])


def _linear_start(
    config: Config, network: Network, series: Series, framing: Framing, windows: Starts
) -> tuple[Params, float]:
    """skip.W and, with a bias, readout.b from ridge regression (for a quantile loss each level has its own intercept), and
    the root mean square that they leave over, in the network's units."""
    prepared = framing.prepare(series.values)
    starts = windows[sample_rows(len(windows), network.shapes["skip.W"][0], network.points)]
    x = np.empty((config.steps, len(starts), network.channels))
    anchor = framing.inputs(prepared, starts, x)
    y = framing.outputs(prepared, starts, anchor)
    dynamic = network.channels - network.n_static
    design = np.concatenate([x[:, :, :dynamic].swapaxes(0, 1).reshape(len(starts), -1), x[-1, :, dynamic:]], axis=1)
    if config.loss in ROBUST:
        W, b = robust_start(design, y, intercept=config.bias)
    else:
        W, b, _ = ridge_start(design, y, intercept=config.bias)
    left = y - design @ W - b
    shifts = np.zeros((network.points, 1))
    if network.levels > 1:
        shifts = np.quantile(left, config.quantiles, axis=0).T
    linear: Params = {"skip.W": np.repeat(W, network.levels, axis=1).astype(config.dtype)}
    if config.bias:
        linear["readout.b"] = (b[:, None] + shifts).ravel().astype(config.dtype)
    return linear, float(np.sqrt(np.mean(np.square(left))))


def make_learner(
    config: Config,
    network: Network,
    series: Series,
    framing: Framing,
    windows: Starts,
    start: Start,
    threads: int | None = None,
) -> Learner:
    """The learner that `config.gradient` and `config.seeds` ask for, starting from these weights (copied). windows: the first
    records of those to train on. threads: how many it may use (None: what `threads_allowed` says)."""
    if config.gradient == "published":
        return PublishedLearner(config, series, framing, start.params)
    threads = threads_allowed() if threads is None else threads
    own = threads if config.seeds == 1 else 1  # of an ensemble the members go side by side
    examples = Examples(config, network, series, framing, windows)
    members = [
        GradientLearner(member, network, examples, params, start.pace, own)
        for member, params in zip(member_configs(config), parted(start.params, config.seeds), strict=True)
    ]
    return members[0] if len(members) == 1 else EnsembleLearner(members, threads)


def line_of(
    config: Config, network: Network, series: Series, framing: Framing, windows: Starts, start: Start
) -> Learner:
    """What predicts with the line that stands beside the networks. One of them is enough: with its weights all say the same."""
    weights = parted({**start.params, **(start.line or {})}, config.seeds)[0]
    return make_learner(config.replace(seeds=1), network, series, framing, windows, Start(weights))
