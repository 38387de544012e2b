"""A figure as the bytes that a live chart in the browser reads.

A message is bytes: the length of the header (uint32, little-endian), the header (JSON), then the arrays, each at a
multiple of 8. In the header an array is {"$": [type, count, place, start, step]}; with a start and a step it holds
whole numbers k and means start + step · k; type "range" needs no bytes at all. Types: f4, f8, u2, u4. What is said of a
heat map's cells column by column, `hovertext` of one row, or row by row, `customdata` of one column, is sent once:
{"=": [item, times]}.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray


@dataclass(frozen=True)
class Handle:
    """A vertical line that the user moves along x, by pointer or arrow keys.

    name: tells it from others. label: what it divides, for those who hear the page. at, low, high: where it stands and how
    far it goes; step: what an arrow key moves it by; all in the units of x, milliseconds since 1970 for dates.
    stops: the only places where it can stand, rising, an arrow key moving it from one to the next; () for anywhere.
    live: whether its moves are told while they go on (`is_moving`), and not only where it comes to rest.
    """

    name: str
    label: str
    at: float
    low: float
    high: float
    step: float
    stops: tuple[float, ...] = ()
    live: bool = False


def message(
    figure: go.Figure, *, key: str, identity: str, alt: str, height: int, handles: Sequence[Handle] = (),
    picks: bool = False, file: str = "", bare: bool = False,
) -> bytes:  # fmt: skip
    """The figure as the bytes that live_chart.js reads. Its template is left out: the browser applies the theme."""
    traces = [trace.to_plotly_json() for trace in figure.data]
    layout = figure.layout.to_plotly_json()
    layout.pop("template", None)
    for trace in traces:
        if _is_dates(trace.get("x")):
            layout.setdefault("xaxis" + trace.get("xaxis", "x")[1:], {}).setdefault("type", "date")
        if trace["type"] == "heatmap":
            _spread(trace)
    buffers = _Buffers()
    header = {
        "key": key,
        "identity": identity,
        "alt": alt,
        "height": height,
        "data": [_pack(trace, buffers) for trace in traces],
        "layout": _pack(layout, buffers),
    }
    if file:
        header["file"] = file
    if picks:
        header["picks"] = True
    if bare:
        header["bare"] = True
    if handles:
        header["handles"] = [
            {name: value for name, value in asdict(handle).items() if value is not False and value != ()}
            for handle in handles
        ]
    body = json.dumps(header, separators=(",", ":"), allow_nan=False)
    arrays = buffers.joined()
    version = hashlib.blake2b(body.encode() + arrays, digest_size=8).hexdigest()
    text = f'{{"version":"{version}",{body[1:]}'.encode()
    return len(text).to_bytes(4, "little") + text + arrays


def _spread(trace: dict[str, Any]) -> None:
    """A heat map's texts by column or by row, as what the browser makes one for each cell of."""
    rows, columns = np.shape(trace["z"])
    if len(trace.get("hovertext") or ()) == 1:
        trace["hovertext"] = {"=": [trace["hovertext"][0], rows]}
    if trace.get("customdata") is not None and all(len(row) == 1 for row in trace["customdata"]):
        trace["customdata"] = [{"=": [row[0], columns]} for row in trace["customdata"]]


class _Buffers:
    """The arrays of one message, one after another, each beginning at a multiple of 8."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, array: NDArray[Any]) -> int:
        """Appends the array and tells its place."""
        place = self._size
        part = array.tobytes() + bytes(-array.nbytes % 8)
        self._parts.append(part)
        self._size += len(part)
        return place

    def joined(self) -> bytes:
        return b"".join(self._parts)


def _pack(node: Any, buffers: _Buffers) -> Any:
    """The node as JSON can hold it, numeric arrays moved into the buffers."""
    match node:
        case dict():
            return {name: _pack(item, buffers) for name, item in node.items()}
        case np.ndarray() if node.ndim == 1 and node.dtype.kind in "iufmM":
            return {"$": _pack_array(node, buffers)}
        case np.ndarray() | list() | tuple():
            return [_pack(item, buffers) for item in node]
        case np.datetime64() | date():
            return None if str(node) == "NaT" else str(node)
        case np.generic():
            return _pack(node.item(), buffers)
        case float():
            return node if np.isfinite(node) else None
    return node


def _is_dates(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind == "M"


def _pack_array(array: NDArray[Any], buffers: _Buffers) -> list[Any]:
    """How the array is written, [type, count, place, start, step], in the fewest bytes that lose nothing visible."""
    if array.dtype.kind in "mM":
        array = array.astype("datetime64[ms]" if array.dtype.kind == "M" else "timedelta64[ms]")
        array = np.where(np.isnat(array), np.nan, array.view(np.int64))
    grid = _grid(array)
    if grid is not None:
        steps, start, step = grid
        if len(steps) < 2 or np.array_equal(steps, np.arange(len(steps))):
            return ["range", len(steps), 0, start, step]
        steps = steps.astype(np.uint16 if steps[-1] < 2**16 else np.uint32)
        return [f"u{steps.itemsize}", len(steps), buffers.add(steps), start, step]
    numbers = _as_narrow(array)
    return [f"f{numbers.itemsize}", len(numbers), buffers.add(numbers)]


def _grid(array: NDArray[Any]) -> tuple[NDArray[np.int64], int, int] | None:
    """Rising whole numbers as start + step · k (dates, epochs and their thinned kin); None for all others."""
    if len(array) == 0 or not np.isfinite(array).all() or np.abs(array).max() >= 2**53:
        return None
    whole = array.astype(np.int64)
    if not np.array_equal(whole, array):
        return None
    differences = np.diff(whole)
    if len(differences) and differences.min() <= 0:
        return None
    step = int(np.gcd.reduce(differences)) or 1
    steps = (whole - whole[0]) // step
    return (steps, int(whole[0]), step) if steps[-1] < 2**32 else None


def _as_narrow(array: NDArray[Any]) -> NDArray[Any]:
    """float32 where its rounding is less than a ten-thousandth of the array's span, else float64."""
    wide = array.astype(np.float64)
    finite = wide[np.isfinite(wide)]
    if len(finite) == 0:
        return np.full(len(wide), np.nan, dtype=np.float32)
    size, span = float(np.abs(finite).max()), float(np.ptp(finite))
    if size > 1e37 or size * np.finfo(np.float32).eps > (span or size) * 1e-4:
        return wide
    return wide.astype(np.float32)
