"""Makes moved.npz: networks that Unroll trained in PyTorch's hands, and networks that PyTorch trained in Unroll's.

    PYTHONPATH=. python tests/golden/make_moved.py

Needs the project and PyTorch. "out": weights that `rnn.fit` found, the state dict that `to_torch` makes of them, and the
outputs of the PyTorch module that has loaded it. "in": a module with both of PyTorch's biases, trained by PyTorch, its
state dict and its outputs. Both ways are compared here too, before anything is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from make_golden import CLASSES, FOLDER, KINDS, Arrays, grouped, write
from torch import nn

import rnn
from rnn.core.network import Network
from rnn.export import from_torch, to_torch

BATCH = 4
SMALL: dict[str, Any] = {"hidden": 6, "window": 8, "horizon": 3, "epochs": 4, "lr": 0.01, "dtype": "float64"}
EXTRA: dict[str, dict[str, Any]] = {
    "tanh-1-no-bias": {"bias": False},
    "gru-2-quantile": {"loss": "quantile"},
    "lstm-1-skip": {"skip": "linear"},
    "gru-1-patch-static-skip": {"patch": 2, "skip": "linear", "static": True},
    "lstm-1-patch-static": {"patch": 4, "static": True, "bias": False},
    "lstm-2-float32": {"dtype": "float32"},
}


class Net(nn.Module):
    """The module that the state dicts belong to, as README.md shows it, for every option."""

    def __init__(self, config: rnn.Config, inputs: int, outputs: int, skipped: int) -> None:
        super().__init__()
        kind = config.activation if config.cell == "elman" else config.cell
        extra = {"nonlinearity": kind} if config.cell == "elman" else {}
        self.rnn = CLASSES[kind](inputs, config.hidden, config.layers, bias=config.bias, **extra)
        self.readout = nn.Linear(config.hidden, outputs, bias=config.bias)
        self.skip = nn.Linear(skipped, outputs, bias=False) if config.skip == "linear" else None
        self.patch = config.patch

    def forward(self, x: torch.Tensor, static: torch.Tensor) -> torch.Tensor:
        """x (window, B, D) and static (B, S) → (B, O)."""
        records = x.transpose(0, 1)
        steps = records.reshape(len(records), len(x) // self.patch, -1).transpose(0, 1)
        steps = torch.cat([steps, static.expand(len(steps), *static.shape)], dim=2)
        y_hat = self.readout(self.rnn(steps)[0][-1])
        return y_hat if self.skip is None else y_hat + self.skip(torch.cat([records.flatten(1), static], dim=1))


def series(static: bool) -> rnn.Series:
    """Two columns that swing, both predicted; with a column that stays what it is."""
    k = np.arange(120)
    values = np.column_stack([np.sin(k / 4), np.cos(k / 7) * np.sin(k / 2), np.full(len(k), 0.3)])[
        :, : 3 if static else 2
    ]
    return rnn.Series(k, values, ("a", "b", "c")[: values.shape[1]], ("a", "b"), static=("c",) if static else ())


def module_of(network: Network) -> Net:
    config = network.config
    net = Net(config, network.channels, network.outputs, config.window * network.n_inputs + network.n_static)
    return net.to(getattr(torch, config.dtype))


def as_numpy(net: Net) -> Arrays:
    return {name: tensor.numpy().copy() for name, tensor in net.state_dict().items()}


def draw(network: Network, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """x (window, B, D) and static (B, S)."""
    x = rng.standard_normal((network.config.window, BATCH, network.n_inputs))
    static = rng.standard_normal((BATCH, network.n_static))
    return x.astype(network.config.dtype), static.astype(network.config.dtype)


def check_same(config: rnn.Config, found: np.ndarray, expected: np.ndarray) -> None:
    limit = 1e-12 if config.dtype == "float64" else 1e-5
    apart = np.max(np.abs(found - expected)) / np.max(np.abs(expected))
    assert apart <= limit, f"{apart:g} apart, {limit:g} allowed: {config}"


def compute(net: Net, network: Network, params: Arrays, x: np.ndarray, static: np.ndarray) -> np.ndarray:
    """The module's outputs (B, O), found to be the network's too."""
    with torch.no_grad():
        outputs = net(torch.from_numpy(x), torch.from_numpy(static)).numpy()
    ours = network.predict_levels(params, x, static=static if network.n_static else None)
    check_same(network.config, ours.reshape(outputs.shape), outputs)
    return outputs


def moved_out(config: rnn.Config, static: bool, rng: np.random.Generator) -> Arrays:
    model = rnn.fit(config, series(static)).model
    state_dict = to_torch(config, model.params)
    net = module_of(model.network)
    net.load_state_dict({name: torch.from_numpy(array) for name, array in state_dict.items()}, strict=True)
    x, beside = draw(model.network, rng)
    outputs = compute(net, model.network, model.params, x, beside)
    return {
        **grouped("params", model.params), **grouped("state_dict", state_dict), "x": x, "static": beside,
        "outputs": outputs,
    }  # fmt: skip


def moved_in(config: rnn.Config, rng: np.random.Generator) -> Arrays:
    """Trained on noise for a while, from PyTorch's own start: all biases become something."""
    network = Network(config, 2, 2)
    net = module_of(network)
    x, beside = draw(network, rng)
    y = torch.from_numpy(rng.standard_normal((BATCH, network.outputs)))
    optimiser = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(20):
        optimiser.zero_grad()
        nn.functional.mse_loss(net(torch.from_numpy(x), torch.from_numpy(beside)), y).backward()
        optimiser.step()
    assert all(tensor.abs().min() > 0 for tensor in net.state_dict().values())
    state_dict, params = as_numpy(net), from_torch(config, net.state_dict())
    outputs = compute(net, network, params, x, beside)
    net.load_state_dict(
        {name: torch.from_numpy(array) for name, array in to_torch(config, params).items()}, strict=True
    )
    check_same(config, compute(net, network, params, x, beside), outputs)
    return {**grouped("state_dict", state_dict), "x": x, "outputs": outputs}


def main() -> None:
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(7)
    rng = np.random.default_rng(7)
    arrays: Arrays = {}
    fields: dict[str, dict[str, Any]] = {}
    plain = {f"{kind}-{layers}": {} for kind in KINDS for layers in (1, 2)}
    for name, choices in (plain | EXTRA).items():
        kind, layers = name.split("-")[:2]
        chosen = {**SMALL, **KINDS[kind], "layers": int(layers), **choices}
        static = chosen.pop("static", False)
        config = rnn.Config(**chosen)
        arrays |= grouped(f"out-{name}", moved_out(config, static, rng))
        fields[f"out-{name}"] = chosen
        if name in plain:
            arrays |= grouped(f"in-{name}", moved_in(config, rng))
            fields[f"in-{name}"] = chosen
    write(FOLDER / "moved.npz", Path(__file__), arrays, fields)


if __name__ == "__main__":
    main()
