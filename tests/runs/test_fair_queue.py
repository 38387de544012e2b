"""Who comes next: fair between sessions, and never the same run twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import rnn
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.entries import Ending, Entry
from rnn.runs.fair_queue import fair_order
from rnn.runs.store import Store

SMALL = Config(hidden=4, window=8, epochs=5)


def naive_order(at_work: dict[str, int], waiting: list[tuple[str, str]]) -> list[str]:
    """The rule, said once more without cleverness: look at all that wait, again for each claim."""
    counts, left, order = Counter(at_work), list(waiting), []
    while left:
        fewest = min(counts[session] for session, _ in left)
        chosen = next(entry for entry in left if counts[entry[0]] == fewest)
        left.remove(chosen)
        counts[chosen[0]] += 1
        order.append(chosen[1])
    return order


@pytest.mark.parametrize("seed", range(20))
def test_the_order_is_fair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    waiting = [("abcd"[rng.integers(4)], str(number)) for number in range(int(rng.integers(0, 40)))]
    at_work = {session: int(rng.integers(0, 4)) for session in "abc"}
    assert list(fair_order(at_work, waiting)) == naive_order(at_work, waiting)


def test_one_session_with_many_runs_does_not_keep_another_waiting(store: Store, series: Series) -> None:
    key = store.add_series(series)
    busy = [store.add_run(SMALL, key, session="busy") for _ in range(3)]
    time.sleep(0.002)
    late = store.add_run(SMALL, key, session="late")
    assert [store.queue_place(run) for run in (busy[0], late, busy[1], busy[2])] == [1, 2, 3, 4]
    claims = [store.claim_next(f"worker{number}") for number in range(4)]
    assert [run.id for run in claims if run] == [busy[0], late, busy[1], busy[2]]
    assert store.queue_place(late) == 0 and store.queue_length() == 0 and store.claim_next("worker") is None


def test_a_run_that_was_paused_joins_the_end_of_the_queue_and_leaves_no_claim_behind(
    store: Store, series: Series
) -> None:
    key = store.add_series(series)
    first = store.add_run(SMALL, key, session="a")
    assert store.claim_next("worker") is not None
    second = store.add_run(SMALL, key, session="a")
    progress = {"epoch": 1, "batch": 0, "batches": 3, "best_epoch": 1, "seconds_per_epoch": 0.1}
    store.record(first, "worker", Entry(**progress, ending=Ending("paused")))
    assert store.queue_place(second) == 1 and store.queue_place(first) == 0
    time.sleep(0.002)
    store.command(first, "resume")
    assert store.queue_place(second) == 1 and store.queue_place(first) == 2


# A breath after each claim, as a worker's training is: SQLite would else let one process have them all.
CLAIM_ALL = """
import sys, time
from rnn.runs.store import Store
with Store(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    while (run := store.claim_next(sys.argv[2])) is not None:
        print(run.id, flush=True)
        time.sleep(0.005)
"""
OPEN = """
import sys
from rnn.runs.store import Store
print("ready", flush=True)
sys.stdin.readline()
with Store(sys.argv[1]) as store:
    print(len(store.runs()))
"""


def run_at_once(program: str, url: str) -> list[list[str]]:
    """What three processes print that run `program` at the same moment, once all are ready."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, url, f"worker{number}"],
            cwd=Path(rnn.__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(3)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [process.communicate(timeout=60)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    return printed


def test_processes_that_claim_at_once_never_get_the_same_run(url: str, series: Series) -> None:
    with Store(url) as store:
        key = store.add_series(series)
        queued = [store.add_run(SMALL, key, session=f"s{number % 5}") for number in range(60)]
    claims = run_at_once(CLAIM_ALL, url)
    assert sorted(run_id for claim in claims for run_id in claim) == sorted(queued)
    assert sum(bool(claim) for claim in claims) > 1, "they did not claim at the same time; nothing was tested"


def test_processes_that_open_a_new_store_at_once_all_find_it_made(tmp_path: Path) -> None:
    assert run_at_once(OPEN, f"sqlite:///{tmp_path / 'new.sqlite'}") == [["0"]] * 3
