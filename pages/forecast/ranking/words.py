"""What the ranking comes to, said plainly before the table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pages.forecast.backtest.choices import BESIDE
from pages.forecast.ranking.table import NAMES
from rnn.forecast.significance import MANY_TIMES
from rnn.forecast.verdict_words import times
from rnn.ui.wording import number_in_words


@dataclass(frozen=True)
class Said:
    """kind: "best" (a network leads, not by chance), "level" (among the best within noise) or "behind". headline: the one
    thing to know, without a full stop; rest: what follows it. Plain texts, in which names stand as they are."""

    kind: str
    headline: str
    rest: str


def said(table: pd.DataFrame) -> Said:
    """table: from `standing`, the best first."""
    judged = table[table["error"].notna()]
    ours, others = judged[judged["ours"]], judged[~judged["ours"]]
    if ours.empty:
        return Said("behind", "No network has a forecast in every fold", ", so none can be ranked; the notes say why.")
    network = ours.iloc[0]
    if others.empty:
        return Said("level", network["label"], f": {_error(network)}. There is no other method to compare it with.")
    if network.name == judged.index[0] and network["error"] < others.iloc[0]["error"]:
        found = _leads(network, others.iloc[0], len(judged))
    else:
        found = _follows(network, others[others["error"] <= network["error"]])
    return Said(found.kind, found.headline, f"{found.rest}{_ridge(network, others)}")


def _leads(network: pd.Series, next_: pd.Series, count: int) -> Said:
    headline = f"{network['label']} is the best of {count}"
    rest = f": {_error(network)}, {_less(network, next_)} than {next_['label']} ({number_in_words(next_['error'])})"
    if next_["noise"]:
        return Said("level", headline, f"{rest}. That difference is within noise: next time either may be ahead.")
    return Said("best", headline, f"{rest}, and not by chance.")


def _follows(network: pd.Series, better: pd.DataFrame) -> Said:
    best = better.iloc[0]
    if network["error"] == best["error"]:
        same = _listed(better.loc[better["error"] == best["error"], "label"].tolist(), "and")
        return Said(
            "level",
            f"{network['label']} is not better than {best['label']}",
            f": {_error(network)}, the same as {same}.",
        )
    others = better["label"].tolist()[1:]
    also = f" Nor is it better than {_listed(others)}." if others else ""
    rest = f": {_error(network)} beside {_more(network['error'], best['error'])}"
    headline = f"{network['label']} is not better than {best['label']}"
    if network["noise"]:
        return Said("level", headline, f"{rest}, a difference within noise.{also}")
    return Said("behind", headline, f"{rest}, and not by chance.{also} Until it is, take the other for what counts.")


def _ridge(network: pd.Series, others: pd.DataFrame) -> str:
    """What a network must always stand beside, where the sentence has not named its error yet."""
    found = others[others["method"] == BESIDE]
    if found.empty or found.index[0] == others.index[0]:
        return ""
    ridge = found.iloc[0]
    if ridge["error"] == network["error"] == others["error"].min():
        return ""
    label = ridge["label"][:1].upper() + ridge["label"][1:]
    return f" {label}: {number_in_words(ridge['error'])}, {_gap(ridge, network)} the network’s."


def _gap(ridge: pd.Series, network: pd.Series) -> str:
    if ridge["error"] == network["error"]:
        return "the same as"
    if ridge["error"] > MANY_TIMES * network["error"] > 0:
        return f"{times(ridge['error'] / network['error'])}"
    return f"{_share(ridge['error'], network['error'])} {'above' if ridge['error'] > network['error'] else 'below'}"


def _less(one: pd.Series, other: pd.Series) -> str:
    return f"{(other['error'] - one['error']) / other['error']:.1%} less" if other["error"] else "no more"


def _more(one: float, other: float) -> str:
    """The other error, and how much more this one is."""
    if other == 0:
        return "none at all"
    if one > MANY_TIMES * other:
        return f"{number_in_words(other)}, {times(one / other)} the error"
    return f"{number_in_words(other)}, {_share(one, other)} more error"


def _share(one: float, other: float) -> str:
    return f"{abs(one - other) / other:.1%}"


def _error(row: pd.Series) -> str:
    return f"{NAMES[row['measure']]} {number_in_words(row['error'])}"


def _listed(names: list[str], last: str = "or") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
