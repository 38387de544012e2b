"""Seconds and memory that `rnn.data.read_csv` takes, beside a bare `pandas.read_csv` that is told everything.

    python -m benchmarks.read_csv [--megabytes 200]

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
    frame(int(megabytes * 1024**2 / line * 0.998)).to_csv(folder / "largest.csv", index=False)
    return {**files, folder / "largest.csv": ISO}


def measure(path: str, way: str, reader: str) -> dict[str, float]:
    """Read `path` once and say how long it took and how much memory the process had at most."""
    from rnn.data import read_csv

    read_csv(b"time,v\n2020-01-01,1\n2020-01-02,3\n")  # imports are not what is measured
    start = time.perf_counter()
    if reader == "rnn":
        table = read_csv(path)
        rows = table.rows
        middle = time.perf_counter()
        table.series()
        series = time.perf_counter() - middle
        seconds = middle - start
    else:
        rows = len(pd.read_csv(path, **BARE[way]))
        seconds, series = time.perf_counter() - start, 0.0
    return {"seconds": seconds, "series": series, "megabytes": peak_megabytes(), "rows": rows}


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
    parser.add_argument("--measure", nargs=3, metavar=("FILE", "WAY", "READER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(*arguments.measure)))
        return
    titles = ("MB", "rows", "read_csv s", "bare s", "ratio", "series s", "peak MB", "bare MB")
    print(f"{'file':<32}" + "".join(f"{title:>11}" for title in titles))
    with tempfile.TemporaryDirectory() as folder:
        for path, way in write_files(Path(folder), arguments.megabytes).items():
            ours, bare = (
                json.loads(
                    subprocess.check_output(
                        [sys.executable, "-m", "benchmarks.read_csv", "--measure", path, way, reader]
                    )
                )
                for reader in ("rnn", "bare")
            )
            row = (
                f"{path.stat().st_size / 1024**2:.0f}",
                f"{ours['rows']:,}",
                *(f"{value:.2f}" for value in (ours["seconds"], bare["seconds"])),
                f"{ours['seconds'] / bare['seconds']:.1f}",
                f"{ours['series']:.2f}",
                *(f"{value:.0f}" for value in (ours["megabytes"], bare["megabytes"])),
            )
            print(f"{path.name + ', ' + way:<32}" + "".join(f"{value:>11}" for value in row), flush=True)


if __name__ == "__main__":
    main()
