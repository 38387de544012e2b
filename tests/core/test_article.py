"""The article's algorithm against its printed table, its plain loops, hand-worked numbers and central differences."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from benchmarks import article_plain_loops as plain
from rnn.core import article
from rnn.core.article import PRINTED, PRINTED_RMSE, Weights

ROOT = Path(__file__).resolve().parents[2]
X, Y = article.windows(article.article_series().values[:, 0])
COLUMNS = np.ascontiguousarray(X)[:, :, None], Y[:, None]  # as the plain loops take them


@pytest.fixture(scope="module")
def rows() -> list[dict[str, float | None]]:
    return list(article.table_rows())


@pytest.fixture(scope="module")
def run() -> tuple[list[article.ArticleEpoch], list[Weights]]:
    """The epochs of the article's run, and the weights before each of them and after the last."""
    weights = article.initial_weights()
    snapshots, epochs = [deepcopy(weights)], []
    for done in article.train(weights):
        epochs.append(done)
        snapshots.append(deepcopy(weights))
    return epochs, snapshots


def same_bits(a: Weights, b: Weights) -> bool:
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in "UWV")


# The printed table


def test_the_first_five_epochs_equal_the_printed_ones_in_every_digit(rows):
    for row in rows[:5]:
        assert (round(row["loss"], 8), round(row["val_loss"], 8)) == PRINTED[row["epoch"]]
        assert (row["printed_loss"], row["printed_val_loss"]) == PRINTED[row["epoch"]]


def test_the_sixth_epoch_agrees_to_five_digits_and_the_rest_stays_on_the_plateau(rows):
    for ours, printed in zip((rows[5]["loss"], rows[5]["val_loss"]), PRINTED[6], strict=True):
        assert f"{ours:.5g}" == f"{printed:.5g}"
    for row in rows[6:25]:
        assert 16.5 < row["loss"] < 17.4
        assert 8.2 < row["val_loss"] < 8.8


def test_the_table_says_nothing_where_the_article_printed_nothing(rows):
    assert [row["epoch"] for row in rows] == list(range(1, 26))
    assert [row["epoch"] for row in rows if row["printed_loss"] is not None] == sorted(PRINTED)
    assert list(article.table_rows(1))[-1]["printed_val_rmse"] is None


def test_its_prediction_step_scores_as_printed_and_the_trained_forward_pass_hardly_beats_the_mean(rows):
    summary = rows[-1]
    assert summary["prediction_step_val_rmse"] == pytest.approx(0.128, abs=0.001)
    assert summary["prediction_step_train_rmse"] == pytest.approx(0.1259, abs=0.0005)
    assert summary["printed_val_rmse"] == PRINTED_RMSE
    assert math.sqrt(2 * rows[24]["val_loss"] / 50) == pytest.approx(0.579, abs=0.005)
    assert 0.55 < summary["forward_val_rmse"] < np.std(Y[100:])


def test_other_seeds_give_other_tables():
    assert round(next(article.run(1, seed=43)).loss) != round(PRINTED[1][0])


def test_fewer_than_one_epoch_is_refused():
    with pytest.raises(ValueError, match="epochs=0 must be at least 1"):
        list(article.run(0))


# Bit for bit the plain loops


@pytest.mark.parametrize("start", [0, 4, 20])
def test_an_epoch_equals_the_plain_loops_bit_for_bit(run, start):
    """From the drawn weights for two epochs, across the fall to the plateau, and on it, where rounding decides."""
    _, snapshots = run
    loops = deepcopy(snapshots[start])
    for epoch in range(start, start + (2 if start == 0 else 1)):
        plain.epoch(loops.U, loops.W, loops.V, *COLUMNS, article.TRAIN_RECORDS, chain_rule=False)
        assert same_bits(loops, snapshots[epoch + 1])


def test_every_reported_loss_equals_the_plain_loops_bit_for_bit(run):
    epochs, snapshots = run
    x, y = COLUMNS
    for done, w in zip(epochs, snapshots, strict=False):
        assert done.loss == plain.loss(w.U, w.W, w.V, x[:100], y[:100])
        assert done.val_loss == plain.loss(w.U, w.W, w.V, x[100:], y[100:])


def test_the_chain_rule_terms_of_the_published_loops_reach_no_weight():
    with_terms, without = article.initial_weights(), article.initial_weights()
    for weights, chain_rule in ((with_terms, True), (without, False)):
        plain.update(weights.U, weights.W, weights.V, COLUMNS[0][3], COLUMNS[1][3], chain_rule=chain_rule)
    assert same_bits(with_terms, without)


