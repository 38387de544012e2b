"""What a file is that was given as a run and is none, and where it belongs."""

from __future__ import annotations

import io
import zipfile

from rnn.export import settings_in, weights_from_bytes
from rnn.export.bundle import is_zip

_RUN = "Give the run’s .unroll file or its zip"
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".parquet", ".wav", ".flac")


def sentence(content: bytes, name: str, called: str) -> str:
    """Empty for a file of which nothing can be said. name: of the file; called: what it is called in the sentence."""
    ending = name.lower()
    if is_zip(content):
        return _of_pickle(content, called)
    if found := _of_weights(content, called):
        return found
    if ending.endswith(".onnx"):
        return f"{called} is a network for an ONNX runtime, with neither series nor epochs. {_RUN}."
    if ending.endswith((".pt", ".pth", ".pkl", ".ckpt")):
        return _PICKLED.format(called)
    if ending.endswith(_TABLES):
        return f"{called} is a table and no run: it opens as a series on Train or Data. {_RUN} here."
    return _of_settings(content, ending, called)


_PICKLED = (
    "{} is pickled, and nothing here is ever unpickled. In PyTorch, safetensors.torch.save_file(net.state_dict(), path) writes "
    "the weights safely; rnn.export.from_torch takes them back in a script."
)


def _of_pickle(content: bytes, called: str) -> str:
    """PyTorch writes a zip with a pickle in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            pickled = any(path.endswith("data.pkl") for path in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return ""
    return _PICKLED.format(called) if pickled else ""


def _of_weights(content: bytes, called: str) -> str:
    try:
        config, _ = weights_from_bytes(content, called)
    except ValueError:
        return ""
    return (
        f"{called} holds the weights of a network ({config.cell}, {config.hidden} units) and no run: without the series and "
        f"what training goes on with there is nothing to open. {_RUN}; on Train it gives its settings, and in a script "
        "rnn.export.weights_from_bytes reads the weights."
    )


def _of_settings(content: bytes, ending: str, called: str) -> str:
    try:
        settings_in(content, called)
    except ValueError:
        return ""
    what = {".py": "the script of a run", ".ipynb": "the notebook of a run"}
    found = next((said for end, said in what.items() if ending.endswith(end)), "")
    if found:
        return (
            f"{called} is {found}: it runs by itself, and on Train it gives its settings. {_RUN} to open the run here."
        )
    return f"{called} holds settings and no run: on Train, beside Settings, they are taken. {_RUN} here."
