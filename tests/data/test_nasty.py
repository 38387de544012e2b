"""Files as people really have them: tests/data/nasty holds the files, its expected.json what each must give."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.data import BadFile, read_csv

FOLDER = Path(__file__).parent / "nasty"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


def plain(cell: Any) -> Any:
    """A cell as expected.json writes it: dates as ISO text, missing as None."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, np.datetime64) or hasattr(cell, "isoformat"):
        return str(np.datetime64(cell, "D"))
    return None if math.isnan(cell) else float(cell)


def test_every_file_is_told_of() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*EXPECTED, "expected.json"}
    assert len(EXPECTED) >= 60


@pytest.mark.parametrize("name", [name for name in EXPECTED if "sentence" in EXPECTED[name]])
def test_a_file_that_cannot_be_used(name: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_csv(FOLDER / name)
    assert EXPECTED[name]["sentence"] in str(caught.value)


@pytest.mark.parametrize("name", [name for name in EXPECTED if "rows" in EXPECTED[name]])
def test_a_file_that_is_read(name: str) -> None:
    expected = EXPECTED[name]
    table = read_csv(FOLDER / name, **expected.get("choices", {}))
    kinds = {one.kind for one in table.findings}
    assert list(table.frame.columns) == expected["columns"]
    assert table.rows == len(table.frame) == expected["rows"]
    assert [plain(cell) for cell in table.frame.iloc[0]] == expected["first"]
    assert [plain(cell) for cell in table.frame.iloc[-1]] == expected["last"]
    assert dict(table.skipped) == expected["skipped"]
    assert kinds >= set(expected["findings"])
    assert not kinds & set(expected.get("absent", ()))
    assert table.units.items() >= expected.get("units", {}).items()
    again = read_csv(FOLDER / name, **table.choices)
    assert again.frame.equals(table.frame)
    assert (again.skipped, again.choices) == (table.skipped, table.choices)
