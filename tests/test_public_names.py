"""The public names, as a notebook uses them."""

from __future__ import annotations

import dataclasses
import inspect
import math

import numpy as np
import pytest

import rnn


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "sales.csv"
    rows = [f"{np.datetime64('2023-01-01') + k},{50 + 10 * math.sin(k / 4):.3f},{k % 7}" for k in range(150)]
    path.write_text("\n".join(["date,sales,weekday", *rows]) + "\n")
    return path


def test_these_are_the_names():
    assert set(rnn.__all__) == {
        "Config", "PRESETS", "read_csv", "Table", "Series", "train", "Epoch", "Preview", "Finished", "fit", "Fit", "Model",
        "forecast", "auto", "recommended", "save", "load", "Store", "list_runs", "load_run",
    }  # fmt: skip
    for name in rnn.__all__:
        assert getattr(rnn, name) is not None


def test_every_name_says_what_it_is():
    for name in rnn.__all__:
        if name != "PRESETS":
            assert inspect.getdoc(getattr(rnn, name)), name


def test_a_notebook_from_file_to_forecast(csv, tmp_path):
    cfg = rnn.Config(cell="elman", hidden=8, window=10, epochs=4)
    with pytest.raises(dataclasses.FrozenInstanceError):
        cfg.hidden = 9
    table = rnn.read_csv(csv)
    for name in ("frame", "time", "frequency", "findings", "encoding", "delimiter", "header_row"):
        assert hasattr(table, name)
    assert (table.time, table.frequency, table.delimiter, table.header_row) == ("date", "D", ",", 1)
    series = table.series(target="sales")
    assert isinstance(series, rnn.Series)
    assert (series.times.shape, series.values.shape, series.names, series.targets) == (
        (150,),
        (150, 1),
        ("sales",),
        ("sales",),
    )

    events = list(rnn.train(cfg, series, stop=lambda: False))
    assert {type(event) for event in events} == {rnn.Epoch, rnn.Preview, rnn.Finished}
    assert [event.epoch for event in events if isinstance(event, rnn.Epoch)] == [1, 2, 3, 4]
    assert isinstance(events[-1], rnn.Finished) and events[-1].reason == "done"
    preview = next(event for event in events if isinstance(event, rnn.Preview))
    assert preview.train.shape == (112, 1, 1) and preview.validation.shape == (28, 1, 1)

    fit = rnn.fit(cfg, series)
    assert isinstance(fit, rnn.Fit) and isinstance(fit.model, rnn.Model)
    assert [epoch.train_loss for epoch in fit.history] == [e.train_loss for e in events if isinstance(e, rnn.Epoch)]
    assert fit.metrics["val_rmse"] == min(epoch.val_rmse for epoch in fit.history)

    fc = rnn.forecast(fit, steps=24, levels=(80, 95))
    assert list(fc.columns) == ["time", "mean", "lo80", "hi80", "lo95", "hi95"]
    assert len(fc) == 24
    assert fc["time"].iloc[0] == np.datetime64("2023-05-31")

    rnn.save(fit, tmp_path / "fit")
    assert rnn.forecast(rnn.load(tmp_path / "fit"), steps=24).equals(fc)


def test_several_targets_and_bytes(csv):
    series = rnn.read_csv(csv.read_bytes()).series(target=["weekday", "sales"])
    assert series.targets == ("weekday", "sales")
    fc = rnn.forecast(rnn.fit(rnn.Config(window=10, epochs=1), series), steps=2)
    assert list(fc.columns)[:4] == ["time", "weekday.mean", "weekday.lo80", "weekday.hi80"]
    assert list(fc.columns)[6:] == ["sales.mean", "sales.lo80", "sales.hi80", "sales.lo95", "sales.hi95"]


def test_presets():
    assert {"article", "article-corrected", "default"} <= set(rnn.PRESETS)
    assert rnn.PRESETS["default"] == rnn.Config()
    for config in rnn.PRESETS.values():
        assert rnn.Config.from_json(config.to_json()) == config


def test_the_network_by_itself(rng):
    from rnn.core.network import Network

    cfg = rnn.Config(activation="tanh", hidden=4, window=5, horizon=2, dtype="float64")
    net = Network(cfg, n_inputs=3, n_targets=2)
    params = net.init(np.random.default_rng(0))
    assert {name: array.shape for name, array in params.items()} == {
        "layer0.W_x": (3, 4), "layer0.W_h": (4, 4), "layer0.b": (4,), "readout.W": (4, 4), "readout.b": (4,),
    }  # fmt: skip
    x, y = rng.standard_normal((5, 6, 3)), rng.standard_normal((6, 4))
    y_hat = net.predict(params, x)
    assert y_hat.shape == (6, 4)
    loss, grads = net.loss_and_gradients(params, x, y)
    assert loss == pytest.approx(np.mean((y_hat - y) ** 2))
    assert grads.keys() == params.keys()
    h = np.zeros((6, 4))
    for step in x:
        h = np.tanh(h @ params["layer0.W_h"] + step @ params["layer0.W_x"] + params["layer0.b"])
    np.testing.assert_allclose(y_hat, h @ params["readout.W"] + params["readout.b"], rtol=1e-12)


def test_the_function_does_not_hide_the_package():
    """`rnn.forecast` is the function; what stands beside it is still importable by its path."""
    from rnn.forecast import judge

    assert callable(rnn.forecast) and callable(judge)


def test_wrong_choices_are_sentences(csv):
    with pytest.raises(ValueError, match=r"^cell='transformer' is not allowed; allowed: elman"):
        rnn.Config(cell="transformer")
    with pytest.raises(ValueError, match=r"target='profit' is not a column"):
        rnn.read_csv(csv).series(target="profit")
    with pytest.raises(ValueError, match=r"^The series has 150 records; window=200"):
        rnn.fit(rnn.Config(window=200), rnn.read_csv(csv).series(target="sales"))
