"""One record of a SQLite file: its values. After https://www.sqlite.org/fileformat2.html#record_format."""

from __future__ import annotations

import struct

Value = None | int | float | str | bytes
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type → bytes


def integer_at(content: bytes, place: int) -> tuple[int, int]:
    """A whole number of one to nine bytes, and where it ends. Raises IndexError where the content ends before."""
    found = 0
    for more in range(8):
        byte = content[place + more]
        found = found << 7 | byte & 0x7F
        if byte < 0x80:
            return found, place + more + 1
    return found << 8 | content[place + 8], place + 9


def values_of(record: bytes) -> list[Value]:
    """The values of a record. Raises ValueError or IndexError for one that is not what it should be."""
    end, place = integer_at(record, 0)
    at, values = end, []
    while place < end:
        serial, place = integer_at(record, place)
        value, at = _value_at(record, at, serial)
        values.append(value)
    if place != end or at != len(record):
        raise ValueError("a record is not as long as it says")
    return values


def _value_at(record: bytes, at: int, serial: int) -> tuple[Value, int]:
    if serial == 0:
        return None, at
    if serial in (8, 9):
        return serial - 8, at
    if serial in (10, 11):
        raise ValueError("a value of no type")
    length = _INTEGERS.get(serial, 8 if serial == 7 else (serial - 12) // 2)
    content = record[at : at + length]
    if len(content) < length:
        raise ValueError("a value ends too soon")
    if serial in _INTEGERS:
        return int.from_bytes(content, "big", signed=True), at + length
    if serial == 7:
        return float(struct.unpack(">d", content)[0]), at + length
    return content if serial % 2 == 0 else content.decode("utf-8"), at + length
