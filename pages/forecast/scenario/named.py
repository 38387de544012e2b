"""The scenarios that a session keeps of a run's series: each a name, where it came from, and the cells that it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from pages.forecast import future_table
from pages.forecast.future_table import Cells

MOST = 8
LONGEST_NAME = 40
_KEPT, _OPEN, _NAME = "scenarios", "scenario_open", "scenario_name"


@dataclass(frozen=True)
class Scenario:
    """subject: under which the session keeps its cells (`future_table`). number: tells it from others of the same series.
    notes: what was said when it was read from a file."""

    subject: str
    number: int
    name: str
    notes: tuple[str, ...] = ()

    @property
    def cells(self) -> Cells:
        return future_table.given_of(self.subject)


def kept(base: str) -> tuple[Scenario, ...]:
    """Those of a series; base: the subject of its own future."""
    found: tuple[Scenario, ...] = st.session_state.get(_KEPT, {}).get(base, ())
    return found


def add(base: str, name: str, cells: Cells | None = None, notes: Sequence[str] = ()) -> Scenario:
    """One more, and the one that is open. A name that is taken gets a number."""
    others = kept(base)
    number = max((one.number for one in others), default=0) + 1
    made = Scenario(f"{base}#{number}", number, _free(name or f"Scenario {number}", others), tuple(notes))
    st.session_state.setdefault(_KEPT, {})[base] = (*others, made)
    future_table.give(made.subject, cells or {})
    show(made.number)
    return made


def copy(base: str, one: Scenario) -> None:
    """Callback: the same once more, to be changed from there."""
    add(base, one.name, one.cells, one.notes)


def remove(base: str, one: Scenario) -> None:
    """Callback."""
    left = tuple(other for other in kept(base) if other.number != one.number)
    st.session_state[_KEPT][base] = left
    future_table.forget(one.subject)
    if left:
        show(left[-1].number)


def rename(base: str, one: Scenario) -> None:
    """Callback of the field that holds its name."""
    others = tuple(other for other in kept(base) if other.number != one.number)
    wanted = " ".join(str(st.session_state.get(name_key(one), "")).split())[:LONGEST_NAME]
    name = _free(wanted, others) if wanted else one.name
    st.session_state[name_key(one)] = name
    st.session_state[_KEPT][base] = tuple(
        replace(other, name=name) if other.number == one.number else other for other in kept(base)
    )


def name_key(one: Scenario) -> str:
    return f"{_NAME}:{one.subject}"


def show(number: int) -> None:
    st.session_state[_OPEN] = number


def open_one(base: str) -> Scenario | None:
    """Draws the choice among several and returns the one whose cells are shown."""
    offered = {one.number: one for one in kept(base)}
    if not offered:
        return None
    if st.session_state.get(_OPEN) not in offered:
        show(next(iter(offered)))
    if len(offered) == 1:
        return next(iter(offered.values()))
    chosen = st.segmented_control(
        "Scenario", list(offered), key=_OPEN, format_func=lambda number: offered[number].name, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return offered[chosen]


def _free(name: str, others: Sequence[Scenario]) -> str:
    taken = {one.name for one in others} | {"Base"}
    name = " ".join(name.split())[:LONGEST_NAME]
    if name not in taken:
        return name
    return next(f"{name} {k}" for k in range(2, len(taken) + 3) if f"{name} {k}" not in taken)
