"""Step by step: every number that is shown, against the naive equations and their differences."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest

from pages.inside.part import Part
from pages.inside.step_by_step import backward, controls, forward, gradients, sums, terms, turn, update
from pages.inside.step_by_step.passes import Passes
from pages.inside.step_by_step.walk import BACKWARD, FORWARD, TURN, UPDATE, Place, Walk
from rnn.core.article import article_series
from rnn.core.config import PRESETS, Config
from rnn.core.naive import LOSS_FORMULAS, naive_outputs, naive_readout, naive_state, naive_steps, zero_state
from rnn.core.network import Network
from rnn.core.unrolled import unroll
from rnn.core.windows import split_windows
from rnn.runs.store import Store
from tests.pages.charts import charts
from tests.pages.stored_runs import sunspots, trained
from tests.pages.test_inside_page import shops, texts

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
CELLS = ("elman", "gru", "lstm")
T, H, D = 5, 4, 2


def small(cell: str, *, layer: int = -1, **config) -> tuple[Passes, dict, np.ndarray, np.ndarray]:
    """A small network of random weights on a random window; its parameters, x and y."""
    settings = {"cell": cell, "hidden": H, "window": T, "activation": "tanh", "dtype": "float64"}
    made = Config(**(settings | config))
    network, rng = Network(made, D, 1), np.random.default_rng(3)
    params = {name: rng.normal(0, 0.6, shape) for name, shape in network.shapes.items()}
    x, y = rng.normal(size=(made.steps, 1, network.channels)), rng.normal(size=(1, network.points))
    part = Part(network, params, 0, layer % made.layers)
    return Passes(part, unroll(network, params, x, y), made.truncate or made.steps), params, x, y


NUMBER = r"([−-]?\d[\d,]*(?:\.\d+)?)(?:e(-?\d+))?(?:\)? · 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?"


def numbers(text: str) -> list[float]:
    """All numbers of a line of working, in their order; those in a bracket before a power of ten without it."""
    return [value for value, _ in _read(text)]


def _read(text: str) -> list[tuple[float, float]]:
    """Every number with what one unit of its last digit is worth."""
    found = []
    for digits, small, power in re.findall(NUMBER, text):
        plain = digits.replace("−", "-").replace(",", "")
        scale = 10.0 ** (int(small or 0) + int((power or "0").translate(SUPERSCRIPTS)))
        found.append((float(plain) * scale, scale * 10.0 ** -len(plain.partition(".")[2])))
    return found


def bold(line) -> str:
    """The result of a line of working."""
    (found,) = re.findall(r"\*\*(.+?)\*\*", line.numbers)
    return found


def close(shown: str, exact: float) -> bool:
    """Whether the text shows this number, to one unit of its last digit."""
    ((value, unit),) = _read(shown)
    return abs(value - exact) <= 1.01 * unit or (value == 0 and abs(exact) < 1e-12)


# The sums


@pytest.mark.parametrize("scale", [1e-12, 1e-5, 0.01, 1.0, 37.0, 5e7])
def test_parts_as_shown_add_up_to_the_total_as_shown_and_each_is_nearly_itself(scale, rng):
    for count in (1, 2, 3, 7, 40):
        parts = (scale * rng.normal(size=count)).tolist()
        shown = sums.adding_up(parts)
        assert sum(shown.parts) == shown.total
        unit = 10.0 ** (shown.power - shown.decimals)
        for digits, part in zip(shown.parts, parts, strict=True):
            assert abs(digits * unit - part) <= unit * (1 + 1e-9)
        # And read back from the text, as a reader would add them.
        exact = [Fraction(shown.text(digits).replace("−", "-")) for digits in shown.parts]
        assert sum(exact) == Fraction(shown.text(shown.total).replace("−", "-"))


def test_thirds_are_rounded_so_that_they_add_up():
    shown = sums.adding_up([1 / 3, 1 / 3, 1 / 3])
    assert shown.sum_text == "0.3334 + 0.3333 + 0.3333" and shown.total_text == "1.0000"
    assert sums.adding_up([2e-9, -5e-10]).sum_text == "(2.000 − 0.500) · 10⁻⁹"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.0123456, "0.01235"), (-1.5, "−1.500"), (-1.2345e-9, "−1.234 · 10⁻⁹"), (12345.6, "12346")]
)  # fmt: skip
def test_numbers_have_four_digits(value, text):
    assert sums.written(value) == text


# The walk


def test_the_walk_goes_forward_turns_and_comes_back_to_where_the_error_ends():
    walk = Walk(steps=4, end=2)
    assert [walk.at(k) for k in range(len(walk))] == [
        Place(FORWARD, 0), Place(FORWARD, 1), Place(FORWARD, 2), Place(FORWARD, 3), Place(TURN, 3), Place(BACKWARD, 3),
        Place(BACKWARD, 2), Place(UPDATE, 2),
    ]  # fmt: skip
    assert walk.at(-3) == walk.at(0) and walk.at(99) == Place(UPDATE, 2)
    assert Walk(steps=3, end=3).at(4) == Place(UPDATE, 2), "an error that is nothing from the start"


# Forward


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("config", [{}, {"layers": 2}, {"bias": False}, {"input_weights": "per_step"}], ids=str)
def test_forward_numbers_are_those_of_the_naive_equations(cell, config):
    for layer in range(config.get("layers", 1)):
        passes, params, x, _ = small(cell, layer=layer, **config)
        made = passes.part.network.config
        for step, (states, gates) in enumerate(naive_steps(made, params, x, zero_state(made, 1), 0, T)):
            for unit in range(H):
                lines = forward.forward_lines(passes, step, unit)
                names = [re.match(r"[a-z]", line.formula).group() for line in lines]
                expected = {**gates, **states}
                for name, line in zip(names, lines, strict=True):
                    exact = (
                        expected[f"layer{layer}.{name}"][0, unit] if f"layer{layer}.{name}" in expected else gates[name]
                    )
                    assert close(bold(line), exact), (step, unit, line)
                assert (
                    names == {"elman": ["h"], "gru": ["r", "z", "n", "h"], "lstm": ["f", "i", "g", "o", "c", "h"]}[cell]
                )


@pytest.mark.parametrize("cell", CELLS)
def test_the_terms_add_up_to_what_the_gate_lets_through(cell):
    passes, params, x, _ = small(cell)
    inverse = {"h": np.arctanh, "n": np.arctanh, "g": np.arctanh}
    for letter, values in passes.layer.gates.items():
        found = _terms(passes, 2, 1, letter)
        before = inverse.get(letter, lambda p: np.log(p / (1 - p)))(values[2, 0, 1])
        assert close(found.shown.total_text, before)
        assert len(found.named) + found.rest == D + H + 1 + (letter == "n")
        for term, digits in zip(found.named, found.shown.parts, strict=False):
            exact = np.prod(term.factors) if term.factors else term.product
            assert abs(digits / 10**found.shown.decimals - exact) <= 1.01 / 10**found.shown.decimals
    naive = list(naive_steps(passes.part.network.config, params, x, zero_state(passes.part.network.config, 1), 0, T))
    assert np.allclose(naive[2][0]["layer0.h"], passes.layer.h[3])


def _terms(passes, step, unit, letter):
    class Stub:
        config = passes.part.network.config

    names = [f"x{k}" for k in range(passes.part.network.channels)]
    original = terms.channel_names
    try:
        terms.channel_names = lambda *_: names
        return terms.gate_terms(passes, Stub, step, unit, letter)
    finally:
        terms.channel_names = original


def test_the_largest_terms_are_named_and_the_rest_is_their_remainder():
    found = terms.gathered(
        [terms.Term(f"t{k}", (), value) for k, value in enumerate([5, -4, 0.5, 3, 2, 1, 0.25, -0.125])]
    )
    assert [term.name for term in found.named] == ["t0", "t1", "t3", "t4", "t5"]
    assert (
        found.rest == 3
        and found.shown.text(found.shown.parts[-1]) == "0.625"
        and found.shown.text(found.shown.total) == "7.625"
    )
    assert terms.gathered([terms.Term("t", (), 1.0)] * 6).rest == 0, "a rest of one would be named"


# The turn

LOSSES = {
    "mse": {}, "mae": {}, "huber": {"huber_delta": 0.3}, "huber wide": {"loss": "huber", "huber_delta": 9.0},
    "quantile": {"quantiles": (0.1, 0.5, 0.8)},
}  # fmt: skip


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("horizon", [1, 3])
def test_the_turn_shows_output_loss_and_slope(kind, horizon):
    config = {"loss": kind, **LOSSES[kind]}
    passes, params, x, y = small("elman", horizon=horizon, skip="linear", **config)
    made = passes.part.network.config
    y_hat = naive_outputs(made, params, x)

    def loss_of(outputs):
        return float(LOSS_FORMULAS[made.loss](outputs, y, made))

    for output in range(y_hat.shape[1]):
        line = turn.output_line(passes, output)
        assert close(bold(line), y_hat[0, output])
        shown = numbers(line.numbers.replace("− ", "−"))
        assert np.isclose(sum(shown[:-1]), shown[-1], atol=1e-9), "the three parts add up"
        own, *whole, slope = turn.loss_lines(passes, output)
        nudge = np.zeros_like(y_hat)
        nudge[0, output] = 1e-6
        assert close(bold(slope), (loss_of(y_hat + nudge) - loss_of(y_hat - nudge)) / 2e-6)
        if whole:
            assert close(bold(whole[0]), loss_of(y_hat))
        elif made.loss != "quantile":
            assert close(bold(own), loss_of(y_hat))
    total = terms.output_terms(passes, 0)
    assert close(total.shown.total_text, y_hat[0, 0])


# Backward


def _loss_from(config, params, x, y, states, step):
    """The loss where the states after `step` are these."""
    after = naive_state(config, params, x, states, step + 1, len(x))
    return float(LOSS_FORMULAS[config.loss](naive_readout(config, params, x, after), y, config))


@pytest.mark.parametrize("cell", CELLS)
def test_the_error_at_a_state_is_what_the_loss_does_when_that_state_is_moved(cell):
    passes, params, x, y = small(cell)
    made = passes.part.network.config
    trace = [states for states, _ in naive_steps(made, params, x, zero_state(made, 1), 0, T)]
    for step in range(T):
        for unit in range(H):
            losses = []
            for nudge in (1e-5, -1e-5):
                states = {name: array.copy() for name, array in trace[step].items()}
                states["layer0.h"][0, unit] += nudge
                losses.append(_loss_from(made, params, x, y, states, step))
            exact = (losses[0] - losses[1]) / 2e-5
            first = backward.backward_lines(passes, step, unit)[0]
            assert close(bold(first), exact), (step, unit)
            if step < T - 1:
                found = terms.error_terms(passes, step, unit).shown
                assert close(found.total_text, exact)
                assert sum(found.parts) == found.total


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_the_error_before_each_gate_is_what_the_loss_does_when_its_input_weights_are_moved(cell, activation):
    """Weights of their own for each step: moving one by w moves the pre-activation of that step alone, by w · x."""
    passes, params, x, y = small(cell, input_weights="per_step", activation=activation)
    made = passes.part.network.config
    for step in range(T):
        for unit in range(H):
            for line in backward.backward_lines(passes, step, unit)[1:]:
                if not (named := re.match(r"\\partial L / \\partial a(?:\^\{(\w)\})?_", line.formula)):
                    assert cell == "lstm" and r"\partial c" in line.formula
                    continue
                at = forward.column(passes, named.group(1) or "h", unit)
                losses = []
                for nudge in (1e-5, -1e-5):
                    moved = params["layer0.W_x"].copy()
                    moved[step, 0, at] += nudge
                    y_hat = naive_outputs(made, params | {"layer0.W_x": moved}, x)
                    losses.append(float(LOSS_FORMULAS[made.loss](y_hat, y, made)))
                exact = (losses[0] - losses[1]) / 2e-5 / x[step, 0, 0]
                factors, shown = (numbers(part) for part in line.numbers.split(" = ")[-2:])
                assert np.isclose(np.prod(factors), shown[0], rtol=5e-3, atol=1e-12), "the factors make the result"
                assert close(bold(line), exact) or abs(exact) < 1e-8, (step, unit, line, exact)


def test_an_error_from_the_layer_above_enters_at_every_step():
    passes = small("lstm", layers=2, layer=0)[0]
    lines = [backward.backward_lines(passes, step, 1)[0] for step in range(T)]
    assert all(r"\text{from layer } 2" in line.formula for line in lines)
    for step, line in enumerate(lines):
        assert close(bold(line), passes.layer.dh[step, 0, 1])
        if step < T - 1:
            above, after, total = numbers(line.numbers.replace("− ", "−"))[:3]
            assert np.isclose(above + after, total, atol=1e-12) and above != 0


# Gradients


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("config", [{}, {"input_weights": "per_step"}, {"bias": False}], ids=str)
def test_the_sum_so_far_is_the_gradient_truncated_there(cell, config):
    passes, params, x, y = small(cell, **config)
    growth = gradients.growths(passes)
    made = passes.part.network.config
    weight = gradients.followed(passes, 2, {"elman": "h", "gru": "n", "lstm": "f"}[cell])
    column = forward.column(passes, weight.letter, 2)
    for back in range(1, T + 1):
        truncated = Network(made.replace(truncate=back), D, 1)
        _, exact = truncated.loss_and_gradients(params, x, y)
        assert set(growth) == {name.removeprefix("layer0.") for name in exact if name.startswith("layer0.")}
        for name, one in growth.items():
            assert np.isclose(one.so_far[T - back], np.linalg.norm(exact[f"layer0.{name}"]), rtol=1e-6), (name, back)
        assert np.isclose(weight.so_far[T - back], exact["layer0.W_h"][weight.source, column])
    whole = exact["layer0.W_h"]
    assert np.isclose(growth["W_h"].whole, np.linalg.norm(whole))
    assert weight.source == np.abs(whole[:, column]).argmax()
    for one in growth.values():
        assert np.isclose(one.share[0], 1)
    assert np.isclose(update.whole_norm(passes), np.sqrt(sum(float((array**2).sum()) for array in exact.values())))


def test_what_truncation_cuts_off_adds_nothing():
    passes, params, x, y = small("gru", truncate=2)
    assert passes.walk == Walk(T, 3) and passes.truncated and not passes.vanished
    _, exact = passes.part.network.loss_and_gradients(params, x, y)
    growth = gradients.growths(passes)
    assert np.isclose(growth["W_h"].whole, np.linalg.norm(exact["layer0.W_h"]))
    assert growth["W_h"].adds[:3].tolist() == [0, 0, 0] and passes.error_norms[:3].tolist() == [0, 0, 0]
    assert np.allclose(growth["W_h"].share[:4], 1)


@pytest.mark.parametrize("layers", [1, 2])
def test_the_length_of_the_whole_gradient_counts_every_parameter(layers):
    passes, params, x, y = small("lstm", layers=layers, skip="linear", horizon=2)
    _, exact = passes.part.network.loss_and_gradients(params, x, y)
    assert np.isclose(update.whole_norm(passes), np.sqrt(sum(float((array**2).sum()) for array in exact.values())))


# The update


def test_the_update_follows_the_rule_of_the_run():
    rate, w, g = 0.1, 0.5, -2.0
    step = {
        name: update.first_step(Config(optimiser=name, weight_decay=0.0), w, g, rate) - w
        for name in ("sgd", "momentum", "rmsprop", "adam")
    }
    assert np.isclose(step["sgd"], 0.2) and np.isclose(step["momentum"], 0.2)
    assert np.isclose(step["adam"], rate) and np.isclose(step["rmsprop"], rate / np.sqrt(0.01))
    assert np.isclose(update.first_step(Config(optimiser="sgd", weight_decay=0.5), w, g, rate), 0.5 * 0.95 + 0.2)


def test_the_clip_is_applied_where_it_bites():
    assert update.clipped(Config(clip="norm", clip_at=1.0), 0.6, 0.9) == (0.6, "")
    left, words = update.clipped(Config(clip="norm", clip_at=1.0), 0.6, 3.0)
    assert np.isclose(left, 0.2) and "**0.2000**" in words
    assert update.clipped(Config(clip="value", clip_at=0.5), -0.6, 3.0)[0] == -0.5
    assert update.clipped(Config(clip="none"), -0.6, 3.0) == (-0.6, "")


# On the page


def opened(open_app, run, **query):
    return open_app("inside/page.py", run=run.id, look="Step by step", **query)


def go(app, position):
    next(one for one in app.slider if one.key.startswith("step_by_step_at")).set_value(position).run()
    assert not app.exception, app.exception
    return texts(app, "markdown")


@pytest.mark.parametrize("cell", CELLS)
def test_the_walk_on_a_trained_run_ends_where_truncation_ends_it(open_app, cell):
    with Store() as store:
        run = trained(store, sunspots(), cell=cell, layers=2, hidden=5, window=8, epochs=1, truncate=3)
        fit = store.fit(run.id)
    app = opened(open_app, run)
    assert not app.exception
    assert "Forward, step 1 of 8 · click 1 of 13" in [one.label for one in app.slider]
    unit = int(np.abs(fit.model.params["readout.W"][:, 0]).argmax())
    assert f"unit {unit} of layer 2" in texts(app, "markdown")
    for _ in range(2):
        app.button(key="step_by_step_Forward").click().run()
    assert "##### Step 3, forward" in texts(app, "markdown")
    app.button(key="step_by_step_To the turn").click().run()
    assert "The turn" in texts(app, "markdown")
    said = go(app, 11)
    assert "##### Step 6, backward" in said and "The error stops here: truncate = 3." in said
    assert (
        "Steps 1 to 5 get nothing of the error: the error stops here: truncate = 3"
        in charts(app)["step_by_step_chart"]["alt"]
    )
    app.button(key="step_by_step_End").click().run()
    assert "The error went back 3 of 8 steps: truncate = 3. The 5 steps before that got nothing of it." in texts(
        app, "markdown"
    )
    assert not app.exception


def test_the_prediction_at_the_turn_is_the_runs(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=4, window=8, epochs=2, batch=1, optimiser="sgd", lr=1e-3, clip="none")
        fit = store.fit(run.id)
    app = opened(open_app, run)
    said = go(app, 8)
    first = split_windows(fit.config, len(fit.series)).first_validation_window
    window = fit.series.values[first : first + 8]
    predicted, actual = fit.model.predict(window[None])[0, 0, 0], fit.series.values[first + 8, 0]
    (shown,) = re.findall(r"In the units of the series that is \*\*([\d.]+)\*\*", said)
    assert close(shown, predicted) and f"{actual:.4g}" in said
    # And the update: sgd by the gradient of this one window.
    said = go(app, 17)
    source, unit = map(int, re.search(r"`W_h` from unit (\d+) to unit (\d+)", said).groups())
    x = fit.model.framing.scaler.transform(window)[:, None]
    y = fit.model.framing.scaler.transform(fit.series.values[first + 8 : first + 9])
    network = Network(fit.config.replace(dtype="float64"), 1, 1)
    _, exact = network.loss_and_gradients(fit.model.params, x, y)
    g, w = exact["layer0.W_h"][source, unit], float(fit.model.params["layer0.W_h"][source, unit])
    (shown,) = re.findall(r"Its gradient from this window is g = \*\*(.+?)\*\*", said)
    assert close(shown, g)
    (after,) = re.findall(r"to \*\*(.+?)\*\*\.", said)
    assert close(after, w - 1e-3 * g)
    assert "learns from one window at a time" in said


def test_every_button_has_a_key_of_its_own_that_the_epochs_do_not_use(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=3, window=5, epochs=1)
    app = opened(open_app, run)
    keys = [
        one.proto.shortcut.upper() for one in app.button if one.key.startswith("step_by_step") and one.proto.shortcut
    ]
    assert sorted(keys) == sorted(["S", "P", "G", "N", "T", "E"])
    assert not {"J", "K", "L", "B", "C", "R"} & set(keys)
    slider = next(one for one in app.slider if one.key.startswith("step_by_step_at"))
    assert all(f"{key} " in slider.help for key in keys)


def test_it_plays_a_step_a_second_and_stops_at_the_end(open_app, monkeypatch):
    with Store() as store:
        run = trained(store, sunspots(), hidden=3, window=2, epochs=1)
    app = opened(open_app, run)
    now = [1000.0]
    monkeypatch.setattr(controls.time, "monotonic", lambda: now[0])
    app.button(key="step_by_step_play").click().run()
    assert app.button(key="step_by_step_play").label == "Pause"
    places = []
    for _ in range(7):
        now[0] += 1.0
        app.run()
        places.append(next(one for one in app.slider if one.key.startswith("step_by_step_at")).value)
    assert places == [1, 2, 3, 4, 5, 5, 5]
    assert app.button(key="step_by_step_play").label == "Play"
    app.button(key="step_by_step_play").click().run()
    assert app.slider(key=f"step_by_step_at:{run.id}").value == 0, "from the end it begins anew"
    now[0] += 60
    app.run()
    assert app.button(key="step_by_step_play").label == "Play", "left alone for a minute it has been left"


def test_the_place_and_the_unit_outlive_a_look_at_another_section(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=6, window=5, epochs=1)
    app = opened(open_app, run)
    go(app, 3)
    number = next(one for one in app.number_input if one.label == "Unit")
    number.set_value((number.value + 1) % 6).run()
    unit = number.value
    look = next(one for one in app.get("button_group") if one.label == "Look at")
    look.set_value("Weights").run()
    look = next(one for one in app.get("button_group") if one.label == "Look at")
    look.set_value("Step by step").run()
    assert f"##### Step 4, forward · unit {unit}" in texts(app, "markdown")


def test_the_articles_rule_is_said_beside_the_true_gradient(open_app):
    with Store() as store:
        run = trained(store, article_series(), **{**PRESETS["article"].to_dict(), "epochs": 1})
        fit = store.fit(run.id)
    app = opened(open_app, run)
    go(app, 52)
    said = texts(app, "warning")
    assert "not backpropagation through time" in said and "At step 49" in said
    # dU of its rule by plain loops: U x_t, added at every step back, and never reset.
    unit = int(re.search(r"unit (\d+)’s dU", said).group(1))
    window = fit.series.values[100:150, 0]
    U = fit.model.params["layer0.W_x"][:, 0, unit]
    running = 0.0
    for t in range(49):
        for _ in range(min(t, 5)):
            running += U[t] * window[t]
    (shown,) = re.findall(r"adds (\S+(?: · 10\S+)?) to all of unit", said)
    assert close(shown, running)
    said = go(app, 56)
    assert "This run does not use it" in said


KINDS = {
    "patches, ensemble, skip": {"patch": 2, "skip": "linear", "seeds": 2, "residual": "seasonal", "season": 12},
    "levels of a logarithm": {"loss": "quantile", "log": True, "horizon": 2, "cell": "gru"},
    "per step, by window": {"input_weights": "per_step", "scaling": "window", "truncate": 3, "layers": 2},
    "64 bits": {"dtype": "float64", "difference": "seasonal", "season": 6, "cell": "lstm", "loss": "huber"},
    "one unit, one step": {"hidden": 1, "window": 1},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_network_can_be_walked(open_app, kind):
    with Store() as store:
        run = trained(store, shops(), **({"hidden": 4, "window": 8, "epochs": 1} | KINDS[kind]))
    app = opened(open_app, run)
    assert not app.exception
    last = int(next(one for one in app.slider if one.key.startswith("step_by_step_at")).max)
    for position in range(last + 1):
        said = go(app, position)
    assert "##### The update" in said


def test_an_error_that_has_vanished_is_said(open_app):
    with Store() as store:
        run = trained(
            store, sunspots(), hidden=4, window=100, epochs=1, lr=1e-8, init="glorot", activation="sigmoid", clip="none"
        )
    app = opened(open_app, run)
    last = int(next(one for one in app.slider if one.key.startswith("step_by_step_at")).max)
    assert "The error has vanished here:" in go(app, last - 1)
    assert re.search(r"The error went back \d\d of 100 steps, and had vanished there", go(app, last))
    assert "the error has vanished here" in charts(app)["step_by_step_chart"]["alt"]


def test_windows_beyond_what_can_be_kept_are_refused_in_a_sentence(open_app, monkeypatch):
    monkeypatch.setattr("pages.inside.step_by_step.section.MOST_STEPS", 6)
    with Store() as store:
        run = trained(store, sunspots(), hidden=3, window=7, epochs=1)
    assert "at most 6 steps; this run’s have 7" in texts(opened(open_app, run), "info")
