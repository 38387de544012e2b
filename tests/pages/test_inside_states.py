"""The section States: what units follow, one unit, and the windows in which it acts alike."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from pages.inside.states import hidden_states, picked
from rnn.core.alike import alike
from rnn.core.following import following
from rnn.core.inspection import hidden_states as states_of
from rnn.core.series import Series
from rnn.core.unit_courses import Units
from rnn.core.windows import split_windows
from rnn.runs.store import Store
from tests.pages.charts import charts
from tests.pages.stored_runs import sunspots, trained


def named(app, kind, label):
    return next(one for one in app.get(kind) if one.label == label)


def texts(app, *kinds):
    return " ".join(one.value for kind in kinds for one in getattr(app, kind))


def opened(open_app, series=None, **config):
    """The app at the section, with the run's fit and all its windows."""
    with Store() as store:
        run = trained(store, series or sunspots(), **{"hidden": 8, "window": 12, "epochs": 2} | config)
        fit = store.fit(run.id)
    app = open_app("inside/page.py", run=run.id, look="States")
    assert not app.exception
    split = split_windows(fit.config, len(fit.series))
    return app, fit, np.concatenate([split.train_starts, split.validation_starts]), split


def heat(app):
    return next(trace for trace in charts(app)["hidden_chart"]["data"] if trace["type"] == "heatmap")


def test_rows_are_labelled_and_sorted_by_what_the_units_follow(open_app):
    app, fit, starts, _ = opened(open_app)
    found = following(Units(fit.model, fit.model.members[0], fit.series, 0), starts)
    named(app, "button_group", "Sort units by").set_value("What they follow").run()
    assert not app.exception
    assert heat(app)["y"] == [str(unit) for unit in found.order]
    unit = int(np.abs(found.r).argmax())
    row = heat(app)["customdata"][heat(app)["y"].index(str(unit))]["="][0]
    word = "follows" if found.r[unit] > 0 else "runs against"
    assert row.startswith(word) and "SUNACTIVITY" in row
    assert row.endswith(f"r {found.r[unit]:+.2f}".replace("-", "−"))
    assert f"over 256 of {len(starts)} windows" in texts(app, "caption")
    assert (
        named(app, "selectbox", "Unit looked at")
        .options[0]
        .endswith(f"r {found.r[found.order[0]]:+.2f}".replace("-", "−"))
    )


def test_a_cell_shows_the_input_beside_it(open_app):
    app, fit, _, split = opened(open_app)
    first = split.first_validation_window
    inputs, rows = heat(app)["hovertext"]["="]
    assert rows == 8 and len(inputs) == 12
    assert inputs[3].startswith("SUNACTIVITY ")
    value = float(inputs[3].split()[-1].replace(",", ""))
    assert value == pytest.approx(fit.series.values[first + 3, 0], rel=1e-3)
    window = fit.model.framed(fit.series.values[None, first : first + 12])
    own = states_of(fit.model.network, fit.model.members[0], window.x)[:, 0]
    assert f"swings most, by {np.ptp(own, axis=0).max():.4g}" in charts(app)["hidden_chart"]["alt"]


def test_lines_and_a_picked_unit(open_app):
    app, _, _, _ = opened(open_app)
    named(app, "button_group", "Sort units by").set_value("Number").run()
    named(app, "button_group", "Draw as").set_value("Lines").run()
    named(app, "selectbox", "Unit looked at").set_value(7).run()
    assert not app.exception
    lines = [trace["name"] for trace in charts(app)["hidden_chart"]["data"] if trace.get("yaxis") == "y2"]
    assert lines == [f"unit {k}" for k in (*range(hidden_states.MOST_LINES), 7)]
    assert "Drawn are the first 6 of 8 units in this order" in texts(app, "caption")
    assert "unit 7" in charts(app)["unit_course"]["alt"] and "unit 7" in charts(app)["unit_distribution"]["alt"]
    assert "Other windows in which unit 7 acts alike" in texts(app, "markdown")


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        (5, 5),
        ("Unit 5 follows what it followed then, r +0.99", 5),
        ("Unit 99 is gone", 3),
        ("?", 3),
        (None, 3),
        (99, 3),
    ],
)
def test_a_label_of_the_list_as_it_was_before_still_means_its_unit(monkeypatch, found, meant):
    view = SimpleNamespace(identity="one", config=SimpleNamespace(hidden=8))
    monkeypatch.setattr("streamlit.session_state", {"inside_unit:one": found})
    assert picked.unit_of(view, [3, 1]) == meant


