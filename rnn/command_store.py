"""`python -m rnn store check | salvage`: whether the store is sound, and what can be saved of one that is not."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnn.runs.store import Store

# What is needed of `rnn.runs` is imported when it is asked for: the other commands start sooner without.


def add_store(commands: Any) -> None:
    """Add the commands to the parser's."""
    store = commands.add_parser(
        "store", help="see whether the store of runs is sound, or save what a damaged one holds"
    )
    kinds = store.add_subparsers(required=True, metavar="WHAT")
    check = kinds.add_parser("check", help="read the whole store and print what it holds as one JSON object")
    check.set_defaults(command=_check)
    salvage = kinds.add_parser(
        "salvage",
        help="bring every run that can still be read out of a damaged SQLite file; prints a receipt as one JSON object",
    )
    salvage.add_argument(
        "file", metavar="FILE", nargs="?",
        help="the damaged file, which is only read: its runs come into the store. Without it, or where it is the store's own "
        "file, that is set aside and a new one of what can be read takes its place; end the server first",
    )  # fmt: skip
    salvage.set_defaults(command=_salvage)


def _check(_options: argparse.Namespace) -> None:
    from rnn.runs.opening import check_all
    from rnn.runs.store import Store
    from rnn.runs.store_trouble import place_of

    own = _own_file()
    if own is not None and not own.exists():
        raise ValueError(f"There is no store at {own} yet; the first run makes one.")
    with Store() as store:
        check_all(store)
        _print({"store": place_of(store.url), "sound": True, "runs": _count(store), "bytes": store.disk_use().total})


def _salvage(options: argparse.Namespace) -> None:
    from rnn.runs.changeover import renew
    from rnn.runs.salvage import salvage
    from rnn.runs.store import Store

    own = _own_file()
    file = Path(options.file).resolve() if options.file else own
    if file is None:
        raise ValueError("The store is on PostgreSQL, which has no file to be saved; name a damaged SQLite file.")
    if not file.is_file():
        raise ValueError(f"There is no file {file}.")
    if file == own:
        if _is_sound():
            raise ValueError(f"The store {file} is sound: there is nothing to be saved.")
        receipt = renew(file, _tell)
    else:
        with Store() as store:
            receipt = salvage(file, store, _tell)
    _print(
        {
            "saved": list(receipt.saved), "lost": list(receipt.lost), "known": list(receipt.known),
            "missing": {run_id: list(parts) for run_id, parts in receipt.missing.items()},
            "file": str(receipt.source), "sentence": receipt.sentence,
        }
    )  # fmt: skip


def _own_file() -> Path | None:
    """The file of the store that the settings name; None where that is on a server."""
    from sqlalchemy import make_url

    from rnn.runs.database import database_url
    from rnn.runs.opening import path_of

    path = path_of(make_url(database_url()))
    return None if path is None else path.resolve()


def _is_sound() -> bool:
    from rnn.runs.opening import check_all
    from rnn.runs.store import Store
    from rnn.runs.store_error import StoreError

    try:
        with Store() as store:
            check_all(store)
    except StoreError as error:
        if not error.salvageable:
            raise
        return False
    return True


def _count(store: Store) -> int:
    return len(store.runs(limit=10_000_000))


def _tell(share: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{share:.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)


def _print(fields: dict[str, Any]) -> None:
    print(json.dumps(fields), flush=True)
