"""One study at work in a worker: from its claim to its result, its failure, or the order to drop it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from functools import partial

from rnn.core.series import Series
from rnn.runs.patience import LAST_TRIES_SECONDS, REST_SECONDS, Answer, Patience
from rnn.runs.pulse import Pulse
from rnn.runs.records import Study
from rnn.runs.store import Store
from rnn.runs.store_trouble import STORE_ERRORS
from rnn.runs.study_kinds import KINDS
from rnn.runs.troubles import Troubles

LOOK_GAP = 0.1  # seconds between looks at whether it is still wanted
PROGRESS_GAP = 0.25
GOES_ON = "The computation goes on; what comes of it is kept in memory until it can be written."

log = logging.getLogger(__name__)


class StudyAttempt:
    """Computes a claimed study and writes down how far it is.

    series_of: gives the series of a hash. leaving: asked as often as the computation asks whether it is to stop; once True
    the study goes back to the queue. troubles: told when the store fails, which does not end the computation.
    """

    def __init__(
        self,
        store: Store,
        study: Study,
        worker: str,
        series_of: Callable[[str], Series],
        leaving: Callable[[], bool] = lambda: False,
        troubles: Troubles | None = None,
    ) -> None:
        self.store, self.study, self.worker, self.series_of, self.leaving = store, study, worker, series_of, leaving
        self._troubles, self._patience = troubles or Troubles(), Patience()
        self._look_due = self._progress_due = 0.0
        self._dropped = False
        self._begun = False

    def work(self) -> None:
        """Compute until something ends it. A study that is no longer this worker's is dropped without a word."""
        with Pulse(self._beat, self._end_the_process) as self._pulse:
            outcome = self._outcome()
            while outcome is None and self._patience.error is not None and not self._stop():
                self._rest()  # its series could not be read
                outcome = self._outcome()
            if outcome is not None:
                self._insist(outcome)
        if outcome is None and self.leaving():
            self._insist(lambda: self.store.return_studies(self.worker))
        self._troubles.over(self.study.id)

    def _outcome(self) -> Callable[[], object] | None:
        """What writes down how it ended; None where it is to be dropped, or where the store fails."""
        identity = self.study.id, self.worker
        try:
            result = self._compute()
        except STORE_ERRORS as error:
            self._patience.failed(error, time.monotonic())
        except Exception as error:
            if not self._stop():
                log.exception("Study %s (%s) failed.", self.study.id, self.study.kind)
                sentence = _explain(error, self._begun)
                return lambda: self.store.fail_study(*identity, sentence)
        else:
            if result is not None:
                return lambda: self.store.finish_study(*identity, result)
        return None

    def _insist(self, write: Callable[[], object]) -> None:
        """Try until it is written, the study is another's, or the worker has been told to leave for long enough."""
        left_at: float | None = None
        while self._ask(lambda: (write(),)) is None and not self._pulse.lost:
            if self.leaving():
                self._patience.hurry()
                left_at = left_at or time.monotonic()
                if time.monotonic() - left_at > LAST_TRIES_SECONDS:
                    log.error(
                        "Study %s: the worker leaves and could not write to the store. Lost: its result.", self.study.id
                    )
                    return
            self._rest()

    def _ask(self, ask: Callable[[], Answer]) -> Answer | None:
        answer = self._patience.get(ask)
        self._troubles.look(self.study.id, [self._patience], lambda: (GOES_ON, ""))
        return answer

    def _rest(self) -> None:
        self._troubles.look(self.study.id, [self._patience], lambda: (GOES_ON, ""))
        time.sleep(min(self._patience.wait, REST_SECONDS))
        while self._patience.wait and not self.leaving() and not self._pulse.lost:
            time.sleep(REST_SECONDS)

    def _beat(self) -> bool:
        return self.store.study_heartbeat(self.study.id, self.worker)

    def _end_the_process(self) -> None:
        # Somewhere in a library, where nobody asks `stop`: what waits in the queue must not wait for it. The runner starts
        # another worker; one that was started by hand ends with an error, for its service manager to see.
        log.error("Study %s (%s) was stopped and did not end; the worker ends.", self.study.id, self.study.kind)
        os._exit(1)

    def _compute(self) -> bytes | None:
        """The result; None where it was told to stop before there was one."""
        compute = KINDS.get(self.study.kind)
        if compute is None:
            raise ValueError(
                f"This version of Unroll computes no {self.study.kind!r}; it computes {', '.join(KINDS)}. Update its workers."
            )
        for item in compute(self.study.request, self.series_of, self._stop):
            if isinstance(item, bytes):
                return item
            self._begun = self._begun or item.done > 0
            if time.monotonic() >= self._progress_due:
                progress = self.study.id, self.worker, item.done, item.total, item.note
                self._ask(partial(self.store.advance_study, *progress))
                self._progress_due = time.monotonic() + max(PROGRESS_GAP, self._patience.wait)
            if self._stop():
                return None
        if not self._stop():
            raise RuntimeError(f"{self.study.kind!r} ended without a result")
        return None

    def _stop(self) -> bool:
        """Asked by the computation whenever it can: it says yes once, and from then on."""
        self._dropped = self._dropped or self._pulse.lost or self.leaving()
        if not self._dropped and time.monotonic() >= self._look_due:
            self._dropped = self._ask(lambda: self.store.study_is_mine(self.study.id, self.worker)) is False
            self._look_due = time.monotonic() + max(LOOK_GAP, self._patience.wait)
        return self._dropped


def _explain(error: Exception, begun: bool) -> str:
    """A sentence for the user. Before the first piece of work a ValueError is one already: the series is too short, and the
    like; and a LookupError says what the store does not have."""
    if isinstance(error, ValueError | LookupError) and not begun and error.args:
        return str(error.args[0])
    if isinstance(error, MemoryError):
        return "There is not enough memory; ask for less (fewer folds, fewer series, a shorter window)."
    return f"The computation stopped on an error in the program ({type(error).__name__}: {error}); worker.log has the details."
