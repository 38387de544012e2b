"""The guard that ends a backward loop where the travelling error has vanished.

An error that travels back through a contracting layer shrinks geometrically (Hochreiter 1991; Bengio, Simard and
Frasconi 1994). All the steps behind compute contributions that no sum can hold, and in float32, where the error becomes
denormal after some dozens of steps, many processors take up to sixty times longer over each of them. The loop therefore
ends at a step where

1. max|error| is at most `eps / 100` of the largest error seen so far (1.2e-9 in float32, 2.2e-18 in float64),
2. the same held at the check before, `CLOSE` steps later in time, and the error has not grown since, and
3. no error that enters from above at an earlier step is larger than that either.

What the result then lacks. Let s be the largest error seen, and let g_k be the factor by which the layer's Jacobians
would have stretched the error (in max norm) over the k steps behind the stop. A gradient is a sum over steps of error ×
state, so the part left out is at most s · eps/100 · Σ_k g_k · |state|, while the sum itself, which holds the term with
s, is rounded by the order of s · eps · |state|. With g_k ≤ ρ^k the part left out is below that rounding for every
ρ ≤ 0.99: the result equals full BPTT to rounding, measured against the largest entries. The same holds while the error
grows again, as long as Σ g_k ≤ 100. Condition 2 is there for what would break it: a single saturated step that crushes
the error in front of steps that stretch it does not end the loop, as the error grows from check to check.
An error of exactly zero stays zero, and one that is not finite never ends the loop.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

FIRST, FAR, CLOSE = 8, 16, 4
"""Steps before the first check; between two checks; between two checks once the error is half-way (in digits) gone.
A check costs two reductions: rare enough to be lost in the noise, close enough that no error is denormal for long
(even one that loses three digits a step stops at 1e-36)."""


def largest(values: Floats) -> float:
    """max|values|, NaN where there is one. values: any shape and strides, not empty; no temporary array is made."""
    if values.flags.c_contiguous:
        # On small arrays a quarter of the time of a reduction; with strides it would copy the array.
        return max(values.item(values.argmax()), -values.item(values.argmin()))
    return max(float(np.maximum.reduce(values, axis=None)), -float(np.minimum.reduce(values, axis=None)))


class Vanishing:
    """The guard of one layer. `wait`: how many steps the loop goes before it asks again.

    guard.begin(largest(dh))
    steps = …                                          # an iterator over the steps, from the last back to `first`
    while …:
        for … in itertools.islice(steps, guard.wait): …  # travel back
        if guard.gone(largest(dh)): break                # dh (for an LSTM the larger of dh and dc) as it now stands
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.share = float(np.finfo(dtype).eps) / 100
        self.begin(0.0)

    def begin(self, size: float) -> None:
        """A new pass, whose error starts with max|error| = size."""
        self.start, self.before, self.wait = size, math.inf, FIRST

    def gone(self, size: float, entering: Floats | None = None) -> bool:
        """Whether the loop may end, now that max|error| = size.

        entering: the errors (t, B, H) that still enter from above at the steps not yet gone through, if any do.
        """
        self.start = max(self.start, size)  # the larger the start the sooner the stop: what was seen bounds it below
        limit = self.start * self.share
        if size == 0 or (size < limit and self.before < limit and size <= self.before):
            if entering is None or entering.size == 0 or largest(entering) <= limit:
                return True
            # Errors come in further down, so that none can stay denormal: no need to look again in this pass.
            self.wait = entering.shape[0]
            return False
        self.before = size
        self.wait = CLOSE if size <= self.start * math.sqrt(self.share) else FAR
        return False
