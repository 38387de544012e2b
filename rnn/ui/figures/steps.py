"""The unrolled network as a row of boxes, a box a time step: the state forward in blue, the error back in orange."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import ACTUAL, TRAIN, VALIDATION, figure, floats, number, plain, shortened, tint

BOXES = 7  # so many find room on a telephone
_HALF = 0.36
_FOOT, _TOP = 0.0, 1.0
_FORWARD_AT, _BACK_AT = 0.72, 0.28
_THINNEST, _THICKEST = 1.0, 7.0


@dataclass(frozen=True, eq=False)
class Row:
    """One unit along a window.

    reads: (T,), what stands beneath each box; reads_name: what that is. states: (T,), of the unit. errors: (T,), the length
    of the error at each step, 0 where it does not get to. unit: its number. end: the first step that the error reaches, from
    0. why: why not further, in a few words, "" where it reaches the first step. output, loss: at the right end.
    phase, at: "forward", "turn", "backward" or "update", and the step.
    """

    reads: ArrayLike
    reads_name: str
    states: ArrayLike
    errors: ArrayLike
    unit: int
    end: int
    why: str
    output: float
    actual: float
    loss: float
    phase: str
    at: int


def excerpt(steps: int, at: int) -> range:
    """The steps that are drawn: those around `at`."""
    first = min(max(at - BOXES // 2, 0), max(steps - BOXES, 0))
    return range(first, min(first + BOXES, steps))


def steps_figure(row: Row) -> go.Figure:
    states = floats(row.states)
    drawn = excerpt(len(states), row.at)
    slots = len(drawn)
    shapes = [_box(row, step, slot, float(states[step])) for slot, step in enumerate(drawn)]
    shapes.append(_output_box(row, slots))
    if _ends_in_sight(row, drawn):
        shapes.append(_end_line(row, drawn))
    arrows = [arrow for slot, step in enumerate(drawn) for arrow in _arrows(row, drawn, step, slot)]
    made = figure([_texts(row, drawn)], "", "", showlegend=False, hovermode="closest")
    made.update_layout(
        shapes=shapes, annotations=[*arrows, *_words(row, drawn)], margin={"l": 4, "r": 4, "t": 4, "b": 4}
    )
    made.update_xaxes(visible=False, range=[-0.95, slots + 0.6], fixedrange=True)
    made.update_yaxes(visible=False, range=[-0.95, 1.5], fixedrange=True)
    return made


def _walked(row: Row, step: int) -> bool:
    """Whether the forward pass has been here."""
    return row.phase != "forward" or step <= row.at


def _reached(row: Row, step: int) -> bool:
    """Whether the error has been here."""
    return row.phase in ("backward", "update") and row.at <= step and step >= row.end


def _box(row: Row, step: int, slot: int, state: float) -> dict[str, Any]:
    here = step == row.at and row.phase in ("forward", "backward")
    colour = VALIDATION if row.phase == "backward" else TRAIN
    beyond = step < row.end and row.phase in ("backward", "update")
    fill = (
        tint(ACTUAL, 0.30) if beyond else tint(VALIDATION if state > 0 else TRAIN, 0.08 + 0.32 * min(abs(state), 1.0))
    )
    if not _walked(row, step):
        fill = "rgba(0, 0, 0, 0)"
    return {
        "type": "rect", "x0": slot - _HALF, "x1": slot + _HALF, "y0": _FOOT, "y1": _TOP, "layer": "below", "fillcolor": fill,
        "line": {"color": colour if here else ACTUAL, "width": 3.5 if here else 1, "dash": "dot" if beyond else "solid"},
    }  # fmt: skip


def _output_box(row: Row, slot: int) -> dict[str, Any]:
    here = row.phase == "turn"
    return {
        "type": "rect", "x0": slot - _HALF, "x1": slot + _HALF, "y0": _FOOT, "y1": _TOP, "layer": "below",
        "fillcolor": tint(ACTUAL, 0.10) if row.phase != "forward" else "rgba(0, 0, 0, 0)",
        "line": {"color": VALIDATION if here else ACTUAL, "width": 3.5 if here else 1},
    }  # fmt: skip


def _arrows(row: Row, drawn: range, step: int, slot: int) -> list[dict[str, Any]]:
    """From this box to the next one, and back from there; up into it from what it reads."""
    last = step == len(floats(row.states)) - 1
    walked = _walked(row, step)
    found = [_arrow((slot, -0.22), (slot, _FOOT - 0.02), TRAIN if walked else tint(ACTUAL, 0.5), 1.5)]
    if slot < len(drawn) - 1 or last:
        onward = _walked(row, step + 1) if not last else row.phase != "forward"
        found.append(
            _arrow(
                (slot + _HALF, _FORWARD_AT), (slot + 1 - _HALF, _FORWARD_AT), TRAIN if onward else tint(ACTUAL, 0.5), 2
            )
        )
        if _reached(row, step):
            found.append(_arrow((slot + 1 - _HALF, _BACK_AT), (slot + _HALF, _BACK_AT), VALIDATION, _width(row, step)))
    return found


def _width(row: Row, step: int) -> float:
    """By the error's length at the step that it goes to, beside the largest."""
    errors = floats(row.errors)
    largest = float(np.nanmax(errors, initial=0.0))
    return _THINNEST + (_THICKEST - _THINNEST) * (float(errors[step]) / largest if largest > 0 else 0.0)


