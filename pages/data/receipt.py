"""What became of every row of the file: the sum that always adds up."""

from __future__ import annotations

import streamlit as st

from rnn.ui import series_choice
from rnn.ui.series_choice import Choice
from rnn.ui.wording import escaped


def draw(choice: Choice) -> None:
    receipt = series_choice.receipt_of(choice)
    left_out = "".join(f", {count:,} left out ({escaped(reason)})" for reason, count in receipt.reasons)
    filled = f"; {receipt.filled:,} missing values filled in" if receipt.filled else ""
    st.markdown(
        f"**{receipt.rows:,}** rows in the file = **{receipt.used:,}** used{left_out or ', none left out'}{filled}."
    )
    for found in receipt.findings:
        st.caption(f":material/info: {escaped(found.message, 600)}")
