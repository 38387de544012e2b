"""What became of every row of the file: the sum that always adds up."""

from __future__ import annotations

import streamlit as st

from rnn.data import Table
from rnn.ui import chosen_series
from rnn.ui.chosen_series import Choice
from rnn.ui.wording import escaped


def draw(table: Table, choice: Choice) -> None:
    receipt = chosen_series.receipt_of(choice)
    things = f"{table.unit(choice.asked['ids'])}s"
    made = f" + **{receipt.added:,}** made" if receipt.added else ""
    merged = f", {receipt.merged:,} merged into another row" if receipt.merged else ""
    left_out = "".join(f", {count:,} left out ({escaped(reason)})" for reason, count in receipt.reasons)
    filled = f"; {receipt.filled:,} missing values filled in" if receipt.filled else ""
    st.markdown(
        f"**{receipt.rows:,}** {things} in the file{made} = **{receipt.used:,}** used{merged}{left_out or ', none left out'}"
        f"{filled}."
    )
    _draw_lines(table)


def _draw_lines(table: Table) -> None:
    """All lines of the file, header and notes included. Where the file was unrolled its rows are those before that."""
    read = table.before or table
    if not table.skipped or read.other_reading:
        return
    others = " + ".join(f"{count:,} {escaped(reason.replace('-', ' '))}" for reason, count in table.skipped)
    total = read.rows + sum(count for _, count in table.skipped)
    st.caption(f"The file itself: {total:,} rows = {read.rows:,} of data + {others}.")
