"""How the learning rate changes over the epochs."""

from __future__ import annotations

from collections.abc import Callable


def _constant(epoch: int, epochs: int) -> float:
    return 1.0


# name → factor on lr for the epoch (from 1 on) out of `epochs`.
SCHEDULES: dict[str, Callable[[int, int], float]] = {"constant": _constant}
