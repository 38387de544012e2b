"""Quotation marks gone wrong: lines whose quote is never closed are found and read as lines of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .cells import is_number
from .dialect import Dialect
from .findings import Finding, counted, finding, row_list

_CHUNK = 1 << 24  # bytes looked at in one go
_FAR = 1 << 20  # bytes of a line, or of a cell of several lines, beyond which it is taken as it stands


@dataclass(frozen=True)
class _Line:
    number: int  # counted from 1
    start: int
    end: int  # without its line end


class _Patterns:
    """Regular expressions for the cells of a dialect, on bytes.

    opened: the begin of a quoted cell. closed: a cell from quote to quote. whole: the same, ended by a separator or the line;
    loose: what stands between a quote and the next one before a separator. record: cells of which each is whole or bare.
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
        self.loose = re.compile(rb" *%b(.{,1000}?)%b%b" % (quote, quote, ends), re.DOTALL)
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
    some = [line.rstrip("\r\n").encode() for line in lines if line.strip()]
    usual = Counter(len(_single(line, patterns)) for line in some[:1000] if len(line) < _FAR)
    if not usual:
        return text, []
    width = usual.most_common(1)[0][0]
    wrong = list(_wrong(text, list(_odd_lines(text, dialect)), width, patterns))
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


def _wrong(text: bytes, odd: Sequence[_Line], width: int, patterns: _Patterns) -> Iterator[tuple[int, _Line]]:
    """The lines whose quotes do not match, with their row: a cell of several lines counts as one."""
    k = folded = 0
    while k < len(odd):
        line, after = odd[k], odd[k + 1] if k + 1 < len(odd) else None
        state = _state(text[line.start : line.end], patterns) if line.end - line.start <= _FAR else "whole"
        if after and state == "open" and _belong_together(text, line, after, width, patterns):
            folded += after.number - line.number
            k += 1
        elif state != "whole":
            yield line.number - folded, line
        k += 1


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
    alone = len(_single(text[first.start : first.end], patterns))
    if last.end - first.start > _FAR:
        return alone != width
    record = text[first.start : last.end]
    if not patterns.record.fullmatch(record):
        return False
    return alone != width or len(_single(record, patterns)) == width


def _single(line: bytes, patterns: _Patterns) -> list[bytes]:
    """The cells of one line, where a quotation mark that does not close before a separator is a letter."""
    cells, at = [], 0
    while True:
        quoted = patterns.whole.match(line, at) or patterns.loose.match(line, at)
        end = quoted.end() if quoted else line.find(patterns.mark, at)
        end = len(line) if end < 0 else end
        cells.append(quoted.group(1).replace(patterns.quote * 2, patterns.quote) if quoted else line[at:end])
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
