"""The update of one weight by the gradient of this one window, as the run's optimiser would begin with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pages.inside.step_by_step.gradients import Followed, growths
from pages.inside.step_by_step.passes import Passes
from pages.inside.step_by_step.sums import adding_up, in_brackets, written
from pages.inside.view import View
from rnn.core.config import Config
from rnn.core.optimisers import EPSILON, OPTIMISERS, Settings


def rate_of(view: View) -> float:
    """The learning rate at the end of the epoch that is shown, else the run's own."""
    rates = {epoch.epoch: epoch.lr for epoch in view.fit.history}
    return float(rates.get(view.epoch, view.config.lr))


def whole_norm(passes: Passes) -> float:
    """The length of this window's gradient over all parameters of the network, which is what a clip by norm looks at."""
    part, unrolled = passes.part, passes.unrolled
    squared = 0.0
    for layer in range(part.network.config.layers):
        of_layer = replace(passes, part=replace(part, layer=layer), reach=passes.steps)
        squared += sum(one.whole**2 for one in growths(of_layer).values())
    dy = unrolled.dy[0]
    read = float(unrolled.layers[-1].h[-1, 0] @ unrolled.layers[-1].h[-1, 0])
    read += 1.0 if "readout.b" in part.params else 0.0
    read += float(unrolled.skipped[0] @ unrolled.skipped[0]) if unrolled.skipped is not None else 0.0
    return float(np.sqrt(squared + read * float(dy @ dy)))


def clipped(config: Config, gradient: float, norm: float) -> tuple[float, str]:
    """What is left of one entry of the gradient after the clip, and a sentence where it bites."""
    if config.clip == "norm" and norm > config.clip_at:
        left = gradient * config.clip_at / norm
        return left, (
            f"The whole gradient of this window has the length {written(norm)}, more than the {config.clip_at:g} at which this "
            f"run clips, so all of it is scaled by {config.clip_at:g} / {written(norm)}: g = **{written(left)}**."
        )
    if config.clip == "value" and abs(gradient) > config.clip_at:
        left = float(np.clip(gradient, -config.clip_at, config.clip_at))
        return left, f"Its size is more than the {config.clip_at:g} at which this run clips: g = **{written(left)}**."
    return gradient, ""


def first_step(config: Config, weight: float, gradient: float, rate: float) -> float:
    """The weight after the very first step of the run's optimiser with this gradient."""
    optimiser = OPTIMISERS[config.optimiser]
    after = np.array([weight])
    settings = Settings(rate, 1, config.momentum, config.nesterov, config.weight_decay)
    optimiser.step(after, np.array([gradient]), optimiser.init(1, np.float64), settings, np.empty(1))
    return float(after[0])


def sentences(view: View, passes: Passes, followed: Followed) -> list[str]:
    """The update in words and numbers, as Markdown."""
    config = view.config
    gradient, rate = float(followed.so_far[0]), rate_of(view)
    g, bites = clipped(config, gradient, whole_norm(passes))
    after = first_step(config, followed.value, g, rate)
    found = [f"Its gradient from this window is g = **{written(gradient)}**."]
    found += [bites] if bites else []
    decay = f" · (1 − {rate:g} × {config.weight_decay:g})" if config.weight_decay else ""
    move = adding_up([followed.value, after - followed.value])
    rule = _RULES[config.optimiser](config, rate, g, decay) + _held_back(config, g)
    found.append(
        f"{rule} The weight goes from {written(followed.value)} by "
        f"{written(after - followed.value)} to **{move.total_text}**."
    )
    found.append(
        f"In training g is the mean over a batch of {config.batch:,} windows; here it is that of this window alone."
        if config.batch > 1
        else "This run learns from one window at a time, so in training g is just that."
    )
    return found


def _held_back(config: Config, g: float) -> str:
    """Where the ε of rmsprop and adam makes a difference that can be seen."""
    if config.optimiser in ("adam", "rmsprop") and abs(g) < 1e4 * EPSILON:
        return (
            " Here g is so small that the 10⁻⁸ which is added beneath the fraction, so that nothing is divided by zero, "
            "holds the step back."
        )
    return ""


def _sgd(config: Config, rate: float, g: float, decay: str) -> str:
    return f"sgd: w ← w{decay} − lr · g, and lr · g = {rate:g} × {in_brackets(g)} = **{written(rate * g)}**."


def _momentum(config: Config, rate: float, g: float, decay: str) -> str:
    what = "a little more than this, as nesterov looks ahead" if config.nesterov else "just this"
    return (
        f"momentum: w ← w{decay} − lr · v, where v is {config.momentum:g} of the v before plus g. At the first step of a run "
        f"there is none before, and the step is {what}: lr · g = {rate:g} × {in_brackets(g)} = **{written(rate * g)}**; later "
        "the steps before count too."
    )


def _rmsprop(config: Config, rate: float, g: float, decay: str) -> str:
    return (
        f"rmsprop divides g by the root of its mean square over the last steps: w ← w{decay} − lr · g / √v. At the "
        f"first step of a run v is 0.01 g², so every weight moves by 10 lr = {10 * rate:g}, however small its gradient; later "
        "that depends on the steps before, which one window cannot tell. The direction is that of −g."
    )


def _adam(config: Config, rate: float, g: float, decay: str) -> str:
    return (
        f"adam divides the running mean of g by the root of its mean square: w ← w{decay} − lr · m / √v. At the first "
        f"step of a run m / √v is g / |g|, so every weight moves by lr = {rate:g}, however small its gradient; later that "
        "depends on the steps before, which one window cannot tell. The direction is that of −g."
    )


_RULES = {"sgd": _sgd, "momentum": _momentum, "rmsprop": _rmsprop, "adam": _adam}
