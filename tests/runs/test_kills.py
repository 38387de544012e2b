"""kill -9 of the worker, of the server, of both, at fifty random moments: nothing that was shown is lost, the store is sound,
the run reads "interrupted" and goes on to the bits of one that was never touched.

The moments are drawn from UNROLL_KILLS_SEED, and printed.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator

import pytest

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.store import Store
from tests.runs import killing
from tests.runs.killed_app import App
from tests.runs.killing import HALTED, Server, Shown, assert_sound, deaths, eventually, replayed, wait_for_write
from tests.runs.worker_by_hand import assert_same_bits, the, timeless

SEED = int(os.environ.get("UNROLL_KILLS_SEED", "20"))
QUICK = Config(hidden=24, window=20, batch=16, epochs=100_000, patience=None, seed=5)
LARGE = QUICK.replace(hidden=128, batch=90)  # half a megabyte in each checkpoint, so that a moment in one is easily hit
LEARNS_TWICE = QUICK.replace(epochs=40, batch=2, refit=True)

Kill = Callable[[Store, "Stage", str, float], None]


class Stage:
    """A store with runs, a server, and an eye on what is shown."""

    def __init__(self, store: Store, *run_ids: str) -> None:
        self.store, self.server = store, Server(store.url)
        self.shown = [Shown(store, run_id) for run_id in run_ids]

    def look_for(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            for shown in self.shown:
                shown.look()
            if time.monotonic() >= until:
                return

    def await_moment(self, moment: str, share: float) -> None:
        """Let the runs go on to a moment of that kind; share: where in its range, 0 to 1."""
        eventually(self.server.nudge)
        self.resume()
        run_id = self.shown[0].run_id
        if moment != "claim":
            eventually(lambda: the(self.store, run_id).state == "running")
        if moment == "claim":
            self.look_for(0.03 * share)
        elif moment == "first epoch":
            self.look_for(0.03 + 0.3 * share)
        elif moment == "later":
            self.look_for(0.3 + 0.9 * share)
        elif moment == "write":
            self.look_for(0.1 + 0.6 * share)
            wait_for_write(self.store)
        elif moment == "checkpoint":
            before = self.store.checkpoint(run_id)
            until = time.monotonic() + 1.5
            while (
                time.monotonic() < until and (now := self.store.checkpoint(run_id)) is not None and before is not None
            ):
                if now.meta["count"] != before.meta["count"]:
                    break
        else:
            self.look_for(0.5 * share)
            self.store.command(run_id, moment, 10 ** random.Random(share).uniform(-4, -2) if moment == "lr" else None)
            self.look_for(0.1 * share)

    def resume(self) -> None:
        for shown in self.shown:
            if the(self.store, shown.run_id).state in HALTED:
                self.store.command(shown.run_id, "resume")
        self.server.nudge()

    def kill(self, victim: str) -> float:
        """Seconds until nothing of the dead reads as if it were at work."""
        self.server.kill(victim)
        self.server.wait_for_workers()
        assert_sound(self.store)
        for shown in self.shown:
            shown.check()
        before = [the(self.store, shown.run_id).state for shown in self.shown]
        self.server.nudge()  # another one, where it was the server
        seconds = eventually(lambda: not any(map(self._haunted, self.shown)))
        for shown, state in zip(self.shown, before, strict=True):
            now = the(self.store, shown.run_id)
            if state == "running":
                assert now.state == "interrupted" and now.message, now
            shown.check()
        return seconds

    def _haunted(self, shown: Shown) -> bool:
        """Whether the run is said to be at work, and no process is."""
        run = the(self.store, shown.run_id)
        worker = killing.worker_of(self.store, shown.run_id)
        return run.state == "running" and (worker is None or not killing.lives(int(worker.rsplit(":", 2)[1])))

    def go_through(self, moments: list[str], count: int, rng: random.Random) -> None:
        for number, (victim, moment, share) in enumerate(deaths(rng, moments, count), start=1):
            self.await_moment(moment, share)
            seconds = self.kill(victim)
            epochs = [len(shown.epochs) for shown in self.shown]
            print(f"{number:2} {victim:6} {moment:12} {share:.3f}: epochs {epochs}, noticed in {seconds:.2f} s")

    def finish(self, series: Series) -> None:
        """Let all runs come to an end, and compare them with runs that were never touched."""
        for shown in self.shown:
            run = the(self.store, shown.run_id)
            if not run.config.refit and run.state != "done":
                self.store.command(shown.run_id, "epochs", len(self.store.epochs(shown.run_id)) + 5)
        eventually(
            lambda: [self.resume(), all(the(self.store, one.run_id).state == "done" for one in self.shown)][1], 60
        )
        for shown in self.shown:
            run = the(self.store, shown.run_id)
            shown.check()
            epochs, trainer = replayed(
                self._first_config(run.config, run.id), series, self.store.changes(run.id), run.epoch
            )
            assert timeless(self.store.epochs(run.id)) == timeless(epochs)
            assert_same_bits(self.store, run.id, trainer)
        assert_sound(self.store)

    def _first_config(self, config: Config, run_id: str) -> Config:
        """Before any change."""
        for change in reversed(self.store.changes(run_id)):
            config = config.replace(**{change.field: type(getattr(config, change.field))(change.old)})
        return config


@pytest.fixture
def stage(store: Store) -> Iterator[Callable[..., Stage]]:
    """stage(run_id, …): set up; when the test is over nothing of it is left."""
    made: list[Stage] = []

    def set_up(*run_ids: str) -> Stage:
        made.append(Stage(store, *run_ids))
        return made[-1]

    yield set_up
    for one in made:
        one.server.end()
        one.server.wait_for_workers()


DATABASES = ("sqlite", "postgresql")
# What is killed → its settings, the moments, how often on SQLite and on PostgreSQL: 50 in all.
PLAYS: dict[str, tuple[Config, list[str], int, int]] = {
    "a quick run": (QUICK, ["claim", "first epoch", "later", "write"], 12, 4),
    "a large run": (LARGE, ["write", "checkpoint"], 8, 0),
    "orders": (QUICK, ["pause", "lr", "step"], 6, 3),
    "a second training": (LEARNS_TWICE, ["later"], 4, 0),
}
PLAYED = [(kind, name) for name in PLAYS for kind, count in zip(DATABASES, PLAYS[name][2:], strict=True) if count]


@pytest.mark.parametrize(("url", "name"), PLAYED, indirect=["url"])
def test_after_a_kill_nothing_is_missing_and_the_bits_are_those_of_an_undisturbed_run(
    store: Store, series: Series, submit: Callable[[Config], str], stage: Callable[..., Stage], name: str
) -> None:
    config, moments, on_sqlite, on_postgres = PLAYS[name]
    sqlite = store.url.startswith("sqlite")
    play = stage(submit(config))
    usable = [moment for moment in moments if sqlite or moment != "write"]
    play.go_through(usable, on_sqlite if sqlite else on_postgres, random.Random(f"{SEED} {name} {sqlite}"))
    play.finish(series)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_lanes_of_a_race_that_is_killed(store: Store, series: Series, stage: Callable[..., Stage]) -> None:
    configs = [QUICK.replace(cell=cell) for cell in ("elman", "lstm", "gru")]
    race_id = store.add_race(configs, store.add_series(series), session="a")
    play = stage(*(run.id for run in store.race(race_id)))
    play.go_through(["claim", "first epoch", "later", "write"], 8, random.Random(f"{SEED} race"))
    play.finish(series)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_branch_that_is_killed(
    store: Store, series: Series, submit: Callable[[Config], str], stage: Callable[..., Stage]
) -> None:
    parent = submit(QUICK.replace(epochs=12))
    first = stage(parent)
    first.resume()
    eventually(lambda: the(store, parent).state == "done")
    epoch = [kept.epoch for kept in store.kept(parent) if kept.whole and kept.epoch < 12][-1]
    branch = store.branch(parent, epoch, session="a")
    store.command(branch, "epochs", 100_000)
    first.server.end()
    play = stage(branch)
    play.go_through(["claim", "first epoch", "later"], 5, random.Random(f"{SEED} branch"))
    play.finish(series)


@pytest.mark.parametrize("victim", killing.VICTIMS)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_app_itself(
    store: Store, series: Series, submit: Callable[[Config], str], app: Callable[[], App], victim: str
) -> None:
    run_id = submit(QUICK)
    first, shown = app(), Shown(store, run_id)
    eventually(lambda: [shown.look(), len(shown.epochs) > 2][1], 60)
    first.kill(victim)
    assert_sound(store)
    shown.check()
    second = first if victim == "worker" else app()
    # At the pace of a real server: two seconds between looks, three until a silent worker counts as gone.
    seconds = eventually(lambda: the(store, run_id).state == "interrupted", 30)
    print(f"the {victim} of the app: epochs {len(shown.epochs)}, interrupted {seconds:.1f} s after")
    store.command(run_id, "epochs", len(store.epochs(run_id)) + 5)
    store.command(run_id, "resume")
    eventually(lambda: the(store, run_id).state == "done", 60)
    run = the(store, run_id)
    epochs, trainer = replayed(QUICK, series, store.changes(run_id), run.epoch)
    assert timeless(store.epochs(run_id)) == timeless(epochs)
    assert_same_bits(store, run_id, trainer)
    assert second.healthy


@pytest.fixture
def app(store: Store) -> Iterator[Callable[[], App]]:
    """app() starts Unroll as a user does; whatever happens, none is left behind."""
    started: list[App] = []

    def start() -> App:
        started.append(App(store.url))
        return started[-1]

    yield start
    for one in started:
        one.end()
