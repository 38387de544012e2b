"""Workbooks: what a person sees in the sheet is what the table holds, and no workbook eats the machine."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from rnn.data import BadFile, read_csv
from rnn.data.formats.apart import process

from .workbook_parts import ods, ods_cell, ods_row, row, xlsx

FOLDER = Path(__file__).parent / "workbooks"
START = dt.datetime(2021, 3, 1, 0, 30)
HOURS = [START + dt.timedelta(hours=k) for k in range(30)]
VALUES = [float(f"{0.1 + 1.1 * k:.15g}") for k in range(30)]  # as many digits as the writer keeps


def workbook(*rows: Sequence[Any], change: Callable[[Workbook, Worksheet], None] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in rows:
        sheet.append(list(cells))
    if change:
        change(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


ORDINARY = [("time", "value", "count"), *zip(HOURS, VALUES, range(30), strict=True)]


def test_an_ordinary_sheet() -> None:
    content = workbook(*ORDINARY)
    table = read_csv(content)
    assert (table.format, table.encoding, table.delimiter, table.decimal, table.header_row) == (
        "xlsx",
        "xlsx",
        "",
        ".",
        1,
    )
    assert (table.time, table.frequency, table.rows) == ("time", "h", 30)
    assert table.frame.index.tolist() == list(range(2, 32))  # as the spreadsheet numbers them
    assert table.frame["value"].tolist() == VALUES  # every bit
    assert table.frame["count"].dtype == np.int64
    assert table.frame["time"].tolist() == HOURS
    assert table.choices["sheet"] == "Sheet"
    assert read_csv(content, **table.choices).frame.equals(table.frame)
    assert [one.kind for one in table.findings] == []


@pytest.mark.parametrize("name", ["small.xls", "small.xlsb"])
def test_older_and_binary_workbooks(name: str) -> None:
    """Both written by another library: hours from half past midnight on, 1.25 k, and whether k is even."""
    table = read_csv(FOLDER / name)
    assert (table.format, table.name, table.rows) == (name.split(".")[1], "small", 12)
    assert table.frame["Zeit"].tolist() == HOURS[:12]
    assert table.frame["Wert"].tolist() == [1.25 * k for k in range(12)]
    assert table.frame["an"].tolist() == [1, 0] * 6
    assert [one.message for one in table.findings if one.kind == "booleans"] == ["Yes and no in 'an' read as 1 and 0."]


def test_opendocument() -> None:
    body = "".join(
        ods_row(ods_cell("date", f"2020-01-{k:02d}"), ods_cell("float", 0.1 * k), ods_cell("boolean", "true"))
        for k in range(1, 20)
    )
    table = read_csv(ods(body))
    assert (table.format, table.frequency, table.header_row) == ("ods", "D", None)
    assert table.frame["column 2"].tolist() == [float(f"{0.1 * k}") for k in range(1, 20)]
    assert table.frame["column 3"].tolist() == [1] * 19


def test_dates_with_and_without_a_time_of_day_and_with_fractions_of_a_second() -> None:
    days = [dt.datetime(2020, 1, 1) + dt.timedelta(hours=12 * k) for k in range(10)]
    assert read_csv(workbook(("t", "v"), *zip(days, VALUES))).frame["t"].tolist() == days  # noqa: B905
    fine = [dt.datetime(2020, 1, 1) + dt.timedelta(milliseconds=250 * k) for k in range(10)]
    table = read_csv(workbook(("t", "v"), *zip(fine, VALUES)))  # noqa: B905
    assert table.frame["t"].tolist() == fine
    assert table.frequency == "250ms"


def test_a_title_above_and_a_table_that_begins_elsewhere() -> None:
    def change(_: Workbook, sheet: Worksheet) -> None:
        sheet.insert_cols(1, 2)
        sheet.insert_rows(1, 3)
        sheet["C2"] = "Sales of all shops"
        sheet.merge_cells("C2:E2")

    table = read_csv(workbook(*ORDINARY, change=change))
    assert table.header_row == 4
    assert list(table.frame) == ["time", "value", "count"]
    assert table.frame["value"].tolist() == VALUES
    assert table.frame.index[0] == 5
    assert [one.kind for one in table.findings] == ["preamble"]


def test_blank_rows_and_columns_between() -> None:
    def change(_: Workbook, sheet: Worksheet) -> None:
        sheet.insert_cols(2)
        sheet.insert_rows(10)

    table = read_csv(workbook(*ORDINARY, change=change))
    assert list(table.frame) == ["time", "value", "count"]
    assert table.frame["value"].tolist() == VALUES
    kinds = {one.kind: one for one in table.findings}
    assert kinds["blank-rows"].rows == (10,)
    assert kinds["empty-columns"].message == "1 blank column left out."


def test_cells_merged_over_rows_count_for_each_row() -> None:
    def change(_: Workbook, sheet: Worksheet) -> None:
        for first in (2, 5):
            sheet.merge_cells(start_row=first, end_row=first + 2, start_column=1, end_column=1)

    rows = [("shop", "v"), *[("north", k) for k in range(3)], *[("south", k) for k in range(3)]]
    table = read_csv(workbook(*rows, change=change))
    assert table.frame["shop"].tolist() == ["north"] * 3 + ["south"] * 3
    assert next(one.count for one in table.findings if one.kind == "merged-cells") == 4


def test_errors_and_words_for_nothing_are_missing_and_other_words_reported() -> None:
    values: list[Any] = [*range(40)]
    values[3], values[7], values[9] = "#N/A", "n/a", "broken"
    table = read_csv(workbook(("t", "v"), *zip([START + dt.timedelta(days=k) for k in range(40)], values, strict=True)))
    assert np.flatnonzero(table.frame["v"].isna()).tolist() == [3, 7, 9]
    odd = next(one for one in table.findings if one.kind == "not-numbers")
    assert odd.message == "1 cell of 'v' not a number (row 11; the first is 'broken'); treated as missing."


def test_numbers_kept_as_text() -> None:
    rows = [(f"2020-01-{k:02d}", f"{k},5") for k in range(1, 20)]
    table = read_csv(workbook(("day", "v"), *rows))
    assert (table.decimal, table.frequency) == (",", "D")
    assert table.frame["v"].tolist() == [k + 0.5 for k in range(1, 20)]


def two_sheets(book: Workbook, _: Worksheet) -> None:
    book.create_sheet("notes").append(["See", "the", "other"])
    larger = book.create_sheet("larger")
    for k in range(50):
        larger.append([k, k * 0.5, k * 2, 1])


def test_the_fullest_sheet_is_read_and_the_others_are_named() -> None:
    content = workbook(*ORDINARY, change=two_sheets)
    table = read_csv(content)
    assert table.choices["sheet"] == "larger"
    message = "Sheet 'larger' holds the most cells and was read; the others are 'Sheet' (93 cells), 'notes' (3 cells)."
    assert [one.message for one in table.findings if one.kind == "sheets"] == [message]
    chosen = read_csv(content, sheet="Sheet")
    assert chosen.time == "time" and chosen.choices["sheet"] == "Sheet"
    with pytest.raises(BadFile, match="sheet='none' is not in the workbook; its sheets are 'Sheet', 'notes', 'larger'"):
        read_csv(content, sheet="none")


def test_a_chosen_header_row_and_choices_that_say_nothing() -> None:
    table = read_csv(workbook(("a", "b"), ("x", "y"), *[(k, k * k) for k in range(9)]), header_row=2, delimiter=";")
    assert list(table.frame) == ["x", "y"]
    message = "Not used, since it says nothing about a file of the kind 'xlsx': delimiter."
    assert message in [one.message for one in table.findings]


GOOD = "".join(row(k, k * k % 7, 1.5 * k) for k in range(1, 20))
LAUGHS = "".join(f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(9))
TEXT = '<row r="22"><c r="A22" t="inlineStr"><is><t>{}</t></is></c></row>'
LONG_ROW = b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>"

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: workbook(), "Sheet 'Sheet' is empty; choose one with a header"),
    "cut": (lambda: workbook(*ORDINARY)[:-500], "The workbook is damaged or ends too early"),
    "a cell at the far corner": (
        lambda: xlsx(GOOD + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "The workbook needs more than 2 GB of memory to be read, perhaps because a cell stands far from the table",
    ),
    "a cell far away": (
        lambda: xlsx(GOOD + '<row r="1000000"><c r="BM1000000"><v>1</v></c></row>'),
        "Sheet 'S' spans 1,000,000 rows and 65 columns, more than can be held; delete what stands far",
    ),
    "much packed into little": (
        lambda: xlsx(LONG_ROW for _ in range(40_000)),
        "unpacks to 572 MB, more than the 512 MB",
    ),
    "a billion laughs": (
        lambda: xlsx(GOOD + TEXT.format("&j;"), f'<!DOCTYPE x [<!ENTITY a "lol">{LAUGHS}]>'),
        "The workbook is damaged",
    ),
    "another file's content": (
        lambda: xlsx(GOOD + TEXT.format("&x;"), '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "The workbook is damaged",
    ),
    "an endless repetition": (
        lambda: ods(ods_row(ods_cell("float", 1, 16384), repeated=1 << 20)),
        "The workbook is damaged",
    ),
    "a password": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
        "The workbook is encrypted with a password; open it",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_no_workbook_eats_the_machine(case: str) -> None:
    make, sentence = HOSTILE[case]
    content = make()
    begin = time.process_time()
    with pytest.raises(BadFile) as caught:
        read_csv(content)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")
    assert time.process_time() - begin < 5


def test_a_directory_that_understates_the_size_leads_nowhere() -> None:
    content = bytearray(xlsx(LONG_ROW for _ in range(40_000)))
    at = content.rfind(b"PK\x01\x02")
    assert b"sheet1.xml" in content[at:]
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    with pytest.raises(BadFile, match="The workbook is damaged"):
        read_csv(bytes(content))


def test_the_process_has_its_bounds() -> None:
    """What the tests above rest on where the system knows such limits."""
    import resource  # not on Windows
    import subprocess
    import sys

    code = "from rnn.data.formats.apart import process; process._limit(); import resource as r; " + (
        "print(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_FSIZE)[0])"
    )
    said = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert [int(one) for one in said] == [process.MEMORY, process.SECONDS, 0]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 0  # and this process goes on without them


def test_words_for_nothing_can_be_said_of_a_workbook_too() -> None:
    rows = [[f"2024-01-{k:02d}", -999 if k == 3 else k, "off" if k == 5 else k] for k in range(1, 20)]
    content = workbook(["day", "v", "w"], *rows)
    assert read_csv(content).frame["v"].min() == -999
    table = read_csv(content, missing_words=["-999", "off"])
    assert table.frame["v"].isna().to_numpy().nonzero()[0].tolist() == [2]
    assert table.frame["w"].isna().to_numpy().nonzero()[0].tolist() == [4]
    again = read_csv(content, **table.choices)
    assert again.frame["v"].equals(table.frame["v"])
