"""A run that goes on from a kept epoch of another: the same bits as if it had never been another run."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from rnn.core.config import PRESETS, Config
from rnn.core.series import Series
from rnn.runs import keeper, schema
from rnn.runs.records import Branch
from rnn.runs.store import Store
from tests.core.many_series import three
from tests.runs.kept_runs import SMALL, keep_however_long_it_takes, numbers, resumed, trained, work
from tests.runs.worker_by_hand import the, timeless

SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
ARTICLE = PRESETS["article"].replace(epochs=4, hidden=8)
CHOICES = [
    {"optimiser": "sgd", "lr": 0.1},
    {"optimiser": "momentum", "nesterov": True, "cell": "gru", "schedule": "cosine", "warmup": 0.2},
    {"optimiser": "rmsprop", "cell": "lstm", "layers": 2, "dropout": 0.3, "schedule": "cosine"},
    {"optimiser": "adam", "seeds": 3, "skip": "linear", "residual": "last", "test": 20},
    {"skip": "mean", "refit": True, "weight_decay": 0.1},
    {"skip": "mean", "seeds": 2, "patience": 2, "lr": 0.1, "refit": True},
    {"input_weights": "per_step", "patch": 2, "truncate": 2, "horizon": 3, "loss": "quantile"},
    {"gradient": "published"},
]


@pytest.fixture(autouse=True)
def without_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_however_long_it_takes(monkeypatch)


def assert_equal_bits(store: Store, one: str, other: str, after: int = 0) -> None:
    """Of two runs that are over: their epochs, all that their checkpoints hold, their predictions."""
    assert timeless(store.epochs(one, after)) == timeless(store.epochs(other, after))
    saved, again = store.checkpoint(one), store.checkpoint(other)
    assert saved is not None and again is not None and saved.arrays.keys() == again.arrays.keys()
    assert [name for name in saved.arrays if saved.arrays[name].tobytes() != again.arrays[name].tobytes()] == []
    plain = ("lr", "epochs", "epoch", "batch", "count", "best_epoch", "best_val", "pace")
    assert [saved.meta[name] for name in plain] == [again.meta[name] for name in plain]
    preview, second = store.preview(one), store.preview(other)
    assert preview is not None and second is not None and preview.epoch == second.epoch
    assert preview.validation.tobytes() == second.validation.tobytes()


def weights_at(store: Store, run_id: str, epoch: int) -> dict[str, bytes]:
    weights = store.params_at(run_id, epoch)
    assert weights is not None
    return {name: array.tobytes() for name, array in weights.items()}


@SQLITE
@pytest.mark.parametrize("choices", CHOICES, ids=str)
def test_a_branch_goes_on_with_the_bits_of_the_run_it_came_from(
    store: Store, series: Series, choices: dict[str, object]
) -> None:
    config = ARTICLE if "gradient" in choices else SMALL.replace(batch=32, **choices)
    old = trained(store, series, config)
    last = the(store, old).epoch
    for epoch in (0, last // 2, last):
        new = store.branch(old, epoch, session="b")
        run = the(store, new)
        assert (run.state, run.epoch, run.session, run.config) == ("paused", epoch, "b", config)
        assert store.parent(new) == Branch(old, epoch) and numbers(store, new) == list(range(epoch + 1))
        assert store.epochs(new) == store.epochs(old)[:epoch]
        assert [row.epoch for row in store.flow(new)] == [row.epoch for row in store.flow(old) if row.epoch <= epoch]
        resumed(store, new)
        assert the(store, new).state == the(store, old).state
        assert numbers(store, new) == numbers(store, old)
        assert_equal_bits(store, old, new)


@SQLITE
def test_a_branch_of_many_series_in_one_goes_on_with_the_same_bits(store: Store) -> None:
    old = trained(store, three())
    new = store.branch(old, 3, session="a")
    resumed(store, new)
    assert_equal_bits(store, old, new)


def test_a_branch_needs_its_parent_no_more(store: Store, series: Series) -> None:
    old, twin = trained(store, series), trained(store, series)
    new = store.branch(old, 2, session="a")
    before = [weights_at(store, new, epoch) for epoch in (0, 1, 2)]
    store.delete(old)
    assert store.parent(new) == Branch(old, 2) and store.run(old) is None
    assert [weights_at(store, new, epoch) for epoch in (0, 1, 2)] == before
    resumed(store, new)
    assert_equal_bits(store, twin, new)
    again = store.branch(new, 4, session="a")
    store.delete(new)
    resumed(store, again)
    assert_equal_bits(store, twin, again)
    store.delete(again)
    with store.read() as connection:
        assert connection.execute(select(schema.branches)).all() == [] and store.parent(again) is None


def test_a_branch_takes_the_settings_of_its_epoch_and_new_ones(store: Store, series: Series) -> None:
    """A run of 6 epochs, its rate changed after the 2nd, and 9 asked for after the 4th."""
    old = trained(store, series, SMALL.replace(schedule="cosine"), pause_at=2)
    store.command(old, "lr", 0.05)
    store.command(old, "step")
    resumed_to(store, old, 3)
    store.command(old, "epochs", 9)
    resumed(store, old)
    found = {}
    for epoch, lr, epochs, changes in ((2, SMALL.lr, 6, 0), (3, 0.05, 6, 1), (5, 0.05, 9, 2)):
        found[epoch] = store.branch(old, epoch, session="a", name="again")
        run = the(store, found[epoch])
        assert (run.config.lr, run.config.epochs, run.name) == (lr, epochs, "again")
        assert len(store.changes(found[epoch])) == changes
    # From the 5th on nothing was changed any more; from the 2nd on the old course comes about by the same changes.
    resumed(store, found[5])
    assert_equal_bits(store, old, found[5])
    store.command(found[2], "lr", 0.05)
    store.command(found[2], "step")
    resumed_to(store, found[2], 3)
    store.command(found[2], "epochs", 9)
    resumed(store, found[2])
    assert_equal_bits(store, old, found[2])
    made = [(one.epoch, one.batch, one.field, one.old, one.new) for one in store.changes(old)]
    assert [(one.epoch, one.batch, one.field, one.old, one.new) for one in store.changes(found[2])] == made


def resumed_to(store: Store, run_id: str, epoch: int) -> None:
    """Let the worker do the step that was ordered."""
    assert work(store) == run_id and the(store, run_id).epoch == epoch


def test_a_run_that_diverged_goes_on_from_before_with_a_smaller_rate(store: Store, series: Series) -> None:
    wild = SMALL.replace(optimiser="sgd", activation="relu", clip="none", lr=1.0, epochs=20, batch=256, window=20)
    old = trained(store, series, wild)
    last = the(store, old).last_finite_epoch
    assert the(store, old).state == "diverged" and last is not None and last in numbers(store, old)
    new = store.branch(old, 0, session="a")
    store.command(new, "lr", 0.01)
    resumed(store, new)
    assert the(store, new).state == "done" and the(store, new).epoch == 20


def test_a_branch_says_where_it_comes_from(store: Store, series: Series) -> None:
    old = trained(store, series)
    assert the(store, store.branch(old, 2, session="a")).name == f"{old}, from epoch 2"
    store.rename(old, "Waves")
    assert the(store, store.branch(old, 2, session="a")).name == "Waves, from epoch 2"
    assert store.parent(old) is None


def test_what_cannot_be_gone_on_from_gets_a_sentence(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "KEPT_BYTES", 0)
    old = trained(store, series, SMALL.replace(epochs=30, lr=0.03))
    best = the(store, old).best_epoch
    assert best is not None and 0 < best < 30
    for run_id, epoch, sentence in (
        ("nobody", 1, "There is no run 'nobody'"),
        (old, 29, "cannot go on from epoch 29, for nothing of it is kept"),
        (old, best, f"cannot go on from epoch {best}, for its weights alone are kept"),
    ):
        with pytest.raises(LookupError, match=sentence):
            store.branch(run_id, epoch, session="a")
    assert [run.id for run in store.runs()] == [old]
    new = store.branch(old, 30, session="a")
    store.command(new, "epochs", 32)
    resumed(store, new)
    store.command(old, "epochs", 32)
    resumed(store, old)
    assert_equal_bits(store, old, new)


def test_a_running_run_can_be_branched_from(store: Store, series: Series) -> None:
    old = trained(store, series, pause_at=3)
    store.command(old, "resume")
    claimed = store.claim_next("worker")
    assert claimed is not None
    new = store.branch(old, 3, session="a")
    assert the(store, old).state == "running" and the(store, new).state == "paused"


@SQLITE
def test_a_branch_of_a_limited_run_is_limited_too(
    store: Store, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "KEPT_BYTES", 12_000)
    config: Config = SMALL.replace(epochs=60, lr=0.03)
    old = trained(store, series, config)
    for epoch in numbers(store, old)[2::5]:
        new = store.branch(old, epoch, session="a")
        assert numbers(store, new)[-1] == epoch and store.kept_size(new) <= 12_000
        for kept in numbers(store, new):
            one, other, stand = store.fit_at(old, kept), store.fit_at(new, kept), store.fit_at(old, epoch)
            assert other is not None and stand is not None
            # The branch's best epoch is always there, by its weights; the old run has gone on, and has another best one.
            expected = stand.state.best if one is None else one.model.params
            assert one is not None or kept == stand.state.best_epoch
            assert all((expected[name] == other.model.params[name]).all() for name in expected)
        resumed(store, new)
        assert_equal_bits(store, old, new)
        assert store.kept_size(new) <= 12_000
