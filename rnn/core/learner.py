"""The update rules behind one face: the true gradient, an ensemble of it, and the article's published rule.

A learner holds the weights and knows the framed series; `rnn.core.train` decides when to evaluate, when to stop and what to
keep.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnn.core import article
from rnn.core.clipping import CLIPPINGS
from rnn.core.config import Config
from rnn.core.examples import Examples
from rnn.core.framing import Framing
from rnn.core.lanes import Lanes
from rnn.core.network import Network, Params
from rnn.core.optimisers import OPTIMISERS, Settings
from rnn.core.series import Series
from rnn.core.windows import Starts, even_parts
from rnn.core.workspace import Workspace

Floats = NDArray[np.floating[Any]]

# A second draw from the same seed and epoch, beside the order of the windows.
DROPOUT_STREAM = 1


@dataclass(frozen=True)
class Update:
    """What one update did: the gradient's global L2 norm before clipping (not finite: nothing was changed) and the share
    of networks whose gradient the clip bit."""

    grad_norm: float
    clipped: float


class Learner(Protocol):
    """What training needs of an update rule. params: parameter name → array, views of what the learner trains.

    update: one step on batch number `batch` (from 0 on) of epoch number `epoch` (from 0 on); lr: this step's rate; count:
    its number over the whole run, from 1 on. predict: ŷ (windows, O) in the network's units.
    """

    params: Params
    optimiser_state: dict[str, Floats]

    def update(self, epoch: int, batch: int, lr: float, count: int) -> Update: ...
    def predict(self, starts: Starts) -> Floats: ...
    def not_finite(self) -> list[str]: ...


class GradientLearner:
    """Truncated BPTT with an optimiser."""

    def __init__(
        self, config: Config, network: Network, examples: Examples, params: Params, pace: float = 1.0, threads: int = 1
    ) -> None:
        """examples: the windows to be trained on. pace: the factor on the learning rate of readout and skip. threads: how
        many may be at work at once; the numbers do not depend on it."""
        self.config, self.network, self.examples = config, network, examples
        self.vector = network.flat(params)
        self.gradient = np.zeros_like(self.vector)
        self.params = network.views(self.vector)
        self.optimiser = OPTIMISERS[config.optimiser]
        self.optimiser_state = self.optimiser.init(network.size, self.vector.dtype)
        self.clip = CLIPPINGS[config.clip]
        self._parts = self._with_their_pace(pace)
        self._order: tuple[int, Starts] = (-1, np.arange(0))
        self._workspaces: dict[tuple[int, int, bool], Workspace] = {}
        self._training_lanes, self._predicting_lanes = Lanes(threads), Lanes(threads)

    def update(self, epoch: int, batch: int, lr: float, count: int) -> Update:
        starts = self.batch_starts(epoch, batch)
        loss = self._gradient(starts, epoch, batch)
        norm = math.sqrt(float(np.dot(self.gradient, self.gradient)))
        if not math.isfinite(norm) and math.isfinite(loss):
            # The squares of float32 overflow long before the entries do.
            norm = float(np.linalg.norm(self.gradient.astype(np.float64)))
        if not (math.isfinite(norm) and math.isfinite(loss)):
            return Update(math.inf, 0.0)
        config = self.config
        clipped = self.clip(self.gradient, norm, config.clip_at)
        for vector, gradient, state, work, pace in self._parts:
            settings = Settings(lr * pace, count, config.momentum, config.nesterov, config.weight_decay)
            self.optimiser.step(vector, gradient, state, settings, work)
        return Update(norm, float(clipped))

    def _with_their_pace(self, pace: float) -> list[tuple[Floats, Floats, dict[str, Floats], Floats, float]]:
        """What the optimiser steps at one rate: everything, or the layers apart from readout and skip."""
        work, size = np.empty_like(self.vector), self.network.size
        ends = [0, size] if pace == 1 else [0, sum(self.network.layer_sizes), size]
        parts = [slice(first, end) for first, end in itertools.pairwise(ends)]
        return [
            (
                self.vector[part], self.gradient[part],
                {name: vector[part] for name, vector in self.optimiser_state.items()}, work[part], rate,
            )
            for part, rate in zip(parts, (1.0, pace), strict=False)
        ]  # fmt: skip

    def batch_starts(self, epoch: int, batch: int) -> Starts:
        """The windows of a batch: the epoch's order is drawn from (seed, epoch), so that a run can go on from anywhere."""
        if self._order[0] != epoch:
            order = np.random.default_rng([self.config.seed, epoch]).permutation(len(self.examples.windows))
            self._order = (epoch, self.examples.windows[order])
        first = batch * self.config.batch
        return self._order[1][first : first + self.config.batch]

    def _gradient(self, starts: Starts, epoch: int, batch: int) -> float:
        """Fill `gradient` with that of the mean loss over these windows, tile by tile; returns the loss.

        Every other tile belongs to a second lane with a gradient of its own, added at the end: so the sums are the same
        whether the lanes run side by side or not.
        """
        tiles = list(enumerate(even_parts(len(starts), self.network.tile)))
        totals = [0.0, 0.0]

        def lane(which: int) -> None:
            fresh: set[int] = set()
            for number, part in tiles[which::2]:
                work = self._fresh_workspace(part, fresh, which, training=True)
                if self.config.dropout > 0:
                    stream = np.random.default_rng([self.config.seed, epoch, batch, number, DROPOUT_STREAM])
                    work.draw_dropout(stream, self.config.dropout)
                y = self.examples.fill(starts[part], work.x)
                work.forward()
                totals[which] += work.backward(y, len(starts), add=number > which)

        if len(tiles) == 1:
            lane(0)
        else:
            self._training_lanes.run(lambda: lane(0), lambda: lane(1), len(starts))
            self.gradient += self._second_gradient
        return sum(totals) / (len(starts) * self.network.points)

    def predict(self, starts: Starts) -> Floats:
        examples = self.examples
        predicted: Floats = np.empty((len(starts), self.network.outputs), self.vector.dtype)
        # In a prediction a tile has less to keep, so it may be larger.
        tiles = even_parts(len(starts), 2 * self.network.tile)

        def lane(which: int) -> None:
            fresh: set[int] = set()
            for part in tiles[which::2]:
                work = self._fresh_workspace(part, fresh, which, training=False)
                examples.framing.inputs(examples.prepared, starts[part], work.x)
                predicted[part] = work.forward()

        if len(tiles) == 1:
            lane(0)
        else:
            self._predicting_lanes.run(lambda: lane(0), lambda: lane(1), len(starts))
        return predicted

    def not_finite(self) -> list[str]:
        """Names of the parameters that are not finite, or else of those whose last gradient is not."""
        for vector in (self.vector, self.gradient):
            names = [name for name, array in self.network.views(vector).items() if not np.isfinite(array).all()]
            if names:
                return names
        return []

    def _fresh_workspace(self, part: slice, fresh: set[int], lane: int, *, training: bool) -> Workspace:
        """The lane's workspace for a tile of this size, with the weights as they are; `fresh`: the sizes that have them."""
        # Few live at once: tiles of a batch have two sizes, those of the last, smaller batch two more.
        windows = part.stop - part.start
        key = (windows, lane, training)
        if key not in self._workspaces:
            gradient = self._second_gradient if lane else self.gradient
            self._workspaces[key] = Workspace(
                self.network, windows, params=self.vector, gradient=gradient, training=training
            )
        if windows not in fresh:
            self._workspaces[key].refresh()
            fresh.add(windows)
        return self._workspaces[key]

    @cached_property
    def _second_gradient(self) -> Floats:
        return np.zeros_like(self.gradient)


