"""What a backtest is asked to do, and the cut-offs that follow from it for a series: a rolling origin (Tashman 2000).

Cut-offs are counted from the end of the series, of many in one from the end of each, so that the last fold always ends with
the last record.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.windows import split_windows

KINDS = ("expanding", "sliding")
# Methods without training make do with so few records; each says itself what it falls back to.
LEAST_HISTORY = 2
MOST_NAMED = 5


@dataclass(frozen=True)
class Plan:
    """steps: records forecast from each cut-off. folds: how many cut-offs. spacing: records from one to the next (None: steps,
    so that every record is judged once). kind: "expanding", each fold learns from everything before its cut-off, or
    "sliding", from the last `length` records only (None: as many as the first fold has). retrain: train anew in each fold, or
    with retrain_every=3 in each third; otherwise once before the first cut-off, and later folds only read the newer records.

    Raises ValueError naming field, value and what is allowed.
    """

    steps: int
    folds: int = 5
    spacing: int | None = None
    kind: str = "expanding"
    retrain: bool = True
    length: int | None = None
    retrain_every: int = 1

    def __post_init__(self) -> None:
        for name, high, optional in (
            ("steps", 10_000, False), ("folds", 1000, False), ("spacing", 1_000_000, True), ("length", 100_000_000, True),
            ("retrain_every", 1000, False),
        ):  # fmt: skip
            value = getattr(self, name)
            if value is None and optional:
                continue
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 1 <= value <= high:
                raise ValueError(f"{name}={value!r} is not allowed; allowed: a whole number from 1 to {high}.")
            object.__setattr__(self, name, int(value))
        if self.kind not in KINDS:
            raise ValueError(f"kind={self.kind!r} is not allowed; allowed: {', '.join(KINDS)}.")
        if self.length is not None and self.kind != "sliding":
            raise ValueError(f"length={self.length} belongs to kind='sliding'; an expanding history has no length.")

    def trained_in(self, number: int) -> int:
        """The fold whose training fold `number` uses, its own or an earlier one."""
        return number - (number - 1) % self.retrain_every if self.retrain else 1

    def back(self, number: int, spare: int = 0) -> int:
        """Records from the cut-off of fold `number` (1, 2, …) to the end of the series, `spare` of them after the last one
        judged."""
        return spare + self.steps + (self.folds - number) * (self.spacing or self.steps)

    def learnt_from(self, rows: int, number: int, spare: int = 0) -> slice:
        """The records of a series of `rows` that fold `number` learns from: those before its cut-off, or the last of them."""
        end = rows - self.back(number, spare)
        if self.kind == "expanding":
            return slice(0, end)
        return slice(max(0, end - (self.length or rows - self.back(1, spare))), end)

    def to_dict(self) -> dict[str, Any]:
        """The fields as values that JSON takes."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Plan:
        """A plan from field values; fields that are missing (an older file) take their defaults. Raises ValueError for an
        unknown one."""
        known = [field.name for field in dataclasses.fields(cls)]
        unknown = [name for name in values if name not in known]
        if unknown or "steps" not in values:
            what = f"{unknown[0]!r} is no field of a plan" if unknown else "A plan needs steps"
            raise ValueError(f"{what}; the fields are {', '.join(known)}.")
        return cls(**values)


@dataclass(frozen=True)
class Cutoff:
    """One fold. number: 1, 2, …. record: the first record predicted, counted from 0; of many series in one that of the
    longest. back: records from there to the end of the series, the same in each. time, last_time: of the first and last
    record predicted; train_from, train_to: of the first and last that the fold learns from; of many series the earliest of
    the firsts and the latest of the lasts."""

    number: int
    record: int
    back: int
    time: Any
    last_time: Any
    train_from: Any
    train_to: Any


