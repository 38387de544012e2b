"""Unroll: recurrent networks in NumPy, trained on your own time series.

The names below are the public ones; everything else may change.
"""

# ruff: noqa: E402 — the number of BLAS threads must be settled first
import os
import sys

# Two BLAS threads gain nothing at these sizes, cost much beside another process, and may change the last bit of a sum.
# A number that the user has set stands.
_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
if not any(variable in os.environ for variable in _VARIABLES):
    os.environ.update(dict.fromkeys(_VARIABLES, "1"))
    if "numpy" in sys.modules:
        # It has read its environment already; in a notebook it is the first import of all.
        from threadpoolctl import threadpool_limits

        threadpool_limits(1, user_api="blas")

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rnn.core.config import PRESETS, Config
from rnn.core.events import Epoch, Finished, Preview
from rnn.core.fit import Fit, fit, train
from rnn.core.model import Model
from rnn.core.series import Series
from rnn.forecast import forecast

if TYPE_CHECKING:
    from rnn.data import Table, read_csv
    from rnn.data.look import recommended
    from rnn.export import load, save
    from rnn.forecast.auto import automatic as auto
    from rnn.runs.from_code import list_runs, load_run
    from rnn.runs.store import Store

__version__ = "0.1.0"

__all__ = [
    "PRESETS", "Config", "Epoch", "Finished", "Fit", "Model", "Preview", "Series", "Store", "Table", "auto", "fit", "forecast",
    "list_runs", "load", "load_run", "read_csv", "recommended", "save", "train",
]  # fmt: skip

# These bring pandas and the file readers with them. A worker process needs neither, and starts twice as fast without.
_LATER = {
    "Store": "rnn.runs.store.Store",
    "Table": "rnn.data.Table",
    "auto": "rnn.forecast.auto.automatic",
    "read_csv": "rnn.data.read_csv",
    "recommended": "rnn.data.look.recommended",
    "list_runs": "rnn.runs.from_code.list_runs",
    "load": "rnn.export.load",
    "load_run": "rnn.runs.from_code.load_run",
    "save": "rnn.export.save",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'rnn' has no attribute {name!r}")
    module, _, own = _LATER[name].rpartition(".")
    return getattr(import_module(module), own)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
