"""Which of many series in one is shown: a picker that the pages share, and the part of everything that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rnn.core.events import Preview
from rnn.core.panel import AnySplit, PanelSplit, Predicted
from rnn.core.series import Series
from rnn.core.windows import Split
from rnn.ui.page_address import put

KEY = "shown_series"
SHOWN = "shown"  # in the address, where it is not the first


def draw_picker(series: Series, split: AnySplit | None) -> None:
    """The picker of the series shown, where there are several; those left out of training are not among them."""
    ids = split.trained if isinstance(split, PanelSplit) else series.ids
    if len(ids) > 1:
        st.session_state[KEY] = _picked(ids)
        st.selectbox("Series shown", ids, key=KEY, label_visibility="collapsed", width=220, persist_state="session")
    picked = _picked(ids)
    put(SHOWN, picked if ids and picked != ids[0] else None)


def shown_id(series: Series, split: AnySplit | None = None) -> str:
    """The id of the series shown, the first one where none is picked; \"\" for a single series."""
    ids = split.trained if isinstance(split, PanelSplit) else series.ids
    return _picked(ids)


def _picked(ids: Sequence[str]) -> str:
    """The session's, at first the link's, else the first."""
    picked = st.session_state[KEY] if KEY in st.session_state else st.query_params.get(SHOWN)
    return str(picked) if picked in ids else ids[0] if ids else ""


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
