"""What every contender computes: one cell of the grid, its data, and the weights that all of them start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

GATES = {"elman": 1, "gru": 3, "lstm": 4}
LR = 1e-5  # small, so that the thousandth step does the same work as the first
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

# Gates that remember: with a gate at zero the error would be halved at every step and be gone after thirty, so that
# denormals (in the peers) and the guard against them (here) would be measured in place of the step.
REMEMBER = {"elman": (0.0,), "gru": (0.0, 4.0, 0.0), "lstm": (0.0, 4.0, 0.0, 0.0)}


@dataclass(frozen=True)
class Task:
    """T = window steps, B = batch windows, one input, H = hidden units, one output; float32, MSE, Adam.

    contraction: factor on the orthogonal W_h; below 1 the error shrinks on its way back, and the gates stand at one half.
    """

    cell: str
    batch: int
    hidden: int
    window: int
    contraction: float = 1.0

    def __str__(self) -> str:
        return f"{self.cell}, batch {self.batch}, hidden {self.hidden}, window {self.window}"

    def values(self, windows: int) -> NDArray[np.float64]:
        """(N,): a noisy wave just long enough for so many windows of `window` records, each with its target."""
        rows = windows + self.window
        noise = np.random.default_rng(1).normal(size=rows)
        wave: NDArray[np.float64] = 0.7 * np.sin(0.21 * np.arange(rows)) + 0.3 * noise
        return wave

    def windows(self, windows: int) -> tuple[Floats, Floats]:
        """x (windows, T) and y (windows, 1), float32, C-contiguous."""
        values = self.values(windows).astype(np.float32)
        rows = np.lib.stride_tricks.sliding_window_view(values, self.window + 1)
        return rows[:, :-1].copy(), rows[:, -1:].copy()

    def weights(self) -> dict[str, Floats]:
        """W_h (H, G·H), orthogonal gate by gate and times the contraction, W_x (1, G·H), b (G·H,), V (H, 1), c (1,), and
        b_hn (H,) for the GRU."""
        rng, H, G = np.random.default_rng(2), self.hidden, GATES[self.cell]
        recurrent = [self.contraction * np.linalg.qr(rng.normal(size=(H, H)))[0] for _ in range(G)]
        biases = REMEMBER[self.cell] if self.contraction == 1 else (0.0,) * G
        weights = {
            "W_h": np.concatenate(recurrent, axis=1),
            "W_x": rng.uniform(-0.1, 0.1, (1, G * H)),
            "b": np.repeat(biases, H),
            "V": rng.uniform(-0.1, 0.1, (H, 1)),
            "c": np.zeros(1),
        }
        if self.cell == "gru":
            weights["b_hn"] = np.zeros(H)
        return {name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()}


class Epochs(Protocol):
    """An epoch over the windows that it was made for. run: batches first … last − 1, the last of all being what is left."""

    batches: int

    def run(self, number: int, first: int, last: int) -> None: ...


class Contender(Protocol):
    """One program on one task. settings: what it was found to run best with. gradient: (H, G·H), of its first step."""

    name: str
    settings: str
    gradient: Floats

    def step(self) -> None:
        """Forward, backward and Adam on the fixed batch, complete on return."""
        ...

    def epochs(self, windows: int) -> Epochs: ...
    def __enter__(self) -> object: ...
    def __exit__(self, *error: object) -> None: ...
