"""Schema 2: what came of a run stands beside it, and the first runs of all go on with their own optimiser's memory.

In schema 1 the lowest validation error and the test error stood only in the small curves of the list, `sketches`, which are
made when somebody looks: a list of many runs could not be sorted by them before it had been looked at for a while, and what had
been measured went with the curve.

The very first stores hold Adam's memory as averages, m and v, of parameters in the order W_h, W_x, b. Since then it is sums,
`gradients` and `squares`, in the order W_h, b, W_x: read as they were, W_x went on with the memory of b and b with that of W_x.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Double, Integer, inspect, text

from rnn.runs.migrations.statements import add_column, drop_columns_of_cache
from rnn.runs.packing import pack_arrays, unpack_arrays

_DECAYS = {"m": ("gradients", 0.9), "v": ("squares", 0.999)}


def to_2(connection: Connection) -> None:
    """`runs` gains best_rmse, tested and test_rmse, and `sketches` loses them; checkpoints with m and v are rewritten."""
    add_column(connection, "runs", Column("best_rmse", Double))
    add_column(connection, "runs", Column("tested", Integer, nullable=False, server_default="0"))
    add_column(connection, "runs", Column("test_rmse", Double))
    best = "SELECT val_rmse FROM epochs WHERE epochs.run_id = runs.id AND epochs.epoch = runs.best_epoch"
    connection.execute(text(f"UPDATE runs SET best_rmse = ({best})"))
    if inspect(connection).has_table("sketches"):  # the first stores have none
        _take_test_errors(connection)
    for run_id in connection.execute(text("SELECT run_id FROM snapshots WHERE kind = 'checkpoint'")).scalars().all():
        renew_adam(connection, run_id)


def _take_test_errors(connection: Connection) -> None:
    known = "sketches.run_id = runs.id AND sketches.epoch = runs.epoch AND sketches.tested = 1"
    connection.execute(
        text(
            f"UPDATE runs SET tested = 1, test_rmse = (SELECT test_rmse FROM sketches WHERE {known}) "
            f"WHERE EXISTS (SELECT 1 FROM sketches WHERE {known})"
        )
    )
    drop_columns_of_cache(connection, "sketches", "best_rmse", "tested", "test_rmse")


def renew_adam(connection: Connection, run_id: str) -> None:
    """Rewrite the run's checkpoint, where it is one of the first."""
    mine = {"run_id": run_id}
    where = "WHERE run_id = :run_id AND kind = 'checkpoint'"
    arrays = unpack_arrays(connection.execute(text(f"SELECT arrays FROM snapshots {where}"), mine).scalar_one())
    if "optimiser/m" not in arrays:
        return
    shapes = {name: arrays[f"params/{name}"].shape for name in _FIRST_ORDER if f"params/{name}" in arrays}
    for old, (new, decay) in _DECAYS.items():
        averages = _reordered(arrays.pop(f"optimiser/{old}"), shapes)
        arrays[f"optimiser/{new}"] = (averages / (1 - decay)).astype(averages.dtype)
    change = text(f"UPDATE snapshots SET arrays = :arrays {where}")
    connection.execute(change, mine | {"arrays": pack_arrays(arrays)})


# Those runs have one layer, and nothing but these; without biases neither b.
_FIRST_ORDER = ("layer0.W_h", "layer0.W_x", "layer0.b", "readout.W", "readout.b")
_ORDER = ("layer0.W_h", "layer0.b", "layer0.W_x", "readout.W", "readout.b")


def _reordered(vector: NDArray[np.floating], shapes: dict[str, tuple[int, ...]]) -> NDArray[np.floating]:
    parts, start = {}, 0
    for name, shape in shapes.items():
        parts[name] = vector[start : start + math.prod(shape)]
        start += math.prod(shape)
    return np.concatenate([parts[name] for name in _ORDER if name in parts])
