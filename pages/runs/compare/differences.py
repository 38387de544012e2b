"""What the selected runs differ in, settings and results, and nothing that they have in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.race.names import differing_fields
from pages.runs.compare.group import short_names
from pages.runs.results import results_of, series_title
from pages.runs.settings import in_words
from pages.runs.table import state_word
from rnn.core.fields import FIELDS
from rnn.data.repair import REPAIRS
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.wording import number_in_words, seconds_in_words

SAME = "same"
Row = tuple[str, list[str]]


def draw(runs: Sequence[Run], pinned: Run | None) -> None:
    """runs: the selected ones. pinned: the baseline, the first column, which the others are told against."""
    everyone = [*([pinned] if pinned else []), *runs]
    rows = rows_of(everyone)
    st.markdown("**Differences only**" + (", against the baseline" if pinned else ""))
    if not rows:
        st.caption("These runs differ in nothing: settings, data, versions and results are all the same.")
        return
    names = short_names(everyone)
    if pinned is not None:
        rows = [(label, told_against(label, values, everyone)) for label, values in rows]
        names[0] = f"{names[0]} (baseline)"
    table = pd.DataFrame([[label, *values] for label, values in rows], columns=["", *names])
    st.dataframe(
        table, hide_index=True, key="differences", alt=f"{len(rows)} differences between {len(everyone)} runs",
        column_config={
            "": st.column_config.TextColumn("", pinned=True, width=150),
            **{name: st.column_config.TextColumn(width=150) for name in names},
        },
    )  # fmt: skip


def against(values: Sequence[str]) -> list[str]:
    """The first one's value, and of the others what is not the same."""
    return [values[0], *(SAME if value == values[0] else value for value in values[1:])]


def told_against(label: str, values: Sequence[str], runs: Sequence[Run]) -> list[str]:
    """The same of errors with how much more or less they are, where both are of one series and so of one unit."""
    told = against(values)
    find = _ERRORS.get(label)
    base = None if find is None else find(runs[0])
    if find is None or not base:
        return told
    for place, run in enumerate(runs[1:], 1):
        own = find(run)
        if own is not None and run.series_hash == runs[0].series_hash and told[place] != SAME:
            told[place] = f"{values[place]} ({100 * (own / base - 1):+.1f} %)".replace("-", "−")
    return told


def rows_of(runs: Sequence[Run]) -> list[Row]:
    """(label, a value for each run) of all in which any two of them differ: data, settings, versions, results."""
    settings = differing_fields([run.config for run in runs])
    rows: list[Row] = [(label, [say(run) for run in runs]) for label, say in _DATA.items()]
    rows += [(FIELDS[name].label, [in_words(getattr(run.config, name)) for run in runs]) for name in settings]
    versions = [session.store().versions_of(run.id) for run in runs]
    rows += [(label, [one.get(key, "unknown") for one in versions]) for key, label in _VERSIONS.items()]
    rows += [(label, [say(run) for run in runs]) for label, say in _RESULTS.items()]
    return [(label, values) for label, values in rows if len(set(values)) > 1]


def _repairs(run: Run) -> str:
    """The repairs in order, with their options: two that differ in one option are not the same."""
    said = []
    for repair in session.store().series_reading(run.series_hash).get("repairs", ()):
        options = {name: value for name, value in repair.get("options", {}).items() if value is not None}
        of = f" of {repair['column']}" if repair.get("column") else ""
        said.append(
            f"{REPAIRS[repair['kind']].title}{of}{f' {json.dumps(options, ensure_ascii=False)}' if options else ''}"
        )
    return "; ".join(said) or "none"


def _number(value: float | None) -> str:
    return "–" if value is None else number_in_words(value)


def _file(run: Run) -> str:
    return (session.store().series_file(run.series_hash) or "none")[:12]


_ERRORS: dict[str, Callable[[Run], float | None]] = {
    "Best validation RMSE": lambda run: results_of(run).best_rmse,
    "Test RMSE": lambda run: results_of(run).test_rmse,
}
_DATA: dict[str, Callable[[Run], str]] = {
    "Series": lambda run: series_title(run.series_hash)[:80],
    "Data hash": lambda run: run.series_hash[:12],
    "File hash": _file,
    "Repairs": _repairs,
}
_VERSIONS = {"unroll": "Unroll", "numpy": "NumPy", "python": "Python"}
_RESULTS: dict[str, Callable[[Run], Any]] = {
    "State": lambda run: state_word(run.state),
    "Epochs trained": lambda run: f"{run.epoch:,}",
    "Best epoch": lambda run: f"{run.best_epoch:,}" if run.best_epoch else "–",
    **{label: lambda run, find=find: _number(find(run)) for label, find in _ERRORS.items()},
    "RMSE in": lambda run: results_of(run).unit.column,
    "Trained for": lambda run: seconds_in_words(results_of(run).seconds) if run.epoch else "–",
}
