"""What lanes are called: by what tells them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.ui.controls import shown
from rnn.ui.relevance import differing

# What a field is called in a lane's name, where its label is long.
_SHORT = {
    "lr": "rate", "hidden": "hidden", "truncate": "truncate", "clip_at": "at", "init": "start", "clip": "clip",
    "batch": "batch", "seeds": "networks",
}  # fmt: skip
FEW = 2
_BY_VALUE = ("cell", "optimiser", "activation", "init", "loss")


def names_of(configs: Sequence[Config]) -> list[str]:
    """A name for each lane, no two alike: "gru", "adam, rate 0.003"; alike lanes are numbered.

    Where they differ in more than FEW fields, what most lanes have is left out of a name that has anything else to say: a
    chart has room for a few words.
    """
    fields = differing_fields(configs)
    many = len(fields) > FEW
    usual = {field: _usual([getattr(config, field) for config in configs]) if many else () for field in fields}
    names = []
    for config in configs:
        unusual = [field for field in fields if (getattr(config, field),) != usual[field]]
        names.append(_name(config, unusual) or _name(config, fields) or "as the base")
    counts, seen = Counter(names), Counter[str]()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if counts[name] == 1 else f"{name} ({seen[name]})")
    return told


def differing_fields(configs: Sequence[Config]) -> list[str]:
    """The fields in which the lanes differ, in the order of `FIELDS`."""
    found = {field for config in configs[1:] for field in differing(configs[0], config)}
    found |= {field for one in configs for other in configs for field in differing(one, other)}
    return [field for field in FIELDS if field in found]


def _usual(values: Sequence[Any]) -> tuple[Any, ...]:
    """The value that more than half of the lanes have, as a tuple of one; empty where there is none."""
    value, count = Counter(values).most_common(1)[0]
    return (value,) if 2 * count > len(values) else ()


def _name(config: Config, fields: Sequence[str]) -> str:
    return ", ".join(filter(None, (_said(field, getattr(config, field), config) for field in fields)))


def _said(field: str, value: Any, config: Config) -> str:
    if field == "clip_at" and config.clip == "none":
        return ""
    text = "off" if value is None else _plain(shown(field, value))
    return text if field in _BY_VALUE else f"{_SHORT.get(field, FIELDS[field].label.lower())} {text}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
