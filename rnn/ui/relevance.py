"""Which settings mean something beside the others: what the form shows, and what its Config takes up.

A setting that means nothing counts as its default, so that equal runs have equal configs and nothing hidden can be in
the way (dropout needs two layers).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rnn.core.config import PRESETS, PUBLISHED_ALGORITHM, Config
from rnn.core.fields import FIELDS

DEFAULT = PRESETS["default"]
Values = Mapping[str, Any]


def _can_be_published(values: Values) -> bool:
    return values["gradient"] == "published" or all(
        values[field] == needed or not matters(field, values) for field, needed in PUBLISHED_ALGORITHM.items()
    )


# Field → whether it means something beside these values; every other field always does.
RULES: dict[str, Callable[[Values], bool]] = {
    "activation": lambda values: values["cell"] == "elman",
    "forget_bias": lambda values: values["cell"] == "lstm" and values["bias"],
    "dropout": lambda values: values["layers"] > 1,
    "scaler_rows": lambda values: values["scaling"] != "none",
    "huber_delta": lambda values: values["loss"] == "huber",
    "quantiles": lambda values: values["loss"] == "quantile",
    "momentum": lambda values: values["optimiser"] == "momentum",
    "nesterov": lambda values: values["optimiser"] == "momentum",
    "clip_at": lambda values: values["clip"] != "none",
    "gradient": _can_be_published,
}


def matters(field: str, values: Values) -> bool:
    """Whether the field means something beside the values of all fields."""
    return field not in RULES or RULES[field](values)


def settled(values: Values) -> dict[str, Any]:
    """The values, with the default in place of each that means nothing."""
    return {field: values[field] if matters(field, values) else getattr(DEFAULT, field) for field in FIELDS}


def differing(one: Config, other: Config) -> list[str]:
    """The fields in which two configs differ and that mean something in one of them."""
    both = [{field: getattr(config, field) for field in FIELDS} for config in (one, other)]
    return [
        field for field in FIELDS if both[0][field] != both[1][field] and any(matters(field, values) for values in both)
    ]
