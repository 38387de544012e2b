"""Delimited files that are polluted in one way each, made from one clean table; with what a reader should make of them.

In the spirit of Pollock (Vitagliano, Hameed, Jiang, Reisener, Wu, Naumann: Pollock: A Data Loading Benchmark, PVLDB 16(8),
2023), whose files are not used: table and pollutions are our own, and chosen for files of measurements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from .notation import NOTATIONS

ROWS = 90
NAMES = ("date", "station", "note", "temperature", "rain", "visitors")
NUMBERS = (3, 4, 5)
NOTES = ("", "fair", "sensor cleaned, then moved", "wind; gusts", 'read "by hand"', "snow", "two\nlines")

Rows = list[list[str]]


@dataclass(frozen=True)
class Polluted:
    """A file and what is in it. header: None where the file has none. rows: the cells as they are written in the file;
    values: the same cells as they are meant (numbers with a point and without thousands, dates as ISO, "" for missing)."""

    group: str
    data: bytes
    rows: Rows
    header: Sequence[str] | None = NAMES
    values: Rows = field(default_factory=list)


def clean() -> Rows:
    """ISO date, place, remark with marks that need quotes, a fraction (also negative), a fraction with gaps, a count."""
    chance = np.random.default_rng(11)
    days = np.datetime64("2023-01-01") + np.arange(ROWS)
    return [
        [
            str(day),
            ("Oslo", "Bergen", "Tromsø")[k % 3],
            NOTES[k % len(NOTES)] if k % 4 == 1 else ("fair", "rain")[k % 2],
            f"{12 * np.sin(k / 9) + chance.normal():.2f}",
            "" if k % 23 == 7 else f"{chance.gamma(2):.1f}",
            str(chance.integers(900, 90_000)),
        ]
        for k, day in enumerate(days)
    ]


def text_of(
    rows: Sequence[Sequence[str]],
    sep: str = ",",
    quote: str = '"',
    end: str = "\n",
    escape: str | None = None,
    quote_all: bool = False,
) -> str:
    """The rows as text. escape: what stands before a quotation mark inside quotes (None: it is doubled)."""
    return "".join(sep.join(_cell(cell, sep, quote, escape, quote_all) for cell in row) + end for row in rows)


def _cell(cell: str, sep: str, quote: str, escape: str | None, quote_all: bool) -> str:
    if not quote_all and not any(mark in cell for mark in (sep, quote, "\n", "\r")):
        return cell
    inside = cell.replace(quote, quote + quote if escape is None else escape + quote)
    return quote + inside + quote


def files() -> Iterator[tuple[str, Polluted]]:
    """Every file by name."""
    rows = clean()
    table = [list(NAMES), *rows]
    yield from _dialects(rows, table)
    yield from _encodings(rows, table)
    yield from _around(rows, table)
    yield from _inside(rows, table)
    yield from _quotes(rows)
    yield from _notations(rows)


def _dialects(rows: Rows, table: Rows) -> Iterator[tuple[str, Polluted]]:
    made = partial(Polluted, rows=rows, values=rows)
    yield "clean", made("separator", text_of(table).encode())
    for word, sep in SEPARATORS.items():
        yield f"separator {word}", made("separator", text_of(table, sep).encode())
    flat = [[cell.replace(" ", "_") for cell in row] for row in rows]
    flat = [[cell or "NA" for cell in row] for row in flat if not any("\n" in cell for cell in row)]
    meant = [["" if cell == "NA" else cell for cell in row] for row in flat]
    yield "separator space", Polluted("separator", text_of([list(NAMES), *flat], " ").encode(), flat, NAMES, meant)
    wide = "".join("  ".join(f"{cell:<14}" for cell in row) + "\n" for row in [list(NAMES), *flat])
    yield "separator columns of blanks", Polluted("separator", wide.encode(), flat, NAMES, meant)
    yield "all cells quoted", made("quotes", text_of(table, quote_all=True).encode())
    yield "single quotes", made("quotes", text_of(table, quote="'").encode())
    yield "single quotes, all", made("quotes", text_of(table, quote="'", quote_all=True).encode())
    yield "backslash escape", made("quotes", text_of(table, escape="\\").encode())
    yield "semicolon, backslash escape", made("quotes", text_of(table, ";", escape="\\").encode())
    yield "backtick quotes", made("quotes", text_of(table, quote="`").encode())
    for word, end in (("CR LF", "\r\n"), ("CR", "\r")):
        yield f"line end {word}", made("line ends", text_of(table, end=end).encode())
    lines = [text_of([row], end="") for row in table]
    mixed = "".join(line + ("\r\n", "\n")[k % 2] for k, line in enumerate(lines))
    yield "line ends mixed CR LF and LF", made("line ends", mixed.encode())
    late = "".join(line + ("\n" if k < 60 else "\r\n") for k, line in enumerate(lines))
    yield "line ends changing", made("line ends", late.encode())
    three = "".join(line + ("\r\n", "\n", "\r")[k % 3] for k, line in enumerate(lines))
    yield "line ends of all three kinds", made("line ends", three.encode())
    yield "no last line end", made("line ends", text_of(table)[:-1].encode())


SEPARATORS = {
    "semicolon": ";",
    "tab": "\t",
    "bar": "|",
    "caret": "^",
    "tilde": "~",
    "colon": ":",
    "control A": "\x01",
    "two bars": "||",
    "comma and blank": ", ",
    "semicolon and blank": "; ",
    "two colons": "::",
}


def _encodings(rows: Rows, table: Rows) -> Iterator[tuple[str, Polluted]]:
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "cp865"):
        data = text_of(table).encode(encoding)
        yield f"encoding {encoding}", Polluted("encoding", data, rows, NAMES, rows)
    zero = text_of(table).encode().replace(b"fair", b"fa\0ir", 1)
    yield "a NUL byte in a cell", Polluted("encoding", zero, rows, NAMES, rows)
    broken = text_of(table).encode().replace("ø".encode(), b"\xf8", 1)
    yield "UTF-8 with one broken letter", Polluted("encoding", broken, rows, NAMES, rows)


def _around(rows: Rows, table: Rows) -> Iterator[tuple[str, Polluted]]:
    made = partial(Polluted, "lines around", rows=rows, values=rows)
    text = text_of(table)
    yield "preamble of a line", made(data=("Weather of three towns\n" + text).encode())
    yield (
        "preamble of five lines",
        made(data=("Weather\nOwner: the office\nunits: °C, mm\n\nversion 3\n" + text).encode()),
    )
    yield "preamble as wide as the table", made(data=("Weather,,,,,\nOwner,the office,,,,\n,,,,,\n" + text).encode())
    yield "comment lines", made(data=("# weather, in three towns\n# by hand, mostly, and late\n" + text).encode())
    yield "Excel's sep=", made(data=("sep=;\n" + text_of(table, ";")).encode())
    yield "footer line", made(data=(text + "Source: the office\n").encode())
    yield (
        "footer of three lines",
        made(data=(text + "\nNotes\n1) rain by hand; see manual\nSource: the office\n").encode()),
    )
    yield "footer as wide as the table", made(data=(text + "Source: the office,,,,,\n").encode())
    total = f"Total,,,,{sum(float(row[4] or 0) for row in rows):.1f},{sum(int(row[5]) for row in rows)}\n"
    yield "totals row", made(data=(text + total).encode())
    yield "no header", made(data=text_of(rows).encode(), header=None)
    yield "header repeated", made(data=text_of([*table[:31], table[0], *table[31:61], table[0], *table[61:]]).encode())
    twice = [["", "", "", "weather", "", "people"], list(NAMES), *rows]
    joined = ("date", "station", "note", "weather / temperature", "weather / rain", "people / visitors")
    yield "header of two rows", made(data=text_of(twice).encode(), header=joined)
    yield "row of units", made(data=text_of([table[0], ["", "", "", "°C", "mm", "1"], *rows]).encode())
    yield "two tables", made(data=(text + "\n\nstation,height\nOslo,23\nBergen,12\n").encode())
    yield "empty lines at the end", made(data=(text + "\n" * 20).encode())
    yield "empty lines between", made(data="".join(text_of([row]) + "\n" for row in table).encode())
    yield "empty line below the header", made(data=(text_of(table[:1]) + "\n" + text_of(rows)).encode())
    numbered = [[str(k), *row] for k, row in enumerate(rows, 1)]
    names = ("", *NAMES)
    yield "row names", made(data=text_of([names, *numbered]).encode(), rows=numbered, values=numbered, header=names)
    odd = ["date", "station", "note", "temperature, °C", 'rain "mm"', "visitors\nper day"]
    spoken = (*odd[:5], "visitors per day")
    yield "header with marks", made(data=text_of([odd, *rows]).encode(), header=spoken)


def _inside(rows: Rows, table: Rows) -> Iterator[tuple[str, Polluted]]:
    made = partial(Polluted, "rows")
    short = [row[:4] if k in (5, 40) else row for k, row in enumerate(rows)]
    yield "short rows", made(text_of([table[0], *short]).encode(), short, NAMES, short)
    one = [row[:1] if k == 50 else row for k, row in enumerate(rows)]
    yield "a row of one cell", made(text_of([table[0], *one]).encode(), one, NAMES, one)
    long = [[*row, "late"] if k in (20, 70) else row for k, row in enumerate(rows)]
    yield "long rows", made(text_of([table[0], *long]).encode(), long, NAMES, long)
    first = [[*row, "late"] if k == 0 else row for k, row in enumerate(rows)]
    yield "a long first row", made(text_of([table[0], *first]).encode(), first, NAMES, first)
    all_rows = [[*row, ""] for row in rows]
    yield "trailing separators", made(text_of([[*NAMES, ""], *all_rows]).encode(), rows, NAMES, rows)
    yield "trailing separators below the header", made(text_of([table[0], *all_rows]).encode(), rows, NAMES, rows)
    some = [[*row, ""] if k % 3 else row for k, row in enumerate(rows)]
    yield "trailing separators in some rows", made(text_of([table[0], *some]).encode(), rows, NAMES, rows)
    blank = [[f" {cell} " if cell else cell for cell in row] for row in rows]
    plain = "".join(",".join(_cell(c, ",", '"', None, False) for c in row) + "\n" for row in [table[0], *blank])
    yield "blanks around cells", made(plain.encode(), rows, NAMES, rows)
    twin = ["date", "station", "note", "value", "value", "value"]
    names = ("date", "station", "note", "value", "value (2)", "value (3)")
    yield "columns of one name", made(text_of([twin, *rows]).encode(), rows, names, rows)
    few = rows[:3]
    yield "three rows only", made(text_of([table[0], *few]).encode(), few, NAMES, few)
    column = [[row[3]] for row in rows]
    yield "one column", made(text_of([["temperature"], *column]).encode(), column, ("temperature",), column)


def _quotes(rows: Rows) -> Iterator[tuple[str, Polluted]]:
    """Quotation marks gone wrong: the rest of the file must survive. The bad cell itself counts as it stands, mark and all."""
    calm = [[cell.replace("\n", " ") for cell in row] for row in rows]
    lines = [text_of([row]) for row in [list(NAMES), *calm]]

    def spoilt(k: int, written: str, cell: str, sep: str = ",") -> Polluted:
        new = [text_of([row], sep) for row in [list(NAMES), *calm]] if sep != "," else list(lines)
        row = [*calm[k][:2], cell, *calm[k][3:]]
        before = calm[k]
        new[k + 1] = sep.join([*before[:2], written, *before[3:]]) + "\n"
        want = [*calm[:k], row, *calm[k + 1 :]]
        return Polluted("quotes gone wrong", "".join(new).encode(), want, NAMES, want)

    yield "a quote never closed", spoilt(44, '"fair', '"fair')
    yield "a quote never closed in the last row", spoilt(ROWS - 1, '"fair', '"fair')
    yield "a quote never closed in the first row", spoilt(0, '"fair', '"fair')
    yield "a quote never closed, semicolons", spoilt(44, '"fair', '"fair', ";")
    yield "a quote inside a bare cell", spoilt(44, '5" snow', '5" snow')
    yield "an open quote inside quotes", spoilt(44, '"about 5" snow"', 'about 5" snow')
    yield "text after a closing quote", spoilt(44, '"fair"ly', "fairly")


def _notations(rows: Rows) -> Iterator[tuple[str, Polluted]]:
    """Numbers and dates written in other ways: the cells are right as they stand, the values only when they are understood."""
    for word, (sep, change) in NOTATIONS.items():
        new = [[change(cell, k) if k in NUMBERS and cell else cell for k, cell in enumerate(row)] for row in rows]
        yield word, Polluted("numbers", text_of([list(NAMES), *new], sep).encode(), new, NAMES, rows)
    for word in ("NA", "n/a", "-", "NULL", "#N/A", "."):
        new = [[word if k in NUMBERS and not cell else cell for k, cell in enumerate(row)] for row in rows]
        yield f"missing as {word}", Polluted("numbers", text_of([list(NAMES), *new]).encode(), new, NAMES, rows)
