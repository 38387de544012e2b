"""The sections of the page and the control that opens one of them: only the open one is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.forecast import ahead
from pages.forecast.backtest import section as backtest
from pages.forecast.ranking import section as ranking
from pages.forecast.residuals import section as residuals
from pages.forecast.scenario import section as scenario
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.runs.records import Run

Draw = Callable[[Run, Fit, Series], None]

# Name → what draws it. The name stands in the page's address as well (`section=…`), so it must not change lightly.
SECTIONS: dict[str, Draw] = {
    "Forecast": ahead.draw,
    "Backtest": backtest.draw,
    "Ranking": ranking.draw,
    "Residuals": residuals.draw,
    "Scenario": scenario.draw,
}
_KEY = "section"


def draw(run: Run, fit: Fit, whole: Series) -> None:
    """fit: of the series shown. whole: all that the run learned from."""
    names = list(SECTIONS)
    chosen = names[0]
    if len(names) > 1:
        chosen = st.segmented_control(
            "Section", names, default=names[0], key=_KEY, required=True, bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
    SECTIONS[chosen](run, fit, whole)
