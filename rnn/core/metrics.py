"""Error measures in original units."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def rmse(actual: Floats, predicted: Floats) -> float:
    """Root mean squared error over all entries; arrays of one shape."""
    return math.sqrt(float(np.mean(np.square(np.asarray(actual, np.float64) - predicted))))


def mae(actual: Floats, predicted: Floats) -> float:
    """Mean absolute error over all entries; arrays of one shape."""
    return float(np.mean(np.abs(np.asarray(actual, np.float64) - predicted)))
