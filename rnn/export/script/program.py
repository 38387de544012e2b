"""The part of an exported script that is its own: it reads the numbers, trains, and compares with the run it came from.

It is written for the flat file, in which all names of the core stand beside it; `SETTINGS`, `DATA` and `RUN` are filled in by
the export. Nothing of this is executed here but the reading, which the export tries on the user's own file.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from typing import Any

import numpy as np

from rnn.core.config import Config
from rnn.core.events import Epoch, Finished
from rnn.core.series import Series
from rnn.core.train import Trainer

SETTINGS: dict[str, Any] = {}
DATA: dict[str, Any] = {}
RUN: dict[str, Any] = {}


def read(path: str, data: dict[str, Any]) -> np.ndarray:
    """The columns of a CSV file that the run learned from, as numbers (N, D)."""
    with open(path, encoding=data["encoding"], newline="") as file:
        rows = list(csv.reader(file, delimiter=data["delimiter"]))
    header = rows[data["header_row"]]
    missing = [name for name in data["columns"] if name not in header]
    if missing:
        sys.exit(f"{path} has no column {', '.join(missing)}; its columns are {', '.join(header)}.")
    places = [header.index(name) for name in data["columns"]]
    values = []
    for number, row in enumerate(rows[data["header_row"] + 1 :], start=data["header_row"] + 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            values.append([float(row[place].replace(data["decimal"], ".")) for place in places])
        except (IndexError, ValueError):
            sys.exit(f"Row {number} of {path} has no number in one of the columns {', '.join(data['columns'])}.")
    return np.array(values, np.float64).reshape(len(values), len(places))


def fingerprint(values: np.ndarray) -> str:
    """SHA-256 of the numbers, to tell whether they are those that the run learned from."""
    return hashlib.sha256(np.ascontiguousarray(values, "<f8").tobytes()).hexdigest()


def main(path: str) -> None:
    """Train on the numbers of this file, and say whether it came out as in the run."""
    try:
        values = read(path, DATA)
    except OSError as error:
        sys.exit(f"{path} could not be read ({error.strerror}). Say where it is: python script.py FILE.csv")
    same_numbers = fingerprint(values) == DATA["fingerprint"]
    if not same_numbers:
        print("These are other numbers than the run learned from, so the losses will be others, too.")
    series = Series(
        np.arange(len(values)), values, DATA["columns"], DATA["targets"], static=DATA["static"], known=DATA["known"],
        lengths=DATA["lengths"] if same_numbers else (), ids=DATA["ids"] if same_numbers else (),
    )  # fmt: skip
    last, trainer = train(Config(**SETTINGS), series)
    print(f"final loss: training {last.train_loss!r}, validation {last.val_loss!r} after epoch {last.epoch}")
    if same_numbers and RUN["epoch"] == last.epoch:
        equal = (last.train_loss, last.val_loss) == (RUN["train_loss"], RUN["val_loss"])
        print(
            "The run had exactly these." if equal
            else f"The run had {RUN['train_loss']!r} and {RUN['val_loss']!r}; another processor rounds otherwise."
        )  # fmt: skip
    if not series.lengths and not series.known:
        ahead = (trainer.final or trainer.model).predict(series.values[None, -trainer.config.reach :])[0]
        for step, row in enumerate(ahead, start=1):
            told = ", ".join(f"{name} {value:.6g}" for name, value in zip(series.targets, row, strict=True))
            print(f"forecast {step} ahead: {told}")


def train(config: Config, series: Series) -> tuple[Epoch, Trainer]:
    """Train as the run did, changes in mid-run included; returns the last epoch, and what trained."""
    trainer = Trainer(config, series)
    waiting = list(RUN["changes"])

    def at(epoch: int, batch: int) -> bool:
        return (trainer.state.epoch, trainer.state.batch) >= (epoch, batch)

    def change_or_stop() -> bool:
        while waiting and at(*waiting[0][:2]):
            *_, field, value = waiting.pop(0)
            trainer.change(**{field: value})
        return RUN["until"] is not None and at(*RUN["until"])

    while True:
        finished = None
        for event in trainer.run(change_or_stop):
            if isinstance(event, Epoch):
                print(f"epoch {event.epoch}: training {event.train_loss:.6g}, validation {event.val_loss:.6g}")
            elif isinstance(event, Finished):
                finished = event
        change_or_stop()
        if trainer.state.epoch >= trainer.state.epochs or finished is None or finished.reason != "done":
            break
    print(f"{finished.reason if finished else 'stopped'}; best epoch {trainer.state.best_epoch}")
    return trainer.state.history[-1], trainer


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else DATA["file"])
