"""The store that takes the place of one that cannot be opened, so that one can train at once: kept until the server ends.

A file all the same, since workers open it: in the folder for temporary files, or in memory (/dev/shm) where the disk is full.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL

from rnn.runs.store import Store
from rnn.runs.store_error import StoreError

ROOM_BYTES = 256 << 20  # with less than this left, another place is looked for
PAGE_SECONDS = 8.0  # that a page waits for a store which another program has locked, or for a server
MEMORY = Path("/dev/shm")
PREFIX = "unroll-temporary-"


class TemporaryStore(Store):
    """trouble: why the store that was asked for cannot be opened. Closing it removes it, with all that is in it."""

    def __init__(self, trouble: StoreError) -> None:
        self.trouble = trouble
        self.folder = _folder(trouble)
        try:
            super().__init__(URL.create("sqlite", database=str(self.folder / "unroll.sqlite")).render_as_string())
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def close(self) -> None:
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)


def store_for_pages(url: str | None = None) -> Store:
    """A store that is waited for no longer than people do who have pressed a button. Raises StoreError."""
    store = Store(url)
    store.wait_at_most(PAGE_SECONDS)
    return store


def store_or_stand_in() -> Store:
    """The store that the settings name, or one in its place. Raises StoreError where not even that can be had."""
    try:
        return store_for_pages()
    except StoreError as error:
        return TemporaryStore(error)


def _folder(trouble: StoreError) -> Path:
    """A new folder of our own, where there is most likely room for it."""
    for place in _places():
        with contextlib.suppress(OSError):
            return Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    raise trouble


def _places() -> Iterator[Path]:
    places = [Path(tempfile.gettempdir())] if _can_make_files() else []
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        places.append(MEMORY)
    roomy = [place for place in places if shutil.disk_usage(place).free >= ROOM_BYTES]
    yield from dict.fromkeys([*roomy, *places])


def _can_make_files() -> bool:
    # Where no folder takes a file, not even for a moment, tempfile has none to name.
    try:
        return bool(tempfile.gettempdir())
    except OSError:
        return False
