"""Of the report: how it would have done in the past, beside every other method, and what its errors look like."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pages.forecast.backtest import coverage, mean, tracks, work
from pages.forecast.backtest.choices import BESIDE
from pages.forecast.backtest.folds import table_of
from pages.forecast.backtest.names import labels_of
from pages.forecast.backtest.results import rows_of
from pages.forecast.ranking import words
from pages.forecast.ranking.board import places_of
from pages.forecast.ranking.table import NAMES, standing
from pages.forecast.reporting.cells import moment, number, percent
from pages.forecast.reporting.subject import Subject
from rnn.export.report import Chart, Part, Rows, Section, Words
from rnn.forecast.backtest import Backtest, cutoffs
from rnn.forecast.diagnosis import diagnose_residuals
from rnn.ui.figures.backtest import alt_tracks, tracks_figure
from rnn.ui.figures.ranking import alt_ranking, ranking_figure
from rnn.ui.figures.residuals import alt_residuals, residuals_figure
from rnn.ui.thinning import thin

_TONES = {"best": "good", "level": "middling", "behind": "bad"}
MOST_POINTS = 1500


def backtest_and_ranking(subject: Subject) -> list[Section]:
    """Both where the plan that the page stands at has been run, else a section that says so."""
    found = work.result_of(subject.backtest) if subject.backtest is not None else None
    if found is None:
        return [Section("Backtest", [Words("No backtest has been run with the plan of the page.")])]
    found = mean.with_theta(found, subject.whole)
    labels = labels_of(found.networks, subject.rivals)
    id_ = subject.fit.series.name if subject.whole.lengths else None
    own = rows_of(found.frame, subject.name, id_)
    total = own if id_ is None else rows_of(found.frame, subject.name, None)
    sections = [_backtest(subject, found, own, labels)] if len(own) else []
    return [*sections, _ranking(found, total, labels, many=id_ is not None)]


def _backtest(subject: Subject, found: Backtest, own: pd.DataFrame, labels: Mapping[str, str]) -> Section:
    plan = found.plan
    trained = "trained anew in each fold" if plan.retrain else "trained once, before the first cut-off"
    first = Words(
        f"{plan.folds} cut-offs in the past, {plan.steps} steps ahead from each; networks {trained}, on a history that is "
        f"{plan.kind}."
    )
    dates = table_of(cutoffs(subject.fit.series, list(found.networks.values()), plan))
    held = coverage.table_of(own)
    parts: list[Part] = [first, *map(Words, mean.notes_of(found)), _tracks(subject, found, own, labels)]
    parts.append(Rows(list(dates.columns), [[str(cell) for cell in row] for row in dates.to_numpy()], "The folds"))
    if len(held):
        rows = [
            (labels[one.method], percent(one.nominal), percent(one.measured), number(one.n), coverage.in_words(one))
            for one in held.itertuples()
        ]
        parts.append(
            Rows(("Method", "Should hold", "Held", "Values", ""), rows, "Coverage of the intervals in the backtest")
        )
    return Section("Backtest", parts)


def _tracks(subject: Subject, found: Backtest, own: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    series = subject.fit.series
    known = own.loc[own["predicted"].notna(), "method"].unique()
    methods = [name for name in (*found.networks, BESIDE) if name in known][:5] or list(known[:1])
    level = tracks.level_of(own, methods[0])
    drawn = tracks.tracks_of(own, methods, labels, level)
    times, actual = tracks.actual_of(series, subject.name, own["time"].min(), found.plan.steps)
    figure = tracks_figure(
        *thin(times, actual, MOST_POINTS), drawn, target=subject.name, level=None if level is None else float(level)
    )
    wrong = (own["actual"] - own["predicted"]).abs().groupby(own["method"]).mean()
    return Chart(figure, alt_tracks(drawn, {labels[one]: float(wrong[one]) for one in methods}, target=subject.name))


def _ranking(found: Backtest, frame: pd.DataFrame, labels: Mapping[str, str], *, many: bool) -> Section:
    table = standing(found, frame, labels)
    told = words.said(table)
    places, metric = places_of(table, found), NAMES[table["measure"].iloc[0]]
    levels = [name for name in table.columns if name.startswith("coverage")]
    rows = [
        (
            row["label"], *(number(row[name]) for name in ("mae", "rmse", "smape", "mase")),
            *(percent(row[name]) for name in levels), "The best." if k == 0 else row["sentence"],
        )
        for k, row in enumerate(table.to_dict("records"))
    ]  # fmt: skip
    held = [f"{name.removeprefix('coverage')} % held" for name in levels]
    variants = Words(
        "sMAPE from 0 to 200 %, as in the M4 competition; MASE in units of the mean absolute change over a season in what each "
        "fold learned from. Differences by the Diebold–Mariano test (Harvey, Leybourne and Newbold; Holm) and the fan of seeds."
    )
    parts: list[Part] = [Words(f"{told.headline}{told.rest}", _TONES[told.kind])]
    if many:
        parts.append(Words(f"Over all {frame['id'].nunique():,} series that were long enough."))
    parts += [
        Chart(
            ranking_figure(places, metric=metric), alt_ranking(places, metric=metric), max(220, 36 * len(places) + 90)
        ),
        Rows(
            ("Method", "MAE", "RMSE", "sMAPE", "MASE", *held, "Beside the best"),
            rows,
            "Every method on the same values",
        ),
        variants,
    ]
    return Section("Ranking", parts)


def residuals(subject: Subject) -> Section:
    """What is left over one step ahead, on data that was not trained on."""
    try:
        found = diagnose_residuals(subject.fit, subject.target)
    except ValueError as error:
        return Section("Residuals", [Words(str(error))])
    parts: list[Part] = [Words(sentence) for sentence in found.sentences]
    if np.isfinite(found.residuals).any():
        unit = f"residual, {subject.name}"
        times, values = thin(found.times, found.residuals, MOST_POINTS)
        words_ = alt_residuals(found.times, found.residuals, unit=unit)
        parts.append(Chart(residuals_figure(times, values, unit=unit), words_, 300))
    if found.ljung_box is not None:
        test = found.ljung_box
        parts.append(
            Words(f"Ljung–Box test over {test.lags} lags: statistic {number(test.statistic)}, p = {number(test.p)}.")
        )
    if len(found.times):
        span = f"{moment(found.times[0])} to {moment(found.times[-1])}"
        parts.append(Words(f"One step ahead on the {found.part} part, {span}."))
    return Section("Residuals", parts)
