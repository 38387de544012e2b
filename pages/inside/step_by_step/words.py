"""What happens at the place where the walk stands, in equations with their numbers, tables and words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.inside.by_hand.effect import alone
from pages.inside.states.quantities import QUANTITIES
from pages.inside.step_by_step import lines, terms, turn, update
from pages.inside.step_by_step.backward import backward_lines
from pages.inside.step_by_step.forward import forward_lines
from pages.inside.step_by_step.gradients import Followed, Growth, followed, growths
from pages.inside.step_by_step.passes import Passes
from pages.inside.step_by_step.published import say_published
from pages.inside.step_by_step.sums import in_brackets, written
from pages.inside.step_by_step.walk import Place
from pages.inside.view import View
from pages.inside.weights.blocks import output_names
from rnn.core.inspection import GATES
from rnn.core.losses import middle_level
from rnn.ui.figures.style import moment
from rnn.ui.kept import kept
from rnn.ui.wording import escaped, number_in_words


def draw(view: View, passes: Passes, place: Place, unit: int) -> None:
    if not np.isfinite(passes.unrolled.loss):
        st.warning(
            "With these weights the network’s numbers grow beyond what the computer can hold; they are shown as nan or inf.",
            icon=":material/warning:",
        )
    match place.phase:
        case "forward":
            _forward(view, passes, place.step, unit)
        case "turn":
            _turn(view, passes, unit)
        case "backward":
            _backward(view, passes, place.step, unit)
        case _:
            _update(view, passes, unit)


def _title(view: View, text: str, unit: int) -> None:
    layer = f" of layer {view.part.layer + 1}" if view.config.layers > 1 else ""
    st.markdown(f"##### {text} · unit {unit}{layer}")


def _forward(view: View, passes: Passes, step: int, unit: int) -> None:
    _title(view, f"Step {step + 1:,}, forward", unit)
    st.caption(
        f"Its {'last ' if view.config.patch > 1 else ''}record is {escaped(moment(view.window.step_times[step]))}."
    )
    lines.draw(forward_lines(passes, step, unit))
    letter = _gate(view, "Terms of")
    st.markdown(f"**What the sum inside {'the curve' if letter == 'h' else f'gate {letter}'} is made of**")
    found = terms.gate_terms(passes, view.fit.model, step, unit, letter)
    terms.draw(found, "Sum", f"The terms of unit {unit} at step {step + 1}; their sum is {found.shown.total_text}.")


def _gate(view: View, label: str) -> str:
    cell = view.config.cell
    letters = GATES[cell]
    if len(letters) == 1:
        return letters[0]
    chosen = st.segmented_control(
        label, letters, default=letters[-1] if cell == "gru" else "f", required=True, key=f"step_by_step_gate:{cell}",
        format_func=lambda letter: QUANTITIES[cell][letter].name, persist_state="session",
    )  # fmt: skip
    return str(chosen)


def _turn(view: View, passes: Passes, unit: int) -> None:
    _title(view, "The turn: output, loss, and the error that goes back", unit)
    output = _choose_output(view, passes)
    found = terms.output_terms(passes, output)
    lines.draw([turn.output_line(passes, output)])
    terms.draw(found, "ŷ", f"The terms of the output; their sum is {found.shown.total_text}.")
    st.markdown(_in_original_units(view, passes, output))
    shown = turn.loss_lines(passes, output)
    if view.part.is_top:
        shown.append(turn.into_state(passes, unit))
    lines.draw(shown)
    if not view.part.is_top:
        st.caption("The error now goes down through the layers above to this one; it enters here at every step.")
    _say_basis(view)


def _say_basis(view: View) -> None:
    remarks = []
    if view.config.batch > 1:
        remarks.append(
            f"In training the loss is the mean over {view.config.batch:,} windows; here it is this window’s alone."
        )
    if view.config.dropout > 0:
        remarks.append("Dropout, which silences units at random in training, is off here.")
    if view.config.skip == "mean":
        remarks.append("The weights shown are those of the mean of network and line, which were trained apart.")
    if remarks:
        st.caption(" ".join(remarks))


def _choose_output(view: View, passes: Passes) -> int:
    names = output_names(view.fit.model)
    start = middle_level(view.config)
    if len(names) == 1:
        return 0
    return int(
        st.selectbox(
            "Output", range(len(names)), index=start, key=f"step_by_step_output:{view.run.id}", format_func=names.__getitem__,
            width=260,
        )
    )  # fmt: skip


def _in_original_units(view: View, passes: Passes, output: int) -> str:
    """What the output is once scaling, residual and logarithm are undone."""
    levels, targets = passes.part.network.levels, len(view.series.targets)
    ahead, target, level = output // levels // targets, output // levels % targets, output % levels
    with np.errstate(all="ignore"):
        model = alone(view.fit.model, passes.part.params)
        known = [view.series.names.index(name) for name in model.known]
        future = view.series.values[None, view.window.ahead, known] if known else None
        predicted = model.predict_levels(view.series.values[None, view.window.rows], future)[0, ahead, target, level]
    row = view.window.ahead.start + ahead
    actual = view.series.values[row, view.series.target_columns[target]]
    return (
        f"In the units of the series that is **{number_in_words(float(predicted))}** for "
        f"{escaped(view.series.targets[target])} at {escaped(moment(view.series.times[row]))}; the actual value is "
        f"{number_in_words(float(actual))}."
    )


def _backward(view: View, passes: Passes, step: int, unit: int) -> None:
    _title(view, f"Step {step + 1:,}, backward", unit)
    lines.draw(backward_lines(passes, step, unit))
    if step < passes.steps - 1:
        found = terms.error_terms(passes, step, unit)
        st.markdown("**What the error that arrives is made of**")
        alt = f"The terms of the error at unit {unit}, step {step + 1}; their sum is {found.shown.total_text}."
        terms.draw(found, "∂L/∂h", alt)
    st.markdown(_onward(passes, step))
    letter = _gate(view, "Weight followed, into")
    _draw_growth(passes, step)
    st.markdown(_one_weight(passes, followed(passes, unit, letter), step, unit))
    if view.config.gradient == "published":
        say_published(view, step, unit)


def _onward(passes: Passes, step: int) -> str:
    """Where the error goes from here, over all units."""
    norms, end, config = passes.error_norms, passes.walk.end, passes.part.network.config
    here = f"Over all units the error at this step has the length **{written(float(norms[step]))}**."
    if step > end:
        factor = float(norms[step - 1] / norms[step]) if norms[step] > 0 else 0.0
        return f":material/undo: {here} At step {step:,} it is **{written(factor)} ×** as long."
    if passes.truncated:
        return (
            f":material/block: {here} **The error stops here: truncate = {config.truncate}.** The state of step {step:,} "
            "counts as given, so what happened there and before teaches nothing from this window."
        )
    if passes.vanished:
        start = float(norms[-1] if norms[-1] > 0 else norms.max())
        share = float(norms[step]) / start if start > 0 else 0.0
        return (
            f":material/block: {here} **The error has vanished here:** it is {written(share)} of what it was at the last step, "
            "too little to move any weight, and training follows it no further."
        )
    return f":material/flag: {here} Before this step there is only the state of 0 that every window begins with."


_MEANINGS = {
    "W_x": "`W_x`, from what it reads", "W_h": "`W_h`, from the states before", "b": "`b`, bias",
    "b_hn": "`b_hn`, bias inside the reset gate",
}  # fmt: skip


def _draw_growth(passes: Passes, step: int) -> None:
    growth = _growths(passes)
    rows = [
        (
            _MEANINGS[name], written(float(one.adds[step])), written(float(one.so_far[step])), written(one.whole),
            f"{100 * float(one.share[step]):.1f} %",
        )
        for name, one in growth.items()
    ]  # fmt: skip
    columns = ["Gradient of", "This step adds", "Sum so far", "Whole", "So far"]
    st.markdown("**What this step adds to the gradients, and the sum from the last step back to here** :gray[lengths]")
    alt = "Per parameter the length of what this step adds, of the sum so far, and of the whole gradient."
    st.table(pd.DataFrame(rows, columns=columns), border="horizontal", hide_index=True, alt=alt)
    share = float(growth["W_h"].share[step])
    st.progress(min(max(share, 0.0), 1.0), text=f"{100 * share:.1f} % of the whole gradient of W_h is gathered")


def _growths(passes: Passes) -> dict[str, Growth]:
    stamp = (id(passes.unrolled), passes.part.layer)
    return kept("step_by_step_growths", stamp, lambda: growths(passes))


def _one_weight(passes: Passes, weight: Followed, step: int, unit: int) -> str:
    own, config = passes.layer, passes.part.network.config
    gate = f", gate {weight.letter}" if len(GATES[config.cell]) > 1 else ""
    error, state = float(own.dbefore[weight.letter][step, 0, unit]), float(own.h[step, 0, weight.source])
    through = f"{in_brackets(float(own.gates['r'][step, 0, unit]))} × " if weight.letter == "n" else ""
    return (
        f"One weight of them, `W_h` from unit {weight.source} to unit {unit}{gate}: this step adds ∂L/∂a × "
        f"{'r × ' if through else ''}h of unit {weight.source} before = {in_brackets(error)} × {through}{in_brackets(state)} = "
        f"**{written(float(weight.adds[step]))}**. So far {written(float(weight.so_far[step]))}, in the end "
        f"{written(float(weight.so_far[0]))}."
    )


def _update(view: View, passes: Passes, unit: int) -> None:
    _title(view, "The update", unit)
    letter = _gate(view, "Weight followed, into")
    weight = followed(passes, unit, letter)
    gate = f", gate {letter}" if len(GATES[view.config.cell]) > 1 else ""
    if passes.truncated or passes.vanished:
        st.markdown(f":material/block: {_ended(passes)}")
    st.markdown(
        f"One weight of the layer, `W_h` from unit {weight.source} to unit {unit}{gate}, now w = **{written(weight.value)}**."
    )
    if view.config.gradient == "published":
        st.markdown(
            f"Its true gradient from this window is **{written(float(weight.so_far[0]))}**. This run does not use it: the "
            "article’s own rule moves the weights, which is shown at each backward step."
        )
        return
    for sentence in update.sentences(view, passes, weight):
        st.markdown(sentence)


def _ended(passes: Passes) -> str:
    end, steps = passes.walk.end, passes.steps
    before = f"The {end:,} steps before that" if end > 1 else "The one step before that"
    why = f": truncate = {passes.part.network.config.truncate}" if passes.truncated else ", and had vanished there"
    return f"The error went back {steps - end:,} of {steps:,} steps{why}. {before} got nothing of it."
