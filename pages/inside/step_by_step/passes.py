"""The chosen window's forward and backward pass with every number kept, and how far back the error is followed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pages.inside.part import Part
from pages.inside.step_by_step.walk import Walk
from pages.inside.view import View
from rnn.core.reach_of_error import error_reach
from rnn.core.unrolled import Unrolled, UnrolledLayer, layer_weights, unroll
from rnn.ui.kept import kept

Array64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Passes:
    """One window (B = 1) in float64, and of its network one layer. reach: steps that the layer's error travels back in
    training, before truncation or the vanishing guard ends it."""

    part: Part
    unrolled: Unrolled
    reach: int

    @property
    def layer(self) -> UnrolledLayer:
        return self.unrolled.layers[self.part.layer]

    @property
    def steps(self) -> int:
        return len(self.unrolled.x)

    @property
    def walk(self) -> Walk:
        return Walk(self.steps, max(self.unrolled.first, self.steps - self.reach))

    @property
    def truncated(self) -> bool:
        """Whether it is truncation that ends the error, before it has vanished."""
        return self.unrolled.first > 0 and self.walk.end == self.unrolled.first

    @property
    def vanished(self) -> bool:
        return self.walk.end > self.unrolled.first

    @cached_property
    def weights(self) -> dict[str, Array64]:
        """The layer's parameters by bare name, float64, biases filled in with zeros where there are none."""
        part, H = self.part, self.part.network.config.hidden
        own = {name: np.asarray(array, np.float64) for name, array in layer_weights(part.params, part.layer).items()}
        own.setdefault("b", np.zeros(own["W_h"].shape[1]))
        if part.network.config.cell == "gru":
            own.setdefault("b_hn", np.zeros(H))
        return own

    def W_x(self, step: int) -> Array64:
        """(D, G · H) of this step."""
        W_x = self.weights["W_x"]
        return W_x[step] if W_x.ndim == 3 else W_x

    @cached_property
    def from_above(self) -> Array64:
        """(T, H): the error that enters at each step from the output, for the top layer, or from the layer above."""
        part = self.part
        if part.is_top:
            found = np.zeros_like(self.layer.dh[:, 0])
            found[-1] = np.asarray(part.params["readout.W"], np.float64) @ self.unrolled.dy[0]
            return found
        above = np.concatenate([array[:, 0] for array in self.unrolled.layers[part.layer + 1].dbefore.values()], axis=1)
        return np.asarray(above @ np.asarray(part.params[f"layer{part.layer + 1}.W_x"], np.float64).T)

    @cached_property
    def error_norms(self) -> Array64:
        """(T,): the length of ∂L/∂h_t over all units of the layer, 0 where training no longer follows it."""
        norms = np.linalg.norm(self.layer.dh[:, 0], axis=1)
        norms[: self.walk.end] = 0
        return norms


def passes_of(view: View) -> Passes:
    """Kept while the run, the epoch, the network and the window are the same."""
    stamp = (view.run.id, view.epoch, view.part.member, view.series.name, view.window.first)
    unrolled, reaches = kept("step_by_step_passes", stamp, lambda: _computed(view))
    return Passes(view.part, unrolled, reaches[view.part.layer])


def _computed(view: View) -> tuple[Unrolled, list[int]]:
    part, (x, y) = view.part, view.window.framed
    with np.errstate(all="ignore"):  # a network that has overflowed is shown as far as its numbers go
        return unroll(part.network, part.params, x, y), error_reach(part.network, part.params, x, y)
