"""PyTorch on a task: eager, nn.RNN, nn.GRU and nn.LSTM on one thread, at the settings that are fastest for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from benchmarks.engines.rounds import quickest
from benchmarks.engines.task import BETA1, BETA2, EPSILON, LR, Floats, Task

torch.set_num_threads(1)
torch.set_num_interop_threads(1)

MODULES = {"elman": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
VERSION = torch.__version__


class PyTorch:
    """Tried one after the other, each with the best of those before: Adam fused or foreach, denormals flushed or not, and
    for the LSTM oneDNN's layer or PyTorch's own steps."""

    name = "PyTorch"

    def __init__(self, task: Task) -> None:
        self.task = task
        x, y = task.windows(task.batch)
        self.x, self.y = torch.from_numpy(np.ascontiguousarray(x.T[:, :, None])), torch.from_numpy(y)
        self.adam, self.flush, self.onednn = "fused", True, True
        self._start()
        self.step()
        self.gradient: Floats = self.layer.weight_hh_l0.grad.T.numpy().copy()
        self._try("adam", ("fused", "foreach"))
        self._try("flush", (True, False))
        if task.cell == "lstm":
            self._try("onednn", (True, False))
        self._start()

    @property
    def settings(self) -> str:
        onednn = ("" if self.onednn else ", without oneDNN") if self.task.cell == "lstm" else ""
        return f"{self.adam} Adam, denormals {'flushed' if self.flush else 'kept'}{onednn}"

    def _start(self) -> None:
        self.layer, self.readout, self.optimiser = _network(self.task, self.adam)

    def _try(self, setting: str, values: tuple[Any, ...]) -> None:
        seconds = {}
        for value in values:
            setattr(self, setting, value)
            self._start()
            with self:
                seconds[value] = quickest(self.step)
        setattr(self, setting, min(seconds, key=lambda value: seconds[value]))

    def step(self) -> None:
        self._update(self.x, self.y)

    def _update(self, x: torch.Tensor, y: torch.Tensor) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        states, _ = self.layer(x)
        loss = torch.nn.functional.mse_loss(self.readout(states[-1]), y)
        loss.backward()
        self.optimiser.step()

    def epochs(self, windows: int) -> PyTorchEpochs:
        return PyTorchEpochs(self, windows)

    def __enter__(self) -> PyTorch:
        # Flushing is a state of the thread: left on, it would change what NumPy is measured with.
        torch.set_flush_denormal(self.flush)
        torch.backends.mkldnn.set_flags(self.onednn)
        return self

    def __exit__(self, *error: object) -> None:
        torch.set_flush_denormal(False)


class PyTorchEpochs:
    """All windows stand ready in one tensor; a batch is an index_select of its rows and a transposed view."""

    def __init__(self, program: PyTorch, windows: int) -> None:
        self.program, self.size = program, program.task.batch
        x, y = program.task.windows(windows)
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
        self.batches = -(-windows // self.size)

    def run(self, number: int, first: int, last: int) -> None:
        order = torch.randperm(len(self.x))
        for batch in range(first, last):
            rows = order[batch * self.size : (batch + 1) * self.size]
            x = self.x.index_select(0, rows).t().unsqueeze(-1)
            self.program._update(x, self.y.index_select(0, rows))


def _network(task: Task, adam: str) -> tuple[torch.nn.Module, torch.nn.Module, torch.optim.Optimizer]:
    layer, readout = MODULES[task.cell](1, task.hidden), torch.nn.Linear(task.hidden, 1)
    weights = {name: torch.from_numpy(array) for name, array in task.weights().items()}
    with torch.no_grad():
        layer.weight_hh_l0.copy_(weights["W_h"].T)
        layer.weight_ih_l0.copy_(weights["W_x"].T)
        layer.bias_ih_l0.copy_(weights["b"])
        layer.bias_hh_l0.zero_()
        if "b_hn" in weights:
            layer.bias_hh_l0[-task.hidden :] = weights["b_hn"]
        readout.weight.copy_(weights["V"].T)
        readout.bias.copy_(weights["c"])
    params = [*layer.parameters(), *readout.parameters()]
    way = {"fused": True} if adam == "fused" else {"foreach": True}
    return layer, readout, torch.optim.Adam(params, lr=LR, betas=(BETA1, BETA2), eps=EPSILON, **way)
