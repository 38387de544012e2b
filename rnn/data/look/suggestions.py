"""Settings that follow from a look at the series, each with its reason in one sentence.

The rules were chosen by measurement (`benchmarks/accuracy/`, `benchmarks/suggestions.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .fitting import checked, fitted_to
from .rule import rule
from .seasons import Season
from .subject import subject_of
from .suggestion import Suggestion


def suggest(
    values: ArrayLike,
    times: ArrayLike | None = None,
    frequency: str | None = None,
    targets: Sequence[int] | None = None,
    *,
    seasons: Sequence[Season] | None = None,
    horizon: int | None = None,
    lengths: Sequence[int] = (),
    fixed: Mapping[str, Any] | None = None,
) -> tuple[Suggestion, ...]:
    """One suggestion for each field that `rnn.recommended` decides, with the values that it gives them; () where nothing can be
    said: fewer than eight records, a value missing, or all the same.

    values: (N,) or (N, D); times: (N,) or None; frequency: a pandas offset alias or None. targets: the columns to predict, the
    first of which decides (None: all). seasons: of that column, where they are known already (`find_seasons`). horizon: how
    far ahead (None: chosen as well). lengths: of many series in one. fixed: fields that are settled already.
    """
    array = np.asarray(values, dtype=np.float64)
    array = array[:, None] if array.ndim == 1 else array
    if len(array) == 0 or not np.isfinite(array).all():
        return ()
    chosen = targets if targets is not None else range(array.shape[1])
    subject = subject_of(array, chosen, lengths, frequency, seasons)
    if not subject.usable:
        return ()
    settled = checked(fixed or {})
    found = rule(subject, settled.get("horizon", horizon), settled)
    values_of = fitted_to({one.field: one.value for one in found}, settled, subject.lengths)
    return tuple(_changed(one, values_of[one.field], subject.count) for one in found)


def _changed(one: Suggestion, value: Any, count: int) -> Suggestion:
    if value == one.value:
        return one
    said = f"{value:,}" if isinstance(value, int) else str(value)
    return Suggestion(one.field, value, f"{one.reason.rstrip('.')}; {said} is what {count:,} records leave room for.")
