"""The turn: from the last state to the output, the loss, and the error with which the way back begins."""

from __future__ import annotations

import numpy as np

from pages.inside.step_by_step.lines import Line
from pages.inside.step_by_step.passes import Passes
from pages.inside.step_by_step.sums import adding_up, in_brackets, written
from rnn.core.config import Config


def output_line(passes: Passes, output: int) -> Line:
    """The output in the network's units."""
    config, params = passes.part.network.config, passes.part.params
    hidden = passes.unrolled.layers[-1].h[-1, 0] @ np.asarray(params["readout.W"], np.float64)[:, output]
    parts, formula = [float(hidden)], rf"\hat{{y}} = V h_{{{passes.steps}}}"
    meanings = [
        (r"\hat{y}", "the prediction, in the network’s own units"),
        (rf"V h_{{{passes.steps}}}", "what the readout hears from the states after the last step"),
    ]
    if "readout.b" in params:
        parts.append(float(params["readout.b"][output]))
        formula += " + b_y"
        meanings.append(("b_y", "the readout’s bias"))
    if passes.unrolled.skipped is not None:
        parts.append(float(passes.unrolled.y_hat[0, output]) - sum(parts))
        formula += " + S x"
        meanings.append(("S x", f"the linear skip ({config.skip}), straight from the values of the window"))
    shown = adding_up(parts)
    return Line(formula, f"{shown.sum_text} = **{shown.total_text}**", tuple(meanings))


def loss_lines(passes: Passes, output: int) -> list[Line]:
    """The loss of one output, that of all where there are several, and its slope."""
    config, unrolled = passes.part.network.config, passes.unrolled
    levels = len(config.quantiles) if config.loss == "quantile" else 1
    y_hat, y = float(unrolled.y_hat[0, output]), float(unrolled.y[0, output // levels])
    outputs = unrolled.dy.shape[1]
    formula, numbers, own = _LOSSES[config.loss](config, y_hat, y, output)
    meanings = [
        ("y", "the actual value, in the network’s units"),
        ("\\ell", f"what this output costs ({_loss_words(config)})"),
    ]
    lines = [Line(rf"\ell = {formula}", f"{numbers} = **{written(own)}**", tuple(meanings))]
    if outputs > 1:
        meaning = ("L", f"the loss of the window, the mean over its {outputs:,} outputs")
        lines.append(Line(rf"L = \frac{{1}}{{{outputs}}} \sum \ell", f"**{written(unrolled.loss)}**", (meaning,)))
    return [*lines, _slope_line(config, y_hat, y, output, float(unrolled.dy[0, output]), outputs)]


def _slope_line(config: Config, y_hat: float, y: float, output: int, slope: float, outputs: int) -> Line:
    """∂L/∂ŷ of one output."""
    e = y_hat - y
    over = f" / {outputs}" if outputs > 1 else ""
    by = f" / {outputs}" if outputs > 1 else ""
    target = r"\partial L / \partial \hat{y}"
    if config.loss == "mse":
        formula, numbers = rf"2 (\hat{{y}} - y){by}", f"2 × {in_brackets(e)}{over}"
    elif config.loss == "mae":
        formula, numbers = rf"\mathrm{{sign}}(\hat{{y}} - y){by}", f"{_sign(e)}{over}"
    elif config.loss == "huber":
        formula = rf"(\hat{{y}} - y \text{{ within}} \pm {config.huber_delta:g}){by}"
        numbers = f"{in_brackets(float(np.clip(e, -config.huber_delta, config.huber_delta)))}{over}"
    else:
        level = config.quantiles[output % len(config.quantiles)]
        formula = (r"-\tau" if e < 0 else r"1 - \tau" if e > 0 else "0") + by
        numbers = f"{in_brackets(-level if e < 0 else 1 - level if e > 0 else 0.0)}{over}"
    meaning = (
        target,
        "by how much the loss grows where the prediction grows a little: the error that now travels back",
    )
    return Line(f"{target} = {formula}", f"{numbers} = **{written(slope)}**", (meaning,))


def _sign(e: float) -> str:
    return "0" if e == 0 else "1" if e > 0 else "(−1)"


def _squared(config: Config, y_hat: float, y: float, output: int) -> tuple[str, str, float]:
    return r"(\hat{y} - y)^2", f"({written(y_hat)} − {in_brackets(y)})²", (y_hat - y) ** 2


def _absolute(config: Config, y_hat: float, y: float, output: int) -> tuple[str, str, float]:
    return r"|\hat{y} - y|", f"|{written(y_hat)} − {in_brackets(y)}|", abs(y_hat - y)


def _huber(config: Config, y_hat: float, y: float, output: int) -> tuple[str, str, float]:
    size, delta = abs(y_hat - y), config.huber_delta
    if size <= delta:
        return r"\frac{1}{2} (\hat{y} - y)^2", f"½ × ({written(y_hat)} − {in_brackets(y)})²", size**2 / 2
    return (
        rf"{delta:g} \cdot (|\hat{{y}} - y| - {delta / 2:g})", f"{delta:g} × ({written(size)} − {delta / 2:g})",
        delta * (size - delta / 2),
    )  # fmt: skip


def _pinball(config: Config, y_hat: float, y: float, output: int) -> tuple[str, str, float]:
    level = config.quantiles[output % len(config.quantiles)]
    if y >= y_hat:
        return r"\tau (y - \hat{y})", f"{level:g} × ({written(y)} − {in_brackets(y_hat)})", level * (y - y_hat)
    return (
        r"(1 - \tau) (\hat{y} - y)",
        f"{1 - level:g} × ({written(y_hat)} − {in_brackets(y)})",
        (1 - level) * (y_hat - y),
    )


_LOSSES = {"mse": _squared, "mae": _absolute, "huber": _huber, "quantile": _pinball}


def _loss_words(config: Config) -> str:
    words = {"mse": "squared error", "mae": "absolute error", "huber": "Huber’s: squared near zero, straight beyond"}
    return words.get(config.loss, "pinball: τ is the level, the share of values that should lie below")


def into_state(passes: Passes, unit: int) -> Line:
    """What of the error reaches one unit of the top layer after the last step."""
    readout, dy = np.asarray(passes.part.params["readout.W"], np.float64)[unit], passes.unrolled.dy[0]
    whole = float(readout @ dy)
    n = passes.steps
    formula = rf"\partial L / \partial h_{{{n}}} = V \cdot \partial L / \partial \hat{{y}}"
    if len(dy) == 1:
        numbers = f"{in_brackets(float(readout[0]))} × {in_brackets(float(dy[0]))} = **{written(whole)}**"
    else:
        order = np.argsort(-np.abs(readout * dy), kind="stable")[:3]
        parts = [float(readout[k] * dy[k]) for k in order]
        rest = whole - sum(parts)
        shown = adding_up([*parts, rest] if len(dy) > 3 else parts)
        of = f" (the {len(order)} largest of {len(dy):,} outputs, then the rest)" if len(dy) > 3 else ""
        numbers = f"{shown.sum_text} = **{shown.total_text}**{of}"
    return Line(formula, numbers, ((rf"\partial L / \partial h_{{{n}}}", "what of the error is this unit’s share"),))
