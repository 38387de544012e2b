"""The series picker of the side bar: samples and uploads by name, an upload, the columns, and a small picture."""

from __future__ import annotations

import streamlit as st

from rnn.data import BadFile
from rnn.ui import chosen_series, series_choice
from rnn.ui.chosen_series import Choice
from rnn.ui.series_columns import draw_columns
from rnn.ui.sparkline import draw_sparkline
from rnn.ui.stored_series import STORED
from rnn.ui.wording import escaped, told_apart

_PICK, _UPLOAD, _PROBLEM = "series_pick", "series_upload", "upload_problem"


def draw_series_picker() -> Choice:
    """Draws it and returns what is chosen."""
    draw_refused()
    titles = told_apart(series_choice.known_data())
    st.session_state[_PICK] = st.session_state["data"]
    st.selectbox(
        "Series", list(titles), format_func=titles.__getitem__, key=_PICK, on_change=_picked,
        help="Bundled samples, and the files that you uploaded. The Data page shows each with its picture and licence.",
    )  # fmt: skip
    draw_upload()
    choice = series_choice.current_choice()
    if choice.data.startswith(STORED):
        st.caption("The series of a run as the store has it; its file is not here, so its columns are fixed.")
    else:
        draw_columns(series_choice.current_table(), choice.data)
        choice = series_choice.current_choice()
    _draw_picture(choice)
    return choice


def draw_refused() -> None:
    """Once: what of the link could not be taken."""
    refused = st.session_state.pop(series_choice.REFUSED, None)
    if refused:
        st.warning(escaped(refused, 400), icon=":material/link_off:")


def draw_upload(label: str = "Your own file") -> None:
    """The upload, and the sentence about the last file that could not be read; the chosen series then stays."""
    st.file_uploader(
        label, key=_UPLOAD, on_change=_uploaded,
        help="CSV or text, Excel, Parquet, JSON, sound or DNA, zipped or not: a column of numbers is enough, a time column is "
        "found by itself. Up to 200 MB.",
    )  # fmt: skip
    if problem := st.session_state.get(_PROBLEM):
        st.error(escaped(problem, 600), icon=":material/error:")


def _picked() -> None:
    data = st.session_state[_PICK]
    if data is not None:
        st.session_state[_PROBLEM] = None
        series_choice.pick(data)


def _uploaded() -> None:
    upload = st.session_state[_UPLOAD]
    st.session_state[_PROBLEM] = None
    if upload is None:
        return
    try:
        series_choice.take_upload(upload.name, upload.getvalue())
    except BadFile as error:
        st.session_state[_PROBLEM] = str(error)


def _draw_picture(choice: Choice) -> None:
    series, problem = chosen_series.series_or_problem(choice)
    if problem is not None:
        return  # the settings' note says it
    values = series.values[:, series.target_columns[0]]
    draw_sparkline(values, width=260, height=40, label=f"{len(series):,} records of {series.targets[0]}")
    if series.lengths:
        st.caption(f"{len(series.lengths):,} series in one network, {len(series):,} records in all")
        return
    st.caption(f"{len(series):,} records, {_span(series.times[0])} to {_span(series.times[-1])}")


def _span(moment: object) -> str:
    text = str(moment).replace("T", " ")
    return text.split(".")[0].removesuffix(" 00:00:00") if "-" in text else text
