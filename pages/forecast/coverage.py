"""Whether the intervals hold: their measured coverage beside the nominal one, in words and numbers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.forecast import measured
from pages.forecast.request import Request
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast.coverage import ALL, coverage_sentence
from rnn.runs.records import Run
from rnn.ui.figures.style import shortened
from rnn.ui.wording import escaped

_PLACES = {"validation": "Later half of validation", "test": "Test part"}
# Where chance alone moves the measured share by so much, it tells nothing.
MOST_CHANCE = 0.3


def draw(run: Run, fit: Fit, whole: Series, asked: Request) -> None:
    """Nothing where no interval is asked for."""
    if not asked.levels:
        return
    st.markdown("##### Do the intervals hold?")
    target = fit.model.targets[asked.target]
    frame = measured.coverage_of(run, asked.steps, asked.levels)
    lines = [in_words(frame, level, target) for level in asked.levels]
    if len(whole.parts) > 1:
        lines.append(f"Measured over all {len(whole.ids):,} series together, as the intervals are.")
    st.caption("  \n".join(escaped(line, 600) for line in lines))
    table = table_of(frame, target, several=len(whole.parts) > 1)
    st.dataframe(
        table, hide_index=True, row_height=36, placeholder="–", height=36 * (len(table) + 1) + 3,
        alt="How often the intervals held, " + "; ".join(f"{row['Interval']}: {row['Held']}" for _, row in table.iterrows()),
    )  # fmt: skip


def in_words(frame: pd.DataFrame, level: int, target: str) -> str:
    """What was found of one level; nothing is made of a coverage that chance could put anywhere."""
    row = frame[(frame["level"] == level) & (frame["step"] == ALL) & (frame["target"] == target)].iloc[-1]
    if not row["n"] or row["margin"] < MOST_CHANCE:
        return coverage_sentence(frame, level, target)
    count = f"{row['independent']:,} independent {'forecast' if row['independent'] == 1 else 'forecasts'}"
    return (
        f"Whether the {level} % intervals hold cannot be told yet: {row['measured']:.0%} of {row['n']:,} later values lay "
        f"within them, but these come to about {count}, and by chance it could be anything from "
        f"{max(0.0, row['nominal'] - row['margin']):.0%} up. Ask for fewer steps, or keep back a longer validation or test "
        "part."
    )


def table_of(frame: pd.DataFrame, target: str, *, several: bool) -> pd.DataFrame:
    """A row for each level and place, over all steps together. several: widths of many series have no one unit."""
    own = frame[(frame["step"] == ALL) & (frame["target"] == target)]
    table = pd.DataFrame({
        "Interval": [f"{level:g} %" for level in own["level"]],
        "Measured on": [_PLACES[where] for where in own["where"]],
        "Should hold": [f"{share:.1%}" for share in own["nominal"]],
        "Held": [f"{share:.1%}" if n else None for share, n in zip(own["measured"], own["n"], strict=True)],
        "Chance": [f"± {margin:.1%}" if n else None for margin, n in zip(own["margin"], own["n"], strict=True)],
        "Values": own["n"].to_numpy(),
    })  # fmt: skip
    return table if several else table.assign(**{f"Mean width, {shortened(target)}": own["width"].to_numpy()})
