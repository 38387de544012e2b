"""What a single cell can be: missing, a number in one notation or another, or text. Whole columns are made of these."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd

from .findings import Finding, counted, finding, row_list
from .times.families import family

# Cells that say "no value" in the exports of Excel, R, SQL, SPSS and measuring stations.
MISSING_WORDS: tuple[str, ...] = (
    *(
        "",
        "NA",
        "N/A",
        "n/a",
        "na",
        "N.A.",
        "n.a.",
        "<NA>",
        "#N/A",
        "#N/A N/A",
        "#NA",
        "NaN",
        "nan",
        "-nan",
        "-NaN",
        "NAN",
    ),
    *("NULL", "null", "Null", "None", "none", "NONE", "NaT", "nil", "missing", "Missing"),
    *("?", "-", "--", "---", ".", "..", "*"),
    *("–", "—", "#VALUE!", "#DIV/0!", "#REF!", "#NAME?", "#NUM!", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
)
_MOSTLY = 0.9  # share of the cells that must name a unit, or none
_MISSING = frozenset(MISSING_WORDS)
_SPACES = "\u0020\u00a0\u202f\u2009'’"  # what separates thousands besides the point and the comma
_CURRENCIES = (
    *("US$", "CA$", "AU$", "NZ$", "HK$", "A$", "C$", "R$", "S$", *"$€£¥₹₽₩₺₴₫₪฿₦¢"),
    *("USD", "EUR", "GBP", "CHF", "JPY", "CNY", "RMB", "INR", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK"),
    *("HUF", "RON", "BGN", "RUB", "UAH", "TRY", "BRL", "MXN", "ARS", "CLP", "COP", "ZAR", "KRW", "SGD", "HKD", "TWD", "THB"),
    *("IDR", "MYR", "PHP", "VND", "ILS", "AED", "SAR", "EGP", "NGN", "KES", "BTC", "Rs.", "Rs", "Fr.", "kr", "zł", "Kč"),
)  # fmt: skip
_CURRENCY = "|".join(re.escape(one) for one in _CURRENCIES)
_UNIT = r"(?:[^\W\d_]|[%‰°\"'′″/$€£¥₹])[^\s,;()\d]{0,9}[\d²³]?(?:/[^\W_]{1,8})?"
# What most cells of most files are, told without the long patterns: a number with either mark; a fraction that can be no
# thousand ("1.234"), and no month of a year ("12.2020").
_PLAIN = re.compile(r"[+\-]?\d+(?:[.,]\d*)?", re.ASCII)
_FRACTION = re.compile(r"[+\-]?\d{1,15}([.,])(?:\d{1,2}|\d{5,20})", re.ASCII)
_QUANTITY = re.compile(
    rf"(?P<open>\()?(?P<sign>[+\-−])?\s?(?:(?P<before>{_CURRENCY})\s?)?(?P<sign2>[+\-−])?"
    rf"(?P<number>(?:\d[\d.,{_SPACES}]*|[.,]\d+)(?:[eE][+\-]?\d+)?)(?<!\s)"
    rf"(?:\s?(?P<after>{_CURRENCY}|{_UNIT}))?(?P<minus>[-−])?(?(open)\))"
)


def is_missing(cell: str) -> bool:
    """Whether the cell is one of MISSING_WORDS, ignoring blanks around it."""
    return cell.strip() in _MISSING


@cache
def number_pattern(decimal: str) -> str:
    """A regular expression for a whole cell that is a number; `decimal` is "." or ",", the other one may group thousands
    (12,345 or 12,34,567). A minus may stand behind, and brackets around a number mean minus, as accountants write it.
    """
    point, other = re.escape(decimal), re.escape("," if decimal == "." else ".")
    groups = "|".join(rf"\d{{1,3}}(?:{mark}\d{{3}})+" for mark in (other, f"[{_SPACES}]"))
    indian = rf"|\d{{1,2}}(?:{other}\d\d)+{other}\d{{3}}"
    body = rf"(?:(?:\d+|{groups}{indian})(?:{point}\d*)?|{point}\d+)(?:[eE][+\-]?\d+)?"
    return rf"(?:[+\-−]?{body}|{body}[\-−]|\({body}\))"


def is_number(cell: str, decimal: str | None = None) -> bool:
    """Whether the cell is a number with this decimal mark (None: with either)."""
    text = cell.strip()
    if len(text) > 60 or not text:
        return False
    if text.isascii() and text.isdigit():
        return True
    if decimal is None and _PLAIN.fullmatch(text):
        return True
    return any(_compiled(mark).fullmatch(text) for mark in ([decimal] if decimal else ".,"))


@cache
def _compiled(decimal: str) -> re.Pattern[str]:
    return re.compile(number_pattern(decimal), re.ASCII)


def quantity(cell: str) -> tuple[str, str] | None:
    """A number and its unit ("" where there is none): "$1,234.50", "12.5 kg", "-3 %", "(20 €)"; None for anything else."""
    text = cell.strip()
    match = _QUANTITY.fullmatch(text) if len(text) <= 60 else None
    if not match or (match["before"] and match["after"]) or match["after"] in ("e", "E"):
        return None
    unit = match["before"] or match["after"] or ""
    negative = any(match[part] in ("-", "−") for part in ("sign", "sign2", "minus")) != bool(match["open"])
    number = ("-" if negative else "") + match["number"]
    return (number, unit) if is_number(number) and not family(text) else None


def common_unit(cells: Iterable[str], decimal: str | None = None) -> str | None:
    """The unit that nearly all of the cells name, beside numbers; None where there is none or they differ.

    A few cells may name none, or be no numbers.
    """
    units = Counter[str | None]()
    for cell in cells:
        if not is_missing(cell):
            found = quantity(cell)
            units[found[1] if found and is_number(found[0], decimal) else None] += 1
    named = [(count, unit) for unit, count in units.items() if unit]
    if not named:
        return None
    count, unit = max(named)
    return unit if count + units[""] >= _MOSTLY * units.total() and count * 2 > units.total() else None


def _vote(cell: str) -> str | None:
    """What one cell says of the decimal mark: "." or "," for sure; "?." or "?," where thousands are as likely; None."""
    if plain := _FRACTION.fullmatch(cell.strip()):
        return plain[1]
    number = (quantity(cell) or ("",))[0] if "." in cell or "," in cell else ""
    if not number:
        return None
    spaced = re.search(f"[{_SPACES}]", number)
    body = re.sub(f"[{_SPACES}]", "", number).lstrip("+-−")
    match = re.fullmatch(r"(\d*)((?:[.,]\d*)+)([eE][+-]?\d+)?", body, re.ASCII)
    if not match:
        return None
    head, tail, exponent = match.groups()
    marks = [c for c in tail if c in ".,"]
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return "," if marks[0] == "." else "."
    grouped = len(tail) == 4 and 1 <= len(head) <= 3 and not head.startswith("0") and not exponent and not spaced
    return f"?{marks[0]}" if grouped else marks[0]


def find_decimal(columns: Iterable[Sequence[str]], delimiter: str) -> tuple[str, Finding | None]:
    """The decimal mark that the cells of a sample speak for, "." without evidence; a finding where it had to be guessed.

    columns: the cells of each column. Where all evidence is of the kind "1,234", the cell is read as one and a bit if every
    cell of its column is written so (and, for commas, the semicolon keeps the comma free), else as one thousand.
    """
    sure = {".": 0, ",": 0}
    unsure: list[tuple[str, bool, str]] = []
    for cells in columns:
        votes = [(_vote(cell), cell) for cell in cells]
        for vote, cell in votes:
            if vote in sure:
                sure[vote] += 1
            elif vote:
                numbers = sum(quantity(other) is not None for other in cells)
                every = sum(v is not None for v, _ in votes) == numbers and numbers > 1
                unsure.append((vote[1], every, cell))
                break
    if sure["."] or sure[","]:
        return ("," if sure[","] > sure["."] else "."), None
    if not unsure:
        return ".", None
    mark, every, cell = unsure[0]
    fraction = every and (mark == "." or delimiter == ";")
    decimal = mark if fraction else ("," if mark == "." else ".")
    read_as = cell.strip().replace(mark, "." if fraction else "")
    other = "thousands" if fraction else "decimals"
    message = (
        f"{cell.strip()!r} can be read in two ways and was read as {read_as}; if the mark {mark!r} stands for {other}, "
        f"choose decimal={',' if decimal == '.' else '.'!r}."
    )
    return decimal, finding("ambiguous-number", message, count=len(unsure))


def to_numbers(
    text: pd.Series, decimal: str, unit: str | None = None, missing_words: Sequence[str] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers in `text` as float64 (NaN where there is none), and a mask of the cells that hold something else.

    text: strings, missing where the file had a missing word. unit: what stands before or behind the numbers. missing_words:
    further words that say "no value". Thousands marks go, "−", a minus behind and brackets count as minus.
    """
    cells = text.str.strip()
    if unit:
        cells = cells.str.replace(unit, "", regex=False).str.strip().str.replace(" )", ")", regex=False)
    fits = cells.str.fullmatch(number_pattern(decimal)).fillna(False).to_numpy(dtype=bool)
    values = np.full(len(text), np.nan)
    if fits.any():
        values[fits] = _values(cells[fits], decimal)
    lowered = cells.str.lower()
    infinite = lowered.isin(["inf", "+inf", "-inf", "infinity", "-infinity"]).to_numpy(dtype=bool)
    values[infinite] = np.inf
    missing = cells.isna() | cells.isin([*MISSING_WORDS, *missing_words])
    return values, ~(fits | missing.to_numpy(dtype=bool) | infinite)


