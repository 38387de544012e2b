"""The series that a step of the walk looks at: the article's sine, or the one that the user has chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from rnn.core.article import article_series
from rnn.core.series import Series
from rnn.ui import series_choice
from rnn.ui.chosen_series import series_or_problem
from rnn.ui.wording import escaped

SINE, OWN = "the article’s sine", "your series"
MOST = 2_000


@dataclass(frozen=True, eq=False)
class Values:
    """values: (N,), one column, original units. scaled: the same as the network reads them: less the mean, by the standard
    deviation; the sine as it is. name: of the column. own: whether it is the user's. remark: what of it is shown, where that
    is not all, as Markdown."""

    values: NDArray[np.float64]
    name: str
    own: bool
    remark: str = ""

    @property
    def scaled(self) -> NDArray[np.float64]:
        if not self.own:
            return self.values
        spread = float(self.values.std())
        return (self.values - self.values.mean()) / (spread if spread > 0 else 1.0)


def choose(key: str = "walk", least: int = 3) -> Values:
    """What is chosen, by a control named after `key`; for a series of fewer than `least` values a sentence and the sine."""
    sine = Values(article_series().values[:, 0], "sin(k)", own=False)
    own, problem = _own()
    if own is None or own.name == "article-sine":
        return sine
    which = st.segmented_control(
        "Series", [SINE, OWN], default=SINE, required=True, key=f"{key}_series", persist_state="session", wrap=True,
        format_func=lambda name: name if name == SINE else f"yours: {escaped(own.name, 30)}",
    )  # fmt: skip
    if which == SINE:
        return sine
    column = own.values[:, own.names.index(own.targets[0])]
    if len(column) < least:
        st.info(
            f"Your series has {len(column)} values; this step needs {least}. The sine is shown.", icon=":material/info:"
        )
        return sine
    remarks = [f"Yours: {escaped(own.targets[0])} of {escaped(own.name)}"]
    if len(column) > MOST:
        remarks.append(f"its last {MOST:,} of {len(column):,} values")
    if problem:
        remarks.append(problem)
    return Values(column[-MOST:], own.targets[0], own=True, remark=", ".join(remarks) + ".")


def draw_remark(found: Values) -> None:
    if found.remark:
        st.caption(found.remark)


def _own() -> tuple[Series | None, str]:
    """One series: of many, the first."""
    series, _ = series_or_problem(series_choice.current_choice())
    if not series.lengths:
        return series, ""
    return series.part(series.ids[0]), f"the first of {len(series.lengths)} series"


def window_at(values: Values, window: int, at: int) -> tuple[NDArray[np.float64], Any]:
    """The scaled window that begins at record `at`, and the value after it."""
    scaled = values.scaled
    return scaled[at : at + window], float(scaled[at + window])
