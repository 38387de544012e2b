"""JAX on a task: one jit-compiled step, lax.scan over time at the unrolling that is fastest, buffers donated, one thread.

`NPROC` is what XLA's CPU client takes the size of its thread pool from; the flag keeps its matrix products on one thread.
Asynchronous dispatch is off: it hands each step to another thread, which is slower where every step is waited for.
"""

from __future__ import annotations

import os

os.environ["NPROC"] = "1"
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()
os.environ.setdefault("JAX_PLATFORMS", "cpu")

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.engines.rounds import quickest
from benchmarks.engines.task import BETA1, BETA2, EPSILON, LR, Floats, Task

jax.config.update("jax_cpu_enable_async_dispatch", False)

VERSION = jax.__version__
UNROLLS = (1, 5, 25)
State = tuple[Any, Any, Any, Any]  # params, m, v, count


class Jax:
    name = "JAX"

    def __init__(self, task: Task) -> None:
        self.task = task
        x, y = task.windows(task.batch)
        self.x, self.y = jnp.asarray(x.T[:, :, None]), jnp.asarray(y)
        seconds = {}
        for unroll in UNROLLS:
            self._start(unroll)
            self.step()
            if unroll == UNROLLS[0]:
                self.gradient: Floats = np.asarray(self.state[1]["W_h"]) / (1 - BETA1)
            seconds[unroll] = quickest(self.step)
        self.unroll = min(seconds, key=lambda unroll: seconds[unroll])
        self._start(self.unroll)
        self.step()

    @property
    def settings(self) -> str:
        return f"unroll {self.unroll}"

    def _start(self, unroll: int) -> None:
        self.state = fresh(self.task)
        self._compiled = jax.jit(partial(_step, _cell(self.task), unroll), donate_argnums=0)

    def step(self) -> None:
        self.state = self._compiled(self.state, self.x, self.y)
        jax.block_until_ready(self.state)

    def epochs(self, windows: int) -> JaxEpochs:
        return JaxEpochs(self.task, self.unroll, windows)

    def __enter__(self) -> Jax:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class JaxEpochs:
    """All windows stand ready on the device; the gathering of a batch is compiled into its step."""

    def __init__(self, task: Task, unroll: int, windows: int) -> None:
        self.state, self.size = fresh(task), task.batch
        x, y = task.windows(windows)
        self.x, self.y = jnp.asarray(x), jnp.asarray(y)
        self.batches = -(-windows // self.size)
        self._compiled = jax.jit(partial(_gathered, _cell(task), unroll), donate_argnums=0)

    def run(self, number: int, first: int, last: int) -> None:
        order = np.random.default_rng(number).permutation(len(self.x)).astype(np.int32)
        for batch in range(first, last):
            rows = order[batch * self.size : (batch + 1) * self.size]
            self.state = self._compiled(self.state, self.x, self.y, rows)
        jax.block_until_ready(self.state)


def fresh(task: Task) -> State:
    params = {name: jnp.asarray(array) for name, array in task.weights().items()}
    return params, jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params), jnp.float32(0)


def _gathered(cell: Callable[..., Any], unroll: int, state: State, x: Any, y: Any, rows: Any) -> State:
    return _step(cell, unroll, state, x[rows].T[:, :, None], y[rows])


def _step(cell: Callable[..., Any], unroll: int, state: State, x: Any, y: Any) -> State:
    params, m, v, count = state
    gradient = jax.grad(_loss)(params, cell, unroll, x, y)
    count = count + 1
    m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, gradient)
    v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, gradient)
    rate, root = LR / (1 - BETA1**count), 1 / jnp.sqrt(1 - BETA2**count)
    params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) * root + EPSILON), params, m, v)
    return params, m, v, count


def _loss(params: dict[str, Any], cell: Callable[..., Any], unroll: int, x: Any, y: Any) -> Any:
    shape = (x.shape[1], params["W_h"].shape[0])
    start = (jnp.zeros(shape, jnp.float32), jnp.zeros(shape, jnp.float32))
    (h, _), _ = jax.lax.scan(lambda carry, x_t: (cell(params, *carry, x_t), None), start, x, unroll=unroll)
    return jnp.mean((h @ params["V"] + params["c"] - y) ** 2)


# The single input is multiplied in, and not hoisted out of the scan: so it fuses with the rest of the step and is faster.
def _elman(p: dict[str, Any], h: Any, c: Any, x: Any) -> tuple[Any, Any]:
    return jnp.tanh(h @ p["W_h"] + x * p["W_x"] + p["b"]), c


def _gru(p: dict[str, Any], h: Any, c: Any, x: Any) -> tuple[Any, Any]:
    H = h.shape[1]
    recurrent, entering = h @ p["W_h"], x * p["W_x"] + p["b"]
    r, z = jnp.split(jax.nn.sigmoid(recurrent[:, : 2 * H] + entering[:, : 2 * H]), 2, axis=1)
    n = jnp.tanh(entering[:, 2 * H :] + r * (recurrent[:, 2 * H :] + p["b_hn"]))
    return (1 - z) * n + z * h, c


def _lstm(p: dict[str, Any], h: Any, c: Any, x: Any) -> tuple[Any, Any]:
    i, f, g, o = jnp.split(h @ p["W_h"] + x * p["W_x"] + p["b"], 4, axis=1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def _cell(task: Task) -> Callable[..., Any]:
    return {"elman": _elman, "gru": _gru, "lstm": _lstm}[task.cell]
