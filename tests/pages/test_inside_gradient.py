"""The section Gradient: the error's way over the epochs and along the window, and faults planted for the check to find."""

from __future__ import annotations

import numpy as np
import pytest

from pages.inside.gradient import window_flow
from pages.inside.gradient.words import in_words
from rnn.core.article import article_series
from rnn.core.config import PRESETS, Config
from rnn.core.planted_faults import FAULTS
from rnn.core.through_time import describe_flow
from rnn.core.unrolled import step_gradients, unroll
from rnn.runs import flow_record
from rnn.runs.entries import Entry
from rnn.runs.flow_record import FlowChange
from rnn.runs.records import FlowRow
from rnn.runs.store import Store
from tests.core.many_series import three
from tests.pages.charts import charts
from tests.pages.stored_runs import WORKER, at_work, made_up, sunspots, trained

OVER, ALONG = "gradient_through_time", "gradient_window"


@pytest.fixture(autouse=True)
def every_epoch_is_measured(monkeypatch):
    monkeypatch.setattr(flow_record, "ALLOWANCE_SECONDS", 1e6)


def look(open_app, run, **query):
    app = open_app("inside/page.py", run=run.id, look="Gradient", **query)
    assert not app.exception, app.exception
    return app


def texts(app, *kinds):
    return " ".join(one.value for kind in kinds for one in getattr(app, kind))


def sent(app, key):
    """The header of a chart's message, with what stands in its buffers put back into place."""
    for element in app.get("bidi_component"):
        raw = bytes(element.proto.bytes)
        size = int.from_bytes(raw[:4], "little")
        header = charts(app)[key]
        if f'"key":"{key}"'.encode() in raw[: 4 + size]:
            return header, raw[4 + size :]
    raise AssertionError(f"{key} is not on the page.")


def numbers(packed, buffers):
    if isinstance(packed, list):
        return np.array([numbers(row, buffers) for row in packed])
    kind, count, place, *line = packed["$"]
    if kind == "range":
        return line[0] + line[1] * np.arange(count)
    dtype = np.dtype(f"<{kind}")
    array = np.frombuffer(buffers[place : place + count * dtype.itemsize], dtype).astype(float)
    return line[0] + line[1] * array if line else array


def test_the_heat_map_shows_what_the_run_wrote_down(open_app):
    with Store() as store:
        run = trained(store, sunspots(), cell="lstm", hidden=4, window=8, epochs=5, truncate=3, layers=2)
        rows = store.flow(run.id)
        epochs = store.epochs(run.id)
    app = look(open_app, run, epoch="2")
    header, buffers = sent(app, OVER)
    heat, clip = header["data"]
    expected = np.array([row.norms[1, ::-1] for row in rows]).T
    with np.errstate(divide="ignore"):
        logs = np.log10(expected)
    logs[~np.isfinite(logs)] = np.nan
    np.testing.assert_allclose(numbers(heat["z"], buffers), logs, rtol=1e-5)
    assert np.isnan(logs[3:]).all() and np.isfinite(logs[:3]).all()
    np.testing.assert_allclose(numbers(clip["y"], buffers), [100 * one.clipped for one in epochs])
    assert {shape.get("y0") for shape in header["layout"]["shapes"]} == {2.5, 0} and "Epoch 2 is marked" in header[
        "alt"
    ]
    words = in_words(describe_flow(rows[1].norms[1], 3, rows[1].steps), " in layer 2")
    assert f"Epoch 2: {words}" in texts(app, "markdown")


def test_the_layer_below_is_shown_when_it_is_chosen(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=4, window=8, epochs=2, layers=2)
        rows = store.flow(run.id)
    app = look(open_app, run, layer="1", epoch="2")
    header, buffers = sent(app, OVER)
    np.testing.assert_allclose(
        numbers(header["data"][0]["z"], buffers)[:, 1], np.log10(rows[1].norms[0, ::-1]), rtol=1e-5
    )


@pytest.mark.parametrize(
    "options",
    [
        {}, {"cell": "gru", "layers": 2, "horizon": 2}, {"cell": "lstm", "loss": "quantile", "truncate": 4, "seeds": 2},
        {"input_weights": "per_step", "scaling": "window"}, {"patch": 2, "skip": "linear"}, {"skip": "mean"},
    ],
    ids=str,
)  # fmt: skip
def test_the_windows_way_and_what_each_step_adds(open_app, options):
    with Store() as store:
        run = trained(store, sunspots(), **{"hidden": 4, "window": 8, "epochs": 2, **options})
        fit = store.fit_at(run.id, 2)
    app = look(open_app, run, epoch="2")
    config, model = fit.config, fit.model
    rows = len(fit.series)
    first = rows - config.reach - config.horizon + 1 - round(0.2 * (rows - config.reach - config.horizon + 1))
    prepared = model.framing.prepare(fit.series.values[first : first + config.reach + config.horizon])
    x = np.empty((config.steps, 1, model.network.channels))
    y = model.framing.outputs(prepared, np.array([0]), model.framing.inputs(prepared, np.array([0]), x))
    found = unroll(model.network, model.members[0], x, y)
    header, buffers = sent(app, ALONG)
    bars, recurrent, inputs = header["data"]
    sizes = np.linalg.norm(found.layers[-1].dh[:, 0], axis=1)
    drawn = numbers(bars["y"], buffers)
    np.testing.assert_allclose(np.nan_to_num(drawn), sizes, rtol=1e-4)
    for trace, name in ((recurrent, "W_h"), (inputs, "W_x")):
        added = [step_gradients(found, config.layers - 1, t)[name] for t in range(config.steps)]
        parts = np.array([np.linalg.norm(one) for one in added])
        np.testing.assert_allclose(numbers(trace["y"], buffers), 100 * parts / parts.sum(), rtol=1e-3, atol=1e-4)


