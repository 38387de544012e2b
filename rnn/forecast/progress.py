"""How far a long computation is: what backtests, automatic choices and other studies report while they go on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """done: pieces of work finished, of `total`. note: what was just done, for the reader."""

    done: int
    total: int
    note: str
