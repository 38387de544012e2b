"""The store as a notebook sees it, and README's page about it, executed."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

import rnn
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.attempt import Attempt
from rnn.runs.from_code import COLUMNS
from rnn.runs.store import Store

README = Path(rnn.__file__).parents[1] / "README.md"


def wave() -> Series:
    return Series.from_values(np.sin(np.arange(80) / 3), name="wave")


def trained(store: Store, config: Config, name: str) -> str:
    run_id = store.add_run(config, store.add_series(wave()), session="s", name=name)
    claimed = store.claim_next("host:1:w")
    assert claimed is not None and claimed.id == run_id
    Attempt(store, claimed, "host:1:w", store.series).work()
    return run_id


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    return tmp_path


def test_runs_are_listed_newest_first_with_the_errors_of_their_best_epoch(own_folder):
    with Store() as store:
        first = trained(store, Config(hidden=4, window=6, epochs=3), "first")
        second = trained(store, Config(cell="gru", hidden=3, window=6, epochs=2), "second")
        waiting = store.add_run(Config(), store.add_series(wave()), session="s", name="waiting")
        history = {run_id: store.epochs(run_id) for run_id in (first, second)}
    runs = rnn.list_runs()
    assert list(runs.columns) == list(COLUMNS)
    assert list(runs["id"]) == [waiting, second, first]
    assert list(runs["cell"]) == ["elman", "gru", "elman"]
    by_id = runs.set_index("id")
    for run_id, epochs in history.items():
        best = min(epochs, key=lambda epoch: epoch.val_loss)
        assert by_id.loc[run_id, "best_epoch"] == best.epoch
        assert (by_id.loc[run_id, "val_loss"], by_id.loc[run_id, "val_rmse"]) == (best.val_loss, best.val_rmse)
    assert math.isnan(by_id.loc[waiting, "val_rmse"])
    assert list(rnn.list_runs(limit=1)["id"]) == [waiting]


def test_an_empty_store_has_no_rows_but_its_columns(own_folder):
    assert list(rnn.list_runs().columns) == list(COLUMNS) and len(rnn.list_runs()) == 0


def test_a_run_is_loaded_as_it_was_trained_and_at_any_kept_epoch(own_folder):
    config = Config(hidden=4, window=6, epochs=4)
    with Store() as store:
        run_id = trained(store, config, "run")
    fit, direct = rnn.load_run(run_id), rnn.fit(config, wave())
    for name, array in direct.model.params.items():
        np.testing.assert_array_equal(fit.model.params[name], array)
    assert rnn.forecast(fit, steps=3).equals(rnn.forecast(direct, steps=3))
    after_two = rnn.fit(config.replace(epochs=2), wave()).state.params
    at_two = rnn.load_run(run_id, epoch=2)
    for name, array in after_two.items():
        np.testing.assert_array_equal(at_two.model.params[name], array)


def test_what_is_not_there_is_said(own_folder):
    with Store() as store:
        waiting = store.add_run(Config(), store.add_series(wave()), session="s", name="waiting")
    with pytest.raises(LookupError, match="There is no run 'nothing'"):
        rnn.load_run("nothing")
    with pytest.raises(ValueError, match="no weights yet"):
        rnn.load_run(waiting)
    with pytest.raises(ValueError, match=r"Epoch 7 of run .* was not kept; kept are none"):
        rnn.load_run(waiting, epoch=7)


def test_readmes_page_runs(own_folder, capsys):
    with Store() as store:
        trained(store, Config(hidden=3, window=6, epochs=2), "run")
    section = README.read_text("utf-8").split("### The app's runs in a notebook")[1].split("\n### ")[0]
    blocks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert len(blocks) == 2
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    assert len(capsys.readouterr().out.splitlines()) == 3, "one line for each kept epoch: 0, 1 and 2"
