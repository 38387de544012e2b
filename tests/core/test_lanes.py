"""Two lanes: the same numbers as one, whatever the machine does, and taken only where they are quicker."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from rnn.core import lanes as module
from rnn.core.config import Config
from rnn.core.lanes import Lanes, threads_allowed
from rnn.core.series import Series
from rnn.core.start import network_for
from rnn.core.train import Trainer

SERIES = Series.from_values(np.sin(np.arange(700) / 3) + np.arange(700) / 300)
WIDE = Config(hidden=40, window=12, batch=500, epochs=3, patience=None, validation=60)


def weights_with(monkeypatch: pytest.MonkeyPatch, config: Config, choose: str) -> dict[str, bytes]:
    """The weights after training with one thread, with two from the first call on, or with both by turns."""
    monkeypatch.setenv("UNROLL_THREADS", "1" if choose == "one" else "2")
    if choose == "two":
        monkeypatch.setattr(Lanes, "_choose", lambda self: True)
    trainer = Trainer(config, SERIES)
    used = []
    run = Lanes.run
    monkeypatch.setattr(Lanes, "run", lambda *given: (used.append(given[0].threads), run(*given))[1])
    list(trainer.run())
    assert used, "the batch was cut into no more than one tile"
    monkeypatch.undo()
    return {name: array.tobytes() for name, array in trainer.learner.params.items()}


@pytest.mark.parametrize(
    "changes",
    [{"batch": 520}, {"cell": "lstm", "layers": 2, "dropout": 0.4}, {"cell": "gru", "seeds": 3, "batch": 32}],
    ids=["elman", "lstm-dropout", "gru-ensemble"],
)
def test_the_same_bits_with_one_thread_and_with_two(monkeypatch, changes):
    config = WIDE.replace(**changes)
    if config.seeds == 1:
        assert config.batch > network_for(config, SERIES).tile
    alone = weights_with(monkeypatch, config, "one")
    assert weights_with(monkeypatch, config, "two") == alone
    assert weights_with(monkeypatch, config, "by turns") == alone


def test_overflows_are_reported_and_not_warned_of_in_the_second_lane(monkeypatch):
    """Warnings are errors here, and each thread has its own idea of what to do about an overflow."""
    monkeypatch.setenv("UNROLL_THREADS", "2")
    monkeypatch.setattr(Lanes, "_choose", lambda self: True)
    config = WIDE.replace(optimiser="sgd", lr=100.0, clip="none", batch=600, epochs=30)
    assert list(Trainer(config, SERIES).run())[-1].reason == "diverged"


def thread_names(lanes: Lanes, calls: int) -> list[str]:
    names: list[str] = []
    for _ in range(calls):
        lanes.run(lambda: names.append("here"), lambda: names.append(threading.current_thread().name), 1)
    return names


def test_both_are_run_once_and_side_by_side_only_with_two_threads():
    for threads, elsewhere in ((1, 0), (2, 4)):
        names = thread_names(Lanes(threads), calls=8)
        assert len(names) == 16
        assert names.count("here") == 8
        assert sum(name.startswith("rnn-lane") for name in names) == elsewhere


def test_an_error_in_either_lane_is_raised():
    def wrong() -> None:
        raise ZeroDivisionError

    for _ in range(2):  # in one lane and in two
        lanes = Lanes(2)
        lanes.run(lambda: None, lambda: None, 1)
        for pair in ((wrong, lambda: None), (lambda: None, wrong)):
            with pytest.raises(ZeroDivisionError):
                lanes.run(*pair, 1)


@pytest.mark.parametrize(("alone", "together", "wanted"), [(2.0, 1.2, True), (2.0, 2.6, False)])
def test_the_quicker_way_is_taken_and_the_other_tried_now_and_then(monkeypatch, alone, together, wanted):
    clock, taken = [0.0], []
    monkeypatch.setattr(module.time, "perf_counter", lambda: clock[0])
    lanes = Lanes(2)
    main = threading.current_thread().name

    def other() -> None:
        taken.append(threading.current_thread().name != main)
        clock[0] += together if taken[-1] else alone

    for _ in range(1000):
        lanes.run(lambda: None, other, 1)
    settled = taken[module.TRIED :]
    assert settled.count(wanted) > 0.98 * len(settled)
    assert settled.count(not wanted) >= 5
    alone, together = together, alone  # the machine changes
    for _ in range(1000):
        lanes.run(lambda: None, other, 1)
    assert taken[-200:].count(not wanted) > 190


def test_how_many_threads(monkeypatch):
    monkeypatch.delenv("UNROLL_THREADS", raising=False)
    assert threads_allowed() in (1, 2)
    monkeypatch.setenv("UNROLL_THREADS", "3")
    assert threads_allowed() == 3
    for wrong in ("", "0", "-1", "two", "1.5"):
        monkeypatch.setenv("UNROLL_THREADS", wrong)
        with pytest.raises(
            ValueError, match=r"^UNROLL_THREADS=.* is not allowed; allowed: a whole number from 1 on\.$"
        ):
            threads_allowed()


def test_no_thread_stays_behind(monkeypatch):
    monkeypatch.setenv("UNROLL_THREADS", "2")
    before = threading.active_count()
    trainer = Trainer(WIDE, SERIES)
    list(trainer.run())
    del trainer
    for _ in range(100):
        if threading.active_count() <= before:
            return
        time.sleep(0.02)
    pytest.fail("a lane's thread outlives its run")
