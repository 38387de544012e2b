"""Which epochs are kept: the rules alone, on epoch numbers."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.runs.places import MOST, Room, chosen, has_place, thinned


def walked(last: int, most: int, places: tuple[int, ...] = (), first: int = 0) -> tuple[list[int], int]:
    """The places after a run of `last` epochs, and how many epochs were given one on the way."""
    found, given_one = list(places), 0
    for epoch in range(first, last + 1):
        if has_place(found, epoch, len(found) < most):
            found, given_one = thinned([*found, epoch], lambda some: len(some) <= most), given_one + 1
    return found, given_one


def test_the_epoch_goes_that_leaves_the_smallest_gap() -> None:
    # √: 0, 1, 2, 3, 4. Without 4 the gap is 2, as without 1 or 9: the earliest of equals goes.
    assert thinned([0, 1, 4, 9, 16], lambda some: len(some) < 5) == [0, 4, 9, 16]
    # Without 4 it is 3, without 9 it is 2.
    assert thinned([0, 4, 9, 16], lambda some: len(some) < 4) == [0, 4, 16]
    # Without 10 it is √16 − 0 = 4, without 16 it is √49 − √10 = 3.8.
    assert thinned([0, 10, 16, 49], lambda some: len(some) < 4) == [0, 10, 49]
    assert thinned([0, 49], lambda some: len(some) < 2) == [0]
    assert thinned([0], lambda some: not some) == []


@settings(max_examples=60, deadline=None)
@given(last=st.integers(0, 1500), most=st.integers(1, 98))
def test_places_lie_evenly_in_the_root_of_the_epoch(last: int, most: int) -> None:
    places, given_one = walked(last, most)
    assert places[0] == 0 and len(places) <= most
    if last < most:
        assert places == list(range(last + 1))
    # No gap is wider than twice an even share of √last, but where there is no epoch in between.
    gaps = [(before, after) for before, after in pairwise([*places, last]) if after > before + 1]
    if most > 1:
        assert all(math.sqrt(after) - math.sqrt(before) <= 2 * math.sqrt(last) / most for before, after in gaps)
    # Not many are packed only to be thrown away.
    assert given_one <= most * (2 + math.log(1 + last))


@settings(max_examples=40, deadline=None)
@given(first=st.integers(0, 500), more=st.integers(0, 500), most=st.integers(1, 98))
def test_a_run_that_is_taken_up_again_keeps_what_an_undisturbed_one_keeps(first: int, more: int, most: int) -> None:
    so_far, _ = walked(first, most)
    assert walked(first + more, most, tuple(so_far), first + 1)[0] == walked(first + more, most)[0]


@settings(max_examples=200, deadline=None)
@given(
    places=st.sets(st.integers(0, 500), max_size=60),
    first=st.lists(st.integers(0, 500), max_size=6),
    count=st.integers(0, 80),
)
def test_what_comes_first_stays_as_long_as_there_is_room(places: set[int], first: list[int], count: int) -> None:
    kept = chosen(places, first, lambda some: len(some) <= count)
    assert kept <= places | set(first) and len(kept) <= count
    wanted = list(dict.fromkeys(first))[:count]
    assert set(wanted) <= kept
    assert len(kept) == min(count, len(places | set(wanted))) or len(kept) >= count - len(set(first))


def test_room_counts_the_bytes_of_weights_memory_and_other_bests() -> None:
    room = Room(weights=10, optimiser=20, limit=99)
    # Epoch 0: its weights. Two whole epochs: 30 each, the best weights are one of theirs.
    assert room.fits({0: 0, 3: 3, 5: 3}) and not room.fits({0: 0, 3: 3, 5: 3, 6: 3})
    # Weights of two epochs that are not kept themselves: 10 + 2 · 30 + 2 · 10.
    assert room.fits({0: 0, 5: 3, 9: 8}) and not room.fits({0: 0, 5: 3, 9: 8, 10: 10})
    # Where the best weights are never an epoch's own, each takes room.
    assert not Room(10, 20, own_best=False, limit=85).fits({0: 0, 3: 3, 5: 3})
    assert Room(10, 20, own_best=False, limit=90).fits({0: 0, 3: 3, 5: 3})
    assert not Room(1, 2, limit=10**9).fits(dict.fromkeys(range(MOST + 1), 0))


@given(weights=st.integers(1, 10**8), optimiser=st.integers(0, 2 * 10**8))
def test_as_many_places_as_room_says_fit_beside_the_best_and_the_newest(weights: int, optimiser: int) -> None:
    room = Room(weights, optimiser)
    count = room.places
    assert 0 <= count <= MOST - 2
    if count:
        assert room.fits({epoch: epoch for epoch in range(count)}, beside=2)
        assert count == MOST - 2 or not room.fits({epoch: epoch for epoch in range(count + 1)}, beside=2)
