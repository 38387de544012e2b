"""Settings as a TOML file that a person can read, change and give back."""

from __future__ import annotations

import dataclasses
import re
import textwrap
import tomllib
from typing import Any

import tomlkit

from rnn.core.config import Config
from rnn.core.fields import FIELDS, Field

# TOML has no value for "none".
NONE = "none"
WIDTH = 100
# A field as the sentences of Config name it: lr=0, `window`, truncate <= window.
_NAMED = re.compile(r"\b([a-z_]+)(?=`|=| <=)")
LARGEST = 1_000_000  # bytes of a file of settings; more is something else


def config_to_toml(config: Config, title: str = "") -> str:
    """Every field with what it means above it; an optional one that is None reads "none"."""
    document = tomlkit.document()
    document.add(tomlkit.comment(f"Settings of Unroll{f': {_line(title)}' if title else ''}"))
    for name, value in dataclasses.asdict(config).items():
        document.add(tomlkit.nl())
        for line in textwrap.wrap(f"{FIELDS[name].label}: {FIELDS[name].help} {_allowed(FIELDS[name])}", WIDTH):
            document.add(tomlkit.comment(line))
        document.add(name, NONE if value is None else list(value) if isinstance(value, tuple) else value)
    return tomlkit.dumps(document)


def config_from_toml(content: str | bytes, name: str = "The file") -> Config:
    """The settings of a TOML file; fields that it lacks take their defaults. name: what to call it in an error.

    Raises ValueError saying where and what for text that is no TOML, unknown fields and values that are not allowed.
    """
    if len(content) > LARGEST:
        raise ValueError(
            f"{name} has {len(content):,} bytes, far more than settings take; give the TOML file of a run."
        )
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not a text file in UTF-8 (byte {error.start + 1}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is not TOML: {_plain(error)}.") from None
    for field in values:
        if field not in FIELDS:
            raise ValueError(
                f"{name}{_place(text, field)} has the field {field!r}, which is no setting; the settings are "
                f"{', '.join(FIELDS)}."
            )
    try:
        return Config.from_dict({field: _value(FIELDS[field], value) for field, value in values.items()})
    except ValueError as error:
        named = (field for field in _NAMED.findall(str(error)) if field in values)
        raise ValueError(f"{name}{_place(text, next(named, ''))}: {error}") from None


def _place(text: str, field: str) -> str:
    """ ", line 7" where the field is set on that line; empty where it stands otherwise."""
    found = re.search(rf"""^[ \t]*["']?{re.escape(field)}["']?[ \t]*=""", text, re.MULTILINE) if field else None
    return f", line {text.count(chr(10), 0, found.start()) + 1}" if found else ""


def _value(field: Field, value: Any) -> Any:
    return None if field.optional and value == NONE else value


def _allowed(field: Field) -> str:
    none = f', or "{NONE}"' if field.optional else ""
    if field.kind == "choice":
        return f"({', '.join(field.choices)})"
    if field.kind == "bool":
        return "(true, false)"
    if field.low is None or field.high is None:
        return ""
    return f"({field.low:g} to {field.high:.10g}{none})"


def _line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _plain(error: Exception) -> str:
    return str(error).rstrip(".").replace("(at", "at").rstrip(")")
