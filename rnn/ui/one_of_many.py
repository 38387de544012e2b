"""Which of many series in one is shown: a picker that the pages share, and the part of everything that belongs to it."""

from __future__ import annotations

import streamlit as st

from rnn.core.events import Preview
from rnn.core.panel import AnySplit, PanelSplit, Predicted
from rnn.core.series import Series
from rnn.core.windows import Split

KEY = "shown_series"


def draw_picker(series: Series, split: AnySplit | None) -> None:
    """The picker of the series shown, where there are several; those left out of training are not among them."""
    ids = split.trained if isinstance(split, PanelSplit) else series.ids
    if len(ids) > 1:
        if st.session_state.get(KEY) not in ids:
            st.session_state[KEY] = ids[0]
        st.selectbox("Series shown", ids, key=KEY, label_visibility="collapsed", width=220, persist_state="session")


def shown_id(series: Series, split: AnySplit | None = None) -> str:
    """The id of the series shown, the first one where none is picked; \"\" for a single series."""
    ids = split.trained if isinstance(split, PanelSplit) else series.ids
    picked = st.session_state.get(KEY)
    return picked if picked in ids else ids[0] if ids else ""


def shown(
    series: Series, split: AnySplit | None, preview: Predicted | None
) -> tuple[Series, Split | None, Predicted | None]:
    """The series shown, its split and its predictions: of many their one part, of a single series all as it is."""
    if not series.lengths:
        assert not isinstance(split, PanelSplit)
        return series, split, preview
    id_ = shown_id(series, split)
    if not isinstance(split, PanelSplit):
        return series.part(id_), None, None
    own: Preview | None = split.preview_of(preview, id_) if preview else None
    return series.part(id_), split.of(id_), own
