"""How far ahead to forecast where nobody has said: a season, or what is usual for the spacing, as far as the data allow."""

from __future__ import annotations

from pandas.tseries.frequencies import to_offset

from .subject import Subject
from .suggestion import Suggestion

FARTHEST = 60  # records of a season that is forecast as a whole
USUAL = 12
SHARE = 8  # 1 / the share of the series that a forecast may be long
# As the M4 competition asked (Makridakis, Spiliotis and Assimakopoulos 2020): first letters of the base alias → steps.
_BY_SPACING = {"YS": 6, "YE": 6, "QS": 8, "QE": 8, "MS": 18, "ME": 18, "W": 13, "D": 14, "B": 14, "h": 48}


def suggested_horizon(subject: Subject, asked: int | None) -> Suggestion:
    """asked: what the user wants, which stands."""
    if asked is not None:
        return Suggestion("horizon", asked, "As far as you ask for.")
    most = max(1, subject.count // SHARE)
    steps, why = USUAL, f"No season and no date says how far: {USUAL} records."
    season = subject.seasons[0] if subject.seasons else None
    spacing = _spacing(subject.frequency)
    if season is not None and season.records <= FARTHEST:
        called = f" (a {season.name})" if season.name else ""
        steps, why = season.records, f"One season of {season.records:,} records{called} ahead."
    elif spacing is not None:
        steps, why = spacing, f"{spacing} records are usual for this spacing."
    if steps > most:
        steps, why = most, f"No more than an eighth of the {subject.count:,} records can be learnt well at once."
    return Suggestion("horizon", steps, why)


def _spacing(frequency: str | None) -> int | None:
    if not frequency:
        return None
    try:
        offset = to_offset(frequency)
    except ValueError:
        return None
    if offset is None or offset.n != 1:
        return None
    return _BY_SPACING.get(offset.freqstr.split("-")[0].removeprefix("B") or "B")
