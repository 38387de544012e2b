"""Stores that older versions have made open in this one with all their runs, on every database. See `tests/runs/old_stores`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, Inspector, inspect

from rnn.core.train import Trainer
from rnn.runs.store import Store
from tests.postgres import new_database
from tests.runs.kept_runs import work
from tests.runs.old_stores import NAMES, facts_of, put
from tests.runs.worker_by_hand import the

pytestmark = pytest.mark.parametrize("name", NAMES)


def test_every_run_is_there_and_lists(name: str, bare_url: str) -> None:
    put(name, bare_url)
    facts = facts_of(name)
    with Store(bare_url) as store:
        listed = {row.name: row for row in store.shelf()}
        assert listed.keys() == facts["runs"].keys()
        for title, said in facts["runs"].items():
            run, row = the(store, said["id"]), listed[title]
            assert {part: getattr(run, part) for part in said} == said
            best = {epoch.epoch: epoch.val_rmse for epoch in store.epochs(run.id)}.get(run.best_epoch or 0)
            assert run.best_rmse == row.best_rmse == best and row.sketched
            assert (row.cell, row.has_test, row.leaks) == (run.config.cell, bool(run.config.test), False)
        finished = facts["runs"]["finished"]["id"]
        assert listed["finished"].best_rmse is not None and len(listed["finished"].curve) == 6
        series_hash = the(store, finished).series_hash
        assert len(store.series(series_hash)) == 60 and store.series_reading(series_hash) == {"targets": ["y"]}
        assert store.file(store.series_file(series_hash) or "").name == "sine.csv"
        extras = facts["extras"]
        # Without kept epochs there is the checkpoint, which is one.
        assert [kept.epoch for kept in store.kept(finished)] == extras.get("kept", [6])
        assert (store.note(finished), store.tags_of(finished)) == (extras.get("note", ""), extras.get("tags", []))
        assert store.pinned() == extras.get("pinned")
        assert (listed["finished"].tested, the(store, finished).test_rmse) == (
            ("test_rmse" in extras), extras.get("test_rmse"),
        )  # fmt: skip


def test_a_run_reopens_and_resumes_as_its_own_version_would_have(name: str, bare_url: str) -> None:
    """To float32's accuracy: arithmetic may have been put in another order since."""
    put(name, bare_url)
    facts = facts_of(name)
    with Store(bare_url) as store:
        finished, interrupted, waiting = (
            facts["runs"][title]["id"] for title in ("finished", "interrupted", "waiting")
        )
        fit, preview = store.fit(finished), store.preview(finished)
        assert fit is not None and preview is not None
        predicted = Trainer(fit.config, fit.series, fit.state).preview_best().validation
        np.testing.assert_allclose(predicted, preview.validation, rtol=1e-5, atol=1e-6)
        store.command(waiting, "pause")
        assert store.command(interrupted, "resume").state == "queued"
        work(store)
        assert the(store, interrupted).state == "done"
        measured = [(epoch.val_loss, epoch.val_rmse) for epoch in store.epochs(interrupted)]
        assert measured[:3] == [tuple(pair) for pair in facts["undisturbed"][:3]]
        np.testing.assert_allclose(measured, facts["undisturbed"], rtol=1e-6)
        store.command(waiting, "resume")
        assert work(store) == waiting and the(store, waiting).state == "done"
        # And everything that came after the oldest of them works with their runs.
        branch = store.branch(interrupted, store.kept(interrupted)[-1].epoch, session="new")
        store.annotate(branch, "of an old run")
        assert next(row for row in store.shelf() if row.id == branch).note == "of an old run"


def test_its_tables_become_those_of_a_new_store(name: str, bare_url: str, request: pytest.FixtureRequest) -> None:
    put(name, bare_url)
    with Store(bare_url) as store, store.read() as connection:
        migrated = _structure(connection)
    if bare_url.startswith("sqlite"):
        folder: Path = request.getfixturevalue("tmp_path")
        new = _structure_of_new(f"sqlite:///{folder / 'new.sqlite'}")
    else:
        with new_database(request.getfixturevalue("postgres_server")) as address:
            new = _structure_of_new(address)
    assert {table: migrated.get(table) for table in new} == new  # tables that nobody knows any more are left alone


def _structure_of_new(url: str) -> dict[str, Any]:
    with Store(url) as store, store.read() as connection:
        return _structure(connection)


def _structure(connection: Connection) -> dict[str, Any]:
    """All of the tables but the order of their columns and the names of what has no name of its own."""
    looked_at: Inspector = inspect(connection)
    found = {}
    for table in looked_at.get_table_names():
        columns = {
            column["name"]: (str(column["type"]), column["nullable"], column["default"])
            for column in looked_at.get_columns(table)
        }
        foreign = sorted(
            (key["constrained_columns"], key["referred_table"], key["referred_columns"], key["options"])
            for key in looked_at.get_foreign_keys(table)
        )
        indexes = sorted((str(key["name"]), key["column_names"]) for key in looked_at.get_indexes(table))
        unique = sorted(key["column_names"] for key in looked_at.get_unique_constraints(table))
        primary = looked_at.get_pk_constraint(table)["constrained_columns"]
        found[table] = {
            "columns": columns,
            "foreign": foreign,
            "indexes": indexes,
            "unique": unique,
            "primary": primary,
        }
    return found


def test_nothing_is_lost_that_is_no_number(name: str, bare_url: str) -> None:
    """A diverged run has an epoch without a number, or none at all, and says at which parameter."""
    put(name, bare_url)
    with Store(bare_url) as store:
        run = the(store, facts_of(name)["runs"]["diverged"]["id"])
        assert run.parameter and run.step and run.message and run.best_epoch == 0 and run.best_rmse is None
        assert all(math.isnan(epoch.val_rmse) or epoch.val_rmse > 0 for epoch in store.epochs(run.id))
