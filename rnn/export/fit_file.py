"""A fit as one safetensors file: weights, optimiser state, history, config and the series. Nothing is ever unpickled."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
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
from rnn.export.bundle import fit_in_zip, is_zip

FORMAT = "unroll-fit"
VERSION = 1


def save(fit: Fit, path: str | Path) -> None:
    """Write the fit to `path`; `load` gives it back and training resumes from it bit for bit. Raises OSError where it
    cannot be written; a file that stood there before is then unchanged."""
    target = Path(path)
    content = fit_to_bytes(fit)
    # A crash in mid-write must not leave half a file under the name of a good one. The passing name is short, because
    # `target`'s may be as long as the file system allows, and random, because two may save at once.
    partial = target.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def load(path: str | Path) -> Fit:
    """Read a fit, from its own file or from the zip of a run. Raises ValueError where the file is neither or is damaged,
    OSError where it cannot be read."""
    content = Path(path).read_bytes()
    return fit_from_bytes(fit_in_zip(content, str(path)) if is_zip(content) else content, str(path))


def fit_to_bytes(fit: Fit, record: Mapping[str, Any] | None = None) -> bytes:
    """The fit as the bytes of a safetensors file. record: what else is known of the run, JSON-able (`record_in`)."""
    state_arrays, state_meta = fit.state.to_arrays()
    series_arrays, series_meta = fit.series.to_arrays()
    arrays = {f"state/{name}": array for name, array in state_arrays.items()}
    arrays |= {f"series/{name}": array for name, array in series_arrays.items()}
    meta = json.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "config": fit.config.to_dict(),
            "state": state_meta,
            "series": series_meta,
            "finished": dataclasses.asdict(fit.finished),
            **({"record": dict(record)} if record else {}),
        }
    )
    return tensors.save(arrays, {"unroll": meta, "sha256": _digest(arrays, meta)})


def fit_from_bytes(content: bytes, name: str = "The file") -> Fit:
    """The fit that `fit_to_bytes` wrote; name: what to call it in an error. Raises ValueError for anything else."""
    arrays, text = _read(content, name)
    meta = json.loads(text)
    if meta["version"] > VERSION:
        raise ValueError(
            f"{name} was saved by a newer Unroll (format version {meta['version']}; this one knows {VERSION}); update to "
            "read it."
        )
    try:
        series = Series.from_arrays(_group(arrays, "series/"), meta["series"])
        state = TrainingState.from_arrays(_group(arrays, "state/"), meta["state"])
        trainer = Trainer(Config.from_dict(meta["config"]), series, state)
        return fit_of(trainer, Finished(**meta["finished"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name} does not hold together as a fit ({_plain(error)}).") from error


def record_in(content: bytes, name: str = "The file") -> dict[str, Any]:
    """What `fit_to_bytes` was told of the run beside its fit; empty where it was told nothing. Raises ValueError as
    `fit_from_bytes`."""
    record = json.loads(_read(content, name)[1]).get("record", {})
    if not isinstance(record, dict):
        raise ValueError(f"{name} does not hold together as a fit (its record is no list of names and values).")
    return record


def config_in(content: bytes, name: str = "The file") -> Config:
    """The settings of a fit, which need not be put together for it. Raises ValueError as `fit_from_bytes`."""
    try:
        return Config.from_dict(json.loads(_read(content, name)[1])["config"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"{name} does not hold together as a fit ({_plain(error)}).") from error


def _read(content: bytes, name: str) -> tuple[dict[str, np.ndarray], str]:
    """The arrays and the JSON text of an Unroll file, found undamaged."""
    try:
        arrays = tensors.load(content)
        header_size = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + header_size]).get("__metadata__", {})
        text, digest = metadata["unroll"], metadata["sha256"]
        meta = json.loads(text)
        known = meta["format"] == FORMAT and isinstance(meta["version"], int)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name} is not a fit saved by Unroll, or not all of one ({_plain(error)}).") from error
    if not known:
        raise ValueError(f"{name} holds something else than a fit saved by Unroll.")
    if _digest(arrays, text) != digest:
        raise ValueError(
            f"{name} is damaged: its content does not match its checksum. Save it again, or copy it again."
        )
    return arrays, text


def _digest(arrays: dict[str, np.ndarray], text: str) -> str:
    """A checksum of everything in the file: a flipped bit would otherwise pass for another weight."""
    sha = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        array = arrays[name]
        sha.update(f"{name} {array.dtype} {array.shape}".encode())
        sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()


def _plain(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else " ".join(str(error).split()).rstrip(".")


def _group(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
