"""What can be had of a run: each offer with what it is for, made when it is asked for, and nothing before.

Of Streamlit there is nothing here: a download button makes its file after the page was drawn, in a thread of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from rnn.export.bundle import Piece, zip_of
from rnn.export.takeaway import Takeaway
from rnn.export.torch_names import check_expressible
from rnn.runs.records import Run
from rnn.runs.store import Store


@dataclasses.dataclass(frozen=True)
class Offer:
    """label, icon: of the button. about: what it is for, in a line. ending: of the file's name."""

    label: str
    ending: str
    mime: str
    icon: str
    about: str


OFFERS = {
    "everything": Offer(
        "Everything", ".zip", "application/zip", ":material/folder_zip:",
        "All of the below with data, curves, forecast and charts. Comes back by “Open a file”.",
    ),
    "run": Offer(
        "Run", ".unroll", "application/octet-stream", ":material/directions_run:",
        "The run itself, to go on with in another Unroll (“Open a file”) or a notebook (`rnn.load`).",
    ),
    "script": Offer(
        "Script", ".py", "text/x-python", ":material/code:",
        "One file that needs NumPy alone, trains the same way and prints the same final loss.",
    ),
    "notebook": Offer(
        "Notebook", ".ipynb", "application/x-ipynb+json", ":material/book:", "The same for Jupyter, part by part."
    ),
    "series": Offer(
        "Series", ".csv", "text/csv", ":material/table:",
        "The numbers that it learned from, repairs done: what script and notebook read, unless they can read your own file.",
    ),
    "weights": Offer(
        "Weights", ".safetensors", "application/octet-stream", ":material/weight:",
        "The best weights by name, with the settings as JSON in the file.",
    ),
    "torch": Offer(
        "PyTorch", ".torch.safetensors", "application/octet-stream", ":material/local_fire_department:",
        "The same under the names of nn.RNN, nn.GRU and nn.LSTM, for `load_state_dict`.",
    ),
    "onnx": Offer(
        "ONNX", ".onnx", "application/octet-stream", ":material/hub:",
        "For any program with an ONNX runtime: raw values in, forecasts in original units out.",
    ),
    "settings": Offer(
        "Settings", ".toml", "application/toml", ":material/tune:",
        "Each setting with what it means, to read, change and give back on Train (“Save”).",
    ),
}  # fmt: skip


def reason_against(run: Run, offer: str) -> str:
    """Why the run cannot give this; empty where it can. Nothing is read for it."""
    if offer == "settings":
        return ""
    if not run.epoch:
        return "It has not finished an epoch yet."
    if offer == "torch":
        try:
            check_expressible(run.config.replace(seeds=1))
        except ValueError as error:
            return str(error)
    return ""


def made(store: Store, run_id: str, offer: str) -> bytes:
    """The bytes of one of OFFERS. Raises ValueError where the run cannot give it, LookupError where it is gone."""
    away = Takeaway(store, run_id)
    return _MAKERS[offer](away)


def _everything(away: Takeaway) -> bytes:
    from rnn.ui.takeaway_zip import everything

    return everything(away)


def _torch(away: Takeaway) -> bytes:
    found = away.torch()
    if len(found) == 1:
        return next(iter(found.values()))
    pieces = [Piece(name, content, f"network {number}") for number, (name, content) in enumerate(found.items())]
    return zip_of(pieces, "The networks of the ensemble, whose median is the forecast")


def torch_offer(run: Run) -> Offer:
    """Of an ensemble there are several files, in a zip."""
    offer = OFFERS["torch"]
    if run.config.seeds == 1:
        return offer
    return dataclasses.replace(offer, ending=".torch.zip", mime="application/zip")


_MAKERS: dict[str, Callable[[Takeaway], bytes]] = {
    "everything": _everything,
    "run": Takeaway.unroll,
    "script": Takeaway.script,
    "notebook": Takeaway.notebook,
    "series": Takeaway.numbers,
    "weights": Takeaway.weights,
    "torch": _torch,
    "onnx": Takeaway.onnx,
    "settings": Takeaway.settings,
}
