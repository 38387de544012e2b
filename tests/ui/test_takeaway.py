"""What leaves the store is opened and run: scripts print the losses of the run, the zip holds what its list says."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator

import nbformat
import numpy as np
import onnx
import pytest
import safetensors.numpy

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.data import read_csv
from rnn.export import config_from_toml, fit_from_bytes, weights_from_bytes
from rnn.export.bundle import FIT
from rnn.export.fit_file import record_in
from rnn.export.takeaway import Takeaway, file_stem, safe_name
from rnn.runs.attempt import Attempt
from rnn.runs.records import Run
from rnn.runs.store import Store
from rnn.ui.takeaway import OFFERS, made, reason_against
from tests.export.runs_of_every_kind import KINDS, wave
from tests.export.test_script import EXACT, losses, run_script

SMALL = Config(hidden=4, window=8, batch=8, epochs=4, patience=None, seed=3)
FILE = b"day;sales\n" + b"".join(f"2024-{1 + k // 28:02}-{1 + k % 28:02};{10 + k % 7},5\n".encode() for k in range(112))


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        yield store


def trained(store: Store, series: Series, config: Config = SMALL, *, changes: dict[int, dict[str, float]] | None = None,
            **source: object) -> Run:  # fmt: skip
    """A run trained in this process; changes: after so many batches → what is ordered then."""
    store.add_run(config, store.add_series(series, **source), session="a", name="A run: №1/2")
    run = store.claim_next("worker")
    assert isinstance(run, Run)
    left = dict(changes or {})
    attempt = Attempt(store, run, "worker", store.series)

    def leaving() -> bool:
        if attempt._trainer is None:  # asked before it has begun
            return False
        state = attempt._trainer.state
        for field, value in left.pop(state.count, {}).items():
            store.command(run.id, field, value)
            attempt._orders._due = 0.0  # taken up at once, as it is a while later anyway
        return False

    attempt.leaving = leaving
    attempt.work()
    found = store.run(run.id)
    assert found is not None
    return found


def of_file(store: Store, name: str = "Sales 2024.txt", content: bytes = FILE, **choices: object) -> dict[str, object]:
    key = store.add_file(name, content)
    others: dict[str, object] = {"inputs": [], "static": [], "known": [], "ids": []}
    reading = {"data": f"file-{key}", "targets": ["sales"], **others, "choices": choices, "repairs": []}
    return {"file_hash": key, "reading": reading}


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_script_makes_the_changes_of_the_run_where_they_were_made(store, tmp_path):
    """One in mid-epoch, one of both kinds at once; 13 batches or so an epoch."""
    run = trained(store, wave(), changes={0: {"lr": 0.02}, 17: {"lr": 0.001}, 30: {"epochs": 6}})
    made_changes = store.changes(run.id)
    assert (made_changes[0].epoch, made_changes[0].field, made_changes[0].new) == (1, "lr", 0.02)
    assert len(made_changes) == 3 and made_changes[1].batch > 0 and run.epoch == 6
    away = Takeaway(store, run.id)
    source = away.source()
    printed = run_script(tmp_path, away.script().decode(), source, made(store, run.id, "series"))
    last = store.epochs(run.id)[-1]
    assert losses(printed) == (last.train_loss, last.val_loss) and EXACT in printed
    assert source.file == f"{file_stem(run)}.csv" and "/" not in source.file and ":" not in source.file


def test_it_reads_the_users_own_file_where_that_gives_the_same_numbers(store, tmp_path):
    series = read_csv(FILE, name="Sales 2024").series(target="sales")
    run = trained(store, series, **of_file(store))
    away = Takeaway(store, run.id)
    assert (away.source().own, away.source().file) == (True, "Sales 2024.txt")
    assert EXACT in run_script(tmp_path, away.script().decode(), away.source(), FILE)
    repaired = Series(series.times, series.values * 2, series.names, series.targets, series.name)
    other = Takeaway(store, trained(store, repaired, **of_file(store)).id)
    assert not other.source().own


def test_the_zip_has_all_and_its_script_runs_where_it_was_unpacked(store, tmp_path):
    series = read_csv(FILE, name="Sales 2024").series(target="sales")
    run = trained(store, series, changes={17: {"lr": 0.001}}, **of_file(store))
    files = opened(made(store, run.id, "everything"))
    assert set(files) == {
        "CONTENTS.txt", FIT, "settings.toml", "settings.json", "data/series.csv", "data/original/Sales 2024.txt",
        "data/how-it-was-read.json", "curves.csv", "changes.csv", "forecast.csv", "plots/loss.html", "plots/prediction.html",
        "plots/forecast.html", "plots/plotly.min.js", "script.py", "notebook.ipynb", "weights.safetensors",
        "torch.safetensors", "model.onnx",
    }  # fmt: skip
    listed = files["CONTENTS.txt"].decode()
    assert all(name in listed for name in files if name != "CONTENTS.txt") and "Left out" not in listed
    with zipfile.ZipFile(io.BytesIO(made(store, run.id, "everything"))) as archive:
        archive.extractall(tmp_path / "unpacked")
    away = Takeaway(store, run.id)
    source = away.source(own="data/original/Sales 2024.txt")
    assert EXACT in run_script(tmp_path / "unpacked", files["script.py"].decode(), source, FILE)
    rows = list(csv.DictReader(io.StringIO(files["curves.csv"].decode())))
    assert [float(row["val_loss"]) for row in rows] == [epoch.val_loss for epoch in store.epochs(run.id)]
    (change,) = csv.DictReader(io.StringIO(files["changes.csv"].decode()))
    (stored,) = store.changes(run.id)
    assert (int(change["epoch"]), int(change["batches_done"]), float(change["new"])) == (
        stored.epoch,
        stored.batch,
        1e-3,
    )
    ahead = list(csv.DictReader(io.StringIO(files["forecast.csv"].decode())))
    assert len(ahead) == 24 and {"time", "mean", "lo80", "hi95"} <= set(ahead[0])
    assert (
        config_from_toml(files["settings.toml"]) == run.config == Config.from_dict(json.loads(files["settings.json"]))
    )


def test_each_piece_is_what_its_name_says(store):
    run = trained(store, wave())
    fit = store.fit(run.id)
    assert fit is not None
    config, params = weights_from_bytes(made(store, run.id, "weights"))
    assert config == run.config and all((params[name] == fit.model.params[name]).all() for name in params)
    moved = weights_from_bytes(made(store, run.id, "torch"))[1]
    np.testing.assert_array_equal(moved["readout.W"], fit.model.params["readout.W"])
    assert config_from_toml(made(store, run.id, "settings")) == run.config
    nbformat.validate(nbformat.reads(made(store, run.id, "notebook").decode(), as_version=4))
    content = made(store, run.id, "run")
    assert fit_from_bytes(content).history == store.epochs(run.id)
    assert record_in(content) == {"name": run.name, "reading": {}, "file": None, "changes": []}
    onnx.checker.check_model(onnx.load_from_string(made(store, run.id, "onnx")))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run_has_a_zip_and_what_is_left_out_is_said(store, kind):
    config, series = KINDS[kind]
    run = trained(store, series, config)
    files = opened(made(store, run.id, "everything"))
    listed = files["CONTENTS.txt"].decode()
    assert {FIT, "script.py", "notebook.ipynb", "model.onnx", "weights.safetensors", "plots/loss.html"} <= set(files)
    assert "- The original file: the series came from a sample or a script" in listed
    assert ("forecast.csv" in files) == ("- forecast.csv: " not in listed)
    has_torch = any(name.startswith("torch") for name in files)
    assert has_torch == (reason_against(run, "torch") == "") == ("- PyTorch's state dict: " not in listed)


def test_an_ensembles_networks_go_to_pytorch_one_by_one(store):
    run = trained(store, wave(), SMALL.replace(seeds=2))
    files = opened(made(store, run.id, "torch"))
    fit = store.fit(run.id)
    assert fit is not None and len(files) == 3
    tensors = [safetensors.numpy.load(content) for name, content in files.items() if name != "CONTENTS.txt"]
    assert not np.array_equal(tensors[0]["readout.weight"], tensors[1]["readout.weight"])


def test_charts_open_without_internet_and_names_cannot_do_harm(store):
    x = np.arange(60)
    evil = Series(x, np.sin(x)[:, None], ("</script><script>alert(1)",), ("</script><script>alert(1)",), "<b>x</b>")
    files = opened(made(store, trained(store, evil).id, "everything"))
    for name in ("loss", "prediction", "forecast"):
        page = files[f"plots/{name}.html"].decode()
        assert "http" not in page.replace("http-equiv", "") and '<script src="plotly.min.js">' in page
        assert page.count("<script") == 2 and "<b>x" not in page
    assert len(files["plots/plotly.min.js"]) > 1_000_000


def test_why_a_run_cannot_give_something_is_a_sentence(store):
    key = store.add_series(wave())
    run = store.run(store.add_run(SMALL.replace(cell="elman", activation="sigmoid"), key, session="a"))
    assert run is not None
    assert reason_against(run, "settings") == "" and "not finished an epoch" in reason_against(run, "script")
    for offer in set(OFFERS) - {"settings", "series"}:
        with pytest.raises(ValueError, match=r"no weights yet|nn\.RNN"):
            made(store, run.id, offer)
    store.delete(run.id)
    with pytest.raises(LookupError, match="may have been deleted"):
        made(store, run.id, "script")


def test_names_of_files_are_safe():
    assert safe_name("../../etc/passwd") == "passwd" and safe_name("a:b*c?.csv") == "a_b_c_.csv"
    assert safe_name("..") == "" and len(safe_name("x" * 500)) == 80
