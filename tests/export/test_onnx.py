"""ONNX files, run by onnxruntime: raw values in, and out what `Model.predict` says."""

from __future__ import annotations

import json

import numpy as np
import onnx
import onnxruntime
import pytest

import rnn
from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.export.onnx import to_onnx
from tests.export.runs_of_every_kind import KINDS, panel, shops, wave

CLOSE = 1e-5


def fed(model: Model, series: Series) -> tuple[dict[str, np.ndarray], tuple]:
    """Every seventh window of the last series: the inputs of the file, and the arguments of `Model.predict`."""
    config, part = model.config, series.parts[-1]
    starts = np.arange(part.start, part.stop - config.reach - config.horizon, 7)
    windows = np.stack([series.values[first : first + config.reach] for first in starts])
    feed, future, numbers = {"windows": windows}, None, None
    if model.known:
        columns = [model.names.index(name) for name in model.known]
        after = [series.values[first + config.reach :][: config.horizon, columns] for first in starts]
        feed["future"] = future = np.stack(after)
    if model.ids:
        feed["series"] = numbers = np.full(len(starts), len(model.ids) - 1)
    return feed, (windows, future, numbers)


def session(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def agree(config: Config, series: Series) -> onnxruntime.InferenceSession:
    model = rnn.fit(config.replace(epochs=1), series).forecasting
    opened = session(to_onnx(model))
    feed, arguments = fed(model, series)
    found = dict(zip([one.name for one in opened.get_outputs()], opened.run(None, feed), strict=True))
    size = np.abs(series.values[:, series.target_columns]).max()
    expected = {"forecast": model.predict(*arguments)}
    if config.loss == "quantile":
        expected["levels"] = model.predict_levels(*arguments)
    assert set(found) == set(expected)
    for name, values in expected.items():
        assert found[name].shape == values.shape
        np.testing.assert_allclose(found[name], values, rtol=CLOSE, atol=CLOSE * size)
    assert config.init == "uniform01" or np.ptp(found["forecast"]) > 0, "all windows say the same"
    return opened


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_of_several_layers(cell, dtype):
    agree(Config(cell=cell, hidden=6, layers=3, window=15, dtype=dtype), wave())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run(kind):
    agree(*KINDS[kind])


ALONE = {
    "an even ensemble": {"seeds": 4},
    "differences summed over a long horizon": {"difference": "first", "horizon": 7, "log": True},
    "seasonal differences beyond their season": {"difference": "seasonal", "season": 3, "horizon": 7},
    "seasonal differences within their season": {"difference": "seasonal", "season": 9, "horizon": 4},
    "a season before the window": {"residual": "seasonal", "season": 11, "window": 6, "horizon": 14},
    "the mean of the seasons": {"residual": "seasons", "season": 4, "window": 12, "horizon": 6},
    "the last value, in the window's units": {"residual": "last", "scaling": "window", "horizon": 3},
    "the window's units by season": {"scaling": "window", "season": 5},
    "a window of one": {"scaling": "window", "window": 1},
    "a step's own weights": {"input_weights": "per_step", "cell": "gru"},
    "a step's own weights, lstm": {"input_weights": "per_step", "cell": "lstm"},
    "no biases": {"bias": False, "cell": "gru", "skip": "linear"},
    "levels": {"loss": "quantile", "quantiles": (0.05, 0.2, 0.5, 0.8), "horizon": 2, "skip": "mean"},
    "minmax": {"scaling": "minmax", "activation": "sigmoid"},
    "nothing scaled": {"scaling": "none", "activation": "relu"},
}


@pytest.mark.parametrize("series", [wave(), shops()], ids=["one column", "many columns"])
@pytest.mark.parametrize("name", ALONE)
def test_every_setting_of_the_framing(name, series):
    agree(Config(**{"hidden": 4, "window": 12, "activation": "tanh", **ALONE[name]}), series)


def test_each_of_many_series_has_its_own_scale():
    model = rnn.fit(Config(hidden=4, window=8, epochs=1), panel()).model
    opened, window = session(to_onnx(model)), panel().values[None, :8]
    told = [opened.run(None, {"windows": window, "series": np.array([n])})[0][0, 0, 0] for n in range(3)]
    np.testing.assert_allclose(told, [model.predict(window, numbers=n)[0, 0, 0] for n in range(3)], rtol=CLOSE)
    assert len({round(float(one), 3) for one in told}) == 3


def test_the_file_says_what_it_takes_and_gives():
    model = rnn.fit(Config(hidden=3, window=6, horizon=2, epochs=1), shops()).model
    content = to_onnx(model)
    opened = session(content)
    shapes = {one.name: one.shape for one in (*opened.get_inputs(), *opened.get_outputs())}
    assert shapes == {"windows": ["B", 6, 4], "future": ["B", 2, 1], "forecast": ["B", 2, 2]}
    meta = opened.get_modelmeta()
    assert "sales, visits 2 steps ahead from the last 6 records of sales, visits, price, size" in meta.graph_description
    assert json.loads(meta.custom_metadata_map["targets"]) == ["sales", "visits"]
    assert Config.from_json(meta.custom_metadata_map["config"]) == model.config
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