def cutoffs(series: Series, configs: Sequence[Config], plan: Plan) -> tuple[Cutoff, ...]:
    """The plan's folds for this series, all of them long enough to train every config. Of many series in one those that are
    too short are left out (`left_out` names them).

    Raises ValueError saying what to change where the series, or the longest of many, is too short.
    """
    parts = judged(series, configs, plan)
    spare = spare_records(series, configs, plan)
    longest = max(len(part) for part in parts)
    found = []
    for number in range(1, plan.folds + 1):
        back = plan.back(number, spare)
        rows = [plan.learnt_from(len(part), plan.trained_in(number), spare) for part in parts]
        found.append(
            Cutoff(
                number, longest - back, back,
                min(part.times[len(part) - back] for part in parts),
                max(part.times[len(part) - back + plan.steps - 1] for part in parts),
                min(part.times[one.start] for part, one in zip(parts, rows, strict=True)),
                max(part.times[one.stop - 1] for part, one in zip(parts, rows, strict=True)),
            )
        )  # fmt: skip
    return tuple(found)


def judged(series: Series, configs: Sequence[Config], plan: Plan) -> list[Series]:
    """The series that are long enough, each by itself, in their order. Raises ValueError as `cutoffs` does."""
    parts = parts_of(series)
    spare = spare_records(series, configs, plan)
    problems = {length: _problem(length, configs, plan, spare) for length in {len(part) for part in parts}}
    kept = [part for part in parts if problems[len(part)] is None]
    if kept:
        return kept
    longest = max(parts, key=len)
    which = (
        f"None of the {len(parts)} series is long enough. {longest.name!r} is the longest: " if series.lengths else ""
    )
    raise ValueError(f"{which}{problems[len(longest)]} {_remedy(len(longest), configs, plan, spare)}")


def left_out(series: Series, configs: Sequence[Config], plan: Plan) -> str:
    """Which of many series are too short for the plan, in a sentence; empty where none is."""
    kept = {part.name for part in judged(series, configs, plan)}
    short = [part for part in parts_of(series) if part.name not in kept]
    if not short:
        return ""
    named = ", ".join(f"{part.name!r} ({len(part)})" for part in short[:MOST_NAMED])
    more = f" and {len(short) - MOST_NAMED} more" if len(short) > MOST_NAMED else ""
    verbs = ("has", "is") if len(short) == 1 else ("have", "are")
    return (
        f"{len(short)} of {len(series.ids)} series {verbs[0]} too few records for this plan and {verbs[1]} left out: "
        f"{named}{more}."
    )


def parts_of(series: Series) -> list[Series]:
    """Each of many series by itself, named by its id; a single one as it is."""
    return series.apart() if series.lengths else [series]


def spare_records(series: Series, configs: Sequence[Config], plan: Plan) -> int:
    """Records kept after the last one judged, because a network reads its known columns over its whole horizon: those of a
    horizon beyond the plan's steps that the series' own future does not reach."""
    if not series.known:
        return 0
    future = 0 if series.future is None else len(series.future)
    return max(0, max((config.horizon for config in configs), default=1) - plan.steps - future)


def _problem(rows: int, configs: Sequence[Config], plan: Plan, spare: int) -> str | None:
    """Why a series of so many records is too short, as a sentence; None where it is not."""
    left = rows - plan.back(1, spare)
    spaced = f" {plan.spacing} apart" if plan.spacing not in (None, plan.steps) and plan.folds > 1 else ""
    folds = "one fold" if plan.folds == 1 else f"{plan.folds} folds"
    asked = f"The series has {rows} records, and {folds} of {plan.steps} steps{spaced}"
    if left < LEAST_HISTORY:
        return f"{asked} take {plan.back(1, spare)} of them, which leaves none to learn from."
    if plan.length is not None and plan.length > left:
        return f"{asked} leave {left} before the first cut-off, fewer than length={plan.length}."
    seen = plan.length or left
    for config in configs:
        try:
            split_windows(config.replace(test=0), seen)
        except ValueError as error:
            return f"{asked} leave {seen} to learn from in the first one. That is too few: {error}"
    return None


def _remedy(rows: int, configs: Sequence[Config], plan: Plan, spare: int) -> str:
    """What to change in the plan, as a sentence: the first change of one field that makes it fit."""
    for name in ("folds", "steps", "length"):
        value = getattr(plan, name)
        for smaller in range((value or 1) - 1, 0, -1):
            changed = dataclasses.replace(plan, **{name: smaller})
            if _problem(rows, configs, changed, spare) is None:
                return f"Or take {name}={smaller}{'' if name == 'length' else ' or fewer'}."
    return "No plan of fewer folds or steps fits; take a longer series or settings that read less."
