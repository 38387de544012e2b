"""The settings that give the best forecast of a small network for a series, in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rnn.core.config import Config

from .fitting import checked, fitted_to
from .rule import rule
from .subject import subject_of

if TYPE_CHECKING:
    from rnn.core.series import Series


def recommended(series: Series, horizon: int | None = None, **fixed: Any) -> Config:
    """The Config that a person who touches nothing should train with, decided by the series alone.

    horizon: how many records ahead the forecast is to reach, all at once where the series is long enough to learn that; None
    chooses a season, or what is usual for the spacing. fixed: fields that are settled already, by name; the others adapt. Of
    many series in one the typical one decides. The same rule as `rnn.data.look.suggest`, which gives a reason for each field.

    Raises ValueError for a field or a value that Config would refuse, and for fixed fields that contradict each other; a
    series too short for any training is refused later, by training.
    """
    fixed = checked(fixed)
    if horizon is not None:
        horizon = checked({"horizon": horizon})["horizon"]
    subject = subject_of(series.values, series.target_columns, series.lengths, series.frequency, None)
    chosen = rule(subject, fixed.get("horizon", horizon), fixed)
    return Config(**fitted_to({one.field: one.value for one in chosen}, fixed, subject.lengths))
