"""A run as it was at the end of one of its epochs, to look into at once: what takes long is computed when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from rnn.core.config import Config
from rnn.core.evaluation import Evaluation, Evaluator
from rnn.core.events import Epoch, Finished
from rnn.core.fit import Fit
from rnn.core.framing import Framing
from rnn.core.layout import usual_steps
from rnn.core.model import Model
from rnn.core.network import Params
from rnn.core.panel import PanelSplit, split_series
from rnn.core.series import Series
from rnn.core.start import Start, make_learner, network_for
from rnn.core.state import TrainingState

_ERRORS = ("loss", "rmse", "mae")


class Measured(Mapping[str, float]):
    """The metrics of a `Fit` with this model. known: those that need no computation. A part of the series is predicted when
    one of its errors that are not known is first asked for."""

    def __init__(self, known: Mapping[str, float], model: Model, series: Series) -> None:
        self._known, self._model, self._series = dict(known), model, series
        self._split = split_series(model.config, series)
        self._starts = {"train": self._split.train_starts, "val": self._split.validation_starts}
        if self._split.test:
            self._starts["test"] = self._split.test_starts
        self._names = ("best_epoch", *(f"{part}_{error}" for part in self._starts for error in _ERRORS))

    def __getitem__(self, name: str) -> float:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._known:
            part = name.partition("_")[0]
            one = self._evaluate(part)
            # What is known already stays: nobody is to see a number change.
            self._known = {f"{part}_{error}": getattr(one, error) for error in _ERRORS} | self._known
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _evaluate(self, part: str) -> Evaluation:
        """As the run itself measures (`rnn.core.train`)."""
        config, series, framing = self._model.config, self._series, self._model.framing
        start = Start(self._model.params)
        learner = make_learner(config, network_for(config, series), series, framing, self._split.train_starts, start)
        unit = usual_steps(series, self._split.seen_rows) if isinstance(self._split, PanelSplit) else None
        with np.errstate(all="ignore"):
            outputs = learner.predict(self._starts[part])
            return Evaluator(config, series, framing, unit).evaluate(self._starts[part], outputs)


def fit_at(config: Config, series: Series, state: TrainingState, weights: Params) -> Fit:
    """The run at the end of epoch `state.epoch`. weights: those to look at, which the run would have kept had the epoch been
    the best. metrics are theirs, its "best_epoch" too; `state` is what training goes on from."""
    config = config.replace(lr=state.lr, epochs=state.epochs)
    model = Model(config, weights, Framing.fit(config, series, split_series(config, series).scaler_rows))
    known = {"best_epoch": float(state.epoch)}
    if state.history and state.history[-1].epoch == state.epoch:
        known |= _measured_then(config, state.history[-1])
    metrics = Measured(known, model, series)
    return Fit(model, list(state.history), metrics, Finished("stopped", state.epoch), series, state)


def _measured_then(config: Config, epoch: Epoch) -> dict[str, float]:
    """What the run itself measured of these weights. The article's way of reporting losses is that of an epoch's beginning."""
    found = {"train_rmse": epoch.train_rmse, "val_rmse": epoch.val_rmse}
    if config.gradient != "published":
        found |= {"train_loss": epoch.train_loss, "val_loss": epoch.val_loss}
    return found
