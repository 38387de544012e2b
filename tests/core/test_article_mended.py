"""The mended variants of the article's training against loops written out entry by entry, and both ends of the scale."""

from __future__ import annotations

import itertools
import math
from copy import deepcopy

import numpy as np
import pytest

from benchmarks import article_plain_loops as plain
from rnn.core import article, article_mended
from rnn.core.article import Weights
from rnn.core.article_gradient import true_gradient
from rnn.core.article_mended import MENDS, glorot_weights, record_direction, run

X, Y = article.windows(article.article_series().values[:, 0])
OF_A_RECORD = ("chain_rule", "slope", "last_step", "sums", "truncate", "clip")


def sets_of(names):
    return [set(some) for count in range(len(names) + 1) for some in itertools.combinations(names, count)]


def loops(w: Weights, x, y, mended) -> dict[str, np.ndarray]:
    """dU, dW and dV of one record, entry by entry, from the definitions of the mends."""
    H, T = w.U.shape
    h, a = [[0.0] * H], []
    for t in range(T):
        a.append([w.U[i, t] * x[t] + sum(w.W[i, j] * h[t][j] for j in range(H)) for i in range(H)])
        h.append([1 / (1 + math.exp(-value)) for value in a[t]])
    error = sum(w.V[0, i] * h[T][i] for i in range(H)) - y

    def steep(s, i):
        return h[s + 1][i] * (1 - h[s + 1][i]) if "slope" in mended else a[s][i] * (1 - a[s][i])

    total = {"U": np.zeros((H, T)), "W": np.zeros((H, H)), "V": np.zeros((1, H))}
    running = {"U": np.zeros((H, T)), "W": np.zeros((H, H))}
    for t in [T - 1] if "last_step" in mended else range(T):
        term = {"U": np.zeros((H, T)), "W": np.zeros((H, H))}
        reach = T if "truncate" in mended else 5
        if "chain_rule" in mended:
            arriving = [w.V[0, i] * error for i in range(H)]
            for s in range(t, max(-1, t - reach), -1):
                at = [steep(s, i) * arriving[i] for i in range(H)]
                for i in range(H):
                    term["U"][i, s] += at[i] * x[s]
                    for j in range(H):
                        term["W"][i, j] += at[i] * h[s][j]
                arriving = [sum(w.W[i, j] * at[i] for i in range(H)) for j in range(H)]
        else:
            for _ in range(min(t, reach)):
                for i in range(H):
                    term["U"][i, :] += w.U[i, t] * x[t]
                    term["W"][i, :] += sum(w.W[i, j] * h[t][j] for j in range(H))
        for name in "UW":
            running[name] = term[name] if "sums" in mended else running[name] + term[name]
            total[name] += running[name]
        total["V"] += error * np.array(h[t + 1])
        if "clip" not in mended:
            for gradient in total.values():
                gradient[gradient > 10] = 10
                gradient[gradient < -10] = -10
    norm = math.sqrt(sum((gradient**2).sum() for gradient in total.values()))
    if "clip" in mended and norm > 10:
        total = {name: gradient * 10 / norm for name, gradient in total.items()}
    return total


@pytest.mark.parametrize("mended", sets_of(OF_A_RECORD), ids=lambda mended: "+".join(sorted(mended)) or "none")
def test_every_combination_is_the_direction_of_the_plain_loops(mended):
    for seed, size in ((1, 1.0), (2, 6.0)):  # small enough for no clip to bite, and large
        drawn = article.initial_weights(seed, 3, 9)
        weights = Weights(drawn.U * size - 0.3, drawn.W - 0.4, drawn.V * size)
        expected = loops(weights, X[5, :9], float(Y[5]), mended)
        found = record_direction(weights, X[5, :9], float(Y[5]), mended)
        for name, gradient in expected.items():
            whole = np.broadcast_to(getattr(found, name), gradient.shape)
            assert whole == pytest.approx(gradient, rel=1e-9, abs=1e-12)


