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
from rnn.runs.places import BESIDE, KEPT_BYTES, Room, chosen, has_place, thinned

Arrays = dict[str, NDArray[np.floating[Any]]]

# The time that the worker's thread computed: what else the machine does is no reason to keep less.
_clock = time.thread_time if time.get_clock_info("thread_time").resolution < 1e-5 else time.perf_counter

KEEPING_SHARE = 0.012  # of the time that the worker computes
KEEPING_CREDIT = (
    0.06  # seconds that may go in any case, that share of a run of five: shorter ones keep more of their epochs
)
KEEPING_GAP = 0.5  # seconds between writes, at least
LAST = 4  # epochs before a divergence
LAST_BYTES = 16_000_000  # that their copies may take in memory
WAITING_SHARE = 0.1  # of the time in which the store may be waited for, as for checkpoints
TRANSACTION_BYTES = 64_000  # that take about as long to write as a transaction without any
STATEMENT_BYTES = 48_000  # the same of the statements that an entry adds to it
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
        self._room = Room(weights, optimiser, best_part(self._config) == "params", KEPT_BYTES)
        self._bests = {row.epoch: row.best_epoch for row in self._rows.values()}
        self._places = [epoch for epoch, row in self._rows.items() if row.place]
        self._start = state.epoch
        self._again = {epoch for epoch in self._rows if epoch > self._start}
        self._fresh: set[Part] = set()
        self._old_rows: set[int] = set()
        self._old_parts: set[Part] = set()
        self._waiting: dict[int, Moment] = {}
        self._best: Moment | None = None
        count = max(1, min(LAST, LAST_BYTES // (weights + optimiser)))
        self._latest: deque[Moment] = deque(maxlen=count)
        self._began, self._spent = _clock(), 0.0
        self._took = self._affordable = self._due = 0.0
        self._asked = 0.0, 0.0
        if state.count == 0 and 0 not in self._rows:
            self.see(state)

    def see(self, state: TrainingState) -> None:
        """An epoch has just ended (or none has begun yet): copy what may be kept."""
        began = _clock()
        if self._spent > max(KEEPING_CREDIT, KEEPING_SHARE * (began - self._began)):
            return
        epoch = state.epoch
        self._bests[epoch] = state.best_epoch
        if not self._fits({epoch}):
            return
        moment = Moment.of(state)
        self._latest.append(moment)
        more = [*self._places, epoch]
        if has_place(self._places, epoch, len(more) <= self._room.places and self._fits(more, BESIDE)):
            self._places = thinned(more, lambda some: self._fits(some, BESIDE))
            stay = {*self._places, *self._rows}
            self._waiting = {number: one for number, one in self._waiting.items() if number in stay} | {epoch: moment}
        elif epoch in self._again:
            self._again.discard(epoch)
            self._waiting[epoch] = moment
        if state.best_epoch == epoch:
            self._best = moment
        self._spent += _clock() - began

    def change_course(self, epoch: int) -> None:
        """The run has just taken another course: what was kept of the old one beyond this epoch goes with the next entry."""
        self._places = [place for place in self._places if place <= epoch]
        self._bests = {number: best for number, best in self._bests.items() if number <= epoch}
        self._again.clear()
        old = {number for number in self._rows if number > epoch}
        self._old_rows |= old
        self._old_parts |= {part for part in self._parts if part[0] > epoch}
        self._rows = {number: row for number, row in self._rows.items() if number not in old}
        self._parts -= self._old_parts

    def entry(self, state: TrainingState, *, checkpoint: bool = False, ending: str | None = None) -> KeptEntry | None:
        """What the next transaction is to write; None where nothing has changed. checkpoint: it writes one, after which nobody
        walks the epochs before it again. ending: the state that the run is left in."""
        began = _clock()
        changed = bool(self._old_rows or self._old_parts)
        if ending is not None and state.batch == 0 and (not self._latest or self._latest[-1].row.epoch != state.epoch):
            self._bests[state.epoch] = state.best_epoch
            self._latest.append(Moment.of(state))
        due = changed or ending is not None or time.monotonic() >= (self._affordable if checkpoint else self._due)
        found = self._candidates(ending == "diverged") if due else {}
        entry = self._planned(found, ending == "diverged") if found or changed else None
        self._took = _clock() - began
        self._asked = _clock(), time.monotonic()
        return entry

    def written(self, entry: KeptEntry | None, others: int) -> None:
        """The entry is in the store, by a transaction that began when it was asked for. others: bytes of it that are not of the
        entry."""
        if entry is None:
            return
        for epoch in entry.dropped:
            self._rows.pop(epoch, None)
        self._old_rows.clear()
        self._old_parts.clear()
        for epoch in entry.displaced:
            self._rows[epoch] = _placed(self._rows[epoch], False)
        self._rows |= {row.epoch: row for row in entry.rows}
        self._parts = self._parts - set(entry.dropped_parts) | set(entry.parts)
        self._fresh |= set(entry.parts)
        self._waiting.clear()
        if self._best is not None and self._best.row.epoch in self._rows:
            self._best = None
        computed, now = _clock() - self._asked[0], time.monotonic()
        own = entry.size + STATEMENT_BYTES
        share = own / (own + others + TRANSACTION_BYTES)
        took = self._took + share * computed
        self._spent += took
        self._affordable = now + max(took / KEEPING_SHARE, share * (now - self._asked[1]) / WAITING_SHARE)
        self._due = max(self._affordable, now + KEEPING_GAP)

    def _candidates(self, diverged: bool) -> dict[int, Moment]:
        """What could be written now: the epochs that have a place, the best and the newest."""
        latest = list(self._latest) if diverged else list(self._latest)[-1:]
        beside = [*latest, *([self._best] if self._best else [])]
        return self._waiting | {one.row.epoch: one for one in beside if one.row.epoch not in self._rows}

    def _planned(self, found: dict[int, Moment], diverged: bool) -> KeptEntry:
        known = {epoch for epoch in self._rows if epoch in self._bests} | set(found)
        if not known:  # all that there is was of the old course
            return KeptEntry(
                dropped=tuple({*self._rows, *self._old_rows}), dropped_parts=tuple({*self._parts, *self._old_parts})
            )
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
            dropped=tuple(sorted((set(self._rows) | self._old_rows) - stay)),
            dropped_parts=tuple(sorted((self._parts | self._old_parts) - needed)),
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
