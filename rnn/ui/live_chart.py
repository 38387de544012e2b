"""A chart that new numbers stream into without a remount, a blank frame or a lost zoom.

`live_chart` sends a Plotly figure to one chart in the browser that lives as long as its place on the page; the
browser's half is live_chart.js. `st.plotly_chart` remains right for figures that stand still.

A message is bytes: the length of the header (uint32, little-endian), the header (JSON), then the arrays, each at a
multiple of 8. In the header an array is {"$": [type, count, place, start, step]}; with a start and a step it holds
whole numbers k and means start + step · k; type "range" needs no bytes at all. Types: f4, f8, u2, u4. What is said of a
heat map's cells column by column, `hovertext` of one row, or row by row, `customdata` of one column, is sent once:
{"=": [item, times]}.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from rnn.ui.plotly_asset import ASSET_FOLDER, PLOTLY_NAME, SCRIPT_NAME

# Streamlit repeats this text in every message, so it only fetches the real script. Streamlit's own script tells the
# address of the server's root, whatever base path or proxy stands before it.
_LOADER = f"""
const own = document.querySelector('script[type="module"][src*="static/js/"]');
const root = new URL("{ASSET_FOLDER}/", own ? new URL("../../", own.src) : document.baseURI);
const sorry = "This chart could not be drawn, because its script did not load. Reload the page to try again.";
export default (component) => import(new URL("{SCRIPT_NAME}", root)).then(
  (script) => script.draw(component, new URL("{PLOTLY_NAME}", root).href),
  () => {{ component.parentElement.textContent = sorry; }});
"""

_component = st.components.v2.component("unroll_live_chart", js=_LOADER, isolate_styles=False)


@dataclass(frozen=True)
class ChartView:
    """What a user looks at in a live chart.

    x_range: (lo, hi) after a zoom or a pan, datetime64[ms] where x are dates, float else; None for the whole series.
    """

    x_range: tuple[Any, Any] | None = None


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


@dataclass(frozen=True)
class Pick:
    """A point or heat-map cell that was clicked. x, y: as they stand on the axes (text for categories and dates); trace: the
    number of its trace in the figure, from 0 on."""

    x: float | str
    y: float | str
    trace: int


def live_chart(
    figure: go.Figure, *, key: str, identity: str, alt: str, height: int = 320, handles: Sequence[Handle] = (),
    on_move: Callable[[str, float], None] | None = None, on_pick: Callable[[Pick], None] | None = None, file: str = "",
    bare: bool = False,
) -> ChartView:  # fmt: skip
    """Draw the figure into the chart `key`, keeping the user's zoom and legend as long as `identity` stays the same.

    key: names the chart within the session. identity: what is shown, for example a run's id; another one means other
    data and resets the zoom. alt: the chart in words, with its numbers. height: pixels.
    handles: lines that can be moved. on_move(name, at): called when one has come to rest somewhere else, before the next run.
    on_pick: called with what was clicked, before the next run; the chart then has to offer the same by keyboard beside it.
    file: what a picture of it is called when it is taken away, without an ending; the key where it is not said.
    bare: without the buttons beneath it, for a chart that is a control.
    Returns the view, as `chart_view` does. Needs PLOTLY_ROUTE of rnn.ui.plotly_asset mounted in the application.
    """
    _component(
        key=key,
        data=message(
            figure,
            key=key,
            identity=identity,
            alt=alt,
            height=height,
            handles=handles,
            picks=on_pick is not None,
            file=file,
            bare=bare,
        ),
        height=height,
        on_view_change=_nothing,
        on_moved_change=lambda: _moved(key, on_move),
        on_picked_change=lambda: _picked(key, identity, on_pick),
    )
    return chart_view(key, identity, initial=figure.layout.xaxis.range)


def chart_view(key: str, identity: str, initial: tuple[Any, Any] | None = None) -> ChartView:
    """The view of a live chart before it is drawn in this run, for thinning its series to the part on the screen.

    initial: the range of x that the figure begins with, where it does not begin with the whole series.
    """
    state = st.session_state.get(key) or {}
    view = state.get("view")
    if not view or view.get("identity") != identity:
        return ChartView(tuple(initial) if initial is not None else None)
    if view.get("whole"):
        return ChartView()
    lo, hi = float(view["lo"]), float(view["hi"])
    if view["date"]:
        return ChartView((np.datetime64(round(lo), "ms"), np.datetime64(round(hi), "ms")))
    return ChartView((lo, hi))


def _moved(key: str, on_move: Callable[[str, float], None] | None) -> None:
    moved = (st.session_state.get(key) or {}).get("moved")
    if moved and on_move is not None:
        on_move(str(moved["name"]), float(moved["at"]))


def is_moving(key: str) -> bool:
    """Within `on_move` and the run that follows: whether the line is still in the user's hand, so that more will be told."""
    moved = (st.session_state.get(key) or {}).get("moved")
    return bool(moved and moved.get("on"))


def _picked(key: str, identity: str, on_pick: Callable[[Pick], None] | None) -> None:
    picked = (st.session_state.get(key) or {}).get("picked")
    # A click on what the chart has shown before is no choice of what it shows now.
    if picked and on_pick is not None and picked["identity"] == identity:
        on_pick(Pick(picked["x"], picked["y"], int(picked["trace"])))


def _nothing() -> None:
    """Streamlit keeps a component's state only where it has a callback; this one has nothing to do."""


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
