"""Keeps epochs of a run while it trains: each with all that training needs to go on from it with the same bits.

Kept are the epochs that have a place (`rnn.runs.places`), the initial weights, the best and the newest; of a run that diverged
also the last before it. What is kept twice elsewhere is left out: an epoch's history is the rows of the epochs before it, and
the best weights by then are often those of another epoch. Of the second training of a run (`rnn.core.refit`) nothing is kept:
a run that goes on from an epoch trains again on all records when it is over.

Copies are made at the end of an epoch, while the state is at hand; they wait in memory for the journal's next transaction.
Where copies take long beside the epochs some are left out, so that keeping takes no more than KEEPING_SHARE of the time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.state import TrainingState
from rnn.core.train import Trainer
from rnn.runs.kept_rows import KeptEntry, KeptRow, Part, best_part, parts_of, plain_values
from rnn.runs.packing import pack_arrays
from rnn.runs.places import BESIDE, Room, chosen, has_place, thinned

Arrays = dict[str, NDArray[np.floating[Any]]]

KEEPING_SHARE = 0.03  # of the time
KEEPING_CREDIT = 0.1  # seconds that may go first: short runs keep all of their epochs
BESIDE_GAP = 1.0  # seconds between writes of a best or newest epoch that has no place
LAST = 4  # epochs before a divergence
LAST_BYTES = 16_000_000  # that their copies may take in memory
TRANSACTION_BYTES = 64_000  # that take about as long to write as a transaction without any
HEADER_BYTES = 128  # of one array in safetensors, at most


@dataclass(frozen=True, eq=False)
class Moment:
    """The state of a run at the end of an epoch, in copies."""

    row: KeptRow
    params: Arrays
    optimiser: Arrays
    best: Arrays

    @classmethod
    def of(cls, state: TrainingState) -> Moment:
        row = KeptRow(state.epoch, state.best_epoch, False, meta=plain_values(state))
        # `best` is replaced as a whole when an epoch is better, never written into.
        return cls(row, _copied(state.params), _copied(state.optimiser), state.best)


class Keeper:
    """Decides for one run at work. rows, parts: what is kept of it already; those after the epoch that the trainer stands at
    are walked again, and replaced by equal ones."""

    def __init__(self, rows: Iterable[KeptRow], parts: Iterable[Part], trainer: Trainer) -> None:
        self._config, state = trainer.config, trainer.state
        self._rows, self._parts = {row.epoch: row for row in rows}, set(parts)
        weights, optimiser = _size(state.params), _size(state.optimiser)
        self._room = Room(weights, optimiser, best_part(self._config) == "params")
        self._bests = {row.epoch: row.best_epoch for row in self._rows.values()}
        self._places = [epoch for epoch, row in self._rows.items() if row.place]
        self._start = state.epoch
        self._again = {epoch for epoch in self._rows if epoch > self._start}
        self._fresh: set[Part] = set()
        self._waiting: dict[int, Moment] = {}
        self._best: Moment | None = None
        count = max(1, min(LAST, LAST_BYTES // (weights + optimiser)))
        self._latest: deque[Moment] = deque(maxlen=count)
        self._began, self._spent, self._due = time.perf_counter(), 0.0, 0.0
        if state.count == 0 and 0 not in self._rows:
            self.see(state)

    def see(self, state: TrainingState) -> None:
        """An epoch has just ended (or none has begun yet): copy what may be kept."""
        began = time.perf_counter()
        if self._spent > KEEPING_CREDIT + KEEPING_SHARE * (began - self._began):
            return
        moment, epoch = Moment.of(state), state.epoch
        self._bests[epoch] = state.best_epoch
        self._latest.append(moment)
        if has_place(self._places, epoch, self._room.places):
            self._places = thinned([*self._places, epoch], lambda some: self._fits(some, BESIDE))
            self._waiting[epoch] = moment
        elif epoch in self._again:
            self._again.discard(epoch)
            self._waiting[epoch] = moment
        if state.best_epoch == epoch:
            self._best = moment
        self._spent += time.perf_counter() - began

    def entry(self, state: TrainingState, *, changed: bool = False, ending: str | None = None) -> KeptEntry | None:
        """What the next transaction is to write; None where nothing has changed. changed: the run has just taken another
        course, so that what was kept of the old one beyond here goes. ending: the state that the run is left in."""
        began = time.perf_counter()
        if changed:
            self._forget_after(state.epoch)
        if ending is not None and state.batch == 0 and (not self._latest or self._latest[-1].row.epoch != state.epoch):
            self._bests[state.epoch] = state.best_epoch
            self._latest.append(Moment.of(state))
        found = self._candidates(began, ending)
        entry = self._planned(found, ending == "diverged") if found or changed else None
        self._spent += time.perf_counter() - began
        return entry

    def written(self, entry: KeptEntry | None, seconds: float, others: int) -> None:
        """The entry is in the store. seconds: what its transaction took. others: bytes of it that are not of the entry."""
        if entry is None:
            return
        for epoch in entry.dropped:
            del self._rows[epoch]
        for epoch in entry.displaced:
            self._rows[epoch] = _placed(self._rows[epoch], False)
        self._rows |= {row.epoch: row for row in entry.rows}
        self._parts = self._parts - set(entry.dropped_parts) | set(entry.parts)
        self._fresh |= set(entry.parts)
        self._waiting.clear()
        if self._best is not None and self._best.row.epoch in self._rows:
            self._best = None
        self._spent += seconds * entry.size / (entry.size + others + TRANSACTION_BYTES)
        self._due = time.perf_counter() + BESIDE_GAP

    def _forget_after(self, epoch: int) -> None:
        self._places = [place for place in self._places if place <= epoch]
        self._bests = {number: best for number, best in self._bests.items() if number <= epoch}
        self._again.clear()

    def _candidates(self, now: float, ending: str | None) -> dict[int, Moment]:
        """What could be written now: what has a place at once, the best and the newest now and then and at the end."""
        found = dict(self._waiting)
        if ending is not None or now >= self._due:
            latest = list(self._latest) if ending == "diverged" else list(self._latest)[-1:]
            for moment in (*latest, *([self._best] if self._best else [])):
                if moment.row.epoch not in self._rows or moment.row.epoch in self._waiting:
                    found[moment.row.epoch] = moment
        return found

    def _planned(self, found: dict[int, Moment], diverged: bool) -> KeptEntry:
        known = {epoch for epoch in self._rows if epoch in self._bests} | set(found)
        first = [max(epoch for epoch in known if self._bests[epoch] == epoch or epoch == min(known)), max(known)]
        if diverged:
            first += [moment.row.epoch for moment in reversed(self._latest)]
        places = [epoch for epoch in self._places if epoch in known]
        stay = chosen(places, [*(known & {0}), *first], self._fits)
        written = {epoch: moment for epoch, moment in found.items() if epoch in stay}
        rows = [_placed(moment.row, epoch in self._places) for epoch, moment in written.items()]
        needed: set[Part] = set()
        for row in (*(self._rows[epoch] for epoch in stay - set(written)), *rows):
            needed |= parts_of(self._config, row)
        parts = self._packed(written, needed)
        return KeptEntry(
            rows=tuple(_sized(row, parts) for row in rows),
            parts=parts,
            displaced=tuple(e for e in stay - set(written) if self._rows[e].place and e not in self._places),
            dropped=tuple(sorted(set(self._rows) - stay)),
            dropped_parts=tuple(sorted(self._parts - needed)),
        )

    def _packed(self, written: dict[int, Moment], needed: set[Part]) -> dict[Part, bytes]:
        """The parts of these epochs that are not in the store, or are of an earlier walk over the same epochs."""
        arrays: dict[Part, Arrays] = {}
        for moment in written.values():
            best = (moment.row.best_epoch, best_part(self._config))
            if best not in self._fresh and (best not in self._parts or best[0] > self._start):
                arrays[best] = moment.best
        for epoch, moment in written.items():
            arrays |= {(epoch, "params"): moment.params, (epoch, "optimiser"): moment.optimiser}
        return {part: pack_arrays(some) for part, some in arrays.items() if part in needed}

    def _fits(self, epochs: Iterable[int], beside: int = 0) -> bool:
        return self._room.fits({epoch: self._bests[epoch] for epoch in epochs}, beside)


def _copied(arrays: Arrays) -> Arrays:
    return {name: np.array(array, order="C") for name, array in arrays.items()}


def _size(arrays: Arrays) -> int:
    return sum(array.nbytes + HEADER_BYTES for array in arrays.values())


def _placed(row: KeptRow, place: bool) -> KeptRow:
    return KeptRow(row.epoch, row.best_epoch, place, row.size, row.meta)


def _sized(row: KeptRow, parts: dict[Part, bytes]) -> KeptRow:
    size = sum(len(content) for (epoch, _), content in parts.items() if epoch == row.epoch)
    return KeptRow(row.epoch, row.best_epoch, row.place, size, row.meta)
