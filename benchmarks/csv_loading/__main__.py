"""The share of header, records and cells that readers get right in files polluted in one way each.

    python -m benchmarks.csv_loading [--files] [--only WORD]

Readers: `rnn.read_csv`; the same told the separator that DuckDB's sniffer finds; DuckDB's `read_csv` as it stands and with its
options for faulty files; CleverCSV; a bare `pandas.read_csv`. The score of a file is the mean of three F1 measures, over
the names of the header, over whole records, and over cells; 0 where the reader refuses the file. A cell is right as the text
that stands in the file or as the value that it means; the last column counts only values. --files lists every file's score.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from .pollution import Polluted, files
from .readers import READERS, Loaded


def score(file: Polluted, loaded: Loaded, values_only: bool = False) -> float:
    """Between 0 and 1: the mean of the F1 of the header's names, of the records and of the cells."""
    meant = {} if values_only else {
        key(raw): key(value)
        for row, row_values in zip(file.rows, file.values, strict=True)
        for raw, value in zip(row, row_values, strict=True)
    }  # fmt: skip
    expected = [_record(row, {}) for row in file.values]
    found = [_record(row, meant) for row in loaded.rows]
    cells = f1(_cells(expected), _cells(found))
    return (_header(file, loaded.header) + f1(expected, found) + cells) / 3


def _record(row: Iterable[object], meant: dict[str, str]) -> tuple[str, ...]:
    keys = [meant.get(key(cell), key(cell)) for cell in row]
    while keys and keys[-1] == "":
        keys.pop()
    return tuple(keys)


def _cells(records: Iterable[tuple[str, ...]]) -> list[str]:
    return [cell for record in records for cell in record if cell]


def key(cell: object) -> str:
    """One spelling of a cell: numbers as Python writes them, text without blanks around it, "" for missing."""
    text = "" if cell is None else str(cell).strip()
    if text in ("nan", "NaN", "NaT", "None", "<NA>"):
        return ""
    try:
        return repr(round(float(text), 6) + 0.0)
    except ValueError:
        return " ".join(text.split()).removesuffix(" 00:00:00").removesuffix("T00:00:00")


def _header(file: Polluted, names: Sequence[str]) -> float:
    if file.header is None:
        first = {cell for cell in file.rows[0] if cell}
        return float(not first & set(names))
    named = [" ".join(str(name).split()) for name in names]
    blank = [k for k, name in enumerate(file.header) if name == ""]  # a reader may call a nameless column what it likes
    wanted = [name for name in file.header if name]
    return f1(wanted, [name for k, name in enumerate(named) if k not in blank and not _filler(name)])


def _filler(name: str) -> bool:
    return name == "" or name.startswith(("column", "Unnamed:"))


def f1(wanted: Iterable[object], found: Iterable[object]) -> float:
    """Twice the common ones over all, counted as often as they occur; 1 where both are empty."""
    left, right = Counter(wanted), Counter(found)
    every = left.total() + right.total()
    return 2 * (left & right).total() / every if every else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", action="store_true", help="the score of every file, not only of every group")
    parser.add_argument("--only", default="", help="files whose name has this in it")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    by_group: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    values: dict[str, list[float]] = defaultdict(list)
    refused: Counter[str] = Counter()
    if arguments.files:
        print(f"{'file':<40}" + "".join(f"{name:>17}" for name in READERS))
    with tempfile.TemporaryDirectory() as folder:
        for name, file in files():
            if arguments.only not in name:
                continue
            path = Path(folder) / "file.csv"
            path.write_bytes(file.data)
            row = []
            for reader, read in READERS.items():
                try:
                    loaded = read(path)
                    row.append(score(file, loaded))
                    values[reader].append(score(file, loaded, values_only=True))
                except Exception as error:  # a reader's refusal, whatever its type, is what is measured
                    if arguments.only:
                        print(f"{reader}: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr)
                    refused[reader] += 1
                    row.append(0.0)
                    values[reader].append(0.0)
                by_group[file.group][reader].append(row[-1])
            if arguments.files:
                print(f"{name:<40}" + "".join(f"{value:>17.3f}" for value in row), flush=True)
    _print_groups(by_group, values, refused)


def _print_groups(
    by_group: dict[str, dict[str, list[float]]], values: dict[str, list[float]], refused: Counter[str]
) -> None:
    print("\n| | files | " + " | ".join(READERS) + " |\n| --- | ---: |" + " ---: |" * len(READERS))
    every: dict[str, list[float]] = defaultdict(list)
    for group, scores in by_group.items():
        print(_line(group, len(scores["unroll"]), [_mean(scores[name]) for name in READERS]))
        for name in READERS:
            every[name] += scores[name]
    print(_line("**all**", len(every["unroll"]), [_mean(every[name]) for name in READERS]))
    print(_line("all, values only", len(every["unroll"]), [_mean(values[name]) for name in READERS]))
    print("| files refused | | " + " | ".join(str(refused[name]) for name in READERS) + " |")


def _line(title: str, count: int, scores: Sequence[float]) -> str:
    return f"| {title} | {count} | " + " | ".join(f"{score:.3f}" for score in scores) + " |"


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores)


if __name__ == "__main__":
    main()
