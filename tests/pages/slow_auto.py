"""A worker whose Auto waits for the file `finish` in the data folder, and then chooses what is written there."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.forecast.auto import Auto
from rnn.forecast.progress import Step
from rnn.runs import worker
from rnn.runs.store import data_folder
from rnn.runs.study_kinds import KINDS

CHOSEN = Config(hidden=7, window=12, batch=16, epochs=2, patience=None)


def table(best: str) -> pd.DataFrame:
    rows = [
        ("rule", "network, by the rule", "The settings that the rule gives.", True, 2.0, 3.0, 2.5, 0.5, 1.2),
        ("naive", "last value (naive)", "The last value goes on; no network.", False, 4.0, 6.0, 5.0, 1.0, 0.1),
    ]
    columns = ["key", "label", "words", "network", "fold1", "fold2", "score", "ratio", "seconds"]
    return pd.DataFrame(rows, columns=columns).assign(chosen=lambda found: found["key"] == best)


def slow_auto(
    request: Mapping[str, Any], series_of: Callable[[str], Series], stop: Callable[[], bool]
) -> Iterator[Step | bytes]:
    series_of(request["series_hash"])
    yield Step(1, 3, "Fold 1 of 3: naive")
    finish = data_folder() / "finish"
    while not finish.exists():
        if stop():
            return
        time.sleep(0.01)
    told = json.loads(finish.read_text())
    config = CHOSEN.replace(**{"horizon": request["horizon"] or 1, **request["fixed"]})
    best = "naive" if told["naive_wins"] else "rule"
    yield Auto(config, best, told["naive_wins"], table(best), told["sentence"]).to_bytes()


KINDS["auto"] = slow_auto

if __name__ == "__main__":
    sys.exit(worker.main())
