"""What the page has read of a run so far: the store is asked only for what is newer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import streamlit as st

from rnn.core.events import Epoch
from rnn.core.panel import AnySplit, split_series
from rnn.core.series import Series
from rnn.forecast import Verdict, error_on_test, judge
from rnn.forecast.fitting import Course, Fitting, fitting_of
from rnn.forecast.yardstick import Yardstick, yardstick
from rnn.runs.records import Change, Run, StoredPreview
from rnn.ui import session
from rnn.ui.error_unit import OWN, Unit, unit_of

_SEEN = "run_seen"
MOST_SEEN = 4
COMPLETE = ("done", "early-stop")


@dataclass
class Seen:
    """A run as this session knows it. version: the run's version when it was last read. test_rmse: of the best weights
    on the test part; None before the end, and where there is no such part. unit: what it and the verdict's errors are
    counted in."""

    run_id: str
    version: int = -1
    epochs: dict[int, Epoch] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    preview: StoredPreview | None = None
    verdict: Verdict | None = None
    test_rmse: float | None = None
    unit: Unit = OWN

    @property
    def history(self) -> list[Epoch]:
        return list(self.epochs.values())


def seen(run: Run) -> Seen:
    """Epochs, changes, latest predictions and verdict of the run, brought up to date."""
    known = _known(run)
    if known.version == run.version:
        return known
    known.version = run.version
    store = session.store()
    # A run that resumes walks again over epochs since its checkpoint: their rows are overwritten with equal numbers.
    known.epochs.update({epoch.epoch: epoch for epoch in store.epochs(run.id, after=max(known.epochs, default=0))})
    known.changes = store.changes(run.id)
    newer = store.preview(run.id, newer_than=known.preview.version if known.preview else None)
    if newer is not None:
        known.preview = newer
        series = session.series_of_run(run)
        split = split_of(run, series)
        known.verdict = judge(series, split, newer.validation, yardstick_of(run).losses)
        known.test_rmse = error_on_test(series, split, newer.test)
    if known.verdict is not None:
        known.verdict = replace(known.verdict, fitting=_fitting(run, known.history))
    return known


def _known(run: Run) -> Seen:
    """What this session has read of the run before. Of the last few runs: a page may show one beside another."""
    kept: dict[str, Seen] = st.session_state.setdefault(_SEEN, {})
    known = kept.pop(run.id, None) or Seen(run.id, unit=unit_of(session.series_of_run(run)))
    kept[run.id] = known
    while len(kept) > MOST_SEEN:
        del kept[next(iter(kept))]
    return known


def _fitting(run: Run, history: list[Epoch]) -> Fitting:
    measure = yardstick_of(run)
    course = Course(history, run.state in COMPLETE, measure.windows, measure.naive, measure.learnable)
    return fitting_of(course, run.config)


def split_of(run: Run, series: Series) -> AnySplit:
    return split_series(run.config, series)


def baselines(run: Run) -> dict[str, float]:
    """Validation RMSE of every baseline that makes sense for the run, in original units; of many series in one, in each one's
    usual step."""
    return yardstick_of(run).rmse


def yardstick_of(run: Run) -> Yardstick:
    """What the run is measured with, made once for all runs of the same windows."""
    config = run.config
    parts = (config.validation, config.test, config.gap)
    return _yardstick(run.series_hash, config.reach, config.horizon, parts, config.season)


@st.cache_resource(max_entries=64, show_spinner=False)
def _yardstick(
    series_hash: str, reach: int, horizon: int, parts: tuple[float, float, int], season: int | None
) -> Yardstick:
    series = session.stored_series(series_hash)
    validation, test, gap = parts
    config = session.DEFAULT_CONFIG.replace(window=reach, horizon=horizon, validation=validation, test=test, gap=gap)
    return yardstick(series, split_series(config, series), season)
