"""The same numbers, bit for bit: in a second run, in another process, and after any interruption."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnn
from rnn.core.config import PRESETS, Config
from rnn.core.events import Epoch, Finished
from rnn.core.fit import Fit, fit, fit_of
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer

CONFIG = Config(hidden=5, window=6, batch=8, epochs=4, validation=8, patience=None, lr=0.05)
SERIES = Series.from_values(np.sin(np.arange(50)))
CONFIGS = {
    "adam": CONFIG,
    "sgd": CONFIG.replace(optimiser="sgd", dtype="float64", clip="value", clip_at=0.1, horizon=2),
    "per_step": CONFIG.replace(input_weights="per_step", activation="sigmoid", truncate=2, clip_at=0.1),
    "lstm": CONFIG.replace(
        cell="lstm", layers=2, dropout=0.3, optimiser="rmsprop", schedule="cosine", warmup=0.2, batch=6
    ),
    "gru": CONFIG.replace(
        cell="gru",
        loss="quantile",
        optimiser="momentum",
        nesterov=True,
        schedule="onecycle",
        weight_decay=0.01,
        seeds=2,
    ),
    "framed": CONFIG.replace(
        scaling="window",
        residual="seasonal",
        season=9,
        skip="linear",
        patch=2,
        difference="first",
        loss="huber",
        epochs=3,
    ),
    "mean": CONFIG.replace(skip="mean", refit=True, residual="seasons", season=3, seeds=2),
    "published": PRESETS["article"].replace(hidden=5, window=6, epochs=3, validation=20),
}


def fingerprint(found: Fit) -> str:
    """Everything that a run leaves behind, but for how long it took."""
    digest = hashlib.sha256()
    arrays, meta = found.state.to_arrays()
    for name in sorted(arrays):
        digest.update(name.encode() + arrays[name].tobytes())
    for name in sorted(found.model.params):
        digest.update(found.model.params[name].tobytes())
    meta.pop("seconds")
    meta["history"] = [dataclasses.astuple(dataclasses.replace(epoch, seconds=0)) for epoch in found.history]
    digest.update(json.dumps([meta, found.metrics, dataclasses.astuple(found.finished)], sort_keys=True).encode())
    return digest.hexdigest()


def finish(trainer: Trainer) -> Fit:
    (finished,) = [event for event in trainer.run() if isinstance(event, Finished)]
    return fit_of(trainer, finished)


def run_batches(trainer: Trainer, batches: int) -> Finished:
    """Run until so many batches are done, then stop."""
    (finished,) = [e for e in trainer.run(lambda: trainer.state.count >= batches) if isinstance(e, Finished)]
    return finished


UNDISTURBED = {name: fit(config, SERIES) for name, config in CONFIGS.items()}


@pytest.mark.parametrize("name", CONFIGS)
def test_twice_the_same_bits(name):
    assert fingerprint(fit(CONFIGS[name], SERIES)) == fingerprint(UNDISTURBED[name])
    assert fingerprint(fit(CONFIGS[name].replace(seed=7), SERIES)) != fingerprint(UNDISTURBED[name])


STEPS = np.arange(600)
LARGE = (
    Config(hidden=100, window=8, batch=512, epochs=1),
    Series.from_values(np.sin(0.7 * STEPS) + np.cos(0.11 * STEPS)),
)
FINGERPRINTS = (
    "from test_resume import *\n"
    "found = {name: fingerprint(fit(config, SERIES)) for name, config in CONFIGS.items()}\n"
    "print(json.dumps(found | {'large': fingerprint(fit(*LARGE))}))"
)


def fingerprints_elsewhere(first: str) -> dict[str, str]:
    """The runs' fingerprints from a fresh interpreter with another hash seed, in which `first` is imported first."""
    paths = os.pathsep.join([str(Path(rnn.__file__).parents[1]), str(Path(__file__).parent)])
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    environment |= {"PYTHONPATH": paths, "PYTHONHASHSEED": "12345"}
    found = subprocess.run(
        [sys.executable, "-B", "-c", f"import {first}\n{FINGERPRINTS}"], env=environment, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


@pytest.fixture(scope="module")
def worker() -> dict[str, str]:
    return fingerprints_elsewhere("rnn")


def test_the_same_bits_in_another_process(worker):
    assert {name: worker[name] for name in CONFIGS} == {name: fingerprint(found) for name, found in UNDISTURBED.items()}


def test_the_same_bits_whatever_was_imported_first(worker):
    """As in a notebook, which has NumPy already: left to itself it shares out large products among threads, and these
    then add up in another order."""
    assert fingerprints_elsewhere("numpy") == worker


@given(name=st.sampled_from(list(CONFIGS)), stops=st.lists(st.integers(0, 60), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_resumed_after_any_batch_is_as_if_nothing_had_happened(name, stops):
    """Through arrays and JSON text, as a checkpoint travels, into a Trainer that has never seen the run."""
    trainer = Trainer(CONFIGS[name], SERIES)
    for batches in sorted(stops):
        run_batches(trainer, batches)
        arrays, meta = trainer.state.to_arrays()
        kept = {key: array.copy() for key, array in arrays.items()}
        state = TrainingState.from_arrays(kept, json.loads(json.dumps(meta, allow_nan=False)))
        run_batches(trainer, batches + 3)  # what goes on must not reach the checkpoint
        assert all(kept[key].tobytes() == array.tobytes() for key, array in arrays.items())
        trainer = Trainer(CONFIGS[name], SERIES, state)
    assert fingerprint(finish(trainer)) == fingerprint(UNDISTURBED[name])


@given(batches=st.integers(0, 20))
@settings(max_examples=20, deadline=None)
def test_stopped_and_run_again_in_place(batches):
    trainer = Trainer(CONFIG, SERIES)
    assert run_batches(trainer, batches).reason == ("stopped" if batches < 20 else "done")
    assert fingerprint(finish(trainer)) == fingerprint(UNDISTURBED["adam"])


def test_measuring_on_the_way_changes_nothing():
    trainer = Trainer(CONFIG, SERIES)
    for batches in range(0, 20, 3):
        run_batches(trainer, batches)
        trainer.metrics()
        trainer.preview_best()
        trainer.model.predict(np.zeros((3, 6, 1)))
    assert fingerprint(finish(trainer)) == fingerprint(UNDISTURBED["adam"])


def test_a_fit_is_resumed_for_more_epochs_and_stays_as_it_was():
    half = fit(CONFIG.replace(epochs=2), SERIES)
    before = fingerprint(half)
    assert fingerprint(fit(CONFIG, SERIES, resume=half)) == fingerprint(UNDISTURBED["adam"])
    assert fingerprint(half) == before


def test_a_stopped_run_keeps_the_best_weights():
    config = CONFIG.replace(optimiser="sgd", lr=1.0, epochs=30)
    whole = fit(config, SERIES)
    assert whole.finished.best_epoch < 30
    batches = Trainer(config, SERIES).batches
    for epochs in (0, 1, 7, 19):
        trainer = Trainer(config, SERIES)
        finished = run_batches(trainer, epochs * batches + 2)
        losses = [epoch.val_loss for epoch in whole.history[:epochs]]
        best = 1 + losses.index(min(losses)) if losses else 0
        assert finished == Finished("stopped", best)
        kept = fit(config.replace(epochs=best), SERIES).state.params if best else Trainer(config, SERIES).state.params
        for name, array in trainer.model.params.items():
            assert array.tobytes() == kept[name].tobytes()


def test_stop_is_heard_before_the_first_batch():
    asked = []
    events = list(Trainer(CONFIG, SERIES).run(lambda: bool(asked.append(1)) or True))
    assert events == [Finished("stopped", 0)]
    assert len(asked) == 1


def test_lr_holds_from_the_next_batch_on():
    """Plain SGD: the next step is ten times as long and points the same way, the ones before are untouched."""
    config = CONFIG.replace(optimiser="sgd", clip="none", dtype="float64", lr=0.02)
    steps = []
    for lr in (0.02, 0.2):
        trainer = Trainer(config, SERIES)
        run_batches(trainer, 7)
        before = trainer.learner.vector.copy()
        trainer.change(lr=lr)
        run_batches(trainer, 8)
        steps.append(trainer.learner.vector - before)
        assert finish(trainer).history[1].lr == trainer.model.config.lr == lr
    assert steps[1] == pytest.approx(10 * steps[0], rel=1e-9, abs=1e-12)


def test_a_change_while_running_takes_effect_in_that_epoch():
    config = CONFIG.replace(epochs=3)
    trainer = Trainer(config, SERIES)
    heard: list[float] = []
    update = trainer.learner.update
    trainer.learner.update = lambda epoch, batch, lr, count: heard.append(lr) or update(epoch, batch, lr, count)

    def stop() -> bool:
        if trainer.state.count == 6:
            trainer.change(lr=0.01, epochs=2)
        return False

    events = list(trainer.run(stop))
    assert heard == [0.05] * 6 + [0.01] * 4
    assert [event.epoch for event in events if isinstance(event, Epoch)] == [1, 2]
    assert events[-1].reason == "done"


def test_a_run_saved_with_the_older_state_of_adam_goes_on():
    """Until its sums were kept undivided the vectors were called m and v, and were averages."""
    straight = Trainer(CONFIG, SERIES)
    run_batches(straight, 9)
    arrays, meta = straight.state.to_arrays()
    gradients, squares = arrays.pop("optimiser/gradients"), arrays.pop("optimiser/squares")
    older = arrays | {"optimiser/m": gradients * np.float32(1 - 0.9), "optimiser/v": squares * np.float32(1 - 0.999)}
    resumed = finish(Trainer(CONFIG, SERIES, TrainingState.from_arrays(older, meta)))
    for name, array in UNDISTURBED["adam"].state.params.items():
        assert resumed.state.params[name] == pytest.approx(array, rel=1e-4, abs=1e-5), name


def test_more_epochs_after_the_end_go_on_from_there():
    trainer = Trainer(CONFIG.replace(epochs=2), SERIES)
    finish(trainer)
    trainer.change(epochs=4)
    assert fingerprint(finish(trainer)) == fingerprint(UNDISTURBED["adam"])


def test_a_wrong_change_is_refused_and_nothing_is_changed():
    trainer = Trainer(CONFIG, SERIES)
    with pytest.raises(ValueError, match="lr=0 is not allowed"):
        trainer.change(lr=0, epochs=9)
    assert (trainer.state.lr, trainer.state.epochs, trainer.config) == (CONFIG.lr, CONFIG.epochs, CONFIG)


def test_progress_counts_batches_and_epochs():
    trainer = Trainer(CONFIG, SERIES)
    batches = -(-(50 - 6 - 8) // 8)
    assert dataclasses.astuple(trainer.progress) == (1, 0, batches, 4)
    run_batches(trainer, batches + 3)
    assert dataclasses.astuple(trainer.progress) == (2, 3, batches, 4)
    finish(trainer)
    assert dataclasses.astuple(trainer.progress) == (4, 0, batches, 4)


@pytest.mark.parametrize("change", [{"hidden": 6}, {"input_weights": "per_step"}, {"bias": False}])
def test_another_architecture_cannot_resume(change):
    with pytest.raises(ValueError, match="must have the shape"):
        fit(CONFIG.replace(**change), SERIES, resume=UNDISTURBED["adam"])


@pytest.mark.parametrize("others", [("adam", "sgd"), ("sgd", "adam")])
def test_another_optimiser_is_refused_in_a_sentence(others):
    """Its moments would be missing or of no use; neither a KeyError nor a silent fresh start is an answer."""
    one = fit(CONFIG.replace(optimiser=others[0]), SERIES)
    with pytest.raises(ValueError, match="optimiser"):
        fit(CONFIG.replace(optimiser=others[1], epochs=6), SERIES, resume=one)
