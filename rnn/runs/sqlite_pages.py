"""The rows of a SQLite file that is damaged, read page by page: what SQL would refuse as a whole is refused here by the page.

After https://www.sqlite.org/fileformat2.html. Own code, since Python's sqlite3 has none of SQLite's recovery: by SQL a broken
page hides all that stand behind it, and a broken first page everything. The file is opened for reading only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from rnn.runs.sqlite_records import Value, integer_at, values_of
from rnn.runs.sqlite_wal import read_wal

MAGIC = b"SQLite format 3\0"
USUAL_PAGE = 4096  # bytes, where the file itself cannot say
INDEX_NODE, TABLE_NODE, INDEX_LEAF, TABLE_LEAF = 2, 5, 10, 13


class BrokenPage(ValueError):
    """A page or a cell is not what it should be."""


@dataclass
class Walk:
    """What a walk through a tree has seen. leaves: pages with rows; broken: pages that are not what they should be; cells: rows
    on sound pages that cannot be read, for want of a further page."""

    leaves: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    cells: int = 0


class SqliteFile:
    """A file with its write-ahead log, as of the last complete transaction. size: bytes of a page. count: pages. intact:
    whether its header is one."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        wal = path.with_name(path.name + "-wal")
        wal_size, self._newest, pages = read_wal(wal)
        self._wal = wal.open("rb") if self._newest else None
        self.size = wal_size or USUAL_PAGE
        header = self._header()
        self.intact = header.startswith(MAGIC)
        if self.intact:
            said = int.from_bytes(header[16:18], "big")
            self.size = 65536 if said == 1 else said if 512 <= said <= 32768 and said & (said - 1) == 0 else self.size
        self._usable = self.size - (header[20] if self.intact and header[20] < 33 else 0)
        self._free_trunk = int.from_bytes(header[32:36], "big") if self.intact else 0
        self.count = max(pages, path.stat().st_size // self.size, max(self._newest, default=0))
        self.read = 0  # pages read so far, for a progress bar

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if self._wal is not None:
            self._wal.close()

    def _header(self) -> bytes:
        if 1 in self._newest and self._wal is not None:
            self._wal.seek(self._newest[1])
            return self._wal.read(100)
        self._file.seek(0)
        return self._file.read(100).ljust(100, b"\0")

    def page(self, number: int) -> bytes:
        """Raises BrokenPage where the file has no such page."""
        if not 1 <= number <= self.count:
            raise BrokenPage(f"there is no page {number}")
        file, place = self._file, (number - 1) * self.size
        if number in self._newest and self._wal is not None:
            file, place = self._wal, self._newest[number]
        file.seek(place)
        content = file.read(self.size)
        if len(content) < self.size:
            raise BrokenPage(f"page {number} is cut off")
        self.read += 1
        return content

    def rows(self, root: int, walk: Walk) -> Iterator[list[Value]]:
        """The rows of the table whose tree begins on page `root`, as far as they can be read; `walk` takes note of the rest."""
        yield from self._cells(root, walk, (TABLE_NODE, TABLE_LEAF))

    def keys(self, root: int, walk: Walk) -> Iterator[list[Value]]:
        """The entries of the index whose tree begins there: its columns and the row's number."""
        yield from self._cells(root, walk, (INDEX_NODE, INDEX_LEAF))

    def _cells(self, root: int, walk: Walk, kinds: tuple[int, int]) -> Iterator[list[Value]]:
        for content, cells, kind in self._leaves(root, walk, kinds):
            yield from self._values(content, cells, kind, walk)

    def _leaves(self, root: int, walk: Walk, kinds: tuple[int, int]) -> Iterator[tuple[bytes, list[int], int]]:
        """The pages that have entries, in order: content, where the entries begin, kind."""
        waiting, seen = [root], set()
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            try:
                content = self.page(number)
                kind, cells, last = self._parsed(content, number)
                if kind not in kinds:
                    raise BrokenPage(f"page {number} is of another kind")
            except BrokenPage:
                walk.broken.add(number)
                continue
            if last is not None:
                waiting += [last, *(int.from_bytes(content[at : at + 4], "big") for at in reversed(cells))]
            if kind != TABLE_NODE:
                walk.leaves.add(number)
                yield content, cells, kind

    def survey(self, root: int, walk: Walk) -> None:
        """Walk through a table's tree without reading its rows."""
        for _ in self._leaves(root, walk, (TABLE_NODE, TABLE_LEAF)):
            pass

    def rows_of_leaf(self, number: int) -> list[list[Value]]:
        """The rows on one page, whatever table it belongs to; [] where it is no page with rows."""
        try:
            content = self.page(number)
            kind, cells, _ = self._parsed(content, number)
        except BrokenPage:
            return []
        return list(self._values(content, cells, kind, Walk())) if kind == TABLE_LEAF else []

    def free_pages(self) -> set[int]:
        """Pages that hold nothing now, whatever is still written there, as far as their list can be read."""
        found: set[int] = set()
        trunk = self._free_trunk
        while trunk and trunk not in found:
            try:
                content = self.page(trunk)
            except BrokenPage:
                break
            found.add(trunk)
            trunk, count = struct.unpack_from(">2I", content)
            count = min(count, self._usable // 4 - 2)
            found.update(struct.unpack_from(f">{count}I", content, 8))
        return found

    def _parsed(self, content: bytes, number: int) -> tuple[int, list[int], int | None]:
        """Kind of page, where its cells begin, and for a node the page of what comes after the last cell."""
        start = 100 if number == 1 else 0
        kind, _, count, _, _ = struct.unpack_from(">BHHHB", content, start)
        if kind not in (INDEX_NODE, TABLE_NODE, INDEX_LEAF, TABLE_LEAF):
            raise BrokenPage(f"page {number} is of no kind")
        node = kind in (INDEX_NODE, TABLE_NODE)
        first = start + (12 if node else 8)
        if first + 2 * count > self._usable:
            raise BrokenPage(f"page {number} has more cells than room")
        cells = list(struct.unpack_from(f">{count}H", content, first))
        if any(not first + 2 * count <= cell <= self._usable - 4 for cell in cells) or len(set(cells)) < count:
            raise BrokenPage(f"page {number} has a cell outside of it")
        return kind, cells, int.from_bytes(content[start + 8 : start + 12], "big") if node else None

    def _values(self, content: bytes, cells: list[int], kind: int, walk: Walk) -> Iterator[list[Value]]:
        for cell in cells:
            try:
                yield values_of(self._payload(content, cell, kind))
            except (BrokenPage, ValueError, IndexError, struct.error):
                walk.cells += 1

    def _payload(self, content: bytes, cell: int, kind: int) -> bytes:
        """A record in one piece. The longer ones begin in the cell and go on from page to page."""
        cell += 4 if kind == INDEX_NODE else 0
        length, cell = integer_at(content, cell)
        if kind == TABLE_LEAF:
            _, cell = integer_at(content, cell)  # the row's number: no table of ours has it for a column
        if not 0 < length <= self.count * self.size:
            raise BrokenPage("a record is longer than the file")
        here = self._length_here(length, kind)
        if cell + here > self._usable:
            raise BrokenPage("a record leaves its page")
        if here == length:
            return content[cell : cell + length]
        parts, left = [content[cell : cell + here]], length - here
        further = int.from_bytes(content[cell + here : cell + here + 4], "big")
        while left > 0:
            more = self.page(further)
            parts.append(more[4 : min(self._usable, 4 + left)])
            left -= self._usable - 4
            further = int.from_bytes(more[:4], "big")
        if further:
            raise BrokenPage("a record goes on beyond its end")
        return b"".join(parts)

    def _length_here(self, length: int, kind: int) -> int:
        most = self._usable - 35 if kind == TABLE_LEAF else (self._usable - 12) * 64 // 255 - 23
        if length <= most:
            return length
        least = (self._usable - 12) * 32 // 255 - 23
        fitting = least + (length - least) % (self._usable - 4)
        return fitting if fitting <= most else least
