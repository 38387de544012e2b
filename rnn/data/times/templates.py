"""A column of one family taken apart into numbers and words, many cells at once.

Cells of the same length with their parts at the same places share a template: the first of them is matched with the family's
pattern, the others are read from the same bytes, if those are digits where the template has digits and the same signs between.
What fits no template is matched cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from .families import match

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

WORDS = ("name", "zone", "noon")  # parts that are words; "weekday_name" is looked over
_LONGEST = 100  # bytes of a cell that can be a date
_TEMPLATES = 40  # tried for the cells of one length
_SEARCHED = 1000  # cells among which the next template is looked for
_RENAMED = {"hour2": "hour"}


@dataclass
class Parts:
    """What was read of N cells: numbers, part → (N,), 0 where a cell has no such part; words, part → ((N,) codes, words).

    read: the cells that could be. short: those whose year has two digits. Code 0 is the empty word.
    """

    read: Mask
    short: Mask
    numbers: dict[str, Integers] = field(default_factory=dict)
    codes: dict[str, Integers] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)

    def number(self, part: str) -> Integers:
        return self.numbers.setdefault(part, np.zeros(len(self.read), dtype=np.int64))

    def put_words(self, part: str, rows: Integers, codes: Integers, words: list[str]) -> None:
        """Set the part of `rows` to words[codes]."""
        known = self.words.setdefault(part, [""])
        column = self.codes.setdefault(part, np.zeros(len(self.read), dtype=np.int64))
        for word in words:
            if word not in known:
                known.append(word)
        column[rows] = np.array([known.index(word) for word in words], dtype=np.int64)[codes]

    def coded(self, part: str, number_of: Callable[[str], int]) -> Integers:
        """The part's words as numbers, (N,)."""
        return np.array([number_of(word) for word in self.words[part]], dtype=np.int64)[self.codes[part]]


def take_apart(cells: pd.Series, kind: str) -> Parts:
    """The parts of `cells` (text of one family; missing cells are not read)."""
    text = pa.array(cells, type=pa.large_string(), from_pandas=True)
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    edges = np.frombuffer(text.buffers()[1], dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    data = np.frombuffer(text.buffers()[2] or b"", dtype=np.uint8)
    lengths = np.diff(edges)
    lengths = np.where(text.is_valid().to_numpy(zero_copy_only=False) & (lengths <= _LONGEST), lengths, 0)
    parts = Parts(np.zeros(len(text), dtype=bool), np.zeros(len(text), dtype=bool))
    for length in np.unique(lengths[lengths > 0]):
        rows = np.flatnonzero(lengths == length)
        _read_length(parts, kind, rows, _matrix(data, edges, rows, int(length)))
    return parts


def _matrix(data: NDArray[np.uint8], edges: Integers, rows: Integers, length: int) -> NDArray[np.uint8]:
    """The cells' bytes, (rows, length)."""
    if rows[-1] - rows[0] + 1 == len(rows) and edges[rows[-1] + 1] - edges[rows[0]] == len(rows) * length:
        return data[edges[rows[0]] : edges[rows[-1] + 1]].reshape(len(rows), length)
    return data[edges[rows][:, None] + np.arange(length)]


def _read_length(parts: Parts, kind: str, rows: Integers, matrix: NDArray[np.uint8]) -> None:
    """Read the cells of one length: many at a time as long as templates are found, what then is left one by one."""
    for _ in range(_TEMPLATES):
        at = next((k for k, line in enumerate(matrix[:_SEARCHED]) if match(kind, _text(line.tobytes()))), None)
        if at is None:
            rows, matrix = rows[_SEARCHED:], matrix[_SEARCHED:]
            break
        rows, matrix = rows[at:], matrix[at:]  # those before are no dates
        good = _apply(parts, kind, matrix[0].tobytes(), rows, matrix)
        rows, matrix = rows[~good], matrix[~good]
    for row, line in zip(rows, matrix, strict=True):
        if match(kind, _text(line.tobytes())):
            _apply(parts, kind, line.tobytes(), np.array([row]), line[None, :])


def _text(cell: bytes) -> str:
    return cell.decode("utf-8", "replace")


def _apply(parts: Parts, kind: str, cell: bytes, rows: Integers, matrix: NDArray[np.uint8]) -> Mask:
    """Read the cells that are written as `cell` is; which they are."""
    text = _text(cell)
    found = match(kind, text)
    assert found is not None, text  # the caller has seen to it
    spans = {part: _bytes(text, found.span(part)) for part, value in found.groupdict().items() if value}
    spans.pop("mark", None)
    good = np.ones(len(rows), dtype=bool)
    numbers = {}
    for part in (part for part in spans if part not in (*WORDS, "weekday_name")):
        numbers[part] = _digits(matrix, spans[part], good)
    for at in set(range(len(cell))).difference(*(range(*span) for span in spans.values())):
        good &= matrix[:, at] == cell[at]
    words = {part: _words(matrix[:, slice(*spans[part])]) for part in (*WORDS, "weekday_name") if part in spans}
    for part, (codes, listed) in words.items():
        good &= np.array([_is_like(kind, cell, spans[part], word) for word in listed])[codes]
    hit = rows[good]
    parts.read[hit] = True
    for part, value in numbers.items():
        scaled = _micros(value[good], spans[part]) if part == "fraction" else value[good]
        parts.number(_RENAMED.get(part, part))[hit] = scaled
    for part in WORDS:
        if part in words:
            parts.put_words(part, hit, words[part][0][good], words[part][1])
    if "year" in spans and spans["year"][1] - spans["year"][0] == 2:
        parts.short[hit] = True
    return good


def _bytes(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Places in the text as places in its UTF-8."""
    return len(text[: span[0]].encode()), len(text[: span[1]].encode())


def _is_like(kind: str, cell: bytes, span: tuple[int, int], word: str) -> bool:
    """Whether the cell with this word at the word's place has its parts where the cell has them."""
    start, end = span
    found = match(kind, _text(cell[:start]) + word + _text(cell[end:]))
    return found is not None and word in found.groupdict().values()


def _digits(matrix: NDArray[np.uint8], span: tuple[int, int], good: Mask) -> NDArray[np.int32]:
    """The numbers that stand at `span`; rows with anything but digits there are taken out of `good`."""
    value = np.zeros(len(matrix), dtype=np.int32)
    for at in range(*span):
        digit = matrix[:, at] - np.uint8(48)  # what is no digit lies beyond 9
        good &= digit < 10
        value = value * 10 + digit
    return value


def _micros(fraction: NDArray[np.int32], span: tuple[int, int]) -> Integers:
    """Fractions of a second in microseconds; digits beyond the sixth go."""
    exponent = 6 - (span[1] - span[0])
    whole = fraction.astype(np.int64)
    return whole * 10**exponent if exponent >= 0 else whole // 10**-exponent


def _words(matrix: NDArray[np.uint8]) -> tuple[Integers, list[str]]:
    """The rows of bytes as codes and the words that the codes stand for."""
    codes = np.zeros(len(matrix), dtype=np.int64)
    for start in range(0, matrix.shape[1], 8):
        block = np.zeros((len(matrix), 8), dtype=np.uint8)
        block[:, : matrix.shape[1] - start] = matrix[:, start : start + 8]
        packed, found = pd.factorize(block.view(np.int64)[:, 0])
        codes = pd.factorize(codes * len(found) + packed)[0].astype(np.int64)
    first = np.zeros(int(codes.max()) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, [_text(matrix[row].tobytes()) for row in first]
