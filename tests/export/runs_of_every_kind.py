"""Small series and settings that between them touch whatever an export has to carry."""

from __future__ import annotations

import numpy as np

from rnn.core.article import article_series
from rnn.core.config import PRESETS, Config
from rnn.core.series import Series


def wave(rows: int = 120) -> Series:
    x = np.arange(rows)
    return Series.from_values(10 + np.sin(x / 3) + 0.1 * np.cos(x * 1.7), name="wave")


def shops() -> Series:
    """Two targets, one column known ahead and one static, all above zero."""
    x = np.arange(160)
    values = np.column_stack([20 + np.sin(x / 3), 30 + np.cos(x / 5), 5 + x % 7, 10 + x // 50]).astype(float)
    names = ("sales", "visits", "price", "size")
    return Series(x, values, names, ("sales", "visits"), "shops", static=("size",), known=("price",))


def panel() -> Series:
    parts = [Series.from_values(10 + k * np.sin(np.arange(70 + 10 * k) / 3)) for k in (1, 2, 3)]
    return Series.joined(parts, ["x", "y", "z"], "panel")


KINDS = {
    "layers and dropout": (Config(cell="lstm", hidden=4, layers=2, dropout=0.3, epochs=3, patience=1), wave()),
    "ensemble beside a line": (
        Config(cell="gru", hidden=4, seeds=3, skip="mean", residual="last", loss="mae", refit=True, epochs=3), wave()
    ),
    "everything at once": (
        Config(
            cell="lstm", hidden=4, seeds=2, skip="linear", season=12, residual="seasons", window=36, log=True, horizon=3,
            loss="quantile", scaling="window", optimiser="momentum", nesterov=True, clip="value", schedule="onecycle",
            warmup=0.1, epochs=2,
        ),
        shops(),
    ),
    "framed otherwise": (
        Config(
            hidden=4, patch=2, window=8, difference="seasonal", season=6, truncate=2, input_weights="per_step", test=0.1,
            gap=2, loss="huber", optimiser="sgd", schedule="cosine", activation="tanh", weight_decay=0.01, dtype="float64",
            epochs=3,
        ),
        shops(),
    ),
    "the article's": (PRESETS["article"].replace(epochs=2), article_series()),
    "done right": (PRESETS["article-corrected"].replace(epochs=2), article_series()),
    "many series": (
        Config(hidden=4, window=8, skip="mean", scaling="minmax", schedule="step", init="glorot", bias=False, epochs=2), panel()
    ),
    "bare": (
        Config(hidden=3, window=6, scaling="none", clip="none", activation="sigmoid", init="uniform01", lr=0.01, epochs=2),
        wave(),
    ),
}  # fmt: skip
