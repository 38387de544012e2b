"""The ranking: every network and every other method, scored on the same values, and whether what lies between them is noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from rnn.forecast.backtest import Backtest
from rnn.forecast.scores import scores
from rnn.forecast.significance import compared

NAMES = {"mae": "MAE", "mase": "MASE"}


def standing(found: Backtest, frame: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """One row a method, the best first.

    frame: the rows of the backtest to rank by, of one target; of one series or of many. Columns: method, label, ours (a
    network), n, mae, rmse, smape, mase, coverage80, …, seconds (over all folds), measure ("mae", of many series "mase"),
    error (of that measure, which the order is by), difference (to the best), p, noise, sentence.
    A method without any forecast has no meaning here and no row.
    """
    known = frame.groupby("method", sort=False)["predicted"].transform(lambda one: one.notna().any())
    frame = frame[known]
    beside = compared(frame, fan=found.fan if len(found.fan) else None)
    told = ["method", "measure", "error", "difference", "p_adjusted", "noise", "sentence"]
    table = beside[told].rename(columns={"p_adjusted": "p"}).merge(scores(frame), on="method")
    table.insert(1, "label", table["method"].map(labels))
    table.insert(2, "ours", table["method"].isin(list(found.networks)))
    table["seconds"] = table["method"].map(dict(found.seconds))
    return table


def without_meaning(frame: pd.DataFrame) -> list[str]:
    """The methods that have no forecast at all here, such as a seasonal one without a season."""
    there = frame.groupby("method", sort=False)["predicted"].count()
    return there.index[there == 0].tolist()


def by_series(frame: pd.DataFrame, networks: Sequence[str]) -> pd.DataFrame:
    """One row a series, that with the largest ratio first: id, best (method), ours (MASE of the best network), other (method:
    the best that is no network), theirs (its MASE), ratio (ours / theirs).

    frame: rows of one target of many series. A series without a scale, whose history never changes, has no MASE and no row.
    """
    table = scores(frame[frame["predicted"].notna()], by=("id",)).pivot(index="id", columns="method", values="mase")
    table = table.dropna(how="all")
    own = table[[name for name in networks if name in table]]
    others = table.drop(columns=own.columns)
    table = table[own.notna().any(axis=1) & others.notna().any(axis=1)]
    own, others = own.loc[table.index], others.loc[table.index]
    rows = pd.DataFrame(
        {
            "id": table.index, "best": table.idxmin(axis=1), "ours": own.min(axis=1), "other": others.idxmin(axis=1),
            "theirs": others.min(axis=1),
        }
    )  # fmt: skip
    rows["ratio"] = rows["ours"] / rows["theirs"]
    return rows.sort_values("ratio", ascending=False, kind="stable").reset_index(drop=True)


def wins(series: pd.DataFrame, methods: Sequence[str]) -> pd.DataFrame:
    """method, wins: of how many series each is the best. series: from `by_series`."""
    counts = series["best"].value_counts()
    found = pd.DataFrame({"method": list(methods), "wins": [int(counts.get(method, 0)) for method in methods]})
    return found.sort_values("wins", ascending=False, kind="stable").reset_index(drop=True)


def as_file(table: pd.DataFrame) -> pd.DataFrame:
    """The ranking to be taken away: names as on the page, numbers with all digits, shares from 0 to 1."""
    columns = [
        "label",
        "method",
        "n",
        "mae",
        "rmse",
        "smape",
        "mase",
        *(f"coverage{level}" for level in _levels(table)),
    ]
    renamed = {"label": "name", "p": "p_adjusted", "sentence": "beside_the_best"}
    return table[[*columns, "seconds", "difference", "p", "sentence"]].rename(columns=renamed)


def _levels(table: pd.DataFrame) -> list[str]:
    return [name.removeprefix("coverage") for name in table.columns if name.startswith("coverage")]
