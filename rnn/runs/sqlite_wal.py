"""The write-ahead log beside a SQLite file: which pages are newer there, up to the last transaction that is complete.

After https://www.sqlite.org/fileformat2.html#the_write_ahead_log: frames count as long as their salts are those of the log and
their checksums, each of which goes on from the one before, are right. Nothing is written and no lock is taken.
"""

from __future__ import annotations

import struct
from pathlib import Path

HEADER, FRAME = 32, 24
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}  # the byte order of the checksums


def read_wal(path: Path) -> tuple[int, dict[int, int], int]:
    """Page size in bytes, page number → where its newest content begins in the log, and pages of the database after the last
    complete transaction; (0, {}, 0) where there is no log or nothing in it counts."""
    newest: dict[int, int] = {}
    pages = 0
    if not path.is_file():
        return 0, newest, pages
    with path.open("rb") as file:
        header = file.read(HEADER)
        if len(header) < HEADER:
            return 0, newest, pages
        magic, _, size, _, salt_1, salt_2, *sums = struct.unpack(">8I", header)
        order = _MAGIC.get(magic)
        if order is None or _checksum(order, header[:24]) != tuple(sums):
            return 0, newest, pages
        so_far, waiting, place = tuple(sums), {}, HEADER
        while len(frame := file.read(FRAME + size)) == FRAME + size:
            number, commits, *rest = struct.unpack(">6I", frame[:FRAME])
            so_far = _checksum(order, frame[FRAME:], _checksum(order, frame[:8], so_far))
            if rest != [salt_1, salt_2, *so_far]:
                break
            waiting[number] = place + FRAME
            place += FRAME + size
            if commits:
                newest |= waiting
                waiting, pages = {}, commits
    return size, newest, pages


def _checksum(order: str, content: bytes, so_far: tuple[int, ...] = (0, 0)) -> tuple[int, int]:
    one, two = so_far
    for x, y in struct.iter_unpack(f"{order}2I", content):
        one = (one + x + two) & 0xFFFFFFFF
        two = (two + y + one) & 0xFFFFFFFF
    return one, two
