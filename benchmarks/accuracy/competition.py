"""The development series of the M4 competition, and its scoring.

sMAPE = mean of 200 |y − ŷ| / (|y| + |ŷ|); MASE = mean |y − ŷ| over the mean absolute seasonal difference of what was known
(lag 24 hourly, 1 weekly); OWA = the mean of both, each averaged over the series and divided by that of naive 2 (Makridakis,
Spiliotis and Assimakopoulos 2020). The files are not ours to ship: they are read from ../shared/data beside the checkout.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"
FOLDERS = (FOLDER, Path(__file__).resolve().parents[4] / "shared" / "data")
SEASON = {"hourly": 24, "weekly": 1}
HORIZON = {"hourly": 48, "weekly": 13}


@dataclass(frozen=True, eq=False)
class Task:
    """One series to forecast. known: (N,); actual: (H,), what came after."""

    name: str
    known: np.ndarray
    actual: np.ndarray

    def earlier(self, records: int) -> Task:
        """The same forecast made so many records earlier."""
        if not records:
            return self
        end = len(self.known) - records
        return Task(
            self.name, self.known[:end], np.concatenate([self.known, self.actual])[end : end + len(self.actual)]
        )


def tasks(kind: str) -> list[Task]:
    """kind: "hourly" or "weekly". [] where the files are not there."""
    path = next((one for folder in FOLDERS if (one := folder / f"m4_{kind}_dev.csv").exists()), None)
    if path is None:
        return []
    found: dict[str, dict[str, list[float]]] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["series"], {"train": [], "test": []})[row["part"]].append(float(row["value"]))
    return [Task(name, np.array(parts["train"]), np.array(parts["test"])) for name, parts in found.items()]


def errors(task: Task, forecast: np.ndarray, season: int) -> np.ndarray:
    """sMAPE and MASE."""
    miss = np.abs(task.actual - forecast)
    smape = np.mean(200 * miss / (np.abs(task.actual) + np.abs(forecast)))
    return np.array([smape, miss.mean() / np.abs(task.known[season:] - task.known[:-season]).mean()])


def naive2(values: np.ndarray, steps: int, season: int) -> np.ndarray:
    """The last value, seasonally adjusted by classical multiplicative decomposition where the autocorrelation at the season
    is significant at 90 %."""
    count, indices = len(values), np.ones(season)
    if season > 1 and count >= 3 * season and _is_seasonal(values, season):
        weights = np.full(season + 1, 1 / season)
        weights[[0, -1]] /= 2
        level = np.convolve(values, weights, "valid")
        first = season // 2
        ratio = values[first : first + len(level)] / level
        at = (np.arange(len(ratio)) + first) % season
        indices = np.bincount(at, ratio, season) / np.bincount(at, minlength=season)
        indices *= season / indices.sum()
    places = (count + np.arange(steps)) % season
    return values[-1] / indices[(count - 1) % season] * indices[places]


def _is_seasonal(values: np.ndarray, season: int) -> bool:
    rest = values - values.mean()
    found = [float(rest[lag:] @ rest[:-lag] / (rest @ rest)) for lag in range(1, season + 1)]
    return abs(found[-1]) > 1.645 * np.sqrt((1 + 2 * sum(one**2 for one in found[:-1])) / len(values))


def owa(scores: np.ndarray, naive: np.ndarray) -> float:
    """Both (series, 2): sMAPE and MASE."""
    return float((scores.mean(axis=0) / naive.mean(axis=0)).mean())
