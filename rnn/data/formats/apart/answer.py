"""What a reader hands back from its process: a note in JSON, columns as plain bytes or JSON text, nothing pickled."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any


class Refused(Exception):
    """A file that the reader understands and does not take. The message is the sentence for the user."""


@dataclass
class Column:
    """A column of N cells: `numbers`, N of them as 8-byte floats with NaN where a cell is none, or "<i8" where `whole`;
    `at` and `texts`, the places and the words of the cells of text. flags: whether yes and no were read as 1 and 0."""

    name: str
    numbers: Any  # whatever has a buffer
    at: Sequence[int] = ()
    texts: Sequence[str] = ()
    whole: bool = False
    flags: bool = False


@dataclass
class Answer:
    """columns: all of one length. note: whatever else there is to say, JSON-able."""

    columns: list[Column]
    note: Mapping[str, Any] = field(default_factory=dict)


def write(answer: Answer, stream: IO[bytes]) -> None:
    """One line of JSON that says how long the parts are, and then the parts."""
    parts: list[memoryview] = []
    heads = []
    for column in answer.columns:
        numbers = memoryview(column.numbers).cast("B")
        at = memoryview(array("q", column.at)).cast("B")
        words = json.dumps(list(column.texts)).encode()
        texts = memoryview(words + b" " * (-len(words) % 8))  # so that the next column's numbers lie as they should
        parts += [numbers, at, texts]
        heads.append(
            {"name": column.name, "whole": column.whole, "flags": column.flags, "sizes": [len(p) for p in parts[-3:]]}
        )
    stream.write(json.dumps({"columns": heads, "note": dict(answer.note)}).encode() + b"\n")
    for part in parts:
        stream.write(part)
