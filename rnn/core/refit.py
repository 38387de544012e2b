"""The network once more, on all records: what a forecast of the time after the last one is made with.

A run keeps validation and test back to be judged by, so its model never learns from the newest records. `Refit` trains the
same network from the same seeds on every window that there is, with the scaler of all records, for as many epochs as the run
found best, or all of them where it may not stop early (`epochs_of`). Over these the learning rate runs its whole course:
weights taken from amid a schedule would be restless. Nothing of it is measured: there is nothing left to measure it on.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from rnn.core.beside_line import mean_with
from rnn.core.config import Config
from rnn.core.framing import Framing
from rnn.core.model import Model
from rnn.core.optimisers import restore
from rnn.core.schedules import factor
from rnn.core.series import Series
from rnn.core.start import make_learner, network_for, resumed
from rnn.core.state import TrainingState
from rnn.core.windows import Starts

DIVERGED = (
    "Trained once more on all records the network diverged, so forecasts come from the weights that validation judged."
)


def all_windows(config: Config, series: Series) -> Starts:
    """The first record of every window that has its whole horizon within its own series."""
    room = config.reach + config.horizon - 1
    return np.concatenate([part.start + np.arange(max(0, part.stop - part.start - room)) for part in series.parts])


def framing_of_all(config: Config, series: Series) -> Framing:
    """Fitted on all records."""
    return Framing.fit(config, series, series.lengths or len(series))


def final_model(config: Config, series: Series, run: TrainingState) -> Model | None:
    """The model of a run's refit, None where it has not come to its end."""
    final = run.final
    if not config.refit or final is None or not is_of(config, final, run) or not is_complete(final):
        return None
    return Model(config, final.best, framing_of_all(config, series))


def epochs_of(config: Config, run: TrainingState) -> int:
    """How many epochs the refit of a run takes: as many as were best where the run may stop early, else the whole schedule. A
    validation part that may not stop a run, and holds back the newest records from it, does not know better."""
    return run.epoch if config.patience is None else run.best_epoch


def is_of(config: Config, final: TrainingState, run: TrainingState) -> bool:
    """Whether a refit belongs to a run as it is now: a run that has gone on may have another best epoch or another rate."""
    return (final.best_epoch, final.lr, final.epochs) == (epochs_of(config, run), run.lr, run.epochs)


def is_complete(final: TrainingState) -> bool:
    return bool(final.best)


def train_on_all(config: Config, series: Series, run: TrainingState, stop: Callable[[], bool]) -> str:
    """Bring `run.final` to its end, on from where it is, asking `stop` before each batch.

    "done"; "stopped"; "diverged", with no final weights; or "changed" where `stop` gave the run another rate or number of
    epochs, so that it may not be over.
    """
    if run.final is not None and not is_of(config, run.final, run):
        run.final = None
    if run.final is not None and is_complete(run.final):
        return "done"
    refit = Refit(config, series, epochs_of(config, run), run.final)
    run.final = refit.state
    end = refit.run(lambda: stop() or not is_of(config, refit.state, run))
    if not is_of(config, refit.state, run):
        return "changed"
    if end == "diverged":
        run.final = None
    return end


class Refit:
    """The second training of a run that is over; like the first it can be stopped between any two batches.

    state: an earlier refit of the same run to go on from, else None. `state` is complete between batches; its `best_epoch`
    is how many epochs it takes, and `best` the final weights, once they are.
    """

    def __init__(self, config: Config, series: Series, epochs: int, state: TrainingState | None = None) -> None:
        self.config = config
        network, framing, windows = (
            network_for(config, series),
            framing_of_all(config, series),
            all_windows(config, series),
        )
        start = resumed(config, network, series, framing, windows, state)
        self._line, self._first = start.line, start.kept
        self.learner = make_learner(config, network, series, framing, windows, start)
        if state is None:
            state = TrainingState({}, {}, {}, config.lr, config.epochs, pace=start.pace, best_epoch=epochs)
        else:
            restore(config.optimiser, self.learner.optimiser_state, state.optimiser)
        state.params, state.optimiser = self.learner.params, self.learner.optimiser_state
        self.state, self.batches = state, -(-len(windows) // config.batch)

    def run(self, stop: Callable[[], bool]) -> str:
        """Train to the end, asking `stop` before each batch: "done", "stopped", or "diverged" where a gradient is no longer a
        finite number. Calling it again after "stopped" goes on."""
        state, config = self.state, self.config
        while state.epoch < state.best_epoch:
            if stop():
                return "stopped"
            share = (state.epoch * self.batches + state.batch) / (state.best_epoch * self.batches)
            lr = state.lr * factor(config.schedule, config.warmup, share)
            with np.errstate(all="ignore"):
                update = self.learner.update(state.epoch, state.batch, lr, state.count + 1)
            if not math.isfinite(update.grad_norm):
                return "diverged"
            state.count += 1
            state.epoch, state.batch = divmod(state.epoch * self.batches + state.batch + 1, self.batches)
        if self.learner.not_finite():
            return "diverged"
        trained = state.best_epoch > 0
        state.best = mean_with(self._line, state.params) if trained else mean_with(None, self._first)
        return "done"
