"""What can be said on the command line, and what it asks for: options, and the settings that they change."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from typing import Any, NoReturn

import rnn
from rnn.command_store import add_store
from rnn.core import article
from rnn.core.field_check import check_field
from rnn.core.fields import FIELDS

MOST_STEPS = int(FIELDS["horizon"].high or 0)
Command = Callable[[argparse.Namespace], None]


def changes_of(options: argparse.Namespace) -> dict[str, Any]:
    """The fields that --set settles, each with a value that it takes. Raises ValueError for a preset, a field or a value that
    there is not; asked before a file is read, which may take long."""
    preset = None if options.preset is None else preset_of(options.preset)
    changes: dict[str, Any] = {}
    for assignment in options.set:
        field, separator, text = (part.strip() for part in assignment.partition("="))
        if not separator:
            raise ValueError(f"--set takes field=value, got {assignment!r}.")
        if field not in FIELDS:
            raise ValueError(f"--set {field!r} is not a config field; the fields are {', '.join(FIELDS)}.")
        changes[field] = check_field(field, _parse_field(field, text))
    if preset is not None:
        preset.replace(**changes)
    return changes


def preset_of(name: str) -> rnn.Config:
    """The settings of a preset: one that comes with Unroll, or one that was saved in the app. Raises ValueError for an unknown
    one."""
    if name in rnn.PRESETS:
        return rnn.PRESETS[name]
    from rnn.runs.from_code import saved_presets  # late: the store takes a while to load, and few commands need it

    saved = saved_presets()
    found = {own.casefold(): config for own, config in saved.items()}.get(" ".join(name.split()).casefold())
    if found is None:
        raise ValueError(f"--preset {name!r} is not known; the presets are {', '.join([*rnn.PRESETS, *saved])}.")
    return found


def config_of(options: argparse.Namespace, series: rnn.Series) -> rnn.Config:
    """The preset with its changes, and without one what the series itself recommends beside them; a forecast then reaches as
    far as is asked for in one go. Raises ValueError for changes that contradict each other."""
    changes = changes_of(options)
    if options.preset is not None:
        return preset_of(options.preset).replace(**changes)
    steps = getattr(options, "steps", None)
    return rnn.recommended(series, None if steps is None else min(steps, MOST_STEPS), **changes)


def horizon_of(options: argparse.Namespace) -> int:
    """Of a forecast, before the series is known."""
    changes = changes_of(options)
    default = min(max(options.steps, 1), MOST_STEPS) if options.preset is None else preset_of(options.preset).horizon
    return int(changes.get("horizon", default))


def _parse_field(field: str, text: str) -> Any:
    kind = FIELDS[field].kind
    if kind == "choice":
        return text
    return tuple(_parse_value(part) for part in text.split(",")) if kind == "levels" else _parse_value(text)


def _parse_value(text: str) -> Any:
    """none, true, false and numbers as such; anything else stays text, for Config to judge."""
    words = {"none": None, "true": True, "false": False}
    if text.lower() in words:
        return words[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _levels(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) if "." in part else int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"percentages with commas between them, such as 80,95; got {text!r}") from None


def _columns(text: str) -> list[str]:
    """Names with commas between them; one in quotes may hold commas itself."""
    names = next(csv.reader([text], skipinitialspace=True), [])
    return [name.strip() for name in names if name.strip()]


class _Parser(argparse.ArgumentParser):
    """argparse, but its errors are one line like all others."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"unroll: {message}; see `{self.prog} --help`.\n")


def parser_of(train: Command, inspect: Command, forecast: Command, article_run: Command) -> argparse.ArgumentParser:
    """The parser; the commands are what each of them calls."""
    parser = _Parser(
        prog="python -m rnn", description="Train recurrent networks on your own series, without the browser."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    training = commands.add_parser("train", help="train on a file; prints one JSON object an epoch")
    forecasting = commands.add_parser("forecast", help="train on a file and print its forecast as CSV")
    for command, run in ((training, train), (forecasting, forecast)):
        command.set_defaults(command=run)
        _add_series(command)
        _add_settings(command)
        command.add_argument(
            "--auto", action="store_true",
            help="first try a handful of settings and simple forecasts on the end of the series, and take the best (rnn.auto)",
        )  # fmt: skip
    forecasting.add_argument("--steps", type=int, required=True, metavar="N", help="how many records ahead")
    forecasting.add_argument(
        "--levels", type=_levels, default=(80, 95), metavar="80,95", help="interval levels, percent"
    )

    look = commands.add_parser("inspect", help="print what was understood of a file as one JSON object")
    look.set_defaults(command=inspect)
    look.add_argument("file", metavar="FILE", help="a file of any kind that the Data page reads")

    run = commands.add_parser("article", help="print the article's run beside its printed table, as JSON lines")
    run.set_defaults(command=article_run)
    run.add_argument("--epochs", type=int, default=article.EPOCHS, metavar="N")
    add_store(commands)
    return parser


def _add_series(command: argparse.ArgumentParser) -> None:
    """What to learn from."""
    command.add_argument("file", metavar="FILE", help="a file of any kind that the Data page reads")
    command.add_argument(
        "--target", required=True, action="append", metavar="COL",
        help="the column to predict; may be said again to predict several at once",
    )  # fmt: skip
    command.add_argument(
        "--inputs", action="extend", type=_columns, default=[], metavar="COL,…",
        help="further columns that the network reads; of the calendar too, such as 'calendar: weekday', known ahead",
    )  # fmt: skip
    command.add_argument(
        "--known", action="extend", type=_columns, default=[], metavar="COL,…",
        help="further columns whose values are known ahead; those in rows after the last record are the future that a "
        "forecast reads",
    )  # fmt: skip
    command.add_argument(
        "--static", action="extend", type=_columns, default=[], metavar="COL,…",
        help="further columns of which one value a window is taken, that of its last record",
    )  # fmt: skip
    command.add_argument(
        "--id", action="append", default=[], metavar="VALUE",
        help="which series of a file of many, by its name or as COL=VALUE; may be said again to train across several",
    )  # fmt: skip
    command.add_argument(
        "--ids", choices=["all"],
        help="train one network across all series of the file, each in its own scale; errors are then in usual steps "
        "(RMSSE), and a forecast has a column `id`",
    )  # fmt: skip
    command.add_argument(
        "--repairs", metavar="FILE.json",
        help="do these repairs first: a list as the Data page writes it, or the record of a run's data from the Runs page",
    )  # fmt: skip
    command.add_argument("--time", metavar="COL", help="the time column, where it is not the one found")


def _add_settings(command: argparse.ArgumentParser) -> None:
    """How to learn it."""
    command.add_argument(
        "--preset", metavar="NAME",
        help=f"{', '.join(rnn.PRESETS)}, or one that was saved on Train; without one the series itself decides the settings, "
        "see rnn.recommended",
    )  # fmt: skip
    command.add_argument(
        "--set", action="append", default=[], metavar="field=value",
        help="settle a config field, such as hidden=64, or test=0.1 to keep the last tenth for one last measurement",
    )  # fmt: skip
