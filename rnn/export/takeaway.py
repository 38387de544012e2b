"""A run of the store on its way out: each piece is made when it is asked for, and nothing before."""

from __future__ import annotations

import dataclasses
import json
from functools import cached_property
from pathlib import PurePath
from typing import Any

from rnn.core.ensemble import parted
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.data import BadFile, Table, read_csv
from rnn.export import config_to_toml, fit_to_bytes, torch_to_bytes, weights_to_bytes
from rnn.export.script import Source, csv_text, notebook_of, script_of, source_of
from rnn.export.script.writing import Change
from rnn.export.torch_names import check_expressible
from rnn.runs.records import Run, StoredFile
from rnn.runs.store import Store

LONGEST_NAME = 80


def file_stem(run: Run) -> str:
    """The run's name as every file system takes it."""
    return safe_name(run.name) or run.id


def safe_name(name: str) -> str:
    """A file's name without a folder and without signs that somewhere mean something."""
    plain = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in PurePath(name).name)
    return plain.strip(" ._")[:LONGEST_NAME].strip(" .")


class Takeaway:
    """One run on its way out. Raises LookupError where it is not there any more."""

    def __init__(self, store: Store, run_id: str) -> None:
        found = store.run(run_id)
        if found is None:
            raise LookupError(f"There is no run {run_id!r} any more; it may have been deleted.")
        self.store, self.run = store, found

    @cached_property
    def fit(self) -> Fit:
        """Raises ValueError where nothing was learned yet."""
        fit = self.store.fit(self.run.id)
        if fit is None:
            raise ValueError("The run has stored no weights yet; its first come with its first epochs.")
        return fit

    @cached_property
    def series(self) -> Series:
        return self.store.series(self.run.series_hash)

    @cached_property
    def reading(self) -> dict[str, Any]:
        return self.store.series_reading(self.run.series_hash)

    @cached_property
    def original(self) -> StoredFile | None:
        """The file as it was uploaded; None where the series came from none."""
        file_hash = self.store.series_file(self.run.series_hash)
        return None if file_hash is None else self.store.file(file_hash)

    @cached_property
    def changes(self) -> list[Change]:
        """As a script takes them, which counts the epochs that are done; the store counts from 1 the one in progress."""
        made = self.store.changes(self.run.id)
        return [(change.epoch - 1, change.batch, change.field, change.old, change.new) for change in made]

    def source(self, own: str = "", written: str = "") -> Source:
        """What a script reads: the user's own file where plain reading gives the same numbers, else the series as CSV; under
        these names, or those that the files have when they leave one by one."""
        original, table = self.original, self._table()
        found = source_of(self.series, table, None if original is None else original.content)
        if found.own and original is not None:
            return dataclasses.replace(found, file=own or safe_name(original.name))
        return dataclasses.replace(found, file=written or f"{file_stem(self.run)}.csv")

    def script(self, source: Source | None = None) -> bytes:
        return script_of(self.fit, source or self.source(), name=self.run.name, changes=self.changes).encode()

    def notebook(self, source: Source | None = None) -> bytes:
        return notebook_of(self.fit, source or self.source(), name=self.run.name, changes=self.changes).encode()

    def torch(self) -> dict[str, bytes]:
        """Each network's state dict by the name of its file: of an ensemble there are several. Raises ValueError for what the
        PyTorch classes cannot express."""
        check_expressible(self.run.config.replace(seeds=1))
        model, stem = self.fit.model, file_stem(self.run)
        count = len(parted(model.params, model.config.seeds))
        names = [f"{stem}.torch.safetensors"] if count == 1 else [f"{stem}.torch-{k}.safetensors" for k in range(count)]
        return {name: torch_to_bytes(model, member) for member, name in enumerate(names)}

    def unroll(self) -> bytes:
        """The run as a file, with its name, the changes made in it and how its data were read."""
        record = {
            "name": self.run.name, "reading": self.reading, "file": None if self.original is None else self.original.name,
            "changes": [(epoch + 1, *rest) for epoch, *rest in self.changes],
        }  # fmt: skip
        return fit_to_bytes(self.fit, record)

    def onnx(self) -> bytes:
        from rnn.export.onnx import to_onnx  # here: it takes a while to import

        return to_onnx(self.fit.forecasting)

    def weights(self) -> bytes:
        """The best weights by name, with the settings."""
        return weights_to_bytes(self.fit.model)

    def numbers(self) -> bytes:
        """The series as CSV."""
        return csv_text(self.series).encode()

    def settings(self) -> bytes:
        return config_to_toml(self.run.config, self.run.name).encode()

    def _table(self) -> Table | None:
        """The user's file as it was read for this run."""
        if self.original is None:
            return None
        try:
            name = PurePath(self.original.name).stem
            return read_csv(self.original.content, **{"name": name, **self.reading.get("choices", {})})
        except BadFile:  # by a version that reads otherwise
            return None


def as_json(value: Any) -> bytes:
    """JSON to be read by people, too."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
