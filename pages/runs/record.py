"""What there is to know of a run, line by line: its errors at the best epoch, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.runs.results import Results, series_title
from pages.runs.wording import age_in_words, moment_in_words
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.wording import bytes_in_words, escaped, number_in_words, seconds_in_words

NOTHING = "–"
_HASH = 16  # letters of a hash that are shown; the record of the data has all


def draw_errors(run: Run, results: Results) -> None:
    """The errors of the best weights on each part."""
    rows = error_rows(run, results)
    if rows:
        st.table({heading: [row[k] for row in rows] for k, heading in enumerate(_error_headings(run, results))})


def draw_origin(run: Run, results: Results) -> None:
    """Data, seed, versions, times, room."""
    rows = origin_rows(run, results)
    st.table({"Record": [label for label, _ in rows], " ": [escaped(said, 200) for _, said in rows]})


def error_rows(run: Run, results: Results) -> list[tuple[str, str, str]]:
    """(part, RMSE, loss), of those parts that have been measured; none before the first epoch is done."""
    best = results.best
    if best is None:
        return []
    rows = [
        ("Training", number_in_words(best.train_rmse), number_in_words(best.train_loss)),
        ("Validation", number_in_words(best.val_rmse), number_in_words(best.val_loss)),
    ]
    if run.config.test:
        rows.append(("Test", NOTHING if results.test_rmse is None else number_in_words(results.test_rmse), NOTHING))
    return rows


def origin_rows(run: Run, results: Results) -> list[tuple[str, str]]:
    """(what, how it is said); Streamlit's marks in it are the user's own."""
    store = session.store()
    file_hash = store.series_file(run.series_hash)
    repairs = len(store.series_reading(run.series_hash).get("repairs", ()))
    versions, parent = store.versions_of(run.id), store.parent(run.id)
    whose = "by you" if run.session == session.session_id() else "in another session"
    rows = [
        ("Series", series_title(run.series_hash)),
        ("Data hash", run.series_hash[:_HASH]),
        ("File hash", file_hash[:_HASH] if file_hash else "no file"),
        ("Repairs", str(repairs) if repairs else "none"),
        ("Seed", str(run.config.seed)),
        ("Best epoch", f"{run.best_epoch:,} of {run.epoch:,}" if run.best_epoch else NOTHING),
        ("Trained for", seconds_in_words(results.seconds) if run.epoch else NOTHING),
        ("Started", f"{moment_in_words(run.created)}, {age_in_words(run.created)}, {whose}"),
        ("Versions", _versions(versions)),
        ("On the disk", bytes_in_words(store.size_of(run.id))),
        ("Id", run.id),
    ]
    if parent is not None:
        began = store.run(parent.parent)
        rows.insert(
            5, ("Began from", f"epoch {parent.epoch:,} of {began.name or began.id if began else parent.parent}")
        )
    return rows


def _error_headings(run: Run, results: Results) -> Sequence[str]:
    return f"At epoch {run.best_epoch:,}", f"RMSE, {results.unit.column}", f"Loss ({run.config.loss}), scaled"


def _versions(found: Mapping[str, str]) -> str:
    if not found:
        return "not known"
    return f"Unroll {found['unroll']}, NumPy {found['numpy']}, Python {found['python']}"
