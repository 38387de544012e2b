"""Files of runs come in: from one store to another, whole, damaged, or something else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

import rnn
from rnn.core.config import Config
from rnn.data import load_sample, read_csv
from rnn.data.repair import Repair
from rnn.export import fit_to_bytes
from rnn.runs.store import Store
from rnn.ui.arrival import take_in
from rnn.ui.takeaway import made
from tests.export.runs_of_every_kind import wave
from tests.ui.test_takeaway import FILE, SMALL, of_file, trained

REPAIRS = [{"kind": "fill", "column": "sales", "options": {"how": "interpolate"}}]


@pytest.fixture
def stores(tmp_path) -> Iterator[tuple[Store, Store]]:
    with (
        Store(f"sqlite:///{tmp_path / 'here.sqlite'}") as here,
        Store(f"sqlite:///{tmp_path / 'there.sqlite'}") as there,
    ):
        yield here, there


def sales_run(store: Store) -> str:
    series = read_csv(FILE, name="Sales 2024").series(target="sales")
    return trained(store, series, changes={17: {"lr": 0.001}}, **of_file(store)).id


def test_a_run_travels_in_its_zip_with_its_data(stores) -> None:
    here, there = stores
    run_id = sales_run(here)
    arrived = take_in(there, "any.zip", made(here, run_id, "everything"), "me")
    old, new = here.run(run_id), there.run(arrived.run_id)
    assert old and new and arrived.note == ""
    assert (new.name, new.session, new.state, new.config, new.series_hash) == (
        old.name, "me", "done", old.config, old.series_hash,
    )  # fmt: skip
    assert there.epochs(new.id) == here.epochs(old.id)
    assert there.series_reading(new.series_hash) == here.series_reading(old.series_hash)
    key = there.series_file(new.series_hash)
    assert key and (there.file(key).name, there.file(key).content) == ("Sales 2024.txt", FILE)
    assert [(one.epoch, one.batch, one.field, one.old, one.new) for one in there.changes(new.id)] == [
        (one.epoch, one.batch, one.field, one.old, one.new) for one in here.changes(old.id)
    ]
    # What leaves again is what came.
    assert made(there, new.id, "script") == made(here, old.id, "script")


def test_without_its_file_it_comes_with_its_series_and_a_sentence(stores) -> None:
    here, there = stores
    run_id = sales_run(here)
    content = made(here, run_id, "run")
    arrived = take_in(there, "any.unroll", content, "me")
    new = there.run(arrived.run_id)
    assert new and arrived.note.startswith("Its file Sales 2024.txt is not in this store.")
    assert there.series_file(new.series_hash) is None and "data" not in there.series_reading(new.series_hash)
    assert there.fit(new.id).history == here.epochs(run_id)
    again = take_in(here, "any.unroll", content, "me")  # where it is
    assert again.note == "" and here.run(again.run_id).series_hash == here.run(run_id).series_hash


def test_a_fit_of_a_script_comes_under_its_files_name(stores) -> None:
    here, _ = stores
    fit = rnn.fit(SMALL, wave())
    arrived = take_in(here, "my best.unroll", fit_to_bytes(fit), "me")
    run = here.run(arrived.run_id)
    assert run and run.name == "my best" and here.series_reading(run.series_hash) == {}


def test_a_sample_is_everywhere(stores) -> None:
    here, there = stores
    reading = {"data": "sunspots", "targets": ["SUNACTIVITY"]}
    run = trained(here, load_sample("sunspots").series(target="SUNACTIVITY"), SMALL.replace(epochs=1), reading=reading)
    arrived = take_in(there, "x.unroll", made(here, run.id, "run"), "me")
    assert arrived.note == "" and there.series_reading(there.run(arrived.run_id).series_hash)["data"] == "sunspots"


def test_a_record_that_gives_other_numbers_is_not_believed(stores) -> None:
    here, _ = stores
    fit = rnn.fit(SMALL, wave())
    for reading, said in (
        ({"data": "sunspots", "targets": ["SUNACTIVITY"]}, "gives other numbers"),
        ({"data": "sunspots", "targets": ["nothing"]}, "cannot be read as its record says"),
        ({"data": "no such sample", "targets": []}, "is not in this store"),
    ):
        arrived = take_in(here, "x.unroll", fit_to_bytes(fit, {"reading": reading}), "me")
        assert said in arrived.note and "data" not in here.series_reading(here.run(arrived.run_id).series_hash)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"name": 3}, "name is 3, not a text"),
        ({"reading": []}, r"reading is \[\]"),
        ({"reading": {"data": "sunspots", "targets": "x"}}, "targets of its reading is 'x'"),
        ({"reading": {"data": "sunspots", "choices": {"colour": 1}}}, "'colour' is not a choice"),
        ({"reading": {"data": "sunspots", "repairs": [{"kind": "magic"}]}}, "magic"),
        ({"changes": [[1, 0, "hidden", 3, 4]]}, "the change"),
        ({"changes": [["1", 0, "lr", 3, 4]]}, "the change"),
        ({"changes": 5}, "changes is 5"),
    ],
)
def test_a_record_that_is_none_is_refused_whole(stores, record, said) -> None:
    here, _ = stores
    content = fit_to_bytes(rnn.fit(Config(hidden=3, window=6, epochs=1), wave()), record)
    with pytest.raises(ValueError, match=f"The file x.unroll does not hold together as a run: .*{said}"):
        take_in(here, "x.unroll", content, "me")
    assert here.runs() == []


def test_weights_alone_and_other_files_get_a_sentence(stores) -> None:
    here, _ = stores
    run = trained(here, wave(), SMALL.replace(epochs=1))
    before = len(here.runs())
    for offer in ("weights", "torch"):
        with pytest.raises(ValueError, match=r"The file w holds the weights of a network .* there is nothing to open"):
            take_in(here, "w", made(here, run.id, offer), "me")
    content = made(here, run.id, "run")
    for broken in (b"", b"PK\x03\x04", b"a,b\n1,2\n", content[:-9], content[:-9] + b"123456789"):
        with pytest.raises(ValueError, match="The file w "):
            take_in(here, "w", broken, "me")
    assert len(here.runs()) == before


def test_what_is_no_run_is_told_where_it_belongs(stores, tmp_path) -> None:
    here, _ = stores
    run = trained(here, wave(), SMALL.replace(epochs=1))
    pickled = io.BytesIO()
    with zipfile.ZipFile(pickled, "w") as archive:
        archive.writestr("net/data.pkl", b"\x80\x02.")
    cases = {
        "a.toml": (made(here, run.id, "settings"), "holds settings and no run: on Train"),
        "a.py": (made(here, run.id, "script"), "is the script of a run: it runs by itself"),
        "a.ipynb": (made(here, run.id, "notebook"), "is the notebook of a run"),
        "a.onnx": (made(here, run.id, "onnx"), "is a network for an ONNX runtime"),
        "a.csv": (made(here, run.id, "series"), "opens as a series on Train or Data"),
        "a.pt": (pickled.getvalue(), "nothing here is ever unpickled"),
        "a.zip": (pickled.getvalue(), "nothing here is ever unpickled"),
    }
    for name, (content, said) in cases.items():
        with pytest.raises(ValueError, match=f"The file {name} .*{said}"):
            take_in(here, name, content, "me")
    assert len(here.runs()) == 1


def test_repairs_stay_in_the_record(stores) -> None:
    here, there = stores
    series = read_csv(FILE).series(target="sales", repairs=[Repair.from_dict(one) for one in REPAIRS])
    source = of_file(here)
    source["reading"]["repairs"] = REPAIRS
    run = trained(here, series, SMALL.replace(epochs=1), **source)
    for offer in ("everything", "run"):
        arrived = take_in(there, "x", made(here, run.id, offer), "me")
        assert there.series_reading(there.run(arrived.run_id).series_hash)["repairs"] == REPAIRS
