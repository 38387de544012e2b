"""Asks one of the readers in `apart` to read a file, in a process with bounds on memory, time and disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..findings import BadFile
from .apart.process import MEMORY
from .raw import Cells

PATIENCE = 180  # seconds; a machine that does other things takes longer than the process' own time
_START = "import sys; sys.path.insert(0, sys.argv[1]); from apart.process import main; main()"
_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # each reserves memory


@dataclass(frozen=True)
class Reading:
    """columns: name → cells, all of one length. flags: the columns of yes and no. note: what else the reader says."""

    columns: Mapping[str, Cells | np.ndarray[Any, Any]]
    flags: tuple[str, ...]
    note: Mapping[str, Any]


def read_apart(reader: str, data: bytes, what: str, options: Mapping[str, Any]) -> Reading:
    """The columns that `reader`, one of apart.process.READERS, finds in `data`. what: "The workbook", for the sentences.

    Raises BadFile for what the reader refuses, for a damaged file, and where the process goes beyond its bounds.
    """
    request = json.dumps({"reader": reader, "options": dict(options)}).encode() + b"\n"
    command = [sys.executable, "-P", "-c", _START, str(Path(__file__).parent)]
    try:
        done = subprocess.run(
            command, input=request + data, capture_output=True, timeout=PATIENCE, env={**os.environ, **_THREADS},
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadFile(_too_long(what)) from None
    except OSError as error:
        raise BadFile(f"{what} cannot be read now ({error.strerror or error}); try again.") from None
    head, _, rest = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise _ended(done, what)
    answer = json.loads(head)
    if "refused" in answer:
        raise BadFile(answer["refused"])
    if "memory" in answer:
        raise BadFile(_too_much(what))
    if "damaged" in answer:
        raise BadFile(f"{what} is damaged or ends too early; download it or save it again.")
    return _reading(answer, rest)


def _ended(done: subprocess.CompletedProcess[bytes], what: str) -> BadFile:
    said = done.stderr.decode("utf-8", "replace")
    if "memory allocation" in said or "MemoryError" in said or "bad_alloc" in said:
        return BadFile(_too_much(what))
    if -done.returncode in (getattr(signal, "SIGXCPU", 0), getattr(signal, "SIGKILL", 0)):
        return BadFile(_too_long(what))
    if "ModuleNotFoundError" in said:
        missing = said.rsplit("ModuleNotFoundError: ", 1)[1].strip()
        return BadFile(f"{what} needs a library that is not installed ({missing}); install Unroll's requirements.")
    return BadFile(f"{what} cannot be read: its reader ended early; save the table in it as CSV.")


def _too_long(what: str) -> str:
    return f"{what} takes too long to read; save the table in it as CSV."


def _too_much(what: str) -> str:
    return (
        f"{what} needs more than {MEMORY >> 30} GB of memory to be read, perhaps because a cell stands far from the table; "
        "delete what lies outside the table, or save the table as CSV."
    )


def _reading(answer: Mapping[str, Any], parts: bytes) -> Reading:
    columns: dict[str, Cells | np.ndarray[Any, Any]] = {}
    start = 0
    for head in answer["columns"]:
        numbers, at, texts = head["sizes"]
        values = np.frombuffer(parts, "<i8" if head["whole"] else "<f8", numbers // 8, start)
        places = np.frombuffer(parts, "<i8", at // 8, start + numbers)
        begin = start + numbers + at
        words = json.loads(parts[begin : begin + texts])
        columns[head["name"]] = values if head["whole"] else Cells(values, places, words)
        start = begin + texts
    return Reading(columns, tuple(head["name"] for head in answer["columns"] if head["flags"]), answer["note"])
