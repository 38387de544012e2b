"""The command line: `python -m rnn train | inspect | forecast | article | store`, for scripts, cron and checks."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rnn
from rnn.command_auto import chosen_by_trial, forecast_of_choice
from rnn.command_options import changes_of, config_of, horizon_of, parser_of
from rnn.core import article
from rnn.core.panel import split_series
from rnn.core.preflight import preflight
from rnn.data import inspect
from rnn.data.repair import Repair, repairs_from_json
from rnn.data.shape.build import Futures
from rnn.data.shape.calendar import is_calendar
from rnn.export.spreadsheet import to_spreadsheet_csv
from rnn.forecast import check_request, error_on_test
from rnn.runs.store_error import StoreError

ARTICLE_COLUMNS = ("epoch", "loss", "val_loss", "printed_loss", "printed_val_loss")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 with one sentence on standard error for bad input."""
    options = parser_of(_train, _inspect, _forecast, _article).parse_args(arguments)
    try:
        options.command(options)
        print(end="", flush=True)
    except BrokenPipeError:
        # The reader (head, say) has seen enough; nothing more can be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ValueError, OSError, MemoryError, StoreError) as error:
        print(f"unroll: {_sentence(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _train(options: argparse.Namespace) -> None:
    changes_of(options)
    series, _ = _series(options)
    config = _config(options, series)
    if (found := chosen_by_trial(options, series)) is not None:
        config = found.config
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
    # Asked before the file is read and trained on, which may take long.
    asked = rnn.Config(horizon=horizon_of(options))
    names = [*options.target, *options.inputs, *options.known]
    names = [name for name in dict.fromkeys(names) if name not in options.static]
    check_request(asked, names, options.target, options.steps, options.levels, known=_known(options))
    series, futures = _series(options)
    config = _config(options, series)
    names = [name for name in series.names if name not in series.static]  # a category is several columns by now
    for name, future in futures.items() if series.known else [("", None)]:
        ahead = None if not series.known else 0 if future is None else len(future)
        try:
            check_request(config, names, series.targets, options.steps, options.levels, known=series.known, ahead=ahead)
        except ValueError as error:
            raise ValueError(f"Series {name!r}: {error}" if series.lengths and name else str(error)) from None
    told = futures if series.lengths and series.known else None
    if (found := chosen_by_trial(options, series)) is not None:
        print(to_spreadsheet_csv(forecast_of_choice(found, series, options.steps, options.levels, told)), end="")
        return
    fit = rnn.fit(config, series)
    frame = rnn.forecast(fit, steps=options.steps, levels=options.levels, future=told)
    print(to_spreadsheet_csv(frame), end="")


def _article(options: argparse.Namespace) -> None:
    for row in article.table_rows(options.epochs):
        # The errors of the trained weights stand beside the article's, which printed them after its whole run only.
        whole = options.epochs == article.EPOCHS
        _print_json(row if whole else {name: row[name] for name in ARTICLE_COLUMNS})


def _series(options: argparse.Namespace) -> tuple[rnn.Series, Futures]:
    """The file's series, and for known columns the future of each series by its name."""
    choices = {"time": options.time} if options.time else {}
    repairs = _repairs(options.repairs)
    table = rnn.read_csv(options.file, **choices)
    table, ids = _picked(options, table, choices)
    strange = [one.column for one in repairs if one.column not in (None, *table.frame.columns, "value")]
    if strange:
        raise ValueError(
            f"--repairs: {strange[0]!r} is not a column; the columns are {', '.join(table.frame.columns)}."
        )
    roles = {"target": options.target, "inputs": options.inputs, "static": options.static, "known": _known(options)}
    series = table.series(**roles, ids=ids, repairs=repairs)
    futures: Futures = {}
    if series.known:
        futures = table.futures(**roles, ids=ids, repairs=repairs) if series.lengths else {series.name: series.future}
    return series, futures


def _config(options: argparse.Namespace, series: rnn.Series) -> rnn.Config:
    """The settings, once it is clear that the series can be trained on with them here."""
    config = config_of(options, series)
    columns = (len(series.names), len(series.targets))
    beside = {"n_static": len(series.static), "n_known": len(series.known)}
    many = {"lengths": series.lengths, "ids": series.ids}
    preflight(config, len(series), *columns, **beside, **many, memory_limit=_memory())
    return config


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


if __name__ == "__main__":
    sys.exit(main())
