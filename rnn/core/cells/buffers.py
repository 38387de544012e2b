"""Memory and matrix products as they suit NumPy and OpenBLAS at the sizes of a recurrent layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from rnn.core.cells.layer import Floats, Shape

LINE = 64
"""Bytes of a cache line, and of the widest vector register."""

SMALL, FEWEST = 1_000_000, 16
"""OpenBLAS multiplies without packing, a fifth faster, where rows × inner × columns are at most SMALL (on processors
with AVX-512); blocks of fewer than FEWEST rows gain nothing."""


def row_blocks(rows: int, inner: int, columns: int) -> int:
    """Into how many equal blocks of rows the first factor of a product (rows, inner) · (inner, columns) is best cut."""
    for count in range(1, rows // FEWEST + 1):
        if rows % count == 0 and rows // count * inner * columns <= SMALL:
            return count
    return 1


def power_of_two(windows: int) -> int:
    """The largest power of two up to `windows`, at least 32 and at most 256: the size of a tile."""
    return 1 << (min(max(windows, 32), 256).bit_length() - 1)


def product_of(blocks: int) -> Callable[[Floats, Floats, Floats], Any]:
    """(weights, s, out) → out = weights · s, for weights and out cut into that many blocks, a first axis of theirs."""
    return np.dot if blocks == 1 else np.matmul


def in_blocks(matrix: Floats, blocks: int) -> Floats:
    """The matrix, or where `blocks` > 1 its blocks of rows, as a view."""
    return matrix if blocks == 1 else matrix.reshape(blocks, -1, matrix.shape[1])


@contextmanager
def unbuffered() -> Iterator[None]:
    """Within it NumPy works on arrays with gaps between their rows directly.

    By default it first copies such rows into a buffer of 8192 numbers, if several of them fit there, which takes twice
    the time. The least buffer that it allows is smaller than any row for which that matters.
    """
    usual = np.setbufsize(16)
    try:
        yield
    finally:
        np.setbufsize(usual)


def records(count: int, floats: int, dtype: np.dtype[Any]) -> Floats:
    """(count, floats) of zeros, every row contiguous and starting on a cache line (rows may have a gap between them)."""
    per_line = LINE // dtype.itemsize
    row = math.ceil(floats / per_line) * per_line
    memory = np.zeros(count * row + per_line, dtype)
    skip = (-memory.ctypes.data % LINE) // dtype.itemsize
    rows: Floats = memory[skip : skip + count * row].reshape(count, row)[:, :floats]
    return rows


def block(shape: Shape, dtype: np.dtype[Any]) -> Floats:
    """A contiguous array of zeros that starts on a cache line."""
    array: Floats = records(1, math.prod(shape), dtype)[0].reshape(shape)
    return array