def test_a_window_where_the_unit_acts_alike_becomes_the_chosen_one(open_app):
    app, fit, starts, split = opened(open_app)
    unit = named(app, "selectbox", "Unit looked at").value
    units = Units(fit.model, fit.model.members[0], fit.series, 0)
    found = alike(units, unit, split.first_validation_window, starts)
    buttons = [button for button in app.button if (button.key or "").startswith("alike_show")]
    assert len(buttons) == len(found.matches) == 6
    nearest = found.matches[0].first
    year = str(fit.series.times[nearest])[:4]
    assert buttons[0].label.startswith(year)
    buttons[0].click().run()
    assert not app.exception
    training = nearest < split.train
    assert named(app, "button_group", "Windows").value == ("Training" if training else "Validation")
    number = nearest + 1 if training else nearest - split.first_validation_window + 1
    assert app.slider[-1].value == number
    assert f"the window {str(fit.series.times[nearest])[:10]}" in charts(app)["hidden_chart"]["alt"]
    assert named(app, "selectbox", "Unit looked at").value == unit


def test_a_search_that_takes_long_is_made_when_it_is_asked_for(open_app, monkeypatch):
    monkeypatch.setattr("pages.inside.states.others.AT_ONCE", 0)
    app, _, _, _ = opened(open_app)
    assert "alike_0" not in charts(app)
    named(app, "toggle", "Look for them").set_value(True).run()
    assert "alike_0" in charts(app)


def test_dead_and_saturated_units_are_named(open_app, monkeypatch):
    with Store() as store:
        run = trained(store, sunspots(), hidden=4, window=12, epochs=1, cell="elman", activation="tanh")
        params = store.best(run.id)
    changed = {name: array.copy() for name, array in params.items()}
    changed["layer0.W_x"][:, 1] = changed["layer0.W_h"][:, 1] = changed["layer0.b"][1] = 0
    changed["layer0.b"][2] = 5
    monkeypatch.setattr("pages.inside.at_epoch.params_at", lambda run_id, epoch: changed)
    app = open_app("inside/page.py", run=run.id, look="States")
    said = texts(app, "caption")
    assert (
        "Of 4 units 1 is always the same (1) and 1 is saturated (beyond 0.99 in more than half of all steps) (2)."
        in said
    )
    named(app, "selectbox", "Unit looked at").set_value(1).run()
    assert "is always the same" in texts(app, "markdown")
    assert "adds nothing but a constant" in texts(app, "markdown")


@pytest.mark.parametrize("config", [
    {"cell": "lstm", "layers": 2, "patch": 3, "horizon": 2}, {"cell": "gru", "scaling": "window", "seeds": 2},
    {"difference": "first", "log": True, "loss": "quantile", "residual": "last"}, {"window": 1},
], ids=["layers-patches", "ensemble", "differences", "one-record"])  # fmt: skip
def test_it_works_for(open_app, config):
    k = np.arange(150)
    values = np.column_stack([20 + np.sin(k / 3), 5.0 + k % 7, 10 + k // 50])
    series = Series(k, values, ("sales", "*price*", "size"), ("sales",), "shop", static=("size",), known=("*price*",))
    app, _, _, _ = opened(open_app, series, **config)
    assert {"hidden_chart", "unit_course", "alike_0"} <= set(charts(app))
    if config.get("cell") in ("lstm", "gru"):
        named(app, "selectbox", "What is shown").set_value({"lstm": "f", "gru": "z"}[config["cell"]]).run()
    named(app, "button_group", "Sort units by").set_value("What they follow").run()
    assert not app.exception
