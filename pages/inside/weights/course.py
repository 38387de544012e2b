"""What becomes of the weights over the epochs, in few numbers an epoch: computed once, a little at each redraw.

The weights of one epoch of 1,024 units are 32 MB; what the charts need of them is a few hundred numbers.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.inside.weights.blocks import W_H, Place
from rnn.core.inspection import spectral_radius
from rnn.core.network import Params

MOST_EPOCHS, MOST_RADII = 40, 16
MOST_UNITS = 1024  # eigenvalues of more take minutes
ENTRIES = 60_000  # of a larger matrix every k-th entry is counted
LEVELS = np.linspace(0, 1, 401)


@dataclass(frozen=True, eq=False)
class Digest:
    """One matrix at one epoch. quantiles: (401,), of its entries at `LEVELS`. largest: the largest |entry|. moved: the length
    of its way from the start, as a share of the start's own length (Frobenius); NaN where the start is not kept."""

    quantiles: NDArray[np.float64]
    largest: float
    moved: float


@dataclass
class Course:
    """matrices: epoch → name → digest. radii: epoch → spectral radius of W_h. start: the first weights; shared by all
    sessions, and only ever added to."""

    matrices: dict[int, dict[str, Digest]]
    radii: dict[int, float]
    start: dict[str, NDArray[np.floating]] | None = None

    def bounds(self) -> dict[str, float]:
        """Name → the largest |entry| at any epoch: what the colours span at every one."""
        largest: dict[str, float] = {}
        for digests in self.matrices.values():
            for name, digest in digests.items():
                largest[name] = max(largest.get(name, 0.0), digest.largest)
        return largest


@st.cache_resource(max_entries=16, show_spinner=False)
def course_of(run_id: str, place: Place) -> Course:
    """What is known so far; `go_on` adds to it."""
    return Course({}, {})


def sampled(epochs: Sequence[int], most: int, known: Collection[int] = ()) -> list[int]:
    """At most `most` of the epochs, evenly by their place, the first and the last among them. Where one of the `known` ones
    stands nearby it is taken instead, so that a run that goes on does not ask for others at each of its epochs."""
    places = np.linspace(0, len(epochs) - 1, min(len(epochs), most)).round().astype(int)
    near = len(epochs) / most / 2
    there = np.array([place for place, epoch in enumerate(epochs) if epoch in known])
    for number, place in enumerate(places[1:] if len(there) else [], start=1):
        beside = there[np.abs(there - place).argmin()]
        if abs(beside - place) < near:
            places[number] = beside
    return list(dict.fromkeys(epochs[place] for place in places))


def go_on(
    course: Course, place: Place, epochs: Sequence[int], read: Callable[[int], Params | None], seconds: float
) -> bool:
    """Digest some more of the sampled epochs, for so long; the ends first, then what lies between. Returns whether all are
    there. read: the weights of an epoch, None where they have gone."""
    until = time.monotonic() + seconds
    steps = [(course.matrices, epoch) for epoch in _ends_first(sampled(epochs, MOST_EPOCHS, course.matrices))]
    steps += [(course.radii, epoch) for epoch in _ends_first(sampled(epochs, MOST_RADII, course.radii))]
    left = [(known, epoch) for known, epoch in steps if epoch not in known]
    for number, (known, epoch) in enumerate(left):
        if number and time.monotonic() >= until:  # one at least, or it would never end
            return False
        params = read(epoch)
        if params is not None and known is course.radii:
            course.radii[epoch] = radius_of(place.blocks(params)[W_H])
        elif params is not None:
            _add(course, place, epoch, params, first=epochs[0])
    return True


def radius_of(W_h: NDArray[np.floating]) -> float:
    """NaN where it is not computed, for too many units or for weights that are not finite."""
    return spectral_radius(W_h) if len(W_h) <= MOST_UNITS and np.isfinite(W_h).all() else float("nan")


def _ends_first(epochs: list[int]) -> list[int]:
    """Both ends, then the middle of each gap: a course that is not complete shows its whole length."""
    order, gaps = [epochs[0], epochs[-1]], [(0, len(epochs) - 1)]
    while gaps:
        low, high = gaps.pop(0)
        if high - low > 1:
            middle = (low + high) // 2
            order.append(epochs[middle])
            gaps += [(low, middle), (middle, high)]
    return list(dict.fromkeys(order))


def _add(course: Course, place: Place, epoch: int, params: Params, *, first: int) -> None:
    blocks = place.blocks(params)
    if epoch == first == 0:
        course.start = {name: block.copy() for name, block in blocks.items()}
    course.matrices[epoch] = {
        name: digest(block, (course.start or {}).get(name) if first == 0 else None) for name, block in blocks.items()
    }


def digest(matrix: NDArray[np.floating], start: NDArray[np.floating] | None) -> Digest:
    """start: the same matrix before training."""
    entries = matrix.ravel()
    every = -(-entries.size // ENTRIES)
    while every > 1 and math.gcd(every, matrix.shape[1]) > 1:
        every += 1  # or the same columns would be counted of each row
    counted = entries[::every].astype(np.float64)
    with np.errstate(all="ignore"):
        moved = float("nan")
        if start is not None:
            own = float(np.linalg.norm(start))
            way = float(np.linalg.norm(matrix.astype(np.float64) - start))
            moved = way / own if own > 0 else float("nan") if way > 0 else 0.0
        largest = float(np.abs(entries).max())
    return Digest(np.quantile(counted, LEVELS), largest, moved)


def shares(quantiles: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 401) quantiles of N epochs → (N, bins): the share of the entries in each bin, up to a quarter of a per cent."""
    return np.array([np.diff(np.append(_share_below(own, edges[:-1]), 1.0)) for own in quantiles])


def _share_below(own: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of entries below each edge, interpolated between the quantiles on both sides."""
    at = np.searchsorted(own, edges, "left")
    inner = at.clip(1, len(own) - 1)
    low, high = own[inner - 1], own[inner]
    with np.errstate(all="ignore"):  # where an edge lies beyond the quantiles, which is taken below
        between = LEVELS[inner - 1] + (LEVELS[inner] - LEVELS[inner - 1]) * (edges - low) / (high - low)
    return np.select([at == 0, at == len(own)], [0.0, 1.0], between)


def arranged(
    course: Course, name: str
) -> tuple[NDArray[np.intp], NDArray[np.float64], Mapping[str, NDArray[np.float64]]]:
    """Epochs (N,), rising; quantiles (N, 401); and "largest" and "moved", (N,) each."""
    epochs = sorted(epoch for epoch, digests in list(course.matrices.items()) if name in digests)
    digests = [course.matrices[epoch][name] for epoch in epochs]
    numbers = {key: np.array([getattr(one, key) for one in digests]) for key in ("largest", "moved")}
    return np.array(epochs), np.array([one.quantiles for one in digests]), numbers
