"""Framed windows that are kept are, bit for bit, what framing each batch anew gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rnn.core import examples
from rnn.core.config import Config
from rnn.core.examples import Examples
from rnn.core.framing import Framing
from rnn.core.series import Series
from rnn.core.start import network_for
from rnn.core.train import Trainer
from rnn.core.windows import split_windows

CONFIGS = {
    "plain": Config(window=6, horizon=2),
    "patches from the season, each window in its own units": Config(
        window=8, patch=4, horizon=3, season=4, residual="seasonal", scaling="window", log=True
    ),
    "mean of seasons": Config(window=8, patch=4, horizon=5, season=4, residual="seasons", scaling="window"),
    "float64, differences": Config(window=5, difference="first", dtype="float64"),
}


def made(config: Config, rng: np.random.Generator) -> tuple[Series, Framing, np.ndarray]:
    values = np.exp(rng.standard_normal((60, 3)).cumsum(axis=0) / 10) + 1
    known = np.arange(60) % 4
    series = Series(
        np.arange(60), np.column_stack([values, known]), ("a", "b", "c", "k"), ("a", "c"), known=("k",),
        future=np.zeros((0, 1)),
    )  # fmt: skip
    split = split_windows(config, 60)
    return series, Framing.fit(config, series, split.scaler_rows), split.train_starts


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_kept_is_framed_anew(config: Config, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    series, framing, windows = made(config, rng)
    network = network_for(config, series)
    kept = Examples(config, network, series, framing, windows)
    assert kept._kept is not None
    monkeypatch.setattr(examples, "WINDOWS_AT_ONCE", 7)
    in_sevens = Examples(config, network, series, framing, windows)
    assert in_sevens._kept is not None
    monkeypatch.setattr(examples, "MOST_KEPT", 0)
    anew = Examples(config, network, series, framing, windows)
    for count in (1, 2, 9, len(windows)):
        starts = rng.permutation(windows)[:count]
        filled = []
        for one in (anew, kept, in_sevens):
            x = np.full((config.steps, count, network.channels), np.nan, config.dtype)
            y = one.fill(starts, x)
            filled.append((x.tobytes(), y.tobytes(), y.dtype))
        assert filled[0] == filled[1] == filled[2]
    assert anew._kept is None


def test_training_is_the_same_either_way(rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    config = CONFIGS["mean of seasons"].replace(epochs=3, seeds=2, batch=8)
    series, _, _ = made(config, rng)

    def weights() -> dict[str, bytes]:
        trainer = Trainer(config, series)
        for _ in trainer.run():
            pass
        return {name: array.tobytes() for name, array in trainer.state.params.items()}

    train: Callable[[], dict[str, bytes]] = weights
    kept = train()
    monkeypatch.setattr(examples, "MOST_KEPT", 0)
    assert train() == kept
