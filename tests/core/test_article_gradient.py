"""The true gradient of the article's network against `Network` and against central differences, and the cosines."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnn.core import article
from rnn.core.article import Weights
from rnn.core.article_gradient import (
    compare,
    cosine,
    errors_back,
    forward_pass,
    published_direction,
    slope,
    true_gradient,
)
from rnn.core.config import Config
from rnn.core.network import Network

X, Y = article.windows(article.article_series().values[:, 0])


def moderate(seed: int, hidden: int, window: int) -> Weights:
    """Weights that leave the units in their steep part."""
    weights = article.initial_weights(seed, hidden, window)
    return Weights(weights.U - 0.5, (weights.W - 0.5) / hidden, weights.V - 0.5)


@pytest.mark.parametrize("truncate", [None, 1, 5, 12])
def test_the_gradient_is_that_of_the_network_with_half_its_loss(truncate):
    hidden, window = 7, 12
    config = Config(
        cell="elman", activation="sigmoid", hidden=hidden, window=window, input_weights="per_step", bias=False,
        truncate=truncate, loss="mse", dtype="float64",
    )  # fmt: skip
    weights, x, y = moderate(3, hidden, window), X[4, :window], float(Y[4])
    params = {
        "layer0.W_x": weights.U.T[:, None, :].copy(),
        "layer0.W_h": weights.W.T.copy(),
        "readout.W": weights.V.T.copy(),
    }
    loss, expected = Network(config, 1, 1).loss_and_gradients(params, x[:, None, None], np.array([[y]]))
    found = true_gradient(weights, x, y, truncate)
    assert found.U.T[:, None, :] == pytest.approx(expected["layer0.W_x"] / 2, rel=1e-9, abs=1e-15)
    assert pytest.approx(expected["layer0.W_h"] / 2, rel=1e-9, abs=1e-15) == found.W.T
    assert pytest.approx(expected["readout.W"] / 2, rel=1e-9, abs=1e-15) == found.V.T
    assert (forward_pass(weights, x).y_hat - y) ** 2 == pytest.approx(loss, rel=1e-12)


def test_every_entry_agrees_with_central_differences():
    weights, x, y, step = moderate(1, 3, 5), X[8, :5], float(Y[8]), 1e-6
    found = true_gradient(weights, x, y)
    for name in "UWV":
        array = getattr(weights, name)
        for index in np.ndindex(array.shape):
            losses = []
            for change in (step, -step):
                array[index] += change
                losses.append((article.forward(weights, x[None])[0] - y) ** 2 / 2)
                array[index] -= change
            assert getattr(found, name)[index] == pytest.approx((losses[0] - losses[1]) / (2 * step), abs=1e-8)


def test_the_forward_pass_is_the_article_s():
    weights = moderate(2, 6, 50)
    assert forward_pass(weights, X[9]).y_hat == pytest.approx(article.forward(weights, X[9:10])[0], rel=1e-13)


def test_the_errors_before_the_truncation_are_zero():
    weights = moderate(2, 6, 50)
    kept = forward_pass(weights, X[0])
    errors = errors_back(weights, kept, 2.0, truncate=5)
    assert not errors[:45].any() and errors[45:].all()
    assert errors[45:] == pytest.approx(errors_back(weights, kept, 2.0)[45:], rel=1e-15)


def test_the_slope_keeps_its_digits_where_the_unit_is_at_its_stop():
    assert slope(np.array([0.0, 50.0, -50.0, 2.0])).tolist() == pytest.approx(
        [0.25, math.exp(-50), math.exp(-50), 0.10499358540350652], rel=1e-12
    )


def test_cosines_worked_by_hand():
    assert cosine(np.array([[1.0, 0.0]]), np.array([[0.0, 2.0]])) == 0
    assert cosine(np.array([3.0, 4.0]), np.array([6.0, 8.0])) == pytest.approx(1)
    assert cosine(np.array([3.0, 4.0]), np.array([-4.0, -3.0])) == pytest.approx(-24 / 25)
    assert math.isnan(cosine(np.zeros(2), np.ones(2)))


def test_the_published_direction_is_its_update_without_the_clip():
    before, after = article.initial_weights(0, 6), article.initial_weights(0, 6)
    article.update(after, X[7], float(Y[7]), lr=1.0, clip_at=math.inf)
    direction = published_direction(before, X[7], float(Y[7]))
    for name in "UWV":
        moved = getattr(before, name) - getattr(after, name)
        assert getattr(direction, name) == pytest.approx(moved, rel=1e-9, abs=1e-9)


def test_only_v_is_pushed_downhill_and_before_training_no_gradient_reaches_u_and_w():
    start = compare(article.initial_weights(), X[:4], Y[:4])
    assert abs(start.cosines["U"]) < 0.05 and abs(start.cosines["W"]) < 0.4 and start.cosines["V"] > 0.99
    assert max(start.true["U"], start.true["W"]) < 1e-12 * start.true["V"]
    weights = article.initial_weights()
    for _ in article.train(weights, 6):
        pass
    later = compare(weights, X[:100], Y[:100])
    assert abs(later.cosines["U"]) < 0.05 and abs(later.cosines["W"]) < 0.1 and later.cosines["V"] > 0.97
    assert later.true["W"] > 1
