"""What the edits come to: the prediction in words, in a chart and in a table, and the states."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.inside.by_hand.effect import Effect
from pages.inside.by_hand.value_control import Chosen, place_of, places, record_key
from pages.inside.view import View
from rnn.ui.figures.by_hand import Change, Guess, Line, alt_by_hand, by_hand_figure
from rnn.ui.figures.style import moment
from rnn.ui.live_chart import Pick, live_chart
from rnn.ui.wording import escaped, number_in_words

HEIGHT, TALLER = 430, 540
MOST_UNITS, MOST_STEPS = 64, 500


def draw(view: View, effect: Effect, chosen: Chosen | None, *, edited: bool) -> None:
    """chosen: the value that the controls hold, None where they hold a weight."""
    targets = view.series.targets
    target = 0
    if len(targets) > 1:
        name = st.selectbox(
            "Target shown", targets, key=f"by_hand_target:{view.run.id}", width=220, persist_state="session"
        )
        target = targets.index(name)
    st.markdown(_in_words(view, effect, edited=edited))
    if not effect.finite:
        st.warning(
            "With these weights the network’s numbers grow beyond what the computer can hold, so there is nothing to draw. "
            "Undo the last change, or make it smaller.",
            icon=":material/warning:",
        )
        return
    if view.config.seeds > 1:
        before, after = (one.whole[0, target] for one in (effect.before, effect.after))
        moves = f"goes from {number_in_words(before)} to" if after != before else "is"
        st.caption(
            f"Shown is network {view.part.member + 1} by itself. The median of all {view.config.seeds} {moves} "
            f"{number_in_words(after)} at the first step."
        )
    _draw_chart(view, effect, target, chosen)
    if effect.actual.size > 1:
        _draw_table(view, effect)


def _in_words(view: View, effect: Effect, *, edited: bool) -> str:
    """By how much the predictions move, and whether that is towards what happened."""
    before, after, actual = effect.before.predicted, effect.after.predicted, effect.actual
    series = view.series
    if before.size == 1:
        b, a, y = float(before[0, 0]), float(after[0, 0]), float(actual[0, 0])
        when = f"The prediction for {escaped(moment(series.times[view.window.ahead.start]))}"
        if not edited:
            return (
                f"{when} is **{number_in_words(b)}**; the actual value is {number_in_words(y)}. Nothing is changed yet."
            )
        if not effect.finite:
            return f"{when} goes from **{number_in_words(b)}** to no number at all."
        nearer = abs(b - y) - abs(a - y)
        side = "" if nearer == 0 else (
            f", {number_in_words(abs(nearer))} {'nearer to' if nearer > 0 else 'further from'} the actual {number_in_words(y)}"
        )  # fmt: skip
        return f"{when} goes from **{number_in_words(b)}** to **{number_in_words(a)}** ({signed(a - b)}){side}."
    if not edited:
        return "Nothing is changed yet: the predictions are those of the run."
    if not effect.finite:
        return "The predictions go from numbers to no numbers at all."
    moves = after - before
    step, target = np.unravel_index(int(np.abs(moves).argmax()), moves.shape)
    errors = [float(np.sqrt(np.mean((one - actual) ** 2))) for one in (before, after)]
    which = f"{escaped(series.targets[target])} at {escaped(moment(series.times[view.window.ahead][step]))}"
    off = "" if len(series.targets) > 1 else (
        f" Over the {len(actual):,} steps of this window the error (RMSE) goes from {number_in_words(errors[0])} to "
        f"{number_in_words(errors[1])}."
    )  # fmt: skip
    return (
        f"Of {moves.size:,} predictions that of {which} moves most, from **{number_in_words(before[step, target])}** to "
        f"**{number_in_words(after[step, target])}** ({signed(float(moves[step, target]))}).{off}"
    )


def signed(value: float) -> str:
    """+2.700, −0.3000"""
    return f"{'−' if value < 0 else '+'}{number_in_words(abs(value))}"


def _draw_chart(view: View, effect: Effect, target: int, chosen: Chosen | None) -> None:
    series, window = view.series, view.window
    reach = view.config.reach
    name = series.targets[target]
    column = chosen.cell.column if chosen is not None and chosen.cell.column != name else None
    lines = [_line(view, effect, name, reach, chosen)]
    if column is not None:
        lines.append(_line(view, effect, column, places(view, column), chosen))
    guess = Guess(
        series.times[window.ahead], effect.actual[:, target], effect.before.predicted[:, target],
        effect.after.predicted[:, target],
    )  # fmt: skip
    change = _change(view, effect)
    parts = (lines[0], guess, change, lines[1] if column is not None else None)
    figure = by_hand_figure(*parts, time_label="" if series.times.dtype.kind == "M" else "record")
    live_chart(
        figure, key="by_hand_chart", identity=f"{view.identity}:{window.first}:{name}:{column}", alt=alt_by_hand(*parts),
        height=HEIGHT if column is None else TALLER,
        on_pick=None if chosen is None else lambda pick: _pick(view, chosen, pick),
    )  # fmt: skip
    some = (
        f" Drawn are the {len(change.units)} units of {view.config.hidden:,} that change most."
        if len(change.units) < view.config.hidden
        else ""
    )
    layer = f" of layer {view.part.layer + 1}" if view.config.layers > 1 else ""
    st.caption(f"At the foot: by how much the state of each unit{layer} changes, orange up, blue down.{some}")


def _line(view: View, effect: Effect, name: str, count: int, chosen: Chosen | None) -> Line:
    column, first = view.series.names.index(name), view.window.rows.start
    place = chosen.place if chosen is not None and chosen.cell.column == name else None
    return Line(
        name, view.series.times[first : first + count], effect.before.values[:count, column],
        effect.after.values[:count, column], place,
    )  # fmt: skip


def _change(view: View, effect: Effect) -> Change:
    """Of the states; of many units those that change most, of many steps an even choice."""
    moved = effect.after.states.astype(np.float64) - effect.before.states
    most = np.abs(moved).max(axis=0)
    units = np.sort(np.argsort(-most, kind="stable")[:MOST_UNITS])
    steps = np.linspace(0, len(moved) - 1, min(len(moved), MOST_STEPS)).round().astype(np.intp)
    return Change(view.window.step_times[steps], moved[steps][:, units], units.tolist())


def _pick(view: View, chosen: Chosen, pick: Pick) -> None:
    if chosen.place is None:
        return
    place = place_of(view, pick.x)
    if place < places(view, chosen.cell.column):
        st.session_state[record_key(view, chosen.cell.column)] = place + 1


def _draw_table(view: View, effect: Effect) -> None:
    series = view.series
    times = [moment(time) for time in series.times[view.window.ahead]]
    rows = [
        {
            "Time": times[step], "Target": name, "Before": effect.before.predicted[step, k],
            "After": effect.after.predicted[step, k],
            "Change": effect.after.predicted[step, k] - effect.before.predicted[step, k],
            "Actual": effect.actual[step, k],
        }
        for step in range(len(times))
        for k, name in enumerate(series.targets)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    if len(series.targets) == 1:
        frame = frame.drop(columns="Target")
    st.dataframe(frame, hide_index=True, height=min(38 + 35 * len(frame), 320), key="by_hand_table")
