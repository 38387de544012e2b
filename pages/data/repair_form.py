"""A repair chosen by hand: its kind, the column, and a widget for each of its options."""

from __future__ import annotations

from typing import Any

import streamlit as st

from rnn.data import BadFile, Table
from rnn.data.repair import REPAIRS, Kind, Option, Repair, fitted_power, from_words, likely_aggregate
from rnn.ui import repair_choice
from rnn.ui.chosen_series import Choice
from rnn.ui.repair_preview import draw_preview
from rnn.ui.wording import escaped

PLACE = "by hand"
_ALL = "all columns"
_NUMERIC = {"number", "count"}


def draw(table: Table, choice: Choice) -> None:
    shown = repair_choice.previewed()
    by_hand = shown is not None and shown[1] == PLACE
    with st.expander("Add a repair by hand", expanded=by_hand, icon=":material/healing:"):
        kind = REPAIRS[
            st.selectbox(
                "Repair", list(REPAIRS), format_func=lambda name: REPAIRS[name].title, key="repair_kind", width=300
            )
        ]
        st.caption(escaped(kind.help, 900))
        column, options = _draw_options(kind, repair_choice.columns_of(choice))
        if kind.name == "grid":
            _draw_reasons(choice)
        if st.button("Preview", key="repair_preview_by_hand", icon=":material/preview:"):
            _look(choice, kind, column, options, dated=table.time is not None and _dated(table))
        if by_hand:
            draw_preview(choice, shown[0])


def _draw_reasons(choice: Choice) -> None:
    """Which aggregate "auto" takes for each column, and why."""
    sheet = repair_choice.sheet_of(choice).ordered()
    reasons = [
        (name, *likely_aggregate(name, values)) for name, values in zip(sheet.names, sheet.values.T, strict=True)
    ]
    lines = [f"{escaped(name)}: {how}, because {why}" for name, how, why in reasons[:8]]
    st.caption(f"“auto” takes for {'; for '.join(lines)}.")


def _draw_options(kind: Kind, columns: list[str]) -> tuple[str | None, dict[str, Any]]:
    column = None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if kind.column != "none":
            offered = [_ALL, *columns] if kind.column == "any" else columns
            column = st.selectbox("Column", offered, key=f"repair_column_{kind.name}", width=200)
        options = {option.name: _draw_option(kind, option) for option in kind.options}
    return (None if column == _ALL else column), options


def _draw_option(kind: Kind, option: Option) -> Any:
    label, key = option.name.replace("_", " ").capitalize(), f"repair_{kind.name}_{option.name}"
    if option.kind == "choice":
        return st.selectbox(label, option.allowed, key=key, help=option.help, width=180)
    if option.kind == "aggregate":
        return st.selectbox(
            label, ("auto", "mean", "sum", "last", "first", "min", "max"), key=key, help=option.help, width=180
        )
    if option.kind in _NUMERIC:
        whole = option.kind == "count"
        return st.number_input(
            label, value=option.default, min_value=1 if whole else None, step=1 if whole else None,
            format="%d" if whole else "%g", key=key, help=option.help, width=160, placeholder="empty",
        )  # fmt: skip
    examples = {"rows": "12-18, 40", "numbers": "-999, 9999", "moment": "2020-03-31", "frequency": "D"}
    return st.text_input(label, key=key, help=option.help, width=200, placeholder=examples[option.kind])


def _dated(table: Table) -> bool:
    return bool(table.frame[table.time].dtype.kind == "M")


def _look(choice: Choice, kind: Kind, column: str | None, options: dict[str, Any], dated: bool) -> None:
    """Preview what the form says, or say what is wrong with it."""
    try:
        said = {option.name: _said(option, options[option.name], dated) for option in kind.options}
        if kind.name == "boxcox" and said["power"] is None:
            sheet = repair_choice.sheet_of(choice).ordered()
            said["power"] = fitted_power(sheet.values[:, sheet.names.index(str(column))], said["add"] or 0.0)
        repair_choice.show_preview(Repair(kind.name, column, said), PLACE)
    except (BadFile, ValueError) as error:
        st.error(escaped(str(error), 600), icon=":material/block:")
        return
    st.rerun()


def _said(option: Option, value: Any, dated: bool) -> Any:
    """What a widget holds as the option wants it; an empty one is the default. dated: whether times are dates."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if option.kind == "rows":
        return from_words(value)
    if option.kind == "numbers":
        try:
            return [float(one) for one in value.replace(";", ",").split(",") if one.strip()]
        except ValueError:
            raise ValueError(
                f"{option.name}={value!r} must be numbers separated by commas, such as -999, 9999."
            ) from None
    if option.kind == "moment":
        try:
            return value.strip() if dated else float(value)
        except ValueError:
            raise ValueError(f"{option.name}={value!r} must be a number, as the times of this file are.") from None
    return value
