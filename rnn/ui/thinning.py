"""Long series made short enough to draw: the points that a screen can show, with every peak and every real gap kept.

The selection is min–max over steps of equally many rows (tsdownsample): each step, about two pixels wide, gives its
lowest and its highest point, so a drawing of the result covers the same pixels as a drawing of all the points. The
library can also divide by x, but panics on some unevenly spaced x; rows are always safe.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from tsdownsample import MinMaxDownsampler

_MIN_MAX = MinMaxDownsampler()
_OUTSIDE_SHARE = 8  # one part in eight of the budget goes to each side of the zoomed range
_LEAST = 48  # an eighth of it, less both ends, still makes the two steps that the library needs


def thin(
    x: ArrayLike, y: ArrayLike, n_out: int, x_range: tuple[Any, Any] | None = None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """At most `n_out` of the points, in order, among them the highest, the lowest, the first and the last.

    x: (N,) numbers or datetime64, never falling. y: (N,), or (N, K) for K series that share x; NaN marks a gap, and
    gaps stay gaps (the longest first where there are more of them than fit). n_out: at least 48 for each series.
    x_range: the part (lo, hi) that is on the screen; three quarters of the points then lie inside it and the rest
    stays coarse outside, so that panning and zooming out show the whole series at once.
    Returns x (M,) and y (M,) or (M, K), M ≤ max(n_out, 48 · K); unchanged where N ≤ n_out already.
    Raises ValueError where x and y differ in length.
    """
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim != 1 or y.ndim not in (1, 2) or len(x) != len(y):
        raise ValueError(f"x (N,) and y (N,) or (N, K) must be equally long, but have shapes {x.shape} and {y.shape}.")
    if len(x) <= n_out:
        return x, y
    columns = [y] if y.ndim == 1 else list(y.T)
    keep = [
        _min_max([_plain(column[start:stop]) for column in columns], start, share)
        for start, stop, share in _parts(x, max(n_out, _LEAST * len(columns)), x_range)
    ]
    rows = np.concatenate(keep)
    return x[rows], y[rows]


def _parts(x: NDArray[Any], budget: int, x_range: tuple[Any, Any] | None) -> list[tuple[int, int, int]]:
    """Stretches of rows (start, stop, how many to keep): all as one, or left of the screen, on it and right of it.

    The rows on the screen include one more on each side, so that lines reach its edges.
    """
    if x_range is None:
        return [(0, len(x), budget)]
    lo, hi = (np.asarray(bound, dtype=x.dtype) if x.dtype.kind in "mM" else bound for bound in x_range)
    start = max(int(np.searchsorted(x, lo, "left")) - 1, 0)
    stop = min(int(np.searchsorted(x, hi, "right")) + 1, len(x))
    edge = budget // _OUTSIDE_SHARE
    return [(0, start, edge), (start, stop, budget - 2 * edge), (stop, len(x), edge)]


def _plain(y: NDArray[Any]) -> NDArray[Any]:
    """One contiguous column of float32 or float64; infinite values count as gaps, for no chart can show them."""
    plain = np.ascontiguousarray(y, dtype=np.float32 if y.dtype == np.float32 else np.float64)
    endless = np.isinf(plain)
    return np.where(endless, np.nan, plain) if endless.any() else plain


def _min_max(columns: list[NDArray[Any]], start: int, budget: int) -> NDArray[np.intp]:
    """At most `budget` row numbers: both ends, and of each column the gaps and the extremes of each step."""
    count = len(columns[0])
    if count <= budget:
        return np.arange(start, start + count)
    share = budget // len(columns)
    chosen = [np.array([0, count - 1])]
    for column in columns:
        gaps = _gaps(column, share // 8)
        pairs = (share - 2 - len(gaps)) // 2
        chosen += [gaps, _MIN_MAX.downsample(column, n_out=2 * pairs).astype(np.intp)]
    return start + np.unique(np.concatenate(chosen))


def _gaps(y: NDArray[Any], most: int) -> NDArray[np.intp]:
    """The first row of each run of NaN, of the `most` longest runs; one NaN is enough to interrupt a line."""
    missing = np.isnan(y)
    if not missing.any():
        return np.empty(0, dtype=np.intp)
    edges = np.diff(missing.astype(np.int8), prepend=0, append=0)
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    longest = np.argsort(starts - stops, kind="stable")[:most]
    return starts[longest]
