"""What was made of the file: kind, time, frequency, shape and what was noticed in reading it."""

from __future__ import annotations

import streamlit as st

from rnn.data import SAMPLES, Table
from rnn.ui.wording import escaped, frequency_in_words

SEPARATORS = {
    ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space", ":": "colon", "^": "caret", "~": "tilde",
    "||": "two bars", "::": "two colons",
}  # fmt: skip
_KINDS = {
    "csv": "text", "xlsx": "Excel", "xlsm": "Excel", "xlsb": "Excel", "xls": "Excel", "ods": "OpenDocument",
    "parquet": "Parquet", "arrow": "Arrow", "json": "JSON", "sound": "sound", "symbols": "symbols",
}  # fmt: skip
_SHAPES = {
    "long": "many series, one below another",
    "wide": "many series, side by side",
    "year-by-month": "a row a year, a column a month",
}
# So many of the findings stand open; more are folded away.
_OPEN = 3
# These are the doctor's, who has a picture and remedies for each.
_DOCTORS = frozenset(["unsorted", "repeated-times", "gaps", "missing", "sentinel", "not-numbers"])


def draw(table: Table) -> None:
    data = st.session_state["data"]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"##### What was understood of {escaped(table.name, 40)}", width="content")
        st.page_link("train/page.py", label="Train on this series", icon=":material/model_training:", width="content")
    with st.container(horizontal=True, gap="medium", key="understood"):
        for label, value in _facts(table).items():
            st.metric(label, value, width="content")
    if data in SAMPLES:
        sample = SAMPLES[data]
        st.caption(f"{sample.description} Source: {sample.source}. Licence: {sample.licence}.")
    _draw_findings(table)


def _facts(table: Table) -> dict[str, str]:
    """What stands in the row of figures, by its label; a text file's own marks only for text."""
    facts = {"Rows": f"{table.rows:,}", "Columns": f"{len(table.frame.columns):,}"}
    facts["Time column"] = escaped(table.time or "none", 40)
    facts["Frequency"] = "irregular" if table.time else "–"
    if table.frequency:
        facts["Frequency"] = frequency_in_words(table.frequency)
    if table.format == "sound":
        facts["Frequency"] = f"{table.choices['rate']:,} Hz"
    if table.ids:
        facts["Series"] = f"{len(table.ids):,}"
    facts["Kind"] = _KINDS.get(table.format, table.format)
    if table.format == "csv":
        facts["Encoding"] = table.encoding
        facts["Separator"] = SEPARATORS.get(table.delimiter, escaped(table.delimiter))
        facts["Decimal"] = {".": "point", ",": "comma"}[table.decimal]
    if table.format not in ("sound", "symbols", "parquet", "arrow", "json"):
        facts["Header"] = f"line {table.header_row}" if table.header_row else "none"
    return facts


def _draw_findings(table: Table) -> None:
    """What was found in reading the file, each in its sentence, with the rows that it concerns."""
    sentences = [escaped(found.message, 600) for found in table.findings if found.kind not in _DOCTORS]
    if table.shape in _SHAPES:
        sentences.insert(0, f"Its shape: {_SHAPES[table.shape]}.")
    for sentence in sentences[:_OPEN]:
        st.caption(f":material/info: {sentence}")
    if len(sentences) > _OPEN:
        with st.expander(f"{len(sentences) - _OPEN} more that was noticed in reading it"):
            for sentence in sentences[_OPEN:]:
                st.caption(f":material/info: {sentence}")
