"""Makes a store with the code of an older commit, for `tests/runs/test_old_stores.py` to open with today's.

In a checkout of that commit (`git worktree add /tmp/old COMMIT`), with today's environment:

    cd /tmp/old && PYTHONPATH=. .venv/bin/python …/tests/runs/old_stores/make.py NAME [CELL]

writes NAME.sqlite.gz and NAME.json beside this file. The runs are trained by that commit's own worker. The JSON says what is
in the store, and the epochs of the interrupted run as that commit trains it without a stop: [val_loss, val_rmse] each.

README.md lists NAME, the commit and what is particular about it. A store is never made again: it is what users have.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.runs.store import Store

HERE = Path(__file__).parent
CELL = sys.argv[2] if len(sys.argv) > 2 else "elman"
SMALL = Config(cell=CELL, hidden=4, window=8, batch=16, epochs=6, patience=None, seed=3)
RUNS = {
    "finished": SMALL,
    "diverged": SMALL.replace(lr=100.0, clip="none", optimiser="sgd", cell="elman", activation="relu", hidden=32),
    "interrupted": SMALL.replace(seed=4),
}
ENDS = ("done", "diverged", "stopped", "paused", "failed", "early-stop")


def series() -> Series:
    rng = np.random.default_rng(7)
    return Series.from_values(np.sin(np.arange(60) / 4) + 0.1 * rng.normal(size=60), name="sine")


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        url = f"sqlite:///{path}"
        with Store(url) as store:
            ids = _train(store, url)
            extras = _extras(store, ids)
            facts = {
                "runs": {
                    title: {"id": run.id, "state": run.state, "epoch": run.epoch, "best_epoch": run.best_epoch}
                    for title, run_id in ids.items()
                    if (run := store.run(run_id)) is not None
                },
                "undisturbed": [[epoch.val_loss, epoch.val_rmse] for epoch in _undisturbed(RUNS["interrupted"])],
                "extras": extras,
            }
        small = sqlite3.connect(path, isolation_level=None)
        small.execute("PRAGMA journal_mode = DELETE")
        small.execute("VACUUM")
        small.execute("PRAGMA journal_mode = WAL")
        small.close()
        (HERE / f"{name}.sqlite.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    (HERE / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n")


def _train(store: Store, url: str) -> dict[str, str]:
    content = b"t,y\n" + b"".join(b"%d,%f\n" % (row, value) for row, value in enumerate(series().values[:, 0]))
    key = store.add_series(series(), file_hash=store.add_file("sine.csv", content), reading={"targets": ["y"]})
    ids = {}
    for title, config in RUNS.items():
        pause = 3 if title == "interrupted" else None
        ids[title] = store.add_run(config, key, session="old", name=title, pause_at=pause)
    environment = {**os.environ, "UNROLL_DATABASE_URL": url, "UNROLL_DATA_DIR": str(Path(url[10:]).parent)}
    worker = subprocess.Popen([sys.executable, "-m", "rnn.runs.worker", "--poll", "0.1"], env=environment)
    try:
        while any(store.run(run_id).state not in ENDS for run_id in ids.values()):
            time.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait(20)
    store.command(ids["interrupted"], "resume")
    assert store.claim_next("gone:1:0") is not None
    store.interrupt("gone:1:0", "Its worker ended (ended by SIGKILL).")
    ids["waiting"] = store.add_run(SMALL.replace(seed=9), key, session="old", name="waiting")
    return ids


def _extras(store: Store, ids: dict[str, str]) -> dict[str, object]:
    """What only some of the commits know."""
    found: dict[str, object] = {}
    if hasattr(store, "kept"):
        found["kept"] = [kept.epoch for kept in store.kept(ids["finished"])]
    if hasattr(store, "branch"):
        ids["branch"] = store.branch(ids["finished"], 2, session="old", name="branch")
    if hasattr(store, "annotate"):
        store.annotate(ids["finished"], "the note")
        store.tag(ids["finished"], ["paper", "old"])
        store.pin(ids["diverged"])
        store.shelf()
        store.note_test_error(ids["finished"], 1.25)
        found |= {"note": "the note", "tags": ["old", "paper"], "pinned": ids["diverged"], "test_rmse": 1.25}
    return found


def _undisturbed(config: Config) -> list[Epoch]:
    return [event for event in Trainer(config, series()).run(lambda: False) if isinstance(event, Epoch)]


if __name__ == "__main__":
    main(sys.argv[1])
