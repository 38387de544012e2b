"""The article's run once more, epoch by epoch, with what the published table does not show."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import rnn
from rnn.core import article
from rnn.core.article import Weights
from rnn.core.article_gradient import Comparison, compare
from rnn.core.config import PRESETS

RECORDS_COMPARED = 25  # every fourth of the training records: their mean says the same


@dataclass(frozen=True, eq=False)
class Answers:
    """By epoch from 0 (before the first update) on: trained, prediction_step (26, 50), the answers to the validation windows by
    the two forward passes. actual: (50,). mean: of the training values."""

    trained: NDArray[np.float64]
    prediction_step: NDArray[np.float64]
    actual: NDArray[np.float64]
    mean: float


@st.cache_resource(show_spinner="Running the article’s algorithm, 25 epochs …")
def snapshots() -> list[Weights]:
    """The weights before the first epoch and after each; a few seconds for the first who asks, nothing for those after."""
    weights = article.initial_weights()
    return [deepcopy(weights), *(deepcopy(weights) for _ in article.train(weights))]


@st.cache_data(show_spinner=False)
def answers() -> Answers:
    x, y = article.windows(article.article_series().values[:, 0])
    later = x[article.TRAIN_RECORDS :]
    return Answers(
        trained=np.array([article.forward(weights, later) for weights in snapshots()]),
        prediction_step=np.array([article.prediction_step(weights, later) for weights in snapshots()]),
        actual=np.array(y[article.TRAIN_RECORDS :]),
        mean=float(y[: article.TRAIN_RECORDS].mean()),
    )


@st.cache_data(show_spinner="Measuring where the update points, epoch by epoch …")
def comparisons() -> list[Comparison]:
    """The published direction beside the true gradient, by epoch from 0 on."""
    x, y = article.windows(article.article_series().values[:, 0])
    some = slice(0, article.TRAIN_RECORDS, article.TRAIN_RECORDS // RECORDS_COMPARED)
    return [compare(weights, x[some], y[some]) for weights in snapshots()]


@st.cache_data(show_spinner="Training the preset “Article, done right” …")
def done_right() -> NDArray[np.float64]:
    """The answers to the 50 validation windows of the preset article-corrected, trained here: about a second."""
    fit = rnn.fit(PRESETS["article-corrected"], article.article_series())
    x, _ = article.windows(article.article_series().values[:, 0])
    found = fit.model.predict(np.array(x[article.TRAIN_RECORDS :])[:, :, None])
    return np.asarray(found[:, 0, 0], np.float64)
