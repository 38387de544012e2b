"""The limit: the matrix products and activations of a task alone, each one call into preallocated, contiguous arrays.

Left out is everything else that a step needs: elementwise products, sums, copies, readout, loss and Adam. Counted, for
T steps, B windows, G gates of H units and the stacked columns [h | x | 1] (H + 2):

- Elman: per step (B, H+2)·(H+2, H), tanh on B·H, and back (B, H)·(H, H); at the end (H+2, T·B)·(T·B, H).
- LSTM: the same with 4 H columns, and tanh on the 4·B·H gates (a sigmoid is a tanh, halved) and on the B·H cell states.
- GRU: the same with 3 H columns, and tanh on 2·B·H gates and on B·H candidates. As the reset gate acts on the recurrent
  part of the candidate alone, its input part is a product of its own, (T·B, 2)·(2, H), and so is that one's gradient.

The error does not travel beyond the first step, so T − 1 steps go back. The numbers are random and of no meaning: no
product depends on another. Three layouts are tried, each in tiles of windows of several sizes, and the fastest is taken:
rows (a window is a row of a buffer (T, B, ·)), columns (a window is a column, (·, T, B), and the weights' gradient still one
product) and blocks ((T, ·, B), with the weights' gradient as T products, one a step).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.engines.rounds import quickest
from benchmarks.engines.task import GATES, Floats, Task

TILES = (16, 32, 64, 128, 256)
Pass = Callable[[], None]


class Limit:
    name = "limit"

    def __init__(self, task: Task) -> None:
        seconds: dict[tuple[str, int], float] = {}
        tiles = [tile for tile in TILES if tile < task.batch]
        for layout, make in LAYOUTS.items():
            for tile in [*tiles, task.batch]:
                seconds[layout, tile] = quickest(make(task, tile)) * (task.batch // tile)
        layout, tile = min(seconds, key=lambda variant: seconds[variant])
        self._pass, self._passes = LAYOUTS[layout](task, tile), task.batch // tile
        self.settings = f"{layout}, tiles of {tile}"

    def step(self) -> None:
        for _ in range(self._passes):
            self._pass()

    def __enter__(self) -> Limit:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def rows(task: Task, tile: int) -> Pass:
    """Buffers (T, B, ·): the state times the stacked weights."""
    T, B, H, G = task.window, tile, task.hidden, GATES[task.cell]
    states, errors = _random(T, B, H + 2), _random(T, B, G * H)
    stack, transposed = _random(H + 2, G * H), _random(G * H, H)
    gates, dh, d_stack = np.empty((B, G * H), np.float32), np.empty((B, H), np.float32), np.empty_like(stack)
    all_states, all_errors = states.reshape(T * B, H + 2).T, errors.reshape(T * B, G * H)
    activate, of_input = _activations(task, gates), _input_products(task, B)
    forward, back = list(states), list(errors[1:])

    def run() -> None:
        for state in forward:
            np.dot(state, stack, out=gates)
            activate()
        for error in back:
            np.dot(error, transposed, out=dh)
        np.dot(all_states, all_errors, out=d_stack)
        of_input()

    return run


def columns(task: Task, tile: int) -> Pass:
    """Buffers (·, T, B): the stacked weights times the state; a step is a slice with gaps, all steps adjoin."""
    return _turned(task, tile, one_product=True)


def blocks(task: Task, tile: int) -> Pass:
    """Buffers (T, ·, B): a step is contiguous; the weights' gradient takes a product a step (adding them up is left out)."""
    return _turned(task, tile, one_product=False)


def _turned(task: Task, tile: int, *, one_product: bool) -> Pass:
    T, B, H, G = task.window, tile, task.hidden, GATES[task.cell]
    stack, W_h = _random(G * H, H + 2), _random(H, G * H)
    gates, dh, d_stack = np.empty((G * H, B), np.float32), np.empty((H, B), np.float32), np.empty_like(stack)
    if one_product:
        states, errors = _random(H + 2, T, B), _random(G * H, T, B)
        forward, every = [states[:, t] for t in range(T)], [errors[:, t] for t in range(T)]
        last = [(errors.reshape(G * H, T * B), states.reshape(H + 2, T * B).T)]
    else:
        forward, every = list(_random(T, H + 2, B)), list(_random(T, G * H, B))
        last = [(error, state.T) for error, state in zip(every, forward, strict=True)]
    activate, of_input, back = _activations(task, gates), _input_products(task, B), every[1:]

    def run() -> None:
        for state in forward:
            np.dot(stack, state, out=gates)
            activate()
        for error in back:
            np.dot(W_h, error, out=dh)
        for left, right in last:
            np.dot(left, right, out=d_stack)
        of_input()

    return run


LAYOUTS: dict[str, Callable[[Task, int], Pass]] = {"rows": rows, "columns": columns, "blocks": blocks}


def _random(*shape: int) -> Floats:
    return np.random.default_rng(3).uniform(-0.1, 0.1, shape).astype(np.float32)


def _activations(task: Task, gates: Floats) -> Pass:
    """The tanh calls of one step. For the Elman and LSTM cell in place on what the product has written; for the GRU on
    arrays of the same sizes, as the candidate's argument is not a product alone."""
    size = gates.size // GATES[task.cell]
    if task.cell == "elman":
        return lambda: np.tanh(gates, gates)
    first = gates if task.cell == "lstm" else _random(2 * size)
    second = _random(size)

    def run() -> None:
        np.tanh(first, first)
        np.tanh(second, second)

    return run


def _input_products(task: Task, tile: int) -> Pass:
    """The GRU's input part of the candidate for all steps at once, and its gradient."""
    if task.cell != "gru":
        return lambda: None
    inputs, weights, errors = (
        _random(task.window * tile, 2),
        _random(2, task.hidden),
        _random(task.window * tile, task.hidden),
    )
    entering, d_weights = np.empty_like(errors), np.empty_like(weights)

    def run() -> None:
        np.dot(inputs, weights, out=entering)
        np.dot(inputs.T, errors, out=d_weights)

    return run
