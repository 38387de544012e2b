"""Series, predictions and files as bytes and back, exactly. Arrays travel as safetensors: nothing is unpickled."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from rnn.core.series import Series


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays of numbers as safetensors bytes."""
    # safetensors reads the memory as it lies: a view that is not contiguous would be saved wrongly, without an error.
    return safetensors.numpy.save({name: np.asarray(array, order="C") for name, array in arrays.items()})


def unpack_arrays(content: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of `pack_arrays`, writable."""
    return {name: np.array(array) for name, array in safetensors.numpy.load(bytes(content)).items()}


def pack_series(series: Series) -> tuple[dict[str, Any], bytes]:
    """A series as JSON-able meta and safetensors bytes. Raises ValueError for times that are neither dates nor numbers."""
    arrays, meta = series.to_arrays()
    return {**meta, "rows": len(series)}, pack_arrays(arrays)


def unpack_series(meta: Mapping[str, Any], content: bytes) -> Series:
    """The series of `pack_series`."""
    return Series.from_arrays(unpack_arrays(content), meta)


def series_hash(meta: Mapping[str, Any], content: bytes, repairs: Sequence[Any] = ()) -> str:
    """SHA-256 of all that a series says: its exact numbers and times, and its names. repairs: what made it so, where anything
    did: a run's record says it, so the same numbers by other repairs are another series."""
    digest = hashlib.sha256(json.dumps(meta, sort_keys=True).encode())
    if repairs:
        digest.update(json.dumps(repairs, sort_keys=True).encode())
    arrays = safetensors.numpy.load(content)
    for name in ("times", "values", "future"):
        if name in arrays:
            digest.update(arrays[name].tobytes())
    return digest.hexdigest()


def pack_file(content: bytes) -> bytes:
    """A file's bytes, compressed quickly."""
    return gzip.compress(content, compresslevel=1, mtime=0)


def unpack_file(content: bytes) -> bytes:
    """The file's bytes of `pack_file`."""
    return gzip.decompress(content)


def file_hash(content: bytes) -> str:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(content).hexdigest()
