"""The article's run, made here: its losses beside the printed ones, and the numbers that say why it stalls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from rnn.core import article
from rnn.core.metrics import rmse

SLIDE_EPOCHS = 6  # by then the readout has slid to zero
PRINTED_DECIMALS = 8


@dataclass(frozen=True)
class Reproduction:
    """rows: as `rnn.core.article.table_rows` gives them, one an epoch. rmses: by name, from its last row.

    mean_rmse: validation RMSE of always predicting the training values' mean. readout_sums, recurrent_means: ΣV and the
    mean of W before the first epoch and after each of the first `SLIDE_EPOCHS`. first_answers: lowest and highest output
    over all windows before training.
    """

    rows: list[dict[str, float | None]]
    rmses: dict[str, float]
    mean_rmse: float
    readout_sums: list[float]
    recurrent_means: list[float]
    first_answers: tuple[float, float]

    @property
    def printed_rows(self) -> list[dict[str, float]]:
        """The epochs that the article printed."""
        return [dict(row) for row in self.rows if row["printed_loss"] is not None]  # type: ignore[arg-type]


@st.cache_data(show_spinner="Running the article’s algorithm, 25 epochs …")
def reproduce() -> Reproduction:
    """Runs it; a few seconds for the first who asks, nothing for those after."""
    rows = list(article.table_rows())
    weights = article.initial_weights()
    x, y = article.windows(article.article_series().values[:, 0])
    answers = article.forward(weights, x)
    slide = [(float(weights.V.sum()), float(weights.W.mean()))]
    slide += [(float(weights.V.sum()), float(weights.W.mean())) for _ in article.train(weights, SLIDE_EPOCHS)]
    known, later = y[: article.TRAIN_RECORDS], y[article.TRAIN_RECORDS :]
    return Reproduction(
        rows=rows,
        rmses={name: float(value) for name, value in rows[-1].items() if name.endswith("rmse") and value is not None},
        mean_rmse=rmse(later, np.full_like(later, known.mean())),
        readout_sums=[readout for readout, _ in slide],
        recurrent_means=[recurrent for _, recurrent in slide],
        first_answers=(float(answers.min()), float(answers.max())),
    )


def equals_printed(ours: float, printed: float) -> bool:
    """Whether a value of ours, rounded as the article printed its own, is the printed one."""
    return round(ours, PRINTED_DECIMALS) == printed


def equal_digits(ours: float, printed: float) -> int:
    """How many leading digits two values share, at the same size; 0 where they differ in the first."""
    both = [f"{value:.{PRINTED_DECIMALS}f}" for value in (ours, printed)]
    if both[0].index(".") != both[1].index("."):
        return 0
    shared = 0
    for one, other in zip(*(text.replace(".", "") for text in both), strict=True):
        if one != other:
            break
        shared += 1
    return shared
