"""What a race can vary: each preset is the lanes that it gives for the base settings, a lane being the fields it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.initialisation import INITIALISATIONS
from rnn.core.optimisers import OPTIMISERS

Changes = dict[str, Any]
OWN = "own"
DEFAULT = "optimisers"
# Within a quarter of the best loss on at least four of five samples, with the plain network (benchmarks/race.py --rates).
SUITS = {"sgd": 0.1, "momentum": 0.03, "rmsprop": 0.003, "adam": 0.003}
_WIDTHS = (4, 8, 16, 32, 64, 128)
_HORIZONS_OF_ERROR = (1, 5, 20, None)
_FACTORS = (0.1, 0.3, 1, 3, 10)
_SEEDS = 6


@dataclass(frozen=True)
class Preset:
    """lanes: from the base settings, of each lane what it changes. note: what is done, so that the race is no trick."""

    label: str
    note: str
    lanes: Callable[[Config], list[Changes]]


def _rates(base: Config) -> list[Changes]:
    return [{"lr": min(100.0, float(f"{base.lr * factor:.2g}"))} for factor in _FACTORS]


def _truncations(base: Config) -> list[Changes]:
    return [{"truncate": steps} for steps in _HORIZONS_OF_ERROR if steps is None or steps < base.steps]


PRESETS: dict[str, Preset] = {
    "optimisers": Preset(
        "Optimisers, each at its own rate",
        "Each has the learning rate that suits it: "
        + ", ".join(f"{name} {rate:g}" for name, rate in SUITS.items())
        + ". They are those at which each did well on the samples, not tuned on this series.",
        lambda base: [{"optimiser": name, "lr": SUITS.get(name, base.lr)} for name in OPTIMISERS],
    ),
    "optimisers-same-rate": Preset(
        "Optimisers, all at one rate",
        "All have the learning rate of the base settings. That is unfair to sgd and momentum where it is a rate for adam: "
        "their steps are then about thirty times too short.",
        lambda base: [{"optimiser": name} for name in OPTIMISERS],
    ),
    "cells": Preset(
        "Cells",
        "The same number of hidden units in each, so gru has three and lstm four times the weights of elman.",
        lambda base: [{"cell": name} for name in CELLS],
    ),
    "truncation": Preset(
        "Truncation",
        "How many steps the error travels back through time; off is the whole window. A truncated lane computes less, so it "
        "has more epochs in the same time.",
        _truncations,
    ),
    "rates": Preset("Learning rates", "From a tenth of the base settings’ rate to ten times it.", _rates),
    "hidden": Preset(
        "Hidden units",
        "From few to many; the many have more weights and longer epochs.",
        lambda base: [{"hidden": count} for count in _WIDTHS],
    ),
    "start": Preset(
        "Start weights",
        "uniform01 is the article’s choice: between 0 and 1, which saturates the units.",
        lambda base: [{"init": name} for name in INITIALISATIONS],
    ),
    "clipping": Preset(
        "Clipping",
        "No clipping, each entry of the gradient cut at 1, and its norm scaled down to 1 or to 0.1.",
        lambda base: [
            {"clip": "none"},
            {"clip": "value", "clip_at": 1.0},
            {"clip": "norm", "clip_at": 1.0},
            {"clip": "norm", "clip_at": 0.1},
        ],
    ),
    "seeds": Preset(
        "Seeds",
        "The same settings six times, from other random numbers: what differs is luck. A gain smaller than that is none.",
        lambda base: [{"seed": (base.seed + number) % 2**32} for number in range(_SEEDS)],
    ),
}
