"""The text of the script, and the notebook."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rnn.core.config import Config
from rnn.core.fit import Fit
from rnn.export.script.assembly import Cell, as_file, cells_of
from rnn.export.script.program import fingerprint
from rnn.export.script.source import Source

Change = tuple[int, int, str, float, float]
"""A change in mid-run: epochs done, batches done in the next one, field ("lr" or "epochs"), old value, new value."""


def script_of(fit: Fit, source: Source, *, name: str = "", changes: Sequence[Change] = ()) -> str:
    """A Python file that reads `source`, trains as this run was trained and prints its final loss beside what it is here.

    name: what the run is called. changes: those made in mid-run, in their order. Raises ValueError for a run without an epoch.
    """
    return as_file(_cells(fit, source, changes), _heading(fit, source, name))


def notebook_of(fit: Fit, source: Source, *, name: str = "", changes: Sequence[Change] = ()) -> str:
    """The same as a Jupyter notebook (format 4.5, JSON): a cell of code for each part, with what it does above it. Raises
    ValueError as `script_of`."""
    cells = [_markdown(f"# {name or 'A run of Unroll'}\n\n{_heading(fit, source, name)}")]
    imports, run, program, *engine = _cells(fit, source, changes)
    for cell in (imports, run, *engine, program):
        cells.append(_markdown(f"## {cell.title}\n\n{cell.words}".strip()))
        cells.append(_code(cell.code))
    cells.append(_markdown("## Train\n\nGive another path to `main` where the file lies elsewhere."))
    cells.append(_code(f"main({source.file!r})"))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {
        "cells": [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False)


def _cells(fit: Fit, source: Source, changes: Sequence[Change]) -> list[Cell]:
    if not fit.history:
        raise ValueError(
            "This run has not finished an epoch yet, so there is no final loss that a script could reproduce."
        )
    return cells_of(_first_config(fit, changes), fit.series, _data(fit, source), _run(fit, changes))


def _first_config(fit: Fit, changes: Sequence[Change]) -> Config:
    """As it was before anything was changed in mid-run."""
    first: dict[str, Any] = {}
    for _, _, field, old, _ in changes:
        first.setdefault(field, int(old) if field == "epochs" else old)
    return fit.config.replace(**first)


def _data(fit: Fit, source: Source) -> dict[str, Any]:
    series = fit.series
    where = {name: value for name, value in vars(source).items() if name != "own"}
    roles = {"columns": series.names, "targets": series.targets, "static": series.static, "known": series.known}
    return {**where, **roles, "lengths": series.lengths, "ids": series.ids, "fingerprint": fingerprint(series.values)}


def _run(fit: Fit, changes: Sequence[Change]) -> dict[str, Any]:
    last, state = fit.history[-1], fit.state
    return {
        "epoch": last.epoch,
        "train_loss": last.train_loss,
        "val_loss": last.val_loss,
        "best_epoch": state.best_epoch,
        "changes": [
            (epoch, batch, field, int(new) if field == "epochs" else new) for epoch, batch, field, _, new in changes
        ],
        "until": (state.epoch, state.batch) if fit.finished.reason not in ("done", "early-stop") else None,
    }


def _heading(fit: Fit, source: Source, name: str) -> str:
    where = "your file" if source.own else "the file that comes with this one"
    called = f"“{name}” " if name else ""
    return (
        (
            f"The run {called}of Unroll in one file, which needs Python 3.11 and NumPy and nothing else.\n\n"
            f"It reads {source.file} ({where}), trains a network with the same settings and prints the same final loss:\n\n"
            f"    python script.py {source.file}\n\n"
            "SETTINGS are the run's. What follows after `train` is the network and how it learns, each part after those\n"
            "that it needs; what this run does not use has been left out."
        )
        .replace("\\", "/")
        .replace('"""', "'''")
    )


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str) -> dict[str, Any]:
    lines = text.rstrip("\n").splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": lines}
