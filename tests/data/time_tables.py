"""Small tables with a time column, and what was found in them."""

from __future__ import annotations

from collections.abc import Sequence

from rnn.data import Finding, Table, read_csv


def table_of(cells: Sequence[object], name: str = "first", **choices: object) -> Table:
    """A table whose first column has these cells and whose second has numbers without an order."""
    rows = [f"{cell};{(k * 37) % 11 + 0.5}" for k, cell in enumerate(cells)]
    return read_csv((f"{name};value\n" + "\n".join(rows) + "\n").encode(), **choices)


def moments(table: Table) -> list[str]:
    """The times of all rows in file order, as ISO text without what is zero at the end."""
    assert table.time is not None
    texts = table.frame[table.time].to_numpy().astype("datetime64[us]").astype(str)
    return [text.replace(".000000", "").removesuffix("T00:00:00") for text in texts]


def found(table: Table, kind: str) -> list[Finding]:
    return [one for one in table.findings if one.kind == kind]
