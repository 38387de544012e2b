"""The weights over the epochs: every number of the charts against a direct computation."""

from __future__ import annotations

import numpy as np
import pytest

from pages.inside.weights import course as courses
from pages.inside.weights.blocks import Place
from pages.inside.weights.course import LEVELS, Course, digest, go_on, sampled, shares
from rnn.runs.store import Store
from tests.pages.charts import charts
from tests.pages.stored_runs import sunspots, trained
from tests.pages.test_inside_page import named, texts

RNG = np.random.default_rng(3)


def test_a_digest_is_the_quantiles_the_largest_and_the_way_from_the_start():
    start, now = RNG.normal(size=(40, 30)), RNG.normal(size=(40, 30))
    found = digest(now, start)
    in_order = np.sort(now.ravel())
    assert found.quantiles[[0, 200, 400]].tolist() == [in_order[0], np.median(now), in_order[-1]]
    assert found.largest == np.abs(now).max()
    way = np.sqrt(sum((a - b) ** 2 for a, b in zip(now.ravel(), start.ravel(), strict=True)))
    assert found.moved == pytest.approx(way / np.sqrt(np.sum(start**2)))
    assert np.isnan(digest(now, None).moved)
    assert digest(start, start).moved == 0


def test_shares_are_those_of_a_histogram():
    matrix = RNG.normal(size=(200, 150))
    edges = np.linspace(matrix.min() - 0.1, matrix.max() + 0.1, 41)
    (found,) = shares(digest(matrix, None).quantiles[None], edges)
    counted = np.histogram(matrix, edges)[0] / matrix.size
    assert found.sum() == pytest.approx(1)
    assert np.abs(found - counted).max() < 0.0025
    (lone,) = shares(np.full((1, len(LEVELS)), 0.5), np.array([0.0, 0.4, 0.6, 1.0]))
    assert lone.tolist() == [0, 1, 0], "all entries alike stand in one bin"


def test_a_large_matrix_is_counted_evenly_over_its_columns():
    matrix = np.tile(np.arange(512.0), (512, 1))  # every column has a value of its own
    found = digest(matrix, None).quantiles
    assert np.abs(found - np.quantile(matrix, LEVELS)).max() < 8


def test_sampled_epochs_hold_both_ends_and_settle_while_a_run_goes_on():
    assert sampled(range(5), 40) == [0, 1, 2, 3, 4]
    epochs = list(range(0, 1000, 3))
    found = sampled(epochs, 40)
    assert len(found) == 40 and found[0] == 0 and found[-1] == epochs[-1]
    grown = sampled([*epochs, 1002], 40, found)
    assert len(set(grown) - set(found)) <= 1, "nearly all that are known serve again"


def test_a_course_is_complete_after_some_turns_and_right():
    place = Place("gru", 1, 0, 0, "z")
    weights = {
        epoch: {
            "layer0.W_x": RNG.normal(size=(2, 15)), "layer0.W_h": RNG.normal(size=(5, 15)),
            "readout.W": RNG.normal(size=(5, 1)),
        }
        for epoch in range(30)
    }  # fmt: skip
    course, turns = Course({}, {}), 0
    while not go_on(course, place, list(weights), weights.get, seconds=0.0):
        turns += 1
        assert turns < 100
    assert turns > 10, "it takes a little at a time"
    assert sorted(course.matrices) == list(weights)
    for epoch, radius in course.radii.items():
        block = weights[epoch]["layer0.W_h"][:, 5:10]  # r, z, n
        assert radius == pytest.approx(np.abs(np.linalg.eigvals(block)).max())
    epochs, _, numbers = courses.arranged(course, "W_h")
    first = weights[0]["layer0.W_h"][:, 5:10]
    ways = [np.linalg.norm(weights[epoch]["layer0.W_h"][:, 5:10] - first) / np.linalg.norm(first) for epoch in epochs]
    np.testing.assert_allclose(numbers["moved"], ways)
    assert course.bounds()["W_x"] == max(np.abs(one["layer0.W_x"][:, 5:10]).max() for one in weights.values())


def test_weights_that_have_gone_or_are_not_finite_do_no_harm():
    place, W = Place("elman", 1, 0, 0, "h"), np.ones((2, 2))
    gone = {0: {"layer0.W_x": W, "layer0.W_h": W * np.nan, "readout.W": W}}
    course = Course({}, {})
    assert go_on(course, place, [0, 1], gone.get, seconds=9)
    assert list(course.matrices) == [0]
    assert np.isnan(course.radii[0])


def test_colours_stand_still_while_epochs_pass_and_one_weight_is_named(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=5, window=8, epochs=4)
        params = {epoch: store.params_at(run.id, epoch)["layer0.W_h"] for epoch in range(5)}
    app = open_app("inside/page.py", run=run.id, look="Weights", epoch="0")
    app.run()  # what was left to compute
    bound = max(float(np.abs(one).max()) for one in params.values())
    spans = []
    for epoch in range(5):
        if epoch:
            app.button(key="epoch_forward").click().run()
        (trace,) = charts(app)["weights_layer0.W_h"]["data"]
        spans.append((trace["zmin"], trace["zmax"]))
    assert not app.exception
    assert spans == [pytest.approx((-bound, bound))] * 5
    drawn = charts(app)
    assert {"spread_layer0.W_x", "spread_layer0.W_h", "spread_readout.W", "inside_radius", "inside_moved"} <= set(drawn)
    radius = np.abs(np.linalg.eigvals(params[4].astype(float))).max()
    assert f"{radius:.4g} at epoch 4" in drawn["inside_radius"]["alt"]
    way = 100 * np.linalg.norm(params[4] - params[0]) / np.linalg.norm(params[0])
    assert f"W_h 0 at epoch 0, {way:.4g} at epoch 4" in drawn["inside_moved"]["alt"]
    named(app, "number_input", "Unit").set_value(3).run()
    named(app, "number_input", "Unit of the step before").set_value(1).run()
    # Rows are units, columns the units of the step before.
    assert f"unit 3, unit of the step before 1: **{params[4][1, 3]:.4f}"[:44] in texts(app, "markdown")
