"""One setting that follows from a look at the series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Suggestion:
    """field: of rnn.Config. value: one that it takes. reason: one sentence, in plain words."""

    field: str
    value: Any
    reason: str
