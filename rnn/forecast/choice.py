"""Which of the candidates that Auto has tried is best: their scores, the choice, and both in a table and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rnn.forecast.backtest import Backtest, Plan
from rnn.forecast.candidates import RULE, WITH_THETA, Candidate
from rnn.forecast.exact import unrounded
from rnn.forecast.verdict_words import times

if TYPE_CHECKING:
    import pandas as pd

# Another candidate has to be better than the rule by this share: with so few points, less is as likely to be chance.
MARGIN = 0.03
SWITCH = "The network is trained by the rule; switch “Mean with Theta” on on the Forecast page."


def scores_of(tried: Backtest) -> dict[str, float]:
    """Of each method the mean absolute scaled error over all points; infinite for one that has no forecast somewhere. Points
    whose scale is zero, of a history without any change, count for none, unless all are: then errors count as they are."""
    frame = tried.frame
    errors = _scaled(frame).groupby(frame["method"]).mean()
    failed = frame["predicted"].isna().groupby(frame["method"]).any()
    return {
        key: float("inf") if failed[key] or not np.isfinite(errors[key]) else float(errors[key]) for key in errors.index
    }


def preferred(scores: Mapping[str, float]) -> str:
    """The one with the least error, if it is clearly better than the rule; the rule otherwise."""
    best = min(scores, key=lambda key: scores[key])
    return best if scores[best] < (1 - MARGIN) * scores[RULE] else RULE


def table_of(tried: Backtest, candidates: Sequence[Candidate], scores: Mapping[str, float], best: str) -> pd.DataFrame:
    """One row a candidate, the best first; see `Auto`."""
    import pandas as pd

    reference = scores[_reference(scores)]
    by_training = _by_training(tried)
    rows = []
    for one in sorted(candidates, key=lambda one: scores[one.key]):
        score = scores[one.key]
        ratio = score / reference if reference > 0 and np.isfinite(score) else float("nan")
        folds = {f"fold{number}": by_training.at[one.key, number] for number in by_training.columns}
        measured = {"score": score, "ratio": ratio, "seconds": tried.seconds[one.key], "chosen": one.key == best}
        rows.append(_words(one) | folds | measured)
    return pd.DataFrame(rows)


def untried(candidates: Sequence[Candidate]) -> pd.DataFrame:
    """The same table where nothing could be tried: the rule is chosen."""
    import pandas as pd

    nan = {"score": float("nan"), "ratio": float("nan"), "seconds": 0.0}
    return pd.DataFrame([_words(one) | nan | {"chosen": one.key == RULE} for one in candidates])


def sentence_of(
    candidates: Sequence[Candidate], scores: Mapping[str, float], plan: Plan, best: str, network: str
) -> str:
    """best: of all; network: the best network."""
    called = {one.key: f"“{one.label}”" for one in candidates}
    ahead = f"{plan.steps} records" if plan.steps > 1 else "record"
    where = f"Judged from {plan.folds} origin{'s' if plan.folds > 1 else ''} over the next {ahead},"
    if best != network:
        return (
            f"{where} no network beats {called[best]}, a forecast without one. The best of them, {called[network]}, errs "
            f"{_times(scores[network], scores[best])} as much; its settings are the ones taken for a network."
        )
    reference = _reference(scores)
    if scores[best] == 0:
        return f"{where} {called[best]} made no error, and no other forecast can be better."
    beside = f"{_times(scores[best], scores[reference])} the error of {called[reference]}"
    if best != RULE:
        more = f" {SWITCH}" if best == WITH_THETA else ""
        return f"{where} {called[best]} is best: {beside}, {_times(scores[best], scores[RULE])} that of {called[RULE]}.{more}"
    better = [key for key in scores if scores[key] < scores[RULE]]
    if not better:
        return f"{where} {called[RULE]} is best: {beside}."
    closest = called[min(better, key=lambda key: scores[key])]
    return f"{where} nothing is clearly better than {called[RULE]}: {beside}. {closest} errs less, but by under {MARGIN:.0%}."


def _words(one: Candidate) -> dict[str, object]:
    return {"key": one.key, "label": one.label, "words": one.words, "network": one.config is not None}


def _scaled(frame: pd.DataFrame) -> pd.Series:
    errors, scale = (frame["actual"] - unrounded(frame)).abs(), frame["scale"].where(frame["scale"] > 0)
    return errors if scale.isna().all() else errors / scale


def _by_training(tried: Backtest) -> pd.DataFrame:
    """Mean absolute error, method × training (1, 2, …); scaled where there are several series or targets."""
    frame = tried.frame
    many = frame["id"].nunique() > 1 or frame["target"].nunique() > 1
    errors = _scaled(frame) if many else (frame["actual"] - unrounded(frame)).abs()
    training = (frame["fold"] - 1) // tried.plan.retrain_every + 1
    return errors.groupby([frame["method"], training]).mean().unstack()


def _reference(scores: Mapping[str, float]) -> str:
    return "seasonal" if "seasonal" in scores else "naive"


def _times(one: float, other: float) -> str:
    if not other > 0 or not np.isfinite(one):
        return "many times"
    return f"{one / other:.2f} times" if 0.005 <= one / other < 100 else times(one / other)
