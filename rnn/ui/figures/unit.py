"""One hidden unit: its course over the input that it follows, its distribution, and its course in another window beside it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from rnn.ui.figures.style import ACTUAL, TRAIN, axis, curve, figure, floats, moment, moments, number


def unit_figure(
    times: ArrayLike, values: ArrayLike, followed: ArrayLike, *, unit: int, shown: str, named: str, upside_down: bool,
    time_label: str = "",
) -> go.Figure:  # fmt: skip
    """times, values: (T,), the unit's course. followed: (T,), what is drawn with it on an axis of its own, NaN where there is
    nothing; named: what that is. upside_down: whether its axis falls, for a unit that runs against it."""
    at = moments(times)
    name = f"{named}{' (axis turned upside down)' if upside_down else ''}"
    over = curve(at, floats(followed), name, ACTUAL, dash="5px,3px", yaxis="y2", symbol="circle-open")
    own = curve(at, floats(values), f"unit {unit}", TRAIN, width=2.25)
    made = figure([over, own], time_label, shown)
    made.update_layout(
        yaxis2=axis(
            "", side="right", overlaying="y", showgrid=False, nticks=5, autorange="reversed" if upside_down else True
        ),
        yaxis={"nticks": 5},
    )
    return made


def alt_unit(times: ArrayLike, values: ArrayLike, *, unit: int, shown: str, clause: str) -> str:
    """The course in words. clause: what the unit follows."""
    at, own = moments(times), floats(values)
    high, low = int(own.argmax()), int(own.argmin())
    return (
        f"{shown.capitalize()} of unit {unit} from {moment(at[0])} to {moment(at[-1])}: highest {number(own[high])} at "
        f"{moment(at[high])}, lowest {number(own[low])} at {moment(at[low])}, last {number(own[-1])}. It {clause}."
    )


def distribution_figure(low: float, high: float, counts: ArrayLike, *, shown: str) -> go.Figure:
    """How often the unit's values lie in each of the equal parts of low … high."""
    share = 100 * floats(counts) / max(1.0, float(np.sum(counts)))
    edges = np.linspace(low, high, len(share) + 1)
    bars = {
        "type": "bar", "x": (edges[1:] + edges[:-1]) / 2, "y": share, "width": (high - low) / len(share) or 0.02,
        "marker": {"color": TRAIN, "line": {"width": 0}}, "hovertemplate": f"{shown} %{{x:.3f}}: %{{y:.1f}} %<extra></extra>",
    }  # fmt: skip
    made = figure([bars], shown, "% of all steps", hovermode="closest", showlegend=False, bargap=0)
    made.update_yaxes(rangemode="tozero", nticks=4)
    made.update_xaxes(nticks=5)
    return made


def alt_distribution(low: float, high: float, counts: ArrayLike, *, unit: int, shown: str) -> str:
    share = floats(counts) / max(1.0, float(np.sum(counts)))
    edges = np.linspace(low, high, len(share) + 1)
    reached = np.cumsum(share)
    middle = edges[1:][int(np.searchsorted(reached, 0.5))] if share.any() else low
    most = int(share.argmax())
    return (
        f"Distribution of the {shown} of unit {unit} over all windows: from {number(low)} to {number(high)}, half of all steps "
        f"up to {number(middle)}; most often, in {100 * share[most]:.0f} % of the steps, between {number(edges[most])} and "
        f"{number(edges[most + 1])}."
    )


def alike_figure(course: ArrayLike, given: ArrayLike, span: tuple[float, float]) -> go.Figure:
    """A unit's course in another window, over the one in the chosen window; (T,) each, steps numbered from 1. span: the
    lowest and the highest value of all such pictures, so that they compare."""
    step = np.arange(1, len(floats(course)) + 1)
    traces = [
        curve(step, floats(given), "chosen window", ACTUAL, dash="5px,3px"),
        curve(step, floats(course), "this window", TRAIN, width=2),
    ]
    made = figure(traces, "", "", showlegend=False, margin={"l": 4, "r": 4, "t": 4, "b": 4})
    room = 0.06 * (span[1] - span[0]) or 0.05
    made.update_yaxes(range=[span[0] - room, span[1] + room], nticks=3)
    made.update_xaxes(nticks=4)
    return made


def alt_alike(course: ArrayLike, given: ArrayLike, *, when: str, distance: float, r: float) -> str:
    own, chosen = floats(course), floats(given)
    like = f", correlation {number(r)}" if np.isfinite(r) else ""
    return (
        f"The unit's course in the window {when}: from {number(own[0])} to {number(own[-1])}, where in the chosen window it "
        f"goes from {number(chosen[0])} to {number(chosen[-1])}. They differ by {number(distance)} on average{like}."
    )
