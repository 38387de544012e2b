"""Ridge regression with its penalty chosen by generalised cross-validation: where the linear skip connection starts.

The skip is the linear path of LSTNet (Lai et al. 2018) from the window to the output. Solved before training, it is the
best linear forecast from the first batch on, and the recurrent part learns what it leaves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array64 = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

# Bounds on the work: entries of X, and the smaller side of X, whose cube an eigendecomposition takes (about a second).
MOST_ENTRIES = 4_000_000
MOST_EQUATIONS = 1500

# Penalties that are tried, as multiples of the Gram matrix's mean eigenvalue (that is not zero); two to a power of ten.
GRID = np.logspace(-14, 2, 33)

# How often `robust_start` weighs its rows anew, and the least residual that it takes for true, as a share of the median.
PASSES, LEAST_RESIDUAL = 4, 0.1

# Deviations of a column below this share of its size are the rounding of its mean.
ROUNDING = 1e-14


def sample_rows(n: int, features: int, outputs: int) -> NDArray[np.intp]:
    """Which of n rows `ridge_start` uses, evenly spread, first and last among them: all, or as many as keep the work within
    bounds. A caller with many rows can gather these alone.

    Beyond MOST_EQUATIONS features no more than as many rows are taken, and beyond MOST_ENTRIES of the product ever fewer
    (at least two): the ridge solution then lies in the span of those rows, and cross-validation penalises accordingly.
    """
    most = int(MOST_ENTRIES * min(1.0, MOST_EQUATIONS / outputs)) // features
    if features > MOST_EQUATIONS:
        most = min(most, MOST_EQUATIONS)
    rows = min(n, max(2, most))
    return np.round(np.linspace(0, n - 1, rows)).astype(np.intp)


def robust_start(X: Floats, Y: Floats, *, intercept: bool = True) -> tuple[Array64, Array64]:
    """W (P, O) and b (O,) as `ridge_start` finds them, but for absolute errors: rows that miss by much count for less.

    Iteratively reweighted least squares (Schlossmacher 1973; Holland and Welsch 1977) in a variant for many outputs: a row
    is weighted by 1 / its mean absolute residual, which is taken for at least a tenth of the median entry. It comes down to
    the sum over the rows of their sizes, so that one bad stretch does not bend the line for all others.
    """
    rows = sample_rows(len(X), X.shape[1], Y.shape[1])
    X, Y = (np.asarray(a if len(rows) == len(a) else a[rows], np.float64) for a in (X, Y))
    W, b, _ = ridge_start(X, Y, intercept=intercept)
    for _ in range(PASSES):
        missed = np.abs(Y - X @ W - b)
        least = LEAST_RESIDUAL * float(np.median(missed))
        if not least > 0:  # half of all entries are exact: no row is worse than its neighbours by more than rounding
            break
        size = np.maximum(missed.mean(axis=1), least)
        W, b, _ = ridge_start(X, Y, intercept=intercept, weights=1 / size)
    return W, b


def ridge_start(
    X: Floats, Y: Floats, *, intercept: bool = True, weights: Array64 | None = None
) -> tuple[Array64, Array64, float]:
    """Weights W (P, O), intercept b (O,) and penalty of the ridge regression of Y (n, O) on X (n, P), all finite.

    Minimises mean |Y − X W − b|² + penalty · |W|², the sum over the outputs, with one penalty for all of them: the one of a
    grid with the least score of generalised cross-validation (Golub, Heath and Wahba 1979). The intercept is not penalised;
    without one b is 0. Of many rows an even sample is used, see `sample_rows`. Where there is nothing to learn from (one
    row, or constant columns only) W is 0.

    weights (n,): what each row counts, in any unit; None: all the same.
    """
    rows = sample_rows(len(X), X.shape[1], Y.shape[1])
    X, Y = (np.asarray(a if len(rows) == len(a) else a[rows], np.float64) for a in (X, Y))
    counts = None if weights is None else (weights / weights.mean())[rows]
    x_mean, y_mean = (np.average(a, axis=0, weights=counts) if intercept else np.zeros(a.shape[1]) for a in (X, Y))
    x_size, y_size = (float(np.abs(a).max()) for a in (X, Y))
    # Brought to size 1, so that squares neither overflow nor vanish; what is left of constant columns is rounding.
    X, Y = ((a - mean) / (size or 1.0) for a, mean, size in ((X, x_mean, x_size), (Y, y_mean, y_size)))
    if min(float(np.abs(X).max()), float(np.abs(Y).max())) < ROUNDING:
        return np.zeros((X.shape[1], Y.shape[1])), y_mean, 0.0
    shares = np.ones(1) if counts is None else np.sqrt(counts)
    W, penalty = _solve(X * shares[:, None], Y * shares[:, None], intercept)
    W *= y_size / x_size
    return W, y_mean - x_mean @ W, penalty * x_size**2


def _solve(X: Array64, Y: Array64, intercept: bool) -> tuple[Array64, float]:
    """W (P, O) and the penalty for X (n, P) and Y (n, O), centred already where there is an intercept."""
    n, features = X.shape
    primal = features <= n
    s, vectors = np.linalg.eigh((X.T @ X if primal else X @ X.T) / n)
    # Directions below the rounding of the largest eigenvalue hold nothing but rounding: without them W has the least norm.
    kept = s > len(s) * np.finfo(np.float64).eps * s[-1]
    s, vectors = s[kept], vectors[:, kept]
    penalties = GRID * s.mean()
    # Coordinates in the eigenvectors: the solution's are projected / (s + penalty).
    projected = vectors.T @ (X.T @ Y / n if primal else Y)

    def weights(penalty: float) -> Array64:
        solution: Array64 = vectors @ (projected / (s + penalty)[:, None])
        return solution if primal else X.T @ solution / n

    residual = float(np.square(Y - X @ weights(penalties[0])).sum()) / n
    energy = np.square(projected).sum(axis=1) * (1.0 if primal else s / n)
    scores = [_score(s, energy, residual, penalty, n, n - intercept) for penalty in penalties]
    penalty = float(penalties[int(np.argmin(scores))])
    return weights(penalty), penalty


def _score(s: Array64, energy: Array64, least: float, penalty: float, n: int, freedom: int) -> float:
    """Generalised cross-validation: mean square residual / (share of the n rows' freedom that is left)².

    least: the mean square residual with the smallest penalty of all, worked out row by row. What a larger one adds is a sum
    of squares over the directions, so that nothing cancels where a residual is a millionth of a per cent.
    """
    shift = penalty / (s * (s + penalty))
    residual = least + float((energy * s * np.square(shift)).sum())
    left = (freedom - len(s) + float((penalty / (s + penalty)).sum())) / n
    return residual / left**2
