"""A look at a series before anything is trained on it: what repeats, how far back it remembers, whether it stays where it
is; and the settings that follow. Arrays in, frozen values out; nothing here knows a screen.

Where a series is too short, constant or has gaps, the functions raise ValueError with the sentence to show instead of a chart
(`find_seasons` and `suggest` find nothing then, and say so).
"""

from .seasons import Season, find_seasons
from .spectrum import Spectrum, spectrum

__all__ = ["Season", "Spectrum", "find_seasons", "spectrum"]