@pytest.mark.parametrize(("truncate", "clip_at"), [(0, 10.0), (1, 0.3), (3, math.inf), (50, 2.0)])
@pytest.mark.parametrize(("hidden", "window"), [(1, 2), (7, 50), (33, 12)])
def test_any_shape_truncation_and_clip_equals_the_plain_loops(hidden, window, truncate, clip_at):
    x, y = article.windows(article.article_series().values[:, 0], window)
    fast = article.initial_weights(1, hidden, window)
    fast.W -= 0.5
    loops = deepcopy(fast)
    settings = {"lr": 1e-4, "truncate": truncate, "clip_at": clip_at}
    for record in range(20):
        article.update(fast, x[record], y[record], **settings)
        plain.update(loops.U, loops.W, loops.V, x[record][:, None], y[record : record + 1], **settings)
    assert same_bits(fast, loops)


def test_another_process_with_another_number_of_threads_gets_the_same_bits(run):
    program = "from rnn.core import article; print([(e.loss, e.val_loss) for e in article.run(3)])"
    expected = str([(done.loss, done.val_loss) for done in run[0][:3]])
    for threads in ("1", "2"):
        env = os.environ | {"OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", program], env=env, cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


# What an update does


def test_one_unit_and_two_steps_worked_by_hand():
    u0, u1, w, v, x0, x1, y, lr = 0.5, -0.25, 0.75, 2.0, 1.0, 3.0, 0.5, 0.1
    weights = Weights(np.array([[u0, u1]]), np.array([[w]]), np.array([[v]]))
    h0 = 1 / (1 + math.exp(-u0 * x0))
    h1 = 1 / (1 + math.exp(-(u1 * x1 + w * h0)))
    error = v * h1 - y
    # Step 0 goes back no step, step 1 goes back one; dV takes the state of both.
    report = article.update(weights, np.array([x0, x1]), y, lr=lr, truncate=5, clip_at=10.0)
    d_u, d_w, d_v = u1 * x1, w * h0, error * (h0 + h1)
    assert weights.U[0] == pytest.approx([u0 - lr * d_u, u1 - lr * d_u], rel=1e-14)
    assert weights.W.item() == pytest.approx(w - lr * d_w, rel=1e-14)
    assert weights.V.item() == pytest.approx(v - lr * d_v, rel=1e-14)
    assert report.grad_norm == pytest.approx(math.sqrt(2 * d_u**2 + d_w**2 + d_v**2), rel=1e-14)
    assert not report.clipped


def test_the_report_tells_whether_the_clip_bit_and_the_norm_without_it():
    before = article.initial_weights(0, 6, 50)
    free, clipped = deepcopy(before), deepcopy(before)
    loose = article.update(free, X[7], Y[7], lr=1.0, clip_at=math.inf)
    tight = article.update(clipped, X[7], Y[7], lr=1.0, clip_at=10.0)
    change = math.sqrt(sum(np.sum((getattr(before, k) - getattr(free, k)) ** 2) for k in "UWV"))
    assert loose.grad_norm == pytest.approx(change, rel=1e-9)
    assert tight.grad_norm == loose.grad_norm
    assert (loose.clipped, tight.clipped) == (False, True)
    assert max(np.abs(getattr(before, k) - getattr(clipped, k)).max() for k in "UWV") <= 10.0 + 1e-12


def test_a_clip_that_bites_in_mid_window_only_is_reported():
    """dU would rise to 3; clipped to 2 it stays there, within the bound when the window ends."""
    weights = Weights(np.ones((1, 4)), np.zeros((1, 1)), np.zeros((1, 1)))
    x = np.array([0.0, 3.0, -1.5, 0.0])  # added 0, 1, 2 and 3 times: SU is 0, 3, 0, 0
    assert article.update(weights, x, 0.0, lr=1.0, clip_at=2.0).clipped
    assert weights.U.tolist() == [[-1.0] * 4]
    assert not article.update(weights, np.zeros(4), 0.0, lr=1.0, clip_at=2.0).clipped


def test_the_sum_of_v_falls_by_ten_an_epoch_until_the_output_is_near_zero(run):
    sums = [weights.V.sum() for weights in run[1]]
    assert sums[:5] == pytest.approx([44.98, 34.98, 24.98, 14.98, 4.98], abs=0.01)
    assert max(abs(total) for total in sums[5:]) < 0.25