def test_a_run_at_work_is_followed(open_app):
    def write(store, run, epoch):
        row = FlowRow(epoch, np.full((1, 6), 0.5**epoch, np.float32), np.arange(6, dtype=np.int32))
        store.record(run.id, WORKER, Entry(epoch, 0, 10, 1, 0.1, flow=FlowChange((row,), ())))

    with Store() as store:
        run, _ = at_work(store, sunspots(), 1, hidden=4, window=6, epochs=50)
        app = look(open_app, run)
        assert "comes with the first epochs" in texts(app, "info") and OVER not in charts(app)
        for epoch in (1, 2, 3):
            write(store, run, epoch)
        app.run()
        assert "from 1 to 3" in charts(app)[OVER]["alt"]
        store.record(run.id, WORKER, Entry(3, 0, 10, 1, 0.1, flow=FlowChange((), (2, 3))))
        write(store, run, 4)
        app.run()
        header, buffers = sent(app, OVER)
        assert numbers(header["data"][0]["x"], buffers).tolist() == [1, 4]


def test_an_epoch_that_was_not_measured_gives_way_to_the_nearest(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=4, window=6, epochs=4)
        with store.write() as connection:
            connection.exec_driver_sql("DELETE FROM flow WHERE epoch IN (2, 3)")
    app = look(open_app, run, epoch="3")
    assert "Epoch 3 was not measured. Epoch 4, the nearest that was: " in texts(app, "markdown")
    assert "2 of 4 epochs were measured" in texts(app, "caption")


def test_a_run_of_an_older_version_says_that_there_is_nothing(open_app):
    with Store() as store:
        run = trained(store, sunspots(), hidden=4, window=6, epochs=2)
        with store.write() as connection:
            connection.exec_driver_sql("DELETE FROM flow")
    app = look(open_app, run)
    assert "an older version trained it" in texts(app, "info") and OVER not in charts(app) and ALONG in charts(app)


def test_the_article_sends_no_error_back_and_the_page_says_so(open_app):
    with Store() as store:
        run = trained(store, article_series(), **{**PRESETS["article"].to_dict(), "epochs": 1})
    app = look(open_app, run)
    assert "sends no error back" in texts(app, "info") and OVER not in charts(app)
    assert "true gradient of the article’s network" in texts(app, "caption")


def test_one_of_many_series_and_an_ensemble(open_app):
    with Store() as store:
        run = trained(store, three(), hidden=3, window=5, epochs=2, seeds=2, clip="none")
    app = look(open_app, run)
    assert {OVER, ALONG} <= set(charts(app))
    assert "Of the ensemble the first network is measured" in texts(app, "caption")
    assert len(charts(app)[OVER]["data"]) == 1 and "clipped" not in texts(app, "caption")


def test_a_network_too_large_for_the_moment_is_followed_when_asked(open_app, monkeypatch):
    assert window_flow.work(Config(hidden=256, window=500, cell="lstm")) < window_flow.MOST_WORK
    assert window_flow.work(Config(hidden=1024, window=2000, cell="lstm")) > window_flow.MOST_WORK
    with Store() as store:
        run = trained(store, sunspots(), hidden=4, window=6, epochs=1)
    monkeypatch.setattr(window_flow, "MOST_WORK", 0)
    app = look(open_app, run)
    assert ALONG not in charts(app)
    app.button(key="gradient_window_ask").click().run()
    assert not app.exception and ALONG in charts(app)


def test_a_planted_fault_turns_its_parameters_red_and_off_by_default(open_app):
    app = open_app("inside/page.py", hidden="4", window="5", activation="sigmoid")
    assert app.selectbox(key="planted_fault").value is None
    app.button(key="check_gradient").click().run()
    assert "The gradient is right" in texts(app, "success")
    offered = set(app.selectbox(key="planted_fault").options)
    here = Config(activation="sigmoid")
    assert offered == {fault.label for fault in FAULTS.values() if fault.applies(here)}
    app.selectbox(key="planted_fault").select("bias").run()
    assert not app.exception
    table = app.table[0].value
    wrong = table[table["Verdict"].str.contains("wrong")]
    assert list(wrong["Parameter"]) == ["`layer0.b`"]
    (analytic,), (numeric,) = wrong["Backpropagation"], wrong["Differences"]
    assert analytic == pytest.approx(1.001 * numeric, rel=1e-5)
    said = texts(app, "error")
    assert "wrong in `layer0.b`" in said and f"{analytic:.9g}" in said and f"{numeric:.9g}" in said
    assert "Planted: One bias off by 0.1 %" in texts(app, "markdown")
    app.selectbox(key="planted_fault").select("slope").run()
    assert "`layer0.W_h`" in texts(app, "error") and not app.success
    app.selectbox(key="planted_fault").select_index(None).run()
    assert "The gradient is right" in texts(app, "success") and not app.error


def test_a_run_that_diverged_at_once_says_why_there_is_nothing(open_app):
    with Store() as store:
        run = made_up(store, "gone", [], state="diverged")
    app = open_app("inside/page.py", run=run.id, look="Gradient")
    assert not app.exception