def test_with_nothing_mended_an_epoch_is_the_published_one():
    w = article.initial_weights()
    plain.epoch(w.U, w.W, w.V, np.ascontiguousarray(X)[:, :, None], Y[:, None], 100, chain_rule=False)
    start, after = run((), epochs=1)
    assert start.val_rmse == pytest.approx(math.sqrt(2 * article.PRINTED[1][1] / 50), rel=1e-9)
    assert after.val_rmse == pytest.approx(math.sqrt(2 * article.PRINTED[2][1] / 50), rel=1e-9)
    assert after.val_rmse_prediction_step == pytest.approx(
        np.sqrt(np.mean((article.prediction_step(w, X[100:]) - Y[100:]) ** 2)), rel=1e-9
    )


def test_with_everything_mended_it_is_the_true_gradient_shortened():
    weights, x, y = glorot_weights(0), X[11], float(Y[11])
    expected, found = true_gradient(weights, x, y), record_direction(weights, x, y, set(MENDS))
    norm = math.sqrt(sum(float(np.sum(getattr(expected, name) ** 2)) for name in "UWV"))
    for name in "UWV":
        shortened = getattr(expected, name) * min(1, 10 / norm)
        assert getattr(found, name) == pytest.approx(shortened, rel=1e-9, abs=1e-13)


def test_mending_the_slope_alone_changes_no_digit():
    assert list(run({"slope"}, epochs=2)) == list(run((), epochs=2))


def test_everything_mended_learns_the_sine_and_published_or_without_the_chain_rule_it_does_not():
    everything = set(MENDS)
    assert list(run(everything, epochs=8))[-1].val_rmse < 0.1
    assert list(run(everything - {"chain_rule"}, epochs=8))[-1].val_rmse > 0.5
    assert list(run(everything - {"start"}, epochs=8))[-1].val_rmse > 0.6


def test_the_records_of_a_mended_order_are_each_taken_once(monkeypatch):
    seen, direction = [], article_mended.record_direction
    monkeypatch.setattr(
        article_mended, "record_direction", lambda w, x, y, mended: seen.append(y) or direction(w, x, y, mended)
    )
    list(run(set(MENDS), epochs=1))
    assert seen != Y[:100].tolist() and sorted(seen) == sorted(Y[:100].tolist())


def test_a_first_step_of_adam_moves_every_weight_by_its_rate():
    """Adam's first step is the rate times the sign of the gradient (Kingma and Ba 2015), whatever its size."""
    weights = glorot_weights(3, 5, 6)
    before = deepcopy(weights)
    gradient = record_direction(weights, X[0, :6], 0.7, set(MENDS))
    article_mended._move(weights, gradient, article_mended._Memory())
    moved = weights.W - before.W
    assert moved == pytest.approx(-0.005 * np.sign(gradient.W), rel=1e-2)


def test_glorot_weights_stay_within_their_bounds_and_take_both_signs():
    weights = glorot_weights(1)
    for array, bound in (
        (weights.U, math.sqrt(6 / 101)),
        (weights.W, math.sqrt(6 / 200)),
        (weights.V, math.sqrt(6 / 101)),
    ):
        assert 0.9 * bound < np.abs(array).max() <= bound
        assert abs(array.mean()) < 0.1 * bound * math.sqrt(1000 / array.size) + 0.02


def test_what_is_no_mend_is_refused_by_name():
    with pytest.raises(ValueError, match="'clips' is no mend; the mends are chain_rule, slope"):
        next(run({"clips"}))
    with pytest.raises(ValueError, match="epochs=0 must be at least 1"):
        next(run((), epochs=0))


def test_numbers_that_overflow_end_the_run_without_a_warning(monkeypatch):
    monkeypatch.setattr(article_mended, "LR", 1e200)
    reports = list(run({"chain_rule", "truncate"}, epochs=3))
    assert len(reports) == 2 and not math.isfinite(reports[-1].val_rmse)
