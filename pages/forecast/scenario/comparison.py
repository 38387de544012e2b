"""The forecasts of all scenarios beside the base: the chart, the differences in numbers, and the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from pages.forecast import outlook, picture
from pages.forecast.numbers import file_name
from pages.forecast.outlook import Outlook
from pages.forecast.request import Request
from rnn.core.fit import Fit
from rnn.export.spreadsheet import spreadsheet_bytes
from rnn.ui.figures.scenario import alt_scenario, scenario_figure
from rnn.ui.figures.style import moment
from rnn.ui.live_chart import live_chart
from rnn.ui.thinning import thin
from rnn.ui.wording import escaped

BASE = "Base"
HEIGHT = 420
HISTORY = 24  # records at least
SAME = 1e-12  # of the base's size, below which a forecast has not changed


def draw(
    identity: str, fit: Fit, asked: Request, found: Mapping[str, Outlook], assumed: Mapping[str, np.ndarray]
) -> None:
    """found: name → forecast, the base first. assumed: name → (≥ steps, F), what the known columns hold there."""
    targets = fit.model.targets
    shown = {name: outlook.of_target(one, targets, asked.target, asked.levels) for name, one in found.items()}
    _draw_chart(identity, fit, asked, shown)
    if len(shown) > 1:
        st.dataframe(
            differences(shown, targets[asked.target]), hide_index=True, row_height=36, placeholder="–",
            alt="What each scenario changes, in numbers",
        )  # fmt: skip
        if unmoved := [name for name, frame in shown.items() if name != BASE and is_same(shown[BASE], frame)]:
            st.caption(
                f":material/info: {escaped(', '.join(unmoved), 200)}: the forecast stays as it is. Either nothing is changed "
                "in the steps that are forecast, or the network has learned to pay no heed to what is."
            )
    st.download_button(
        "Download scenarios (CSV)", lambda: csv_of(fit, found, assumed), mime="text/csv", on_click="ignore",
        file_name=file_name(f"{fit.series.name} scenarios"), icon=":material/download:", key="download_scenarios",
        help="One row a step of each scenario: what was assumed of the known columns, the forecast with its intervals, and "
        "the difference from the base.",
    )  # fmt: skip


def _draw_chart(identity: str, fit: Fit, asked: Request, shown: Mapping[str, pd.DataFrame]) -> None:
    target, base = fit.model.targets[asked.target], shown[BASE]
    bands = [(level, base[f"lo{level}"], base[f"hi{level}"]) for level in asked.levels[:1]]
    bands = [band for band in bands if np.isfinite(band[1]).any()]
    count = max(HISTORY, 2 * asked.steps)  # less than beside the forecast alone: it is the future that differs
    past = thin(*(part[-count:] for part in picture.past(fit, asked)), picture.MOST_POINTS)
    others = {name: frame["mean"].to_numpy() for name, frame in shown.items() if name != BASE}
    parts = (*past, base["time"].to_numpy(), base["mean"].to_numpy(), others, bands)
    label = "" if np.issubdtype(fit.series.times.dtype, np.datetime64) else "record"
    live_chart(
        scenario_figure(*parts, target=target, time_label=label), key="scenario_chart", identity=identity, height=HEIGHT,
        alt=alt_scenario(*parts, target=target),
    )  # fmt: skip


def is_same(base: pd.DataFrame, other: pd.DataFrame) -> bool:
    size = float(np.abs(base["mean"]).max()) or 1.0
    return bool((np.abs(other["mean"] - base["mean"]) <= SAME * size).all())


def differences(shown: Mapping[str, pd.DataFrame], target: str) -> pd.DataFrame:
    """A row a scenario: its mean over all steps, and how far it is from the base on average and at most."""
    base, rows = shown[BASE], []
    for name, frame in shown.items():
        row: dict[str, object] = {"Scenario": name, f"Mean {target}": frame["mean"].mean()}
        off = (frame["mean"] - base["mean"]).to_numpy()
        if name != BASE:
            most = int(np.argmax(np.abs(off)))
            share = off.mean() / abs(base["mean"].mean()) * 100 if base["mean"].mean() else np.nan
            row |= {"From the base": off.mean(), "in %": share, "Sum of the differences": off.sum(),
                    "Largest": off[most], "at": moment(base["time"].to_numpy()[most])}  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def csv_of(fit: Fit, found: Mapping[str, Outlook], assumed: Mapping[str, np.ndarray]) -> bytes:
    """Long: scenario, time, what was assumed, the forecast's columns, and for each target the difference from the base."""
    base, targets = found[BASE].frame, fit.model.targets
    return spreadsheet_bytes(pd.concat([
        _assuming(name, one.frame, base, assumed[name], fit.model.known, targets) for name, one in found.items()
    ], ignore_index=True))  # fmt: skip


def _assuming(
    name: str, frame: pd.DataFrame, base: pd.DataFrame, values: np.ndarray, known: Sequence[str], targets: Sequence[str]
) -> pd.DataFrame:
    prefixes = [f"{target}." for target in targets] if len(targets) > 1 else [""]
    columns: dict[str, object] = {"scenario": name, "time": frame["time"]}
    columns |= {one if one not in frame else f"assumed {one}": values[: len(frame), k] for k, one in enumerate(known)}
    columns |= {column: frame[column] for column in frame if column != "time"}
    columns |= {f"{prefix}from base": frame[f"{prefix}mean"] - base[f"{prefix}mean"] for prefix in prefixes}
    return pd.DataFrame(columns)
