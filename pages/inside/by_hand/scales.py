"""How far a slider reaches around a number, in round steps, and how many digits its field shows."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """low, high, step: of the slider. format: of both it and the number field, in printf's words."""

    low: float
    high: float
    step: float
    format: str


def scale_of(low: float, high: float, *, least: float | None = None) -> Scale:
    """From low to high in a hundred steps or some more, rounded outwards to whole ones; never below `least`."""
    span = high - low
    if not span > 0:
        span = abs(low) or 1.0
        low, high = low - span, high + span
    step = 10.0 ** math.floor(math.log10(span / 50))
    if span / step > 200:
        step *= 5
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    if least is not None:
        bottom = max(bottom, least)
    return Scale(_round(bottom, step), _round(top, step), step, _format(step))


def _round(number: float, step: float) -> float:
    """Without the dust of floating point: 0.30000000000000004 is 0.3."""
    return round(number, max(0, 3 - math.floor(math.log10(step))))


def _format(step: float) -> str:
    digits = max(0, 2 - math.floor(math.log10(step)))
    return f"%.{digits}f" if digits <= 9 and step < 1e9 else "%.6g"
