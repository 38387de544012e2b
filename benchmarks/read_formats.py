"""Seconds that `rnn.data.read_csv` takes for files that are not text, beside the bare call of the library that reads them.

    python -m benchmarks.read_formats [--times 3]

Makes its own files in memory: a million rows of Parquet, Arrow and JSON lines, 100,000 rows of .xlsx, a minute of sound at
44,100 Hz, a million bases. Ours find out what the file is, start a process for the reader, find time and spacing and report
what is odd; the bare call is told the kind and gives its own table.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import python_calamine
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.read_csv import frame
from rnn.data import read_csv


def files() -> dict[str, tuple[bytes, Callable[[bytes], Any], dict[str, Any]]]:
    """What to read, the bare call, and our choices."""
    table, written = frame(1_000_000), io.BytesIO()
    table.to_parquet(written)
    parquet = written.getvalue()
    table.to_feather(written := io.BytesIO())
    arrow = written.getvalue()
    lines = table.assign(time=table["time"].astype("str")).to_json(orient="records", lines=True).encode()
    table.iloc[:100_000].to_excel(written := io.BytesIO(), index=False)
    xlsx = written.getvalue()
    noise = np.random.default_rng(3).normal(0, 0.1, (60 * 44_100, 2))
    soundfile.write(written := io.BytesIO(), noise, 44_100, format="WAV")
    wav = written.getvalue()
    bases = np.frombuffer(b"ACGT", np.uint8)[np.random.default_rng(3).integers(0, 4, 1_000_000)].tobytes()
    fasta = b">s\n" + b"\n".join(bases[k : k + 70] for k in range(0, len(bases), 70))
    return {
        "parquet, 1,000,000 rows": (parquet, lambda data: pd.read_parquet(io.BytesIO(data)), {}),
        "arrow, 1,000,000 rows": (arrow, lambda data: pd.read_feather(io.BytesIO(data)), {}),
        "JSON lines, 1,000,000 rows": (lines, lambda data: pd.read_json(io.BytesIO(data), lines=True), {}),
        "xlsx, 100,000 rows": (xlsx, _calamine, {}),
        "WAV, a minute in stereo": (wav, lambda data: soundfile.read(io.BytesIO(data)), {}),
        "WAV, brought to 4,000 Hz": (wav, lambda data: soundfile.read(io.BytesIO(data)), {"rate": 4000}),
        "FASTA, 1,000,000 bases": (fasta, lambda data: pd.get_dummies(list(data)), {}),
    }


def _calamine(data: bytes) -> Any:
    return python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def seconds(times: int, call: Callable[[], Any]) -> tuple[float, float]:
    """By the clock and in processor time, that of the reader's process with it: the least of several runs, since what else
    runs on the machine only ever slows it down."""
    taken = []
    for _ in range(times):
        begin, worked = time.perf_counter(), sum(os.times()[:4])
        call()
        taken.append((time.perf_counter() - begin, sum(os.times()[:4]) - worked))
    return min(clock for clock, _ in taken), min(processor for _, processor in taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3, help="readings of each file, of which the fastest counts")
    times = parser.parse_args().times
    read_csv(b"time,v\n2020-01-01,1\n2020-01-02,3\n")  # imports are not what is measured
    print(f"{'file':<32}" + "".join(f"{title:>11}" for title in ("MB", "read_csv s", "bare s", "CPU s", "bare CPU s")))
    for name, (data, bare, choices) in files().items():
        ours = seconds(times, lambda data=data, choices=choices: read_csv(data, **choices))
        theirs = seconds(times, lambda data=data, bare=bare: bare(data))
        columns = (ours[0], theirs[0], ours[1], theirs[1])
        print(f"{name:<32}{len(data) / 1024**2:>11.1f}" + "".join(f"{one:>11.2f}" for one in columns), flush=True)


if __name__ == "__main__":
    main()
