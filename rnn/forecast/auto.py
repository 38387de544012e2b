"""Auto: a handful of settings and simple forecasts, each tried from a few origins in the past; the best of them is taken.

No one rule fits every series. The rule of `rnn.recommended` is one candidate; others change what the network's output is
added to, and forecasts without a network stand beside them. All are judged on the same points by `rnn.forecast.backtest`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.archive import Archive
from rnn.forecast.backtest import Backtest, Plan, backtest, cutoffs
from rnn.forecast.backtest.with_theta import with_mean
from rnn.forecast.before_test import before_test
from rnn.forecast.candidates import RULE, WITH_THETA, Candidate, candidates_of, subset
from rnn.forecast.choice import preferred, scores_of, sentence_of, table_of, untried
from rnn.forecast.progress import Step

if TYPE_CHECKING:
    import pandas as pd

VERSION = 1
TRIED = "backtest.zip"  # in the stored bytes
# Points that are judged at least: where the horizon is short, each training is judged from several origins.
LEAST_POINTS = 24
TOO_SHORT = (
    "The series is too short to try settings on a part of it and judge them on the rest; the rule's settings are taken."
)


@dataclass(frozen=True, eq=False)
class Auto:
    """config: the settings to train with, those of the best network. chosen: the key of the best candidate, which may be a
    forecast without a network (`naive_wins`), or the mean of a network and Theta (`with_theta`: forecast it by
    `forecast_with_theta`). sentence: which one is best, in words.

    table: one row a candidate, the best first: key, label, words (what it is), network (whether it is one), fold1, fold2, …
    (mean absolute error of each training's points, original units; of many series in one scaled as the score), score (mean
    absolute scaled error of all points), ratio (score to that of the seasonal naive forecast, or of the naive one where there
    is no season), seconds, chosen. backtest: the trial itself, None where the series is too short for one.
    """

    config: Config
    chosen: str
    naive_wins: bool
    table: pd.DataFrame
    sentence: str
    backtest: Backtest | None = None

    @property
    def with_theta(self) -> bool:
        """Whether the mean of the network and Theta is best of all."""
        return self.chosen == WITH_THETA

    def to_bytes(self) -> bytes:
        """To be stored; `from_bytes` gives it back as it was."""
        meta = {
            "version": VERSION,
            "config": self.config.to_dict(),
            "chosen": self.chosen,
            "naive_wins": self.naive_wins,
            "sentence": self.sentence,
        }
        tried = {} if self.backtest is None else {TRIED: self.backtest.to_bytes()}
        return Archive(meta, {"table": self.table}, tried).to_bytes("auto")

    @classmethod
    def from_bytes(cls, data: bytes) -> Auto:
        """What `to_bytes` wrote, by this version or an earlier one. Raises ValueError for bytes that are no Auto, or one of a
        later version."""
        found = Archive.from_bytes(data, "auto", VERSION, "automatic choice", ["table"])
        meta, config = found.meta, Config.from_dict(found.meta["config"])
        tried = Backtest.from_bytes(found.parts[TRIED]) if TRIED in found.parts else None
        return cls(config, meta["chosen"], meta["naive_wins"], found.tables["table"], meta["sentence"], tried)


def auto(
    series: Series,
    horizon: int | None = None,
    *,
    folds: int = 3,
    fixed: Mapping[str, Any] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Step | Auto]:
    """Try the candidates from `folds` origins, the last horizons of the series; yields Steps and the Auto at last, or ends
    without one where `stop` says so.

    horizon: records to forecast (None: what the rule says). fixed: fields that no candidate may change. The score is the mean
    absolute error over all points of all folds, each divided by its history's mean absolute seasonal difference (MASE); a
    candidate replaces the rule where it is clearly better (`choice.MARGIN`). Origins are fewer where the series is short, and
    where even one does not fit the rule is taken untried. Of many series in one an even sample is tried. Where a
    test part is fixed, its records are none that candidates are judged by.
    """
    candidates = candidates_of(series, horizon, dict(fixed or {}))
    rule = candidates[0].config
    assert rule is not None
    tried = subset(before_test(series, rule))
    plan = _plan(tried, rule, folds)
    if plan is None:
        yield Auto(rule, RULE, False, untried(candidates), TOO_SHORT)
        return
    kept = [one for one in candidates if one.config is None or _fits(tried, one.config, plan)]
    networks = {one.key: one.config for one in kept if one.trained and one.config is not None}
    methods = tuple(one.key for one in kept if one.config is None)
    for item in backtest(networks, tried, plan, methods=methods, levels=(), base=rule, stop=stop):
        yield item if isinstance(item, Step) else _chosen(item, kept)


def automatic(series: Series, horizon: int | None = None, **options: Any) -> Auto:
    """Drain `auto` and return what it came to, as `rnn.auto`; options: those of `auto`. Raises ValueError where `stop` ended
    it."""
    last: Step | Auto | None = None
    for item in auto(series, horizon, **options):
        last = item
    if not isinstance(last, Auto):
        raise ValueError("The trial was stopped before it came to a choice.")
    return last


def _plan(series: Series, rule: Config, folds: int) -> Plan | None:
    """The longest plan that the series has room for; None where it has none for a single fold."""
    steps = rule.horizon
    origins = max(1, -(-LEAST_POINTS // (folds * steps)))
    fewer = [(folds, each) for each in range(origins, 0, -1)] + [
        (trainings, 1) for trainings in range(folds - 1, 0, -1)
    ]
    for trainings, each in fewer:
        plan = Plan(steps, folds=trainings * each, retrain_every=each)
        if _fits(series, rule, plan):
            return plan
    return None


def _fits(series: Series, config: Config, plan: Plan) -> bool:
    try:
        cutoffs(series, [config], plan)
    except ValueError:
        return False
    return True


def _chosen(tried: Backtest, candidates: list[Candidate]) -> Auto:
    if any(one.mixed for one in candidates):
        tried = with_mean(tried, RULE)
    scores, configs = scores_of(tried), {one.key: one.config for one in candidates}
    best = preferred(scores)
    network = preferred({key: score for key, score in scores.items() if configs[key] is not None})
    config = configs[network]
    assert config is not None
    said = sentence_of(candidates, scores, tried.plan, best, network)
    return Auto(config, best, configs[best] is None, table_of(tried, candidates, scores, best), said, tried)
