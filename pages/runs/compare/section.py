"""Several selected runs beside each other: curves, predictions, differences, all their numbers; and what to do with them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.runs import selection, undo
from pages.runs.compare import differences, losses, parallel, predictions
from pages.runs.compare.group import MOST_DRAWN, group_of
from rnn.runs.records import Run


def draw(runs: Sequence[Run], pinned: Run | None) -> None:
    """runs: the selected ones. pinned: the baseline, which stands beside them in grey."""
    others = [run for run in runs if pinned is None or run.id != pinned.id]
    if len(runs) + (pinned is not None and len(others) == len(runs)) < 2 or not others:
        return
    group = group_of(others, pinned)
    _draw_heading(runs, len(others))
    losses.draw(group)
    predictions.draw(group)
    differences.draw(others, pinned)
    parallel.draw(others, pinned)


def _draw_heading(runs: Sequence[Run], count: int) -> None:
    if len(runs) > 1:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="compare_actions"):
            st.subheader(f"{len(runs):,} runs compared", anchor=False, width="content")
            ids = [run.id for run in runs]
            st.button(
                "Clear selection", icon=":material/close:", on_click=selection.select, args=((),), key="clear_runs"
            )
            st.button(
                f"Delete {len(runs):,} runs", icon=":material/delete:", on_click=undo.delete, args=(ids,),
                key="delete_runs", help="They can be brought back.",
            )  # fmt: skip
    else:
        st.subheader("Beside the baseline", anchor=False)
    if count > MOST_DRAWN:
        st.caption(f"The first {MOST_DRAWN} of {count:,} are drawn; the differences and the parallel axes hold all.")
    if len(runs) > selection.MOST_LINKED:
        st.caption(f"The address holds the first {selection.MOST_LINKED} of them.")
