"""Recurrent cells: one file a cell, all of one shape, listed in CELLS."""

from __future__ import annotations

from rnn.core.cells.elman import Elman

CELLS: dict[str, type[Elman]] = {"elman": Elman}
