"""Makes passes.npz and paths.npz with PyTorch, float64 on the CPU. See README.md beside it.

    python tests/golden/make_golden.py

It imports nothing of the project: what PyTorch computes is written down under the project's parameter names, and the
translation is done here a second time, by hand, so that it can disagree with `rnn.export.torch_names`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

FOLDER = Path(__file__).parent
Arrays = dict[str, np.ndarray]

# Small, and all different, so that a mixed-up axis cannot go unnoticed.
STEPS, BATCH, INPUTS, HIDDEN, TARGETS, HORIZON = 7, 5, 3, 6, 2, 2
LEVELS = (0.1, 0.2, 0.55, 0.9)
KINDS: dict[str, dict[str, Any]] = {
    "tanh": {"cell": "elman", "activation": "tanh"},
    "relu": {"cell": "elman", "activation": "relu"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
}
CLASSES = {"tanh": nn.RNN, "relu": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def pinball(y_hat: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The mean over windows, outputs and LEVELS; y_hat has a column for each level beside each output."""
    error = y[:, :, None] - y_hat.reshape(*y.shape, len(LEVELS))
    levels = torch.tensor(LEVELS)
    return torch.maximum(levels * error, (levels - 1) * error).mean()


LOSSES: dict[str, tuple[dict[str, Any], Callable[[torch.Tensor, torch.Tensor], torch.Tensor]]] = {
    "mse": ({"loss": "mse"}, nn.MSELoss()),
    "mae": ({"loss": "mae"}, nn.L1Loss()),
    "huber": ({"loss": "huber", "huber_delta": 1.0}, nn.HuberLoss(delta=1.0)),
    "huber-0.4": ({"loss": "huber", "huber_delta": 0.4}, nn.HuberLoss(delta=0.4)),
    "quantile": ({"loss": "quantile", "quantiles": LEVELS}, pinball),
}

OPTIMISERS: dict[str, tuple[dict[str, Any], Callable[[Any], torch.optim.Optimizer]]] = {
    "sgd": ({"optimiser": "sgd", "lr": 0.05}, lambda p: torch.optim.SGD(p, lr=0.05)),
    "momentum": (
        {"optimiser": "momentum", "lr": 0.02, "momentum": 0.9},
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9),
    ),
    "nesterov": (
        {"optimiser": "momentum", "lr": 0.02, "momentum": 0.8, "nesterov": True},
        lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.8, nesterov=True),
    ),
    "rmsprop": ({"optimiser": "rmsprop", "lr": 0.003}, lambda p: torch.optim.RMSprop(p, lr=0.003)),
    "adam": ({"optimiser": "adam", "lr": 0.01}, lambda p: torch.optim.Adam(p, lr=0.01)),
    "adamw": (
        {"optimiser": "adam", "lr": 0.01, "weight_decay": 0.01},
        lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.01),
    ),
}
PATH_STEPS, KEPT = 50, (1, 10, 50)
PATH_BATCHES = (5, 5, 5, 3)  # the last one smaller, as at the end of an epoch


@dataclass(frozen=True)
class Case:
    """One network and how it is read: the last `truncate` steps carry the error, None for all."""

    kind: str
    layers: int
    loss: str = "mse"
    truncate: int | None = None
    bias: bool = True
    skip: bool = False

    @property
    def name(self) -> str:
        parts = [self.kind, str(self.layers), self.loss]
        parts += [] if self.truncate is None else [f"truncate{self.truncate}"]
        parts += [] if self.bias else ["no-bias"]
        return "-".join(parts + (["skip"] if self.skip else []))

    @property
    def fields(self) -> dict[str, Any]:
        """The same choices as fields of the project's Config."""
        return {
            **KINDS[self.kind], **LOSSES[self.loss][0], "layers": self.layers, "hidden": HIDDEN, "window": STEPS,
            "horizon": HORIZON, "truncate": self.truncate, "bias": self.bias, "skip": "linear" if self.skip else "none",
            "dtype": "float64",
        }  # fmt: skip


class Net(nn.Module):
    """nn.RNN, nn.GRU or nn.LSTM with a linear readout of the last hidden state."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case
        outputs = HORIZON * TARGETS * (len(LEVELS) if case.loss == "quantile" else 1)
        extra = {"nonlinearity": case.kind} if CLASSES[case.kind] is nn.RNN else {}
        self.rnn = CLASSES[case.kind](INPUTS, HIDDEN, case.layers, bias=case.bias, **extra)
        self.readout = nn.Linear(HIDDEN, outputs, bias=case.bias)
        self.skip = nn.Linear(STEPS * INPUTS, outputs, bias=False) if case.skip else None

    def forward(self, x: torch.Tensor, state: Any = None) -> torch.Tensor:
        first = 0 if self.case.truncate is None else STEPS - self.case.truncate
        if first:
            _, state = self.rnn(x[:first], state)
            state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        states, _ = self.rnn(x[first:], state)
        y_hat = self.readout(states[-1])
        return y_hat if self.skip is None else y_hat + self.skip(x.transpose(0, 1).flatten(1))


def draw(net: Net, rng: np.random.Generator) -> None:
    """Fill in the weights. PyTorch has two biases where the project has one, so the second is zero and stays so, but for
    the GRU's n part, which is a parameter of its own (b_hn)."""
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(torch.from_numpy(rng.uniform(-0.6, 0.6, tuple(parameter.shape))))
            if "bias_hh" in name:
                only = torch.zeros(len(parameter))
                if net.case.kind == "gru":
                    only[2 * HIDDEN :] = 1
                parameter *= only
                parameter.register_hook(lambda gradient, only=only: gradient * only)