class PublishedLearner:
    """The article's rule, one record at a time; see `rnn.core.article` for what it is and why it is no gradient.

    Its matrices are kept in the article's own layout and shown under the network's names as transposed views.
    """

    def __init__(self, config: Config, series: Series, framing: Framing, params: Params) -> None:
        self.config = config
        if series.values.shape[1] != 1 or series.lengths:
            taken = (
                f"a single series, got {len(series.lengths)}"
                if series.lengths
                else f"one column, got {', '.join(series.names)}"
            )
            raise ValueError(f"gradient='published' (the article's algorithm) takes {taken}.")
        values = framing.prepare(series.values)[:, 0]
        self.x, self.y = article.windows(values, config.window)
        self.weights = article.Weights(
            np.array(params["layer0.W_x"][:, 0, :].T, order="C"),
            np.array(params["layer0.W_h"].T, order="C"),
            np.array(params["readout.W"].T, order="C"),
        )
        self.params = published_params(self.weights)
        self.optimiser_state: dict[str, Floats] = {}

    def update(self, epoch: int, batch: int, lr: float, count: int) -> Update:
        # In the article's order: record after record, the same in every epoch.
        report = article.update(
            self.weights, self.x[batch], float(self.y[batch]),
            lr=lr, truncate=self.config.truncate or 0, clip_at=self.config.clip_at,
        )  # fmt: skip
        return Update(report.grad_norm, float(report.clipped))

    def predict(self, starts: Starts) -> Floats:
        return article.forward(self.weights, self.x[starts])[:, None]

    def not_finite(self) -> list[str]:
        return [name for name, array in self.params.items() if not np.isfinite(array).all()]


def published_params(weights: article.Weights) -> Params:
    """The article's U, W, V under the network's names, as views: layer0.W_x (T, 1, H), layer0.W_h (H, H), readout.W (H, 1)."""
    return {"layer0.W_h": weights.W.T, "layer0.W_x": weights.U.T[:, None, :], "readout.W": weights.V.T}
