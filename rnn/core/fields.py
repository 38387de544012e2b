"""What each field of a Config means and may hold: the one list behind validation, forms and documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn.core.activations import ACTIVATIONS
from rnn.core.cells import CELLS
from rnn.core.clipping import CLIPPINGS
from rnn.core.initialisation import INITIALISATIONS
from rnn.core.losses import LOSSES
from rnn.core.optimisers import OPTIMISERS
from rnn.core.scaling import SCALINGS
from rnn.core.schedules import SCHEDULES


@dataclass(frozen=True)
class Field:
    """One hyperparameter.

    kind: "choice", "int", "float", "bool" or "count-or-share" (a whole number of records, or a fraction).
    low, high: the bounds that are accepted (None: open). choices: for kind "choice". optional: None is allowed.
    label and help: for the reader of a form; help is a sentence or two in plain words.
    """

    kind: str
    label: str
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False


def _choice(label: str, choices: Any, help: str) -> Field:
    return Field("choice", label, help, choices=tuple(choices))


FIELDS: dict[str, Field] = {
    "cell": _choice(
        "Cell", CELLS, "What the network computes at each time step from the new value and its memory."
    ),
    "activation": _choice(
        "Activation",
        ACTIVATIONS,
        "The curve of each hidden unit. relu follows a trend beyond the values that it has seen; tanh, the classic, is bounded;"
        " sigmoid learns slowly.",
    ),
    "hidden": Field(
        "int", "Hidden units",
        "How many numbers the network remembers from step to step. More can hold richer patterns, and take longer.",
        1, 4096,
    ),
    "layers": Field("int", "Layers", "Recurrent layers stacked on each other.", 1, 1),
    "window": Field(
        "int", "Window",
        "How many past records the network reads before each prediction. At least one full season is a good start.",
        1, 100_000,
    ),
    "horizon": Field(
        "int", "Horizon", "How many records ahead each prediction reaches, all of them at once.", 1, 10_000
    ),
    "input_weights": _choice(
        "Input weights",
        ("shared", "per_step"),
        "shared: one set for every time step, as in any usual recurrent network. per_step: a set for each position in the "
        "window, as in the article.",
    ),
    "bias": Field("bool", "Bias", "A constant added at each unit. The article's network has none."),
    "gradient": _choice(
        "Update rule",
        ("bptt", "published"),
        "bptt: the true gradient by backpropagation through time. published: the article's rule, which is not a gradient.",
    ),
    "truncate": Field(
        "int", "Truncate",
        "How many steps the error travels back through time. 0 (off) means the whole window; fewer is faster and blinder.",
        1, 100_000, optional=True,
    ),
    "loss": _choice("Loss", LOSSES, "What training makes small. mse: the mean of the squared errors."),
    "optimiser": _choice(
        "Optimiser",
        OPTIMISERS,
        "How a gradient becomes a step. adam adapts the step of each weight; sgd takes the plain gradient.",
    ),
    "lr": Field(
        "float", "Learning rate",
        "The size of each step. Too large and the loss jumps or blows up, too small and nothing happens. "
        "It can be changed while training.",
        1e-8, 100.0,
    ),
    "schedule": _choice("Schedule", SCHEDULES, "How the learning rate changes over the epochs."),
    "batch": Field(
        "int", "Batch", "How many windows share one step. Small batches learn more per epoch, large ones run faster.",
        1, 65_536,
    ),
    "clip": _choice(
        "Clip gradients",
        CLIPPINGS,
        "Keeps one bad batch from throwing the weights far off. norm scales the whole gradient, value cuts each entry.",
    ),
    "clip_at": Field("float", "Clip at", "The norm (or entry size) above which the gradient is clipped.", 1e-6, 1e6),
    "weight_decay": Field("float", "Weight decay", "Pulls weights towards zero at each step.", 0.0, 0.0),
    "dropout": Field("float", "Dropout", "Share of units silenced at random between layers.", 0.0, 0.0),
    "init": _choice(
        "Initial weights",
        INITIALISATIONS,
        "glorot: scaled so that signals keep their size, orthogonal in the recurrence. uniform01: between 0 and 1, as the "
        "article does, which saturates the units.",
    ),
    "epochs": Field(
        "int", "Epochs",
        "How many times to go through the training windows, at most. It can be changed while training.",
        1, 100_000,
    ),
    "patience": Field(
        "int", "Patience",
        "Stop early when the validation loss has not improved for this many epochs. 0 (off): never stop early.",
        1, 100_000, optional=True,
    ),
    "validation": Field(
        "count-or-share", "Validation",
        "How much of the end of the series is kept back to test on: a share below 1, or a number of records.",
    ),
    "scaling": _choice(
        "Scaling",
        SCALINGS,
        "Brings the values to a size that networks learn well. Fitted on the training part only, so nothing leaks. "
        "standard: mean 0, deviation 1. minmax: 0 to 1.",
    ),
    "log": Field("bool", "Logarithm", "Learn the logarithm of the values.", high=0),
    "patch": Field("int", "Patch", "Consecutive values that one time step sees.", 1, 1),
    "residual": _choice("Predict the change from", ("none",), "What the network's output is added to."),
    "skip": _choice("Linear skip", ("none",), "A linear path from the window straight to the output."),
    "difference": _choice("Differencing", ("none",), "Learn changes in place of values."),
    "season": Field(
        "int", "Season", "Records in one season, which the seasonal naive forecast looks back. 0 (off): not known.",
        1, 100_000, optional=True,
    ),
    "seeds": Field("int", "Ensemble", "How many networks, from different seeds, are combined.", 1, 1),
    "seed": Field(
        "int", "Seed", "Where the random numbers start. The same seed gives the same run, bit for bit.", 0, 2**32 - 1
    ),
    "dtype": _choice(
        "Precision", ("float32", "float64"), "float32 is fast; float64 is for checks and for the article's run."
    ),
}  # fmt: skip


def check_field(name: str, value: Any) -> Any:
    """The value as the field's own type. Raises ValueError naming field, value and what is allowed."""
    field = FIELDS[name]
    if value is None and field.optional:
        return None
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if field.kind == "choice":
        if not isinstance(value, str) or value not in field.choices:
            raise ValueError(f"{name}={value!r} is not allowed; allowed: {', '.join(field.choices)}.")
        return value
    if field.kind == "bool":
        return _check_bool(name, field, value)
    if field.kind == "count-or-share":
        return _check_count_or_share(name, value)
    return _check_number(name, field, value)


