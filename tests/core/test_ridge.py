"""The ridge start: against least squares with rows added, leave-one-out by brute force, and recurrences that are exact."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from rnn.core import ridge
from rnn.core.ridge import ridge_start, robust_start, sample_rows


def windows(values, window, horizon=1):
    rows = sliding_window_view(values, window + horizon)
    return rows[:, :window], rows[:, window:]


def plain_ridge(X, Y, penalty, intercept=True):
    """Least squares with √(n · penalty) · I below X and zeros below Y: the penalty as more rows; b a further column."""
    n, features = X.shape
    ones = np.ones((n, 1)) if intercept else np.zeros((n, 0))
    below = np.hstack([np.sqrt(n * penalty) * np.eye(features), np.zeros((features, ones.shape[1]))])
    found = np.linalg.lstsq(
        np.vstack([np.hstack([X, ones]), below]), np.vstack([Y, np.zeros((features, Y.shape[1]))]), rcond=None
    )[0]
    return found[:features], found[features] if intercept else np.zeros(Y.shape[1])


def plain_score(X, Y, penalty):
    """Generalised cross-validation from its definition: n · |(I − A) Y|² / trace(I − A)², A the matrix of the fit."""
    n = len(X)
    fitted = [plain_ridge(X, np.eye(n)[:, [row]], penalty) for row in range(n)]
    A = np.hstack([X @ W + b for W, b in fitted])
    return n * np.square(Y - A @ Y).sum() / np.trace(np.eye(n) - A) ** 2


@pytest.mark.parametrize("shape", [(40, 6, 1), (40, 6, 3), (12, 30, 2), (7, 6, 1), (6, 6, 1), (2, 3, 1)])
def test_the_solution_for_its_penalty(shape, rng):
    n, features, outputs = shape
    X = rng.standard_normal((n, features)) * np.logspace(0, -2, features) + 3
    Y = X[:, :1] + 0.3 * rng.standard_normal((n, outputs)) - 5
    W, b, penalty = ridge_start(X, Y)
    assert penalty > 0
    plain_W, plain_b = plain_ridge(X, Y, penalty)
    assert pytest.approx(plain_W, rel=1e-6, abs=1e-6) == W
    assert b == pytest.approx(plain_b, rel=1e-6, abs=1e-6)
    W, b, penalty = ridge_start(X, Y, intercept=False)
    assert pytest.approx(plain_ridge(X, Y, penalty, intercept=False)[0], rel=1e-6, abs=1e-6) == W
    assert b.tolist() == [0] * outputs


@pytest.mark.parametrize("shape", [(40, 6, 1), (30, 25, 2), (12, 30, 2)])
@pytest.mark.parametrize("noise", [1e-4, 0.1, 3.0])
def test_no_penalty_of_the_grid_scores_better(shape, noise, rng):
    n, features, outputs = shape
    X = rng.standard_normal((n, features)) * np.logspace(0, -1, features) + 3
    Y = X[:, :2].sum(axis=1, keepdims=True) + noise * rng.standard_normal((n, outputs))
    _, _, penalty = ridge_start(X, Y)
    least = plain_score(X, Y, penalty)
    for share in np.logspace(-8, 2, 21):
        assert least <= plain_score(X, Y, share * X.var(axis=0).mean()) * (1 + 1e-4)


@pytest.mark.parametrize("window", [24, 50])
@pytest.mark.parametrize("horizon", [1, 12])
@pytest.mark.parametrize("rows", [40, 150])
def test_an_exact_recurrence_comes_out_exact(window, horizon, rows):
    """sin k obeys x_t = 2 cos 1 · x_{t−1} − x_{t−2}; on fewer rows than columns too."""
    X, Y = windows(np.sin(np.arange(rows + window + horizon - 1.0)), window, horizon)
    W, b, _ = ridge_start(X, Y)
    X, Y = windows(np.sin(np.arange(1000.0, 1400.0)), window, horizon)
    assert np.abs(X @ W + b - Y).max() < 1e-12
    small = X.astype(np.float32) @ W.astype(np.float32) + b.astype(np.float32)
    assert np.abs(small - Y).max() < 1e-6
    # The least norm: among all W that solve it this one lies in the plane of the windows.
    assert np.linalg.norm(W) <= np.linalg.norm(np.linalg.lstsq(X, Y - b, rcond=1e-9)[0]) * (1 + 1e-6)


def test_noise_is_not_learnt(rng):
    X, Y = rng.standard_normal((300, 50)), rng.standard_normal((300, 1))
    W, b, _ = ridge_start(X, Y)
    least_squares = np.linalg.lstsq(X - X.mean(axis=0), Y - Y.mean(), rcond=None)[0]
    assert np.linalg.norm(W) < 0.5 * np.linalg.norm(least_squares)
    assert b == pytest.approx(Y.mean(axis=0), abs=0.05)


@pytest.mark.parametrize(
    ("X", "Y"),
    [
        (np.full((9, 4), 0.1), np.arange(9.0)[:, None]),
        (np.arange(36.0).reshape(9, 4), np.full((9, 2), 0.1)),
        (np.zeros((9, 4)), np.zeros((9, 1))),
        (np.ones((1, 4)), np.ones((1, 1))),
    ],
    ids=["constant inputs", "constant outputs", "zeros", "one row"],
)
def test_nothing_to_learn_from(X, Y):
    W, b, penalty = ridge_start(X, Y)
    assert not W.any()
    assert (b.tolist(), penalty) == (Y.mean(axis=0).tolist(), 0.0)
    assert W.shape == (X.shape[1], Y.shape[1])


@pytest.mark.parametrize("size", [1e-150, 1e150])
def test_any_size(size, rng):
    X = rng.standard_normal((30, 5))
    Y = X @ rng.standard_normal((5, 2)) + 1
    W, b, _ = ridge_start(X, Y)
    for x_size, y_size in ((size, 1.0), (1.0, size), (size, size)):
        other, other_b, _ = ridge_start(x_size * X, y_size * Y)
        assert other * (x_size / y_size) == pytest.approx(W, rel=1e-9)
        assert other_b / y_size == pytest.approx(b, rel=1e-9)


def test_float32_and_the_arrays_given_are_left_alone(rng):
    X = rng.standard_normal((30, 5)).astype(np.float32)
    Y = X[:, :1] * 2
    kept = X.copy(), Y.copy()
    W, b, _ = ridge_start(X, Y)
    assert (W.dtype, b.dtype) == (np.float64, np.float64)
    assert W[:, 0] == pytest.approx([2, 0, 0, 0, 0], abs=1e-5)
    assert (X.tobytes(), Y.tobytes()) == (kept[0].tobytes(), kept[1].tobytes())


def test_rows_are_sampled_evenly_and_the_work_is_bounded():
    assert sample_rows(5, 3, 1).tolist() == [0, 1, 2, 3, 4]
    for n, features, outputs in (
        (10**6, 24, 1),
        (10**6, 1500, 48),
        (5000, 1501, 1),
        (10**5, 10**5, 1),
        (10**6, 24, 10**5),
    ):
        rows = sample_rows(n, features, outputs)
        assert len(rows) * features <= ridge.MOST_ENTRIES
        assert len(rows) * features * outputs <= ridge.MOST_ENTRIES * ridge.MOST_EQUATIONS
        assert min(len(rows), features) <= ridge.MOST_EQUATIONS
        assert (rows[0], rows[-1]) == (0, n - 1)
        assert np.diff(rows).min() >= 1 and np.ptp(np.diff(rows)) <= 1
    assert sample_rows(10**6, 10**7, 1).tolist() == [0, 10**6 - 1]
    assert len(sample_rows(1, 10**7, 1)) == 1


def test_a_sample_is_what_is_solved(monkeypatch, rng):
    monkeypatch.setattr(ridge, "MOST_ENTRIES", 100)
    X, Y = rng.standard_normal((60, 4)), rng.standard_normal((60, 1))
    rows = sample_rows(60, 4, 1)
    assert len(rows) == 25
    found, expected = ridge_start(X, Y), ridge_start(X[rows], Y[rows])
    assert found[0].tobytes() == expected[0].tobytes()


@pytest.mark.parametrize("intercept", [True, False])
def test_weighted_rows_count_as_often_as_their_weights_say(intercept, rng):
    X, Y = rng.standard_normal((30, 4)) + 2, rng.standard_normal((30, 2))
    counts = rng.integers(1, 5, 30)
    W, b, penalty = ridge_start(X, Y, intercept=intercept, weights=counts.astype(float))
    repeated = plain_ridge(np.repeat(X, counts, axis=0), np.repeat(Y, counts, axis=0), penalty, intercept)
    assert pytest.approx(repeated[0], rel=1e-6, abs=1e-8) == W
    assert b == pytest.approx(repeated[1], rel=1e-6, abs=1e-8)


def test_one_output_comes_down_to_least_absolute_errors(rng):
    from scipy.optimize import linprog

    X = rng.standard_normal((200, 3))
    Y = X @ np.array([[1.0], [-2.0], [0.5]]) + rng.standard_t(1.5, (200, 1))
    W, b = robust_start(X, Y)
    # Least absolute errors exactly, as a linear programme: y = X w + b + above − below, above and below not negative.
    design = np.hstack([X, np.ones((200, 1)), np.eye(200), -np.eye(200)])
    bounds = [(None, None)] * 4 + [(0, None)] * 400
    exact = linprog(np.r_[np.zeros(4), np.ones(400)], A_eq=design, b_eq=Y[:, 0], bounds=bounds)
    found = float(np.abs(Y - X @ W - b).sum())
    squares = ridge_start(X, Y)
    assert found < exact.fun * 1.005
    assert found < float(np.abs(Y - X @ squares[0] - squares[1]).sum())


def test_a_bad_stretch_does_not_bend_the_line(rng):
    X = rng.standard_normal((300, 5))
    true = rng.standard_normal((5, 3))
    Y = X @ true + 0.1 * rng.standard_normal((300, 3))
    Y[40:70] += 20 * X[40:70, :1]
    W, _ = robust_start(X, Y)
    bent, _, _ = ridge_start(X, Y)
    assert np.abs(W - true).max() < 0.1
    assert np.abs(bent - true).max() > 1


def test_exact_rows_and_constant_ones_need_no_weights(rng):
    X = rng.standard_normal((50, 3))
    W, b = robust_start(X, X[:, :1] * 2 + 1)
    assert pytest.approx(np.array([[2.0], [0.0], [0.0]]), abs=1e-6) == W
    assert b == pytest.approx([1.0], abs=1e-6)
    W, b = robust_start(np.ones((20, 3)), np.full((20, 2), 4.0))
    assert not W.any()
    assert b.tolist() == [4.0, 4.0]
