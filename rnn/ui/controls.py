"""Which control stands for which Config field: the range a slider offers, and where in the form it has its place.

What a field means and may hold is `rnn.core.fields`' word; here is only how it is shown. A value that no slider offers
(from a link, or from a run made in a script) is added to the slider's stops, so that nothing is rounded in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rnn.core.fields import FIELDS, check_field

_COUNTS = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 100, 128, 192, 256, 384, 512, 1024)
_EPOCHS = (1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000)
_WINDOWS = (
    *range(1, 61), 64, 70, 72, 80, 84, 90, 96, 100, 104, 110, 120, 128, 130, 140, 144, 150, 156, 160, 168, 180, 192, 200,
    208, 220, 240, 256, 260, 288, 300, 312, 336, 365, 400, 480, 500, 512, 600, 672, 730, 800, 1000, 1024, 1460, 2000,
)  # fmt: skip
_HORIZONS = (
    *range(1, 31),
    36,
    40,
    42,
    48,
    52,
    56,
    60,
    64,
    72,
    84,
    90,
    96,
    100,
    120,
    144,
    168,
    180,
    200,
    240,
    300,
    336,
    365,
)
_RATES = tuple(
    float(f"{digit}e{power}")
    for power in range(-6, 1)
    for digit in (1, 1.5, 2, 3, 5, 7)
    if not (power == 0 and digit > 1)
)
_CLIPS = (0.01, 0.03, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 1000.0)


@dataclass(frozen=True)
class Control:
    """kind: "slider" (over `stops`), "choice", "switch", "number" or "share". group: a heading of the form."""

    kind: str
    group: str
    stops: tuple[int | float, ...] = ()


BASIC = "Basic"
GROUPS = (BASIC, "Network", "Training", "Data")

CONTROLS: dict[str, Control] = {
    "window": Control("slider", BASIC, _WINDOWS),
    "horizon": Control("slider", BASIC, _HORIZONS),
    "hidden": Control("slider", BASIC, _COUNTS),
    "lr": Control("slider", BASIC, _RATES),
    "epochs": Control("slider", BASIC, _EPOCHS),
    "cell": Control("choice", "Network"),
    "activation": Control("choice", "Network"),
    "layers": Control("number", "Network"),
    "input_weights": Control("choice", "Network"),
    "bias": Control("switch", "Network"),
    "init": Control("choice", "Network"),
    "dropout": Control("number", "Network"),
    "skip": Control("choice", "Network"),
    "optimiser": Control("choice", "Training"),
    "batch": Control("slider", "Training", tuple(2**k for k in range(12))),
    "schedule": Control("choice", "Training"),
    "patience": Control("number", "Training"),
    "clip": Control("choice", "Training"),
    "clip_at": Control("slider", "Training", _CLIPS),
    "truncate": Control("number", "Training"),
    "loss": Control("choice", "Training"),
    "weight_decay": Control("number", "Training"),
    "gradient": Control("choice", "Training"),
    "seed": Control("number", "Training"),
    "seeds": Control("number", "Training"),
    "dtype": Control("choice", "Training"),
    "validation": Control("share", "Data"),
    "scaling": Control("choice", "Data"),
    "season": Control("number", "Data"),
    "log": Control("switch", "Data"),
    "difference": Control("choice", "Data"),
    "residual": Control("choice", "Data"),
    "patch": Control("number", "Data"),
}


def offered(field: str) -> bool:
    """Whether the field has anything to choose from: one with a single legal value is not shown."""
    spec = FIELDS[field]
    if spec.kind == "choice":
        return len(spec.choices) > 1
    return spec.kind == "count-or-share" or spec.low != spec.high or (spec.kind == "bool" and spec.high != 0)


def fields_of(group: str) -> list[str]:
    """The fields shown under a heading, in their order."""
    return [field for field, control in CONTROLS.items() if control.group == group and offered(field)]


def stops_with(field: str, value: Any) -> list[int | float]:
    """The slider's stops, and `value` among them in its place."""
    stops = CONTROLS[field].stops
    return list(stops) if value in stops else sorted((*stops, value))


def parse_link_value(field: str, text: str) -> Any:
    """The value that a link's `field=text` means. Raises ValueError naming field, value and what is allowed."""
    spec = FIELDS[field]
    if spec.kind == "choice":
        return check_field(field, text)
    if spec.kind == "bool":
        return check_field(field, {"true": True, "false": False}.get(text.lower(), text))
    if spec.optional and text in ("", "0", "none"):
        return None
    try:
        number = float(text)
    except ValueError:
        return check_field(field, text)
    return check_field(field, int(number) if number.is_integer() else number)
