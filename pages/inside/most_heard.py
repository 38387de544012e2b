"""The unit that what comes after a layer listens to most: a good one to begin with."""

from __future__ import annotations

import numpy as np

from pages.inside.part import Part


def most_heard(part: Part) -> int:
    """The unit whose state weighs most in what reads it: the outputs, or the layer above."""
    name = "readout.W" if part.is_top else f"layer{part.layer + 1}.W_x"
    return int(np.linalg.norm(part.params[name], axis=-1).argmax())
