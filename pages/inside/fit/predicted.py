"""What the network of an epoch predicts for as many windows as can be computed within one step of the animation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.inspection import GATES
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.core.windows import Split

# One core multiplies and adds about 2e10 times a second: a tenth of a second of that.
MOST_WORK = 2e9
FEWEST, MOST = 60, 1200


@dataclass(frozen=True, eq=False)
class Predictions:
    """starts: (M,) the first record of each window predicted. values: (M, K) at one step ahead, original units. every: one of
    so many windows is there."""

    starts: NDArray[np.intp]
    values: NDArray[np.float64]
    every: int


def work_of(config: Config, inputs: int) -> float:
    """Multiplications and additions of one window, over all members of the ensemble. inputs: columns that a step reads."""
    gates, total, below = len(GATES[config.cell]), 0.0, inputs
    for _ in range(config.layers):
        total += 2.0 * gates * config.hidden * (config.hidden + below)
        below = config.hidden
    return total * config.steps * config.seeds


def affordable(config: Config, inputs: int) -> int:
    """How many windows are predicted at once."""
    return int(np.clip(MOST_WORK / work_of(config, inputs), FEWEST, MOST))


def windows_shown(
    split: Split, times: NDArray[Any], x_range: tuple[Any, Any] | None, ahead: int, most: int
) -> tuple[NDArray[np.intp], int]:
    """The windows of training and validation whose predictions lie on the screen, each k-th of them where they are too many.

    Returns their first records and k.
    """
    starts = np.concatenate([split.train_starts, split.validation_starts])
    if x_range is not None:
        at = times[starts + split.window + ahead]
        lo, hi = (np.asarray(bound, dtype=at.dtype) if at.dtype.kind == "M" else bound for bound in x_range)
        # One more on each side, so that the lines reach the edges.
        first, stop = int(np.searchsorted(at, lo)), int(np.searchsorted(at, hi, "right"))
        starts = starts[max(first - 1, 0) : stop + 1]
    every = max(1, -(-len(starts) // most))
    return starts[::every], every


def predict(model: Model, series: Series, starts: NDArray[np.intp], ahead: int) -> NDArray[np.float64]:
    """(M, K): the predictions of the windows at `ahead` steps after the first."""
    config = model.config
    rows = starts[:, None] + np.arange(config.reach)
    known = [series.names.index(name) for name in model.known]
    after = starts[:, None] + config.reach + np.arange(config.horizon)
    future = series.values[after][:, :, known] if known else None
    return model.predict(series.values[rows], future)[:, ahead]


@st.cache_resource(max_entries=400, show_spinner=False)
def predictions(
    run_id: str,
    id_: str,
    epoch: int,
    ahead: int,
    x_range: str,
    _view: tuple[Model, Series, NDArray[np.intp]],
    every: int,
) -> Predictions:
    """Kept, so that a run played again, or looked at by others, costs nothing. Everything but `_view` names what it is."""
    model, series, starts = _view
    with np.errstate(all="ignore"):  # weights of a run that was about to diverge
        return Predictions(starts, predict(model, series, starts, ahead), every)
