"""Of the report: what comes next, how sure it is, and whether to believe it."""

from __future__ import annotations

import numpy as np

from pages.forecast import theta
from pages.forecast.reporting.cells import moment, number, percent
from pages.forecast.reporting.subject import Subject
from rnn.export.report import Chart, Part, Rows, Section, Words
from rnn.forecast import BASELINES, Verdict
from rnn.forecast.coverage import ALL, PLACES, measured_coverage
from rnn.ui.figures import alt_forecast, forecast_figure
from rnn.ui.thinning import thin

MOST_POINTS = 1200
ALONE = "Verdict, measured coverage and residuals in this report are those of the network alone."
_MARKS = {"better": "better", "level": "within noise", "worse": "worse"}


def verdict(subject: Subject) -> Section:
    """The sentence first: it is what a reader must not miss."""
    found = subject.verdict
    if found is None:
        return Section("Verdict", [Words("There is no verdict yet: no epoch is finished.", "middling")])
    return Section("Verdict", [Words(found.sentence, _tone(found)), *_skill(found)])


def _tone(found: Verdict) -> str:
    if found.good:
        return "good"
    return "bad" if found.copies or found.marks.get("naive") != "better" else "middling"


def _skill(found: Verdict) -> list[Part]:
    rows = [
        (BASELINES[name].label, _percent_less(skill), _MARKS.get(found.marks.get(name, ""), "–"))
        for name, skill in found.skill.items()
    ]
    if not rows:
        return []
    caption = f"Validation RMSE of the network: {number(found.rmse)}. Beside it, on the same points:"
    return [Rows(("Forecast", "The network’s error", "Which is"), rows, caption)]


def _percent_less(skill: float) -> str:
    if not np.isfinite(skill):
        return "– (it is exact)"
    return f"{abs(skill):.1%} {'less' if skill >= 0 else 'more'}"


def forecast(subject: Subject) -> Section:
    """The chart, the numbers, and what the intervals rest on."""
    series, future = subject.fit.series, subject.future
    count = min(len(series), max(3 * subject.steps, subject.fit.config.reach, 60))
    past = series.values[-count:, series.target_columns[subject.target]]
    bands = [(level, future[f"lo{level}"], future[f"hi{level}"]) for level in subject.levels]
    bands = [band for band in bands if np.isfinite(band[1]).any()]
    parts = (*thin(series.times[-count:], past, MOST_POINTS), future["time"].to_numpy(), future["mean"], bands)
    chart = Chart(forecast_figure(*parts, target=subject.name), alt_forecast(*parts, target=subject.name), 440)
    steps = f"{subject.steps:,} {'steps' if subject.steps > 1 else 'step'}"
    words = [Words(f"{steps} ahead of {moment(series.times[-1])}, in the units of the series.")]
    if subject.theta:
        words.append(Words(f"{theta.in_words(subject.fit.config.log).replace('**', '')} {ALONE}"))
    if subject.steps > subject.fit.config.horizon:
        words.append(
            Words(
                f"From step {subject.fit.config.horizon + 1:,} on the network is fed its own predictions (free-running)."
            )
        )
    return Section("Forecast", [*words, chart, _numbers(subject)])


def _numbers(subject: Subject) -> Rows:
    columns = [name for name in subject.frame.columns if name != "id"]
    headings = ["Time" if name == "time" else _heading(name) for name in columns]
    rows = [
        [moment(row[name]) if name == "time" else number(row[name]) for name in columns]
        for row in subject.frame.to_dict("records")
    ]
    return Rows(headings, rows, "The forecast in numbers")


def _heading(name: str) -> str:
    """mean, lo80, hi80 and, of several targets, target.lo80, as a reader has them."""
    target, _, kind = name.rpartition(".")
    words = {"mean": "forecast"}.get(kind) or f"{kind[2:]} % {'from' if kind.startswith('lo') else 'to'}"
    return f"{target}: {words}" if target else words.capitalize()


def intervals(subject: Subject) -> Section:
    """Nominal and measured coverage side by side, over all steps; nothing where no interval was asked for."""
    if not subject.levels:
        return Section("Intervals", [])
    try:
        found = measured_coverage(subject.fit, subject.steps, subject.levels)
    except ValueError as error:
        return Section("Intervals", [Words(f"Their coverage could not be measured: {error}", "middling")])
    found = found[(found["step"] == ALL) & (found["target"] == subject.name)]
    rows = [
        (
            f"{row.level:g} %",
            percent(row.nominal),
            percent(row.measured),
            number(row.n),
            percent(row.margin),
            PLACES[row.where],
        )
        for row in found.itertuples()
    ]
    words = Words(
        "Split conformal intervals: as wide as the network’s own errors were on data that it was not trained on. How often "
        "they held on data later than what they were measured from:"
    )
    headings = ("Interval", "Should hold", "Held", "Values", "Chance allows ±", "Measured on")
    return Section("Intervals", [words, Rows(headings, rows)] if rows else [])