def by_our_names(net: Net, value: Callable[[nn.Parameter], torch.Tensor]) -> Arrays:
    """value(parameter), a tensor of its shape, for every parameter: named, turned and joined as in the project."""
    found = {name: value(parameter).detach().numpy().copy() for name, parameter in net.named_parameters()}
    arrays = {}
    for k in range(net.case.layers):
        arrays[f"layer{k}.W_x"] = found[f"rnn.weight_ih_l{k}"].T
        arrays[f"layer{k}.W_h"] = found[f"rnn.weight_hh_l{k}"].T
        if net.case.bias:
            arrays[f"layer{k}.b"] = found[f"rnn.bias_ih_l{k}"]
            if net.case.kind == "gru":
                arrays[f"layer{k}.b_hn"] = found[f"rnn.bias_hh_l{k}"][2 * HIDDEN :]
    arrays["readout.W"] = found["readout.weight"].T
    if net.case.bias:
        arrays["readout.b"] = found["readout.bias"]
    if net.case.skip:
        arrays["skip.W"] = found["skip.weight"].T
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def weights(net: Net) -> Arrays:
    return by_our_names(net, lambda parameter: parameter)


def grouped(group: str, arrays: Arrays) -> Arrays:
    return {f"{group}/{name}": array for name, array in arrays.items()}


def pass_cases() -> Iterator[Case]:
    for kind in KINDS:
        for layers in (1, 2):
            yield Case(kind, layers)
            yield from (Case(kind, layers, truncate=n) for n in (1, 3))
            yield Case(kind, layers, bias=False)
        yield from (Case(kind, 1, loss) for loss in LOSSES if loss != "mse")
        yield Case(kind, 1, skip=True)


def one_pass(case: Case, rng: np.random.Generator) -> Arrays:
    """Weights, batch and state before the first step; what the network makes of them, the loss and all gradients."""
    net = Net(case)
    draw(net, rng)
    x = torch.from_numpy(rng.standard_normal((STEPS, BATCH, INPUTS))).requires_grad_()
    y = torch.from_numpy(2 * rng.standard_normal((BATCH, HORIZON * TARGETS)))
    h, c = (torch.from_numpy(rng.uniform(-0.9, 0.9, (case.layers, BATCH, HIDDEN))) for _ in range(2))
    outputs = net(x, (h, c) if case.kind == "lstm" else h)
    loss = LOSSES[case.loss][1](outputs, y)
    loss.backward()
    gradients = by_our_names(net, lambda parameter: parameter.grad)
    assert all(np.any(gradient) for gradient in gradients.values()), f"{case.name}: a gradient of zero proves nothing"
    state = {f"layer{k}.h": h[k].numpy() for k in range(case.layers)}
    if case.kind == "lstm":
        state |= {f"layer{k}.c": c[k].numpy() for k in range(case.layers)}
    return {
        **grouped("params", weights(net)), **grouped("state", state), **grouped("gradients", gradients),
        "x": x.detach().numpy(), "y": y.numpy(), "outputs": outputs.detach().numpy(),
        "loss": loss.detach().numpy(), "gradients/x": x.grad.numpy(),
    }  # fmt: skip


def one_path(case: Case, optimiser: str, batches: list[tuple[torch.Tensor, ...]], seed: int) -> Arrays:
    """PATH_STEPS updates, batch after batch: the loss before each of them, and the weights after some."""
    net = Net(case)
    draw(net, np.random.default_rng(seed))
    arrays = grouped("step0", weights(net))
    losses = []
    update = OPTIMISERS[optimiser][1](list(net.parameters()))
    for step in range(1, PATH_STEPS + 1):
        x, y = batches[(step - 1) % len(batches)]
        update.zero_grad()
        loss = LOSSES[case.loss][1](net(x), y)
        loss.backward()
        update.step()
        losses.append(loss.item())
        if step in KEPT:
            arrays |= grouped(f"step{step}", weights(net))
    assert np.mean(losses[-4:]) < np.mean(losses[:4]), f"{case.name}, {optimiser}: learns nothing"
    return {**arrays, "losses": np.array(losses)}


def write(path: Path, script: Path, arrays: Arrays, cases: dict[str, dict[str, Any]]) -> None:
    """The arrays and, as JSON under "meta", the Config fields of every case and what made the file. No pickle."""
    digest = hashlib.sha256(script.read_bytes()).hexdigest()
    meta = {"cases": cases, "torch": torch.__version__, "script": script.name, "sha256": digest}
    np.savez_compressed(path, allow_pickle=False, meta=np.array(json.dumps(meta)), **arrays)
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    rng = np.random.default_rng(2013)
    passes: Arrays = {}
    for case in pass_cases():
        passes |= grouped(case.name, one_pass(case, rng))
    write(FOLDER / "passes.npz", Path(__file__), passes, {case.name: case.fields for case in pass_cases()})

    paths: Arrays = {}
    for k, size in enumerate(PATH_BATCHES):
        paths[f"batches/{k}/x"] = rng.standard_normal((STEPS, size, INPUTS))
        paths[f"batches/{k}/y"] = rng.standard_normal((size, HORIZON * TARGETS))
    batches = [tuple(torch.from_numpy(paths[f"batches/{k}/{name}"]) for name in "xy") for k in range(len(PATH_BATCHES))]
    fields = {}
    for seed, case in enumerate(Case(kind, layers) for kind in KINDS for layers in (1, 2)):
        for optimiser in OPTIMISERS:
            name = f"{case.kind}-{case.layers}-{optimiser}"
            paths |= grouped(name, one_path(case, optimiser, batches, seed))
            fields[name] = {**case.fields, **OPTIMISERS[optimiser][0]}
    write(FOLDER / "paths.npz", Path(__file__), paths, fields)


if __name__ == "__main__":
    main()
