"""All that a run can take along as one zip; what cannot be made is left out, and the list of contents says why."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pandas as pd

from rnn import __version__
from rnn.core.events import Epoch
from rnn.core.fit import Fit
from rnn.export.bundle import FIT, ORIGINAL, Piece, table_csv, zip_of
from rnn.export.chart_page import LIBRARY, library
from rnn.export.takeaway import Takeaway, as_json, file_stem, safe_name
from rnn.forecast import forecast
from rnn.ui.takeaway_plots import Picture, forecast_picture, loss_picture, prediction_picture

LEVELS = (80, 95)
STEPS = 24  # ahead, where the network can look so far
SERIES = "data/series.csv"


class _Bag:
    """Collects pieces, and for those that cannot be made the reason."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.left_out: list[str] = []

    def add(self, path: str, about: str, make: Callable[[], bytes]) -> None:
        try:
            self.pieces.append(Piece(path, make(), about))
        except ValueError as error:
            self.left_out.append(f"{path}: {error}")


def everything(away: Takeaway) -> bytes:
    """The zip. Raises ValueError for a run without weights."""
    bag, fit, run = _Bag(), away.fit, away.run
    bag.add(FIT, "the run itself: “Open a file” on the page Runs, or rnn.load in a script", away.unroll)
    bag.add("settings.toml", "the settings, each explained; Train takes them back", away.settings)
    bag.add("settings.json", "the same for programs", lambda: as_json(run.config.to_dict()))
    _add_data(bag, away)
    bag.add("curves.csv", "losses, errors and learning rate by epoch", lambda: _curves(fit.history))
    if away.changes:
        bag.add("changes.csv", "what was changed in mid-run", lambda: _changes(away))
    ahead = _add_forecast(bag, fit)
    _add_plots(bag, away, ahead)
    original = "" if away.original is None else _path_of(away)
    source = away.source(own=original, written=SERIES)
    about = f"trains the same way with NumPy alone and prints the same final loss; it reads {source.file}"
    bag.add("script.py", about, lambda: away.script(source))
    bag.add("notebook.ipynb", "the same for Jupyter", lambda: away.notebook(source))
    bag.add("weights.safetensors", "the best weights by name", away.weights)
    _add_torch(bag, away)
    bag.add("model.onnx", "the network for any ONNX runtime: raw values in, forecasts out", away.onnx)
    heading = (
        f"The run “{run.name or run.id}” ({run.id}) of Unroll {__version__}, {run.state} after {run.epoch:,} epochs"
    )
    return zip_of(bag.pieces, heading, bag.left_out)


def _path_of(away: Takeaway) -> str:
    assert away.original is not None
    return ORIGINAL + (safe_name(away.original.name) or "file")


def _add_data(bag: _Bag, away: Takeaway) -> None:
    original, reading = away.original, away.reading
    bag.add(SERIES, "the numbers that it learned from, repairs done", away.numbers)
    if original is not None:
        bag.add(_path_of(away), "your file as it was uploaded", lambda: original.content)
    else:
        bag.left_out.append("The original file: the series came from a sample or a script, not from an upload.")
    record = {
        "run": away.run.id, "unroll": __version__, "series_hash": away.run.series_hash,
        "file_hash": away.store.series_file(away.run.series_hash), "reading": reading,
    }  # fmt: skip
    bag.add("data/how-it-was-read.json", "file, columns and choices that made the series", lambda: as_json(record))
    if reading.get("repairs"):
        bag.add("data/repairs.json", "the repairs, in their order", lambda: as_json(reading["repairs"]))


def _curves(history: list[Epoch]) -> bytes:
    names = [field.name for field in dataclasses.fields(Epoch)]
    return table_csv({name: [getattr(epoch, name) for epoch in history] for name in names})


def _changes(away: Takeaway) -> bytes:
    """Epochs count from 1 here, as in the curves."""
    columns = zip(*((epoch + 1, *rest) for epoch, *rest in away.changes), strict=True)
    names = ("epoch", "batches_done", "field", "old", "new")
    return table_csv({name: list(column) for name, column in zip(names, columns, strict=True)})


def _add_forecast(bag: _Bag, fit: Fit) -> pd.DataFrame | None:
    made: list[pd.DataFrame] = []

    def make() -> bytes:
        made.append(_looked_ahead(fit))
        return made[0].to_csv(index=False).encode()

    bag.add("forecast.csv", f"what comes next, with the intervals of {LEVELS[0]} and {LEVELS[1]} %", make)
    return made[0] if made else None


def _looked_ahead(fit: Fit) -> pd.DataFrame:
    """As far as STEPS, or else as the network was trained to look. Raises ValueError where it can look ahead at all only with
    more than the run knows."""
    horizon = fit.config.horizon
    try:
        return forecast(fit, max(STEPS, horizon), LEVELS)
    except ValueError:
        if horizon >= STEPS:
            raise
    return forecast(fit, horizon, LEVELS)


def _add_plots(bag: _Bag, away: Takeaway, ahead: pd.DataFrame | None) -> None:
    pictures: dict[str, Callable[[], Picture]] = {
        "loss": lambda: loss_picture(away),
        "prediction": lambda: prediction_picture(away),
    }
    if ahead is not None:
        pictures["forecast"] = lambda: forecast_picture(away, ahead, LEVELS)
    before = len(bag.pieces)
    for name, draw in pictures.items():
        bag.add(f"plots/{name}.html", f"the {name} chart, to be opened in a browser", lambda draw=draw: draw().page())
    if len(bag.pieces) > before:
        bag.pieces.append(Piece(f"plots/{LIBRARY}", library(), "what the charts are drawn with; no internet is needed"))


def _add_torch(bag: _Bag, away: Takeaway) -> None:
    try:
        found = away.torch()
    except ValueError as error:
        bag.left_out.append(f"PyTorch's state dict: {error}")
        return
    for name, content in found.items():
        path = name.removeprefix(file_stem(away.run) + ".")
        bag.pieces.append(Piece(path, content, "the same under PyTorch's names, for load_state_dict"))
