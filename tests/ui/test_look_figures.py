"""The charts of the look before training: what they draw and what they say in words."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.data.look import autocorrelation, find_seasons, seasonal_profile, spectrum
from rnn.ui.chart_message import message
from rnn.ui.figures.correlogram import alt_correlogram, correlogram_figure
from rnn.ui.figures.seasonal import alt_seasonal, seasonal_figure
from rnn.ui.figures.spectrum import MOST_POINTS, alt_spectrum, spectrum_figure

WAVE = np.sin(2 * np.pi * np.arange(240) / 12) + 0.1 * np.random.default_rng(0).standard_normal(240)


def travels(figure) -> bool:
    return len(message(figure, key="chart", identity="x", alt="words", height=280)) > 100


def test_correlogram_draws_a_bar_a_lag_within_its_band():
    found = autocorrelation(WAVE, 30)
    figure = correlogram_figure(found.acf, found.bound, title="autocorrelation", periods=[12.0, 400.0])
    low, high, bars = figure.data
    np.testing.assert_array_equal(bars.x, np.arange(1, 31))
    np.testing.assert_array_equal(bars.y, found.acf)
    np.testing.assert_array_equal(high.y, found.bound)
    np.testing.assert_array_equal(low.y, -found.bound)
    assert [shape.x0 for shape in figure.layout.shapes] == [12]  # 400 lies beyond the lags
    assert travels(figure)


def test_correlogram_in_words():
    words = alt_correlogram([0.9, 0.1, -0.5], 0.2, title="autocorrelation", periods=[3])
    assert words == (
        "Chart of the autocorrelation at lags 1 to 3. 0.9 at lag 1. -0.5 at the season of 3. 2 lags lie outside of what noise "
        "shows, the last of them 3."
    )
    assert "No lag lies outside" in alt_correlogram([0.1], 0.2, title="autocorrelation")
    assert "no lags to draw" in alt_correlogram([], 0.2, title="autocorrelation")
    assert len(correlogram_figure([], 0.2, title="autocorrelation").data) == 0


def test_spectrum_is_drawn_by_period_with_its_seasons():
    found = spectrum(WAVE)
    periods = [one.period for one in find_seasons(WAVE)]
    figure = spectrum_figure(found.frequencies, found.power, found.threshold(), periods=periods)
    power, noise = figure.data
    assert power.x[0] == pytest.approx(2) and power.x[-1] == pytest.approx(240)
    assert (np.diff(power.x) > 0).all()
    assert power.x[np.argmax(power.y)] == pytest.approx(12)
    assert max(power.y) > noise.y[np.argmax(power.y)]
    assert [round(shape.x0) for shape in figure.layout.shapes] == [12]
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert travels(figure)


def test_long_spectrum_is_thinned_and_keeps_its_peak():
    values = np.random.default_rng(0).standard_normal(100_000) + 0.2 * np.sin(2 * np.pi * np.arange(100_000) / 7.5)
    found = spectrum(values)
    figure = spectrum_figure(found.frequencies, found.power, found.threshold())
    assert len(figure.data[0].x) <= MOST_POINTS
    assert figure.data[0].x[np.argmax(figure.data[0].y)] == pytest.approx(7.5, rel=1e-3)
    assert max(figure.data[0].y) == found.power.max()


def test_spectrum_in_words():
    found = spectrum(WAVE)
    words = alt_spectrum(found.frequencies, found.power, found.threshold(), periods=[12.0])
    assert "from 2 to 240 records" in words and "highest at a period of 12 records" in words
    assert words.endswith("Seasons: 12 records.")
    assert "No season stands out" in alt_spectrum(found.frequencies, found.power, found.threshold())


def test_seasonal_plot_draws_seasons_the_middle_half_and_the_median():
    found = seasonal_profile(WAVE, None, None, 12)
    more = {"lines": found.lines, "seasons": found.seasons, "by": found.by, "unit": "sales"}
    figure = seasonal_figure(found.labels, found.median, found.low, found.high, **more)
    *singles, low, high, median = figure.data
    assert len(singles) == len(found.seasons) == 12
    assert [one.showlegend for one in singles].count(True) == 1
    np.testing.assert_array_equal(median.y, found.median)
    assert (np.asarray(low.y) <= median.y).all() and (median.y <= np.asarray(high.y)).all()
    assert list(figure.layout.xaxis.ticktext) == list(found.labels)
    assert travels(figure)
    words = alt_seasonal(found.labels, found.median, found.low, found.high, **more)
    assert words.startswith("Seasonal plot by record of the season, sales. Highest at 4, median ")
    assert "lowest at 10" in words


def test_labels_of_long_seasons_are_thinned():
    hours = [f"{day} {hour}:00" for day in ("Mon", "Tue") for hour in range(24)]
    figure = seasonal_figure(hours, np.zeros(48), np.zeros(48), np.zeros(48))
    assert list(figure.layout.xaxis.ticktext) == ["Mon", "Tue"]
    slots = [f"{k}" for k in range(96)]
    assert len(seasonal_figure(slots, np.zeros(96), np.zeros(96), np.zeros(96)).layout.xaxis.ticktext) <= 12


def test_names_from_files_are_no_commands():
    figure = seasonal_figure(["<b>a"], [1.0], [0.0], [2.0], unit="<i>x")
    assert figure.layout.yaxis.title.text == "&lt;i&gt;x" and figure.layout.xaxis.ticktext[0] == "&lt;b&gt;a"


def test_nothing_is_a_sentence():
    assert len(seasonal_figure([], [], [], []).data) == 0
    assert len(spectrum_figure([], [], []).data) == 0
    assert alt_seasonal([], [], [], []) == "Seasonal plot. There is no season to draw."
    assert alt_spectrum([], [], []) == "Spectrum. There is no spectrum to draw."
