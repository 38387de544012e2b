"""Figures: what they draw, what they say in words, and how their messages travel."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import plotly.graph_objects as go
import pytest

from rnn.ui import figures
from rnn.ui.chart_message import message

DAYS = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")
LIGHT, DARK = "#ffffff", "#13181d"


def unpack(content: bytes) -> dict:
    """The message read back by the format that live_chart.py describes, independently of its code."""
    length = int.from_bytes(content[:4], "little")
    header, buffers = json.loads(content[4 : 4 + length]), content[4 + length :]

    def restore(node):
        if isinstance(node, list):
            return [restore(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$" not in node:
            return {name: restore(item) for name, item in node.items()}
        kind, count, place, *grid = node["$"]
        if kind == "range":
            return np.array([grid[0] + grid[1] * k for k in range(count)], dtype=np.float64)
        raw = np.frombuffer(buffers, dtype=f"<{kind}", count=count, offset=place)
        return grid[0] + grid[1] * raw.astype(np.float64) if grid else raw

    return restore(header)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def by_name(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data}


@pytest.mark.parametrize("colour", [figures.TRAIN, figures.VALIDATION, figures.FORECAST, figures.ACTUAL])
@pytest.mark.parametrize("background", [LIGHT, DARK])
def test_lines_stand_out_on_both_backgrounds(colour, background):
    assert contrast(colour, background) >= 3


def test_themes_are_readable():
    import tomllib
    from pathlib import Path

    theme = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())["theme"]
    for look in (theme["light"], theme["dark"]):
        for ground in ("backgroundColor", "secondaryBackgroundColor"):
            assert contrast(look["textColor"], look[ground]) >= 7
            assert contrast(look["grayTextColor"], look[ground]) >= 4.5
            assert contrast(look["linkColor"], look[ground]) >= 4.5
            assert contrast(look["primaryColor"], look[ground]) >= 4.5


def test_loss_figure_shows_both_curves_the_best_epoch_the_changes_and_the_naive_level():
    figure = figures.loss_figure(
        [1, 2, 3], [0.9, 0.5, 0.4], [1.0, 0.6, 0.7], log=False, unit="RMSE, in °C",
        best_epoch=2, changes=[(3, "lr 0.001")], naive=0.8,
    )  # fmt: skip
    traces = by_name(figure)
    assert list(traces) == ["training", "validation", "best epoch (2)", "naive forecast"]
    assert (traces["best epoch (2)"].x.tolist(), traces["best epoch (2)"].y.tolist()) == ([2], [0.6])
    assert set(traces["naive forecast"].y) == {0.8}
    assert traces["training"].line.dash != traces["validation"].line.dash
    assert figure.layout.yaxis.title.text == "RMSE, in °C"
    assert figure.layout.xaxis.title.text == "epoch"
    assert (figure.layout.shapes[0].x0, figure.layout.annotations[0].text) == (3, "lr 0.001")


def test_a_log_axis_leaves_out_what_it_cannot_show():
    figure = figures.loss_figure([1, 2, 3], [0.9, 0.0, 0.4], None, log=True, unit="loss", naive=0.0)
    assert figure.layout.yaxis.type == "log"
    assert np.isnan(figure.data[0].y).tolist() == [False, True, False]
    assert list(by_name(figure)) == ["training"]


def test_an_axis_is_linear_where_nothing_is_left_of_the_loss():
    figure = figures.loss_figure([1, 2, 3], [0.0] * 3, [0.0] * 3, log=True, unit="loss", naive=0.0)
    assert figure.layout.yaxis.type == "linear"
    assert all(list(figure.data[k].y) == [0, 0, 0] for k in (0, 1))


@pytest.mark.parametrize(("high", "ticks"), [(0.16, None), (0.9, "D2"), (90, 1)])
def test_a_log_axis_has_ticks_however_narrow_it_is(high, ticks):
    figure = figures.loss_figure([1, 2], [high, 0.11], None, log=True, unit="loss")
    assert figure.layout.yaxis.dtick == ticks


def test_the_learning_rate_is_drawn_and_said():
    figure = figures.rate_figure([1, 2, 3], [0.001, 0.01, 0.0], log=True)
    assert figure.data[0].y[:2].tolist() == [0.001, 0.01] and np.isnan(figure.data[0].y[2])
    assert (figure.layout.yaxis.type, figure.layout.yaxis.title.text) == ("log", "learning rate")
    words = figures.alt_rate([1, 2, 3], [0.001, 0.01, 0.0])
    assert words == "Learning rate, 0.001 at epoch 1, highest 0.01 at epoch 2, 0 at epoch 3."
    assert "No epoch" in figures.alt_rate([], []) and len(figures.rate_figure([], [], log=False).data) == 0


def test_loss_in_words():
    epochs = np.arange(1, 41)
    train, val = np.linspace(0.91, 0.012, 40), np.linspace(0.95, 0.020, 40)
    val[35] = 0.018
    text = figures.alt_loss(epochs, train, val, unit="scaled loss (MSE)", best_epoch=36, naive=0.5)
    assert text == (
        "Loss chart, scaled loss (MSE). Training loss fell from 0.91 at epoch 1 to 0.012 at epoch 40; validation loss "
        "fell from 0.95 at epoch 1 to 0.02 at epoch 40, best 0.018 at epoch 36. The naive forecast stands at 0.5."
    )
    assert "No epoch" in figures.alt_loss([], [], None, unit="loss")
    assert "no finite value" in figures.alt_loss([1], [np.nan], None, unit="loss")
    assert "is 0.5 at epoch 1" in figures.alt_loss([1], [0.5], [np.inf], unit="loss")


def test_prediction_figure_and_its_words():
    actual = np.arange(60.0)
    args = (DAYS, actual, DAYS[5:40], actual[5:40] + 3, DAYS[40:], actual[40:] - 4)
    figure = figures.prediction_figure(*args, target="sales, in €", split_at=DAYS[40], focus=(DAYS[30], DAYS[50]))
    traces = by_name(figure)
    assert figure.layout.yaxis.title.text == "sales, in €"
    assert len({trace.line.color for trace in traces.values()}) == 3
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (DAYS[40], DAYS[-1])
    assert tuple(figure.layout.xaxis.range) == (DAYS[30], DAYS[50])
    text = figures.alt_prediction(*args, target="sales, in €", split_at=DAYS[40])
    assert "2024-01-01 to 2024-02-29" in text
    assert "between 0 and 59" in text
    assert "35 predictions on the training part, root mean squared error 3." in text
    assert "20 predictions on the validation part, root mean squared error 4." in text
    assert text.endswith("Validation begins at 2024-02-10.")


@pytest.mark.parametrize(
    ("n", "split", "expected"), [(500, 400, None), (5000, 4000, (3800, 4199)), (5000, 4950, (4600, 4999))]
)
def test_focus_is_the_stretch_around_the_split(n, split, expected):
    assert figures.prediction_focus(np.arange(n), split, points=400) == expected


def test_gaps_stay_and_lonely_points_are_marked():
    y = np.full(100, np.nan)
    y[10:60], y[80] = 1.0, 2.0
    trace = figures.prediction_figure(np.arange(100), y, [3], [1.0], None, None, target="y").data
    assert np.array_equal(trace[0].y, y, equal_nan=True)
    assert np.flatnonzero(np.asarray(trace[0].marker.size)).tolist() == [80]
    assert "markers" in trace[1].mode


@pytest.mark.parametrize(
    "figure",
    [
        figures.loss_figure([], [], [], log=True, unit="loss"),
        figures.prediction_figure([], [], None, None, None, None, target="y"),
        figures.series_figure([], np.empty((0, 2)), ["a", "b"]),
        figures.forecast_figure([], [], [], []),
    ],
)
def test_nothing_to_draw_is_said_in_a_sentence(figure):
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text.endswith(".")


def test_series_have_panels_that_do_not_overlap():
    values = np.column_stack([DAYS.astype(float), np.full(60, np.nan), np.arange(60)])
    figure = figures.series_figure(DAYS, values, ["a", "b, in m", "c"], split_at=DAYS[50])
    domains = [figure.layout[name].domain for name in ("yaxis", "yaxis2", "yaxis3")]
    assert domains[0][0] > domains[1][1] > domains[1][0] > domains[2][1] > domains[2][0] >= -1e-9
    assert [note.text for note in figure.layout.annotations] == ["a", "b, in m", "c"]
    text = figures.alt_series(DAYS, values, ["a", "b, in m", "c"])
    assert "60 records from 2024-01-01 to 2024-02-29" in text
    assert "b, in m has no values" in text
    assert "c lies between 0 and 59, mean 29.5" in text
    with pytest.raises(ValueError, match="3 series and 1 names"):
        figures.series_figure(DAYS, values, ["a"])


def test_forecast_fan_opens_at_the_last_known_value_widest_first():
    future = DAYS[-1] + np.arange(1, 4)
    bands = [(80, [9, 8, 7], [11, 12, 13]), (95, [8, 6, 4], [12, 14, 16])]
    history = np.r_[np.arange(59.0), np.nan]
    figure = figures.forecast_figure(DAYS, history, future, [10, 10, 11], bands, target="sales")
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert names == ["history", "95 % interval", "80 % interval", "forecast"]
    assert all(trace.y[0] == 58 and trace.x[0] == DAYS[58] for trace in figure.data[1:])
    assert figure.data[-1].customdata[1] == "<br>80 %: 9 to 11<br>95 %: 8 to 12"
    text = figures.alt_forecast(DAYS, history, future, [10, 10, 11], bands, target="sales")
    assert "The last known value is 58 at 2024-02-28" in text
    assert "runs 3 steps, from 10 at 2024-03-01 to 11 at 2024-03-03" in text
    assert "The 95 % interval ends at 4 to 16" in text


def test_sparkline_is_svg_within_its_frame():
    values = np.sin(np.arange(100_000) / 500)
    values[40_000:50_000] = np.nan
    svg = figures.sparkline_svg(values, width=100, height=30)
    (path,) = ElementTree.fromstring(svg)
    points = [tuple(map(float, pair)) for pair in re.findall(r"[ML]([\d.]+) ([\d.]+)", path.get("d"))]
    assert path.get("d").count("M") == 2
    assert path.get("stroke") == "currentColor"
    assert min(y for _, y in points) == 1.5
    assert max(y for _, y in points) == 28.5
    assert max(x for x, _ in points) <= 100
    assert len(svg) < 4000
    for awkward in ([], [np.nan, np.nan], [1.0], [2.0, 2.0]):
        ElementTree.fromstring(figures.sparkline_svg(awkward))


def test_a_message_restores_every_number():
    months = np.arange("2020-01", "2022-01", dtype="datetime64[M]")
    hours = np.datetime64("2024-01-01T00", "h") + np.array([0, 5, 6, 90_000])
    rng = np.random.default_rng(0)
    ragged = np.sort(rng.uniform(size=50))
    large = 1e9 + rng.uniform(size=50)
    gap = np.array([1.0, np.nan, 3.0])
    pairs = [
        (months, np.arange(24)),
        (hours, gap.repeat(2)[:4]),
        (ragged, large),
        (np.arange(3), np.full(3, np.nan)),
    ]
    made = go.Figure([go.Scatter(x=x, y=y) for x, y in pairs])
    content = message(made, key="k", identity="i", alt="words", height=300)
    header = unpack(content)
    assert (header["key"], header["identity"], header["alt"], header["height"]) == ("k", "i", "words", 300)
    for trace, (x, y) in zip(header["data"], pairs, strict=True):
        instants = x.astype("datetime64[ms]").astype(np.int64) if x.dtype.kind == "M" else x
        assert np.allclose(trace["x"], instants, rtol=1e-6, atol=0)
        assert np.allclose(trace["y"], y, rtol=1e-6, atol=0, equal_nan=True)
    assert np.array_equal(header["data"][0]["x"], months.astype("datetime64[ms]").astype(np.int64))
    assert np.array_equal(header["data"][2]["y"], large), "rounding to float32 would flatten these"
    assert header["layout"]["xaxis"]["type"] == "date"
    assert "template" not in header["layout"]


def test_a_message_is_compact_and_its_version_tells_changes():
    x = np.datetime64("2024-01-01T00", "h") + np.arange(1000)
    y = np.random.default_rng(0).normal(size=1000)
    arguments = {"key": "k", "identity": "i", "alt": "", "height": 300}
    figure = figures.prediction_figure(x, y, None, None, None, None, target="y")
    content = message(figure, **arguments)
    assert len(content) < 4 * 1000 + 1500, "regular times cost nothing, values four bytes each"
    assert content == message(figure, **arguments)
    y[500] += 0.01
    other = message(figures.prediction_figure(x, y, None, None, None, None, target="y"), **arguments)
    assert unpack(other)["version"] != unpack(content)["version"]


def test_names_are_shown_letter_by_letter_whatever_signs_they_have():
    """Plotly takes <b>, <br> and links in a title or a legend for commands."""
    name = "<b>R&D</b> <a href='x'>y</a>"
    shown = "&lt;b&gt;R&amp;D&lt;/b&gt; &lt;a href='x'&gt;y&lt;/a&gt;"
    times, values = np.arange(30), np.arange(30.0)
    one = figures.prediction_figure(times, values, None, None, None, None, target=name)
    assert one.layout.yaxis.title.text == shown
    several = figures.series_figure(times, np.column_stack([values, values]), [name, "plain"])
    assert shown in {note.text for note in several.layout.annotations}
    assert shown in {trace.name for trace in several.data}
    assert len(figures.series_figure(times, values, ["long " * 100]).layout.yaxis.title.text) <= 60
