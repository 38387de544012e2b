"""Which repairs of the data are chosen: adding one, undoing one, and what the doctor says of what they leave."""

from __future__ import annotations

import dataclasses

import streamlit as st

from rnn.data import SAMPLES, BadFile
from rnn.data.doctor import Diagnosis, diagnose
from rnn.data.repair import Repair, Sheet, repaired, repairs_from_json, repairs_json
from rnn.data.shape.build import Part
from rnn.data.times.frequency import infer_frequency
from rnn.ui import chosen_series, series_choice
from rnn.ui.chosen_series import Choice, repairs_of
from rnn.ui.collector import give_memory_back
from rnn.ui.series_choice import repairs_key

MANY = 1_000_000  # rows after which freed memory is worth giving back
REFUSED, PREVIEWED, PART = "repair_refused", "repair_previewed", "doctor_part"


def examined(choice: Choice) -> Part:
    """The rows of the series that the doctor looks at, as they stand in the file: of many series the one picked for it.
    Raises BadFile where the table cannot give it."""
    parts = parts_of(choice)
    picked = st.session_state.get(PART)
    return next((part for part in parts if part.name == picked), parts[0])


def names_of_parts(choice: Choice) -> list[str]:
    """The series of the choice, any of which the doctor can look at."""
    return [part.name for part in parts_of(choice)]


@st.cache_resource(max_entries=4, show_spinner=False)
def parts_of(choice: Choice) -> tuple[Part, ...]:
    """The rows of each series of the choice as they stand in the file, before any repair."""
    asked = {name: value for name, value in choice.asked.items() if name != "repairs"}
    return chosen_series.read_table(choice.data, choice.reading).parts(**asked)


def columns_of(choice: Choice) -> list[str]:
    """The columns that the doctor examines: those to predict and those that are fed in moment by moment."""
    return [name for name in examined(choice).frame.columns if name not in choice.static]


def add(repair: Repair) -> None:
    """Append it to the current choice's repairs, unless no series can be made with it. For callbacks."""
    choice = series_choice.current_choice()
    _try((*repairs_of(choice), repair), choice)


def remove(place: int) -> None:
    """Leave out the repair at this place of the list. For callbacks."""
    choice = series_choice.current_choice()
    repairs = list(repairs_of(choice))
    if place < len(repairs):
        del repairs[place]
        _set(tuple(repairs), choice.data)


def remove_all() -> None:
    _set((), series_choice.current_choice().data)


def show_preview(repair: Repair | None, place: str = "") -> None:
    """Show what a repair would do, at a place of the page; None: nothing. For callbacks."""
    st.session_state[REFUSED] = None
    st.session_state[PREVIEWED] = None if repair is None else (repairs_json([repair]), place)


def previewed() -> tuple[Repair, str] | None:
    """The repair that is being looked at, and where on the page."""
    shown = st.session_state.get(PREVIEWED)
    return (repairs_from_json(shown[0])[0], shown[1]) if shown else None


def _try(repairs: tuple[Repair, ...], choice: Choice) -> None:
    try:
        wanted = repairs_json(repairs)
        repairs_from_json(wanted)
        chosen_series.receipt_of(dataclasses.replace(choice, repairs=wanted))
    except (BadFile, ValueError) as error:
        st.session_state[REFUSED] = str(error)
        return
    _set(repairs, choice.data)


def _set(repairs: tuple[Repair, ...], data: str) -> None:
    st.session_state[repairs_key(data)] = repairs_json(repairs)
    st.session_state[PREVIEWED] = st.session_state[REFUSED] = None


def sheet_of(choice: Choice) -> Sheet:
    """The examined columns after the repairs, before what a series cannot do without. Raises BadFile."""
    return _sheet(choice, examined(choice).name)


@st.cache_resource(max_entries=8, show_spinner=False)
def _sheet(choice: Choice, name: str) -> Sheet:
    part = next(one for one in parts_of(choice) if one.name == name)
    return repaired(part.frame[columns_of(choice)], part.times, repairs_of(choice))[0]


def diagnoses_of(choice: Choice) -> tuple[Diagnosis, ...]:
    """What the doctor says of the data as the repairs leave them. Raises BadFile."""
    return _diagnoses(choice, examined(choice).name)


@st.cache_resource(max_entries=16, show_spinner="Examining the data …")
def _diagnoses(choice: Choice, name: str) -> tuple[Diagnosis, ...]:
    table, sheet = chosen_series.read_table(choice.data, choice.reading), _sheet(choice, name)
    if len(sheet) > MANY:
        give_memory_back()  # the examination takes a dozen columns more for a moment
    dated = sheet.times is not None and sheet.times.dtype.kind == "M"
    frequency = infer_frequency(sheet.ordered().times)[0] if dated else None
    sample = SAMPLES.get(choice.data)
    findings = () if any(one.kind == "fill" for one in repairs_of(choice)) else table.findings
    return diagnose(
        sheet.frame,
        sheet.times,
        columns_of(choice),
        frequency=frequency,
        season=sample.season if sample else None,
        findings=findings,
    )
