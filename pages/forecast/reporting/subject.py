"""What a report is about, gathered while the page is drawn: the rest is made when the report is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast import Verdict
from rnn.runs.records import Change, Run


@dataclass(frozen=True, eq=False)
class Subject:
    """run, fit (of the series shown), whole (all that the run learned from). steps, levels, target (a number): of the
    forecast. frame: the forecast of all targets; future: that of the target shown. verdict: on the run, None where there is
    none yet; changes: made to it in mid-run. backtest: the request of the plan that the page stands at, None where the
    series is too short for it. rivals: runs on the same series, the one shown first. theta: the forecast is the mean with
    Theta's."""

    run: Run
    fit: Fit
    whole: Series
    steps: int
    levels: tuple[int, ...]
    target: int
    frame: pd.DataFrame
    future: pd.DataFrame
    verdict: Verdict | None
    changes: tuple[Change, ...]
    backtest: dict[str, Any] | None
    rivals: tuple[Run, ...]
    theta: bool = False

    @property
    def name(self) -> str:
        """Of the target shown."""
        return self.fit.model.targets[self.target]
