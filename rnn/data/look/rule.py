"""The rule behind `rnn.recommended` and behind what the Data page suggests: from a look at the series to settings.

Every number here was chosen by measurement over the development series of the M4 competition at several origins, see
`benchmarks/accuracy/`. There are three tracks: many seasons to learn from, few, and none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .horizon import suggested_horizon
from .season import Lag, suggested_season
from .subject import Subject
from .suggestion import Suggestion

Array64 = NDArray[np.float64]

MANY_SEASONS = 20
UPDATES = 400
MOST_WINDOW, SHARE_OF_WINDOW = 56, 5  # records of a window that no season sets, and 1 / its share of the series
LOWEST = 1e-3  # of the middle value: what comes nearer to zero would be all that a logarithm shows


def rule(subject: Subject, horizon: int | None = None, fixed: Mapping[str, Any] | None = None) -> list[Suggestion]:
    """A suggestion for each field that the rule decides, before they are fitted to the length of the series and to the
    fields that are `fixed`; those it takes as they are where it decides by them."""
    fixed = fixed or {}
    ahead = suggested_horizon(subject, horizon)
    log = _log(subject)
    season, lag = suggested_season(subject, ahead.value, fixed, log.value)
    framed = _framing(subject, lag)
    chosen = [season, ahead, *framed, log, *_network(lag), *_training(subject, lag, framed, ahead.value)]
    return [Suggestion(one.field, fixed[one.field], "Set by you.") if one.field in fixed else one for one in chosen]


def _framing(subject: Subject, lag: Lag | None) -> list[Suggestion]:
    """window, patch, residual, difference and scaling."""
    count = subject.count
    own = Suggestion(
        "scaling", "window",
        "Each window is measured by its own level and its own restlessness, so that growth leads to nothing new.",
    )  # fmt: skip
    whole = Suggestion("difference", "none", "What it would take away is taken away window by window.")
    if lag is None:
        window = max(1, min(MOST_WINDOW, count // SHARE_OF_WINDOW))
        patch = 4 if window >= 8 else 1
        return [
            Suggestion("window", window // patch * patch, "A fifth of the series, 56 records at most; no season sets it."),
            Suggestion("patch", patch, "A few records a step keep the memory short."),
            Suggestion("residual", "last", "Without a season the last value is the forecast to beat."),
            whole, own,
        ]  # fmt: skip
    seasons = lag.seasons_read
    patch = lag.period if lag.many else max(1, lag.period // 3)
    return [
        Suggestion("window", seasons * lag.period, f"{seasons} whole seasons of {lag.period:,} records."),
        Suggestion("patch", patch, "One season a step." if lag.many else "A part of a season a step."),
        Suggestion("residual", lag.residual, lag.why),
        whole, own,
    ]  # fmt: skip


def _log(subject: Subject) -> Suggestion:
    lowest, middle = float(subject.columns.min()), float(np.median(np.abs(subject.columns)))
    if lowest == subject.columns.max():
        return Suggestion("log", False, "All values are the same, so there are no changes in per cent to learn.")
    if not lowest > 0:
        return Suggestion("log", False, f"The lowest value is {lowest:.3g}, and zero and below have no logarithm.")
    if lowest < LOWEST * middle:
        return Suggestion(
            "log",
            False,
            f"The lowest value, {lowest:.3g}, is so near to zero that little else would show in logarithms.",
        )
    return Suggestion("log", True, "All values are above zero, and changes in per cent are the steadier thing.")


def _network(lag: Lag | None) -> list[Suggestion]:
    return [
        Suggestion("activation", "tanh", "Bounded units do not run away with a trend; the straight path follows it."),
        Suggestion("hidden", 8 if lag else 16, "A small network; larger ones forecast no better."),
        Suggestion("skip", "mean", "A line through the window is as good; the mean of the two is better.")
        if lag
        else Suggestion("skip", "linear", "A line through the window, solved before training, is a good start."),
        Suggestion("seeds", 3, "The median of three networks is steadier than any one."),
    ]  # fmt: skip


def _training(subject: Subject, lag: Lag | None, framed: list[Suggestion], horizon: int) -> list[Suggestion]:
    values = {one.field: one.value for one in framed}
    room = values["window"] + horizon - 1
    windows = sum(max(0, length - room) for length in subject.lengths)
    batch = 32
    while batch < 1024 and windows > batch * UPDATES:
        batch *= 2
    many = lag is not None and lag.many
    updates = UPDATES if many else UPDATES // 2
    epochs = max(4, -(-updates // max(1, round(0.8 * windows) // batch + 1)))
    return [
        Suggestion("loss", "mae", "Absolute errors: a few outliers do not decide."),
        Suggestion("lr", 5e-3 if many else 1e-3, "Quick where there is much to learn from, else careful."),
        Suggestion("schedule", "cosine", "Large steps first, small ones at the end."),
        Suggestion("warmup", 0.1, "The first steps are small, before the network knows the way."),
        Suggestion("batch", batch, "Small batches learn more an epoch; many windows take larger ones."),
        Suggestion("epochs", epochs, f"About {updates} steps of the optimiser, or a few times through a long series."),
        Suggestion("patience", None, "The schedule ends the run, not a validation part that lacks the newest records."),
        Suggestion("validation", 0.2, "The last fifth judges every epoch."),
        Suggestion("refit", True, "At the end it learns once more from all records, the newest among them."),
    ]
