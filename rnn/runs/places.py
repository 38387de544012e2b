"""Which of a run's epochs are kept: pure rules on epoch numbers, the same on a quick machine and on a slow one.

The kept epochs are to lie evenly in √epoch, so that the first ones, in which most happens, lie densest. An epoch has a place
where the gap before it is no smaller than an even share; when there are too many, the one whose going leaves the smallest
gap goes. Both look only at what came before, since nobody knows when a run will end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

KEPT_BYTES = 32_000_000  # of arrays, at most, that the kept epochs of one run take
MOST = 100  # epochs
BESIDE = 2  # of them the best and the newest, whether they have a place or not


@dataclass(frozen=True)
class Room:
    """weights, optimiser: bytes of an epoch's weights and of its optimiser's state. own_best: whether the weights that a run
    keeps as its best are those of an epoch just as they are (with skip="mean" they are not)."""

    weights: int
    optimiser: int
    own_best: bool = True
    limit: int = KEPT_BYTES

    @property
    def places(self) -> int:
        """How many epochs find room, apart from the best and the newest; 0 where not even those do."""
        whole = self.weights + self.optimiser
        beside = BESIDE * whole + self.weights
        # Before the first update the optimiser's state is empty: epoch 0 takes its weights alone.
        return max(0, min(MOST - BESIDE, (self.limit - beside + self.optimiser) // whole))

    def fits(self, epochs: Mapping[int, int], beside: int = 0) -> bool:
        """Whether these can be kept. epochs: each with the epoch that was the best by then, whose weights belong to its
        training state and are kept once. beside: how many more there are to be, of whatever number."""
        bests = set(epochs.values()) - (set(epochs) if self.own_best else set())
        count = len(epochs) + beside
        size = (count + len(bests)) * self.weights + (count - (0 in epochs)) * self.optimiser
        if beside:  # the best weights that these will refer to
            size += self.weights * (1 if self.own_best else 2)
        return count <= MOST and size <= self.limit


def has_place(places: Sequence[int], epoch: int, free: bool) -> bool:
    """Whether `epoch`, the newest, is to be one of `places`, those kept so far, rising. free: whether one more finds room;
    else one of them will have to go."""
    if places and epoch <= places[-1]:
        return False
    if free:
        return True
    # Of one place that there is the first epoch has it.
    return len(places) > 1 and math.sqrt(epoch) - math.sqrt(places[-1]) >= math.sqrt(epoch) / len(places)


def thinned(places: Iterable[int], fits: Callable[[Set[int]], bool]) -> list[int]:
    """As many of `places` as fit, rising: again and again the one goes that leaves the smallest gap in √epoch, of equals the
    earliest; the first and the last stay longest."""
    left = sorted(places)
    while left and not fits(set(left)):
        if len(left) > 2:
            roots = [math.sqrt(epoch) for epoch in left]
            gaps = [after - before for before, after in zip(roots[:-2], roots[2:], strict=True)]
            del left[1 + gaps.index(min(gaps))]
        else:
            left.pop()
    return left


def chosen(places: Iterable[int], first: Iterable[int], fits: Callable[[Set[int]], bool]) -> set[int]:
    """Those of `first`, in their order, that fit, and as many of `places` as fit beside them."""
    kept: set[int] = set()
    for epoch in first:
        if fits(kept | {epoch}):
            kept.add(epoch)
    return kept | set(thinned(places, lambda some: fits(kept | some)))
