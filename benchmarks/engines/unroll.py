"""Our own engine on a task: the library's learner, as training uses it, clipping apart."""

from __future__ import annotations

from benchmarks.engines.task import LR, Floats, Task
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.workspace import Workspace


class Unroll:
    """The gathering of the batch's windows is part of our step; the peers' step finds its batch ready."""

    name = "Unroll"
    settings = ""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._epochs = UnrollEpochs(task, task.batch)
        self.step()
        self.gradients = self._epochs.gradients()
        self.gradient = self.gradients["layer0.W_h"]

    def step(self) -> None:
        self._epochs.run(0, 0, 1)

    def epochs(self, windows: int) -> UnrollEpochs:
        return UnrollEpochs(self.task, windows)

    def __enter__(self) -> Unroll:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class UnrollEpochs:
    def __init__(self, task: Task, windows: int) -> None:
        series = Series.from_values(task.values(windows + 1))  # one more window, which validates
        trainer = Trainer(config_of(task).replace(validation=1), series)
        self.learner, self.batches = trainer.learner, trainer.batches
        fill(self.learner.params, task)
        self.count = 0

    def run(self, number: int, first: int, last: int) -> None:
        for batch in range(first, last):
            self.count += 1
            self.learner.update(number, batch, LR, self.count)

    def gradients(self) -> dict[str, Floats]:
        """Of the last update, by the library's names; copies."""
        learner = self.learner
        return {name: array.copy() for name, array in learner.network.views(learner.gradient).items()}


def config_of(task: Task) -> Config:
    return Config(
        cell=task.cell, activation="tanh", hidden=task.hidden, window=task.window, batch=task.batch, loss="mse",
        optimiser="adam", lr=LR, clip="none", scaling="none", dtype="float32",
    )  # fmt: skip


def fill(params: dict[str, Floats], task: Task) -> None:
    """Write the task's weights into the learner's."""
    names = {"V": "readout.W", "c": "readout.b"}
    for name, array in task.weights().items():
        params[names.get(name, f"layer0.{name}")][...] = array


def first_step_reached(task: Task) -> int:
    """Where our guard ends the way back of this task's error, on up to 8 of its windows: 0 if it skips no step."""
    learner = UnrollEpochs(task, 1).learner
    x, y = task.windows(min(task.batch, 8))
    work = Workspace(learner.network, len(x), params=learner.vector)
    work.x[...] = x.T[:, :, None]
    work.refresh()
    work.forward()
    work.backward(y, len(x), add=False)
    return work.stopped[0]