def _arrow(tail: tuple[float, float], head: tuple[float, float], colour: str, width: float) -> dict[str, Any]:
    return {
        "x": head[0], "y": head[1], "ax": tail[0], "ay": tail[1], "xref": "x", "yref": "y", "axref": "x", "ayref": "y",
        "text": "", "showarrow": True, "arrowhead": 2, "arrowsize": 1 if width < 3 else 0.6, "arrowwidth": width,
        "arrowcolor": colour,
    }  # fmt: skip


def _texts(row: Row, drawn: range) -> dict[str, Any]:
    """The states in the boxes and what they read beneath, one trace, so that a box says more when it is pointed at."""
    states, reads, errors = floats(row.states), floats(row.reads), floats(row.errors)
    x, y, text, hover = [], [], [], []
    for slot, step in enumerate(drawn):
        shown = _short(states[step]) if _walked(row, step) else "?"
        said = (
            f"step {step + 1}<br>state of unit {row.unit}: {number(states[step]) if _walked(row, step) else 'not yet'}"
        )
        if _reached(row, step):
            said += f"<br>length of the error: {number(errors[step])}"
        for height, words in ((0.5, shown), (-0.36, _short(reads[step])), (1.14, str(step + 1))):
            x.append(float(slot))
            y.append(height)
            text.append(words)
            hover.append(said)
    return {
        "type": "scatter", "mode": "text", "x": np.array(x), "y": np.array(y), "text": text, "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>", "textfont": {"size": 11}, "cliponaxis": False,
    }  # fmt: skip


def _short(value: float) -> str:
    """As few letters as a narrow box has room for."""
    if not np.isfinite(value):
        return "–"
    if abs(value) >= 1000:
        text = f"{value:.0f}" if abs(value) < 100_000 else f"{value:.1e}"
    else:
        digits = 3 if abs(value) >= 1 else 2
        text = f"{value:.{digits}g}" if abs(value) >= 0.001 or value == 0 else f"{value:.0e}"
    return text.replace("-", "−")


def _words(row: Row, drawn: range) -> list[dict[str, Any]]:
    """The names at the edges, what is left out on either side, and where the error ends."""
    steps, slots = len(floats(row.states)), len(drawn)
    output = f"<b>ŷ</b> {_short(row.output)}<br>y {_short(row.actual)}<br>L {_short(row.loss)}"
    found = [
        _note(slots, 0.5, output if row.phase != "forward" else "ŷ ?"),
        _note(slots, 1.14, "output"),
        _note(-_HALF, 1.38, f"step, and the state of unit {row.unit}", "left"),
        _note(-_HALF, -0.6, f"reads: {plain(shortened(row.reads_name, 34))}", "left"),
    ]
    if drawn.start > 0:
        found.append(_note(-0.66, 0.5, f"+{drawn.start:,}<br>⋯"))
    if drawn.stop < steps:
        found.append(_note(slots, -0.36, f"⋯ +{steps - drawn.stop:,}"))
    if _ends_in_sight(row, drawn):
        found.append({**_note(-_HALF, -0.82, row.why, "left"), "font": {"size": 12, "color": VALIDATION}})
    return found


def _ends_in_sight(row: Row, drawn: range) -> bool:
    """Whether there are boxes on the picture that the error does not get to, and it is on its way."""
    return bool(row.why) and row.phase in ("backward", "update") and drawn.start < row.end


def _end_line(row: Row, drawn: range) -> dict[str, Any]:
    """Where the error ends."""
    edge = min(row.end, drawn.stop) - drawn.start - 0.5
    return {
        "type": "line", "x0": edge, "x1": edge, "y0": -0.25, "y1": 1.28,
        "line": {"color": VALIDATION, "width": 2, "dash": "dash"},
    }  # fmt: skip


def _note(x: float, y: float, text: str, anchor: str = "center") -> dict[str, Any]:
    return {
        "x": x, "y": y, "text": text, "showarrow": False, "xanchor": anchor, "font": {"size": 12}, "align": "center",
    }  # fmt: skip


def alt_steps(row: Row) -> str:
    """The picture in words; argument as for `steps_figure`."""
    states, errors = floats(row.states), floats(row.errors)
    steps: int = len(states)
    text = [f"The network unrolled over {steps} steps"]
    if row.phase == "forward":
        text.append(
            f"Forward, at step {row.at + 1}: it reads {number(floats(row.reads)[row.at])} ({row.reads_name}), and the state of "
            f"unit {row.unit} becomes {number(states[row.at])}"
        )
    else:
        text.append(
            f"Output {number(row.output)}, actual {number(row.actual)}, loss {number(row.loss)}, in the network’s units"
        )
    if row.phase == "backward":
        text.append(
            f"Backward, at step {row.at + 1}: the error has the length {number(errors[row.at])}{_beside(errors, row.at)}"
        )
    if row.phase in ("backward", "update") and row.why:
        text.append(f"Steps 1 to {row.end} get nothing of the error: {row.why}")
    return ". ".join(text) + "."


def _beside(errors: NDArray[np.float64], at: int) -> str:
    return f", at the last step {number(errors[-1])}" if at < len(errors) - 1 else ""
