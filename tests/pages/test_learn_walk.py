"""The walk: its nine steps, what their widgets compute, and what the address may ask for."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest

from pages.learn import code, course
from pages.learn.asked.labels import LABELS
from pages.learn.walk import clipping, going_back, losing, reading, values
from pages.learn.walk.steps import STEPS
from rnn.core import article
from rnn.core.article import Weights
from rnn.core.article_gradient import true_gradient
from rnn.core.article_mended import glorot_weights
from rnn.core.series import Series
from tests.pages.charts import charts
from tests.pages.conftest import link_value

PAGE = "learn/page.py"
X, Y = article.windows(article.article_series().values[:, 0])


@pytest.fixture
def no_training(monkeypatch):
    """The last step shows predictions of trained weights: a course of one epoch is enough to look at."""
    weights = article.initial_weights()
    snapshots = [weights] * (article.EPOCHS + 1)
    monkeypatch.setattr(course, "snapshots", lambda: snapshots)


@pytest.mark.parametrize("number", range(1, 10))
def test_every_step_opens_by_its_address_with_words_a_chart_and_our_code(open_app, no_training, number):
    app = open_app(PAGE, step=str(number))
    assert not app.exception and not app.warning
    said = [one.value for one in app.markdown]
    assert f"##### {number} · {STEPS[number - 1].title}" in said
    drawn = charts(app)
    assert drawn and all(any(letter.isdigit() for letter in chart["alt"]) for chart in drawn.values())
    shown = [one.value for one in app.code]
    assert len(shown) == len(STEPS[number - 1].code)
    assert all(text.startswith(("def ", "@")) for text in shown)
    assert link_value(app, "step") == str(number)


def test_next_and_previous_go_along_the_steps_and_the_address_with_them(open_app):
    app = open_app(PAGE)
    assert app.button(key="walk_back").disabled
    app.button(key="walk_on").click().run()
    assert link_value(app, "step") == "2"
    app.button(key="walk_on").click().run()
    app.button(key="walk_back").click().run()
    assert link_value(app, "step") == "2" and not app.exception


def test_a_step_leads_to_the_question_that_it_answers(open_app):
    app = open_app(PAGE, step="5")
    app.button(key="ask_half").click().run()
    assert not app.exception
    assert (link_value(app, "learn"), "step" in app.query_params) == ("Questions", False)
    assert set(charts(app)) == {"half_loss"}


@pytest.mark.parametrize("asked", ["0", "10", "-1", "1.5", "two", "１", "9" * 400, ""])
def test_a_step_that_is_none_gets_a_sentence_and_the_first(open_app, asked):
    app = open_app(PAGE, step=asked)
    assert not app.exception
    assert "step must be a whole number from 1 to 9" in app.warning[0].value
    assert link_value(app, "step") == "1"


def test_a_section_that_is_none_gets_a_sentence_and_the_walk(open_app):
    app = open_app(PAGE, learn="<b>Nowhere")
    assert "learn must be one of Walk, As published, Mended, Questions" in app.warning[0].value
    assert "<b>" not in app.warning[0].value.replace("\\<b\\>", "")
    assert link_value(app, "step") == "1"


def test_the_user_s_own_series_is_walked_along_as_well(open_app):
    app = open_app(PAGE, step="2", data="nile")
    app.segmented_control(key="walk_series").set_value("your series").run()
    assert not app.exception
    assert "volume" in charts(app)["walk_window_chart"]["alt"]
    shapes = app.table[0].value
    window = app.slider(key="walk_T:True").value
    assert shapes.iloc[0]["Shape"] == f"({100 - window}, {window}, 1)"


def test_a_series_too_short_for_a_step_leaves_the_sine_with_a_sentence(open_app, monkeypatch):
    short = Series.from_values([1.0, 2.0, 4.0], name="short")
    monkeypatch.setattr(values, "_own", lambda: (short, ""))
    app = open_app(PAGE, step="4")
    app.segmented_control(key="walk_series").set_value("your series").run()
    assert not app.exception
    assert "Your series has 3 values; this step needs 52." in app.info[0].value


def test_every_question_that_a_step_names_is_one():
    assert {slug for step in STEPS for slug in step.questions} <= set(LABELS)
    assert {slug for step in STEPS for slug in step.questions} == set(LABELS)


def test_the_source_that_is_shown_is_the_function_that_runs():
    for step in STEPS:
        for function in step.code:
            bare = inspect.unwrap(function)
            assert f"def {bare.__name__}" in code.source_of(function)
            path, line = code.place_of(function).split(", line ")
            text = (code.ROOT / path).read_text(encoding="utf-8").splitlines()
            assert text[int(line) - 1].strip() == code.source_of(function).splitlines()[0]


# What the widgets compute


def test_the_line_through_two_values_of_the_sine_is_exact():
    a, b = reading.fitted_rule(np.sin(np.arange(40.0)))
    assert (a, b) == (pytest.approx(2 * math.cos(1), abs=1e-12), pytest.approx(-1, abs=1e-12))


def test_losses_and_slopes_are_those_of_the_formulas():
    y_hat, y = 1.7, 0.25
    e = y_hat - y
    assert losing.value_and_slope(losing.HALF, y_hat, y) == pytest.approx((e * e / 2, e))
    assert losing.value_and_slope(losing.WHOLE, y_hat, y) == pytest.approx((e * e, 2 * e))
    assert losing.value_and_slope(losing.SIZE, y_hat, y) == pytest.approx((e, 1.0))
    assert losing.value_and_slope(losing.HUBER, y_hat, y) == pytest.approx((e - 0.5, 1.0))


def test_a_clip_by_value_bends_and_a_clip_by_norm_does_not():
    gradient = np.array([16.0, 4.0])
    by_value, by_norm = (clipping.clip(gradient, kind, 10.0) for kind in ("value", "norm"))
    assert by_value.tolist() == [10.0, 4.0] and gradient.tolist() == [16.0, 4.0]
    assert clipping.angle(by_value, gradient) == pytest.approx(math.degrees(math.atan2(4, 10) - math.atan2(4, 16)))
    assert np.linalg.norm(by_norm) == pytest.approx(10) and clipping.angle(by_norm, gradient) == pytest.approx(
        0, abs=1e-5
    )


def test_truncated_gradients_beside_the_full_one():
    weights = glorot_weights(0, 6)
    weights = Weights(weights.U, weights.W * 8, weights.V)
    lengths, cosines = going_back.truncated(weights, X[2], float(Y[2]))
    assert (lengths[-1], cosines[-1]) == (pytest.approx(1), pytest.approx(1))
    full, cut = true_gradient(weights, X[2], float(Y[2])), true_gradient(weights, X[2], float(Y[2]), 5)
    flat_full, flat_cut = (np.append(one.U.ravel(), one.W.ravel()) for one in (full, cut))
    assert lengths[4] == pytest.approx(np.linalg.norm(flat_cut) / np.linalg.norm(flat_full))
    assert cosines[4] == pytest.approx(flat_cut @ flat_full / np.linalg.norm(flat_cut) / np.linalg.norm(flat_full))


def test_where_no_gradient_is_left_truncation_says_so(open_app):
    app = open_app(PAGE, step="7")
    app.segmented_control(key="start:truncation").set_value("between 0 and 1, as published").run()
    app.select_slider(key="walk_size:truncation").set_value(16.0).run()
    assert not app.exception
    assert "No gradient reaches U and W" in app.info[0].value and not app.metric


def test_what_becomes_of_the_error_is_named():
    assert "**vanishes**: times 0.5 a step, from 1 to 0.25 at step 0" in going_back.fading(np.array([0.25, 0.5, 1.0]))
    assert "**explodes**: times 2 a step" in going_back.fading(np.array([4.0, 2.0, 1.0]))
    assert "keeps its size" in going_back.fading(np.array([1.0, 1.0, 1.0]))
    assert "Nothing of it travels back" in going_back.fading(np.array([0.0, 0.0, 1.0]))
    assert "to 0.5 at step 1" in going_back.fading(np.array([0.0, 0.5, 1.0]))


def test_moving_the_output_moves_the_loss_in_words(open_app):
    app = open_app(PAGE, step="5")
    app.slider(key="walk_y_hat").set_value(-0.5).run()
    app.slider(key="walk_y").set_value(0.5).run()
    said = " ".join(one.value for one in app.markdown)
    assert "**0.5000**, slope **−1.0000**: the output is pushed up" in said


def test_the_shapes_follow_the_sliders(open_app):
    app = open_app(PAGE, step="3")
    app.slider(key="walk_hidden").set_value(7).run()
    app.slider(key="walk_window_length").set_value(12).run()
    table = app.table[0].value.set_index("Matrix")
    assert table["Shape"].to_dict() == {"U": "7 × 12", "W": "7 × 7", "V": "1 × 7"}
    assert table["Weights"].to_dict() == {"U": "84", "W": "49", "V": "7"}
    app.segmented_control(key="walk_columns").set_value("one column for all steps").run()
    assert app.table[0].value.set_index("Matrix").loc["U", "Shape"] == "7 × 1"
    assert "**63**" in " ".join(one.value for one in app.markdown)


def test_units_saturate_between_0_and_1_and_not_with_both_signs(open_app):
    app = open_app(PAGE, step="4")
    app.slider(key="walk_t").set_value(20).run()
    assert {one.label: one.value for one in app.metric}["Units at their stop"] == "100%"
    app.segmented_control(key="start:forward").set_value("of both signs, sized to fit (Glorot)").run()
    assert {one.label: one.value for one in app.metric}["Units at their stop"] == "0%"
