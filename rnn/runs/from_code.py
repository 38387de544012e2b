"""The store as a notebook or a script sees it: the runs of the app, and what they have learned."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.runs.records import Run
from rnn.runs.schema import epochs
from rnn.runs.store import Store, StoreError, data_folder
from rnn.runs.store_trouble import kind_of, place_of, sentence_of

COLUMNS = (
    "id", "name", "state", "created", "epochs", "best_epoch", "val_loss", "val_rmse", "cell", "hidden", "window", "horizon",
    "optimiser", "lr",
)  # fmt: skip


def list_runs(limit: int = 100, *, store: Store | None = None) -> pd.DataFrame:
    """The newest runs, newest first, one a row: `COLUMNS`, with the errors of the best epoch.

    val_loss: scaled units; val_rmse: original units. created: UTC. NaN where a run has no epoch yet. store: another one than
    the app's (`rnn.Store()`, which UNROLL_DATA_DIR and UNROLL_DATABASE_URL choose).
    """
    with _opened(store) as opened:
        runs = opened.runs(limit)
        best = _best_of(opened, runs)
    return pd.DataFrame([_row(run, best.get(run.id)) for run in runs], columns=list(COLUMNS))


def load_run(run_id: str, *, epoch: int | None = None, store: Store | None = None) -> Fit:
    """A run as `rnn.fit` would have returned it: with its best weights, or those of another epoch that was kept
    (`Store.kept` tells which).

    run_id: the id, as in `list_runs` and in the page's address (`run=…`). Raises LookupError for an unknown run, ValueError
    for a run that has stored no weights yet and for an epoch that was not kept.
    """
    with _opened(store) as opened:
        if epoch is None:
            fit = opened.fit(run_id)
            if fit is None:
                raise ValueError(f"Run {run_id!r} has stored no weights yet; its first come with its first epochs.")
            return fit
        at_epoch = opened.fit_at(run_id, epoch)
        if at_epoch is None:
            kept = ", ".join(str(one.epoch) for one in opened.kept(run_id)) or "none"
            raise ValueError(f"Epoch {epoch} of run {run_id!r} was not kept; kept are {kept}.")
        return at_epoch


def saved_presets() -> dict[str, Config]:
    """The settings that were saved as presets in the app, by their names. Raises ValueError where the store cannot be opened;
    where there is none yet none is made."""
    in_database = os.environ.get("UNROLL_DATABASE_URL", "").strip()
    if not in_database and not (data_folder() / "unroll.sqlite").exists():
        return {}
    try:
        with Store() as store:
            return store.presets()
    except StoreError as error:
        raise ValueError(str(error)) from None


@contextmanager
def _opened(store: Store | None) -> Iterator[Store]:
    """The store that was given, left open, or the app's own, closed at the end."""
    if store is not None:
        yield store
        return
    with Store() as own:
        try:
            yield own
        except (SQLAlchemyError, sqlite3.Error) as error:
            place = place_of(own.url)
            raise StoreError(sentence_of(error, place), kind_of(error, place)) from error


def _best_of(store: Store, runs: list[Run]) -> dict[str, tuple[float, float]]:
    """Run id → validation loss and RMSE of its best epoch."""
    wanted = {run.id: run.best_epoch for run in runs if run.best_epoch}
    if not wanted:
        return {}
    ids, best = list(wanted), func.min(epochs.c.val_loss)
    with store.read() as connection:
        lowest = select(epochs.c.run_id, best.label("loss")).where(epochs.c.run_id.in_(ids)).group_by(epochs.c.run_id)
        found = lowest.subquery()
        query = select(epochs.c.run_id, epochs.c.epoch, epochs.c.val_loss, epochs.c.val_rmse).join(
            found, (found.c.run_id == epochs.c.run_id) & (found.c.loss == epochs.c.val_loss)
        )
        rows = connection.execute(query).all()
    return {row.run_id: (row.val_loss, row.val_rmse) for row in rows if row.epoch == wanted[row.run_id]}


def _row(run: Run, best: tuple[float, float] | None) -> tuple[object, ...]:
    config = run.config
    loss, rmse = best or (float("nan"), float("nan"))
    return (
        run.id, run.name, run.state, pd.Timestamp(run.created), run.epoch, run.best_epoch, loss, rmse, config.cell,
        config.hidden, config.window, config.horizon, config.optimiser, config.lr,
    )  # fmt: skip
