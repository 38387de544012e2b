"""The command line: `python -m rnn train | inspect | forecast | article`, for scripts, cron and checks."""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import rnn
from rnn.core import article
from rnn.core.fields import FIELDS
from rnn.core.panel import split_series
from rnn.core.preflight import preflight
from rnn.data import inspect
from rnn.data.repair import Repair, repairs_from_json
from rnn.data.shape.build import Futures
from rnn.data.shape.calendar import is_calendar
from rnn.export.spreadsheet import to_spreadsheet_csv
from rnn.forecast import check_request, error_on_test

ARTICLE_COLUMNS = ("epoch", "loss", "val_loss", "printed_loss", "printed_val_loss")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 with one sentence on standard error for bad input."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
        print(end="", flush=True)
    except BrokenPipeError:
        # The reader (head, say) has seen enough; nothing more can be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ValueError, OSError, MemoryError) as error:
        print(f"unroll: {_sentence(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _train(options: argparse.Namespace) -> None:
    config = _config(options)
    series = _series(options, config)[0]
    tested: dict[str, Any] = {}
    for event in rnn.train(config, series):
        if isinstance(event, rnn.Epoch):
            _print_json(dataclasses.asdict(event))
        elif isinstance(event, rnn.Preview):
            error = error_on_test(series, split_series(config, series), event.test)
            tested = {} if error is None else {"test_rmse": error}
        elif isinstance(event, rnn.Finished):
            fields = dataclasses.asdict(event)
            unit = {"rmse_in": "usual steps"} if len(series.parts) > 1 else {}
            _print_json({"finished": fields.pop("reason"), **fields, **tested, **unit})


def _inspect(options: argparse.Namespace) -> None:
    _print_json(inspect(options.file))


def _forecast(options: argparse.Namespace) -> None:
    config = _config(options)
    # Asked before training, which may take long.
    names = [*options.target, *options.inputs, *options.known]
    names = [name for name in dict.fromkeys(names) if name not in options.static]
    check_request(config, names, options.target, options.steps, options.levels, known=_known(options))
    series, futures = _series(options, config)
    names = [name for name in series.names if name not in series.static]  # a category is several columns by now
    for one in futures.values() if series.known else [None]:
        ahead = None if not series.known else 0 if one is None else len(one)
        check_request(config, names, series.targets, options.steps, options.levels, known=series.known, ahead=ahead)
    fit = rnn.fit(config, series)
    told = futures if series.lengths and series.known else None
    frame = rnn.forecast(fit, steps=options.steps, levels=options.levels, future=told)
    print(to_spreadsheet_csv(frame), end="")


def _article(options: argparse.Namespace) -> None:
    for row in article.table_rows(options.epochs):
        # The errors of the trained weights stand beside the article's, which printed them after its whole run only.
        whole = options.epochs == article.EPOCHS
        _print_json(row if whole else {name: row[name] for name in ARTICLE_COLUMNS})


def _config(options: argparse.Namespace) -> rnn.Config:
    if options.preset not in rnn.PRESETS:
        raise ValueError(f"--preset {options.preset!r} is not known; the presets are {', '.join(rnn.PRESETS)}.")
    changes: dict[str, Any] = {}
    for assignment in options.set:
        field, separator, text = (part.strip() for part in assignment.partition("="))
        if not separator:
            raise ValueError(f"--set takes field=value, got {assignment!r}.")
        if field not in FIELDS:
            raise ValueError(f"--set {field!r} is not a config field; the fields are {', '.join(FIELDS)}.")
        changes[field] = _parse_field(field, text)
    return rnn.PRESETS[options.preset].replace(**changes)


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


def _series(options: argparse.Namespace, config: rnn.Config) -> tuple[rnn.Series, Futures]:
    """The file's series, once it is clear that the config can be trained on it here; and for known columns the future of each
    series by its name."""
    choices = {"time": options.time} if options.time else {}
    repairs = _repairs(options.repairs)
    table = rnn.read_csv(options.file, **choices)
    table, ids = _picked(options, table, choices)
    roles = {"target": options.target, "inputs": options.inputs, "static": options.static, "known": _known(options)}
    series = table.series(**roles, ids=ids, repairs=repairs)
    futures: Futures = {}
    if series.known:
        futures = table.futures(**roles, ids=ids, repairs=repairs) if series.lengths else {series.name: series.future}
    columns = (len(series.names), len(series.targets))
    beside = {"n_static": len(series.static), "n_known": len(series.known)}
    many = {"lengths": series.lengths, "ids": series.ids}
    preflight(config, len(series), *columns, **beside, **many, memory_limit=_memory())
    return series, futures


def _known(options: argparse.Namespace) -> list[str]:
    """What is known ahead: the columns that are said to be, and those that the calendar gives."""
    return list(dict.fromkeys([*options.known, *filter(is_calendar, options.inputs)]))


def _repairs(path: str | None) -> tuple[Repair, ...]:
    """The repairs that the file lists, one after the other; the record of a run's data, which holds them, will do as well."""
    if path is None:
        return ()
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        found = json.loads(text)
        if isinstance(found, dict):
            found = found["reading"]["repairs"] if "reading" in found else found["repairs"]
        return repairs_from_json(json.dumps(found))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ValueError(
            f"--repairs {path} is not JSON; it takes a list of repairs as the Data page writes it."
        ) from None
    except (KeyError, TypeError):
        raise ValueError(f"--repairs {path} holds no list of repairs.") from None
    except ValueError as error:
        raise ValueError(f"--repairs {path}: {error}") from None


def _picked(options: argparse.Namespace, table: rnn.Table, choices: dict[str, Any]) -> tuple[rnn.Table, Any]:
    """The series that --ids and --id name, and the table, read again where --id COL=VALUE names the column of the ids."""
    if options.ids or not options.id:
        return table, options.ids
    picked: list[str] = []
    for text in options.id:
        column, separator, value = text.partition("=")
        if text in table.ids or not separator:
            picked.append(text)
            continue
        if column not in table.id_columns:
            table = rnn.read_csv(options.file, **choices, id=column)
        picked += table.ids_where(column, value)
    return table, picked


def _memory() -> int | None:
    """Bytes of memory that this machine has, or None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _print_json(fields: dict[str, Any]) -> None:
    # JSON has no NaN or infinity; a reader in another language would stop at them.
    finite = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in fields.items()
    }
    print(json.dumps(finite), flush=True)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; take a smaller batch, a shorter window or fewer hidden units."
    return " ".join(str(error).split())


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


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m rnn", description="Train recurrent networks on your own series, without the browser."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train on a file; prints one JSON object an epoch")
    forecast = commands.add_parser("forecast", help="train on a file and print its forecast as CSV")
    for command, run in ((train, _train), (forecast, _forecast)):
        command.set_defaults(command=run)
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
        command.add_argument("--preset", default="default", metavar="NAME", help=", ".join(rnn.PRESETS))
        command.add_argument(
            "--set", action="append", default=[], metavar="field=value",
            help="change a config field, such as hidden=64, or test=0.1 to keep the last tenth for one last measurement",
        )  # fmt: skip
    forecast.add_argument("--steps", type=int, required=True, metavar="N", help="how many records ahead")
    forecast.add_argument("--levels", type=_levels, default=(80, 95), metavar="80,95", help="interval levels, percent")

    look = commands.add_parser("inspect", help="print what was understood of a file as one JSON object")
    look.set_defaults(command=_inspect)
    look.add_argument("file", metavar="FILE", help="a file of any kind that the Data page reads")

    run = commands.add_parser("article", help="print the article's run beside its printed table, as JSON lines")
    run.set_defaults(command=_article)
    run.add_argument("--epochs", type=int, default=article.EPOCHS, metavar="N")
    return parser


if __name__ == "__main__":
    sys.exit(main())
