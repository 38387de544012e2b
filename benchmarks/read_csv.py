"""Seconds and memory that `rnn.data.read_csv` takes, beside a bare `pandas.read_csv` that is told everything.

    python -m benchmarks.read_csv [--megabytes 200] [--times 3]

Makes its own files in a temporary folder: a million rows with dates as pandas writes them, the same as a German Excel
writes them, a million rows of numbers without a time, and one file of the largest size that is accepted. Each is read in
a process of its own, which reports its peak memory. The bare reading gets separator, decimal mark, time column and date
format as arguments. Goals: a million rows within 3 s, the largest file within 15 s and 2 GB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ISO, GERMAN, PLAIN = "pandas, ISO dates", "Excel, German", "numbers only"
BARE = {
    ISO: {"parse_dates": ["time"], "date_format": "%Y-%m-%d %H:%M:%S"},
    GERMAN: {
        "sep": ";",
        "decimal": ",",
        "parse_dates": ["time"],
        "date_format": "%d.%m.%Y %H:%M",
        "encoding": "cp1252",
    },
    PLAIN: {},
}


def frame(rows: int) -> pd.DataFrame:
    """A time column and three of numbers: a random walk in full precision, two decimals, whole numbers."""
    chance = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "time": pd.date_range("2001-01-01", periods=rows, freq="min"),
            "walk": chance.normal(size=rows).cumsum(),
            "price": chance.normal(100, 5, size=rows).round(2),
            "count": chance.integers(0, 1000, rows),
        }
    )


def write_files(folder: Path, megabytes: int) -> dict[Path, str]:
    """The files to read and the way each is written."""
    table = frame(1_000_000)
    files = {folder / "iso.csv": ISO, folder / "german.csv": GERMAN, folder / "plain.csv": PLAIN}
    table.to_csv(folder / "iso.csv", index=False)
    german = table.rename(columns={"count": "Zähler"})
    german.to_csv(
        folder / "german.csv", index=False, sep=";", decimal=",", date_format="%d.%m.%Y %H:%M", encoding="cp1252"
    )
    table.drop(columns="time").to_csv(folder / "plain.csv", index=False)
    line = (folder / "iso.csv").stat().st_size / len(table)
    frame(int(megabytes * 1024**2 / line * 0.98)).to_csv(folder / "largest.csv", index=False)
    return {**files, folder / "largest.csv": ISO}


def measure(path: str, way: str, reader: str) -> dict[str, float]:
    """Read `path` once and say how long it took (by the clock and in processor time) and how much memory it needed."""
    from rnn.data import read_csv

    read_csv(b"time,v\n2020-01-01,1\n2020-01-02,3\n")  # imports are not what is measured
    begin, worked = time.perf_counter(), time.process_time()
    table = read_csv(path) if reader == "rnn" else pd.read_csv(path, **BARE[way])
    result = {"seconds": time.perf_counter() - begin, "processor": time.process_time() - worked}
    if reader == "rnn":
        begin = time.perf_counter()
        table.series()
        result["series"] = time.perf_counter() - begin
    return {**result, "rows": len(table.frame if reader == "rnn" else table), "megabytes": peak_megabytes()}


def best_of(times: int, path: Path, way: str, reader: str) -> dict[str, float]:
    """The fastest of several readings, each in a new process: what else runs on the machine only ever slows it down."""
    command = [sys.executable, "-m", "benchmarks.read_csv", "--measure", str(path), way, reader]
    results = [json.loads(subprocess.check_output(command)) for _ in range(times)]
    return min(results, key=lambda result: result["seconds"])


def peak_megabytes() -> float:
    """The most memory that this process has held. (getrusage would count what its parent held when it started it.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=200, help="size of the largest file")
    parser.add_argument("--times", type=int, default=3, help="readings of each file, of which the fastest counts")
    parser.add_argument("--measure", nargs=3, metavar=("FILE", "WAY", "READER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(*arguments.measure)))
        return
    titles = ("MB", "rows", "read_csv s", "bare s", "ratio", "CPU ratio", "series s", "peak MB", "bare MB")
    print(f"{'file':<32}" + "".join(f"{title:>11}" for title in titles))
    with tempfile.TemporaryDirectory() as folder:
        for path, way in write_files(Path(folder), arguments.megabytes).items():
            ours, bare = (best_of(arguments.times, path, way, reader) for reader in ("rnn", "bare"))
            row = (
                f"{path.stat().st_size / 1024**2:.0f}",
                f"{ours['rows']:,}",
                *(f"{value:.2f}" for value in (ours["seconds"], bare["seconds"])),
                f"{ours['seconds'] / bare['seconds']:.1f}",
                f"{ours['processor'] / bare['processor']:.1f}",
                f"{ours['series']:.2f}",
                *(f"{value:.0f}" for value in (ours["megabytes"], bare["megabytes"])),
            )
            print(f"{path.name + ', ' + way:<32}" + "".join(f"{value:>11}" for value in row), flush=True)


if __name__ == "__main__":
    main()
