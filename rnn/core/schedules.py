"""How the learning rate changes over a run: factors on lr as functions of the share of the run that is done.

share: updates done / updates of the whole run, 0 ≤ share < 1, taken before each update.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def _constant(share: float) -> float:
    return 1.0


def _step(share: float) -> float:
    """A tenth from half of the run on, a hundredth from three quarters on (He et al. 2016, section 4.2)."""
    if share < 0.5:
        return 1.0
    return 0.1 if share < 0.75 else 0.01


def _cosine(share: float) -> float:
    """Half a wave from 1 down to 0 (Loshchilov and Hutter 2017, equation 5, without restarts)."""
    return _half_wave(1.0, 0.0, share)


# PyTorch's OneCycleLR: share of the run that rises, and the factors it starts from and ends at.
RISE, FIRST, LAST = 0.3, 1 / 25, 1 / 250_000


def _onecycle(share: float) -> float:
    """One cycle (Smith and Topin 2019) in the two-phase cosine form of PyTorch's OneCycleLR; momentum is left alone.

    Over the first 30 % of the run it rises from 1/25 to 1, then falls to 1/250,000.
    """
    if share < RISE:
        return _half_wave(FIRST, 1.0, share / RISE)
    return _half_wave(1.0, LAST, (share - RISE) / (1 - RISE))


def _half_wave(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


# name → factor on lr.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": _constant,
    "step": _step,
    "cosine": _cosine,
    "onecycle": _onecycle,
}

# A warm-up starts here, not at 0: a step at rate 0 would be wasted.
WARMUP_START = 0.01


def factor(schedule: str, warmup: float, share: float) -> float:
    """The factor on lr when `share` of the run is done (more than all counts as all).

    Over the first `warmup` of the run it rises linearly to where the schedule starts (gradual warm-up, Goyal et al.
    2017); the schedule then runs over the rest. warmup: 0 (none) up to, but not including, 1.
    """
    share = min(share, 1.0)
    curve = SCHEDULES[schedule]
    if share < warmup:
        return curve(0.0) * (WARMUP_START + (1 - WARMUP_START) * share / warmup)
    return curve((share - warmup) / (1 - warmup))
