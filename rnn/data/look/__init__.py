"""A look at a series before anything is trained on it: what repeats, how far back it remembers, whether it stays where it
is; and the settings that follow. Arrays in, frozen values out; nothing here knows a screen.

Where a series is too short, constant or has gaps, the functions raise ValueError with the sentence to show instead of a chart;
`find_seasons` and `suggest` give nothing then, and `summary` takes any column.
"""

from .correlogram import Correlogram, autocorrelation
from .profile import Profile, seasonal_profile
from .recommended import recommended
from .seasons import Season, find_seasons
from .spectrum import Spectrum, spectrum
from .stationarity import Stationarity, Verdict, stationarity
from .suggestion import Suggestion
from .suggestions import suggest
from .summary import Summary, summary

__all__ = [
    "Correlogram",
    "Profile",
    "Season",
    "Spectrum",
    "Stationarity",
    "Suggestion",
    "Summary",
    "Verdict",
    "autocorrelation",
    "find_seasons",
    "recommended",
    "seasonal_profile",
    "spectrum",
    "stationarity",
    "suggest",
    "summary",
]
