"""Whether the intervals held: how often the actual value lay within, beside how often it should."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

NEAR = 0.05


def draw(frame: pd.DataFrame, labels: Mapping[str, str]) -> None:
    table = table_of(frame)
    if table.empty:
        return
    st.markdown("##### Whether the intervals held")
    shares = {name: 100 * table[name] for name in ("nominal", "measured")}
    shown = table.assign(
        **shares, method=table["method"].map(labels), says=[in_words(row) for row in table.itertuples()]
    )
    st.dataframe(
        shown[["method", "nominal", "measured", "n", "says"]], hide_index=True, row_height=36, placeholder="–",
        height=min(36 * (len(shown) + 1) + 3, 36 * 9),
        column_config={
            "method": "Method",
            "nominal": st.column_config.NumberColumn("Should hold", format="%.0f %%"),
            "measured": st.column_config.NumberColumn(
                "Held", format="%.0f %%", help="The share of actual values within the interval, over all folds and steps.",
            ),
            "n": st.column_config.NumberColumn("Points", help="Forecasts with such an interval."),
            "says": st.column_config.TextColumn("", width="large"),
        },
        alt=f"Coverage of the intervals, {len(shown)} rows",
    )  # fmt: skip


def table_of(frame: pd.DataFrame) -> pd.DataFrame:
    """method, nominal and measured (shares), n, for each method and level that has an interval anywhere."""
    levels = sorted((name.removeprefix("lo") for name in frame.columns if name.startswith("lo")), key=float)
    rows = []
    for method, own in frame.groupby("method", sort=False):
        for level in levels:
            low, high = own[f"lo{level}"], own[f"hi{level}"]
            known = low.notna() & high.notna() & own["actual"].notna()
            if known.any():
                within = own["actual"].between(low, high)[known]
                rows.append((method, float(level) / 100, float(within.mean()), int(known.sum())))
    return pd.DataFrame(rows, columns=["method", "nominal", "measured", "n"])


def in_words(row: object) -> str:
    """How the two numbers compare, with what chance alone does to so few points left out of it."""
    nominal, measured, n = row.nominal, row.measured, row.n  # type: ignore[attr-defined]
    allowed = max(NEAR, 2 * (nominal * (1 - nominal) / n) ** 0.5)
    if abs(measured - nominal) <= allowed:
        return "as it should, within chance"
    if measured < nominal:
        return "too narrow: the actual value lay outside more often than said"
    return "wider than needed"
