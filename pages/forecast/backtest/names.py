"""What the methods of a backtest are called on the page. Networks go by number in its rows, whatever their runs are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pages.forecast.backtest.mean import LABEL
from rnn.core.config import Config
from rnn.forecast.backtest.with_theta import NAME
from rnn.forecast.methods import METHODS
from rnn.runs.records import Run

MOST_LETTERS = 48


def network_names(count: int) -> list[str]:
    """The names of so many networks in the rows: network, network 2, …"""
    return [f"network {number}" if number > 1 else "network" for number in range(1, count + 1)]


def labels_of(networks: Mapping[str, Config], runs: Sequence[Run]) -> dict[str, str]:
    """Every name that may stand in a backtest's rows → what the page calls it.

    networks: of the backtest. runs: those of the same series, the one shown first; a network bears the name of the first run
    with its settings.
    """
    labels = {key: method.label for key, method in METHODS.items()} | {NAME: LABEL}
    for name, config in networks.items():
        found = next((run for run in runs if run.config == config), None)
        label = f"{_short(found.name)} ({name})" if found is not None else f"{name} (its run is deleted)"
        labels[name] = label.replace("(network)", "(this run)") if found is runs[0] and name == "network" else label
    return labels


def _short(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else name[: MOST_LETTERS - 1] + "…"
