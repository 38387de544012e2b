"""The training loop: order of batches, evaluation, early stopping, divergence, and the events that report it."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.beside_line import BesideLine, mean_with
from rnn.core.config import Config
from rnn.core.divergence import Growth
from rnn.core.evaluation import Evaluation, Evaluator
from rnn.core.events import Epoch, Event, Finished, Preview
from rnn.core.framing import Framing
from rnn.core.layout import usual_steps
from rnn.core.learner import Learner
from rnn.core.model import Model
from rnn.core.optimisers import restore
from rnn.core.panel import PanelSplit, split_series
from rnn.core.refit import DIVERGED, all_windows, final_model, train_on_all
from rnn.core.schedules import factor
from rnn.core.series import Series
from rnn.core.start import Start, line_of, make_learner, network_for, resumed
from rnn.core.state import TrainingState

Floats = NDArray[np.floating[Any]]
PREVIEW_SECONDS = 0.25


@dataclass(frozen=True)
class Progress:
    """epoch: the one in progress, from 1 on; batch: batches done in it, of `batches`; epochs: asked for."""

    epoch: int
    batch: int
    batches: int
    epochs: int


class Trainer:
    """A run that can be stepped, paused, changed and resumed.

    `run` yields events until the run ends or `stop` says so; between batches `state` is complete, so that a Trainer made
    from it later, in any process, goes on with the same bits. Many series in one are split and scaled each by itself, and
    every batch mixes their windows. Raises ValueError where the series is too short.
    """

    def __init__(self, config: Config, series: Series, state: TrainingState | None = None) -> None:
        self.series, self.split = series, split_series(config, series)
        self.framing = Framing.fit(config, series, self.split.scaler_rows)
        self.network = network_for(config, series)
        windows = self.split.train_starts
        start = resumed(config, self.network, series, self.framing, windows, state)
        self.learner = make_learner(config, self.network, series, self.framing, windows, start)
        self._line = start.line
        self._shown: Learner | BesideLine = self.learner
        best = {name: array.copy() for name, array in (start.kept if state is None else state.best).items()}
        if state is None:
            state = TrainingState({}, best, {}, config.lr, config.epochs, pace=start.pace)
        else:
            final = state.final and dataclasses.replace(state.final)
            state = dataclasses.replace(state, best=best, history=list(state.history), final=final)
            restore(config.optimiser, self.learner.optimiser_state, state.optimiser)
        # The state shows the learner's own arrays: there is one copy of the weights in training.
        state.params, state.optimiser = self.learner.params, self.learner.optimiser_state
        self.state = state
        self.config = config.replace(lr=state.lr, epochs=state.epochs)
        self._train_starts, self._val_starts = windows, self.split.validation_starts
        if start.line is not None:
            self._shown = BesideLine(self.learner, line_of(config, self.network, series, self.framing, windows, start))
        unit = usual_steps(series, self.split.seen_rows) if isinstance(self.split, PanelSplit) else None
        self._evaluator = Evaluator(config, series, self.framing, unit)
        self._growth = Growth(self.learner.params)

    @property
    def batches(self) -> int:
        """Batches in an epoch."""
        return -(-self.split.train // self.config.batch)

    @cached_property
    def batches_of_all(self) -> int:
        """Batches in an epoch of the second training, on all records."""
        return -(-len(all_windows(self.config, self.series)) // self.config.batch)

    @property
    def progress(self) -> Progress:
        state = self.state
        return Progress(min(state.epoch + 1, state.epochs), state.batch, self.batches, state.epochs)

    @property
    def model(self) -> Model:
        """The network with the best weights so far."""
        return Model(self.config, self.state.best, self.framing)

    @property
    def final(self) -> Model | None:
        """The network trained once more on all records; None where that was not asked for or is not done."""
        return final_model(self.config, self.series, self.state)

    def change(self, *, lr: float | None = None, epochs: int | None = None) -> None:
        """Change the learning rate from the next batch on, or the number of epochs. Raises ValueError as Config does."""
        self.config = self.config.replace(
            lr=self.state.lr if lr is None else lr, epochs=self.state.epochs if epochs is None else epochs
        )
        self.state.lr, self.state.epochs = self.config.lr, self.config.epochs

    def run(self, stop: Callable[[], bool] = lambda: False) -> Iterator[Event]:
        """Train until done, asking `stop` between batches. Calling it again after "stopped" goes on where it stopped."""
        state = self.state
        last_preview = -math.inf
        self._measure_the_start()
        while True:
            over = self._over()
            if over is not None:
                again = train_on_all(self.config, self.series, state, stop) if self.config.refit else "done"
                if again == "changed":
                    continue
                message = DIVERGED if again == "diverged" else ""
                yield Finished("stopped" if again == "stopped" else over, state.best_epoch, message=message)
                return
            started = time.perf_counter()
            # What overflows is found by its value and reported in a sentence, not as a NumPy warning.
            with np.errstate(all="ignore"):
                end = self._train_epoch(stop)
                state.seconds += time.perf_counter() - started
                closed = self._close_epoch() if end is None else None
            if closed is None:
                yield end or self._growth.diverged(
                    self.learner, state, "validation" if self._train_is_finite else "training"
                )
                return
            epoch, preview = closed
            yield epoch
            if time.perf_counter() - last_preview >= PREVIEW_SECONDS:
                last_preview = time.perf_counter()
                yield preview

    def preview_best(self) -> Preview:
        """Predictions of the best weights, for the test part too where there is one."""
        predicted = {part: one.predicted for part, one in self._evaluate_best().items()}
        return Preview(self.state.best_epoch, predicted["train"], predicted["val"], predicted.get("test"))

    def metrics(self) -> dict[str, float]:
        """Errors of the best weights on each part ("train_…", "val_…" and, where there is one, "test_…"), in original units
        (loss: scaled), and the epoch they come from."""
        found: dict[str, float] = {"best_epoch": self.state.best_epoch}
        for part, one in self._evaluate_best().items():
            found |= {f"{part}_loss": one.loss, f"{part}_rmse": one.rmse, f"{part}_mae": one.mae}
        return found

    def _evaluate_best(self) -> dict[str, Evaluation]:
        """Nothing else ever looks at the test part."""
        parts = {"train": self._train_starts, "val": self._val_starts}
        if self.split.test:
            parts["test"] = self.split.test_starts
        learner = make_learner(
            self.config, self.network, self.series, self.framing, self._train_starts, Start(self.state.best)
        )
        with np.errstate(all="ignore"):
            return {part: self._evaluator.evaluate(starts, learner.predict(starts)) for part, starts in parts.items()}

    def _measure_the_start(self) -> None:
        """A linear skip starts as a forecast in its own right: its weights are the best ones until an epoch beats them."""
        state = self.state
        if self.config.skip == "none" or state.count > 0:
            return
        with np.errstate(all="ignore"):
            predict = self._shown.line if isinstance(self._shown, BesideLine) else self.learner.predict
            loss = self._evaluator.evaluate(self._val_starts, predict(self._val_starts)).loss
        if math.isfinite(loss):
            state.best_val = loss

    def _over(self) -> str | None:
        """Why no further epoch is due, None where one is."""
        state, patience = self.state, self.config.patience
        if state.epoch >= state.epochs:
            return "done"
        return "early-stop" if patience is not None and state.epoch - state.best_epoch >= patience else None

    def _train_epoch(self, stop: Callable[[], bool]) -> Finished | None:
        """The rest of the epoch in progress; None when it is complete."""
        state, config = self.state, self.config
        if config.gradient == "published" and state.batch == 0 and state.start_losses is None:
            state.start_losses = self._reported_losses()
        while state.batch < self.batches:
            if stop():
                return Finished("stopped", state.best_epoch)
            if state.batch == 0 and state.epoch >= state.epochs:
                return Finished("done", state.best_epoch)  # `stop` has just lowered the number of epochs
            lr = self._lr()
            update = self.learner.update(state.epoch, state.batch, lr, state.count + 1)
            if not math.isfinite(update.grad_norm):
                return self._growth.diverged(self.learner, state, "gradient")
            state.batch += 1
            state.count += 1
            state.norm_sum += update.grad_norm
            state.clipped_sum += update.clipped
        return None

    def _lr(self) -> float:
        """The learning rate of the update to come. Where the epochs were lowered below what is done, the end of the run."""
        state, config = self.state, self.config
        share = (state.epoch * self.batches + state.batch) / (state.epochs * self.batches)
        return state.lr * factor(config.schedule, config.warmup, share)

    def _close_epoch(self) -> tuple[Epoch, Preview] | None:
        """Measure the weights at the end of the epoch; None where a number is no longer finite."""
        state = self.state
        started = time.perf_counter()
        train = self._evaluator.evaluate(self._train_starts, self._shown.predict(self._train_starts))
        val = self._evaluator.evaluate(self._val_starts, self._shown.predict(self._val_starts))
        self._train_is_finite = math.isfinite(train.loss)
        if not (math.isfinite(train.loss) and math.isfinite(val.loss)):
            return None
        losses = state.start_losses or (train.loss, val.loss)
        state.batch = self.batches - 1
        lr = self._lr()  # of the epoch's last update
        state.epoch += 1
        state.seconds += time.perf_counter() - started
        epoch = Epoch(
            state.epoch, *losses, train.rmse, val.rmse, lr, state.norm_sum / self.batches,
            state.clipped_sum / self.batches, state.seconds,
        )  # fmt: skip
        state.history.append(epoch)
        if val.loss < state.best_val:
            state.best_val, state.best_epoch = val.loss, state.epoch
            state.best = mean_with(self._line, self.learner.params)
        state.batch, state.norm_sum, state.clipped_sum, state.seconds, state.start_losses = 0, 0.0, 0, 0.0, None
        predicted = (train.predicted, val.predicted)
        return epoch, Preview(state.epoch, *predicted)

    def _reported_losses(self) -> tuple[float, float]:
        """As the article reports: half the sum of squares, before the epoch's updates."""
        losses = []
        for starts in (self._train_starts, self._val_starts):
            losses.append(self._evaluator.total_loss(starts, self.learner.predict(starts)) / 2)
        return losses[0], losses[1]
