"""Quotation marks gone wrong: lines whose quote is never closed are found and read as lines of their own."""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..cells import is_number
from ..findings import Finding, counted, finding, row_list
from .dialect import Dialect

_CHUNK = 1 << 24  # bytes looked at in one go
_FAR = 1 << 18  # bytes of a line, or of a cell of several lines, beyond which it is taken as it stands


class _Line(NamedTuple):
    number: int  # counted from 1
    start: int
    end: int  # without its line end


class _Patterns:
    """Regular expressions for the cells of a dialect, on bytes.

    opened: the begin of a quoted cell. closed: a cell from quote to quote. whole: the same, ended by a separator or the line;
    closing: a quote before a separator or the end of the line. record: cells of which each is whole or bare.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.mark, self.quote = dialect.mark.encode(), dialect.quote.encode()
        quote, mark = re.escape(self.quote), re.escape(self.mark)
        inside = rb"[^%b]*(?:%b%b[^%b]*)*" % (quote, quote, quote, quote)
        if dialect.escape:
            inside = rb"(?:[^%b\\]|\\.|%b%b)*" % (quote, quote, quote)
        closed = rb" *%b(%b)%b" % (quote, inside, quote)
        ends = rb"[ \t]*(?=%b|\Z)" % mark
        cell = rb"(?:%b%b|(?! *%b)[^%b\n]*)" % (closed, ends, quote, mark)
        self.opened = re.compile(rb" *%b" % quote)
        self.closed = re.compile(closed, re.DOTALL)
        self.whole = re.compile(closed + ends, re.DOTALL)
        self.closing = re.compile(rb"%b%b" % (quote, ends))
        self.record = re.compile(rb"%b(?:%b%b)*" % (cell, mark, cell), re.DOTALL)


def mended(text: bytes, lines: Sequence[str], dialect: Dialect) -> tuple[bytes, list[Finding]]:
    """`text` (UTF-8, its separator one mark, lines ended by LF) with every line put right whose quote is never closed.

    lines: the first lines, from which the usual number of cells is taken. The wrong mark stays in its cell as a letter, unless
    the rest of the cell is a number.
    """
    quote = dialect.quote.encode()
    if not quote or dialect.delimiter == " " or quote not in text:
        return text, []
    patterns = _Patterns(dialect)
    width = _usual_width(lines, dialect, patterns)
    wrong = list(_wrong(text, _odd_lines(text, dialect), width, patterns))
    if not wrong:
        return text, []
    parts, at = [], 0
    for _, line in wrong:
        parts += [text[at : line.start], _written(_single(text[line.start : line.end], patterns), dialect)]
        at = line.end
    rows = [row for row, _ in wrong]
    message = (
        f"{counted(len(rows), 'row')} with a quotation mark that is not closed ({row_list(rows)}); each was read as a line of "
        "its own, the odd mark as a letter."
    )
    return b"".join([*parts, text[at:]]), [finding("open-quotes", message, rows)]


def _usual_width(lines: Sequence[str], dialect: Dialect, patterns: _Patterns) -> int:
    """How many cells a row has: as the file stands, where all its rows agree, else by the lines with no quote left open."""
    try:
        widths = [len(cells) for cells in dialect.reader(lines[dialect.skip :]) if cells]
    except csv.Error:
        widths = []
    if len(set(widths[:-1])) == 1:
        return widths[0]
    some = [line.rstrip("\r\n").encode() for line in lines if line.strip()][:1000]
    even = [line for line in some if len(line) < _FAR and line.count(patterns.quote) % 2 == 0]
    return Counter(len(_single(line, patterns)) for line in even or some[:1] or [b""]).most_common(1)[0][0]


def _odd_lines(text: bytes, dialect: Dialect) -> Iterator[_Line]:
    """The lines that hold an odd number of quotation marks: the only ones that open or close a cell of several lines."""
    quote, number, at = ord(dialect.quote), 1, 0
    while at < len(text):
        cut = text.rfind(b"\n", at, at + _CHUNK) + 1 or text.find(b"\n", at + _CHUNK) + 1 or len(text)
        chunk = np.frombuffer(text, np.uint8, cut - at, at)
        marks = chunk == quote
        if dialect.escape:
            marks[1:] &= chunk[:-1] != ord(dialect.escape)
        starts = np.concatenate(([0], np.flatnonzero(chunk == 10) + 1))
        starts = starts[starts < len(chunk)]
        odd = np.flatnonzero(np.bitwise_xor.reduceat(marks, starts))
        for k in odd.tolist():
            end = int(starts[k + 1]) - 1 if k + 1 < len(starts) else len(chunk) - bool(chunk[-1] == 10)
            yield _Line(number + k, at + int(starts[k]), at + end)
        number += len(starts)
        at = cut


def _wrong(text: bytes, odd: Iterator[_Line], width: int, patterns: _Patterns) -> Iterator[tuple[int, _Line]]:
    """The lines whose quotes do not match, with their row: a cell of several lines counts as one."""
    folded = 0
    line = next(odd, None)
    while line:
        after = next(odd, None)
        if after and _belong_together(text, line, after, width, patterns):
            folded += after.number - line.number
            after = next(odd, None)
        elif line.end - line.start <= _FAR and _state(text[line.start : line.end], patterns) != "whole":
            yield line.number - folded, line
        line = after


def _state(line: bytes, patterns: _Patterns) -> str:
    """What a parser makes of the quotes in a line: "open" at its end, "stray" where text follows a closed one, "whole"."""
    at, state = 0, "whole"
    while at >= 0:
        if patterns.opened.match(line, at):
            closed = patterns.closed.match(line, at)
            if not closed:
                return "open"
            if not patterns.whole.match(line, at):
                state = "stray"
            at = closed.end()
        at = line.find(patterns.mark, at)
        at += len(patterns.mark) if at >= 0 else 0
    return state


def _belong_together(text: bytes, first: _Line, last: _Line, width: int, patterns: _Patterns) -> bool:
    """Whether the two lines begin and end one cell of several lines."""
    begin = text[first.start : min(first.end, first.start + _FAR)]
    short = begin.count(patterns.mark) + 1 < width
    if last.end - first.start > _FAR:
        return _state(begin, patterns) == "open" and (short or len(_single(begin, patterns)) != width)
    record = text[first.start : last.end]
    if not patterns.record.fullmatch(record):
        return False
    return short or len(_single(begin, patterns)) != width or len(_single(record, patterns)) == width


def _single(line: bytes, patterns: _Patterns) -> list[bytes]:
    """The cells of one line, where a quotation mark that does not close before a separator is a letter."""
    cells, at = [], 0
    closings = [match.span() for match in patterns.closing.finditer(line)]
    starts = [start for start, _ in closings]
    while True:
        end = line.find(patterns.mark, at)
        end = len(line) if end < 0 else end
        cell = line[at:end]
        opened = patterns.opened.match(line, at)
        if opened:
            whole = patterns.whole.match(line, at)
            k = bisect_left(starts, opened.end())
            if whole:
                cell, end = whole.group(1), whole.end()
            elif k < len(closings):
                cell, end = line[opened.end() : starts[k]], closings[k][1]
            cell = cell.replace(patterns.quote * 2, patterns.quote)
        cells.append(cell)
        if end >= len(line):
            return cells
        at = end + len(patterns.mark)


def _written(cells: Sequence[bytes], dialect: Dialect) -> bytes:
    """The cells as a line that every parser reads."""
    quote = dialect.quote.encode()
    written = []
    for cell in cells:
        bare = cell.strip().strip(quote)
        if is_number(bare.decode("utf-8", "replace")):
            cell = bare
        doubled = cell.replace(quote, (dialect.escape or dialect.quote).encode() + quote)
        needs = quote in cell or dialect.mark.encode() in cell
        written.append(quote + doubled + quote if needs else cell)
    return dialect.mark.encode().join(written)
