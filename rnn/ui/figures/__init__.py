"""Figures as pure functions: arrays in, `plotly.graph_objects.Figure` out. Nothing here knows Streamlit.

Each figure has an `alt_…` function that says the same in words, numbers included. Backgrounds, fonts and grid colours
are left to whoever shows the figure, so that one figure serves the light and the dark theme.
"""

from rnn.ui.figures.article import alt_article, article_figure
from rnn.ui.figures.forecast import alt_forecast, forecast_figure
from rnn.ui.figures.hidden import UNBOUNDED, alt_hidden, hidden_figure
from rnn.ui.figures.loss import alt_loss, loss_figure
from rnn.ui.figures.prediction import alt_prediction, prediction_figure, prediction_focus
from rnn.ui.figures.rate import alt_rate, rate_figure
from rnn.ui.figures.series import alt_series, series_figure, series_height, sparkline_svg
from rnn.ui.figures.style import ACTUAL, FORECAST, TRAIN, VALIDATION
from rnn.ui.figures.weights import alt_weights, weights_figure

__all__ = [
    "ACTUAL",
    "FORECAST",
    "TRAIN",
    "UNBOUNDED",
    "VALIDATION",
    "alt_article",
    "alt_forecast",
    "alt_hidden",
    "alt_loss",
    "alt_prediction",
    "alt_rate",
    "alt_series",
    "alt_weights",
    "article_figure",
    "forecast_figure",
    "hidden_figure",
    "loss_figure",
    "prediction_figure",
    "prediction_focus",
    "rate_figure",
    "series_figure",
    "series_height",
    "sparkline_svg",
    "weights_figure",
]
