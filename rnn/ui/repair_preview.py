"""A repair looked at before it is done: the column before and after, what would be done in words, Apply."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnn.data import BadFile
from rnn.data.repair import Preview, Repair, preview, repairs_from_json, repairs_json
from rnn.ui import repair_choice
from rnn.ui.chosen_series import Choice, repairs_of
from rnn.ui.figures.doctor import alt_repair, change_focus, repair_figure
from rnn.ui.live_chart import chart_view, live_chart
from rnn.ui.wording import escaped

KEY = "repair_chart"


def draw_preview(choice: Choice, repair: Repair) -> None:
    """Chart, sentence and buttons; a repair that cannot be done gets its sentence instead."""
    try:
        name = repair_choice.examined(choice).name
        shown = _preview(choice, name, repairs_json([repair]), repair_choice.columns_of(choice)[0])
    except BadFile as error:
        st.error(escaped(str(error), 600), icon=":material/block:")
        return
    st.fragment(_draw_chart)(shown, repr((choice, repair.to_dict())))
    receipt = shown.receipt
    changes = [f"{receipt.rows_in:,} rows → {receipt.rows_out:,}", f"{receipt.cells:,} values changed"]
    st.markdown(f"{escaped(receipt.sentence, 600)} {'; '.join(changes)}.")
    with st.container(horizontal=True):
        st.button(
            "Apply",
            key="repair_apply",
            type="primary",
            icon=":material/check:",
            on_click=repair_choice.add,
            args=(repair,),
        )
        st.button(
            "Close", key="repair_close", icon=":material/close:", on_click=repair_choice.show_preview, args=(None,)
        )


@st.cache_resource(max_entries=8, show_spinner=False)
def _preview(choice: Choice, name: str, repair: str, column: str) -> Preview:
    """name: the series that is looked at. repair: a list of one, as JSON text. column: the one to show where the repair is
    for whole rows."""
    part = next(one for one in repair_choice.parts_of(choice) if one.name == name)
    frame = part.frame[repair_choice.columns_of(choice)]
    return preview(frame, part.times, *repairs_from_json(repair), earlier=repairs_of(choice), column=column)


def _draw_chart(shown: Preview, identity: str) -> None:
    focus = change_focus(shown.times_before, shown.values_before, shown.times_after, shown.values_after)
    view = chart_view(KEY, identity, initial=focus)
    figure = repair_figure(
        shown.times_before,
        shown.values_before,
        shown.times_after,
        shown.values_after,
        name=shown.column,
        same_unit=shown.same_unit,
        time_label="" if np.issubdtype(shown.times_before.dtype, np.datetime64) else "row",
        view=view.x_range,
        focus=focus,
    )
    words = alt_repair(shown.values_before, shown.values_after, name=shown.column, sentence=shown.receipt.sentence)
    live_chart(figure, key=KEY, identity=identity, alt=words, height=280 if shown.same_unit else 380)
