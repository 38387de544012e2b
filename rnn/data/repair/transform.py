"""The column itself in another measure: its logarithm, or its Box–Cox transform with a fixed λ; and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..findings import BadFile, counted
from .option import Done, Kind, Option
from .sheet import Sheet, named_rows

FITTED_SHARE = 0.7  # λ is estimated on the first rows only, so that later ones cannot tell it anything
_MOST = 20_000  # rows that λ is estimated on; more do not change its second digit
_BOUNDS = (-2.0, 2.0)
_UNITS = (
    "Losses and forecasts are then in the transformed unit, and `inverse` leads back. If you only want to train on "
    "logarithms and see results in your own unit, leave the data as they are and set “log” among the training settings."
)


def _log(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    return _transformed(sheet, columns[0], options["add"], "the logarithm", lambda y: np.log(y))


def _boxcox(sheet: Sheet, columns: list[int], options: Mapping[str, Any]) -> tuple[Sheet, Done]:
    from scipy import special  # here: it takes as long to import as a page does to draw, and so does stats

    power = options["power"]
    return _transformed(
        sheet,
        columns[0],
        options["add"],
        f"the Box–Cox transform with λ = {power:g}",
        lambda y: special.boxcox(y, power),
    )


def _transformed(sheet: Sheet, column: int, add: float, words: str, function: Any) -> tuple[Sheet, Done]:
    name, values = sheet.names[column], sheet.values.copy()
    moved = values[:, column] + add
    unfit = moved <= 0
    if unfit.any():
        place = int(np.argmax(unfit))
        row = f"Row {sheet.rows[place]}" if sheet.rows[place] else "A row that a repair made"
        raise BadFile(
            f"{row} of column {name!r} holds {values[place, column]:g}, and {words} is for values above "
            f"zero ({counted(int(unfit.sum()), 'value')} in all {'is' if unfit.sum() == 1 else 'are'} not); "
            "add a constant first, or take those values out."
        )
    with np.errstate(over="ignore"):
        values[:, column] = function(moved)
    if np.isinf(values[:, column]).any():
        raise BadFile(f"With these options {words} of {name!r} leads beyond what can be computed with.")
    known = ~np.isnan(values[:, column])
    plus = f" + {add:g}" if add else ""
    message = f"{name!r} is now {words} of {name!r}{plus} ({counted(int(known.sum()), 'value')})."
    return sheet.with_values(values), Done(message, named_rows(sheet.rows[known]), int(known.sum()))


def undo_log(values: ArrayLike, options: Mapping[str, Any]) -> NDArray[np.float64]:
    return np.exp(np.asarray(values, dtype=np.float64)) - options["add"]


def undo_boxcox(values: ArrayLike, options: Mapping[str, Any]) -> NDArray[np.float64]:
    """The inverse (Box and Cox 1964); what lies beyond the transform's range gives its limit: 0 for λ > 0, ∞ for λ < 0."""
    from scipy import special

    array, power = np.asarray(values, dtype=np.float64), options["power"]
    beyond = power * array + 1 <= 0
    inside = special.inv_boxcox(np.where(beyond, 0.0, array), power)
    return np.where(beyond, 0.0 if power > 0 else np.inf, inside) - options["add"]


def fitted_power(values: ArrayLike, add: float = 0.0) -> float:
    """λ of greatest likelihood for the first 70 % of the values, two decimals, from −2 to 2.

    values: (N,) in time order, NaN where missing. Only the first rows are asked, so that validation and test rows, which
    come last, have no say; once written into a repair it stays fixed. Raises BadFile where those values are not above zero,
    all alike, or fewer than 8.
    """
    array = np.asarray(values, dtype=np.float64)
    known = array[: max(1, round(FITTED_SHARE * len(array)))] + add
    known = known[np.isfinite(known)]
    if len(known) < 8 or known.min() == known.max():
        raise BadFile("λ cannot be estimated: the first 70 % of the rows hold fewer than 8 values or only one.")
    if known.min() <= 0:
        raise BadFile(f"A Box–Cox transform is for values above zero, and the lowest is {known.min() - add:g}.")
    known = known[:: -(-len(known) // _MOST)]
    known = known / np.exp(np.log(known).mean())  # λ does not depend on the unit, the search's numbers do
    from scipy import stats

    power = float(stats.boxcox_normmax(known, method="mle", brack=_BOUNDS))
    return round(min(max(power, _BOUNDS[0]), _BOUNDS[1]), 2)


_ADD = Option("add", "number", 0.0, "Added before, where values reach zero; 1 is usual for counts.")
LOG = Kind(
    "log",
    "Logarithm of the column",
    f"For values above zero whose swings grow with their level. {_UNITS}",
    "one",
    (_ADD,),
    _log,
)
BOXCOX = Kind(
    "boxcox",
    "Box–Cox transform of the column",
    "A power between “as it is” (λ = 1) and the logarithm (λ = 0), for values above zero. λ is fixed in the repair; it is "
    f"estimated on the first 70 % of the rows, so that later rows have no say. {_UNITS}",
    "one",
    (Option("power", "number", None, "λ; it stays fixed once chosen.", needed=True), _ADD),
    _boxcox,
)
