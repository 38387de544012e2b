"""Figures as pure functions: arrays in, `plotly.graph_objects.Figure` out. Nothing here knows Streamlit.

Each figure has an `alt_…` function that says the same in words, numbers included. Backgrounds, fonts and grid colours
are left to whoever shows the figure, so that one figure serves the light and the dark theme.
"""

from rnn.ui.figures.article import alt_article, article_figure
from rnn.ui.figures.attention import Influence, alt_attention, attention_figure
from rnn.ui.figures.forecast import alt_forecast, forecast_figure
from rnn.ui.figures.hidden import UNBOUNDED, Read, Shown, alt_hidden, hidden_figure, hidden_lines_figure
from rnn.ui.figures.loss import alt_loss, loss_figure
from rnn.ui.figures.prediction import alt_prediction, prediction_figure, prediction_focus
from rnn.ui.figures.rate import alt_rate, rate_figure
from rnn.ui.figures.series import alt_series, series_figure, series_height, sparkline_svg
from rnn.ui.figures.style import ACTUAL, FORECAST, TRAIN, VALIDATION
from rnn.ui.figures.unit import (
    alike_figure,
    alt_alike,
    alt_distribution,
    alt_unit,
    distribution_figure,
    unit_figure,
)
from rnn.ui.figures.weights import alt_weights, weights_figure

__all__ = [
    "ACTUAL",
    "FORECAST",
    "TRAIN",
    "UNBOUNDED",
    "VALIDATION",
    "Influence",
    "Read",
    "Shown",
    "alike_figure",
    "alt_alike",
    "alt_article",
    "alt_attention",
    "alt_distribution",
    "alt_forecast",
    "alt_hidden",
    "alt_loss",
    "alt_prediction",
    "alt_rate",
    "alt_series",
    "alt_unit",
    "alt_weights",
    "article_figure",
    "attention_figure",
    "distribution_figure",
    "forecast_figure",
    "hidden_figure",
    "hidden_lines_figure",
    "loss_figure",
    "prediction_figure",
    "prediction_focus",
    "rate_figure",
    "series_figure",
    "series_height",
    "sparkline_svg",
    "unit_figure",
    "weights_figure",
]
