"""From suggestions to a Config that is valid: what the user has fixed stands, and the rest gives way to it and to the length
of the series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from rnn.core.config import PUBLISHED_ALGORITHM, Config
from rnn.core.field_check import check_field
from rnn.core.fields import FIELDS
from rnn.core.windows import split_windows

SOME_SEASON = 12  # where a season is asked for that nobody has found
LEAST_TRAINED = 8  # 1 / the share of the records that training windows should begin at, where it can be had


def checked(fixed: Mapping[str, Any]) -> dict[str, Any]:
    """The fixed values as their fields' own types. Raises ValueError as Config does, each field by itself."""
    found = {}
    for name, value in fixed.items():
        if name not in FIELDS:
            raise ValueError(f"{name!r} is not a config field; the fields are {', '.join(FIELDS)}.")
        found[name] = check_field(name, value)
    return found


def fitted_to(values: Mapping[str, Any], fixed: Mapping[str, Any], lengths: Sequence[int]) -> dict[str, Any]:
    """The values with `fixed` in their place, and the others changed until they make a Config that the typical one of
    `lengths` can be trained with, or where that cannot be the longest.

    Raises ValueError where the fixed fields contradict each other, as Config does.
    """
    found = _consistent({**values, **fixed}, fixed)
    count = sorted(lengths)[len(lengths) // 2]
    settled = {*fixed, "horizon"}  # how far to look ahead is the last thing to give up
    for rows, least, kept in (
        (count, count // LEAST_TRAINED, settled),
        (count, 1, settled),
        (count, 1, set(fixed)),
        (max(lengths), 1, set(fixed)),
    ):
        shorter = _shortened(found, kept, rows, least)
        if shorter is not None:
            return shorter
    return found


def _consistent(values: dict[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """Fields that the fixed ones leave no choice."""
    found = dict(values)

    def give_way(**changes: Any) -> None:
        found.update({name: value for name, value in changes.items() if name not in fixed})

    if found.get("gradient") == "published":
        give_way(**PUBLISHED_ALGORITHM, scaling="none", season=None)
        give_way(truncate=min(5, found["window"]), lr=1e-4)
    if found.get("dropout"):
        give_way(layers=2)
    if found.get("season") is None:
        if "season" in fixed:
            give_way(**{name: "none" for name in ("residual", "difference") if found[name].startswith("season")})
        if {"seasonal", "seasons"} & {found["residual"], found["difference"]}:
            give_way(season=SOME_SEASON)
    _divide(found, fixed)
    return found


def _divide(found: dict[str, Any], fixed: Mapping[str, Any]) -> None:
    """A window of whole patches, and as many steps as the error is to travel back."""
    window, patch, steps = found["window"], found["patch"], found.get("truncate") or 1
    if "patch" not in fixed:
        most = max(1, min(patch, window // steps))
        patch = next(size for size in range(most, 0, -1) if window % size == 0)
    if "window" not in fixed:
        window = max(steps, -(-window // patch)) * patch
        if window > 100_000:
            window = window // patch * patch
    found["window"], found["patch"] = window, patch
    if "truncate" not in fixed and steps > window // patch:
        found["truncate"] = None


def _shortened(values: dict[str, Any], fixed: Set[str], rows: int, least: int) -> dict[str, Any] | None:
    """The values with what is not fixed made smaller until `least` windows are left to train on; None where nothing helps."""
    found = dict(values)
    while True:
        if _trained(found, rows) >= least:
            return found
        if not _give_up_something(found, fixed):
            return None


def _give_up_something(found: dict[str, Any], fixed: Set[str]) -> bool:
    """Make one field smaller, those first that cost the forecast least; False where there is none left."""
    free = [
        name
        for name in ("window", "residual", "difference", "patch", "season", "validation", "horizon")
        if name not in fixed
    ]
    smallest = found["patch"] * (found.get("truncate") or 1)
    if "window" in free and found["window"] > max(smallest, 2):
        found["window"] = max(smallest, found["window"] // 2 // found["patch"] * found["patch"])
    elif "difference" in free and found["difference"] != "none":
        found["difference"] = "none"
    elif "residual" in free and found["residual"].startswith("season"):
        found["residual"] = "last"
    elif "patch" in free and found["patch"] > 1:
        found["patch"] = 1
    elif "window" in free and found["window"] > smallest:
        found["window"] = smallest
    elif "season" in free and _looks_back(found) and (found["season"] or 1) > 1:
        found["season"] //= 2
    elif "validation" in free and found["validation"] != 1:
        found["validation"] = 1
    elif "horizon" in free and found["horizon"] > 1:
        found["horizon"] //= 2
    else:
        return False
    return True


def _looks_back(found: Mapping[str, Any]) -> bool:
    """Whether a residual or a difference that is fixed still reads a season before."""
    return any(found[name].startswith("season") for name in ("residual", "difference"))


def _trained(values: dict[str, Any], rows: int) -> int:
    try:
        return split_windows(Config(**values), rows).train
    except ValueError:
        Config(**values)  # a contradiction among the fixed fields is the user's to see
        return 0
