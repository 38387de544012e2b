"""What moves the forecast, in sentences."""

from __future__ import annotations

import math

import numpy as np

from pages.inside.attention.choices import ALL, PATHS, Choice
from pages.inside.attention.measured import Effects
from pages.inside.view import View
from rnn.core.attention import FRAMING, RECURRENT, SKIP
from rnn.ui.figures.style import moment
from rnn.ui.wording import escaped, number_in_words

_OF_PATHS = {
    RECURRENT: "through the recurrent layers",
    SKIP: "through the linear skip",
    FRAMING: "past the network, through what its answer is added to",
}
MOST_COLUMNS = 6


def output(view: View, choice: Choice) -> str:
    """the forecast of temp_max 3 steps ahead"""
    steps = f" {choice.ahead + 1} steps ahead" if choice.ahead else " 1 step ahead" if view.config.horizon > 1 else ""
    return f"the forecast of {view.series.targets[choice.target]}{steps}"


def place(view: View, index: int) -> str:
    """How far a record of the window, or one that is known ahead, is from the last: 3 steps before the last"""
    back = view.config.reach - 1 - index
    if back == 0:
        return "at the last step"
    if back < 0:
        return f"{-back} step{'s' if back < -1 else ''} ahead"
    return f"{back} step{'s' if back > 1 else ''} before the last"


def date(view: View, index: int) -> str:
    return moment(view.series.times[view.window.first + index])


def change(value: float) -> str:
    """raises it by 0.4 · lowers it by 0.4"""
    return f"{'raises' if value >= 0 else 'lowers'} it by {number_in_words(abs(value))}"


def strongest(effects: Effects) -> list[tuple[int, int]]:
    """(column, index) of every value that has an effect, the largest × usual spread first."""
    sizes = np.nan_to_num(np.abs(effects.by_spread))
    order = np.argsort(-sizes, axis=None, kind="stable")
    pairs = [(int(k), int(t)) for k, t in zip(*np.unravel_index(order[:200], sizes.shape), strict=True)]
    return [pair for pair in pairs if sizes[pair] > 0]


def headline(view: View, choice: Choice, effects: Effects) -> str:
    """The strongest value in a sentence."""
    found = strongest(effects)
    what = output(view, choice)
    on_path = "" if choice.path == ALL else f" on the path *{PATHS[choice.path].lower()}*"
    if not found:
        return f"Nothing in the window changes {escaped(what, 300)}{on_path}."
    column, index = found[0]
    where = "" if effects.names[column] in effects.static else f" {place(view, index)}"
    told = "" if choice.usually or not where else f" ({date(view, index)})"
    ahead = f"{escaped(what[:1].upper() + what[1:], 300)} is **{number_in_words(effects.predicted)}**. Most"
    if choice.usually:
        ahead = f"{escaped(what[:1].upper() + what[1:], 300)} is asked about in {effects.windows:,} windows. Usually"
    unit, spread = effects.by_unit[column, index], effects.by_spread[column, index]
    return (
        f"{ahead} it listens{on_path} to **{escaped(effects.names[column])}{where}**{told}: 1 more there {change(unit)}, its "
        f"usual spread of {number_in_words(effects.spread[column])} more {change(spread)}."
    )


def explain(view: View, choice: Choice, effects: Effects) -> str:
    above = "The number of each cell is the derivative of the forecast, in original units"
    times = ", times the column's usual spread (standard deviation in the training part)" if choice.by_spread else ""
    colour = "" if choice.by_spread else " Without it columns do not compare, so each row has its own colours."
    middle = " Of the levels of a quantile loss it is the middle one." if view.config.loss == "quantile" else ""
    whole = " Of the ensemble it is the median's." if view.config.seeds > 1 else ""
    mean = (
        f" Drawn is the mean over {effects.windows:,} of {effects.of:,} windows, evenly taken."
        if choice.usually
        else ""
    )
    many = len(effects.names) - len(effects.static) - len(effects.drawn(True).names)
    left = f" {many} columns with less effect are left out." if many > 0 else ""
    return (
        f"{above}{times}: orange raises it, blue lowers it.{colour}{mean} A derivative is a slope, right for small changes of "
        f"one value while all others stay.{middle}{whole}{left}"
    )


def shares(view: View, effects: Effects) -> str:
    """By column and by path."""
    by_column = [(escaped(name), share) for name, share in effects.by_column.items()]
    said = []
    if len(by_column) > 1:
        listed = ", ".join(f"{name} **{_percent(share)}**" for name, share in by_column[:MOST_COLUMNS])
        said.append(f"By column: {listed}{' …' if len(by_column) > MOST_COLUMNS else ''}.")
    if len(effects.shares) > 1:
        listed = ", ".join(f"{_OF_PATHS[name]} **{_percent(share)}**" for name, share in effects.shares.items())
        said.append(f"By path: {listed}.")
    return " ".join(said)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 or share == 0 or math.isnan(share) else "under 1 %"
