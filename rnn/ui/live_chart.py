"""A chart that new numbers stream into without a remount, a blank frame or a lost zoom.

`live_chart` sends a Plotly figure to one chart in the browser that lives as long as its place on the page; the
browser's half is live_chart.js. `st.plotly_chart` remains right for figures that stand still. What is sent is
written in `rnn.ui.chart_message`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from rnn.ui.chart_message import Handle, message
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
