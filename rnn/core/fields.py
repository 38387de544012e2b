"""What each field of a Config means and may hold: the one list behind validation, forms and documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rnn.core.activations import ACTIVATIONS
from rnn.core.cells import CELLS
from rnn.core.clipping import CLIPPINGS
from rnn.core.initialisation import INITIALISATIONS
from rnn.core.losses import LOSSES
from rnn.core.optimisers import OPTIMISERS
from rnn.core.scaling import SCALINGS
from rnn.core.schedules import SCHEDULES

RESIDUALS = ("none", "last", "seasonal", "seasons")
SKIPS = ("none", "linear", "mean")
DIFFERENCES = ("none", "first", "seasonal")


@dataclass(frozen=True)
class Field:
    """One hyperparameter.

    kind: "choice", "int", "float", "bool", "count-or-share" (a whole number of records, or a fraction; zero where low is 0)
    or "levels" (increasing shares between 0 and 1).
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
    "layers": Field(
        "int", "Layers",
        "Recurrent layers stacked on each other; each reads the states of the one below. One is enough for most series.",
        1, 8,
    ),
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
    "loss": _choice(
        "Loss", LOSSES,
        "What training makes small. mse punishes large errors most; mae aims at the median and shrugs at outliers; huber is "
        "between the two; quantile learns several levels at once, for a forecast with a range.",
    ),
    "huber_delta": Field(
        "float", "Huber delta", "Errors up to this size (in scaled units) count squared, larger ones in proportion.",
        1e-6, 1e6,
    ),
    "quantiles": Field(
        "levels", "Quantiles",
        "The levels to learn, between 0 and 1. The one nearest to 0.5 is the forecast.",
    ),
    "optimiser": _choice(
        "Optimiser",
        OPTIMISERS,
        "How a gradient becomes a step. adam adapts the step of each weight, and rmsprop by size alone; sgd takes the plain "
        "gradient, momentum its running sum.",
    ),
    "momentum": Field(
        "float", "Momentum", "How much of the last step is kept in the next one.", 0.0, 0.9999
    ),
    "nesterov": Field(
        "bool", "Nesterov", "Momentum that looks ahead: the gradient is added once more on top of the running sum."
    ),
    "lr": Field(
        "float", "Learning rate",
        "The size of each step. Too large and the loss jumps or blows up, too small and nothing happens. "
        "It can be changed while training.",
        1e-8, 100.0,
    ),
    "schedule": _choice(
        "Schedule",
        SCHEDULES,
        "How the learning rate changes over the run. constant: not at all. step: a tenth from half way on, a hundredth from "
        "three quarters on. cosine: down to zero along half a wave. onecycle: up over the first third, then down to nothing.",
    ),
    "warmup": Field(
        "float", "Warm-up",
        "Share of the run in which the learning rate rises from near zero to its full size. onecycle rises by itself.",
        0.0, 0.5,
    ),
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
    "weight_decay": Field(
        "float", "Weight decay",
        "Pulls every weight towards zero at each step, by this share of the learning rate. It keeps the network smooth.",
        0.0, 10.0,
    ),
    "dropout": Field(
        "float", "Dropout",
        "Share of units silenced at random between two layers while training, against learning by heart.",
        0.0, 0.9,
    ),
    "init": _choice(
        "Initial weights",
        INITIALISATIONS,
        "glorot: scaled so that signals keep their size, orthogonal in the recurrence. uniform01: between 0 and 1, as the "
        "article does, which saturates the units.",
    ),
    "forget_bias": Field(
        "float", "Forget bias",
        "Where an LSTM's forget gate starts: 1 lets the memory last from the first step on, 0 halves it each step.",
        -10.0, 10.0,
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
    "refit": Field(
        "bool", "Learn from all at the end",
        "When training ends, train once more on all records, validation and test included, for as many epochs as were best, or "
        "all of them with patience off. "
        "Forecasts of the future then know the newest records; every error shown is still that of the network which did not.",
    ),
    "validation": Field(
        "count-or-share", "Validation",
        "How much of the series is kept back to judge every epoch on: a share below 1, or a number of records. It lies at the "
        "end, before the test part where there is one.",
    ),
    "test": Field(
        "count-or-share", "Test",
        "How much of the very end is kept back for one last measurement that no choice was made by: a share below 1, or a "
        "number of records. 0: none.",
        0,
    ),
    "gap": Field(
        "int", "Gap",
        "Records left out between the parts, so that what lies just after one of them does not give it away in the next. "
        "Steps ahead that would stand in both parts are left out in any case.",
        0, 100_000,
    ),
    "scaling": _choice(
        "Scaling",
        (*SCALINGS, "window"),
        "Brings the values to a size that networks learn well, fitted on the rows chosen below. "
        "standard: mean 0, deviation 1. minmax: 0 to 1. window: each window by its own level and spread, for series that grow.",
    ),
    "scaler_rows": _choice(
        "Scaler fitted on",
        ("train", "all"),
        "train: the training part only, so nothing leaks. all: validation and test rows too, which is a leak on purpose, to "
        "see how good it makes a network look.",
    ),
    "log": Field(
        "bool", "Logarithm",
        "Learn the logarithm of the targets, where growth in per cent becomes steady growth. All values must be above zero.",
    ),
    "patch": Field(
        "int", "Patch",
        "Consecutive records that one time step of the network sees. A long window in patches has fewer steps to remember.",
        1, 10_000,
    ),
    "residual": _choice(
        "Add the output to",
        RESIDUALS,
        "Nothing, the last value, the value a season before, or (seasons) the mean over all whole seasons in the window. That "
        "forecast then comes for free, and the network learns what differs.",
    ),
    "skip": _choice(
        "Linear skip",
        SKIPS,
        "A straight path from the window to the output. linear: solved by ridge regression before training; the network learns "
        "what a line cannot do. mean: learnt with the rest, and the forecast is the mean of the network's and that line's.",
    ),
    "difference": _choice(
        "Differencing",
        DIFFERENCES,
        "Learn changes in place of values: from record to record (first), or from season to season.",
    ),
    "season": Field(
        "int", "Season",
        "Records in one season: what the seasonal naive forecast, seasonal residuals and differences look back, and what "
        "scaling by window averages over. 0 (off): not known.",
        1, 100_000, optional=True,
    ),
    "seeds": Field(
        "int", "Ensemble",
        "How many networks, started from different seeds, are trained side by side. Their median is the forecast, so that "
        "one unlucky start does no harm. Takes that many times as long.",
        1, 25,
    ),
    "seed": Field(
        "int", "Seed", "Where the random numbers start. The same seed gives the same run, bit for bit.", 0, 2**32 - 1
    ),
    "dtype": _choice(
        "Precision", ("float32", "float64"), "float32 is fast; float64 is for checks and for the article's run."
    ),
}  # fmt: skip
