"""Files that a hostile or unlucky user uploads, made here: name → bytes."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
COLUMNS = 10_000


def _days(rows: int, cell: Callable[[int], object], head: str = "day,v", start: str = "2020-01-01") -> bytes:
    days = np.datetime64(start) + np.arange(rows)
    return (head + "\n" + "".join(f"{day},{cell(k)}\n" for k, day in enumerate(days))).encode()


def _columns(names: list[str], rows: int = 60) -> bytes:
    """A day and a column for each name, names quoted where they must be."""
    header = ",".join(["day", *('"' + name.replace('"', '""') + '"' for name in names)])
    return _days(rows, lambda k: ",".join(str((k * (3 + j)) % 17) for j in range(len(names))), header)


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _wav(samples: bytes, rate: int = 8000) -> bytes:
    form = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def _xlsx(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False)
    return buffer.getvalue()


def _long(lonely: bool = True) -> bytes:
    rows = [f"{shop},2021-01-{k + 1:02d},{k * 7 % 11}" for shop in ("north", "south") for k in range(30)]
    return ("shop,day,sales\n" + "\n".join([*rows, *(["lonely,2021-01-05,3"] if lonely else [])]) + "\n").encode()


def _nested_parquet() -> bytes:
    days = pd.Series(pd.date_range("2020-01-01", periods=40)).mask(lambda s: s.index % 9 == 4)
    nest = [{"a": k, "b": [{"c": "x", "d": k}]} if k % 5 else None for k in range(40)]
    return _parquet(
        pd.DataFrame({"when": days, "nest": nest, "list": [[k] * (k % 3) for k in range(40)], "v": range(40)})
    )


_ODD = {5: "", 6: "", 50: "", 80: "-999", 100: "900000"}
_SPOILT = "".join(
    f"2022-{1 + k // 28:02d}-{1 + k % 28:02d},{_ODD.get(k, 20 + k % 7)}\n" + ("2022-01-05,99\n" if k == 3 else "")
    for k in range(200)
    if k not in (60, 61)
)

FILES: dict[str, Callable[[], bytes]] = {
    "one_row.csv": lambda: _days(1, lambda k: 5),
    "two_rows.csv": lambda: _days(2, lambda k: k),
    "three_rows.csv": lambda: _days(3, lambda k: k * k),
    "all_missing.csv": lambda: _days(50, lambda k: ""),
    "all_na_words.csv": lambda: _days(50, lambda k: "NA"),
    "missing_but_two.csv": lambda: _days(50, lambda k: k if k in (20, 21) else ""),
    "missing_but_one.csv": lambda: _days(50, lambda k: k if k == 20 else ""),
    "one_column_empty.csv": lambda: _days(50, lambda k: f"{k % 7},", "day,v,w"),
    "constant.csv": lambda: _days(120, lambda k: 4),
    "zeros.csv": lambda: _days(120, lambda k: 0),
    "ten_thousand_columns.csv": lambda: "\n".join(
        [",".join(f"c{j}" for j in range(COLUMNS)), *(",".join(str((j + k) % 9) for j in range(COLUMNS)) for k in range(12))]
    ).encode(),
    "script_name.csv": lambda: _columns(["<script>alert(1)</script>", "<img src=x onerror=alert(1)>"]),
    "long_name.csv": lambda: _columns(["n" * 500, "m" * 501]),
    "markdown_names.csv": lambda: _columns(["$x$ and $y$", "`code`", "**bold**", ":red[x]", "[a](http://b)", "a\\_b", "😀"]),
    "newline_name.csv": lambda: _columns(["two\nlines", "tab\tin", "\u202eover", "a\u0000b"]),
    "names_of_ours.csv": lambda: _columns(["value", "time", "row", "all", "none", "auto", "index", "calendar: weekday"]),
    "brace_names.csv": lambda: _columns(["{0}", "%s", "%(x)d", "{x!r}", "C:\\x", "/etc/passwd", "../../up"]),
    "formula_names.csv": lambda: _columns(["=1+1", "@SUM(A1)", "+x", "-x"]),
    "duplicate_names.csv": lambda: _columns(["v", "v", "V", "v ", "", "day"]),
    "negative_times.csv": lambda: b"t,v\n" + b"".join(b"%d,%d\n" % (k - 50, k % 7) for k in range(100)),
    "huge_times.csv": lambda: b"t,v\n" + b"".join(b"%de15,%d\n" % (k, k % 7) for k in range(100)),
    "years_1_and_9999.csv": lambda: b"day,v\n0001-01-01,1\n1066-10-14,2\n2020-01-01,3\n9999-12-31,4\n"
    + b"".join(b"%04d-06-01,%d\n" % (k, k % 5) for k in range(100, 180)),
    "year_9999_daily.csv": lambda: _days(90, lambda k: k % 7, start="9999-10-01"),
    "year_1_daily.csv": lambda: _days(90, lambda k: k % 7, start="0001-01-01"),
    "one_moment.csv": lambda: b"day,v\n" + b"".join(b"2020-01-01,%d\n" % (k % 9) for k in range(80)),
    "two_moments.csv": lambda: b"day,v\n" + b"".join(b"2020-01-0%d,%d\n" % (1 + k // 40, k % 9) for k in range(80)),
    "only_text.csv": lambda: b"a,b\n" + b"x,y\n" * 40,
    "only_dates.csv": lambda: b"day\n" + b"".join(b"2020-01-%02d\n" % (k + 1) for k in range(31)),
    "two_columns_of_dates.csv": lambda: _days(40, lambda k: f"2021-02-{k % 28 + 1:02d}", "from,to"),
    "huge_ints.csv": lambda: _days(60, lambda k: 2**63 + 2**70 * (k % 5)),
    "beyond_64_bits_unsigned.csv": lambda: _days(60, lambda k: 2**64 - 1 - k),
    "beyond_floats.csv": lambda: _days(60, lambda k: "1e400" if k == 30 else k),
    "nearly_beyond_floats.csv": lambda: _days(60, lambda k: "1.7e308" if k % 2 else "-1.7e308"),
    "tiny.csv": lambda: _days(60, lambda k: f"{k}e-320"),
    "infinities.csv": lambda: _days(60, lambda k: "inf" if k == 7 else "-inf" if k == 8 else "nan" if k == 9 else k),
    "mixed_units.csv": lambda: _days(120, lambda k: f"{k % 7} kg" if k % 3 else f"{1000 * (k % 7)} g"),
    "scale_jump.csv": lambda: _days(120, lambda k: (k % 7 + 3) * (1000 if 40 <= k < 60 else 1)),
    "bom_inside.csv": lambda: _days(40, lambda k: k % 7) + "\ufeff".encode() + _days(40, lambda k: k % 5)[6:],
    "bom_in_header.csv": lambda: "day,\ufeffv\n".encode() + _days(40, lambda k: k % 7)[6:],
    "spoilt.csv": lambda: ("day,temp\n" + _SPOILT).encode(),
    "spoilt_two_columns.csv": lambda: _days(
        200, lambda k: f"{'' if k % 11 == 3 else k % 13},{k if k < 90 else k + 500}", "day,a,b"
    ),
    "unsorted_with_doubles.csv": lambda: b"day,v\n"
    + b"".join(b"2021-%02d-%02d,%d\n" % (k * 5 % 12 + 1, k * 7 % 28 + 1, k % 10) for k in range(500)),
    "bad_dates_inside.csv": lambda: _days(60, lambda k: k % 7)
    + b"2020-13-45,9\nnever,4\n,3\n"
    + _days(30, lambda k: k, start="2021-01-01")[6:],
    "long_lonely.csv": _long,
    "long_alone.csv": lambda: b"shop,day,sales\n" + b"".join(b"s%d,2021-01-01,%d\n" % (k, k) for k in range(40)),
    "wide.csv": lambda: b"store,2021-01,2021-02,2021-03,2021-04,2021-05\n"
    + b"".join(b"s%d,%d,%d,,%d,%d\n" % (k, k, k + 1, k + 3, k % 3) for k in range(12)),
    "year_by_month.csv": lambda: b"Year,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec\n"
    + b"".join(b"%d," % y + b",".join(b"%d" % (m * y % 13) for m in range(12)) + b"\n" for y in range(2000, 2020)),
    "semicolons_after_each.csv": lambda: b"v;\n" + b"".join(b"%d;\n" % (k % 9) for k in range(50)),
    "future_rows.csv": lambda: _days(100, lambda k: f"{k % 7 if k < 80 else ''},{k % 3}", "day,sales,promo"),
    "zip_of_zip.zip": lambda: _zip({"in.zip": _zip({"a.csv": _days(40, lambda k: k % 7)})}),
    "zip_of_two.zip": lambda: _zip({"b.csv": _days(40, lambda k: k % 5), "../../a.csv": _days(40, lambda k: k % 7)}),
    "zip_empty.zip": lambda: _zip({}),
    "gzip_of_gzip.csv.gz": lambda: gzip.compress(gzip.compress(_days(40, lambda k: k % 7))),
    "zero_frames.wav": lambda: _wav(b""),
    "one_frame.wav": lambda: _wav(b"\1\0"),
    "silence.wav": lambda: _wav(bytes(2000)),
    "tone.wav": lambda: _wav((np.sin(np.arange(800.0)) * 9000).astype("<i2").tobytes()),
    "lower_case.fasta": lambda: b">one lower\nacgtnnacgtacgtaaaccgt\nacgtacgattt\n>two\nACGU\n",
    "nested_lists.json": lambda: json.dumps([[[1, [2, 3]], [4]], [[5], [6, [7]]]] * 12).encode(),
    "records.json": lambda: json.dumps([{"t": f"2020-01-{k + 1:02d}", "v": {"x": k, "y": [k]}} for k in range(28)]).encode(),
    "deep.json": lambda: b"[" * 20_000 + b"]" * 20_000,
    "numbers.json": lambda: json.dumps([k % 7 for k in range(60)]).encode(),
    "lines.json": lambda: b"\n".join(json.dumps({"a": k, "b": None}).encode() for k in range(40)),
    "nested.parquet": _nested_parquet,
    "all_nat.parquet": lambda: _parquet(
        pd.DataFrame({"when": pd.Series([pd.NaT] * 30, dtype="datetime64[ns]"), "v": range(30)})
    ),
    "zero_rows.parquet": lambda: _parquet(pd.DataFrame({"v": pd.Series([], dtype="float64")})),
    "zoned.parquet": lambda: _parquet(
        pd.DataFrame({"when": pd.date_range("2020-03-28", periods=60, freq="h", tz="Europe/Berlin"), "v": range(60)})
    ),
    "dates.xlsx": lambda: _xlsx(pd.DataFrame({"day": pd.date_range("2020-01-01", periods=40), "v": range(40)})),
    "text_numbers.xlsx": lambda: _xlsx(
        pd.DataFrame({"day": [f"{k + 1}.1.2020" for k in range(31)], "v": [f"{k},5" for k in range(31)]})
    ),
}  # fmt: skip


def corpus() -> dict[str, bytes]:
    """Every file: those here, those of the folders of nasty files and of workbooks."""
    folders = {
        path.name: path.read_bytes()
        for folder in ("nasty", "workbooks")
        for path in sorted((HERE / folder).iterdir())
        if path.suffix != ".json"
    }
    return folders | {name: make() for name, make in FILES.items()}
