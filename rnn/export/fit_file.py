"""A fit as one safetensors file: weights, optimiser state, history, config and the series. Nothing is ever unpickled."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors import numpy as tensors

from rnn.core.config import Config
from rnn.core.events import Finished
from rnn.core.fit import Fit, fit_of
from rnn.core.series import Series
from rnn.core.state import TrainingState
from rnn.core.train import Trainer

FORMAT = "unroll-fit"
VERSION = 1


def save(fit: Fit, path: str | Path) -> None:
    """Write the fit to `path`; `load` gives it back and training resumes from it bit for bit."""
    target = Path(path)
    # A crash in mid-write must not leave half a file under the name of a good one.
    partial = target.with_name(target.name + ".partial")
    partial.write_bytes(fit_to_bytes(fit))
    partial.replace(target)


def load(path: str | Path) -> Fit:
    """Read a fit. Raises ValueError where the file is not one, OSError where it cannot be read."""
    return fit_from_bytes(Path(path).read_bytes(), str(path))


def fit_to_bytes(fit: Fit) -> bytes:
    state_arrays, state_meta = fit.state.to_arrays()
    arrays = {f"state/{name}": array for name, array in state_arrays.items()}
    series_arrays, series_meta = series_to_arrays(fit.series)
    arrays |= {f"series/{name}": array for name, array in series_arrays.items()}
    meta = {
        "format": FORMAT,
        "version": VERSION,
        "config": fit.config.to_dict(),
        "state": state_meta,
        "series": series_meta,
        "finished": dataclasses.asdict(fit.finished),
    }
    return tensors.save(arrays, {"unroll": json.dumps(meta)})


def fit_from_bytes(content: bytes, name: str = "The file") -> Fit:
    try:
        arrays = tensors.load(content)
        header_size = int.from_bytes(content[:8], "little")
        meta = json.loads(json.loads(content[8 : 8 + header_size])["__metadata__"]["unroll"])
    except (SafetensorError, KeyError, ValueError) as error:
        raise ValueError(f"{name} is not a fit saved by Unroll ({error}).") from error
    if meta.get("format") != FORMAT or meta["version"] > VERSION:
        raise ValueError(
            f"{name} has format {meta.get('format')} version {meta.get('version')}; known: {FORMAT} {VERSION}."
        )
    series = series_from_arrays(_group(arrays, "series/"), meta["series"])
    state = TrainingState.from_arrays(_group(arrays, "state/"), meta["state"])
    trainer = Trainer(Config.from_dict(meta["config"]), series, state)
    return fit_of(trainer, Finished(**meta["finished"]))


def series_to_arrays(series: Series) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The series as arrays that safetensors takes (times as int64 or numbers) and JSON-able values."""
    times = series.times
    is_date = np.issubdtype(times.dtype, np.datetime64)
    arrays = {"times": times.astype(np.int64) if is_date else np.ascontiguousarray(times), "values": series.values}
    meta = {
        "names": list(series.names),
        "targets": list(series.targets),
        "name": series.name,
        "frequency": series.frequency,
        "time_dtype": str(times.dtype),
    }
    return arrays, meta


def series_from_arrays(arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> Series:
    """The series that `series_to_arrays` took apart."""
    return Series(
        arrays["times"].astype(meta["time_dtype"]), arrays["values"], tuple(meta["names"]), tuple(meta["targets"]),
        meta["name"], meta["frequency"],
    )  # fmt: skip


def _group(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
