"""The section "Scenario": what would be forecast if the columns that are known ahead went otherwise."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.forecast import future_table, known_ahead, outlook, request
from pages.forecast.outlook import Outlook
from pages.forecast.request import Request
from pages.forecast.scenario import comparison, named, upload
from pages.forecast.scenario.named import Scenario
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast.known_future import steps_needed
from rnn.runs.records import Run
from rnn.ui import series_future
from rnn.ui.series_future import Future
from rnn.ui.wording import escaped, number_in_words

Array = NDArray[np.float64]

BEYOND = 0.01  # of what the record spans; less than that further out is nothing new


def draw(run: Run, fit: Fit, whole: Series) -> None:
    """fit: of the series shown. whole: all that the run learned from."""
    future = series_future.of(run, fit) if fit.model.known else None
    if future is None or not future.written:
        _draw_nothing(calendar=future is not None)
        return
    asked = request.draw(fit, known_ahead.reach(run, fit))
    needed = steps_needed(fit.config, asked.steps)
    base = known_ahead.subject_of(run, fit.series.name)
    values, enough = known_ahead.draw(run, fit, asked.steps, title="Base: the future of")
    if not enough:
        with st.expander("Or read it from a file", icon=":material/upload_file:"):
            upload.draw(run, fit, base, future, needed, into_base=True)
        return
    assert values is not None
    known = Future(future.series, values)
    opened = _draw_choice(run, fit, base, known, needed)
    if opened is not None:
        _draw_cells(base, opened, known, fit, needed)
    _draw_forecasts(run, fit, whole, base, known, asked, needed)


def _draw_nothing(calendar: bool) -> None:
    what = "The calendar is all that this network knows ahead, and that cannot be changed." if calendar else (
        "A scenario changes what is known ahead, such as a price that you set or a holiday, and this network was trained "
        "without such a column."
    )  # fmt: skip
    st.info(
        f"{what} Where your file has one, choose it as **Also fed in** and then **Of these, known ahead**, and train again; "
        "the network then reads it for the steps that it forecasts.",
        icon=":material/alt_route:",
    )
    st.page_link("data/page.py", label="Choose the columns on Data", icon=":material/table_chart:")


def _draw_choice(run: Run, fit: Fit, base: str, known: Future, needed: int) -> Scenario | None:
    """Draws which scenarios there are and how to come to more; returns the one whose cells are shown."""
    count = len(named.kept(base))
    with st.container(horizontal=True, vertical_alignment="center", key="scenario_choice"):
        opened = named.open_one(base)
        full = count >= named.MOST
        st.button(
            "New scenario", icon=":material/add:", key="new_scenario", on_click=named.add, args=(base, ""), disabled=full,
            help="Begins as the base; change its cells in the table.",
        )  # fmt: skip
        with st.popover("From a file", icon=":material/upload_file:", disabled=full):
            upload.draw(run, fit, base, known, needed, into_base=False)
    if full:
        st.caption(f"{named.MOST} scenarios are kept at most; remove one to make another.")
    if not count:
        st.caption(
            ":material/alt_route: A scenario is the base with some cells changed. Make a new one, or read one from a file; its "
            "forecast is then drawn beside the base."
        )
    return opened


def _draw_cells(base: str, opened: Scenario, known: Future, fit: Fit, needed: int) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", key="scenario_head"):
            st.session_state.setdefault(named.name_key(opened), opened.name)
            st.text_input(
                "Name", key=named.name_key(opened), max_chars=named.LONGEST_NAME, width=260,
                on_change=named.rename, args=(base, opened),
            )  # fmt: skip
            st.button("Copy", icon=":material/content_copy:", key="copy_scenario", on_click=named.copy,
                      args=(base, opened), disabled=len(named.kept(base)) >= named.MOST)  # fmt: skip
            st.button(
                "Remove", icon=":material/delete:", key="remove_scenario", on_click=named.remove, args=(base, opened)
            )
        given = future_table.draw(
            opened.subject, known, fit, needed, caption=f"The known columns in {opened.name}, {needed} steps"
        )
        changed = sum(step < needed for step, _ in given)
        what = f"**{changed:,}** {'cell differs' if changed == 1 else 'cells differ'} from the base. " if changed else (
            "No cell differs from the base yet: write into the table. "
        )  # fmt: skip
        st.caption(what + " ".join(escaped(note, 300) for note in opened.notes))


def _draw_forecasts(run: Run, fit: Fit, whole: Series, base: str, known: Future, asked: Request, needed: int) -> None:
    """The forecast of the base and of each scenario that can be forecast, and what is wrong with the others."""
    id_ = fit.series.name if whole.lengths else None
    found: dict[str, Outlook] = {}
    assumed: dict[str, Array] = {}
    subjects = {comparison.BASE: {}} | {one.name: one.cells for one in named.kept(base)}
    for name, cells in subjects.items():
        values = known.filled(cells, needed)
        if np.isnan(values[:needed]).any():
            st.info(
                f"{escaped(name)} has empty cells, so it is not drawn; fill them in.", icon=":material/edit_calendar:"
            )
            continue
        try:
            found[name] = outlook.outlook_of(run, asked.steps, asked.levels, id_, values)
            assumed[name] = values
        except ValueError as error:
            st.error(f"{escaped(name)}: {escaped(str(error), 600)}", icon=":material/error:")
    if comparison.BASE in found:
        comparison.draw(f"{run.id}:{fit.series.name}:{asked.target}", fit, asked, found, assumed)
    for name, values in assumed.items():
        if name != comparison.BASE and (warning := beyond(fit, known.written, values[:needed])):
            st.caption(f":material/warning: {escaped(name)}: {warning}")


def beyond(fit: Fit, written: tuple[str, ...], values: Array) -> str:
    """What goes further than anything in the record, where a network has nothing to go by; empty where nothing does."""
    sentences = []
    for name in written:
        record = fit.series.values[:, fit.series.names.index(name)]
        own, room = values[:, fit.model.known.index(name)], BEYOND * np.ptp(record)
        if own.min() < record.min() - room or own.max() > record.max() + room:
            furthest = own.max() if own.max() > record.max() + room else own.min()
            sentences.append(
                f"{escaped(name)} goes to {number_in_words(furthest)}, and the record holds {number_in_words(record.min())} to "
                f"{number_in_words(record.max())}."
            )
    return f"{' '.join(sentences)} Beyond what it has seen the network guesses." if sentences else ""
