"""Every choice that defines a run, in one flat frozen value, and the presets.

A field is at once the widget, the JSON key, the column of the run history and the axis of a sweep. What a field may hold
stands in `FIELDS`; choices that are dicts elsewhere (cells, optimisers, …) are taken from those dicts, so that a new
entry is allowed and offered at once.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rnn.core.field_check import check_field
from rnn.core.fields import FIELDS


@dataclass(frozen=True)
class Config:
    """The hyperparameters of one run. Frozen: `replace` gives a changed copy.

    Meaning, range and default of each field: `rnn.core.fields.FIELDS`. Defaults are measured, see
    `benchmarks/defaults.py`. Raises ValueError naming field, value and what is allowed.
    """

    cell: str = "elman"
    activation: str = "relu"
    hidden: int = 32
    layers: int = 1
    window: int = 24
    horizon: int = 1
    input_weights: str = "shared"
    bias: bool = True
    gradient: str = "bptt"
    truncate: int | None = None
    loss: str = "mse"
    huber_delta: float = 1.0
    quantiles: tuple[float, ...] = (0.1, 0.5, 0.9)
    optimiser: str = "adam"
    momentum: float = 0.9
    nesterov: bool = False
    lr: float = 3e-3
    schedule: str = "constant"
    warmup: float = 0.0
    batch: int = 32
    clip: str = "norm"
    clip_at: float = 1.0
    weight_decay: float = 0.0
    dropout: float = 0.0
    init: str = "orthogonal"
    forget_bias: float = 1.0
    epochs: int = 100
    patience: int | None = 20
    refit: bool = False
    validation: int | float = 0.2
    test: int | float = 0
    gap: int = 0
    scaling: str = "standard"
    scaler_rows: str = "train"
    log: bool = False
    patch: int = 1
    residual: str = "none"
    skip: str = "none"
    difference: str = "none"
    season: int | None = None
    seeds: int = 1
    seed: int = 0
    dtype: str = "float32"

    def __post_init__(self) -> None:
        for name in FIELDS:
            object.__setattr__(self, name, check_field(name, getattr(self, name)))
        _check_together(self)

    @property
    def steps(self) -> int:
        """T: the time steps that the network takes over one window, `patch` records each."""
        return self.window // self.patch

    @property
    def lag(self) -> int:
        """Records that differencing looks back; as many are lost at the start of a series."""
        return {"none": 0, "first": 1, "seasonal": self.season or 0}[self.difference]

    @property
    def reach(self) -> int:
        """Raw records that one prediction reads: the window, what differencing needs before it, and a whole season where
        the residual is taken from one."""
        seen = max(self.window, self.season or 0) if self.residual in ("seasonal", "seasons") else self.window
        return seen + self.lag

    def replace(self, **changes: Any) -> Config:
        """A copy with some fields changed, validated again. Raises ValueError for an unknown field."""
        _refuse_unknown(changes)
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """The fields as values that JSON takes."""
        return {**dataclasses.asdict(self), "quantiles": list(self.quantiles)}

    def to_json(self) -> str:
        return json.dumps(self.to_dict())

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Config:
        """A config from field values; fields that are missing (an older file) take their defaults."""
        _refuse_unknown(values)
        return cls(**values)

    @classmethod
    def from_json(cls, text: str) -> Config:
        """A config from a JSON object; fields that are missing (an older file) take their defaults."""
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(
                f"A config must be a JSON object; line {error.lineno}, column {error.colno}: {error.msg}."
            ) from error
        if not isinstance(values, dict):
            raise ValueError(f"A config must be a JSON object, got {type(values).__name__}.")
        return cls.from_dict(values)


def _refuse_unknown(values: Mapping[str, Any]) -> None:
    for name in values:
        if name not in FIELDS:
            raise ValueError(f"{name!r} is not a config field; the fields are {', '.join(FIELDS)}.")


def _check_together(config: Config) -> None:
    """Rules that tie fields to each other."""
    if config.gradient == "published":
        _check_published(config)
    if config.window % config.patch:
        raise ValueError(
            f"`window` must be a multiple of `patch`, but got (window={config.window}, patch={config.patch}); "
            f"take window={-(-config.window // config.patch) * config.patch}, or patch=1."
        )
    if config.truncate is not None and config.truncate > config.steps:
        raise ValueError(
            f"`truncate <= {'window' if config.patch == 1 else 'window / patch'}` must hold, but got "
            f"(truncate={config.truncate}, window={config.window}{f', patch={config.patch}' if config.patch > 1 else ''}); "
            "truncate off (None; 0 in the form) sends the error back over the whole window."
        )
    for name in ("residual", "difference"):
        if getattr(config, name) in ("seasonal", "seasons") and config.season is None:
            raise ValueError(
                f"{name}={getattr(config, name)!r} needs the number of records in a season; set season, such as season=12."
            )
    if config.dropout > 0 and config.layers == 1:
        raise ValueError(
            f"dropout={config.dropout:g} works between layers, and layers=1 has no such place; take layers=2 or dropout=0."
        )


def _check_published(config: Config) -> None:
    for name, needed in PUBLISHED_ALGORITHM.items():
        if getattr(config, name) != needed:
            raise ValueError(
                f"gradient='published' (the article's algorithm) needs {name}={needed!r}, got {getattr(config, name)!r}."
            )
    if config.truncate is None:
        raise ValueError("gradient='published' (the article's algorithm) needs a number for truncate, got None.")
    if config.scaling == "window":
        raise ValueError(
            "gradient='published' (the article's algorithm) knows no scaling by window; take scaling='none'."
        )


# What the article's update rule is defined for; anything else would not be its algorithm.
PUBLISHED_ALGORITHM: dict[str, Any] = {
    "cell": "elman",
    "activation": "sigmoid",
    "layers": 1,
    "horizon": 1,
    "input_weights": "per_step",
    "bias": False,
    "loss": "mse",
    "optimiser": "sgd",
    "schedule": "constant",
    "warmup": 0.0,
    "weight_decay": 0.0,
    "batch": 1,
    "clip": "value",
    "init": "uniform01",
    "log": False,
    "patch": 1,
    "residual": "none",
    "skip": "none",
    "difference": "none",
    "seeds": 1,
    "dtype": "float64",
}

_ARTICLE = Config(
    cell="elman", activation="sigmoid", hidden=100, window=50, horizon=1, input_weights="per_step", bias=False,
    gradient="published", truncate=5, loss="mse", optimiser="sgd", lr=1e-4, batch=1, clip="value", clip_at=10.0,
    init="uniform01", epochs=25, patience=None, validation=50, scaling="none", seed=42, dtype="float64",
)  # fmt: skip

PRESETS: dict[str, Config] = {
    "default": Config(),
    "article": _ARTICLE,
    # Changed: the true gradient of the loss, tanh, one shared input weight with a bias, Adam in shuffled batches of 4,
    # at a rate that rises to 5e-3 and falls along a cosine (0.001 whatever the seed, benchmarks/time_to_accuracy.py),
    # Glorot/orthogonal start. Kept: the data, its split, hidden 100, window 50, 25 epochs.
    "article-corrected": Config(
        activation="tanh",
        hidden=100,
        window=50,
        lr=5e-3,
        schedule="cosine",
        warmup=0.1,
        batch=4,
        epochs=25,
        patience=None,
        validation=50,
        scaling="none",
        seed=42,
    ),
}
