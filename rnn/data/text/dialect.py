"""How cells are set apart in a text: the separator, the quotation mark, and what stands before a mark inside quotes."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import clevercsv

from ..findings import BadFile
from ..times.families import family

DELIMITERS = (",", ";", "\t", "|", " ", "^", "~", ":", "\x01", "\x1f")
QUOTES = ('"', "'", "`")
PAIRS = ("||", "::")  # separators of two marks
STAND_IN = "\x1f"  # what a separator of two marks is replaced by, for parsers that know single ones only
_SNIFFED = 100  # lines that are looked at, of
_WIDTH = 2000  # characters each, and of
_TOTAL = 32768  # characters in all


@dataclass(frozen=True)
class Dialect:
    """delimiter: one mark, " " for any run of blanks, or one of PAIRS. quote: one of QUOTES, or "" where marks mean nothing.

    escape: the backslash where it stands before quotation marks inside quotes, else None (they are doubled).
    skip: lines at the start that only declare the separator (Excel's "sep=;").
    """

    delimiter: str
    quote: str
    escape: str | None
    skip: int

    @property
    def mark(self) -> str:
        """The single character that separates the cells once `simple` has been through the text."""
        return STAND_IN if self.delimiter in PAIRS else self.delimiter

    def simple(self, text: bytes) -> bytes:
        """The text with a separator of two marks replaced by one of one."""
        return text.replace(self.delimiter.encode(), STAND_IN.encode()) if self.delimiter in PAIRS else text

    def reader(self, lines: Sequence[str]) -> csv.Reader:
        """Python's reader of such lines, for a sample."""
        return csv.reader(
            lines,
            delimiter=self.mark,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape,
            skipinitialspace=True,
        )


def find_dialect(lines: Sequence[str], choices: Mapping[str, object]) -> Dialect:
    """The dialect of the first lines of a text, by CleverCSV (van den Burg, Nazabal and Sutton 2019: the dialect under which
    the rows are most alike and most cells have a type). choices may fix delimiter and quote.
    """
    declared = re.fullmatch(r'"?sep=(.)"?\s*', lines[0]) if lines else None
    chosen = choices.get("delimiter")
    if chosen is None and declared and declared.group(1) in DELIMITERS:
        chosen = declared.group(1)
    some = [line[:_WIDTH] for line in lines[1 if declared else 0 :][:_SNIFFED] if line.strip()]
    sample = "".join(some)[:_TOTAL]
    if chosen in PAIRS:
        sample, marks = sample.replace(str(chosen), STAND_IN), [STAND_IN]
    else:
        marks = list(DELIMITERS) if chosen is None else [str(chosen)]
    try:
        found = clevercsv.Sniffer().sniff(sample, delimiters=marks)
    except clevercsv.Error:
        found = None
    quote = found.quotechar if found and found.quotechar in QUOTES else '"'
    if "quote" in choices:
        quote = str(choices["quote"])
    delimiter = str(chosen) if chosen is not None else _delimiter(found.delimiter if found else "", some)
    escape = "\\" if quote and _escapes(sample, quote, delimiter) else None
    return Dialect(delimiter, quote, escape, 1 if declared else 0)


def _delimiter(found: str | None, some: Sequence[str]) -> str:
    """What CleverCSV found, unless it divides dates and times, or is half of a separator of two marks."""
    if found not in DELIMITERS:
        return ","
    if found in " :" and all(family(line.strip()) for line in some[1:]):
        return ","  # "2020-01-01 12:00" alone on a line is one cell
    for pair in PAIRS:
        runs = (
            [len(run) for line in some for run in re.findall(rf"{re.escape(pair[0])}+", line)] if found in pair else []
        )
        if runs and all(run % 2 == 0 for run in runs):
            return pair
    return found


def _escapes(sample: str, quote: str, delimiter: str) -> bool:
    r"""Whether a backslash stands before quotation marks inside cells, rather than as the last letter of one ("C:\")."""
    every = len(re.findall(rf"\\{quote}(?!{quote})", sample))
    last = len(re.findall(rf"\\{quote}\s*(?:{re.escape(delimiter)}|[\r\n]|$)", sample))
    return every > 2 * last


def sample_lines(text: bytes, size: int = 128 * 1024, enough: int = 20, limit: int = 8 * 1024 * 1024) -> list[str]:
    """The first lines of UTF-8 text, each with its line end: `size` bytes, or more where those hold fewer than `enough` lines.

    Only CR and LF end a line (str.splitlines knows ten more). Raises BadFile where the first line exceeds `limit`.
    """
    while size < min(len(text), limit) and _line_ends(text[:size]) < enough:
        size *= 4
    sample = text[:size]
    if len(text) > len(sample):
        cut = max(sample.rfind(b"\n"), sample.rfind(b"\r"))
        if cut < 0:
            raise BadFile("The first line of the file is endless; this is not a file of rows and columns.")
        sample = sample[: cut + 1]
    return re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$", sample.decode("utf-8", "ignore"))


def _line_ends(sample: bytes) -> int:
    return max(sample.count(b"\n"), sample.count(b"\r"))
