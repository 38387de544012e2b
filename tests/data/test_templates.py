"""Cells read many at a time give what each gives alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.data.times.families import FAMILIES, family
from rnn.data.times.moments import Parsed, parse

from .written_dates import WRITTEN

CELLS = [cell for written, _ in WRITTEN.values() for cell in written.split(" | ")]
OF_KIND = {kind: [cell for cell in CELLS if family(cell) == kind] for kind in FAMILIES}
LETTERS = "0123456789:.-/ ,TZWQ+aäé"


@st.composite
def columns(draw: st.DrawFn) -> tuple[str, list[str | None]]:
    """A family, and cells of it among some with a letter exchanged and some that are missing."""
    kind = draw(st.sampled_from([kind for kind, cells in OF_KIND.items() if cells]))
    cells: list[str | None] = []
    for cell in draw(st.lists(st.sampled_from(OF_KIND[kind]), min_size=1, max_size=12)):
        at = draw(st.integers(0, len(cell) - 1))
        changed = cell[:at] + draw(st.sampled_from(LETTERS)) + cell[at + 1 :]
        cells.append(draw(st.sampled_from([cell, cell, changed, changed, None])))
    return kind, cells


def instants(parsed: Parsed) -> list[tuple[str, str]]:
    """Every cell's moment and its zone."""
    codes = np.full(len(parsed.values), -1) if parsed.zone_codes is None else parsed.zone_codes
    return [
        (str(value), parsed.zones[code] if code >= 0 and not np.isnat(value) else "")
        for value, code in zip(parsed.values.astype("datetime64[us]"), codes, strict=True)
    ]


@settings(max_examples=250, deadline=None)
@given(columns())
def test_a_column_is_its_cells(column: tuple[str, list[str | None]]) -> None:
    kind, cells = column
    together = parse(pd.Series(cells, dtype="str"), kind)
    alone = [instants(parse(pd.Series([cell], dtype="str"), kind))[0] for cell in cells]
    if not together.weeks:  # months beyond the twelfth make weeks of a whole column
        assert instants(together) == alone


@pytest.mark.parametrize("kind", [kind for kind, cells in OF_KIND.items() if cells and kind != "day-month"])
def test_what_is_of_the_family_is_read(kind: str) -> None:
    assert parse(pd.Series(OF_KIND[kind], dtype="str"), kind).unread == 0
