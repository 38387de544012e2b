"""Which control stands for which Config field: the range a slider offers, and where in the form it has its place.

What a field means and may hold is `rnn.core.fields`' word; here is only how it is shown. A value that no slider offers
(from a link, or from a run made in a script) is added to the slider's stops, so that nothing is rounded in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rnn.core.field_check import check_field
from rnn.core.fields import FIELDS

_COUNTS = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 100, 128, 192, 256, 384, 512, 1024)
_EPOCHS = (1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000)
_WINDOWS = (
    *range(1, 61), 64, 70, 72, 80, 84, 90, 96, 100, 104, 110, 120, 128, 130, 140, 144, 150, 156, 160, 168, 180, 192, 200,
    208, 220, 240, 256, 260, 288, 300, 312, 336, 365, 400, 480, 500, 512, 600, 672, 730, 800, 1000, 1024, 1460, 2000,
)  # fmt: skip
_HORIZONS = (
    *range(1, 31), 36, 40, 42, 48, 52, 56, 60, 64, 72, 84, 90, 96, 100, 120, 144, 168, 180, 200, 240, 300, 336, 365,
)  # fmt: skip
_RATES = tuple(
    float(f"{digit}e{power}")
    for power in range(-6, 1)
    for digit in (1, 1.5, 2, 3, 5, 7)
    if not (power == 0 and digit > 1)
)
_CLIPS = (0.01, 0.03, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 1000.0)
_DELTAS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.75, 1.0, 1.35, 2.0, 3.0, 5.0, 10.0)
_MOMENTA = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
_DECAYS = (0.0, *(float(f"{digit}e{power}") for power in range(-6, 0) for digit in (1, 3)), 1.0)
_PATCHES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15, 16, 20, 24, 28, 30, 32, 36, 48, 50, 52, 60, 64, 96, 100, 144, 168)
_SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
_DROPOUTS = tuple(k / 20 for k in range(19))
_BIASES = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0)


@dataclass(frozen=True)
class Control:
    """kind: "slider" (over `stops`), "choice", "switch", "number", "share" or "levels". group: a heading of the form."""

    kind: str
    group: str
    stops: tuple[int | float, ...] = ()


BASIC = "Basic"
GROUPS = (BASIC, "Network", "Data", "Training", "Gradient", "Chance and precision")

CONTROLS: dict[str, Control] = {
    "cell": Control("choice", BASIC),
    "window": Control("slider", BASIC, _WINDOWS),
    "horizon": Control("slider", BASIC, _HORIZONS),
    "hidden": Control("slider", BASIC, _COUNTS),
    "lr": Control("slider", BASIC, _RATES),
    "epochs": Control("slider", BASIC, _EPOCHS),
    "layers": Control("slider", "Network", tuple(range(1, 9))),
    "dropout": Control("slider", "Network", _DROPOUTS),
    "activation": Control("choice", "Network"),
    "skip": Control("choice", "Network"),
    "bias": Control("switch", "Network"),
    "forget_bias": Control("slider", "Network", _BIASES),
    "input_weights": Control("choice", "Network"),
    "init": Control("choice", "Network"),
    "validation": Control("share", "Data"),
    "test": Control("share", "Data"),
    "gap": Control("number", "Data"),
    "season": Control("number", "Data"),
    "scaling": Control("choice", "Data"),
    "scaler_rows": Control("choice", "Data"),
    "log": Control("switch", "Data"),
    "difference": Control("choice", "Data"),
    "residual": Control("choice", "Data"),
    "patch": Control("slider", "Data", _PATCHES),
    "loss": Control("choice", "Training"),
    "huber_delta": Control("slider", "Training", _DELTAS),
    "quantiles": Control("levels", "Training"),
    "optimiser": Control("choice", "Training"),
    "momentum": Control("slider", "Training", _MOMENTA),
    "nesterov": Control("switch", "Training"),
    "schedule": Control("choice", "Training"),
    "warmup": Control("slider", "Training", _SHARES),
    "batch": Control("slider", "Training", tuple(2**k for k in range(12))),
    "weight_decay": Control("slider", "Training", _DECAYS),
    "patience": Control("number", "Training"),
    "refit": Control("switch", "Training"),
    "gradient": Control("choice", "Gradient"),
    "truncate": Control("number", "Gradient"),
    "clip": Control("choice", "Gradient"),
    "clip_at": Control("slider", "Gradient", _CLIPS),
    "seeds": Control("slider", "Chance and precision", tuple(range(1, 26))),
    "seed": Control("number", "Chance and precision"),
    "dtype": Control("choice", "Chance and precision"),
}


def fields_of(group: str) -> list[str]:
    """The fields that have their place under a heading, in their order."""
    return [field for field, control in CONTROLS.items() if control.group == group]


def stops_with(field: str, value: Any) -> list[int | float]:
    """The slider's stops, and `value` among them in its place."""
    stops = CONTROLS[field].stops
    return list(stops) if value in stops else sorted((*stops, value))


def shown(field: str, value: Any) -> Any:
    """What the field's widget holds for a value: levels are text, and an optional field's None is its 0, because an empty
    number would leave no trace in the address, and a reload would bring the default back."""
    if CONTROLS[field].kind == "levels":
        return value if isinstance(value, str) else ", ".join(map(_short, value))
    return 0 if FIELDS[field].optional and value is None else value


def _short(level: float) -> str:
    """0.1, with as many digits as it needs to come back the same."""
    text = f"{level:g}"
    return text if float(text) == level else repr(level)


def meant(field: str, shown: Any) -> Any:
    """The value for what the field's widget holds. Text that is no list of levels stays text, for Config to refuse."""
    if CONTROLS[field].kind == "levels":
        return _levels(shown or "")
    return None if FIELDS[field].optional and not shown else shown


def parse_link_value(field: str, text: str) -> Any:
    """The value that a link's `field=text` means. Raises ValueError naming field, value and what is allowed; levels are
    judged where they are shown, as a text that the user can correct."""
    spec = FIELDS[field]
    if spec.kind == "choice":
        return check_field(field, text)
    if spec.kind == "levels":
        return _levels(text)
    if spec.kind == "bool":
        return check_field(field, {"true": True, "false": False}.get(text.lower(), text))
    if spec.optional and text in ("", "0", "none"):
        return None
    try:
        number = float(text)
    except ValueError:
        return check_field(field, text)
    return check_field(field, int(number) if number.is_integer() else number)


def _levels(text: str) -> tuple[float, ...] | str:
    try:
        return tuple(float(part) for part in text.replace(";", ",").split(","))
    except ValueError:
        return text
