"""The series that come with the product: real ones with their origin and licence, the article's sine, and an echo."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rnn.core.article import article_series
from rnn.core.config import PRESETS
from rnn.core.series import Series

from .reader import read_csv
from .table import Table

FOLDER = Path(__file__).with_name("samples")
ECHO_LAG, ECHO_ROWS = 40, 800


@dataclass(frozen=True)
class Sample:
    """A series to try things on.

    file: its name in the folder `samples`, None for a generated one. target: the column to predict. season: steps in its main
    cycle, None where it has none. config: settings that suit it (fields of rnn.Config), over whatever preset is chosen.
    shows: made up to show one thing, so that nothing is measured by it.
    """

    key: str
    title: str
    description: str
    source: str
    licence: str
    file: str | None
    target: str
    season: int | None
    config: Mapping[str, Any] = field(default_factory=dict)
    shows: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", MappingProxyType(dict(self.config)))

    @property
    def data(self) -> bytes:
        """The sample as the bytes of a CSV file."""
        if self.file is None:
            return _as_csv(_GENERATED[self.key]())
        return (FOLDER / self.file).read_bytes()


def _beside_default(preset: str) -> dict[str, Any]:
    """The settings in which a preset differs from the default."""
    default = PRESETS["default"].to_dict()
    return {field: value for field, value in PRESETS[preset].to_dict().items() if value != default[field]}


_ALL = (
    Sample(
        key="article-sine",
        title="The article's sine",
        description="200 values of sin(k): the series on which the article trains its network.",
        source="Generated: sin(k) for k = 0 … 199",
        licence="None needed",
        file=None,
        target="value",
        season=None,
        config=_beside_default("article-corrected"),
    ),
    Sample(
        key="sunspots",
        title="Sunspots",
        description="Yearly sunspot activity from 1700 to 2008, with a cycle of about 11 years that is never quite the same.",
        source="NOAA National Geophysical Data Center, through statsmodels",
        licence="Public domain",
        file="sunspots_yearly.csv",
        target="SUNACTIVITY",
        season=11,
        config={"window": 22},
    ),
    Sample(
        key="co2",
        title="CO₂ at Mauna Loa",
        description="Weekly carbon dioxide in the air from 1958 to 2001: a rising trend, a yearly season and 59 missing weeks.",
        source="CDIAC (Keeling and Whorf), through statsmodels",
        licence="Public domain",
        file="co2_weekly.csv",
        target="co2",
        season=52,
        config={"window": 52},
    ),
    Sample(
        key="air-passengers",
        title="Airline passengers",
        description="Monthly airline passengers from 1949 to 1960: 144 months with a season that grows with the trend.",
        source="Box and Jenkins, Time Series Analysis, 1976",
        licence="Figures published in the book",
        file="air_passengers.csv",
        target="#Passengers",
        season=12,
        config={"window": 24},
    ),
    Sample(
        key="nyc-taxi",
        title="New York taxis",
        description="Taxi passengers every half hour, July 2014 to January 2015, with days, weeks, holidays, a blizzard.",
        source="NYC Taxi and Limousine Commission, aggregated by the Numenta Anomaly Benchmark",
        licence="NYC open data",
        file="nyc_taxi.csv",
        target="#Passengers",
        season=48,
        config={"window": 96},
    ),
    Sample(
        key="seattle-weather",
        title="Seattle weather",
        description="Daily rain, temperatures, wind and kind of weather, 2012 to 2015: several columns to predict or add.",
        source="NOAA, through vega-datasets",
        licence="Public domain",
        file="seattle_weather.csv",
        target="temp_max",
        season=None,
        config={"window": 30},
    ),
    Sample(
        key="us-gasoline",
        title="US petrol",
        description="Motor gasoline supplied in the US each week from 1991 to 2021, in a file whose newest row comes first.",
        source="US Energy Information Administration",
        licence="Public domain",
        file="us_gasoline.csv",
        target="Gasoline",
        season=52,
        config={"window": 52},
    ),
    Sample(
        key="nile",
        title="The Nile at Aswan",
        description="Yearly flow from 1871 to 1970: 100 values whose level drops in 1898.",
        source="Cobb 1978, through statsmodels",
        licence="Public domain",
        file="nile_yearly.csv",
        target="volume",
        season=None,
        config={"window": 10},
    ),
    Sample(
        key="elnino",
        title="El Niño by month",
        description="Sea surface temperature in the tropical Pacific each month from 1950 to 2010, in a file of a row a year.",
        source="NOAA ERSST, through statsmodels",
        licence="Public domain",
        file="elnino_wide.csv",
        target="value",
        season=12,
        config={"window": 24},
    ),
    Sample(
        key="echo",
        title="Echo from 40 steps ago",
        description="800 values, each 0.95 of the value 40 steps before it and a random part: what lies between says nothing.",
        source="Generated: x(k) = 0.95 x(k − 40) + 0.3 u(k), u random between −1 and 1, and the first 40 values too",
        licence="None needed",
        file=None,
        target="value",
        season=40,
        config={"window": 40},
        shows=True,
    ),
)

SAMPLES: Mapping[str, Sample] = MappingProxyType({sample.key: sample for sample in _ALL})


def load(key: str) -> Table:
    """The sample's table, read by `read_csv` like any other file. Raises ValueError for a key that is not in SAMPLES."""
    return read_csv(_sample(key).data, name=key)


def sample_series(key: str) -> Series:
    """The sample's series with its usual target. Raises ValueError for a key that is not in SAMPLES."""
    return load(key).series(_sample(key).target)


def _sample(key: str) -> Sample:
    if key not in SAMPLES:
        raise ValueError(f"{key!r} is not a sample; the samples are {', '.join(SAMPLES)}.")
    return SAMPLES[key]


def _sine() -> list[float]:
    values: list[float] = article_series().values[:, 0].tolist()
    return values


def _echo() -> list[float]:
    """Python's own generator, whose `random` gives the same numbers in every version of it."""
    draw = random.Random(ECHO_LAG).random
    values = [2 * draw() - 1 for _ in range(ECHO_LAG)]
    while len(values) < ECHO_ROWS:
        values.append(0.95 * values[-ECHO_LAG] + 0.3 * (2 * draw() - 1))
    return [round(value, 6) for value in values]


_GENERATED = {"article-sine": _sine, "echo": _echo}


def _as_csv(values: list[float]) -> bytes:
    return "".join(["value\n", *(f"{value!r}\n" for value in values)]).encode()
