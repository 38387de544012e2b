"""A series as the store has it, of a run whose file is not here or that was trained in a script: learned from as it stands.

Its columns and their roles are fixed. To be looked at and repaired it becomes a table again, by way of the CSV that it leaves
as; untouched it is the very series of the run, bit for bit.
"""

from __future__ import annotations

from rnn.core.series import Series
from rnn.data import BadFile, Table, read_csv
from rnn.export.script import csv_text

STORED = "series-"  # before the hash of the series, in the address and in a run's record


def roles_of(series: Series) -> dict[str, tuple[str, ...]]:
    """What a Choice of it says of its columns."""
    apart = (*series.targets, *series.static)
    return {
        "targets": tuple(series.targets),
        "inputs": tuple(name for name in series.names if name not in series.targets),
        "static": tuple(series.static),
        "known": tuple(name for name in series.known if name not in apart),
        "ids": ("all",) if series.lengths else (),
    }


def table_of(series: Series) -> Table:
    """Raises BadFile where it cannot be read as a file."""
    text = csv_text(series)
    heading = text.partition("\n")[0].split(",")
    choices = {"encoding": "utf-8", "delimiter": ",", "decimal": ".", "header_row": 1}
    if series.lengths:
        choices |= {"shape": "long", "id": [heading[0]]}
    time = heading[1 if series.lengths else 0]
    for more in ({"time": time}, {}):
        try:
            return read_csv(text.encode(), **{"name": series.name, **choices, **more})
        except BadFile as error:
            problem = error
    raise problem
