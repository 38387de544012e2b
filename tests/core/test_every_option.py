"""Any settings that Config takes, on any series: a result or a sentence, and one that holds together."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.core.fit import Fit, fit
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer
from rnn.export import fit_from_bytes, fit_to_bytes


def choices(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(FIELDS[name].choices)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Small networks with every option, alone and together."""
    patch = draw(st.integers(1, 3))
    steps, layers = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    names = (
        "cell", "activation", "input_weights", "loss", "optimiser", "schedule", "clip", "init", "scaling", "residual",
        "skip", "difference",
    )  # fmt: skip
    return Config(
        **{name: draw(choices(name)) for name in names},
        patch=patch,
        window=patch * steps,
        layers=layers,
        dropout=draw(st.sampled_from([0.0, 0.5])) if layers > 1 else 0.0,
        hidden=draw(st.integers(1, 5)),
        horizon=draw(st.integers(1, 6)),
        bias=draw(st.booleans()),
        truncate=draw(st.none() | st.integers(1, steps)),
        season=draw(st.integers(1, 7)),
        nesterov=draw(st.booleans()),
        warmup=draw(st.sampled_from([0.0, 0.3])),
        weight_decay=draw(st.sampled_from([0.0, 0.1])),
        log=draw(st.booleans()),
        seeds=draw(st.integers(1, 2)),
        batch=draw(st.sampled_from([1, 4, 64])),
        quantiles=draw(st.sampled_from([(0.5,), (0.1, 0.9), (0.05, 0.5, 0.6)])),
        dtype=draw(choices("dtype")),
        validation=draw(st.sampled_from([1, 3])),
        epochs=2,
    )


@st.composite
def series(draw: st.DrawFn) -> Series:
    """Wavy, constant, huge, tiny or stepped; one to three columns, some of them static or known ahead."""
    rows, columns = draw(st.integers(12, 45)), draw(st.integers(1, 3))
    seed = draw(st.integers(0, 99))
    k, rng = np.arange(rows)[:, None], np.random.default_rng(seed)
    values = {
        "wavy": 3 + np.sin(k / 2 + np.arange(columns)) + 0.1 * rng.standard_normal((rows, columns)),
        "constant": np.full((rows, columns), 7.25),
        "huge": 1e12 * (2 + np.sin(k + np.arange(columns))),
        "tiny": 1e-12 * (2 + np.sin(k + np.arange(columns))),
        "stepped": 1 + (k // 8 % 2) * np.ones(columns),
    }[draw(st.sampled_from(["wavy", "constant", "huge", "tiny", "stepped"]))]
    names = tuple("abc"[:columns])
    targets = names[: draw(st.integers(1, columns))]
    role = draw(st.sampled_from(["static", "known", "input"])) if len(targets) < columns else "input"
    return Series.from_values(
        values, names=names, targets=targets, **({role: (names[-1],)} if role in ("static", "known") else {})
    )


def future_of(data: Series, config: Config, starts: np.ndarray) -> np.ndarray | None:
    """What the known columns hold at the steps that the windows starting there predict."""
    columns = [data.names.index(name) for name in data.known]
    rows = starts[:, None] + config.reach + np.arange(config.horizon)
    return data.values[rows][:, :, columns] if columns else None


def trained(config: Config, given: Series) -> Fit | None:
    """The fit, or None where it is refused in a sentence."""
    try:
        return fit(config, given)
    except ValueError as refusal:
        assert str(refusal).endswith(".") and "\n" not in str(refusal)
        return None


@given(config=configs(), data=series())
@settings(max_examples=250, deadline=None)
def test_a_result_that_holds_together_or_a_sentence(config, data):
    found = trained(config, data)
    if found is None:
        return
    assert found.finished.reason in ("done", "diverged")
    for array in found.model.params.values():
        assert np.isfinite(array).all()
    for epoch in found.history:
        assert math.isfinite(epoch.val_loss) and 0 <= epoch.clipped <= 1
    trainer = Trainer(config, data, found.state)
    preview = trainer.preview_best()
    rows = trainer.split.validation_rows().start - config.reach + np.arange(trainer.split.validation)
    windows = np.stack([data.values[row : row + config.reach] for row in rows])
    predicted = found.model.predict(windows, future_of(data, config, rows))
    assert predicted.shape == (len(rows), config.horizon, len(data.targets)) == preview.validation.shape
    tolerance = 1e-3 if config.dtype == "float32" else 1e-7
    size = np.abs(data.values).max()
    finite = np.isfinite(predicted)
    assert predicted[finite] == pytest.approx(preview.validation[finite], rel=tolerance, abs=tolerance * size)


@given(config=configs(), data=series(), batches=st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_interrupted_and_resumed_it_gives_the_same_bits(config, data, batches):
    whole = trained(config, data)
    if whole is None:
        return
    trainer = Trainer(config, data)
    list(trainer.run(lambda: trainer.state.count >= batches))
    arrays, meta = trainer.state.to_arrays()
    state = TrainingState.from_arrays(arrays, json.loads(json.dumps(meta)))
    again = Trainer(config, data, state)
    list(again.run())
    for name, array in whole.state.params.items():
        assert again.state.params[name].tobytes() == array.tobytes(), name
        assert again.state.best[name].tobytes() == whole.state.best[name].tobytes(), name
    for name, array in whole.state.optimiser.items():
        assert again.state.optimiser[name].tobytes() == array.tobytes(), name
    assert [epoch.val_loss for epoch in again.state.history] == [epoch.val_loss for epoch in whole.history]


@given(config=configs(), data=series())
@settings(max_examples=40, deadline=None)
def test_saved_and_loaded_it_is_the_same(config, data):
    found = trained(config, data)
    if found is None:
        return
    loaded = fit_from_bytes(fit_to_bytes(found))
    assert loaded.config == found.config
    assert loaded.metrics == found.metrics
    assert (loaded.series.static, loaded.model.known) == (data.static, data.known)
    for name, array in found.model.params.items():
        assert loaded.model.params[name].tobytes() == array.tobytes()
    windows = data.values[None, : config.reach]
    ahead = future_of(data, config, np.array([0]))
    assert np.array_equal(loaded.model.predict(windows, ahead), found.model.predict(windows, ahead), equal_nan=True)
