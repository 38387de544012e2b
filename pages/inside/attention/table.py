"""The values that move the forecast most, one a row."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.inside.attention import words
from pages.inside.attention.choices import Choice
from pages.inside.attention.measured import Effects
from pages.inside.view import View
from rnn.ui.wording import escaped, number_in_words

ROWS = 10


def draw(view: View, choice: Choice, effects: Effects) -> None:
    found = words.strongest(effects)[:ROWS]
    if found:
        st.markdown(f"##### What moves {escaped(words.output(view, choice), 300)} most")
        st.table(pd.DataFrame([_row(view, choice, effects, *pair) for pair in found]).set_index("Input"))


def _row(view: View, choice: Choice, effects: Effects, column: int, index: int) -> dict[str, str]:
    name, static = effects.names[column], effects.names[column] in effects.static
    row = {"Input": escaped(name), "When": "the whole window" if static else words.place(view, index)}
    if not choice.usually:
        row["When"] += "" if static else f" ({words.date(view, index)})"
        row["Value"] = number_in_words(view.series.values[view.window.first + index, column])
    row["1 more"] = words.change(effects.by_unit[column, index])
    row["Usual spread more"] = (
        f"{words.change(effects.by_spread[column, index])} (spread {number_in_words(effects.spread[column])})"
    )
    if choice.usually:
        low, high = effects.low[column, index], effects.high[column, index]
        row["1 more, in 8 of 10 windows"] = f"{number_in_words(low)} to {number_in_words(high)}".replace("-", "−")
    return row
