"""The data doctor's pictures: the spot in question at the size of a line of text, and a repair before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from rnn.ui.figures.style import ACTUAL, TRAIN, VALIDATION, axis, curve, empty_figure, figure, floats, moments, plain
from rnn.ui.thinning import thin

_ROOM = 4.0  # pixels around the picture
MOST_POINTS = 2000
_AROUND = 40  # points on each side of the first and the last change
_SMALL_PART = 0.3  # of the series that may change for the chart to begin with that part


def spot_svg(x: ArrayLike, y: ArrayLike, marked: ArrayLike, width: int = 168, height: int = 48) -> str:
    """A few points as a line in grey, the marked ones as orange dots; marked ones that are missing as orange bands.

    x: (n,) rising, or n row numbers. y: (n,), NaN a gap. marked: (n,) bool. An SVG element, for light and dark alike.
    """
    times, values, spots = moments(x), floats(y), np.asarray(marked, dtype=bool)
    across = _across(times, width)
    finite = values[np.isfinite(values)]
    low, span = (float(finite.min()), float(np.ptp(finite)) or 1.0) if len(finite) else (0.0, 1.0)
    down = _ROOM + (height - 2 * _ROOM) * (1 - (values - low) / span)
    if len(finite) and finite.min() == finite.max():
        down = np.where(np.isfinite(values), height / 2, np.nan)
    dots = "".join(
        f'<circle cx="{across[k]:.1f}" cy="{down[k]:.1f}" r="{2.6 if spots.sum() < 20 else 1.8}"/>'
        for k in np.flatnonzero(spots & np.isfinite(values)).tolist()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<g fill="{VALIDATION}" fill-opacity="0.4">{_bands(across, spots & ~np.isfinite(values), height)}</g>'
        f'<path d="{_path(across, down)}" fill="none" stroke="{ACTUAL}" stroke-width="1.3" stroke-linejoin="round"/>'
        f'<g fill="{VALIDATION}">{dots}</g></svg>'
    )


def _across(times: NDArray[Any], width: int) -> NDArray[np.float64]:
    place = (times - times[:1]).astype(np.float64) if len(times) else np.empty(0)
    if len(place) and (place[-1] <= 0 or (np.diff(place) < 0).any()):
        place = np.arange(len(place), dtype=np.float64)
    return _ROOM + (width - 2 * _ROOM) * place / (place[-1] if len(place) and place[-1] else 1.0)


def _path(across: NDArray[np.float64], down: NDArray[np.float64]) -> str:
    path, pen_up = [], True
    for left, top in zip(across.tolist(), down.tolist(), strict=True):
        if np.isfinite(top):
            path.append(f"{'M' if pen_up else 'L'}{left:.1f} {top:.1f}")
        pen_up = not np.isfinite(top)
    return "".join(path)


def _bands(across: NDArray[np.float64], holes: NDArray[np.bool_], height: int) -> str:
    half = np.diff(across).mean() / 2 if len(across) > 1 else 2.0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], holes.astype(np.int8), [0]))))
    return "".join(
        f'<rect x="{across[start] - half:.1f}" y="0" height="{height}" '
        f'width="{max(2.0, across[stop - 1] - across[start] + 2 * half):.1f}"/>'
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    )


def change_focus(
    times: ArrayLike, before: ArrayLike, times_after: ArrayLike, after: ArrayLike
) -> tuple[Any, Any] | None:
    """The part of the time axis that a repair changes, with some room; None where that is most of it, or nothing."""
    x, then = moments(times), moments(times_after)
    if len(x) != len(then) or len(x) < 3 * _AROUND or not (x == then).all():
        return None
    one, other = floats(before), floats(after)
    changed = np.flatnonzero((one != other) & ~(np.isnan(one) & np.isnan(other)))
    if not len(changed) or changed[-1] - changed[0] > _SMALL_PART * len(x):
        return None
    return x[max(0, changed[0] - _AROUND)], x[min(len(x) - 1, changed[-1] + _AROUND)]


def repair_figure(
    times: ArrayLike,
    before: ArrayLike,
    times_after: ArrayLike,
    after: ArrayLike,
    *,
    name: str,
    same_unit: bool = True,
    time_label: str = "",
    view: tuple[Any, Any] | None = None,
    focus: tuple[Any, Any] | None = None,
) -> go.Figure:
    """A column before a repair (orange, dashed) and after it (blue, on top), thinned to what a screen can show.

    times: (N,), before: (N,), times_after: (M,), after: (M,); times datetime64 or numbers. same_unit: False puts them in
    two panels with a scale each, as for logarithms. view: the part on the screen; focus: the part to begin with.
    """
    if not len(moments(times)) and not len(moments(times_after)):
        return empty_figure("There are no values to draw.")
    first = thin(moments(times), floats(before), MOST_POINTS, view)
    then = thin(moments(times_after), floats(after), MOST_POINTS, view)
    traces = [
        curve(*first, "before", VALIDATION, dash="solid" if not same_unit else "4px,2px", width=1.5),
        curve(*then, "after", TRAIN, width=1.75, yaxis="y" if same_unit else "y2"),
    ]
    made = figure(traces, time_label, name)
    if not same_unit:
        made.update_layout(
            yaxis=axis(f"{plain(name)}, before", domain=[0.55, 1]),
            yaxis2=axis("after", domain=[0, 0.45], anchor="x"),
            xaxis={"anchor": "y2"},
        )
    if focus is not None:
        made.update_xaxes(range=list(focus))
    return made


def alt_repair(before: ArrayLike, after: ArrayLike, *, name: str, sentence: str) -> str:
    """The chart in words: what is done, and the range of the values before and after."""
    return f"{name} before and after. {sentence} Before: {_range(floats(before))}. After: {_range(floats(after))}."


def _range(values: NDArray[np.float64]) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return f"{len(values)} rows without a value"
    missing = f", {len(values) - len(known)} missing" if len(known) < len(values) else ""
    return f"{len(values)} rows from {known.min():.4g} to {known.max():.4g}{missing}"
