"""Lanes of a race at work in one worker: trained in turns, so that all of them move at once on a single core.

The turn is always that of the lane that has had the least training time, so a slow cell does not hold up a quick one, and at
any moment all have had as much. A turn ends between two batches (`Attempt.turn`), which costs nothing: the weights, the
buffers and the order of the batches stay where they are, and the numbers are those of the run by itself, bit for bit.
Each lane writes, obeys, pauses, diverges and fails for itself. One that has ended while the store fails waits to be written,
and holds up none of the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack

from rnn.core.series import Series
from rnn.runs.attempt import Attempt
from rnn.runs.patience import REST_SECONDS, Patience
from rnn.runs.races import MOST_LANES
from rnn.runs.records import Run
from rnn.runs.store import Store
from rnn.runs.troubles import Troubles

# Of the processor. Six lanes come round within a third of a second, as often as a page looks.
TURN_SECONDS = 0.05
LATE_TURN_SECONDS = 1.0  # the second training sets up its network anew at each turn
LOOK_GAP = 0.5  # seconds between looks at what else waits
SHARE_SECONDS = 3.0  # lanes that other workers could have taken up are theirs for so long
LEAST_DUE_SECONDS = 5.0  # before others go first


class Lane:
    """One lane at work. used: seconds of the processor that it counts as having had, to be judged against the others'. spent:
    those that it really has had from this worker."""

    def __init__(self, attempt: Attempt, used: float) -> None:
        self.attempt, self.used, self.spent = attempt, used, 0.0
        self.epochs_before, self.pulse = attempt.run.epoch, ExitStack()
        self.pulse.enter_context(attempt)

    def turn(self, lanes: int) -> bool:
        """Train for a moment, one of so many lanes; whether more is to be done."""
        began = time.thread_time()
        more = self.attempt.turn(LATE_TURN_SECONDS if self.attempt.learning_again else TURN_SECONDS, lanes)
        seconds = time.thread_time() - began
        self.used, self.spent = self.used + seconds, self.spent + seconds
        return more

    @property
    def needs(self) -> float:
        """Seconds that its whole training takes, by those that it has taken; infinite before its first epoch's end."""
        done = self.attempt.epochs_done - self.epochs_before
        return self.spent / done * self.attempt.run.config.epochs if done > 0 else float("inf")


class RaceAttempt:
    """Trains the claimed lane, and with it the lanes of its race that wait; the arguments are those of `Attempt`.

    beside: how many other workers there may be. Each takes its share of the lanes at once, and after SHARE_SECONDS whatever is
    left, so that none waits where nobody is free. Once the race has had the time that one of its lanes needs, and something of
    another session waits, all lanes go back into the queue for it, as they would one after another as single runs.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        worker: str,
        series_of: Callable[[str], Series],
        leaving: Callable[[], bool] = lambda: False,
        *,
        race_id: str,
        beside: int = 0,
        troubles: Troubles | None = None,
    ) -> None:
        self.store, self.worker, self.race_id, self.session = store, worker, race_id, run.session
        self._series_of, self._leaving, self._first = series_of, leaving, run
        self._troubles = troubles or Troubles()
        self._patience = Patience()  # with the store, where it is asked for more lanes
        lanes = self._patience.get(lambda: store.race(race_id)) or [run]
        self._share = -(-sum(lane.active for lane in lanes) // (beside + 1))
        self._shares_until = time.monotonic() + (SHARE_SECONDS if beside else 0.0)
        self._lanes: list[Lane] = []
        self._spent = 0.0  # by lanes that have ended
        self._giving_back = False
        self._look_due = 0.0

    def work(self) -> None:
        """Train until every lane that is here has come to its end."""
        try:
            self._take_in([self._first])
            while self._lanes:
                self._look()
                lane = min(self._lanes, key=lambda lane: (lane.attempt.wait > 0, lane.used))
                if not lane.turn(len(self._lanes)):
                    self._let_go(lane)
                elif lane.attempt.wait:  # nothing but lanes that wait to be written
                    time.sleep(REST_SECONDS)
        finally:
            for lane in self._lanes:
                lane.pulse.close()

    def _take_in(self, claimed: list[Run]) -> None:
        """A lane that comes late is given the time of the one that has had the least: it catches up with nobody."""
        used = min((lane.used for lane in self._lanes), default=0.0)
        for run in claimed:
            how = (self.store, run, self.worker, self._series_of, self._leaving, self._troubles)
            self._lanes.append(Lane(Attempt(*how), used))

    def _let_go(self, lane: Lane) -> None:
        lane.pulse.close()
        self._lanes.remove(lane)
        self._spent += lane.spent

    def _look(self) -> None:
        """Now and then: take up lanes that wait, or make way."""
        now = time.monotonic()
        if now < self._look_due or self._giving_back or self._leaving():
            return
        most = self._share if now < self._shares_until else MOST_LANES
        claim = (self.race_id, self.worker, most - len(self._lanes))
        self._take_in(self._patience.get(lambda: self.store.claim_lanes(*claim)) or [])
        self._look_due = now + max(LOOK_GAP, self._patience.wait)
        if self._has_had_its_due() and self._patience.get(lambda: self.store.others_first(self.session)):
            self._giving_back = True
            for lane in self._lanes:
                lane.attempt.give_back()

    def _has_had_its_due(self) -> bool:
        spent = self._spent + sum(lane.spent for lane in self._lanes)
        return spent >= max(LEAST_DUE_SECONDS, sum(lane.needs for lane in self._lanes) / len(self._lanes))