def test_a_large_learning_rate_overflows_without_a_warning():
    weights = article.initial_weights(0, 10)
    for record in range(5):
        article.update(weights, X[record], Y[record], lr=100.0)
    assert np.isfinite(article.forward(weights, X)).all()
    assert np.isfinite(article.prediction_step(weights, X)).all()


# Why it is not a gradient


def half_squared_errors(w: Weights, x, y, du=0.0, dw=0.0, dv=0.0, changed=None) -> np.ndarray:
    """(y − ŷ)²/2 once for each single weight changed by du, dw or dv; changed holds rows and columns of those weights."""
    i, j = changed
    every = np.arange(len(i))
    h = np.zeros((len(i), len(w.W)))
    for t, value in enumerate(x):
        a = h @ w.W.T + w.U[:, t] * value
        a[every, i] += dw * h[every, j] + du * value * (j == t)
        h = 1 / (1 + np.exp(-a))
    return (h @ w.V[0] + dv * h[every, j] - y) ** 2 / 2


def true_gradient(w: Weights, x, y, name: str, step: float = 1e-5) -> np.ndarray:
    """Central differences for every element of U, W or V."""
    shape = getattr(w, name).shape
    changed = tuple(index.ravel() for index in np.indices(shape))
    up, down = (half_squared_errors(w, x, y, **{f"d{name.lower()}": s}, changed=changed) for s in (step, -step))
    return ((up - down) / (2 * step)).reshape(shape)


def test_the_published_directions_of_u_and_w_have_little_to_do_with_the_gradient(run):
    """After five epochs: before that the states are saturated and the true gradient of U and W vanishes."""
    weights, x, y = run[1][5], X[3], float(Y[3])
    directions = article.step_terms(weights, x, y).sum(axis=0)
    cosines = {}
    for name, direction in zip("UWV", directions, strict=True):
        gradient = true_gradient(weights, x, y, name)
        published = direction[None, :] if name == "V" else np.broadcast_to(direction[:, None], gradient.shape)
        cosines[name] = np.sum(gradient * published) / np.linalg.norm(gradient) / np.linalg.norm(published)
    assert abs(cosines["U"]) < 0.05
    assert abs(cosines["W"]) < 0.15
    assert 0.97 < cosines["V"] < 1.0


def test_u_and_w_move_the_same_way_whatever_the_error():
    low, high = article.initial_weights(3, 20), article.initial_weights(3, 20)
    article.update(low, X[0], -50.0)
    article.update(high, X[0], +50.0)
    assert np.array_equal(low.U, high.U)
    assert np.array_equal(low.W, high.W)
    assert (low.V < high.V).all()


# The data and the forward passes


def test_the_series_is_the_sine_of_whole_numbers():
    series = article.article_series()
    assert (series.name, series.names, len(series)) == ("article-sine", ("value",), 200)
    assert np.array_equal(series.times, np.arange(200))
    assert series.values[[0, 1, 199], 0].tolist() == [0.0, math.sin(1), math.sin(199)]


def test_windows_pair_fifty_values_with_the_next_one():
    assert X.shape == (150, 50)
    assert Y.shape == (150,)
    assert X[149].tolist() == [math.sin(k) for k in range(149, 199)]
    assert Y[149] == math.sin(199)
    with pytest.raises(ValueError, match=r"window=3 .* which has 3 values"):
        article.windows(np.zeros(3), 3)


def test_weights_are_drawn_as_u_then_w_then_v_by_the_legacy_generator():
    weights = article.initial_weights(5, 3, 4)
    stream = np.random.RandomState(5).random_sample(12 + 9 + 3)
    assert np.array_equal(np.concatenate([weights.U.ravel(), weights.W.ravel(), weights.V.ravel()]), stream)


@pytest.mark.parametrize("whole_window", [False, True])
def test_the_two_forward_passes_differ_in_what_a_step_sees(whole_window):
    w = article.initial_weights(2, 4, 6)
    w.W -= 0.4
    x = np.random.default_rng(0).normal(size=(5, 6))
    expected = []
    for record in x:
        h = [0.0] * 4
        for t in range(6):
            seen = range(6) if whole_window else [t]
            a = [sum(w.U[i, s] * record[s] for s in seen) + sum(w.W[i, j] * h[j] for j in range(4)) for i in range(4)]
            h = [1 / (1 + math.exp(-value)) for value in a]
        expected.append(sum(w.V[0, i] * h[i] for i in range(4)))
    predict = article.prediction_step if whole_window else article.forward
    assert predict(w, x) == pytest.approx(expected, rel=1e-12)
