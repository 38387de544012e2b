"""What it costs to train the lanes of a race in turns: a race in one worker beside the same runs one after another.

`python benchmarks/race.py` trains each set of lanes both ways on a store of its own, with all that a worker writes, in this
process and in rounds that take turns; it prints seconds of the processor (which other work on the machine does not change) and
of the clock, their ratio, and whether both ways gave the same bits. `--rates` instead finds the learning rate at which each
optimiser does best on five samples with the plain network: the rates of the page's preset.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import rnn  # first: it settles the number of BLAS threads before NumPy loads
from rnn.core.config import Config
from rnn.data import load_sample
from rnn.runs.attempt import Attempt
from rnn.runs.race_attempt import RaceAttempt
from rnn.runs.records import Run
from rnn.runs.store import Store

PLAIN = Config(patience=None, epochs=40)
SETS = {
    "four optimisers, sunspots": (
        "sunspots",
        [PLAIN.replace(optimiser=o) for o in ("sgd", "momentum", "rmsprop", "adam")],
    ),
    "three cells, sunspots": ("sunspots", [PLAIN.replace(cell=cell) for cell in ("elman", "gru", "lstm")]),
    "six widths 4 to 128, co2": (
        "co2",
        [PLAIN.replace(hidden=hidden, epochs=6) for hidden in (4, 8, 16, 32, 64, 128)],
    ),
    "six seeds of gru 256, co2": (
        "co2",
        [PLAIN.replace(cell="gru", hidden=256, epochs=1, seed=seed) for seed in range(6)],
    ),
}
GRID = {
    "sgd": (0.01, 0.03, 0.1, 0.3, 1.0),
    "momentum": (0.003, 0.01, 0.03, 0.1, 0.3),
    "rmsprop": (3e-4, 1e-3, 3e-3, 1e-2),
    "adam": (3e-4, 1e-3, 3e-3, 1e-2, 3e-2),
}
SAMPLES = ("sunspots", "air-passengers", "elnino", "seattle-weather", "article-sine")


def one_after_another(store: Store, key: str, configs: list[Config]) -> list[str]:
    """Single runs, as from Train; returns their ids."""
    ids = [store.add_run(config, key, session="a") for config in configs]
    while isinstance(run := store.claim_next("worker"), Run):
        Attempt(store, run, "worker", store.series).work()
    return ids


def as_a_race(store: Store, key: str, configs: list[Config]) -> list[str]:
    """The same as lanes of one race; returns their ids."""
    race_id = store.add_race(configs, key, session="a")
    run = store.claim_next("worker")
    assert isinstance(run, Run)
    RaceAttempt(store, run, "worker", store.series, race_id=race_id).work()
    return [lane.id for lane in store.race(race_id)]


def measure(sample: str, configs: list[Config], rounds: int) -> None:
    series = load_sample(sample).series(target=None)
    found: dict[str, list[tuple[float, float]]] = {"alone": [], "race": []}
    with tempfile.TemporaryDirectory() as folder, Store(f"sqlite:///{Path(folder) / 'store.sqlite'}") as store:
        key = store.add_series(series)
        for _ in range(rounds):
            ids = {}
            for name, way in (("alone", one_after_another), ("race", as_a_race)):
                began = time.process_time(), time.perf_counter()
                ids[name] = way(store, key, configs)
                found[name].append((time.process_time() - began[0], time.perf_counter() - began[1]))
            same = all(weights(store, one) == weights(store, other) for one, other in zip(*ids.values(), strict=True))
            assert same, "a lane has other bits than the run alone"
    for number, unit in enumerate(("processor", "clock")):
        alone, race = (statistics.median(one[number] for one in found[name]) for name in ("alone", "race"))
        print(f"  {unit}: alone {alone:.2f} s, race {race:.2f} s, ratio {race / alone:.3f}", flush=True)


def weights(store: Store, run_id: str) -> dict[str, bytes]:
    best = store.best(run_id)
    assert best is not None
    return {name: array.tobytes() for name, array in best.items()}


def rates() -> None:
    for sample in SAMPLES:
        series = load_sample(sample).series(target=None)
        for optimiser, grid in GRID.items():
            losses = {}
            for lr in grid:
                fit = rnn.fit(PLAIN.replace(optimiser=optimiser, lr=lr, epochs=60), series)
                losses[lr] = min((epoch.val_loss for epoch in fit.history), default=float("inf"))
            best = min(losses, key=losses.__getitem__)
            listed = ", ".join(f"{lr:g}: {loss:.4f}" for lr, loss in losses.items())
            print(f"{sample:16} {optimiser:9} best {best:g} ({listed})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how often each way is measured (3)")
    parser.add_argument("--rates", action="store_true", help="find the optimisers' learning rates instead")
    options = parser.parse_args()
    if options.rates:
        rates()
        return
    for name, (sample, configs) in SETS.items():
        print(f"{name}, {configs[0].epochs} epochs each", flush=True)
        measure(sample, configs, options.rounds)


if __name__ == "__main__":
    main()