def _check_bool(name: str, field: Field, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name}={value!r} is not allowed; allowed: true, false.")
    if value and field.high == 0:
        raise ValueError(f"{name}={value!r} is not allowed; allowed: false.")
    return bool(value)


def _check_number(name: str, field: Field, value: Any) -> int | float:
    assert field.low is not None and field.high is not None
    whole = field.kind == "int"
    bounds = f"{field.low:.0f} to {field.high:.0f}" if whole else f"{field.low:g} to {field.high:g}"
    allowed = f"{'a whole number' if whole else 'a number'} from {bounds}" + (" or none" if field.optional else "")
    if not _is_number(value) or not field.low <= value <= field.high or (whole and value != int(value)):
        raise ValueError(f"{name}={value!r} is not allowed; allowed: {allowed}.")
    return int(value) if whole else float(value)


def _check_count_or_share(name: str, value: Any) -> int | float:
    allowed = f"a share above 0 and below 1, or a whole number of records from 1 to {MOST_RECORDS}"
    if not _is_number(value) or not 0 < value <= MOST_RECORDS or (value > 1 and value != int(value)):
        raise ValueError(f"{name}={value!r} is not allowed; allowed: {allowed}.")
    return float(value) if value < 1 else int(value)


# More than any series that fits into memory.
MOST_RECORDS = 10**12


def _is_number(value: Any) -> bool:
    """A real number, of Python's or NumPy's; not a bool, a complex number, a text or an array. NaN fails every bound."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
