"""Parquet and Arrow files through pyarrow: the columns that are not nested, as numbers or ISO text."""

from __future__ import annotations

import math
import os
import struct
from typing import Any

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # others reserve more address space than they use

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .answer import Answer, Column, Refused

# Made from bytes, since pa.scalar and to_numpy import pandas, which takes longer than most files do
_NAN = pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(struct.pack("d", math.nan))])[0]


def read(data: bytes, options: dict[str, Any]) -> Answer:
    """options: format ("parquet" or "arrow"), most_cells. The note: nested (names of the columns left out), zoned."""
    pa.set_cpu_count(1)
    buffer = pa.py_buffer(data)
    table, nested = _parquet(buffer, options) if options["format"] == "parquet" else _arrow(buffer, data, options)
    names = _distinct(table.column_names)
    return Answer([_column(name, table.column(k)) for k, name in enumerate(names)], {"nested": nested})


def _parquet(buffer: pa.Buffer, options: dict[str, Any]) -> tuple[pa.Table, list[str]]:
    file = pq.ParquetFile(pa.BufferReader(buffer), pre_buffer=False)
    schema = file.schema_arrow
    keep = [field.name for field in schema if not _is_nested(field.type)]
    _check_size(file.metadata.num_rows, len(keep), options["most_cells"])
    table = file.read(columns=keep, use_threads=False, use_pandas_metadata=False)
    return table, [field.name for field in schema if _is_nested(field.type)]


def _arrow(buffer: pa.Buffer, data: bytes, options: dict[str, Any]) -> tuple[pa.Table, list[str]]:
    source = pa.BufferReader(buffer)
    reader = pa.ipc.open_file(source) if data.startswith(b"ARROW1") else pa.ipc.open_stream(source)
    schema = reader.schema
    batches, rows = [], 0
    count = reader.num_record_batches if data.startswith(b"ARROW1") else None
    stream = (reader.get_batch(k) for k in range(count)) if count is not None else iter(reader)
    places = [k for k, field in enumerate(schema) if not _is_nested(field.type)]
    for batch in stream:
        rows += batch.num_rows
        _check_size(rows, len(places), options["most_cells"])
        batch.validate(full=True)  # such files are taken as they lie in memory, offsets and all
        batches.append(batch.select(places))
    table = pa.Table.from_batches(batches, pa.schema([schema.field(k) for k in places]))
    return table, [field.name for field in schema if _is_nested(field.type)]


def _check_size(rows: int, columns: int, most: int) -> None:
    if rows * max(1, columns) > most:
        raise Refused(
            f"The file holds {rows:,} rows of {columns:,} columns, more than the {most:,} cells that can be read; leave out "
            "columns or rows that are not needed, or average it to a coarser time step."
        )


def _is_nested(kind: pa.DataType) -> bool:
    """What no cell of a table can hold: lists, records, raw bytes."""
    if pa.types.is_dictionary(kind):
        return _is_nested(kind.value_type)
    return pa.types.is_nested(kind) or not (
        pa.types.is_primitive(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
    )


def _distinct(names: list[str]) -> list[str]:
    """The index that pandas stores without a name gets one; a name that repeats gets a number."""
    found: dict[str, None] = {}
    for k, given in enumerate(names, 1):
        plain = " ".join(given.split()) or f"column {k}"
        wanted = "index" if plain.startswith("__index_level_") else plain
        name, n = wanted, 1
        while name in found:
            n += 1
            name = f"{wanted} ({n})"
        found[name] = None
    return list(found)


def _column(name: str, column: pa.ChunkedArray) -> Column:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = column.type
    if pa.types.is_boolean(kind):
        return Column(name, _floats(pc.cast(column, pa.int8())), flags=True)
    if pa.types.is_duration(kind):
        unit = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
        return Column(name, _floats(pc.divide(pc.cast(pc.cast(column, pa.int64()), pa.float64(), safe=False), unit)))
    if pa.types.is_integer(kind) and not column.null_count and kind != pa.uint64():
        return Column(name, _buffer(pc.cast(column, pa.int64())), whole=True)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return Column(name, _floats(column))
    if pa.types.is_null(kind):
        return Column(name, _floats(pc.cast(column, pa.float64())))
    if pa.types.is_timestamp(kind):
        column = pc.cast(column, pa.timestamp("us", kind.tz and "UTC"), safe=False)
    words = pc.cast(column, pa.large_string())
    present = pc.is_valid(words)
    at = pc.indices_nonzero(present).to_pylist()
    texts = words.drop_null().to_pylist()
    return Column(name, _floats(pa.chunked_array([pa.nulls(len(column), pa.float64())])), at, texts)


def _floats(column: pa.ChunkedArray) -> Any:
    numbers = column if column.type == pa.float64() else pc.cast(column, pa.float64(), safe=False)
    return _buffer(pc.call_function("coalesce", [numbers, _NAN]))


def _buffer(column: pa.ChunkedArray) -> memoryview:
    """The values of a column of 8-byte numbers without gaps."""
    values = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return memoryview(values.buffers()[1] or b"")[8 * values.offset : 8 * (values.offset + len(values))]
