"""The error for a store that cannot be used."""

from __future__ import annotations

from pathlib import Path


class StoreError(RuntimeError):
    """The store cannot be used; the message says why and what to do.

    kind: one of `rnn.runs.store_trouble.KINDS`, or "newer", "foreign", "setting", "other". path: the file of a SQLite store.
    brief: the message for a place where buttons offer what it advises.
    """

    def __init__(self, sentence: str, kind: str = "other", path: Path | None = None, brief: str = "") -> None:
        super().__init__(sentence)
        self.kind, self.path, self.brief = kind, path, brief or sentence

    @property
    def salvageable(self) -> bool:
        """Whether there is a file that can be set aside, with runs in it perhaps that can still be read."""
        return self.kind == "damaged" and self.path is not None and self.path.is_file()
