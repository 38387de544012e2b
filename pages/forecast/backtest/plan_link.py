"""The plan of a backtest as it stands in the page's address: "2.12.sliding.once.3.0", and then the runs beside this one."""

from __future__ import annotations

import re
from typing import Any

from rnn.forecast.backtest import Plan

NAME = "plan"
PARTS = ("folds", "steps", "kind", "retrain", "seeds", "spacing", "others")
MOST = {"folds": 20, "steps": 10_000, "seeds": 10, "spacing": 100_000}
USUAL_SEEDS = 3
MOST_OTHERS = 4
_TRAINED = {"each": True, "once": False}
_FORM = re.compile(
    r"(\d{1,6})\.(\d{1,6})\.(expanding|sliding)\.(each|once)\.(\d{1,6})\.(\d{1,6})((?:\.\w{1,40}){0,4})", re.ASCII
)


def usual(plan: Plan) -> dict[str, Any]:
    """What the form begins with, part by part."""
    return {
        "folds": plan.folds, "steps": plan.steps, "kind": plan.kind, "retrain": plan.retrain, "seeds": USUAL_SEEDS,
        "spacing": plan.spacing or 0, "others": [],
    }  # fmt: skip


def write(values: dict[str, Any]) -> str:
    trained = "each" if values["retrain"] else "once"
    parts = (
        values["folds"],
        values["steps"],
        values["kind"],
        trained,
        values["seeds"],
        values["spacing"],
        *values["others"],
    )
    return ".".join(map(str, parts))


def read(text: str) -> dict[str, Any] | None:
    """What `write` wrote; None for anything else, and for numbers that the form does not have."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    folds, steps, kind, trained, seeds, spacing, others = found.groups()
    numbers = {"folds": int(folds), "steps": int(steps), "seeds": int(seeds), "spacing": int(spacing)}
    if any(not (name == "spacing" or value) or value > MOST[name] for name, value in numbers.items()):
        return None
    return {**numbers, "kind": kind, "retrain": _TRAINED[trained], "others": [one for one in others.split(".") if one]}
