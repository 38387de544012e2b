"""How to get the same forecast again without this app: a command, or a few lines of Python where a command cannot say it."""

from __future__ import annotations

import json
import shlex
from typing import Any

from pages.forecast.reporting.subject import Subject
from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.data.shape.calendar import is_calendar

# What the command line can say of how a file is read.
_SAYABLE = {"time"}


def command_of(subject: Subject, reading: dict[str, Any], file: str) -> str | None:
    """The command that prints this forecast; None where only Python can say how the file was read, or that it is
    the mean with Theta."""
    choices = reading.get("choices", {})
    if set(choices) - _SAYABLE or not reading.get("targets") or subject.theta:
        return None
    known = [name for name in reading.get("known", ()) if not is_calendar(name)]
    words = ["python", "-m", "rnn", "forecast", file, *_each("--target", reading["targets"])]
    for option, names in (
        ("--inputs", reading.get("inputs", ())),
        ("--known", known),
        ("--static", reading.get("static", ())),
    ):
        plain = [name for name in names if option != "--inputs" or name not in (*known, *reading.get("static", ()))]
        if plain:
            words += [option, ",".join(map(_column, plain))]
    ids = list(reading.get("ids", ()))
    words += ["--ids", "all"] if ids == ["all"] else _each("--id", ids)
    if choices.get("time"):
        words += ["--time", str(choices["time"])]
    if reading.get("repairs"):
        words += ["--repairs", "repairs.json"]
    words += ["--steps", str(subject.steps)]
    if subject.levels:
        words += ["--levels", ",".join(map(str, subject.levels))]
    words += ["--preset", "default", *_each("--set", settings_of(subject.run.config))]
    return shlex.join(words)


def settings_of(config: Config) -> list[str]:
    """field=value of every setting that is not the default."""
    default = Config()
    changed = [name for name in FIELDS if getattr(config, name) != getattr(default, name)]
    return [f"{name}={_value(getattr(config, name))}" for name in changed]


def script_of(subject: Subject, reading: dict[str, Any], file: str | None) -> str:
    """The same in Python. file: None for a sample that is no file."""
    config = {name: getattr(subject.run.config, name) for name in FIELDS}
    changed = {name: value for name, value in config.items() if value != getattr(Config(), name)}
    roles = {"target": reading.get("targets"), "inputs": reading.get("inputs"), "static": reading.get("static")}
    ids = reading.get("ids") or None
    roles |= {"known": reading.get("known"), "ids": "all" if ids == ["all"] else ids}
    arguments = "".join(f", {name}={value!r}" for name, value in roles.items() if value)
    repairs = reading.get("repairs")
    imports = "import rnn\n" + ("" if file is not None else "from rnn.data import load_sample\n")
    imports += "from rnn.data.repair import repairs_from_json\n" if repairs else ""
    imports += "from rnn.forecast.with_theta import forecast_with_theta\n" if subject.theta else ""
    call = "forecast_with_theta" if subject.theta else "rnn.forecast"
    said = f"repairs = repairs_from_json({json.dumps(repairs)!r})\n" if repairs else ""
    arguments += ", repairs=repairs" if repairs else ""
    return (
        f"{imports}\n{said}table = {_read(reading, file)}\n"
        f"series = table.series({arguments.removeprefix(', ')})\n"
        f"config = rnn.Config({', '.join(f'{name}={value!r}' for name, value in changed.items())})\n"
        f"fit = rnn.fit(config, series)\n"
        f"print({call}(fit, steps={subject.steps}, levels={subject.levels!r}).to_csv(index=False))\n"
    )


def _read(reading: dict[str, Any], file: str | None) -> str:
    if file is None:
        return f"load_sample({reading['data']!r})"
    choices = "".join(f", {name}={value!r}" for name, value in reading.get("choices", {}).items())
    return f"rnn.read_csv({file!r}{choices})"


def _each(option: str, values: list[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _column(name: str) -> str:
    """A name within a list with commas: quoted where it holds one, or a quotation mark."""
    return '"' + name.replace('"', '""') + '"' if any(sign in name for sign in ',"') or name != name.strip() else name


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(repr, value)) if isinstance(value, tuple) else str(value)
