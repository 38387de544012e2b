"""Numbers that PyTorch computed, for the tests of the core and of the export; see README.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnn.core.config import Config

FOLDER = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Golden:
    """One golden file. arrays: by full name. fields: the Config fields of every case. meta: what made the file."""

    arrays: dict[str, np.ndarray]
    fields: dict[str, dict[str, Any]]
    meta: dict[str, str]

    def config(self, case: str) -> Config:
        return Config(**self.fields[case])

    def group(self, prefix: str) -> dict[str, np.ndarray]:
        """The arrays below `prefix`, by the rest of their names."""
        return {
            name.removeprefix(prefix + "/"): array
            for name, array in self.arrays.items()
            if name.startswith(prefix + "/")
        }


def read(name: str) -> Golden:
    with np.load(FOLDER / name) as file:
        arrays = {key: file[key] for key in file.files}
    meta = json.loads(str(arrays.pop("meta")))
    return Golden(arrays, meta.pop("cases"), meta)


def names(name: str) -> list[str]:
    """The names of a golden file's cases, without its arrays."""
    with np.load(FOLDER / name) as file:
        return list(json.loads(str(file["meta"]))["cases"])
