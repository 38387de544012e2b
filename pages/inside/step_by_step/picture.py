"""The unrolled network, drawn with the numbers of the chosen window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pages.inside.step_by_step.passes import Passes
from pages.inside.step_by_step.walk import Place
from pages.inside.view import View
from rnn.core.losses import middle_level
from rnn.ui.figures.steps import Row, alt_steps, steps_figure
from rnn.ui.live_chart import live_chart

HEIGHT = 280


def draw(view: View, passes: Passes, place: Place, unit: int) -> None:
    row = _row(view, passes, place, unit)
    live_chart(
        steps_figure(row),
        key="step_by_step_chart",
        identity=f"{view.identity}:step_by_step",
        alt=alt_steps(row),
        height=HEIGHT,
    )


def _row(view: View, passes: Passes, place: Place, unit: int) -> Row:
    reads, name = _reads(view, passes)
    level = middle_level(view.config)
    unrolled = passes.unrolled
    return Row(
        reads, name, passes.layer.h[1:, 0, unit], passes.error_norms, unit, passes.walk.end, why(passes),
        float(unrolled.y_hat[0, level]), float(unrolled.y[0, 0]), unrolled.loss, place.phase, place.step,
    )  # fmt: skip


def why(passes: Passes) -> str:
    """Why the error goes no further, in a few words; empty where it reaches the first step."""
    if passes.truncated:
        return f"the error stops here: truncate = {passes.part.network.config.truncate}"
    return "the error has vanished here" if passes.vanished else ""


def _reads(view: View, passes: Passes) -> tuple[NDArray[np.float64], str]:
    """(T,): the record that each step ends with, in the series' units; of a layer above, the size of what it reads."""
    if view.part.layer > 0:
        return np.linalg.norm(passes.layer.x[:, 0], axis=1), f"length of the states of layer {view.part.layer}"
    config, rows = view.config, view.window.rows
    begin = rows.stop - config.window
    column = view.series.target_columns[0]
    values = view.series.values[begin + config.patch - 1 : rows.stop : config.patch, column]
    others = passes.part.network.channels - 1
    more = f" and {others} more" if others else ""
    return values, f"{view.series.targets[0]}{more}"
