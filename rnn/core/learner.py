"""The two update rules behind one face: the true gradient, and the article's published rule.

A learner holds the weights and knows the scaled series; `rnn.core.train` decides the order of batches, when to evaluate,
when to stop and what to keep.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnn.core import article
from rnn.core.clipping import CLIPPINGS
from rnn.core.config import Config
from rnn.core.network import Network, Params, Workspace
from rnn.core.optimisers import OPTIMISERS
from rnn.core.scaling import Scaler
from rnn.core.series import Series
from rnn.core.windows import chunks, gather_inputs, gather_targets

Floats = NDArray[np.floating[Any]]
Starts = NDArray[np.intp]

# Windows that one forward pass of an evaluation takes: enough for fast products, few enough to stay in cache.
EVALUATION_WINDOWS = 256

# Beyond these, sums over a window and a layer may no longer be finite.
LARGEST = {"float32": 1e30, "float64": 1e150}


@dataclass(frozen=True)
class Update:
    """What one update did: the gradient's global L2 norm before clipping (not finite: nothing was changed) and whether
    the clip bit."""

    grad_norm: float
    clipped: bool


class Learner(Protocol):
    """What training needs of an update rule. params: parameter name → array, views of what the learner trains."""

    params: Params
    optimiser_state: dict[str, Floats]

    def update(self, starts: Starts, lr: float, count: int) -> Update: ...
    def predict(self, starts: Starts) -> Floats: ...
    def not_finite(self) -> list[str]: ...


class GradientLearner:
    """Truncated BPTT with an optimiser."""

    def __init__(self, config: Config, network: Network, series: Series, scaler: Scaler, params: Params) -> None:
        self.config, self.network = config, network
        scaled = scaler.transform(series.values)
        largest = float(np.abs(scaled).max())
        if largest > LARGEST[config.dtype]:
            raise ValueError(
                f"After scaling={config.scaling!r} the largest value is {largest:.3g}, too much for dtype={config.dtype!r}; "
                "take scaling='standard', or dtype='float64'."
            )
        self.inputs = scaled.astype(config.dtype)
        self.targets = np.ascontiguousarray(self.inputs[:, series.target_columns])
        self.vector = network.flat(params)
        self.gradient = np.zeros_like(self.vector)
        self.params = network.views(self.vector)
        self.optimiser = OPTIMISERS[config.optimiser]
        self.optimiser_state = self.optimiser.init(network.size, self.vector.dtype)
        self.clip = CLIPPINGS[config.clip]
        self._workspaces: dict[tuple[int, bool], Workspace] = {}

    def update(self, starts: Starts, lr: float, count: int) -> Update:
        """One step on the windows that start at these rows. lr: this step's rate. count: its number, from 1 on."""
        work = self._workspace(len(starts), training=True)
        work.forward(self._reader(starts))
        loss = work.backward(gather_targets(self.targets, starts, self.config.window, self.config.horizon))
        norm = math.sqrt(float(np.dot(self.gradient, self.gradient)))
        if not math.isfinite(norm) and math.isfinite(loss):
            # The squares of float32 overflow long before the entries do.
            norm = float(np.linalg.norm(self.gradient.astype(np.float64)))
        if not (math.isfinite(norm) and math.isfinite(loss)):
            return Update(math.inf, False)
        clipped = self.clip(self.gradient, norm, self.config.clip_at)
        self.optimiser.step(self.vector, self.gradient, self.optimiser_state, lr, count)
        return Update(norm, clipped)

    def predict(self, starts: Starts) -> Floats:
        """ŷ (windows, horizon · K) in scaled units."""
        predicted = np.empty((len(starts), self.network.outputs), self.vector.dtype)
        for part in chunks(len(starts), EVALUATION_WINDOWS):
            rows = starts[part]
            work = self._workspace(len(rows), training=False)
            predicted[part] = work.forward(self._reader(rows))
        return predicted

    def not_finite(self) -> list[str]:
        """Names of the parameters that are not finite, or else of those whose last gradient is not."""
        for vector in (self.vector, self.gradient):
            names = [name for name, array in self.network.views(vector).items() if not np.isfinite(array).all()]
            if names:
                return names
        return []

    def _reader(self, starts: Starts) -> Callable[[int, Floats], None]:
        return lambda t, out: gather_inputs(self.inputs, starts, t, out)

    def _workspace(self, batch: int, *, training: bool) -> Workspace:
        # At most four live: the full batch and the last one, for training and for evaluation.
        key = (batch, training)
        if key not in self._workspaces:
            self._workspaces[key] = Workspace(
                self.network, batch, params=self.vector, gradient=self.gradient, training=training
            )
        return self._workspaces[key]


class PublishedLearner:
    """The article's rule, one record at a time; see `rnn.core.article` for what it is and why it is no gradient.

    Its matrices are kept in the article's own layout and shown under the network's names as transposed views.
    """

    def __init__(self, config: Config, series: Series, scaler: Scaler, params: Params) -> None:
        self.config = config
        if series.values.shape[1] != 1:
            raise ValueError(
                f"gradient='published' (the article's algorithm) takes one column, got {', '.join(series.names)}."
            )
        values = scaler.transform(series.values)[:, 0]
        self.x, self.y = article.windows(values, config.window)
        self.weights = article.Weights(
            np.array(params["layer0.W_x"][:, 0, :].T, order="C"),
            np.array(params["layer0.W_h"].T, order="C"),
            np.array(params["readout.W"].T, order="C"),
        )
        self.params = published_params(self.weights)
        self.optimiser_state: dict[str, Floats] = {}

    def update(self, starts: Starts, lr: float, count: int) -> Update:
        record = int(starts[0])
        report = article.update(
            self.weights, self.x[record], float(self.y[record]),
            lr=lr, truncate=self.config.truncate or 0, clip_at=self.config.clip_at,
        )  # fmt: skip
        return Update(report.grad_norm, report.clipped)

    def predict(self, starts: Starts) -> Floats:
        return article.forward(self.weights, self.x[starts])[:, None]

    def not_finite(self) -> list[str]:
        return [name for name, array in self.params.items() if not np.isfinite(array).all()]


def published_params(weights: article.Weights) -> Params:
    """The article's U, W, V under the network's names, as views: layer0.W_x (T, 1, H), layer0.W_h (H, H), readout.W (H, 1)."""
    return {"layer0.W_h": weights.W.T, "layer0.W_x": weights.U.T[:, None, :], "readout.W": weights.V.T}


def initial_params(config: Config, network: Network) -> Params:
    """The weights that a run starts from; the article's come from NumPy's legacy generator, in the article's order."""
    if config.gradient == "published":
        return published_params(article.initial_weights(config.seed, config.hidden, config.window))
    return network.init(np.random.default_rng(config.seed))


def make_learner(config: Config, network: Network, series: Series, scaler: Scaler, params: Params) -> Learner:
    """The learner that `config.gradient` names, starting from these weights (copied)."""
    if config.gradient == "published":
        return PublishedLearner(config, series, scaler, params)
    return GradientLearner(config, network, series, scaler, params)
