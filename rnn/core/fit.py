"""Training as one call: `train` yields its events, `fit` drains them into a value that can be kept and resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from rnn.core.config import Config
from rnn.core.events import Epoch, Event, Finished
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer


@dataclass(frozen=True, eq=False)
class Fit:
    """A finished (or stopped) run: the model with the best weights, its epochs, its errors, and what resumes it.

    metrics: of the best weights, "train_", "val_" and with `config.test` also "test_" + loss (scaled), rmse and mae (original
    units; of many series in one, with each error divided by its own series' usual step), and best_epoch.
    final: the same network trained once more on all records, where that was asked for.
    """

    model: Model
    history: list[Epoch]
    metrics: Mapping[str, float]
    finished: Finished
    series: Series
    state: TrainingState
    final: Model | None = None

    @property
    def forecasting(self) -> Model:
        """The model to look ahead with: `final` where there is one. What is measured on validation and test is measured
        with `model`, which has not seen them."""
        return self.model if self.final is None else self.final

    def of(self, id_: str) -> Fit:
        """The fit as that of one of many series, to look into it or to forecast it by its own residuals alone; history and
        metrics stay those of all. Raises ValueError for an id that there is not."""
        final = None if self.final is None else self.final.of(id_)
        return replace(self, model=self.model.of(id_), series=self.series.part(id_), final=final)

    @property
    def config(self) -> Config:
        return self.model.config


def train(
    config: Config, series: Series, stop: Callable[[], bool] = lambda: False, *, resume: Fit | None = None
) -> Iterator[Event]:
    """Train and report as it goes: Epoch and Preview events, then one Finished (a last Preview of the best weights
    before it).

    stop: asked between batches; True ends the run with "stopped". resume: a Fit of the same architecture and series, to
    go on from with its optimiser state; lr and epochs are taken from `config`. Raises ValueError for a series too short.
    """
    trainer = _trainer(config, series, resume)
    for event in trainer.run(stop):
        if isinstance(event, Finished):
            yield trainer.preview_best()
        yield event


def fit(config: Config, series: Series, stop: Callable[[], bool] = lambda: False, *, resume: Fit | None = None) -> Fit:
    """Drain `train` and return what came of it."""
    trainer = _trainer(config, series, resume)
    finished = Finished("stopped", 0)
    for event in trainer.run(stop):
        if isinstance(event, Finished):
            finished = event
    return fit_of(trainer, finished)


def fit_of(trainer: Trainer, finished: Finished) -> Fit:
    """The Fit of a trainer that has come to an end."""
    state = trainer.state
    return Fit(trainer.model, list(state.history), trainer.metrics(), finished, trainer.series, state, trainer.final)


def _trainer(config: Config, series: Series, resume: Fit | None) -> Trainer:
    if resume is None:
        return Trainer(config, series)
    trainer = Trainer(config, series, resume.state)
    trainer.change(lr=config.lr, epochs=config.epochs)
    return trainer