def _values(cells: pd.Series, decimal: str) -> np.ndarray:
    """The numbers in cells that all fit `number_pattern`. (No replacement refers to a group: Arrow knows none of that.)"""
    plain = cells.str.replace("−", "-", regex=False)
    turned = (plain.str.startswith("(") | plain.str.endswith("-")).to_numpy(dtype=bool)
    if turned.any():
        plain = plain.where(~turned, plain.str.strip("()-"))
    plain = plain.str.replace(rf"[{_SPACES}{re.escape(',' if decimal == '.' else '.')}]", "", regex=True)
    if decimal == ",":
        plain = plain.str.replace(",", ".", regex=False)
    values = pd.to_numeric(plain).to_numpy(dtype=np.float64, copy=True)
    values[turned] *= -1
    return values


def not_numbers(column: str, rows: np.ndarray, first: str) -> Finding:
    """The finding for a column of numbers in which a few cells hold something else."""
    cells = counted(len(rows), "cell")
    message = f"{cells} of {column!r} not a number ({row_list(rows)}; the first is {first}); treated as missing."
    return finding("not-numbers", message, rows, column=column)


def with_unit(column: str, unit: str, count: int) -> Finding:
    """The finding for a column whose cells name their unit."""
    kept = "kept in percent, 12.5 for 12.5 %" if unit == "%" else f"the values are in {unit}"
    message = f"{counted(count, 'cell')} of {column!r} name the unit {unit!r}; it was taken off ({kept})."
    return finding("unit", message, count=count, column=column)
